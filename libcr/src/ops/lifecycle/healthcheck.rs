//! `healthcheck run`: asks a container once whether it is well, and writes the answer down. The
//! monitor runs it at the container's interval, users whenever they like; never two at a time.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::health::{Health, HealthResult, HealthStatus, Healthcheck, LOG_SIZE};
use crate::model::status::Status;
use crate::ops::steps::life::exec::{ExecOptions, prepare};
use crate::ops::steps::life::health::{self, NoChecks};
use crate::ops::steps::life::observe::{is_frozen, is_ours, look};
use crate::sys::dir::remove_file_if_present;
use crate::sys::{cgroup, command, machine, proc};

/// The most that is kept of a check's output while it runs: of four bytes a character is made at
/// most.
const OUTPUT_LIMIT: u64 = 4 * LOG_SIZE as u64;
/// How long a runtime may take to notice that the process it waits for was killed.
const GRACE: Duration = Duration::from_secs(2);

/// Takes a command that the monitor started out of the monitors' cgroup, which goes with the last
/// container. Call it first.
pub fn step_aside() {
    let own = proc::cgroup_of(proc::own_identity().pid).ok().flatten();
    if own.is_some_and(|own| own.ends_with(cgroup::MONITORS)) {
        cgroup::leave();
    }
}

/// Runs a container's health check, writes its result down and does what is to be done when it has
/// turned unhealthy. A check that runs already is waited for.
///
/// Returns how this check ended: [`HealthStatus::Starting`] for a failure that doesn't count yet.
///
/// # Errors
/// [`Error::Conflict`] for a container that doesn't run (paused, frozen), or has no check;
/// [`Error::Io`] for a check that took too long, which counts as failed.
pub fn run(engine: &Engine, word: &str) -> Result<HealthStatus> {
    let id = engine.find(word)?.config.id;
    let turn = NoChecks::wait(engine, &id)?;
    let container = match running(engine, &id) {
        Err(error @ Error::NoSuchContainer(_)) => {
            health::forget(engine, &id)?;
            return Err(error);
        }
        container => container?,
    };
    let Some(check) = health::active(&container.config) else {
        return Err(Error::Conflict(format!(
            "container {id} has no defined healthcheck"
        )));
    };
    let asked = ask(engine, &container, check, &turn)?;
    if asked.result.exit_code != 0 {
        // It may have failed because its container was stopped or frozen meanwhile.
        running(engine, &id)?;
    }
    let failed = asked.result.exit_code != 0;
    let early = is_early(&container, check);
    let mut known = health::read(engine, &container.config).unwrap_or_default();
    known.add(asked.result, check.retries, early);
    health::write(engine, &id, &known)?;
    note(engine, &container, &known)?;
    // Whoever acts waits for the container's lock, and who has that may wait for this one.
    drop(turn);
    if failed && known.status == HealthStatus::Unhealthy {
        health::act(engine, &container)?;
    }
    match (asked.late, failed, early) {
        (true, ..) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!(
                "healthcheck command exceeded timeout of {}",
                go_duration(health::timeout(check))
            ),
        )
        .into()),
        (_, false, _) => Ok(HealthStatus::Healthy),
        (_, true, true) => Ok(HealthStatus::Starting),
        (_, true, false) => Ok(HealthStatus::Unhealthy),
    }
}

/// The container, if it runs and doesn't stand still.
fn running(engine: &Engine, id: &str) -> Result<Container> {
    let mut container = engine.reload(id)?;
    look(engine, &mut container);
    let runs =
        container.state.status == Status::Running && is_ours(&container) && !is_frozen(&container);
    if runs {
        return Ok(container);
    }
    Err(Error::Conflict(format!("container {id} is not running")))
}

fn note(engine: &Engine, container: &Container, known: &Health) -> Result<()> {
    let detail = format!("{} {}", known.status.as_str(), known.failing_streak);
    engine
        .store
        .transaction(|rows| rows.insert_event("health_status", container, &detail))?;
    Ok(())
}

/// Whether failures don't count yet.
fn is_early(container: &Container, check: &Healthcheck) -> bool {
    let started = container.state.started_at.as_ref();
    let Some(started) = started.and_then(|text| text.parse::<Timestamp>().ok()) else {
        return false;
    };
    let period = i64::try_from(check.start_period).unwrap_or(i64::MAX);
    Timestamp::now().duration_since(started) < SignedDuration::from_nanos(period)
}

/// What came of a check.
struct Asked {
    result: HealthResult,
    /// It was killed because it took too long.
    late: bool,
}

fn ask(
    engine: &Engine,
    container: &Container,
    check: &Healthcheck,
    turn: &NoChecks,
) -> Result<Asked> {
    let start = now();
    let options = ExecOptions {
        command: check.command().unwrap_or_default(),
        ..ExecOptions::default()
    };
    let pid_file = health::pid_file(engine, &container.config.id);
    remove_file_if_present(&pid_file)?;
    let (command, prepared) = prepare(engine, container, &options, Some(&pid_file), None)?;
    let ended = watch(engine, container, command, health::timeout(check), turn)?;
    remove_file_if_present(&pid_file)?;
    let exit_code = match prepared.finish(ended.status) {
        _ if ended.late => 125,
        Ok(0) => 0,
        // Also for a command that isn't there.
        Ok(_)
        | Err(
            Error::CommandNotFound(_) | Error::CommandNotExecutable(_) | Error::RuntimeFailed(_),
        ) => 1,
        Err(error) => return Err(error),
    };
    Ok(Asked {
        result: HealthResult {
            start,
            end: now(),
            exit_code,
            output: String::from_utf8_lossy(&ended.output).into_owned(),
        },
        late: ended.late,
    })
}

