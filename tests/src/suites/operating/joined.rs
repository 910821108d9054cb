//! `attach`.

use std::io::{BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use super::super::COUNT_ALOUD;
use crate::harness::{Host, IMAGE, command, wait};

/// Somebody who has joined a container.
struct Guest {
    child: Child,
    input: Option<ChildStdin>,
    output: mpsc::Receiver<u8>,
}

impl Guest {
    fn join(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let heard = child.stdout.take().unwrap();
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = BufReader::new(heard).bytes();
            while bytes
                .next()
                .is_some_and(|byte| byte.is_ok_and(|byte| sender.send(byte).is_ok()))
            {}
        });
        Self {
            child,
            input,
            output,
        }
    }

    fn of(host: &Host, words: &[&str]) -> Self {
        Self::join(host.engine.command(words))
    }

    fn say(&mut self, text: &[u8]) {
        self.input.as_mut().unwrap().write_all(text).unwrap();
    }

    /// Reads until the text has come, and returns all that came.
    fn hear(&mut self, text: &str) -> String {
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).ends_with(text) {
            let so_far = String::from_utf8_lossy(&heard);
            let byte = self.output.recv_timeout(wait::limit(wait::SOON));
            let byte = byte.unwrap_or_else(|_| panic!("no {text:?} after {so_far:?}"));
            heard.push(byte);
        }
        String::from_utf8_lossy(&heard).into_owned()
    }

    fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        kill.args(["-s", name, &self.child.id().to_string()]);
        let done = command::run(&mut kill, "");
        assert_eq!(done.code, 0, "{done}");
    }

    /// Its exit status, and what it heard last.
    fn end(mut self) -> (i32, String) {
        drop(self.input.take());
        let code = command::wait(&mut self.child, "attach", wait::limit(command::LIMIT));
        let rest: Vec<u8> = self.output.iter().collect();
        (code, String::from_utf8_lossy(&rest).into_owned())
    }
}

/// Waits until this many have joined a container.
fn wait_for_guests(host: &Host, id: &str, guests: usize) {
    let asked = [
        "events",
        "--since",
        "1m",
        "--until",
        "0s",
        "--filter",
        "event=attach",
    ];
    wait::until("they have joined", || {
        let told = host.ok(&asked);
        let of_it = told.lines().filter(|line| line.contains(id));
        (of_it.count() >= guests).then_some(())
    });
}

pub fn attached_streams_and_signals(host: &Host) {
    let script = "echo ready; while read -r line; do echo got $line; done";
    let id = host.start_shell("talk", &["-i"], script);
    host.wait_for_log("talk", "ready");
    let mut first = Guest::of(host, &["attach", "talk"]);
    wait_for_guests(host, &id, 1);
    let mut second = Guest::of(host, &["container", "attach", "--no-stdin", "--latest"]);
    wait_for_guests(host, &id, 2);
    first.say(b"one\n");
    first.hear("got one\n");
    second.hear("got one\n");
    // Input of ours that ends is the container's end of input: it ends, and all hear that.
    assert_eq!(first.end(), (0, "\n".into()));
    let (code, heard) = second.end();
    assert_eq!(code, 0);
    assert!(heard == "\n", "{heard:?}");
    host.wait_for_status("talk", "exited");

    let script = "trap 'echo term' TERM; echo ready; while :; do sleep 0.05; done";
    let id = host.start_shell("deaf", &[], script);
    host.wait_for_log("deaf", "ready");
    let mut first = Guest::of(host, &["attach", "deaf"]);
    let second = Guest::of(host, &["attach", "--sig-proxy=false", "deaf"]);
    wait_for_guests(host, &id, 2);
    first.signal("TERM");
    first.hear("term\n");
    second.signal("TERM");
    assert_eq!(second.end().0, 143);
    assert_eq!(
        (host.log("deaf").as_str(), host.status("deaf").as_str()),
        ("ready\nterm\n", "running")
    );
    host.ok(&["kill", "deaf"]);
    assert_eq!(first.end(), (0, "\n".into()));
}

pub fn keys_detach_from_a_terminal(host: &Host) {
    let script = "echo ready; while read -r line; do echo got $line; done";
    host.start_shell("tty", &["-it"], script);
    host.wait_for_log("tty", "ready");
    for (option, keys) in [("", &b"\x10\x11"[..]), ("--detach-keys=ctrl-a,x", b"\x01x")] {
        let mut terminal = Command::new("script");
        let line = command::line(&host.engine.command(&["attach", option, "tty"]));
        terminal.args(["-qec", &line, "/dev/null"]);
        let mut guest = Guest::join(terminal);
        // Its terminal is raw from now on: the keys are no longer the terminal's own.
        guest.say(b"hello\r");
        guest.hear("got hello\r\n");
        guest.say(keys);
        let (code, _) = guest.end();
        assert_eq!(
            (code, host.status("tty").as_str()),
            (0, "running"),
            "{option}"
        );
    }
}

