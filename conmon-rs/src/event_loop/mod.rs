//! The one loop: waits on every descriptor of a container at once and moves bytes between them.
//! First while the runtime creates or restores, then until the container ends. Nothing in it blocks
//! but the poll itself; a container waits for a slow attach client a little, never for anything else.
#![forbid(unsafe_code)]

mod health;
mod phases;
mod serving;

use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::arguments::Arguments;
use crate::diagnostics::Diagnostics;
use crate::endpoints::attach::AttachServer;
use crate::endpoints::control::{Control, Dialect};
use crate::endpoints::notify::NotifyProxy;
use crate::error::MonitorError;
use crate::log::{Logs, Stream};
use crate::signals::{self, Reaped, Signals};
use crate::stdio::{CHUNK, ContainerEnds, Input, Output};
use crate::terminal::{ConsoleSocket, Settings};
use crate::{atomic_file, stdio};
use health::HealthTimer;

/// Whose descriptor is ready.
#[derive(Clone, Copy)]
enum Source {
    Signals,
    Output(Stream),
    Input,
    Listener,
    Client(usize),
    Control,
    WindowSize,
    Console,
    Notify,
}

/// Everything that is polled, and the log.
pub(crate) struct EventLoop<'a> {
    arguments: &'a Arguments,
    diagnostics: &'a Diagnostics,
    signals: Signals,
    ends: Option<ContainerEnds>,
    output: Output,
    input: Input,
    logs: Logs,
    attach: Option<AttachServer>,
    control: Option<Control>,
    window_size: Option<Control>,
    console: Option<ConsoleSocket>,
    notify: Option<NotifyProxy>,
    /// What came on stderr while the runtime ran; then `None`.
    startup_errors: Option<Vec<u8>>,
    terminal_retry: Option<Instant>,
    health: HealthTimer<'a>,
    reaped: Vec<Reaped>,
    stop_requests: Vec<i32>,
    buffer: Vec<u8>,
}

impl<'a> EventLoop<'a> {
    /// Opens log, sockets and pipes. Sockets of an earlier run are replaced.
    pub(crate) fn open(
        arguments: &'a Arguments,
        signals: Signals,
        diagnostics: &'a Diagnostics,
    ) -> Result<Self, MonitorError> {
        let dir = &arguments.socket_dir;
        for name in ["attach", "ctl", "winsz", "flushed"] {
            atomic_file::remove_stale(&dir.join(name))?;
        }
        let logs = Logs::open(arguments)?;
        let (ends, output, input) = stdio::open(arguments)?;
        let (mut attach, mut control, mut window_size) = (None, None, None);
        if !arguments.passthrough() {
            attach = Some(AttachServer::listen(dir)?);
            control = Some(Control::make(&dir.join("ctl"), Dialect::Control)?);
            window_size = Some(Control::make(&dir.join("winsz"), Dialect::WindowSize)?);
        }
        let console = if arguments.terminal {
            let settings = if arguments.restore.is_some() {
                Settings::Kept
            } else {
                Settings::Ours
            };
            Some(ConsoleSocket::listen(dir, settings)?)
        } else {
            None
        };
        let notify = match &arguments.notify_socket {
            Some(manager) => Some(NotifyProxy::listen(&arguments.bundle, manager)?),
            None => None,
        };
        Ok(Self {
            arguments,
            diagnostics,
            signals,
            ends: Some(ends),
            output,
            input,
            logs,
            attach,
            control,
            window_size,
            console,
            notify,
            startup_errors: Some(Vec::new()),
            terminal_retry: None,
            health: HealthTimer::new(arguments.health.as_ref()),
            reaped: Vec::new(),
            stop_requests: Vec::new(),
            buffer: vec![0; CHUNK],
        })
    }

    /// Waits once, until `deadline` at most, and serves whoever is ready.
    fn turn(&mut self, deadline: Option<Instant>) {
        let retry = self.terminal_retry;
        if retry.is_some_and(|retry| retry <= Instant::now()) {
            self.terminal_retry = None;
        }
        let stalled = self.attach.as_ref().and_then(AttachServer::deadline);
        let limit = [deadline, self.terminal_retry, stalled]
            .into_iter()
            .flatten()
            .min();
        for (source, flags) in self.wait(limit) {
            self.serve(source, flags);
        }
        if let Some(attach) = &mut self.attach {
            attach.drop_lost();
        }
    }

