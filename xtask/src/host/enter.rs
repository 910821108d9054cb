//! Starts a command in a throw-away host and waits for it, through `enter.sh`.
//!
//! Nothing may outlive this process: the kernel kills the host's first process when we die, and
//! with it everything in its pid namespace.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::scratch::Scratch;

const SCRIPT: &str = include_str!("enter.sh");

/// What the host shall look like.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shape {
    /// A second host joined by a veth pair.
    pub pair: bool,
    /// `/etc/criu/{runc,crun}.conf` that tell CRIU what ours tells it by itself, for Podman's sake:
    /// no cgroup state in dumps, the network locked by nftables.
    pub criu_configuration: bool,
}

/// Runs the command in a new host over the given root and returns its exit status.
pub fn run(root: &Path, shape: Shape, visible: &[PathBuf], words: &[String]) -> Result<i32> {
    let scratch = Scratch::create()?;
    let script = scratch.directory.join("enter.sh");
    std::fs::write(&script, SCRIPT)?;
    let own = scratch.directory.join("host");
    std::fs::create_dir_all(own.join("peer"))?;
    let shared = if shape.pair {
        scratch.directory.join("shared")
    } else {
        PathBuf::new()
    };
    let binds: Vec<String> = visible
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let v1_cgroups: Vec<String> = scratch
        .v1_cgroups
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let cgroup = scratch.cgroup.clone().unwrap_or_default();

    // A cgroup namespace's root is where its maker stood; then we step aside, into a leaf, so that
    // controllers can be handed on.
    let start = r#"[ -z "$CGROUP" ] || echo 0 > "$CGROUP/cgroup.procs"
while IFS= read -r directory; do
    [ -z "$directory" ] || echo 0 > "$directory/cgroup.procs"
done <<< "$V1_CGROUPS"
exec unshare --cgroup bash -euc '
    [ -z "$CGROUP" ] || echo 0 > "$CGROUP/init/cgroup.procs"
    exec unshare --mount --pid --net --uts --ipc --fork --kill-child \
        --propagation private bash "$@"' enter "$@""#;
    let mut command = dying_with_us("bash");
    command
        .args(["-euc", start, "enter"])
        .arg(&script)
        .args(words)
        .env("ROLE", "1")
        .env("ROOT", root)
        .env("SCRATCH", &own)
        .env("SHARED", shared)
        .env("CGROUP", cgroup)
        .env("V1_CGROUPS", v1_cgroups.join("\n"))
        .env("BINDS", binds.join("\n"))
        .env("PAIR", if shape.pair { "1" } else { "0" })
        .env(
            "CRIU_CONF",
            if shape.criu_configuration { "1" } else { "0" },
        )
        .env("HOST_NAME", "cryohost");
    wait_for(&mut command)
}

/// A command that the kernel kills when this process is gone, however that happens.
pub fn dying_with_us(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--", program]);
    command
}

/// A program in mount and pid namespaces of its own: with it go its mounts and processes.
pub fn in_namespaces(program: &str) -> Command {
    let mut command = dying_with_us("unshare");
    command
        .args(["--mount", "--pid", "--fork", "--kill-child"])
        .args(["--propagation", "private", program]);
    command
}

/// Runs a command to its end; SIGINT, SIGTERM and SIGHUP kill it. Returns its exit status, 128 + n
/// when signal n ended it.
pub fn wait_for(command: &mut Command) -> Result<i32> {
    let child_id = Arc::new(AtomicI32::new(0));
    let interrupted = Arc::new(AtomicBool::new(false));
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let handle = signals.handle();
    let watcher = std::thread::spawn({
        let (child_id, interrupted) = (Arc::clone(&child_id), Arc::clone(&interrupted));
        move || {
            for _ in signals.forever() {
                interrupted.store(true, Ordering::SeqCst);
                kill(child_id.load(Ordering::SeqCst));
            }
        }
    });
    let mut child = command.spawn().context("cannot run setpriv")?;
    child_id.store(i32::try_from(child.id()).unwrap_or(0), Ordering::SeqCst);
    if interrupted.load(Ordering::SeqCst) {
        kill(child_id.load(Ordering::SeqCst));
    }
    let status = child.wait();
    child_id.store(0, Ordering::SeqCst);
    handle.close();
    let _ = watcher.join();
    let status = status?;
    if interrupted.load(Ordering::SeqCst) {
        return Ok(130);
    }
    Ok(status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0)))
}

fn kill(id: i32) {
    if let Some(pid) = rustix::process::Pid::from_raw(id) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}
