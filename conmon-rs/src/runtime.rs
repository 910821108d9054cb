//! The OCI runtime's command line for `create` and `restore`, and what it says when it refuses.
//! Runs it once and forgets it; nothing here waits.
#![forbid(unsafe_code)]

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::arguments::Arguments;
use crate::error::MonitorError;
use crate::handshake::{START_VARIABLE, SYNC_VARIABLE};
use crate::process_unsafe::unblock_signals;
use crate::stdio::ContainerEnds;

/// A message is cut here; the engine reads it in one piece.
const LONGEST_MESSAGE: usize = 8 * 1024;
/// How much of the end of a log is searched for the last error.
const LOG_TAIL: u64 = 64 * 1024;

/// The words after the program's name.
pub(crate) fn words(arguments: &Arguments, console_socket: Option<&Path>) -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::new();
    if arguments.systemd_cgroup {
        words.push("--systemd-cgroup".into());
    }
    words.extend(arguments.runtime_arguments.iter().cloned());
    words.push(
        if arguments.restore.is_some() {
            "restore"
        } else {
            "create"
        }
        .into(),
    );
    words.extend(["--bundle".into(), arguments.bundle.clone().into()]);
    words.extend([
        "--pid-file".into(),
        arguments.container_pidfile.clone().into(),
    ]);
    if arguments.no_pivot {
        words.push("--no-pivot".into());
    }
    if arguments.no_new_keyring {
        words.push("--no-new-keyring".into());
    }
    if let Some(images) = &arguments.restore {
        words.extend(["--detach".into(), "--image-path".into(), images.into()]);
        words.extend(["--work-path".into(), arguments.work_dir.clone().into()]);
    }
    if let Some(socket) = console_socket {
        words.extend(["--console-socket".into(), socket.into()]);
    }
    words.extend(arguments.runtime_options.iter().cloned());
    words.push(arguments.id.clone().into());
    words
}

/// Starts the runtime in a process group of its own, so that it can be killed with its CRIU.
pub(crate) fn spawn(
    arguments: &Arguments,
    ends: ContainerEnds,
    console_socket: Option<&Path>,
) -> Result<i32, MonitorError> {
    let mut command = Command::new(&arguments.runtime);
    command
        .args(words(arguments, console_socket))
        .process_group(0);
    command
        .env_remove(SYNC_VARIABLE)
        .env_remove(START_VARIABLE)
        .env_remove("NOTIFY_SOCKET");
    let stdio = |end: Option<std::os::fd::OwnedFd>| end.map_or_else(Stdio::inherit, Stdio::from);
    command
        .stdin(stdio(ends.stdin))
        .stdout(stdio(ends.stdout))
        .stderr(stdio(ends.stderr));
    unblock_signals(&mut command);
    let child = command
        .spawn()
        .map_err(|source| MonitorError::RuntimeSpawn {
            program: arguments.runtime.clone(),
            source,
        })?;
    // The event loop reaps it with all other children; `Child` neither kills nor waits when dropped.
    i32::try_from(child.id()).map_err(|_| MonitorError::Runtime {
        message: "impossible process id".to_owned(),
    })
}

/// Reads the process id that the runtime left.
pub(crate) fn read_pid(path: &Path) -> Result<i32, MonitorError> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let pid = text.trim().parse().ok().filter(|pid| *pid > 0);
    pid.ok_or_else(|| MonitorError::NoProcessId {
        path: path.to_owned(),
    })
}

/// The runtime's own log (`--log FILE`), from where it ended before this run.
pub(crate) struct RuntimeLog {
    path: Option<PathBuf>,
    start: u64,
}

#[derive(Deserialize)]
struct LogLine {
    #[serde(default)]
    level: String,
    #[serde(default)]
    msg: String,
}

impl RuntimeLog {
    /// Looks for the log among the runtime's global arguments.
    pub(crate) fn find(arguments: &[OsString]) -> Self {
        let mut path = None;
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            if word == "--log" {
                path = words.next().map(PathBuf::from);
            } else if let Some(value) = word.as_bytes().strip_prefix(b"--log=") {
                path = Some(PathBuf::from(std::ffi::OsStr::from_bytes(value)));
            }
        }
        let start = path
            .as_ref()
            .and_then(|path| std::fs::metadata(path).ok())
            .map_or(0, |metadata| metadata.len());
        Self { path, start }
    }

    fn last_error(&self) -> Option<String> {
        let mut file = File::open(self.path.as_ref()?).ok()?;
        let end = file.metadata().ok()?.len();
        // A log that is shorter than before was made anew.
        let start = if self.start > end { 0 } else { self.start };
        file.seek(SeekFrom::Start(start.max(end.saturating_sub(LOG_TAIL))))
            .ok()?;
        let mut tail = Vec::new();
        file.take(LOG_TAIL).read_to_end(&mut tail).ok()?;
        last_error_in(&tail)
    }

    /// Why the runtime refused: its logged error, else its stderr, else its exit status.
    pub(crate) fn explain(&self, code: i32, errors: &[u8]) -> MonitorError {
        let said = String::from_utf8_lossy(errors).trim().to_owned();
        let mut message = self.last_error().unwrap_or(said);
        if message.is_empty() {
            message = format!("the OCI runtime ended with status {code} and said nothing");
        }
        let mut cut = message.len().min(LONGEST_MESSAGE);
        while !message.is_char_boundary(cut) {
            cut -= 1;
        }
        message.truncate(cut);
        MonitorError::Runtime { message }
    }
}

