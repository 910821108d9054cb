//! Starts a monitor for a new or a restored container and waits for its word.
//!
//! The start pipe holds the monitor back until everything about it is known; an engine that dies
//! before it gives the word leaves a monitor that ends without having made anything.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::Deserialize;

use super::MonitorError;
use super::paths::MonitorPaths;
use crate::sys::command;
use crate::sys::proc;

/// How long the runtime may take to make a container.
pub const CREATE_TIMEOUT: Duration = Duration::from_mins(4);
/// How long a restore may take: a thaw of hundreds of gigabytes is no failure.
pub const RESTORE_TIMEOUT: Duration = Duration::from_hours(24);

/// What a monitor is started for.
#[derive(Debug)]
pub struct MonitorRequest<'a> {
    /// The conmon-rs program.
    pub program: &'a Path,
    /// Its files.
    pub paths: &'a MonitorPaths,
    /// Full id of the container.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Bundle directory.
    pub bundle: &'a Path,
    /// The OCI runtime.
    pub runtime: &'a Path,
    /// Arguments before the runtime's verb.
    pub runtime_arguments: Vec<String>,
    /// Arguments of the runtime's verb.
    pub runtime_options: Vec<String>,
    /// `driver:path` or a driver.
    pub log: String,
    /// Bytes after which the log file begins anew; 0 for never.
    pub log_limit: u64,
    /// Has a pseudo terminal.
    pub terminal: bool,
    /// Standard input is kept open.
    pub stdin: bool,
    /// Also when that of an attached client has ended.
    pub stdin_stays: bool,
    /// Run when the container has ended: program and arguments.
    pub exit_command: Vec<String>,
    /// Run at this interval while the container runs: time, program and arguments.
    pub health: Option<(Duration, Vec<String>)>,
    /// Thaw from here instead of creating: directory of CRIU images and the work directory.
    pub restore: Option<(PathBuf, PathBuf)>,
}

/// A container that was made, as its monitor reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Monitored {
    /// First process of the container on the host.
    pub pid: i32,
    /// The monitor.
    pub monitor_pid: i32,
}

#[derive(Deserialize)]
struct Report {
    data: i32,
    #[serde(default)]
    message: String,
}

/// Starts the monitor and waits until the container is created, or restored and running.
///
/// # Errors
/// [`MonitorError::Runtime`] with the runtime's own words when it refused; the monitor is gone
/// then.
pub fn start(request: &MonitorRequest<'_>) -> Result<Monitored, MonitorError> {
    if !request.program.is_file() {
        return Err(MonitorError::Missing(request.program.to_owned()));
    }
    request.paths.prepare()?;
    let (mut report, report_end) = io::pipe()?;
    let (start_end, mut go) = io::pipe()?;
    let mut command = command_line(request);
    command
        .env("_OCI_SYNCPIPE", report_end.as_raw_fd().to_string())
        .env("_OCI_STARTPIPE", start_end.as_raw_fd().to_string())
        .env_remove("XDG_RUNTIME_DIR")
        // A fault is for this process alone, not for the exit command.
        .env_remove("CRYOPOD_FAIL_AT")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/");
    let mut child = command::spawn(command, &[report_end.as_fd(), start_end.as_fd()])?;
    drop((report_end, start_end));
    if request.restore.is_none() {
        proc::Spared::not_for(child.id());
    }
    // A monitor that died already answers on the report pipe.
    let _ = go.write_all(b"\0");
    drop(go);
    child.wait()?;
    let limit = if request.restore.is_some() {
        RESTORE_TIMEOUT
    } else {
        CREATE_TIMEOUT
    };
    let mut watch = DeadCriu::of(request.id);
    let line = read_line(&mut report, limit, || watch.look())?;
    let answer: Report = serde_json::from_slice(&line).map_err(|_| MonitorError::Silent)?;
    if answer.data <= 0 {
        return Err(match answer.message.trim() {
            "" => MonitorError::Silent,
            message => MonitorError::Runtime(message.to_owned()),
        });
    }
    let monitor_pid = request.paths.monitor_pid().ok_or(MonitorError::Silent)?;
    Ok(Monitored {
        pid: answer.data,
        monitor_pid,
    })
}

