//! The clock of health checks: executes the command that asks whether the container is well, one at
//! a time, as long as the container runs. What the command finds is not the monitor's business.
#![forbid(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::arguments::HealthCheck;
use crate::detach;
use crate::diagnostics::Diagnostics;
use crate::error::MonitorError;
use crate::handshake::{START_VARIABLE, SYNC_VARIABLE};
use crate::process_unsafe::unblock_signals;
use crate::signals::Reaped;

/// When the next check is due, or which one runs.
pub(crate) struct HealthTimer<'a> {
    check: Option<&'a HealthCheck>,
    due: Option<Instant>,
    running: Option<i32>,
}

impl<'a> HealthTimer<'a> {
    /// A clock that stands still.
    pub(crate) fn new(check: Option<&'a HealthCheck>) -> Self {
        Self {
            check,
            due: None,
            running: None,
        }
    }

    /// The container is there: the first check is due an interval from now.
    pub(crate) fn begin(&mut self) {
        self.due = self.check.map(|check| Instant::now() + check.interval);
    }

    /// The next check is due now, if the clock goes and none runs.
    pub(crate) fn hurry(&mut self) {
        if self.due.is_some() {
            self.due = Some(Instant::now());
        }
    }

    /// When to come back.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Notices the end of a check among the children that have ended, starts one that is due.
    pub(crate) fn turn(&mut self, reaped: &mut Vec<Reaped>, diagnostics: &Diagnostics) {
        let Some(check) = self.check else { return };
        let ended = self
            .running
            .and_then(|pid| reaped.iter().position(|child| child.pid == pid));
        if let Some(place) = ended {
            reaped.swap_remove(place);
            self.running = None;
            self.begin();
        }
        if self.due.is_none_or(|due| due > Instant::now()) {
            return;
        }
        match execute(check) {
            Ok(pid) => {
                self.running = Some(pid);
                self.due = None;
            }
            Err(error) => {
                diagnostics.report(&error);
                self.begin();
            }
        }
    }
}

/// Starts the command in a process group of its own. The event loop reaps it.
fn execute(check: &HealthCheck) -> Result<i32, MonitorError> {
    let mut command = Command::new(&check.program);
    command.args(&check.arguments).process_group(0);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
        .env_remove(SYNC_VARIABLE)
        .env_remove(START_VARIABLE)
        .env_remove("NOTIFY_SOCKET");
    unblock_signals(&mut command);
    let failed = MonitorError::file("executing the health check", &check.program);
    let child = command.spawn().map_err(failed)?;
    // What it starts in the container must not be spared when memory runs out, as the monitor is.
    detach::expose_to_oom_killer(child.id());
    i32::try_from(child.id()).map_err(|_| MonitorError::Runtime {
        message: "impossible process id".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn one_at_a_time_and_the_next_an_interval_after_its_end() {
        let check = HealthCheck {
            interval: Duration::from_hours(1),
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), "exit 3".into()],
        };
        let diagnostics = Diagnostics::new(false, "abc");
        let mut timer = HealthTimer::new(Some(&check));
        let mut reaped = Vec::new();
        timer.hurry();
        timer.turn(&mut reaped, &diagnostics);
        assert_eq!(
            timer.running, None,
            "nothing runs before the container is there"
        );
        timer.begin();
        assert!(timer.deadline().is_some_and(|due| due > Instant::now()));
        timer.hurry();
        timer.turn(&mut reaped, &diagnostics);
        let pid = timer.running.unwrap();
        assert_eq!(timer.deadline(), None);
        timer.hurry();
        timer.turn(&mut reaped, &diagnostics);
        assert_eq!(timer.running, Some(pid));
        // Not `reap`: other tests of this process have children of their own.
        let wanted = rustix::process::Pid::from_raw(pid);
        rustix::process::waitpid(wanted, rustix::process::WaitOptions::empty()).unwrap();
        let others = Reaped { pid: 1, code: 0 };
        reaped.extend([Reaped { pid, code: 3 }, others]);
        timer.turn(&mut reaped, &diagnostics);
        assert_eq!((timer.running, reaped), (None, vec![others]));
        assert!(timer.deadline().is_some_and(|due| due > Instant::now()));
    }

    #[test]
    fn a_command_that_is_not_there_is_tried_again_later() {
        let check = HealthCheck {
            interval: Duration::from_hours(1),
            program: "/nonexistent/health".into(),
            arguments: Vec::new(),
        };
        let mut timer = HealthTimer::new(Some(&check));
        timer.begin();
        timer.hurry();
        timer.turn(&mut Vec::new(), &Diagnostics::new(false, "abc"));
        assert_eq!(timer.running, None);
        assert!(timer.deadline().is_some_and(|due| due > Instant::now()));
        let mut none = HealthTimer::new(None);
        none.begin();
        assert_eq!(none.deadline(), None);
    }
}
