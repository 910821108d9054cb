//! Checkpoints cross between Cryopod and real containerd (`ctr`), both ways.

use std::fs;
use std::process::{Child, Command, Stdio};

use crate::harness::{Host, IMAGE, command, wait};
use crate::suites::registry::server::Registry;
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![there_and_back, runc what_makes_no_sense];

/// Writes how far it is into a file, ten times a second.
const COUNT: &str = "i=0; while :; do echo $i > /data/count; i=$((i+1)); sleep 0.1; done";

/// A containerd of this test's own.
struct Containerd {
    daemon: Child,
    socket: String,
}

impl Containerd {
    fn start(host: &Host) -> Self {
        let socket = "/run/containerd-test/containerd.sock".to_owned();
        fs::create_dir_all("/run/containerd-test").unwrap();
        // Its shims put their sockets there, whatever the configuration says.
        fs::create_dir_all("/run/containerd").unwrap();
        let config = format!(
            "version = 3\nroot = \"/run/containerd-test/root\"\nstate = \"/run/containerd-test/state\"\n\
             disabled_plugins = [\"io.containerd.grpc.v1.cri\", \"io.containerd.cri.v1.runtime\", \"io.containerd.cri.v1.images\"]\n\
             [grpc]\naddress = {socket:?}\n"
        );
        let path = host.file("containerd.toml");
        fs::write(&path, config).unwrap();
        let daemon = Command::new("containerd")
            .args(["-c", &path])
            .stdout(Stdio::null())
            .stderr(fs::File::create(host.file("containerd.log")).unwrap())
            .spawn()
            .unwrap();
        let containerd = Self { daemon, socket };
        wait::until("containerd answers", || {
            (containerd.run(&["version"]).code == 0).then_some(())
        });
        containerd
    }

    fn run(&self, words: &[&str]) -> command::Finished {
        let mut ctr = Command::new("ctr");
        ctr.args(["--address", &self.socket]).args(words);
        command::run(&mut ctr, "")
    }

    #[track_caller]
    fn ok(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.code, 0, "{done}");
        done.stdout.trim_end().to_owned()
    }

    /// Imports an archive, and unpacks the image below the checkpoint in it: containerd can't do that
    /// on the way, as it takes the checkpoint for an image too.
    #[track_caller]
    fn import(&self, archive: &str) {
        self.ok(&["image", "import", "--local", "--no-unpack", archive]);
        let images = self.ok(&["image", "ls"]);
        let base = images.lines().find(|line| line.starts_with(IMAGE));
        let mut words = base.expect("the image below").split_whitespace();
        let digest = words.find(|word| word.starts_with("sha256:")).unwrap();
        self.ok(&["snapshots", "--snapshotter", "overlayfs", "unpack", digest]);
    }

    /// Restores the checkpoint that was imported, with its memory or without.
    #[track_caller]
    fn restore(&self, host: &Host, name: &str, live: bool) {
        self.restore_of(host, name, "localhost/cp:1", live);
    }

    #[track_caller]
    fn restore_of(&self, host: &Host, name: &str, image: &str, live: bool) {
        let mut words = vec!["container", "restore", "--rw"];
        words.extend(live.then_some("--live"));
        words.extend([name, image]);
        let done = self.run(&words);
        let log = fs::read_to_string(host.path("containerd.log")).unwrap();
        let told = |line: &&str| !line.contains("level=info");
        let log: Vec<&str> = log.lines().filter(told).collect();
        assert_eq!(done.code, 0, "{done}\n{}", log.join("\n"));
    }

    /// What a command in a container prints.
    #[track_caller]
    fn exec(&self, name: &str, script: &str) -> String {
        let line = ["task", "exec", "--exec-id", "e", name, "sh", "-c", script];
        self.ok(&line)
    }

    /// It counts on from at least there.
    #[track_caller]
    fn counts_from(&self, name: &str, last: u64) {
        let now = || self.exec(name, "cat /data/count").parse::<u64>().ok();
        let first = wait::until("it counts", now);
        assert!(first >= last, "{first} after {last}");
        wait::until("it goes on", || now().filter(|later| *later > first));
    }

    fn remove(&self, name: &str) {
        self.run(&["task", "kill", "-s", "KILL", name]);
        wait::until("the task ends", || {
            let tasks = self.ok(&["task", "ls"]);
            let mine = tasks.lines().find(|line| line.starts_with(name));
            mine.is_none_or(|line| line.contains("STOPPED"))
                .then_some(())
        });
        self.run(&["task", "rm", name]);
        self.ok(&["container", "rm", name]);
    }
}

impl Drop for Containerd {
    fn drop(&mut self) {
        for name in self.run(&["container", "ls", "-q"]).stdout.lines() {
            self.run(&["task", "rm", "-f", name]);
            self.run(&["container", "rm", name]);
        }
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
        for directory in [
            "/run/containerd-test",
            "/run/containerd",
            "/sys/fs/cgroup/default",
        ] {
            let _ = fs::remove_dir_all(directory);
            let _ = fs::remove_dir(directory);
        }
    }
}

fn count(host: &Host, name: &str) -> u64 {
    let text = host.shell(name, "cat /data/count");
    text.trim().parse().unwrap_or(0)
}

const PUSH: [&str; 6] = [
    "checkpoint",
    "push",
    "--format",
    "containerd",
    "--name",
    "localhost/cp:1",
];

