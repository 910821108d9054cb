//! Starts the monitor of a new or a thawed container.

use std::path::PathBuf;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::monitor::MonitorError;
use crate::monitor::client::{self, MonitorRequest, Monitored};
use crate::sys::cgroup::{self, Cgroup};

/// What the runtime is to thaw.
#[derive(Debug, Clone, Default)]
pub struct RestoreCall {
    /// Directory of CRIU images.
    pub images: PathBuf,
    /// Directory for restore.log and stats-restore.
    pub work: PathBuf,
    /// Thaw established TCP connections.
    pub tcp_established: bool,
    /// Thaw file locks.
    pub file_locks: bool,
}

/// Starts the monitor, which creates or thaws the container.
pub fn start(
    engine: &Engine,
    container: &Container,
    restore: Option<&RestoreCall>,
) -> Result<Monitored> {
    let config = &container.config;
    let runtime = engine.runtime_of(container)?;
    let mut runtime_options = Vec::new();
    if let Some(call) = restore {
        let flags = [
            (call.tcp_established, "--tcp-established"),
            (call.file_locks, "--file-locks"),
        ];
        runtime_options.extend(
            flags
                .iter()
                .filter(|(on, _)| *on)
                .map(|(_, flag)| (*flag).to_owned()),
        );
    }
    let mut exit_command = engine.config.exit_command.clone();
    if !exit_command.is_empty() {
        exit_command.extend(["container", "cleanup", "--stopped-only"].map(String::from));
        exit_command.push(config.id.clone());
    }
    let log = match config.log_driver.as_str() {
        "k8s-file" => format!("k8s-file:{}", engine.log_file(&config.id).display()),
        driver => driver.to_owned(),
    };
    let bundle = engine.bundle(&config.id);
    let started = client::start(&MonitorRequest {
        program: &engine.monitor,
        paths: &engine.monitor_paths(&config.id),
        id: &config.id,
        name: &config.name,
        bundle: &bundle,
        runtime: &runtime.path,
        runtime_arguments: runtime.global_arguments(),
        runtime_options,
        log,
        terminal: config.process.terminal,
        stdin: config.process.stdin,
        exit_command,
        restore: restore.map(|call| (call.images.clone(), call.work.clone())),
    });
    let monitored = started.map_err(|error| match error {
        MonitorError::Runtime(message) if restore.is_none() => {
            explain(&runtime.name, message.trim())
        }
        other => Error::Monitor(other),
    })?;
    // In the caller's cgroup it would be killed with the caller's session.
    let group = Cgroup::at(cgroup::MONITORS);
    if let Err(error) = group.adopt(monitored.monitor_pid) {
        tracing::debug!(%error, "the monitor stays in the caller's cgroup");
    }
    Ok(monitored)
}

/// Podman's way of telling a missing command from one that can't be executed: by the runtime's
/// words.
pub fn explain(runtime: &str, message: &str) -> Error {
    let lower = message.to_lowercase();
    let text = if message.starts_with(runtime) {
        message.to_owned()
    } else {
        format!("{runtime}: {message}")
    };
    let about_command =
        lower.contains("exec") || lower.contains("chdir") || lower.contains("open executable");
    if about_command && (lower.contains("no such file") || lower.contains("not found in $path")) {
        Error::CommandNotFound(text)
    } else if lower.contains("permission denied") || lower.contains("is a directory") {
        Error::CommandNotExecutable(text)
    } else {
        Error::RuntimeFailed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtimes_words_decide_the_exit_code() {
        let code = |text: &str| explain("crun", text).exit_code();
        assert_eq!(
            code("executable file `nope` not found in $PATH: No such file or directory"),
            127
        );
        assert_eq!(
            code(
                "runc create failed: unable to start container process: exec: \"nope\": executable file not found in $PATH"
            ),
            127
        );
        assert_eq!(code("open executable: Permission denied"), 126);
        assert_eq!(code("exec: \"/etc\": is a directory"), 126);
        assert_eq!(code("controller `pids` is not available"), 125);
    }
}
