//! Archives cross between Cryopod and real Podman, both ways.

use std::fs;
use std::path::Path;

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Engine, Host, IMAGE, ONLY_IN_IMAGE, ask_web, wait};

pub const TESTS: Tests = tests![
    podman_thaws_ours,
    we_thaw_podmans,
    there_and_back,
    files_of_mounts_there_and_back,
    addresses_of_podmans_are_left_alone,
];

/// Real Podman, set up for this kind of host, until dropped.
pub struct Podman(pub Engine);

impl Podman {
    /// CRIU must be told on Podman's behalf to leave cgroups alone (testhost: hybrid cgroups).
    const CONFIGURATIONS: [&'static str; 2] = ["/etc/criu/runc.conf", "/etc/criu/crun.conf"];

    /// Podman with a runtime.
    pub fn set_up(runtime: &str) -> Self {
        fs::create_dir_all("/etc/criu").unwrap();
        for path in Self::CONFIGURATIONS {
            fs::write(path, "cgroup-dump-controller none\n").unwrap();
        }
        Self(Engine::podman().with_runtime(runtime))
    }

    fn criu_unconfigured() {
        // Podman against itself needs it everywhere.
        if Engine::under_test().is_podman() {
            return;
        }
        for path in Self::CONFIGURATIONS {
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        self.0.run(&["rm", "-a", "-f", "-v", "-t", "0"]);
        self.0.run(&["volume", "rm", "-a", "-f"]);
        Self::criu_unconfigured();
    }
}

fn start_web(engine: &Engine) -> String {
    engine.ok(&[
        "run",
        "-d",
        "--name",
        "web",
        IMAGE,
        "workload",
        "web",
        "8080",
        "/data/count",
    ]);
    wait::until("the server listens", || {
        engine
            .ok(&["logs", "web"])
            .contains("listening")
            .then_some(())
    });
    engine.ok(&[
        "exec",
        "web",
        "sh",
        "-c",
        &format!("echo changed > {ONLY_IN_IMAGE}; rm /etc/motd; echo kept > /dev/shm/file"),
    ]);
    address(engine)
}

fn address(engine: &Engine) -> String {
    engine.ok(&[
        "inspect",
        "--format",
        "{{.NetworkSettings.Networks.podman.IPAddress}}",
        "web",
    ])
}

fn ask(engine: &Engine, expected: u64) {
    let address = address(engine);
    let answer = wait::until("an answer", || ask_web(&address, 8080));
    assert_eq!(answer, format!("count mem={expected} file={expected}"));
}

fn freeze(engine: &Engine, archive: &str) {
    engine.ok(&["container", "checkpoint", "-e", archive, "web"]);
    engine.ok(&["rm", "web"]);
}

fn thaw(engine: &Engine, archive: &str) {
    engine.ok(&["container", "restore", "-i", archive]);
    let text = engine.ok(&[
        "exec",
        "web",
        "sh",
        "-c",
        "cat /dev/shm/file; [ -e /etc/motd ] || echo no motd",
    ]);
    assert_eq!(text, "kept\nno motd");
    let log = engine.ok(&["logs", "web"]);
    assert!(log.starts_with("listening on 8080\nrequest 1"), "{log}");
}

fn podman_thaws_ours(host: &Host) {
    let podman = Podman::set_up("runc");
    Podman::criu_unconfigured();
    let archive = host.file("web.tar");
    let engine = host.engine.clone().with_runtime("runc");
    let before = start_web(&engine);
    ask(&engine, 1);
    freeze(&engine, &archive);
    thaw(&podman.0, &archive);
    assert_eq!(address(&podman.0), before);
    ask(&podman.0, 2);
    assert_eq!(
        podman.0.ok(&["exec", "web", "cat", ONLY_IN_IMAGE]),
        "changed"
    );
    podman.0.ok(&["rm", "-f", "-t", "0", "web"]);
}

fn we_thaw_podmans(host: &Host) {
    let podman = Podman::set_up(host.runtime);
    let archive = host.file("web.tar");
    let before = start_web(&podman.0);
    ask(&podman.0, 1);
    freeze(&podman.0, &archive);
    Podman::criu_unconfigured();
    thaw(&host.engine, &archive);
    assert_eq!(address(&host.engine), before);
    ask(&host.engine, 2);
    // And from there on it is one of ours.
    let again = host.file("again.tar");
    freeze(&host.engine, &again);
    thaw(&host.engine, &again);
    ask(&host.engine, 3);
}

fn there_and_back(host: &Host) {
    let podman = Podman::set_up("runc");
    let engine = host.engine.clone().with_runtime("runc");
    let (out, back) = (host.file("out.tar"), host.file("back.tar"));
    start_web(&engine);
    ask(&engine, 1);
    freeze(&engine, &out);
    thaw(&podman.0, &out);
    ask(&podman.0, 2);
    freeze(&podman.0, &back);
    thaw(&engine, &back);
    ask(&engine, 3);
    assert!(Path::new(&back).exists());
}

fn files_of_mounts_there_and_back(host: &Host) {
    let podman = Podman::set_up("runc");
    let engine = host.engine.clone().with_runtime("runc");
    let count = |engine: &Engine| {
        let text = engine.run(&["exec", "web", "cat", "/data/count"]).stdout;
        text.trim().parse::<u64>().ok()
    };
    let goes_on = |engine: &Engine| {
        let before = wait::until("a count", || count(engine));
        wait::until("more of it", || count(engine).filter(|now| *now > before));
        let kept = "cat /data/kept /own/file";
        assert_eq!(engine.ok(&["exec", "web", "sh", "-c", kept]), "kept\nown");
    };
    let freeze = |engine: &Engine, archive: &str| {
        engine.ok(&["container", "checkpoint", "-e", archive, "web"]);
        engine.ok(&["rm", "-v", "web"]);
        engine.ok(&["volume", "rm", "crosses"]);
        assert_eq!(engine.ok(&["volume", "ls", "-q"]), "");
    };
    let mounts = ["-v", "crosses:/data", "-v", "/own"];
    let words = [
        &["run", "-d", "--name", "web"],
        &mounts[..],
        // Not a shell that starts programs: Podman's dump fails after ten seconds when it meets one
        // between vfork and execve.
        &[IMAGE, "workload", "count", "/data/count"],
    ];
    engine.ok(&words.concat());
    wait::until("a count", || count(&engine));
    let keep = "echo kept > /data/kept; echo own > /own/file";
    engine.ok(&["exec", "web", "sh", "-c", keep]);
    let (out, back) = (host.file("out.tar"), host.file("back.tar"));
    freeze(&engine, &out);
    podman.0.ok(&["container", "restore", "-i", &out]);
    goes_on(&podman.0);
    freeze(&podman.0, &back);
    engine.ok(&["container", "restore", "-i", &back]);
    goes_on(&engine);
    engine.ok(&["rm", "-f", "-v", "-t", "0", "web"]);
    engine.ok(&["volume", "rm", "crosses"]);
}

/// Podman has a record of its own of what it gave to whom, on the same default network.
fn addresses_of_podmans_are_left_alone(host: &Host) {
    let podman = Podman::set_up(host.runtime);
    let address = {
        host.start_shell("first", &[], COUNT_ALOUD);
        let (address, _) = host.address("first");
        host.ok(&["rm", "-f", "-t", "0", "first"]);
        address
    };
    // The next one that ours would give.
    let (front, last) = address.rsplit_once('.').unwrap();
    let next = format!("{front}.{}", last.parse::<u8>().unwrap() + 1);
    podman.0.ok(&[
        "run", "-d", "--name", "theirs", "--ip", &next, IMAGE, "sleep", "1000",
    ]);
    host.start_shell("ours", &[], COUNT_ALOUD);
    let (own, _) = host.address("ours");
    let asked = ["run", "-d", "--name", "asked", "--ip", &next, IMAGE, "true"];
    let done = host.run(&asked);
    podman.0.ok(&["rm", "-f", "-t", "0", "theirs"]);
    assert_ne!(own, next);
    assert!(
        done.code == 125 && done.stderr.contains("is already allocated"),
        "{done}"
    );
}
