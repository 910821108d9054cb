//! What goes wrong on the way to a network: the back end missing or failing half-way, its name server
//! dead, a dump or a thaw that fails while packets are kept out. A named error, and nothing left.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::network::Client;
use super::super::{COUNT_ALOUD, Tests, tests};
use super::Networks;
use crate::harness::{Host, IMAGE, command, wait};

pub const TESTS: Tests = tests![
    once netavark_missing,
    once netavark_fails_half_way,
    once name_server_dead,
    packets_are_let_in_after_a_failure,
];

/// netavark under another name, until dropped; the setting says that it is to be used.
struct Hidden {
    program: PathBuf,
    aside: PathBuf,
}

impl Hidden {
    const SETTING: &'static str = "/etc/containers/containers.conf.d/99-netavark.conf";

    fn begin() -> Self {
        fs::create_dir_all("/etc/containers/containers.conf.d").unwrap();
        fs::write(Self::SETTING, "[network]\nnetwork_backend = \"netavark\"\n").unwrap();
        let known = ["/usr/lib/podman/netavark", "/usr/libexec/podman/netavark"];
        let program = known.iter().map(PathBuf::from).find(|path| path.exists());
        let program = program.expect("netavark where Debian has it");
        let aside = program.with_extension("aside");
        fs::rename(&program, &aside).unwrap();
        Self { program, aside }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = fs::remove_file(Self::SETTING);
        let _ = fs::rename(&self.aside, &self.program);
    }
}

fn netavark_missing(host: &Host) {
    host.start_shell("frozen", &[], COUNT_ALOUD);
    let before = host.address("frozen");
    host.ok(&["container", "checkpoint", "frozen"]);
    let hidden = Hidden::begin();
    let why = "could not find \"netavark\"";
    let done = host.fails(&["container", "restore", "frozen"], 125, why);
    assert!(
        done.stderr.contains("install the package netavark"),
        "{done}"
    );
    let run = ["run", "--rm", IMAGE, "true"];
    let done = host.run(&run);
    assert!(done.code != 0 && done.stderr.contains(why), "{done}");
    drop(hidden);
    host.ok(&["container", "restore", "frozen"]);
    assert_eq!(host.address("frozen"), before);
}

fn netavark_fails_half_way(host: &Host) {
    host.start_shell("frozen", &["-p", "18110:80"], COUNT_ALOUD);
    let before = host.address("frozen");
    host.ok(&["container", "checkpoint", "frozen"]);
    let hidden = Hidden::begin();
    // It does all of its work, and says that it failed.
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n*' setup '*) {0} \"$@\" > /dev/null; echo '{{\"error\":\"cut off\"}}'; exit 1;;\n*) exec {0} \"$@\";;\nesac\n",
        hidden.aside.display()
    );
    fs::write(&hidden.program, script).unwrap();
    fs::set_permissions(&hidden.program, fs::Permissions::from_mode(0o755)).unwrap();
    for _ in 0..2 {
        host.fails(
            &["container", "restore", "frozen"],
            125,
            "netavark: cut off",
        );
        assert_eq!(host.status("frozen"), "exited");
    }
    assert!(
        !Path::new("/sys/class/net/podman0").exists(),
        "the bridge went again"
    );
    drop(hidden);
    host.ok(&["container", "restore", "frozen"]);
    assert_eq!(host.address("frozen"), before);
}

fn name_server_dead(host: &Host) {
    let _networks = Networks::make(host, &[("named", &[])]);
    for name in ["asked", "asking"] {
        host.start_shell(name, &["--network", "named"], COUNT_ALOUD);
    }
    let killed = command::run(Command::new("pkill").args(["-9", "aardvark-dns"]), "");
    assert_eq!(killed.code, 0, "{killed}");
    host.ok(&["container", "checkpoint", "asked"]);
    host.ok(&["container", "restore", "asked"]);
    wait::until("asked is found", || {
        let ask = ["exec", "asking", "nslookup", "asked"];
        (host.run(&ask).code == 0).then_some(())
    });
}

/// The rules in the container's network namespace.
fn rules(host: &Host, name: &str) -> String {
    let pid = host.pid(name).to_string();
    let words = ["-t", &pid, "-n", "nft", "list", "ruleset"];
    let done = command::run(Command::new("nsenter").args(words), "");
    assert_eq!(done.code, 0, "{done}");
    done.stdout
}

fn packets_are_let_in_after_a_failure(host: &Host) {
    let script = "workload hold inotify /data & exec workload echo 7000";
    host.start_shell("echo", &[], script);
    host.wait_for_log("echo", "READY");
    let mut client = Client::connect(host, "echo");
    assert_eq!(client.say("a"), "1 a");
    let before = rules(host, "echo");
    // A watch that CRIU can't take along: it has locked the network when it finds that.
    let freeze = ["container", "checkpoint", "--tcp-established", "echo"];
    host.fails(&freeze, 125, "inotify");
    assert_eq!(rules(host, "echo"), before);
    assert_eq!(client.say("b"), "2 b");
    host.ok(&["exec", "echo", "touch", "/dev/shm/go"]);
    host.wait_for_log("echo", "OK");
    host.ok(&freeze);
    // A thaw that fails late.
    let path = host.inspect("echo")["State"]["CheckpointPath"].clone();
    let image = Path::new(path.as_str().unwrap()).join("core-1.img");
    let whole = fs::read(&image).unwrap();
    fs::write(&image, &whole[..whole.len() / 2]).unwrap();
    let thaw = ["container", "restore", "--tcp-established", "echo"];
    let done = host.run(&thaw);
    assert_eq!(done.code, 125, "{done}");
    fs::write(&image, &whole).unwrap();
    host.ok(&thaw);
    assert_eq!(client.say("c"), "3 c");
    assert_eq!(rules(host, "echo"), before);
}
