//! Starts the monitor of a new or a thawed container.

use std::path::PathBuf;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::monitor::MonitorError;
use crate::monitor::client::{self, MonitorRequest, Monitored};
use crate::ops::steps::life::health;
use crate::runtime::criu_options::Routed;
use crate::runtime::{Runtime, RuntimeError};
use crate::sys::cgroup::{self, Cgroup};
use crate::sys::command::CommandError;

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
    /// Options of CRIU beyond these.
    pub options: Routed,
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
        runtime_options.extend(call.options.arguments.iter().cloned());
    }
    let mut exit_command = engine.config.exit_command.clone();
    if !exit_command.is_empty() {
        exit_command.extend(["container", "cleanup", "--stopped-only"].map(String::from));
        exit_command.push(config.id.clone());
    }
    let own = &engine.config.exit_command;
    let health = health::interval(config).filter(|_| !own.is_empty());
    let health = health.map(|interval| {
        let mut words = own.clone();
        words.extend(["healthcheck", "run"].map(String::from));
        words.push(config.id.clone());
        (interval, words)
    });
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
        log_limit: config.log_limit(),
        terminal: config.process.terminal,
        stdin: config.process.stdin,
        stdin_stays: config.process.stdin_stays,
        exit_command,
        health,
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

/// Lets the process of a created container begin.
///
/// # Errors
/// What the runtime says of the command, as [`explain`] understands it.
pub fn begin(runtime: &Runtime, id: &str) -> Result<()> {
    runtime.start(id).map_err(|error| match error {
        RuntimeError::Command(CommandError::Failed { stderr, .. }) if !stderr.is_empty() => {
            explain(&runtime.name, &stderr)
        }
        other => other.into(),
    })
}

/// Podman's way of telling a missing command from one that can't be executed: by the runtime's
/// words.
pub fn explain(runtime: &str, message: &str) -> Error {
    let lower = message.to_lowercase();
    let text = format!("{runtime}: {message}");
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    // crun calls what can't be executed "not permitted", runc tells a directory apart.
    if has(&[
        "permission denied",
        "operation not permitted",
        "is a directory",
    ]) {
        Error::CommandNotExecutable(text)
    } else if has(&["exec", "chdir", "in $path"]) && has(&["no such file", "not found in $path"]) {
        Error::CommandNotFound(text)
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
        for missing in [
            "executable file `nope` not found in $PATH: No such file or directory",
            "executable file `/nope` not found: No such file or directory",
            "cannot find `` in $PATH: No such file or directory",
            "chdir to `/nope`: No such file or directory",
            "runc create failed: unable to start container process: error during container init: exec: \"nope\": executable file not found in $PATH",
            "runc create failed: unable to start container process: error during container init: exec: \"/nope\": stat /nope: no such file or directory",
            "exec failed: unable to start container process: chdir to cwd (\"/nope\") set in config.json failed: no such file or directory",
        ] {
            assert_eq!(code(missing), 127, "{missing}");
        }
        for refused in [
            "open executable: Permission denied",
            "the path `/bin` is not a regular file: Operation not permitted",
            "the path `/plain` exists but it is not executable: Operation not permitted",
            "runc create failed: unable to start container process: error during container init: exec: \"/bin\": is a directory",
            "exec failed: unable to start container process: exec: \"/plain\": permission denied",
        ] {
            assert_eq!(code(refused), 126, "{refused}");
        }
        assert_eq!(code("controller `pids` is not available"), 125);
    }

    #[test]
    fn the_sentence_is_podmans() {
        assert_eq!(
            explain("crun", "open executable: Permission denied").to_string(),
            "crun: open executable: Permission denied: OCI permission denied"
        );
        assert_eq!(
            explain(
                "runc",
                "runc create failed: exec: \"a\": not found in $PATH"
            )
            .to_string(),
            "runc: runc create failed: exec: \"a\": not found in $PATH: OCI runtime attempted to invoke a command that was not found"
        );
    }
}
