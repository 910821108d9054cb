//! `make demo`: a web server is frozen on one host and thawed on another, step by step; then a
//! container moves while somebody talks to it.
//!
//! Both hosts are throw-away ones joined by a veth pair; commands reach the second by `on-peer`.

mod connection;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::harness::{Engine, Finished, command, image};

/// Where both hosts see the same files.
const ARCHIVE: &str = "/shared/web.tar";

/// Shows the main path; fails at the first step that isn't as it should be.
pub fn run() -> ExitCode {
    let started = Instant::now();
    match std::panic::catch_unwind(show) {
        Ok(()) => {
            println!("\nDone in {:.1} s.", started.elapsed().as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}

fn show() {
    let engine = Engine::under_test();
    assert!(
        Path::new("/shared").is_dir(),
        "the demo needs two hosts: cargo xtask e2e --demo"
    );
    let directory = tempfile::tempdir_in("/shared").expect("a directory for the image");
    let root = image::make_root(directory.path()).display().to_string();

    heading("Both hosts: an image from a root file system");
    step(
        "host 1",
        &mut engine.command(&["import", &root, image::IMAGE]),
    );
    step(
        "host 2",
        &mut peer(&engine, &["import", &root, image::IMAGE]),
    );

    heading("Host 1: a web server that counts its requests in memory and in a file");
    let run = [
        "run",
        "-d",
        "--name",
        "web",
        image::IMAGE,
        "workload",
        "web",
        "8080",
        "/data/count",
    ];
    step("host 1", &mut engine.command(&run));
    let address_of = [
        "inspect",
        "--format",
        "{{.NetworkSettings.Networks.podman.IPAddress}}",
        "web",
    ];
    let before = step("host 1", &mut engine.command(&address_of))
        .stdout
        .trim()
        .to_owned();
    for expected in 1..=3 {
        let answer = step(
            "host 1",
            Command::new("curl").args(curl(&before).as_slice()),
        );
        assert_eq!(
            answer.stdout.trim(),
            format!("count mem={expected} file={expected}")
        );
    }

    heading("Host 1: freeze it to a file");
    step(
        "host 1",
        &mut engine.command(&["container", "checkpoint", "--export", ARCHIVE, "web"]),
    );
    step("host 1", Command::new("ls").args(["-lh", ARCHIVE]));
    step("host 1", &mut engine.command(&["ps", "-a"]));

    heading("Host 2: thaw it from the file");
    step(
        "host 2",
        &mut peer(&engine, &["container", "restore", "--import", ARCHIVE]),
    );
    step("host 2", &mut peer(&engine, &["ps"]));
    let after = step("host 2", &mut peer(&engine, &address_of))
        .stdout
        .trim()
        .to_owned();
    assert_eq!(after, before, "the address is the same");
    for expected in 4..=5 {
        let mut ask = Command::new("on-peer");
        ask.arg("curl").args(curl(&after).as_slice());
        let answer = step("host 2", &mut ask);
        assert_eq!(
            answer.stdout.trim(),
            format!("count mem={expected} file={expected}")
        );
    }
    let log = step("host 2", &mut peer(&engine, &["logs", "web"])).stdout;
    let expected = "listening on 8080\nrequest 1\nrequest 2\nrequest 3\nrequest 4\nrequest 5\n";
    assert_eq!(log, expected, "the log goes on where it stopped");

    heading("Both hosts: remove what is left");
    step("host 1", &mut engine.command(&["rm", "web"]));
    step(
        "host 2",
        &mut peer(&engine, &["rm", "-f", "-t", "0", "web"]),
    );
    println!(
        "\nThe count went on in memory and in the file, at the same address, in the same log."
    );
    connection::show(&engine);
}

fn curl(address: &str) -> [String; 4] {
    [
        "-sS".to_owned(),
        "--max-time".to_owned(),
        "5".to_owned(),
        format!("http://{address}:8080/"),
    ]
}

/// The engine's command on the second host.
fn peer(engine: &Engine, words: &[&str]) -> Command {
    let mut command = Command::new("on-peer");
    command
        .arg(&engine.program)
        .args(&engine.globals)
        .args(words);
    command
}

fn heading(text: &str) {
    println!("\n== {text}");
}

/// Runs a command, shows what it said and how long it took.
fn step(place: &str, program: &mut Command) -> Finished {
    let done = command::run(program, "");
    let line = done.line.replace("on-peer ", "");
    let short = line
        .rsplit_once("/cryopod ")
        .map_or(line.clone(), |(_, rest)| format!("cryopod {rest}"));
    println!("[{place}] $ {short}   ({} ms)", done.took.as_millis());
    for text in done.stdout.lines().chain(done.stderr.lines()) {
        println!("    {text}");
    }
    assert_eq!(done.code, 0, "{done}");
    done
}
