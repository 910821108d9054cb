//! Checkpoints that are encrypted or signed: with Debian's age and minisign, both directions; what
//! was tampered with, and what the host's policy refuses.

pub mod encrypted;
pub mod policy;
pub mod signed;

use std::fs;
use std::path::Path;
use std::process::Command;

use super::COUNT_ALOUD;
use crate::harness::{Host, command};

/// Runs a script in the test's directory and returns what it says.
#[track_caller]
fn sh(host: &Host, script: &str) -> String {
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", script]);
    shell.current_dir(host.path(""));
    let done = command::run(&mut shell, "");
    assert_eq!(done.code, 0, "{done}");
    done.stdout.trim_end().to_owned()
}

/// Nothing of a container is here: no row, no directory.
#[track_caller]
fn nothing_is_left(host: &Host, after: &str) {
    assert_eq!(host.ok(&["ps", "-aq"]), "", "{after}");
    let containers = Path::new("/var/lib/cryopod/containers");
    let left: Vec<_> = fs::read_dir(containers).into_iter().flatten().collect();
    assert!(left.is_empty(), "{after}: {left:?}");
}

/// A pair of age keys, `NAME.key` and what is its recipient.
fn age_key(host: &Host, name: &str) -> (String, String) {
    let file = host.file(&format!("{name}.key"));
    sh(host, &format!("age-keygen -o {file} 2>/dev/null"));
    let recipient = sh(host, &format!("age-keygen -y {file}"));
    (file, recipient)
}

/// A pair of minisign keys without passphrase, `NAME.sec` and `NAME.pub`.
fn signing_key(host: &Host, name: &str) -> (String, String) {
    let (secret, public) = (
        host.file(&format!("{name}.sec")),
        host.file(&format!("{name}.pub")),
    );
    sh(
        host,
        &format!("minisign -G -W -s {secret} -p {public} >/dev/null"),
    );
    (secret, public)
}

/// Starts the container that is frozen here.
fn start_web(host: &Host) {
    host.start_shell("web", &[], COUNT_ALOUD);
    host.shell("web", "echo kept > /data/file");
    host.wait_for_log("web", "3\n");
}

/// Freezes it into a file, and goes on.
#[track_caller]
fn freeze(host: &Host, file: &str, options: &[&str]) -> String {
    let path = host.file(file);
    let words = ["container", "checkpoint", "-R", "-e", &path];
    host.ok(&[&words[..], options, &["web"]].concat());
    path
}

/// It runs as it was, and goes.
#[track_caller]
fn thawed(host: &Host, words: &[&str]) {
    host.ok(&[&["container", "restore"], words].concat());
    assert_eq!(host.shell("web", "cat /data/file"), "kept");
    let log = host.log("web");
    host.wait_for_more_log("web", &log);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
}

/// It is refused with these words, and nothing is made.
#[track_caller]
fn refused(host: &Host, words: &[&str], text: &str) {
    host.fails(&[&["container", "restore"], words].concat(), 125, text);
    nothing_is_left(host, text);
}
