//! Programs that people run: Python, SQLite, nginx, redis, an editor in a terminal.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use super::{Plan, Tests, tests};
use crate::harness::{Host, PROGRAMS, command, wait};

pub const TESTS: Tests = tests![
    python,
    sqlite_writer_in_a_transaction,
    nginx_with_keep_alive_clients,
    redis_with_hundred_connections,
    screen_editor_in_a_terminal,
    line_editor_in_a_terminal,
];

/// Open connections that are kept through freeze and thaw.
const KEPT: Plan = Plan {
    words: &[],
    run: &[],
    freeze: &["--tcp-established"],
    thaw: &["--tcp-established"],
};

fn start(host: &Host, words: &[&str]) {
    host.ok(&[&["run", "-d", "--name", "program", PROGRAMS], words].concat());
}

/// Starts a Python script, moves it and returns what it says after READY.
fn python_script(host: &Host, script: &str, plan: Plan) -> String {
    start(host, &["python3", "-u", "-c", script]);
    host.wait_for_log("program", "READY");
    plan.in_place(host, "program");
    plan.move_through_file(host, "program");
    host.ok(&["exec", "program", "touch", "/dev/shm/go"]);
    assert_eq!(
        host.ok(&["wait", "program"]),
        "0",
        "{}",
        host.log("program")
    );
    let log = host.log("program");
    log.split_once("READY\n")
        .map_or("", |(_, rest)| rest)
        .to_owned()
}

fn python(host: &Host) {
    let said = python_script(host, include_str!("programs/state.py"), Plan::default());
    assert_eq!(said, "OK\n");
}

fn sqlite_writer_in_a_transaction(host: &Host) {
    let script = include_str!("programs/transaction.py");
    let locks = Plan {
        freeze: &["--file-locks"],
        thaw: &["--file-locks"],
        ..Plan::default()
    };
    assert_eq!(python_script(host, script, locks), "OK\n");
}

/// Connects a client as soon as the server listens.
fn connect(host: &Host, port: u16) -> BufReader<TcpStream> {
    let (address, _) = host.address("program");
    let stream = wait::until("the server listens", || {
        TcpStream::connect((address.as_str(), port)).ok()
    });
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    BufReader::new(stream)
}

