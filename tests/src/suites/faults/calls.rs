//! System calls that write, made to fail by strace in the middle of an operation, as a disk does that
//! is full, broken or read-only: the command says what failed, or didn't need it; the container runs on
//! or its checkpoint is whole; nothing is left half-made.
//!
//! In CI each call fails at a place or two. `FAULTS=all cargo xtask e2e -- faults::calls` lets every
//! call of every kind fail once; `FAULTS=all:unlink` those whose name begins so.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::crash::start_victim;
use super::injection::Scene;
use crate::harness::{Finished, Host, IMAGE, command, is_there, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    crun export,
    crun checkpoint,
    crun restore,
    crun restore_to_an_earlier_instant,
    crun import,
    crun start,
    crun create_and_remove,
    crun catalogue,
    crun network,
    crun images,
];

/// What `ps -a` says of the victim; what it says must be so.
fn state(host: &Host) -> Result<Option<String>, String> {
    let told = host.run(&["ps", "-a", "--format", "{{.Names}} {{.State}}"]);
    if told.code != 0 {
        return Err(format!("then {told}"));
    }
    let state = told
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("victim "))
        .map(|state| state.trim().to_owned());
    if state.as_deref() == Some("running") {
        let before = host.log("victim");
        let more = wait::try_until(Duration::from_secs(3), || {
            (host.log("victim").len() > before.len()).then_some(())
        });
        if more.is_none() {
            return Err("told to be running, and does not count".into());
        }
    }
    Ok(state)
}

/// Runs a command that must work.
fn works(host: &Host, words: &[&str]) -> Result<(), String> {
    let done = host.run(words);
    if done.code == 0 {
        Ok(())
    } else {
        Err(format!("and then {done}"))
    }
}

/// Files that only something half-made has, in the engine's directories.
fn no_halves(host: &Host) -> Result<(), String> {
    let find = "find /var/lib/cryopod /run/cryopod \\( -name '*.partial*' -o -name '.import-*' -o -name '.removed' -o -name '*.before-restore' -o -name '*.discarded' \\)";
    // Any command deals with what the one before left.
    host.run(&["ps"]);
    let left = command::run(Command::new("sh").args(["-c", find]), "").stdout;
    if left.trim().is_empty() {
        Ok(())
    } else {
        Err(format!("left behind: {}", left.trim()))
    }
}

fn is_elsewhere(host: &Host) -> bool {
    host.engine.is_podman()
}

fn export(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    start_victim(host);
    host.shell(
        "victim",
        "echo mine > /data/file; ln /data/file /data/link; mkfifo /data/pipe",
    );
    let (archive, name) = (host.path("victim.tar"), host.file("victim.tar"));
    let settle = |done: &Finished| {
        let there = is_there(&archive);
        let _ = fs::remove_file(&archive);
        if is_there(&host.path("victim.tar.partial")) {
            return Err("a partial archive is left".into());
        }
        if done.code == 0 && !there {
            return Err("no archive".into());
        }
        if state(host)?.as_deref() != Some("running") {
            return Err("it does not run on".into());
        }
        no_halves(host)
    };
    Scene {
        host,
        words: &[
            "container",
            "checkpoint",
            "--leave-running",
            "-e",
            &name,
            "victim",
        ],
        settle: &settle,
    }
    .play(&[
        ("write", "ENOSPC", 12),
        ("copy_file_range", "ENOSPC", 1),
        ("sendfile", "EIO", 1),
        ("fsync", "EIO", 1),
        ("rename", "EROFS", 2),
        ("clone3", "EAGAIN", 2),
        ("connect", "EAGAIN", 1),
        ("sendto", "EIO", 1),
    ]);
}

/// Frozen or running after each, and counting on.
fn checkpoint(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    start_victim(host);
    let settle = |done: &Finished| {
        match state(host)?.as_deref() {
            Some("running") if done.code == 0 => return Err("it still runs".into()),
            Some("running") => {}
            Some("exited") => works(host, &["container", "restore", "victim"])?,
            other => return Err(format!("told to be {other:?}")),
        }
        no_halves(host)?;
        match state(host)?.as_deref() {
            Some("running") => Ok(()),
            other => Err(format!("thawed, it is {other:?}")),
        }
    };
    Scene {
        host,
        words: &["container", "checkpoint", "victim"],
        settle: &settle,
    }
    .play(&[
        ("pwrite64", "ENOSPC", 1),
        ("pwrite64", "EIO", 9),
        ("syncfs", "EIO", 1),
        ("fdatasync", "EIO", 1),
        ("symlink", "ENOSPC", 1),
        ("mkdir", "ENOSPC", 1),
        ("unlink", "EIO", 1),
        ("unlinkat", "EIO", 1),
        ("umount2", "EBUSY", 1),
        ("fchmodat", "EROFS", 1),
        ("openat", "EMFILE", 60),
    ]);
}