/// The last error among log entries. runc writes an object a line, crun one over several lines;
/// the tail of a long log may begin within one.
fn last_error_in(log: &[u8]) -> Option<String> {
    let beginnings = (0..log.len()).rev().filter(|at| {
        log[*at] == b'{' && at.checked_sub(1).is_none_or(|before| log[before] == b'\n')
    });
    let entries = beginnings.filter_map(|at| {
        let mut entries = serde_json::Deserializer::from_slice(&log[at..]).into_iter::<LogLine>();
        entries.next()?.ok()
    });
    let mut errors = entries
        .filter(|line| matches!(line.level.as_str(), "error" | "fatal") && !line.msg.is_empty());
    errors.next().map(|line| line.msg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Invocation, parse};

    fn line(extra: &[&str], console: Option<&str>) -> String {
        let base = ["-c", "abc", "-r", "crun", "-b", "/b", "-p", "/p"];
        let Invocation::Monitor(arguments) =
            parse(base.iter().chain(extra).map(OsString::from)).unwrap()
        else {
            panic!()
        };
        let words = words(&arguments, console.map(Path::new));
        words
            .iter()
            .map(|word| word.to_str().unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn create_and_restore() {
        assert_eq!(
            line(&["-s", "--no-pivot"], None),
            "--systemd-cgroup create --bundle /b --pid-file /p --no-pivot abc"
        );
        assert_eq!(
            line(
                &[
                    "--runtime-arg",
                    "--root=/r",
                    "--runtime-opt",
                    "--tcp-established",
                    "--restore",
                    "/i"
                ],
                Some("/c")
            ),
            "--root=/r restore --bundle /b --pid-file /p --detach --image-path /i --work-path /b --console-socket /c \
             --tcp-established abc"
        );
    }

    #[test]
    fn the_last_logged_error_of_this_run_explains() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("oci-log");
        std::fs::write(&path, "{\"level\":\"error\",\"msg\":\"of the last run\"}\n").unwrap();
        let log = RuntimeLog::find(&["--log".into(), path.clone().into()]);
        assert_eq!(log.explain(1, b" on stderr\n").to_string(), "on stderr");
        let more = "{\"level\":\"error\",\"msg\":\"of the last run\"}\n{\"level\":\"error\",\"msg\":\"real\"}\n\
                    {\"level\":\"warning\",\"msg\":\"later\"}\nnot json\n";
        std::fs::write(&path, more).unwrap();
        assert_eq!(log.explain(1, b"on stderr").to_string(), "real");
        let none = RuntimeLog::find(&["--log=/nonexistent".into()]);
        assert!(none.explain(3, b"").to_string().contains("status 3"));
        assert_eq!(
            none.explain(3, "ü".repeat(9000).as_bytes())
                .to_string()
                .len(),
            LONGEST_MESSAGE
        );
    }

    #[test]
    fn a_pid_is_a_positive_number() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pidfile");
        assert!(read_pid(&path).is_err());
        for (text, pid) in [
            ("17", Some(17)),
            ("17\n", Some(17)),
            ("0", None),
            ("-1", None),
            ("x", None),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(read_pid(&path).ok(), pid);
        }
    }

    #[test]
    fn the_last_error_of_either_runtimes_log() {
        let one = b"{\"level\":\"error\",\"msg\":\"first\"}\n{\"level\":\"error\",\"msg\":\"second\"}\n{\"level\":\"info\",\"msg\":\"later\"}\n";
        assert_eq!(last_error_in(one).as_deref(), Some("second"));
        let several = b"cut off\"\n}\n{\n  \"msg\": \"not found\",\n  \"level\": \"error\"\n}\n";
        assert_eq!(last_error_in(several).as_deref(), Some("not found"));
        assert_eq!(last_error_in(b"no log"), None);
    }
}
