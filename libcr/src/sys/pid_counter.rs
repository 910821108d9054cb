//! The number that the last process of a PID namespace got, from which the next one is counted.
//! pid_namespaces(7), `/proc/sys/kernel/ns_last_pid`: it is that of whoever asks, so a program is
//! started inside (nsenter(1)).

use std::path::Path;
use std::process::Command;

use super::command::{self, CommandError};

const FILE: &str = "/proc/sys/kernel/ns_last_pid";

/// That of the namespace that the children of a process are in.
///
/// # Errors
/// When no program can be started there.
pub fn read(pid: i32) -> Result<Option<u32>, CommandError> {
    let output = command::run(inside(pid).arg("cat").arg(FILE))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}

/// The next process gets the next number that is free above `last`.
///
/// # Errors
/// When no program can be started there, or there is no such number.
pub fn set(pid: i32, last: u32) -> Result<(), CommandError> {
    let script = format!("echo {last} > {FILE}");
    command::run(inside(pid).args(["sh", "-c", &script])).map(drop)
}

fn inside(pid: i32) -> Command {
    let mut command = Command::new("nsenter");
    let namespace = Path::new("/proc").join(pid.to_string()).join("ns/pid");
    let mut option = std::ffi::OsString::from("--pid=");
    option.push(namespace);
    command.arg(option).arg("--");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ones_own_namespace() {
        // Without root nothing can be entered.
        let own = i32::try_from(std::process::id()).unwrap_or_default();
        if let Ok(Some(last)) = read(own) {
            assert!(last > 0);
        }
        assert!(read(-1).is_err());
    }
}