fn restore(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    start_victim(host);
    host.ok(&["container", "checkpoint", "victim"]);
    let settle = |done: &Finished| {
        match state(host)?.as_deref() {
            Some("exited") if done.code != 0 => return no_halves(host),
            Some("running") => {}
            other => return Err(format!("told to be {other:?}")),
        }
        works(host, &["container", "checkpoint", "victim"])?;
        no_halves(host)
    };
    Scene {
        host,
        words: &["container", "restore", "victim"],
        settle: &settle,
    }
    .play(&[
        ("mount", "ENOMEM", 1),
        ("mount", "ENOMEM", 3),
        ("unshare", "ENOSPC", 1),
        ("pwrite64", "ENOSPC", 5),
        ("write", "ENOSPC", 3),
        ("socket", "EMFILE", 1),
        ("pipe2", "EMFILE", 1),
        ("flock", "EINTR", 1),
        ("flock", "ENOLCK", 1),
    ]);
}

/// The files of the later life come back when the restore to the earlier one fails.
fn restore_to_an_earlier_instant(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    let prepare = || -> Result<(), String> {
        works(
            host,
            &["exec", "victim", "sh", "-c", "echo early > /data/file"],
        )?;
        works(
            host,
            &["container", "checkpoint", "--leave-running", "victim"],
        )?;
        works(
            host,
            &["exec", "victim", "sh", "-c", "echo late > /data/file"],
        )?;
        works(host, &["stop", "-t", "0", "victim"])
    };
    start_victim(host);
    prepare().unwrap();
    let settle = |done: &Finished| {
        let running = match state(host)?.as_deref() {
            Some("exited") if done.code != 0 => false,
            Some("running") => true,
            other => return Err(format!("told to be {other:?}")),
        };
        if !running {
            works(host, &["start", "victim"])?;
        }
        let file = host.run(&["exec", "victim", "cat", "/data/file"]).stdout;
        let expected = if running { "early" } else { "late" };
        if file.trim() != expected {
            return Err(format!("{expected} files expected, found {file}"));
        }
        no_halves(host)?;
        prepare()
    };
    Scene {
        host,
        words: &["container", "restore", "victim"],
        settle: &settle,
    }
    .play(&[
        ("rename", "ENOSPC", 1),
        ("renameat", "ENOSPC", 1),
        ("fchown", "EDQUOT", 1),
        ("fchownat", "EDQUOT", 1),
        ("utimensat", "EROFS", 1),
        ("fchmod", "EROFS", 1),
        ("mkdirat", "ENOSPC", 1),
        ("unlinkat", "EROFS", 2),
    ]);
}

fn import(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    let archive = host.file("victim.tar");
    host.start_shell("victim", &["-v", "things:/things"], COUNT_ALOUD);
    host.shell(
        "victim",
        "echo mine > /things/file; cd /data; echo x > file; ln file link; ln -s file soft; mkfifo pipe; rm /etc/issue",
    );
    host.ok(&["container", "checkpoint", "-e", &archive, "victim"]);
    host.ok(&["rm", "victim"]);
    host.ok(&["volume", "rm", "things"]);
    let settle = |done: &Finished| {
        match state(host)?.as_deref() {
            None if done.code != 0 => {}
            Some("running") => works(host, &["rm", "-f", "-t", "0", "victim"])?,
            other => return Err(format!("told to be {other:?}")),
        }
        no_halves(host)?;
        let volumes = host.ok(&["volume", "ls", "-q"]);
        if volumes == "things" && done.code == 0 {
            works(host, &["volume", "rm", "things"])?;
        } else if volumes == "things" {
            // It came to its end all the same, after a command that could not say so.
            works(host, &["volume", "rm", "things"])?;
        }
        Ok(())
    };
    Scene {
        host,
        words: &["container", "restore", "-i", &archive],
        settle: &settle,
    }
    .play(&[
        ("openat", "ENOSPC", 80),
        ("mkdirat", "ENOSPC", 1),
        ("linkat", "EDQUOT", 1),
        ("symlinkat", "ENOSPC", 1),
        ("mknodat", "ENOSPC", 1),
        ("fsetxattr", "ENOSPC", 1),
        ("write", "EIO", 20),
        ("renameat", "EROFS", 1),
        ("ftruncate", "ENOSPC", 1),
        ("chown", "EDQUOT", 1),
        ("chmod", "EROFS", 1),
    ]);
}

fn start(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    host.ok(&["create", "--name", "victim", IMAGE, "sh", "-c", COUNT_ALOUD]);
    let settle = |done: &Finished| {
        match state(host)?.as_deref() {
            Some("created" | "exited") if done.code != 0 => return no_halves(host),
            Some("running") => {}
            other => return Err(format!("told to be {other:?}")),
        }
        works(host, &["stop", "-t", "0", "victim"])?;
        no_halves(host)
    };
    Scene {
        host,
        words: &["start", "victim"],
        settle: &settle,
    }
    .play(&[
        ("write", "ENOSPC", 2),
        ("rename", "ENOSPC", 1),
        ("mount", "ENOMEM", 2),
        ("pwrite64", "EIO", 12),
        ("connect", "EAGAIN", 1),
    ]);
}

