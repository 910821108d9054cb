//! The user is gone: a hang-up, Ctrl-C, a polite kill or a closed terminal in the middle, an archive's
//! reader that ends, an archive that ends. What was begun comes to its end or is undone.

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::crash::{check_truth, start_victim, thaw_in_place};
use crate::harness::{Host, command, leak};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    signals_in_a_checkpoint,
    signals_in_a_restore,
    once terminal_closed,
    once reader_of_an_export_gone,
    once stream_of_an_import_cut,
];

fn signal(child: &Child, name: &str) {
    let line = [format!("-{name}"), child.id().to_string()];
    command::run(Command::new("kill").args(line), "");
}

/// Moments at which the signal comes, milliseconds.
const MOMENTS: [u64; 3] = [15, 60, 120];
const SIGNALS: [&str; 4] = ["HUP", "INT", "TERM", "PIPE"];

fn disturbed(host: &Host, words: &[&str], name: &str, moment: u64) -> i32 {
    let mut child = host.spawn(words);
    std::thread::sleep(Duration::from_millis(moment));
    signal(&child, name);
    command::wait(&mut child, &words.join(" "), command::LIMIT)
}

fn signals_in_a_checkpoint(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    start_victim(host);
    for name in SIGNALS {
        for moment in MOMENTS {
            let what = format!("{name} after {moment} ms");
            let code = disturbed(host, &["container", "checkpoint", "victim"], name, moment);
            let state = check_truth(host, &what);
            match state.as_deref() {
                Some("exited") => thaw_in_place(host, &what),
                // It came before the command held signals off.
                Some("running") if code > 128 => {}
                other => panic!("{what}: exit status {code}, and told {other:?}"),
            }
        }
    }
}

fn signals_in_a_restore(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    start_victim(host);
    host.ok(&["container", "checkpoint", "victim"]);
    for name in SIGNALS {
        for moment in MOMENTS {
            let what = format!("{name} after {moment} ms");
            let code = disturbed(host, &["container", "restore", "victim"], name, moment);
            let state = check_truth(host, &what);
            match state.as_deref() {
                Some("running") => {
                    host.ok(&["container", "checkpoint", "victim"]);
                }
                Some("exited") if code > 128 => {}
                other => panic!("{what}: exit status {code}, and told {other:?}"),
            }
        }
    }
}

/// `script` gives the command a terminal, and takes it away.
fn terminal_closed(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    start_victim(host);
    let mut frozen = false;
    for moment in [30, 80, 150, 30, 80, 150] {
        let verb = if frozen { "restore" } else { "checkpoint" };
        let engine = host.engine.command(&["container", verb, "victim"]);
        let line = command::line(&engine);
        let mut script = Command::new("script")
            .args(["-qefc", &line, "/dev/null"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("script is in the host");
        std::thread::sleep(Duration::from_millis(moment));
        let _ = script.kill();
        let _ = script.wait();
        // Whoever comes next waits for it, and finds the truth.
        host.run(&["container", "inspect", "victim"]);
        let what = format!("{verb}, closed after {moment} ms");
        let gone = crate::harness::wait::try_until(Duration::from_secs(10), || {
            let pattern = format!("{} .*container {verb} victim", host.engine.program);
            let found = command::run(Command::new("pgrep").args(["-f", &pattern]), "");
            found.stdout.trim().is_empty().then_some(())
        });
        assert!(gone.is_some(), "{what}: it does not end");
        frozen = check_truth(host, &what).as_deref() == Some("exited");
    }
    if frozen {
        thaw_in_place(host, "in the end");
    }
}

/// `checkpoint --export - | head -c N`: not whole, so the container runs on.
fn reader_of_an_export_gone(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    start_victim(host);
    for bytes in [0_usize, 100, 20_000] {
        let words = ["container", "checkpoint", "-c", "none", "-e", "-", "victim"];
        let mut child = host
            .engine
            .command(&words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reader = child.stdout.take().unwrap();
        let mut some = vec![0; bytes];
        reader.read_exact(&mut some).unwrap();
        drop(reader);
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(125), "{bytes}: {said}");
        assert!(said.contains("roken pipe"), "{bytes}: {said}");
        let state = check_truth(host, &format!("{bytes} bytes read"));
        assert_eq!(state.as_deref(), Some("running"), "{bytes}");
    }
}

/// `restore --import -` of a stream that ends too early, or comes to a stop first.
fn stream_of_an_import_cut(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    let archive = host.path("victim.tar");
    start_victim(host);
    let name = archive.display().to_string();
    host.ok(&["container", "checkpoint", "-e", &name, "victim"]);
    host.ok(&["rm", "victim"]);
    let bytes = fs::read(&archive).unwrap();
    let clean = leak::Snapshot::take();
    let words = ["container", "restore", "-i", "-"];
    for part in [0, 1, 30, 60, 95] {
        let mut child = host
            .engine
            .command(&words)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stream = child.stdin.take().unwrap();
        let _ = stream.write_all(&bytes[..bytes.len() * part / 100]);
        std::thread::sleep(Duration::from_millis(20));
        drop(stream);
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(125), "{part} %: {said}");
        assert!(said.starts_with("Error: "), "{part} %: {said}");
        assert_eq!(check_truth(host, "cut"), None, "{part} %");
        let left = leak::Snapshot::left_since(&clean);
        assert!(left.is_empty(), "{part} %: {left:?}");
    }
    host.ok(&["container", "restore", "-i", &name]);
    let before = host.log("victim");
    host.wait_for_more_log("victim", &before);
}
