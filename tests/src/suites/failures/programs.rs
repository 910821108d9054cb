//! Programs: CRIU missing, too old, killed half-way, a library or a helper of it missing, a runtime
//! that can't checkpoint.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Hidden, Holder, NAME, Tests, explained, tests, under, words};
use crate::harness::Host;

pub const TESTS: Tests = tests![
    criu_missing,
    criu_too_old,
    criu_killed,
    library_missing,
    iptables_missing,
    runtime_without_checkpoint,
];

/// Where a program is.
#[track_caller]
fn find(name: &str) -> PathBuf {
    let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"];
    let mut all = folders.iter().map(|folder| Path::new(folder).join(name));
    let found = all.find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{name} in the host"))
}

/// A folder with a program of this name, to come first in PATH.
fn instead(host: &Host, name: &str, script: &str) -> PathBuf {
    let folder = host.path("instead");
    fs::create_dir_all(&folder).unwrap();
    let program = folder.join(name);
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn criu_missing(host: &Host) {
    let mut holder = Holder::start(host, &[], &[]);
    let hidden = Hidden::begin(&find("criu"));
    let why = "install the package `criu`";
    host.fails(&words("checkpoint", &[]), 125, why);
    drop(hidden);
    holder.runs_on();
    holder.freeze(&[]);
    let hidden = Hidden::begin(&find("criu"));
    host.fails(&words("restore", &[]), 125, why);
    drop(hidden);
    holder.thaw(&[]);
    holder.end();
}

fn criu_too_old(host: &Host) {
    let mut holder = Holder::start(host, &[], &[]);
    let folder = instead(host, "criu", "echo Version: 3.11");
    let done = under(host, &[], Some(&folder), &words("checkpoint", &[]));
    assert_eq!(done.code, 125, "{done}");
    assert!(done.stderr.contains("requires at least CRIU"), "{done}");
    holder.runs_on();
    holder.freeze(&[]);
    holder.thaw(&[]);
    holder.end();
}

/// The kernel kills it while it writes its log: by the size of a file, as it would for memory.
fn criu_killed(host: &Host) {
    let mut holder = Holder::start(host, &[], &[]);
    let criu = find("criu");
    let script = format!(
        "case \"$*\" in *swrk*) ulimit -f 4;; esac\nexec {} \"$@\"",
        criu.display()
    );
    let folder = instead(host, "criu", &script);
    let cause = "CRIU was killed, or crashed, before it said why";
    let done = under(host, &[], Some(&folder), &words("checkpoint", &[]));
    explained(&done, "checkpoint", cause, "try again");
    holder.runs_on();
    holder.freeze(&[]);
    let done = under(host, &[], Some(&folder), &words("restore", &[]));
    explained(&done, "restore", cause, "try again");
    holder.thaw(&[]);
    holder.end();
}

/// crun loads CRIU's library, runc doesn't.
fn library_missing(host: &Host) {
    let mut holder = Holder::start(host, &[], &[]);
    let folder = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let library = Path::new(&folder).join("libcriu.so.2");
    let hidden = Hidden::begin(&library);
    let done = host.run(&words("checkpoint", &[]));
    drop(hidden);
    if host.runtime == "crun" {
        let cause = "the OCI runtime cannot use CRIU: the library libcriu.so.2 is missing";
        explained(&done, "checkpoint", cause, "install the package `libcriu2`");
        holder.runs_on();
        holder.freeze(&[]);
    } else {
        assert_eq!(done.code, 0, "{done}");
    }
    holder.thaw(&[]);
    holder.end();
}

/// A PATH without them: CRIU asks for the program only when it has connections to lock.
fn iptables_missing(host: &Host) {
    host.start(NAME, &[], &["workload", "hold", "tcp"]);
    host.wait_for_log(NAME, "READY");
    let hidden = ["iptables-restore", "ip6tables-restore"].map(|name| Hidden::begin(&find(name)));
    let options = ["--tcp-established", "--network-lock", "iptables"];
    let done = host.run(&words("checkpoint", &options));
    let cause = "CRIU cannot lock the network: the program iptables-restore is missing";
    explained(&done, "checkpoint", cause, "or use --network-lock nftables");
    assert_eq!(host.status(NAME), "running");
    let options = ["--tcp-established", "--network-lock", "nftables"];
    host.ok(&words("checkpoint", &options));
    drop(hidden);
    host.ok(&words("restore", &["--tcp-established"]));
    crate::suites::workloads::verdict(host, NAME);
}

/// A runtime that knows the verb no more; the one it stands for does.
fn runtime_without_checkpoint(host: &Host) {
    let real = find(host.runtime);
    let script = format!(
        "case \" $* \" in *' checkpoint '*) echo 'unknown command checkpoint' >&2; exit 1;; esac\nexec {} \"$@\"",
        real.display()
    );
    let folder = instead(host, host.runtime, &script);
    let program = folder.join(host.runtime).display().to_string();
    let mut engine = host.engine.clone();
    engine.globals = vec!["--runtime".into(), program];
    let shared = host.file("shared");
    fs::create_dir_all(&shared).unwrap();
    let mount = format!("{shared}:/shared");
    let image = crate::harness::IMAGE;
    engine.ok(&[
        "run", "-d", "--name", NAME, "-v", &mount, image, "workload", "wait",
    ]);
    let done = engine.run(&words("checkpoint", &[]));
    let cause = "this OCI runtime was built without checkpoint and restore";
    explained(
        &done,
        "checkpoint",
        cause,
        "run the container with another one",
    );
    assert_eq!(
        engine
            .run(&["inspect", "-f", "{{.State.Status}}", NAME])
            .stdout
            .trim(),
        "running"
    );
    engine.ok(&["rm", "-f", "-t", "0", NAME]);
    host.start(NAME, &[], &["workload", "wait"]);
    host.ok(&words("checkpoint", &[]));
}