fn create_and_remove(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    let create = [
        "create",
        "--name",
        "victim",
        "-v",
        "/anonymous",
        IMAGE,
        "true",
    ];
    let removed = |_: &Finished| {
        if state(host)?.is_some() {
            works(host, &["rm", "-v", "victim"])?;
        }
        no_halves(host)?;
        let volumes = host.ok(&["volume", "ls", "-q"]);
        if !volumes.is_empty() {
            return Err(format!("volumes are left: {volumes}"));
        }
        Ok(())
    };
    Scene {
        host,
        words: &create,
        settle: &removed,
    }
    .play(&[("mkdir", "ENOSPC", 1), ("pwrite64", "ENOSPC", 4)]);
    host.ok(&create);
    let made = |done: &Finished| {
        removed(done)?;
        works(host, &create)
    };
    Scene {
        host,
        words: &["rm", "-v", "victim"],
        settle: &made,
    }
    .play(&[
        ("unlinkat", "EIO", 1),
        ("rmdir", "EIO", 1),
        ("pwrite64", "EIO", 6),
        ("rename", "EIO", 1),
    ]);
}

fn catalogue(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    start_victim(host);
    let settle = |done: &Finished| {
        if state(host)?.as_deref() != Some("running") {
            return Err("it does not run on".into());
        }
        let listed = host.ok(&["checkpoint", "ls", "-q", "victim"]);
        if done.code == 0 && listed != "one" {
            return Err(format!("listed: {listed:?}"));
        }
        if listed == "one" {
            works(host, &["checkpoint", "rm", "victim", "one"])?;
        }
        no_halves(host)
    };
    Scene {
        host,
        words: &["checkpoint", "create", "--leave-running", "victim", "one"],
        settle: &settle,
    }
    .play(&[
        ("mkdir", "EROFS", 2),
        ("rename", "ENOSPC", 3),
        ("fsync", "EIO", 2),
    ]);
    host.ok(&["checkpoint", "create", "--leave-running", "victim", "one"]);
    let removed = |_: &Finished| {
        let create = ["checkpoint", "create", "--leave-running", "victim", "one"];
        if host.ok(&["checkpoint", "ls", "-q", "victim"]).is_empty() {
            works(host, &create)?;
        }
        no_halves(host)
    };
    Scene {
        host,
        words: &["checkpoint", "rm", "victim", "one"],
        settle: &removed,
    }
    .play(&[("rename", "EIO", 1), ("unlinkat", "EIO", 1)]);
}

fn network(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    host.ok(&["network", "create", "second"]);
    start_victim(host);
    let settle = |_: &Finished| {
        let running = state(host)?;
        let known = host.inspect("victim")["NetworkSettings"]["Networks"]["second"].is_object();
        let interfaces = host.shell("victim", "ls /sys/class/net");
        let attached = interfaces.contains("eth1");
        if known != attached || running.is_none() {
            return Err(format!("on it by the record {known}, in truth {attached}"));
        }
        if known {
            works(host, &["network", "disconnect", "second", "victim"])?;
        }
        no_halves(host)
    };
    Scene {
        host,
        words: &["network", "connect", "second", "victim"],
        settle: &settle,
    }
    .play(&[
        ("write", "ENOSPC", 1),
        ("pwrite64", "ENOSPC", 8),
        ("openat", "ENOSPC", 45),
    ]);
    host.engine.remove_all();
    host.ok(&["network", "rm", "second"]);
}

fn images(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    let root = host.path("root");
    fs::create_dir_all(root.join("directory")).unwrap();
    fs::write(root.join("directory/file"), "x").unwrap();
    fs::hard_link(root.join("directory/file"), root.join("link")).unwrap();
    std::os::unix::fs::symlink("link", root.join("soft")).unwrap();
    let tar = host.file("root.tar");
    let line = ["-C", &root.display().to_string(), "-cf", &tar, "."];
    assert_eq!(command::run(Command::new("tar").args(line), "").code, 0);
    let name = "localhost/passing:1";
    let is_known = || host.run(&["image", "inspect", name]).code == 0;
    let gone = |done: &Finished| {
        if done.code == 0 && !is_known() {
            return Err("not there".to_owned());
        }
        if !is_known() {
            works(host, &["import", &tar, name])?;
        }
        works(host, &["rmi", name])?;
        no_halves(host)
    };
    Scene {
        host,
        words: &["import", &tar, name],
        settle: &gone,
    }
    .play(&[
        ("write", "ENOSPC", 1),
        ("mkdirat", "ENOSPC", 1),
        ("linkat", "EDQUOT", 1),
        ("symlinkat", "ENOSPC", 1),
        ("fchmod", "EROFS", 1),
        ("syncfs", "EIO", 1),
        ("rename", "EIO", 1),
    ]);
    host.ok(&["import", &tar, name]);
    let there = |done: &Finished| {
        if done.code == 0 && is_known() {
            return Err("still there".to_owned());
        }
        if !is_known() {
            works(host, &["import", &tar, name])?;
        }
        no_halves(host)
    };
    Scene {
        host,
        words: &["rmi", name],
        settle: &there,
    }
    .play(&[("unlinkat", "EIO", 1), ("rename", "EROFS", 1)]);
    host.ok(&["rmi", name]);
}
