//! The one way to start a program: argument vector logged, standard error kept for the message.

use std::ffi::OsStr;
use std::io;
use std::process::{Command, ExitStatus, Output, Stdio};

/// Why a program did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The program is not installed or can't be executed.
    #[error("cannot run {program}: {source}")]
    Start {
        /// Name or path as it was looked up.
        program: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// The program ran and failed.
    #[error("`{program}` failed: {status}{}{}", if stderr.is_empty() { "" } else { ": " }, stderr)]
    Failed {
        /// The whole command line.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote to standard error, trimmed, at most the last 4 KiB.
        stderr: String,
    },
}

/// The command line as one would type it, for logs and messages.
pub fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(OsStr::to_string_lossy).map(String::from));
    words.join(" ")
}

/// Runs a program to its end with no standard input and returns what it wrote.
///
/// # Errors
/// [`CommandError::Start`] when it can't be executed, [`CommandError::Failed`] when it ends with
/// anything but status 0.
pub fn run(command: &mut Command) -> Result<Output, CommandError> {
    tracing::debug!(command = %line(command), "run");
    let output = command.stdin(Stdio::null()).output().map_err(|source| CommandError::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    })?;
    if output.status.success() {
        return Ok(output);
    }
    Err(CommandError::Failed {
        program: line(command),
        status: output.status,
        stderr: tail(&output.stderr),
    })
}

/// The last 4 KiB of a program's output as trimmed text.
pub fn tail(bytes: &[u8]) -> String {
    let start = bytes.len().saturating_sub(4096);
    String::from_utf8_lossy(&bytes[start..]).trim().to_owned()
}
