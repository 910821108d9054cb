//! The test suites of docker-py and podman-py against our interfaces. Each script knows the least
//! number of tests that must pass; the number only grows.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

use crate::harness::{Host, command};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![docker_py, podman_py];

/// Runs a script of `tests/clients/` with the engine under test as one word.
fn passes(host: &Host, script: &str) {
    if host.runtime != "crun" {
        return;
    }
    let engine = host.file("engine");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o755)
        .open(&engine)
        .expect("the scratch directory is writable");
    let globals: Vec<String> = host
        .engine
        .globals
        .iter()
        .map(|word| format!("'{word}'"))
        .collect();
    writeln!(
        file,
        "#!/bin/sh\nexec '{}' {} \"$@\"",
        host.engine.program,
        globals.join(" ")
    )
    .expect("the scratch directory has room");
    drop(file);
    let mut line = Command::new("bash");
    line.arg(super::scripts().join(script))
        .env("CRYOPOD", &engine);
    let done = command::run(&mut line, "");
    assert_eq!(done.code, 0, "{done}");
    println!("{}", done.stdout.trim_end());
}

fn docker_py(host: &Host) {
    passes(host, "docker-py.sh");
}

fn podman_py(host: &Host) {
    passes(host, "podman-py.sh");
}