fn command_line(request: &MonitorRequest<'_>) -> Command {
    let paths = request.paths;
    let mut command = Command::new(request.program);
    command.args([
        "--api-version",
        "1",
        "-c",
        request.id,
        "-u",
        request.id,
        "-n",
        request.name,
    ]);
    command
        .arg("-r")
        .arg(request.runtime)
        .arg("-b")
        .arg(request.bundle);
    command
        .arg("-p")
        .arg(paths.pid_file())
        .arg("--conmon-pidfile")
        .arg(paths.monitor_pid_file());
    command.arg("--exit-dir").arg(&paths.exit_directory);
    command.arg("--persist-dir").arg(paths.persist());
    command.arg("--socket-dir-path").arg(&paths.directory);
    command.args(["-l", &request.log]);
    if request.log_limit > 0 {
        command.args(["--log-size-max", &request.log_limit.to_string()]);
    }
    let log = [
        "--log-format=json".to_owned(),
        format!("--log={}", paths.runtime_log().display()),
    ];
    for argument in request.runtime_arguments.iter().chain(&log) {
        command.arg("--runtime-arg").arg(argument);
    }
    for option in &request.runtime_options {
        command.arg("--runtime-opt").arg(option);
    }
    if request.terminal {
        command.arg("-t");
    }
    if request.stdin {
        command.arg("-i");
    }
    if request.stdin_stays {
        command.arg("--leave-stdin-open");
    }
    if let Some((images, work)) = &request.restore {
        command
            .arg("--restore")
            .arg(images)
            .arg("--work-path")
            .arg(work);
    }
    if let Some((program, arguments)) = request.exit_command.split_first() {
        command.arg("--exit-command").arg(program);
        for argument in arguments {
            command.arg("--exit-command-arg").arg(argument);
        }
    }
    if let Some((interval, words)) = &request.health
        && let Some((program, arguments)) = words.split_first()
    {
        command.arg("--health-interval");
        command.arg(interval.as_nanos().to_string());
        command.arg("--health-command").arg(program);
        for argument in arguments {
            command.arg("--health-command-arg").arg(argument);
        }
    }
    command
}

/// How often a restore that takes long is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Ends a runtime that waits for a CRIU that was killed. crun 1.28 waits for the end of a socket which
/// the processes of the half-done restore have too, and they wait for CRIU: for ever.
struct DeadCriu<'a> {
    id: &'a str,
    /// Seen dead once: its runtime may be about to notice.
    seen: Option<i32>,
}

impl<'a> DeadCriu<'a> {
    fn of(id: &'a str) -> Self {
        Self { id, seen: None }
    }

    fn look(&mut self) {
        for monitor in find(self.id).unwrap_or_default() {
            let below = proc::tree(monitor);
            let waits_in_vain = |runtime: &i32| {
                let words = proc::arguments(*runtime);
                // CRIU itself, and what it restores, have dead children as they like.
                if *runtime == monitor || !words.iter().any(|word| word == "restore") {
                    return None;
                }
                let mut children = proc::tree(*runtime).into_iter().skip(1);
                children.find(|pid| {
                    proc::is_dead(*pid) && proc::parent(*pid) == Some(*runtime) && is_criu(*pid)
                })
            };
            let dead = below.iter().find_map(waits_in_vain);
            if dead.is_some() && dead == self.seen {
                tracing::warn!("CRIU died, and its runtime waits for it: ended");
                for pid in below.into_iter().filter(|pid| *pid != monitor) {
                    if let Err(error) = proc::signal(pid, 9) {
                        tracing::debug!(pid, %error, "kill");
                    }
                }
            }
            self.seen = dead;
        }
    }
}

fn is_criu(pid: i32) -> bool {
    proc::name(pid).is_some_and(|name| name.starts_with("criu"))
}

