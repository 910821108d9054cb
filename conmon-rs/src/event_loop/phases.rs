//! The phases of the loop: while the runtime works, while the container runs, while its last output is read.
//! Each is a loop around one turn; what a turn does is not decided here.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::serving::Progress;
use super::{EventLoop, wait_for_any};
use crate::endpoints::attach::AttachServer;
use crate::error::MonitorError;
use crate::exit::OomWatch;
use crate::log::Stream;
use crate::runtime::{self, RuntimeLog};
use crate::signals;
use crate::stdio::{CHUNK, ContainerEnds};

/// How long after a container's end its outputs must be silent before a process that still holds them is given up.
const QUIET: Duration = Duration::from_millis(100);
/// How long such a process may go on writing.
const DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// A container that was created or restored.
pub(crate) struct Container {
    /// Its first process.
    pub(crate) pid: i32,
    /// Its out-of-memory kills.
    pub(crate) memory: OomWatch,
}

impl EventLoop<'_> {
    /// Runs the runtime until it has created or restored the container, or failed to.
    pub(crate) fn start(&mut self) -> Result<Container, MonitorError> {
        let runtime_log = RuntimeLog::find(&self.arguments.runtime_arguments);
        let console_path = self
            .console
            .as_ref()
            .map(|console| console.path().to_owned());
        let ends = self.ends.take().unwrap_or(ContainerEnds {
            stdin: None,
            stdout: None,
            stderr: None,
        });
        let runtime = runtime::spawn(self.arguments, ends, console_path.as_deref())?;
        crate::process_unsafe::close_preserved(self.arguments.preserved_descriptors());
        let mut interrupted = None;
        let code = loop {
            if let Some(code) = self.take_reaped(runtime) {
                break code;
            }
            self.turn(None);
            if let Some(signal) = self.stop_requests.pop() {
                interrupted = Some(signal);
                if let Some(group) = Pid::from_raw(runtime) {
                    let _ = kill_process_group(group, Signal::KILL);
                }
            }
        };
        self.take_terminal();
        self.console = None;
        while matches!(self.read_once(Stream::Stderr), Progress::More(_)) {}
        let errors = self.startup_errors.take().unwrap_or_default();
        if code != 0 {
            return Err(match interrupted {
                Some(signal) => MonitorError::Interrupted { signal },
                None => runtime_log.explain(code, &errors),
            });
        }
        let pid = runtime::read_pid(&self.arguments.container_pidfile)?;
        if self.arguments.terminal {
            if self.output.stdout.is_none() {
                return Err(MonitorError::NoTerminal);
            }
            // That was the runtime's own stderr; its warnings are no output of the container.
            self.output.stderr = None;
        } else {
            for chunk in errors.chunks(CHUNK) {
                self.deliver(Stream::Stderr, chunk);
            }
        }
        let ended_already = self.reaped.iter().any(|child| child.pid == pid);
        if !ended_already && !signals::is_child(pid) {
            return Err(MonitorError::NotOurChild { pid });
        }
        self.stop_requests.extend(interrupted);
        Ok(Container {
            pid,
            memory: OomWatch::of_process(pid),
        })
    }

    /// Serves the container until it ends and its output is in the log; returns its exit status.
    pub(crate) fn supervise(&mut self, container: &Container) -> i32 {
        let mut deadline = self
            .arguments
            .timeout
            .map(|timeout| Instant::now() + timeout);
        let mut timed_out = false;
        self.health.begin();
        let code = loop {
            if let Some(code) = self.take_reaped(container.pid) {
                break code;
            }
            for number in std::mem::take(&mut self.stop_requests) {
                signal(container.pid, number);
            }
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                timed_out = true;
                deadline = None;
                signal(container.pid, Signal::KILL.as_raw());
            }
            self.health.turn(&mut self.reaped, self.diagnostics);
            let next = [deadline, self.health.deadline()];
            self.turn(next.into_iter().flatten().min());
        };
        self.drain();
        // conmon's word for a container that it killed itself: the shell sees 255.
        if timed_out { -1 } else { code }
    }

    /// Gives attach clients what is still queued for them, as long as they take it.
    pub(crate) fn let_clients_finish(&mut self) {
        while self.attach.as_ref().is_some_and(AttachServer::has_queued) {
            self.turn(None);
        }
    }

    fn take_reaped(&mut self, pid: i32) -> Option<i32> {
        let place = self.reaped.iter().position(|child| child.pid == pid)?;
        Some(self.reaped.swap_remove(place).code)
    }

    /// Reads the outputs to their ends. The processes of a pid namespace are gone when its first one is reaped, so
    /// an output that stays open belongs to a stranger: it gets until it pauses.
    fn drain(&mut self) {
        let limit = Instant::now() + DRAIN_LIMIT;
        self.terminal_retry = None;
        loop {
            let mut descriptors: Vec<PollFd<'_>> = [&self.output.stdout, &self.output.stderr]
                .into_iter()
                .flatten()
                .map(|descriptor| PollFd::new(descriptor, PollFlags::IN))
                .collect();
            let now = Instant::now();
            if descriptors.is_empty()
                || now >= limit
                || !wait_for_any(&mut descriptors, Some(limit.min(now + QUIET)))
            {
                break;
            }
            for stream in [Stream::Stdout, Stream::Stderr] {
                self.read_once(stream);
            }
            if self.terminal_retry.take().is_some() {
                // Nobody has the terminal open, and nobody is left who could open it.
                self.output.stdout = None;
            }
        }
        self.output.stdout = None;
        self.output.stderr = None;
        for stream in [Stream::Stdout, Stream::Stderr] {
            self.logs.finish(stream, self.diagnostics);
        }
    }
}

/// A process that is gone already needs no signal. The id can't be another's: it is our child, not yet reaped.
fn signal(pid: i32, number: i32) {
    if let (Some(pid), Some(signal)) = (Pid::from_raw(pid), Signal::from_named_raw(number)) {
        let _ = kill_process(pid, signal);
    }
}
