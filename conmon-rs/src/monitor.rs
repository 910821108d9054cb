//! The life of one monitor from its first instruction to the exit command, in order.
//! Each step is somebody else's; this file holds their sequence and what is told to whom when one fails.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::diagnostics::Diagnostics;
use crate::error::MonitorError;
use crate::event_loop::EventLoop;
use crate::handshake::{START_VARIABLE, SYNC_VARIABLE, Start, SyncPipe, wait_for_start};
use crate::process_unsafe::{Side, split};
use crate::signals::{Signals, end_children};
use crate::{atomic_file, detach, exit};

/// Watches one container. Forks: the caller's process returns at once, with success when the monitor's process id
/// is in its pid file; the monitor itself returns when its container has ended, with the container's exit status.
///
/// # Errors
/// Only in the caller's process, before there is a monitor. What fails later goes to the sync pipe.
pub fn monitor(arguments: &Arguments) -> Result<ExitCode, MonitorError> {
    let [sync, start] = detach::take_descriptors(
        [SYNC_VARIABLE, START_VARIABLE],
        arguments.preserved_descriptors(),
    )?;
    let sync = SyncPipe::new(sync);
    match split() {
        Ok(Side::Parent { child }) => {
            if let Some(path) = &arguments.monitor_pidfile {
                atomic_file::write(path, child.to_string().as_bytes())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Ok(Side::Child) => Ok(watch(arguments, sync, start.as_ref())),
        Err(source) => {
            let error = MonitorError::System {
                call: "fork",
                source,
            };
            sync.failure(&error);
            Err(error)
        }
    }
}

fn watch(arguments: &Arguments, sync: SyncPipe, start: Option<&std::os::fd::OwnedFd>) -> ExitCode {
    let diagnostics = Diagnostics::new(arguments.syslog, &arguments.id);
    let prepared = detach::settle(arguments.passthrough()).and_then(|()| Signals::block());
    let signals = match prepared {
        Ok(signals) => signals,
        Err(error) => {
            sync.failure(&error);
            return ExitCode::FAILURE;
        }
    };
    if wait_for_start(start, &signals) == Start::Abandoned {
        return ExitCode::FAILURE;
    }
    let started = exit::remove_stale(arguments)
        .and_then(|()| EventLoop::open(arguments, signals, &diagnostics))
        .and_then(|mut events| {
            let container = events.start()?;
            Ok((events, container))
        });
    let (mut events, container) = match started {
        Ok(started) => started,
        Err(error) => {
            diagnostics.report(&error);
            // Before anybody is told: who hears of the failure may begin anew at once.
            end_children();
            sync.failure(&error);
            return ExitCode::FAILURE;
        }
    };
    sync.success(container.pid);
    let score = detach::shun_oom_killer();
    let code = events.supervise(&container);
    exit::write_status(arguments, code, container.memory.happened(), &diagnostics);
    events.let_clients_finish();
    // Removes attach, ctl and winsz.
    drop(events);
    if let Some(score) = score {
        detach::face_oom_killer(&score);
    }
    exit::execute_command(arguments, &diagnostics);
    ExitCode::from(u8::try_from(code & 0xff).unwrap_or(u8::MAX))
}
