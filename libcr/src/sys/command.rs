//! The one way to start a program: argument vector logged, standard error kept for the message.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use command_fds::{CommandFdExt, FdMapping};

/// Why a program did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The program is not installed or can't be executed.
    #[error("cannot run {program}: {}", crate::sys::dir::reason(source))]
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
    words.extend(
        command
            .get_args()
            .map(OsStr::to_string_lossy)
            .map(String::from),
    );
    words.join(" ")
}

/// Runs a program to its end with no standard input and returns what it wrote.
///
/// # Errors
/// [`CommandError::Start`] when it can't be executed, [`CommandError::Failed`] when it ends with
/// anything but status 0.
pub fn run(command: &mut Command) -> Result<Output, CommandError> {
    run_with(command, &[])
}

/// As [`run`], and the program inherits `descriptors` under their own numbers.
///
/// # Errors
/// As [`run`].
pub fn run_with(
    command: &mut Command,
    descriptors: &[BorrowedFd<'_>],
) -> Result<Output, CommandError> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output = start(command, descriptors)?.wait_with_output();
    let output = output.map_err(|source| start_error(command, source))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(CommandError::Failed {
        program: line(command),
        status: output.status,
        stderr: tail(&output.stderr),
    })
}

/// Starts a program that inherits `descriptors` under their own numbers, and nothing else but
/// its standard streams.
///
/// # Errors
/// [`CommandError::Start`].
pub fn spawn(mut command: Command, descriptors: &[BorrowedFd<'_>]) -> Result<Child, CommandError> {
    start(&mut command, descriptors)
}

/// Close-on-exec goes in the child alone: a program that another thread starts at this moment
/// inherits none of these. `command` holds copies of them as long as it lives.
fn start(command: &mut Command, descriptors: &[BorrowedFd<'_>]) -> Result<Child, CommandError> {
    tracing::debug!(command = %line(command), "run");
    let mapping = |descriptor: &BorrowedFd<'_>| {
        Ok(FdMapping {
            child_fd: descriptor.as_raw_fd(),
            parent_fd: descriptor.try_clone_to_owned()?,
        })
    };
    let mappings = descriptors.iter().map(mapping);
    let inherit = |command: &mut Command| -> io::Result<()> {
        let mappings = mappings.collect::<io::Result<Vec<_>>>()?;
        // An empty list would still cost the quicker way to start a program.
        if !mappings.is_empty() {
            command.fd_mappings(mappings).map_err(io::Error::other)?;
        }
        Ok(())
    };
    inherit(command)
        .and_then(|()| command.spawn())
        .map_err(|source| start_error(command, source))
}

fn start_error(command: &Command, source: io::Error) -> CommandError {
    CommandError::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}

/// Finds a program: a path is taken as it is, a name is looked up in `PATH` and the usual
/// system folders.
pub fn find(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| is_executable(path));
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = path.split(':').filter(|folder| !folder.is_empty());
    let usual = [
        "/usr/local/sbin",
        "/usr/local/bin",
        "/usr/sbin",
        "/usr/bin",
        "/sbin",
        "/bin",
    ];
    folders
        .chain(usual)
        .map(|folder| PathBuf::from(folder).join(name))
        .find(|path| is_executable(path))
}

fn is_executable(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path)
        .is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}

/// The last 4 KiB of a program's output as trimmed text.
pub fn tail(bytes: &[u8]) -> String {
    let start = bytes.len().saturating_sub(4096);
    String::from_utf8_lossy(&bytes[start..]).trim().to_owned()
}