/// How the runtime's command ended.
struct Ended {
    status: std::process::ExitStatus,
    output: Vec<u8>,
    late: bool,
}

/// Runs a prepared command, its output into one buffer, for at most `limit`.
fn watch(
    engine: &Engine,
    container: &Container,
    mut command: Command,
    limit: Duration,
    turn: &NoChecks,
) -> Result<Ended> {
    let (reader, writer) = io::pipe()?;
    command.stdin(Stdio::null());
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command::spawn(command, &[turn.descriptor()])?;
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    let mut output = Output::new(OwnedFd::from(reader));
    let deadline = Instant::now() + limit;
    let in_time = output.follow(pid, deadline)?;
    if !in_time {
        health::kill_check(engine, container);
        if !output.follow(pid, Instant::now() + GRACE)? {
            proc::signal(pid, 9)?;
        }
    }
    Ok(Ended {
        status: child.wait()?,
        output: output.bytes,
        late: !in_time,
    })
}

/// What a check writes, as far as it is kept.
struct Output {
    pipe: Option<File>,
    bytes: Vec<u8>,
}

impl Output {
    fn new(pipe: OwnedFd) -> Self {
        Self {
            pipe: Some(File::from(pipe)),
            bytes: Vec::new(),
        }
    }

    /// Reads until the process has ended and nothing more is there; false when `deadline` comes
    /// first. A process that the check left behind may keep the pipe open: it is not waited for.
    fn follow(&mut self, pid: i32, deadline: Instant) -> Result<bool> {
        let Some(process) = proc::pidfd(pid) else {
            return Ok(true);
        };
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(left.subsec_nanos()),
            };
            let mut watched = vec![PollFd::new(&process, PollFlags::IN)];
            watched.extend(
                self.pipe
                    .iter()
                    .map(|pipe| PollFd::new(pipe, PollFlags::IN)),
            );
            match poll(&mut watched, Some(&timeout)) {
                Ok(0) => return Ok(false),
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(io::Error::from(error).into()),
                Ok(_) => {}
            }
            let ready: Vec<bool> = watched
                .iter()
                .map(|one| !one.revents().is_empty())
                .collect();
            if ready.get(1) == Some(&true) {
                self.read()?;
            } else if ready[0] {
                return Ok(true);
            }
            // Output without end must not outlast the deadline.
            if left.is_zero() {
                return Ok(false);
            }
        }
    }

    fn read(&mut self) -> Result<()> {
        let mut chunk = [0; 4096];
        let count = match &mut self.pipe {
            Some(pipe) => pipe.read(&mut chunk)?,
            None => 0,
        };
        if count == 0 {
            self.pipe = None;
        }
        let kept = self.bytes.len() as u64;
        let room = usize::try_from(OUTPUT_LIMIT.saturating_sub(kept)).unwrap_or(0);
        self.bytes.extend_from_slice(&chunk[..count.min(room)]);
        Ok(())
    }
}

/// As Podman writes the times of results: RFC 3339 with nanoseconds.
fn now() -> String {
    machine::now()
}

/// A duration as Go prints it: `1s`, `1m30s`, `1.5s`, `500ms`.
fn go_duration(duration: Duration) -> String {
    let nanoseconds = duration.as_nanos();
    if nanoseconds < 1_000_000_000 {
        let (unit, name) = match nanoseconds {
            0 => return "0s".into(),
            1..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "µs"),
            _ => (1_000_000, "ms"),
        };
        return format!("{}{name}", fraction(nanoseconds, unit));
    }
    let seconds = duration.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let rest = fraction(nanoseconds % 60_000_000_000, 1_000_000_000);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

/// `amount` in units, with as many places as it needs.
fn fraction(amount: u128, unit: u128) -> String {
    let (whole, rest) = (amount / unit, amount % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let places = format!("{rest:0width$}");
    format!("{whole}.{}", places.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::example;

    #[test]
    fn durations_are_gos() {
        for (nanoseconds, text) in [
            (0, "0s"),
            (5, "5ns"),
            (1_500, "1.5µs"),
            (500_000_000, "500ms"),
            (1_000_000_000, "1s"),
            (1_500_000_000, "1.5s"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
        ] {
            assert_eq!(go_duration(Duration::from_nanos(nanoseconds)), text);
        }
    }

    #[test]
    fn the_start_period_counts_from_the_start() {
        let mut container = example("a");
        let mut check = Healthcheck::default();
        container.state.started_at = Some(machine::now());
        assert!(!is_early(&container, &check));
        check.start_period = 3_600_000_000_000;
        assert!(is_early(&container, &check));
        container.state.started_at = Some("2026-01-01T00:00:00Z".into());
        assert!(!is_early(&container, &check));
        container.state.started_at = None;
        assert!(!is_early(&container, &check));
    }

    #[test]
    fn output_is_bounded_and_its_holder_not_waited_for() -> Result<()> {
        let (reader, writer) = io::pipe()?;
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 3600 & head -c 100000 /dev/zero; echo $! >&2"]);
        shell.stdout(writer).stderr(Stdio::piped());
        let mut child = shell.spawn()?;
        let mut output = Output::new(OwnedFd::from(reader));
        let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
        assert!(output.follow(pid, Instant::now() + Duration::from_mins(1))?);
        assert_eq!(output.bytes.len() as u64, OUTPUT_LIMIT);
        child.wait()?;
        let mut said = String::new();
        let mut byte = [0];
        while let Some(errors) = &mut child.stderr
            && errors.read(&mut byte)? == 1
            && byte != *b"\n"
        {
            said.push(char::from(byte[0]));
        }
        let sleeper = said.trim().parse().map_err(io::Error::other)?;
        proc::signal(sleeper, 9)?;
        Ok(())
    }
}
