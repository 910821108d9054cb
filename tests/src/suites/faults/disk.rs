//! A disk that is really full: under the engine's root, under its run directory, under an archive that
//! is written. With each more bit of room the operation comes further before it fails.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::harness::{Engine, Finished, Host, command, wait};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![root, run_directory, once archive, once import];

/// A small file system, mounted until dropped.
struct Disk(PathBuf);

impl Disk {
    fn make(path: PathBuf, size: &str) -> Self {
        fs::create_dir(&path).unwrap();
        let options = format!("size={size},mode=700");
        let line = ["-t", "tmpfs", "-o", &options, "tmpfs"];
        let done = command::run(Command::new("mount").args(line).arg(&path), "");
        assert_eq!(done.code, 0, "{done}");
        Self(path)
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Fills it but for so many bytes.
    fn leave(&self, room: usize) {
        self.free();
        let mut file = File::create(self.filler()).unwrap();
        let block = vec![1; 4096];
        while file.write_all(&block).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(room as u64)).unwrap();
    }

    fn free(&self) {
        let _ = fs::remove_file(self.filler());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        command::run(Command::new("umount").arg("-R").arg(&self.0), "");
    }
}

/// Counts where no disk is needed for it, with some memory that takes room in images.
const COUNT_IN_MEMORY: &str =
    "i=0; while :; do i=$((i+1)); echo $i > /dev/shm/count; sleep 0.05; done";

/// An engine with directories of its own, and a container in it.
struct Own {
    engine: Engine,
}

/// Before the disks go, also after a failure.
impl Drop for Own {
    fn drop(&mut self) {
        for id in self.engine.run(&["ps", "-aq"]).stdout.split_whitespace() {
            self.engine.run(&["rm", "-f", "-v", "-t", "0", id]);
        }
    }
}

impl Own {
    fn make(host: &Host, root: &Path, run: &Path) -> Self {
        let mut engine = host.engine.clone();
        for (option, path) in [("--root", root), ("--runroot", run)] {
            let path = path.display().to_string();
            engine.globals.extend([option.to_owned(), path]);
        }
        let files = host.path("files");
        fs::create_dir_all(files.join("bin")).unwrap();
        fs::copy("/bin/busybox", files.join("bin/busybox")).unwrap();
        let tar = host.file("files.tar");
        let line = ["-C", &files.display().to_string(), "-cf", &tar, "."];
        assert_eq!(command::run(Command::new("tar").args(line), "").code, 0);
        engine.ok(&["import", &tar, "localhost/small:1"]);
        let own = Self { engine };
        own.run();
        own
    }

    fn run(&self) {
        let script = COUNT_IN_MEMORY.replace("sleep", "/bin/busybox sleep");
        let line = ["run", "-d", "--name", "victim", "localhost/small:1"];
        let words = ["/bin/busybox", "sh", "-c", &script];
        self.engine.ok(&[&line[..], &words].concat());
        self.counts_on("begun");
    }

    fn state(&self) -> String {
        self.engine
            .ok(&["ps", "-a", "--format", "{{.State}}"])
            .trim()
            .to_owned()
    }

    /// Its memory changes: it runs.
    #[track_caller]
    fn counts_on(&self, when: &str) {
        let pid = self
            .engine
            .ok(&["inspect", "--format", "{{.State.Pid}}", "victim"]);
        let path = format!("/proc/{}/root/dev/shm/count", pid.trim());
        let read = || fs::read_to_string(&path).unwrap_or_default();
        let number = || read().trim().parse::<u64>().ok();
        let before = wait::try_until(Duration::from_secs(5), number).unwrap_or(0);
        let more = wait::try_until(Duration::from_secs(5), || {
            number().filter(|count| *count > before)
        });
        assert!(more.is_some(), "{when}: it does not run on from {before}");
    }
}

/// Bytes that are left, from none to enough.
const ROOMS: [usize; 7] = [
    0,
    16 << 10,
    100 << 10,
    200 << 10,
    300 << 10,
    500 << 10,
    4 << 20,
];

#[track_caller]
fn is_told(done: &Finished, room: usize) {
    assert_eq!(done.code, 125, "{room}: {done}");
    let errors = done
        .stderr
        .lines()
        .filter(|line| line.starts_with("Error: "));
    assert_eq!(errors.count(), 1, "{room}: {done}");
    let full = [
        "No space left",
        "disk is full",
        "disk I/O error",
        "not enough space",
        "no space left",
        "no storage space",
        // CRIU's log had no room for its reason either.
        "CRIU checkpointing failed",
        "criu failed",
    ];
    assert!(
        full.iter().any(|word| done.stderr.contains(word)),
        "{room}: {done}"
    );
}

fn is_elsewhere(host: &Host) -> bool {
    host.engine.is_podman()
}