fn read_line(
    pipe: &mut io::PipeReader,
    limit: Duration,
    mut look: impl FnMut(),
) -> Result<Vec<u8>, MonitorError> {
    // Far beyond any runtime's message; no length is believed.
    const LONGEST: usize = 256 * 1024;
    let deadline = Instant::now() + limit;
    let mut line = Vec::new();
    let mut chunk = [0; 4096];
    while !line.contains(&b'\n') && line.len() < LONGEST {
        let left = deadline.saturating_duration_since(Instant::now());
        let over = left <= LOOK;
        let left = left.min(LOOK);
        let seconds = i64::try_from(left.as_secs()).unwrap_or(i64::MAX);
        let timeout = Timespec {
            tv_sec: seconds,
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let ready = poll(&mut [PollFd::new(&*pipe, PollFlags::IN)], Some(&timeout));
        match ready {
            Ok(0) if over => return Err(MonitorError::Timeout(limit.as_secs())),
            Ok(0) => {
                look();
                continue;
            }
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(io::Error::from(error).into()),
            Ok(_) => {}
        }
        match pipe.read(&mut chunk)? {
            0 => break,
            count => line.extend_from_slice(&chunk[..count]),
        }
    }
    Ok(line)
}

/// Monitors of a container, found by their command line: also one that had no time to write
/// itself down.
///
/// # Errors
/// When it can't be found out.
pub fn find(id: &str) -> io::Result<Vec<i32>> {
    proc::find(|words| {
        is_monitor(words)
            && words
                .windows(2)
                .any(|pair| pair[0] == "-c" && pair[1] == id)
    })
}

/// Whether a command line is a monitor's.
fn is_monitor(words: &[String]) -> bool {
    let first = words.first();
    first.is_some_and(|word| word.ends_with("conmon-rs"))
}

/// All monitors with the id that each was started for, whoever started it.
///
/// # Errors
/// When it can't be found out.
pub fn all() -> io::Result<Vec<(String, i32)>> {
    let id_of = |pid: i32| {
        let words = proc::arguments(pid);
        let at = words.iter().position(|word| word == "-c")?;
        Some((words.get(at + 1)?.clone(), pid))
    };
    let found = proc::find(is_monitor)?;
    Ok(found.into_iter().filter_map(id_of).collect())
}

/// Waits until a container has no monitor more; one that is left after `limit` is killed. A
/// monitor that has become its exit command (the same process, another program) counts as gone.
pub fn wait_until_gone(id: &str, limit: Duration) {
    let deadline = Instant::now() + limit;
    loop {
        // Who can't be seen can't be waited for, nor killed.
        let monitors = find(id).unwrap_or_default();
        if monitors.is_empty() {
            return;
        }
        if Instant::now() >= deadline {
            monitors.into_iter().for_each(proc::kill_and_wait);
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Asks a monitor to write all output that the container has made so far to the log and to make
/// it durable, and waits for that: at most `limit`, then the log is taken as it is.
///
/// # Errors
/// `TimedOut`, or what opening the control FIFO says.
pub fn flush_log(paths: &MonitorPaths, limit: Duration) -> io::Result<()> {
    let number = std::process::id().to_string();
    let _ = fs::remove_file(paths.flushed());
    control(paths, &format!("3 {number} 0\n"))?;
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if fs::read_to_string(paths.flushed()).is_ok_and(|text| text.trim() == number) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    Err(io::Error::from(io::ErrorKind::TimedOut))
}

/// Tells a monitor to make its first health check now, if it is to make any.
pub fn check_health(paths: &MonitorPaths) -> io::Result<()> {
    control(paths, "4 0 0\n")
}

/// Tells a monitor to open its log file anew, which makes it where it was removed.
pub fn reopen_log(paths: &MonitorPaths) -> io::Result<()> {
    control(paths, "2 0 0\n")
}

/// Tells a container's terminal its size.
pub fn resize(paths: &MonitorPaths, rows: u16, columns: u16) -> io::Result<()> {
    control(paths, &format!("1 {rows} {columns}\n"))
}

fn control(paths: &MonitorPaths, line: &str) -> io::Result<()> {
    use rustix::fs::{Mode, OFlags};
    // Non-blocking: a monitor that is gone must not hold its caller.
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fifo = rustix::fs::open(paths.control(), flags, Mode::empty())?;
    rustix::io::write(&fifo, line.as_bytes())?;
    Ok(())
}
