//! The two pipes between the engine and a starting monitor (conmon's `_OCI_STARTPIPE` and `_OCI_SYNCPIPE`).
//! The start pipe says when to begin, the sync pipe says how it went: one JSON object, one line.
#![forbid(unsafe_code)]

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, poll};
use serde::Serialize;

use crate::error::MonitorError;
use crate::signals::Signals;

/// The environment variable with the number of the sync pipe.
pub(crate) const SYNC_VARIABLE: &str = "_OCI_SYNCPIPE";
/// The environment variable with the number of the start pipe.
pub(crate) const START_VARIABLE: &str = "_OCI_STARTPIPE";

/// The engine's answer on the start pipe.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// A byte came, or there is no start pipe.
    Go,
    /// The engine is gone, or we were told to stop: nothing is to be created.
    Abandoned,
}

/// Waits for the engine's byte.
pub(crate) fn wait_for_start(pipe: Option<&OwnedFd>, signals: &Signals) -> Start {
    let Some(pipe) = pipe else { return Start::Go };
    loop {
        let mut descriptors = [
            PollFd::new(pipe, PollFlags::IN),
            PollFd::new(signals, PollFlags::IN),
        ];
        if poll(&mut descriptors, None).is_err() {
            continue;
        }
        let (answered, signalled) = (
            !descriptors[0].revents().is_empty(),
            !descriptors[1].revents().is_empty(),
        );
        if signalled && !signals.stop_requests().is_empty() {
            return Start::Abandoned;
        }
        if answered {
            return match rustix::io::read(pipe, &mut [0_u8; 64]) {
                Ok(0) => Start::Abandoned,
                Ok(_) => Start::Go,
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => continue,
                Err(_) => Start::Abandoned,
            };
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    data: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// The way back to the engine. It may have died; writing then does nothing.
pub(crate) struct SyncPipe(Option<OwnedFd>);

impl SyncPipe {
    /// `None` when the engine gave none.
    pub(crate) fn new(pipe: Option<OwnedFd>) -> Self {
        Self(pipe)
    }

    /// The container is there; this is its first process.
    pub(crate) fn success(self, pid: i32) {
        self.send(&Report {
            data: pid,
            message: None,
        });
    }

    /// There is no container.
    pub(crate) fn failure(self, error: &MonitorError) {
        self.send(&Report {
            data: -1,
            message: Some(&error.to_string()),
        });
    }

    fn send(self, report: &Report<'_>) {
        let (Some(pipe), Ok(mut line)) = (self.0, serde_json::to_vec(report)) else {
            return;
        };
        line.push(b'\n');
        let mut rest = &line[..];
        while !rest.is_empty() {
            match rustix::io::write(&pipe, rest) {
                Ok(count) => rest = &rest[count..],
                Err(rustix::io::Errno::INTR) => {}
                // EPIPE: nobody listens any more, and the container doesn't care.
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn sent(write: impl FnOnce(SyncPipe)) -> String {
        let (mut reader, writer) = std::io::pipe().unwrap();
        write(SyncPipe::new(Some(writer.into())));
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn lines_are_conmons() {
        assert_eq!(sent(|pipe| pipe.success(42)), "{\"data\":42}\n");
        let error = MonitorError::Runtime {
            message: "no \"cgroup\"".to_owned(),
        };
        assert_eq!(
            sent(|pipe| pipe.failure(&error)),
            "{\"data\":-1,\"message\":\"no \\\"cgroup\\\"\"}\n"
        );
    }

    #[test]
    fn a_dead_engine_is_survived() {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        SyncPipe::new(Some(writer.into())).success(1);
    }
}