    fn wait(&self, limit: Option<Instant>) -> Vec<(Source, PollFlags)> {
        let mut sources = Vec::with_capacity(12);
        let mut descriptors = Vec::with_capacity(12);
        sources.push(Source::Signals);
        descriptors.push(PollFd::new(&self.signals, PollFlags::IN));
        let congested = self.attach.as_ref().is_some_and(AttachServer::is_congested);
        for (stream, descriptor) in [
            (Stream::Stdout, &self.output.stdout),
            (Stream::Stderr, &self.output.stderr),
        ] {
            let resting = stream == Stream::Stdout && self.terminal_retry.is_some();
            if let Some(descriptor) = descriptor.as_ref().filter(|_| !congested && !resting) {
                sources.push(Source::Output(stream));
                descriptors.push(PollFd::new(descriptor, PollFlags::IN));
            }
        }
        if let Some(descriptor) = self.input.waiting() {
            sources.push(Source::Input);
            descriptors.push(PollFd::new(descriptor, PollFlags::OUT));
        }
        if let Some(attach) = &self.attach {
            sources.push(Source::Listener);
            descriptors.push(PollFd::new(attach.listener(), PollFlags::IN));
            for (number, socket, sends_input, waits) in attach.clients() {
                let mut flags = PollFlags::empty();
                flags.set(PollFlags::IN, sends_input && self.input.has_room());
                flags.set(PollFlags::OUT, waits);
                sources.push(Source::Client(number));
                descriptors.push(PollFd::new(socket, flags));
            }
        }
        let controls = [
            (Source::Control, &self.control),
            (Source::WindowSize, &self.window_size),
        ];
        for (source, control) in controls {
            if let Some(control) = control {
                sources.push(source);
                descriptors.push(PollFd::new(control.descriptor(), PollFlags::IN));
            }
        }
        if let Some(console) = &self.console {
            sources.push(Source::Console);
            descriptors.push(PollFd::new(console, PollFlags::IN));
        }
        if let Some(notify) = &self.notify {
            sources.push(Source::Notify);
            descriptors.push(PollFd::new(notify, PollFlags::IN));
        }
        if !wait_for_any(&mut descriptors, limit) {
            return Vec::new();
        }
        let ready = descriptors.iter().map(PollFd::revents);
        sources
            .into_iter()
            .zip(ready)
            .filter(|(_, flags)| !flags.is_empty())
            .collect()
    }

    fn serve(&mut self, source: Source, flags: PollFlags) {
        match source {
            Source::Signals => {
                self.stop_requests.extend(self.signals.stop_requests());
                self.reaped.extend(signals::reap());
            }
            Source::Output(stream) => drop(self.read_once(stream)),
            Source::Input => self.input.send(),
            Source::Listener => {
                if let Some(attach) = &mut self.attach {
                    attach.accept();
                }
            }
            Source::Client(number) => self.serve_client(number, flags),
            Source::Control => {
                let commands = self
                    .control
                    .as_mut()
                    .map(Control::commands)
                    .unwrap_or_default();
                self.obey(&commands);
            }
            Source::WindowSize => {
                let commands = self
                    .window_size
                    .as_mut()
                    .map(Control::commands)
                    .unwrap_or_default();
                self.obey(&commands);
            }
            Source::Console => self.take_terminal(),
            Source::Notify => {
                if let Some(notify) = &self.notify {
                    notify.forward();
                }
            }
        }
    }
}

/// Polls until `limit` at most. False if nothing is known about any descriptor: time is up, or a signal came
/// between; the loop just goes round.
fn wait_for_any(descriptors: &mut [PollFd<'_>], limit: Option<Instant>) -> bool {
    let timeout = limit.map(|limit| {
        let rest = limit.saturating_duration_since(Instant::now());
        Timespec {
            tv_sec: i64::try_from(rest.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: rest.subsec_nanos().into(),
        }
    });
    poll(descriptors, timeout.as_ref()).is_ok_and(|ready| ready > 0)
}
