//! The one way to start a program: argument vector logged, standard error kept for the message.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt, FdMapping};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::proc;

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

/// Waits for a program that writes what it wants for as long as it wants, and returns what it wrote
/// into its pipes; `None` when that was more than `most` bytes of a stream, or it took longer than
/// `limit`: then it has been killed. What it has left behind with its pipes is not waited for.
pub fn output_within(mut child: Child, most: usize, limit: Duration) -> io::Result<Option<Output>> {
    let told = follow(&mut child, most, limit);
    if !matches!(told, Ok(Some(_))) {
        // One that has ended already needs no end.
        let _ = child.kill();
    }
    let status = child.wait()?;
    let Some([stdout, stderr]) = told? else {
        return Ok(None);
    };
    Ok(Some(Output {
        status,
        stdout,
        stderr,
    }))
}

/// Reads both streams until the program has ended and nothing more is there.
fn follow(child: &mut Child, most: usize, limit: Duration) -> io::Result<Option<[Vec<u8>; 2]>> {
    type Stream = Option<Box<dyn Pipe>>;
    let deadline = Instant::now() + limit;
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    let process = proc::pidfd(pid);
    let out = child.stdout.take().map(|pipe| Box::new(pipe) as _);
    let err = child.stderr.take().map(|pipe| Box::new(pipe) as _);
    let mut streams: [Stream; 2] = [out, err];
    let mut read: [Vec<u8>; 2] = Default::default();
    let mut chunk = vec![0; 16 << 10];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        let open = |stream: &Stream| stream.is_some();
        if process.is_none() && !streams.iter().any(open) {
            return Ok(Some(read));
        }
        let timeout = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let mut watched = Vec::new();
        let mut places = Vec::new();
        for (place, stream) in streams.iter().enumerate() {
            if let Some(stream) = stream {
                places.push(place);
                watched.push(PollFd::from_borrowed_fd(stream.as_fd(), PollFlags::IN));
            }
        }
        watched.extend(
            process
                .iter()
                .map(|process| PollFd::new(process, PollFlags::IN)),
        );
        match poll(&mut watched, Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let is_ready = |one: &PollFd<'_>| !one.revents().is_empty();
        let ended = watched.get(places.len()).is_some_and(is_ready);
        let ready: Vec<usize> = places
            .into_iter()
            .zip(&watched)
            .filter(|(_, one)| is_ready(one))
            .map(|(place, _)| place)
            .collect();
        drop(watched);
        if ready.is_empty() && ended {
            return Ok(Some(read));
        }
        for place in ready {
            let count = match &mut streams[place] {
                Some(stream) => stream.read(&mut chunk)?,
                None => 0,
            };
            if count == 0 {
                streams[place] = None;
            }
            read[place].extend_from_slice(&chunk[..count]);
            if read[place].len() > most {
                return Ok(None);
            }
        }
    }
}

/// The end of a program's output.
trait Pipe: Read + AsFd {}

impl<T: Read + AsFd> Pipe for T {}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(script: &str, most: usize, limit: Duration) -> Option<Output> {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).stdin(Stdio::null());
        shell.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = spawn(shell, &[]).unwrap();
        output_within(child, most, limit).unwrap()
    }

    #[test]
    fn nobody_is_read_or_waited_for_without_an_end() {
        let long = Duration::from_mins(1);
        let told = asked("echo out; echo err >&2; exit 3", 100, long).unwrap();
        assert_eq!(
            (&told.stdout[..], &told.stderr[..]),
            (&b"out\n"[..], &b"err\n"[..])
        );
        assert_eq!(told.status.code(), Some(3));
        assert!(asked("exec yes", 100_000, long).is_none());
        assert!(asked("exec yes >&2", 100_000, long).is_none());
        assert!(asked("exec sleep 3600", 100, Duration::from_millis(50)).is_none());
        // Closed streams are no end.
        let quiet = "exec >&- 2>&-; exec sleep 3600";
        assert!(asked(quiet, 100, Duration::from_millis(50)).is_none());
        // What it left behind has its pipes, and is not waited for.
        let told = asked("sleep 5 & echo $!", 100, long).unwrap();
        let left = String::from_utf8(told.stdout).unwrap();
        proc::signal(left.trim().parse().unwrap(), 9).unwrap();
    }
}
