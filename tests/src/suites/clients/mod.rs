//! Clients that other projects made, each telling a counter's story through the service: started,
//! frozen, removed or ended, thawed, seen to go on, refused what is wrong; and the clients' own test
//! suites. What they do is in the scripts of `tests/clients/`.

mod bollard;
pub mod cri;
pub mod crowd;
pub mod doors;
pub mod foreign;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Finished, Host, IMAGE, command};
use crate::suites::registry::server::Registry;
use crate::suites::rest::Service;
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    once docker,
    once docker_verbs,
    once podman_verbs,
    once docker_py,
    once podman_py,
    once dockerode,
    in_rust,
];

/// Where the scripts lie.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Runs a script of `tests/clients/` against a service of its own and expects it to say who told it.
fn told(host: &Host, words: &[&str], teller: &str) {
    let service = Service::start(host);
    let mut line = Command::new(words[0]);
    let url = service.url();
    line.args(&words[1..])
        .current_dir(scripts())
        .env("DOCKER_HOST", &url)
        .env("PODMAN", &url)
        .env("SOCKET", url.trim_start_matches("unix://"))
        .env("IMAGE", IMAGE)
        .env("DIRECTORY", host.path("."));
    let done: Finished = command::run(&mut line, "");
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stdout.contains(teller), "{done}");
}

/// The same with a registry beside it, whose host and port the script gets as a word.
fn told_with_registry(host: &Host, script: &str, teller: &str) {
    let registry = Registry::start(host);
    let address = format!("REGISTRY={}", registry.host);
    told(host, &["env", &address, script], teller);
}

fn docker(host: &Host) {
    told(host, &["./story-docker.sh"], "told by Docker version");
}

fn docker_verbs(host: &Host) {
    told_with_registry(host, "./verbs-docker.sh", "told by Docker version");
}

fn podman_verbs(host: &Host) {
    told_with_registry(host, "./verbs-podman.sh", "told by podman version");
}

fn in_rust(host: &Host) {
    bollard::tells(host);
}

fn docker_py(host: &Host) {
    told(host, &["python3", "story_docker.py"], "told by docker-py");
}

fn podman_py(host: &Host) {
    told(host, &["python3", "story_podman.py"], "told by podman-py");
}

fn dockerode(host: &Host) {
    told(host, &["node", "story-dockerode.js"], "told by dockerode");
}