/// Images, captures, the database and the overlay have no room.
fn root(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    let disk = Disk::make(host.path("root"), "32m");
    let own = Own::make(host, &disk.0, &host.path("run"));
    let mut refused = 0;
    for room in ROOMS {
        disk.leave(room);
        let done = own.engine.run(&["container", "checkpoint", "victim"]);
        if done.code != 0 {
            is_told(&done, room);
            refused += 1;
            assert_eq!(own.state(), "running", "{room}");
            own.counts_on("not frozen");
            disk.free();
            continue;
        }
        assert_eq!(own.state(), "exited", "{room}");
        for room in ROOMS {
            disk.leave(room);
            let done = own.engine.run(&["container", "restore", "victim"]);
            if done.code == 0 {
                break;
            }
            is_told(&done, room);
            assert_eq!(own.state(), "exited", "{room}");
            disk.free();
        }
        disk.free();
        own.counts_on("thawed");
    }
    assert!(
        (2..ROOMS.len()).contains(&refused),
        "{refused} were refused"
    );
    // What has no room for a start has none, and says so.
    own.engine.ok(&["stop", "-t", "0", "victim"]);
    disk.leave(0);
    is_told(&own.engine.run(&["start", "victim"]), 0);
    disk.free();
    assert_eq!(own.state(), "exited");
    own.engine.ok(&["start", "victim"]);
    own.counts_on("started");
    drop(own);
}

/// What a monitor and the engine keep for this boot has no room.
fn run_directory(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    let disk = Disk::make(host.path("run"), "4m");
    // An overlay's upper directory can't be on the host's own.
    let files = Disk::make(host.path("root"), "64m");
    let own = Own::make(host, &files.0, &disk.0);
    for _ in 0..2 {
        disk.leave(0);
        let frozen = own.engine.run(&["container", "checkpoint", "victim"]);
        if frozen.code != 0 {
            is_told(&frozen, 0);
            assert_eq!(own.state(), "running");
            disk.free();
            own.counts_on("not frozen");
            own.engine.ok(&["container", "checkpoint", "victim"]);
            disk.leave(0);
        }
        let thawed = own.engine.run(&["container", "restore", "victim"]);
        if thawed.code != 0 {
            assert_eq!(thawed.code, 125, "{thawed}");
            assert!(thawed.stderr.contains("No space left"), "{thawed}");
            assert_eq!(own.state(), "exited");
            disk.free();
            own.engine.ok(&["container", "restore", "victim"]);
        }
        disk.free();
        own.counts_on("thawed");
    }
    // How it ended can't be written down, and that it ended is known all the same.
    disk.leave(0);
    own.engine.run(&["kill", "victim"]);
    wait::until("it has ended", || (own.state() == "exited").then_some(()));
    disk.free();
    own.engine.ok(&["start", "victim"]);
    own.counts_on("started");
    drop(own);
}

/// The archive has no room, nearly up to its end.
fn archive(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    let target = Disk::make(host.path("target"), "8m");
    let files = Disk::make(host.path("root"), "64m");
    let own = Own::make(host, &files.0, &host.path("run"));
    let path = target.0.join("victim.tar");
    let name = path.display().to_string();
    let leaving = [
        "container",
        "checkpoint",
        "--leave-running",
        "-c",
        "none",
        "-e",
        &name,
        "victim",
    ];
    own.engine.ok(&leaving);
    let size = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
    fs::remove_file(&path).unwrap();
    // One process fewer than at the first makes an archive smaller by a fifth.
    for part in [0, 1, 3, 5, 6] {
        target.leave(size * part / 8);
        let ending = [
            "container",
            "checkpoint",
            "-c",
            "none",
            "-e",
            &name,
            "victim",
        ];
        for words in [&leaving[..], &ending] {
            is_told(&own.engine.run(words), part);
            assert_eq!(own.state(), "running", "{part}");
            own.counts_on("not frozen");
            let left: Vec<_> = fs::read_dir(&target.0)
                .unwrap()
                .flatten()
                .map(|entry| entry.file_name())
                .collect();
            assert_eq!(left, ["filler"], "{part}");
        }
    }
    target.free();
    own.engine.ok(&leaving);
    drop(own);
}

/// What is unpacked has no room, nor have the files that are put back.
fn import(host: &Host) {
    if is_elsewhere(host) {
        return;
    }
    let disk = Disk::make(host.path("root"), "32m");
    let own = Own::make(host, &disk.0, &host.path("run"));
    let line = ["exec", "victim", "/bin/busybox", "sh", "-c"];
    let script = "/bin/busybox head -c 300000 /dev/urandom > /file";
    own.engine.ok(&[&line[..], &[script]].concat());
    let name = host.file("victim.tar");
    own.engine
        .ok(&["container", "checkpoint", "-e", &name, "victim"]);
    own.engine.ok(&["rm", "victim"]);
    let words = ["container", "restore", "-i", &name];
    let mut refused = 0;
    for room in [
        0,
        16 << 10,
        100 << 10,
        300 << 10,
        700 << 10,
        1 << 20,
        8 << 20,
    ] {
        disk.leave(room);
        let done = own.engine.run(&words);
        if done.code == 0 {
            disk.free();
            own.counts_on("imported");
            own.engine.ok(&["rm", "-f", "-t", "0", "victim"]);
            continue;
        }
        is_told(&done, room);
        refused += 1;
        disk.free();
        assert_eq!(own.state(), "", "{room}");
        let left = fs::read_dir(disk.0.join("containers")).unwrap().count();
        assert_eq!(left, 0, "{room}: files of it are left");
    }
    assert!((3..7).contains(&refused), "{refused} were refused");
    drop(own);
}