pub fn an_attachment_ends_with_a_freeze_and_survives_one_that_goes_on(host: &Host) {
    host.start_shell("count", &[], COUNT_ALOUD);
    host.wait_for_log("count", "1\n");
    let mut guest = Guest::of(host, &["attach", "count"]);
    guest.hear("\n");
    host.ok(&["container", "checkpoint", "--leave-running", "count"]);
    let before = host.log("count");
    let last: u64 = before.lines().last().unwrap().parse().unwrap();
    let heard = guest.hear(&format!("\n{}\n", last + 3));
    host.ok(&["container", "checkpoint", "count"]);
    let (code, rest) = guest.end();
    assert_eq!(code, 0);
    let heard = heard + &rest;
    // All that was said before the freeze came, and the line that Podman ends with.
    let said = host.log("count");
    let last = said.lines().last().unwrap();
    assert!(
        heard.ends_with(&format!("{last}\n\n")),
        "{last:?}: {heard:?}"
    );
    host.ok(&["container", "restore", "count"]);
    let mut guest = Guest::of(host, &["attach", "count"]);
    guest.hear("\n");
    host.ok(&["kill", "count"]);
    assert_eq!(guest.end().0, 0);
}

pub fn messages_of_attach(host: &Host) {
    let id = host.start("still", &[], &["sleep", "1000"]);
    host.fails(
        &["attach"],
        125,
        "requires a name, id, or the \"--latest\" flag",
    );
    host.fails(
        &["attach", "nobody"],
        125,
        "Error: no container with name or ID \"nobody\" found: no such container\n",
    );
    host.fails(
        &["attach", "--detach-keys", "foo", "still"],
        125,
        &format!(
            "Error: attaching to container {id}: invalid detach keys: Unknown character: 'foo'\n"
        ),
    );
    let refused =
        format!("Error: attaching to container {id}: you can only attach to running containers\n");
    host.ok(&["pause", "still"]);
    host.fails(&["attach", "still"], 125, &refused);
    host.ok(&["unpause", "still"]);
    host.ok(&["container", "checkpoint", "still"]);
    host.fails(&["attach", "still"], 125, &refused);
}

/// `exec -t` from a script: all that the process writes comes, the last of it too, and its exit code;
/// what comes through a pipe is typed.
pub fn a_process_has_a_terminal_where_its_caller_has_none(host: &Host) {
    host.start("plain", &[], &["sleep", "1000"]);
    for _ in 0..20 {
        let done = host.run(&[
            "exec",
            "-t",
            "plain",
            "sh",
            "-c",
            "test -t 1 && echo last; exit 3",
        ]);
        assert_eq!((done.code, done.stdout.as_str()), (3, "last\r\n"), "{done}");
    }
    let done = host.run(&["exec", "-t", "plain", "seq", "20000"]);
    let lines: Vec<String> = (1..=20000).map(|number| number.to_string()).collect();
    let lines = lines.join("\r\n") + "\r\n";
    assert!(
        done.code == 0 && done.stdout == lines,
        "{} bytes",
        done.stdout.len()
    );
    // What others keep open keeps nobody here, and nothing is taken for the runtime's own words.
    let script = r#"sleep 1000 & printf '{"level":"error","msg":"no"}'; exit 4"#;
    let done = host.run(&["exec", "-t", "plain", "sh", "-c", script]);
    let said = (done.code, done.stdout.as_str(), done.stderr.as_str());
    assert_eq!(said, (4, r#"{"level":"error","msg":"no"}"#, ""));
    let mut line = host.engine.command(&["exec", "-it", "plain", "sh"]);
    let done = command::run(&mut line, "echo $((40+2))\nexit 5\n");
    assert_eq!(done.code, 5, "{done}");
    assert!(done.stdout.contains("\n42\r\n"), "{done}");
    let done = host.run(&["exec", "-t", "plain", "/nothing"]);
    assert_eq!(done.code, 127, "{done}");
    assert!(done.stderr.contains("not found"), "{done}");
    host.ok(&["rm", "-f", "-t", "0", "plain"]);
}

/// Of a container that ends with input unread.
pub fn what_comes_last_is_seen(host: &Host) {
    let input = "unread\n".repeat(100_000);
    for _ in 0..3 {
        let line = [
            "run",
            "-i",
            "--rm",
            IMAGE,
            "sh",
            "-c",
            "sleep 0.2; seq 20000; exit 3",
        ];
        let done = command::run(&mut host.engine.command(&line), &input);
        assert_eq!(done.code, 3, "{done}");
        let lines = done.stdout.lines().collect::<Vec<_>>();
        assert_eq!((lines.len(), lines.last()), (20000, Some(&"20000")));
    }
}
