//! The test suites of docker-py and podman-py against our interfaces. Each script knows the least
//! number of tests that must pass; the number only grows.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::harness::{Host, command};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![docker_py, podman_py];

/// How long a whole suite may take.
const LIMIT: Duration = Duration::from_mins(10);

/// Runs a script of `tests/clients/` with the engine under test as one word.
fn passes(host: &Host, script: &str) {
    if host.runtime != "crun" {
        return;
    }
    let engine = host.file("engine");
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o755)
        .open(&engine)
        .expect("the scratch directory is writable");
    writeln!(
        file,
        "#!/bin/sh\nexec '{}' '{}' \"$@\"",
        host.engine.program,
        host.engine.globals.join("' '")
    )
    .expect("the scratch directory has room");
    drop(file);
    let told = host.file("told");
    let out = File::create(&told).expect("the scratch directory is writable");
    let mut line = Command::new("bash");
    line.arg(super::scripts().join(script))
        .env("CRYOPOD", &engine)
        .env("TMPDIR", host.path("."))
        .stdin(Stdio::null())
        .stdout(out.try_clone().expect("a descriptor"))
        .stderr(out);
    let mut child = line.spawn().expect("the script starts");
    let code = command::wait(&mut child, script, LIMIT);
    let told = std::fs::read_to_string(&told).expect("what the script said");
    assert_eq!(code, 0, "{told}");
    println!("{}", told.trim_end());
}

fn docker_py(host: &Host) {
    passes(host, "docker-py.sh");
}

fn podman_py(host: &Host) {
    passes(host, "podman-py.sh");
}
