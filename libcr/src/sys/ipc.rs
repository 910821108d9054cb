//! Limits of System V objects and message queues, which each IPC namespace has for itself:
//! ipc_namespaces(7), sysvipc(7), mq_overview(7).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::dir::at;

/// Names below `/proc/sys`. Not all kernels have all of them.
const NAMES: [&str; 14] = [
    "kernel/sem",
    "kernel/msgmax",
    "kernel/msgmnb",
    "kernel/msgmni",
    "kernel/auto_msgmni",
    "kernel/shmmax",
    "kernel/shmall",
    "kernel/shmmni",
    "kernel/shm_rmid_forced",
    "fs/mqueue/queues_max",
    "fs/mqueue/msg_max",
    "fs/mqueue/msgsize_max",
    "fs/mqueue/msg_default",
    "fs/mqueue/msgsize_default",
];

/// Numbers by name below `/proc/sys`; several only for `kernel/sem`.
pub type Limits = BTreeMap<&'static str, Vec<u64>>;

/// The limits of the namespace that a process is in.
///
/// # Errors
/// When it is gone, or this process may not enter its namespace.
pub fn limits(pid: i32) -> io::Result<Limits> {
    let path = format!("/proc/{pid}/ns/ipc");
    let path = Path::new(&path);
    let namespace = File::open(path).map_err(at("open", path))?;
    // The kernel shows those of the thread that asks: one of its own, which ends in that namespace.
    let asked = std::thread::Builder::new()
        .name("ipc-limits".into())
        .spawn(move || {
            let kind = Some(LinkNameSpaceType::InterProcessCommunication);
            move_into_link_name_space(namespace.as_fd(), kind)?;
            read()
        })?;
    let died = |_| Err(io::Error::other("its thread panicked"));
    asked.join().unwrap_or_else(died)
}

fn read() -> io::Result<Limits> {
    let mut limits = Limits::new();
    for name in NAMES {
        let path = Path::new("/proc/sys").join(name);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            text => text.map_err(at("read", &path))?,
        };
        let numbers: Result<_, _> = text.split_ascii_whitespace().map(str::parse).collect();
        let numbers = numbers.map_err(|_| io::Error::from(io::ErrorKind::InvalidData));
        limits.insert(name, numbers.map_err(at("read", &path))?);
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_this_process() -> io::Result<()> {
        // Who may not enter even its own namespace reads the same.
        let found = read()?;
        assert_eq!(found.get("kernel/sem").map(Vec::len), Some(4));
        assert!(found["kernel/msgmax"][0] > 0);
        Ok(())
    }
}
