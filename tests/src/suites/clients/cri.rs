//! Kubernetes' interface of container runtimes, by grpcio with stubs made from Kubernetes' own
//! description. What it does is in `tests/clients/story_cri.py`.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command};

use crate::harness::{Host, IMAGE, command, wait};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![a_life, whole_pods, refusals, images];

/// A service that ends with this.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// Tells a part of the story against a service of its own.
fn told(host: &Host, part: &str) {
    let socket = host.file("cri.sock");
    let uri = format!("cri:unix://{socket}");
    let child = host.spawn(&["system", "service", "--time", "0", &uri]);
    let _service = Service(child);
    wait::until("the service listens", || UnixStream::connect(&socket).ok());
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let mut line = Command::new("python3");
    line.args(["story_cri.py", part])
        .current_dir(scripts)
        .env("CRI", format!("unix://{socket}"))
        .env("IMAGE", IMAGE)
        .env("DIRECTORY", host.path("."))
        .env("RUNTIME", host.runtime)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let done = command::run(&mut line, "");
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stdout.contains("told by grpcio"), "{done}");
}

fn a_life(host: &Host) {
    told(host, "life");
}

fn whole_pods(host: &Host) {
    told(host, "pods");
}

fn refusals(host: &Host) {
    told(host, "refusals");
}

fn images(host: &Host) {
    told(host, "images");
}