/// One request over an open HTTP connection; the answer's body.
fn get(client: &mut BufReader<TcpStream>) -> String {
    let request = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    client.get_mut().write_all(request).unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        client.read_line(&mut line).unwrap();
        if let Some(text) = line.strip_prefix("Content-Length: ") {
            length = text.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

/// nginx itself says which connection it is and how many requests it has had.
fn nginx_with_keep_alive_clients(host: &Host) {
    let script = r#"echo '
        daemon off; user root; worker_processes 2; pid /run/nginx.pid; error_log stderr;
        events { worker_connections 256; }
        http { access_log off; keepalive_timeout 3600; server { listen 80;
            location / { return 200 "$pid $connection $connection_requests"; } } }
    ' > /etc/nginx.conf; exec nginx -c /etc/nginx.conf"#;
    start(host, &["sh", "-c", script]);
    let mut clients: Vec<_> = (0..8).map(|_| connect(host, 80)).collect();
    let mut before = Vec::new();
    for client in &mut clients {
        let text = get(client);
        before.push(text.strip_suffix(" 1").unwrap().to_owned());
    }
    KEPT.in_place(host, "program");
    for (client, text) in clients.iter_mut().zip(&before) {
        assert_eq!(get(client), format!("{text} 2"));
    }
    KEPT.move_through_file(host, "program");
    for (client, text) in clients.iter_mut().zip(&before) {
        assert_eq!(get(client), format!("{text} 3"));
    }
    assert!(get(&mut connect(host, 80)).ends_with(" 1"));
}

/// One command to redis; the answer's first line.
fn redis(client: &mut BufReader<TcpStream>, command: &str) -> String {
    client
        .get_mut()
        .write_all(format!("{command}\r\n").as_bytes())
        .unwrap();
    let mut line = String::new();
    client.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

/// Each connection has queued a command in a transaction of its own before the freeze.
fn redis_with_hundred_connections(host: &Host) {
    let words = [
        "redis-server",
        "--save",
        "",
        "--protected-mode",
        "no",
        "--io-threads",
        "2",
        "--dir",
        "/data",
    ];
    start(host, &words);
    let mut clients: Vec<_> = (0..100).map(|_| connect(host, 6379)).collect();
    let mut names = Vec::new();
    for client in &mut clients {
        names.push(redis(client, "CLIENT ID"));
        assert_eq!(redis(client, "MULTI"), "+OK");
        assert_eq!(redis(client, "INCR counter"), "+QUEUED");
    }
    KEPT.in_place(host, "program");
    KEPT.move_through_file(host, "program");
    for (index, client) in clients.iter_mut().enumerate() {
        assert_eq!(redis(client, "EXEC"), "*1");
        let mut line = String::new();
        client.read_line(&mut line).unwrap();
        assert_eq!(line, format!(":{}\r\n", index + 1));
        assert_eq!(redis(client, "CLIENT ID"), names[index]);
    }
    assert_eq!(redis(&mut connect(host, 6379), "INCR counter"), ":101");
}

/// Types on the keyboard of a container with a terminal: the monitor's attach socket takes packets.
fn press(host: &Host, keys: &str) {
    const SCRIPT: &str = "import socket, sys\n\
        keyboard = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n\
        keyboard.connect(sys.argv[1])\n\
        keyboard.send(sys.argv[2].encode())";
    let id = host.inspect("program")["Id"].as_str().unwrap().to_owned();
    let socket = format!("/run/cryopod/containers/{id}/attach");
    let mut python = Command::new("python3");
    let done = command::run(python.args(["-c", SCRIPT, &socket, keys]), "");
    assert_eq!(done.code, 0, "{done}");
}

fn start_editor(host: &Host, words: &[&str]) {
    let run = ["run", "-d", "-i", "-t", "--name", "program", PROGRAMS];
    host.ok(&[&run[..], words].concat());
}

fn freeze_and_thaw(host: &Host) {
    let plan = Plan::default();
    plan.in_place(host, "program");
    plan.move_through_file(host, "program");
}

/// The terminal is still raw, the mode is still insert, and the cursor is where it was.
fn screen_editor_in_a_terminal(host: &Host) {
    start_editor(host, &["vi", "/data/text"]);
    host.wait_for_log("program", "/data/text");
    press(host, "ifrom before the freeze");
    host.wait_for_log("program", "\x1b[1;23H");
    freeze_and_thaw(host);
    press(host, ", and after it");
    host.wait_for_log("program", "\x1b[1;37H");
    // What follows an escape at once may be taken for a key's sequence.
    press(host, "\x1b");
    host.wait_for_log("program", "\x1b[1;36H");
    press(host, ":wq\r");
    assert_eq!(host.ok(&["wait", "program"]), "0");
    host.ok(&["start", "program"]);
    let text = host.ok(&["exec", "program", "cat", "/data/text"]);
    assert_eq!(text, "from before the freeze, and after it");
}

/// What stands in the editor's buffer alone, in no file, is written after the thaw.
fn line_editor_in_a_terminal(host: &Host) {
    start_editor(host, &["ed"]);
    press(host, "a\rfrom before the freeze\r");
    host.wait_for_log("program", "freeze");
    freeze_and_thaw(host);
    press(host, "and after it\r.\rw /data/text\r");
    let written = "from before the freeze\nand after it\n";
    wait::until("the text is written", || {
        let text = host.run(&["exec", "program", "cat", "/data/text"]).stdout;
        (text == written).then_some(())
    });
    press(host, "q\r");
    assert_eq!(host.ok(&["wait", "program"]), "0");
}