fn there_and_back(host: &Host) {
    let ours = host.file("ours.tar");
    let to = format!("oci-archive:{ours}");
    let bound = host.file("bound");
    fs::create_dir(&bound).unwrap();
    fs::write(host.path("bound/file"), "bound\n").unwrap();
    let mount = format!("{bound}:/bound");
    let options = ["--network", "none", "-v", "volume:/kept", "-v", &mount];
    host.start_shell("web", &options, COUNT);
    let script = "rm /etc/motd; echo shm > /dev/shm/file; echo kept > /kept/file";
    host.shell("web", script);
    wait::until("it counts", || (count(host, "web") > 2).then_some(()));
    let last = count(host, "web");
    host.ok(&["container", "checkpoint", "web"]);
    let live = host.runtime == "runc";
    if live {
        host.ok(&[&PUSH[..], &["--binds", "web", &to]].concat());
    } else {
        let words = "containerd can restore under runc alone";
        host.fails(&[&PUSH[..], &["web", &to]].concat(), 125, words);
        host.ok(&[&PUSH[..], &["--rw", "--image", "--binds", "web", &to]].concat());
    }
    // To a registry too: the files alone, for both runtimes.
    let registry = Registry::start(host);
    let remote = registry.name("cp:1");
    let push = ["checkpoint", "push", "--format", "containerd", "-q"];
    let parts = ["--rw", "--image", "--binds", "web", &remote];
    host.ok(&[&push[..], &parts].concat());
    host.ok(&["container", "restore", "web"]);
    host.ok(&["rm", "-f", "-v", "-t", "0", "web"]);
    host.run(&["volume", "rm", "volume"]);
    fs::remove_dir_all(&bound).unwrap();
    let containerd = Containerd::start(host);
    containerd.import(&ours);
    assert!(containerd.ok(&["image", "ls"]).contains("localhost/cp:1"));
    containerd.restore(host, "k1", live);
    containerd.counts_from("k1", if live { last } else { 0 });
    let script = "cat /kept/file /bound/file; [ -e /etc/motd ] || echo gone";
    assert_eq!(containerd.exec("k1", script), "kept\nbound\ngone");
    if live {
        assert_eq!(containerd.exec("k1", "cat /dev/shm/file"), "shm");
    }
    containerd.remove("k1");
    containerd.ok(&["image", "rm", "localhost/cp:1"]);
    containerd.ok(&["content", "fetch", "--plain-http", &remote]);
    containerd.restore_of(host, "k3", &remote, false);
    containerd.counts_from("k3", 0);
    containerd.remove("k3");
    drop(registry);
    back_again(host, &containerd, &to);
    if live {
        // As it came it goes back.
        containerd.import(&ours);
        containerd.restore(host, "k2", true);
        containerd.counts_from("k2", 1);
    }
}

/// A container of containerd thaws here, and is frozen into a layout again.
fn back_again(host: &Host, containerd: &Containerd, to: &str) {
    let theirs = host.file("theirs.tar");
    let run = [
        "run",
        "-d",
        "--cpu-shares",
        "0",
        "--snapshotter",
        "overlayfs",
    ];
    let what = [
        "--runc-binary",
        host.runtime,
        IMAGE,
        "k1",
        "sh",
        "-c",
        COUNT,
    ];
    containerd.ok(&[&run[..], &what].concat());
    let script = "rm /etc/motd; echo shm > /dev/shm/file; sleep 0.5; cat /data/count";
    let last: u64 = containerd.exec("k1", script).parse().unwrap();
    let checkpoint = ["container", "checkpoint", "--rw", "--image", "--task"];
    containerd.ok(&[&checkpoint[..], &["k1", "localhost/theirs:1"]].concat());
    let export = ["image", "export", "--local", "--skip-manifest-json"];
    containerd.ok(&[&export[..], &[&theirs, "localhost/theirs:1"]].concat());
    containerd.remove("k1");
    let text = host.ok(&["load", "-i", &theirs]);
    assert!(text.contains("localhost/theirs:1"), "{text}");
    host.ok(&["container", "restore", "--allow-capabilities", "theirs:1"]);
    let first = count(host, "k1");
    assert!(first >= last, "{first} after {last}");
    wait::until("it goes on", || (count(host, "k1") > first).then_some(()));
    let script = "cat /dev/shm/file; [ -e /etc/motd ] || echo gone";
    assert_eq!(host.shell("k1", script), "shm\ngone");
    host.ok(&["rm", "-f", "-t", "0", "k1"]);
    if host.runtime == "runc" {
        host.ok(&[&PUSH[..], &["theirs:1", to]].concat());
    }
    host.ok(&["rmi", "theirs:1"]);
    // The image below came without a name.
    for line in host.ok(&["images", "-a"]).lines() {
        let mut words = line.split_whitespace();
        if words.next() == Some("<none>") {
            host.ok(&["rmi", words.nth(1).unwrap()]);
        }
    }
}

fn what_makes_no_sense(host: &Host) {
    let push = |words: &[&str], text: &str| {
        host.fails(&[&["checkpoint", "push"], words].concat(), 125, text);
    };
    let to = format!("oci:{}", host.file("layout"));
    push(
        &["--format", "docker", "web", &to],
        "--format docker is not known",
    );
    push(
        &["--format", "containerd", "web", "registry.invalid/x:1"],
        "no such container or image",
    );
    push(&["--rw", "web"], "--rw can only be used with --format");
    push(
        &["--format", "containerd", "web", &to],
        "no such container or image",
    );
    push(
        &["--format", "containerd", IMAGE, &to],
        "image is not a checkpoint",
    );
    host.start_shell("web", &[], COUNT);
    push(
        &["--format", "containerd", "web", &to],
        "has no checkpoint that could be pushed",
    );
    host.ok(&["checkpoint", "create", "--leave-running", "web", "first"]);
    host.ok(&[
        "checkpoint",
        "push",
        "--format",
        "containerd",
        "web",
        "first",
        &to,
    ]);
    push(
        &["--format", "containerd", "web", "first", &to],
        "holds an image layout already",
    );
    assert!(!host.path("layout/evil").exists());
}
