//! What one turn of the loop does for whoever is ready: outputs, clients, commands, the arriving terminal.
//! Moves what is there and returns; never waits for more.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};

use super::{EventLoop, wait_for_any};
use crate::atomic_file;
use crate::endpoints::attach::Received;
use crate::endpoints::control::Command;
use crate::log::Stream;
use crate::stdio::{Chunk, Input};
use crate::terminal;

/// How often a terminal that nobody has open is looked at again.
const TERMINAL_RETRY: Duration = Duration::from_millis(100);
/// Most of the runtime's stderr that is kept for its error message; the rest goes to the log.
const ERROR_LIMIT: usize = 64 * 1024;
/// Most that one flush moves per stream: more than any pipe holds, an end even if the container isn't frozen.
const FLUSH_LIMIT: usize = 4 * 1024 * 1024;
/// How long a flush waits for the kernel to hand a terminal's output to its master.
const TERMINAL_SETTLE: Duration = Duration::from_millis(2);

/// Whether reading again at once may give more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// So many bytes were read.
    More(usize),
    /// Nothing is there, or nothing ever will be.
    Nothing,
}

impl EventLoop<'_> {
    /// Moves one chunk of an output to where it belongs.
    pub(super) fn read_once(&mut self, stream: Stream) -> Progress {
        let mut buffer = std::mem::take(&mut self.buffer);
        let read = self.output.read(stream, &mut buffer);
        let progress = match read {
            Chunk::Bytes(count) => {
                self.receive(stream, &buffer[..count]);
                Progress::More(count)
            }
            Chunk::HungUp => {
                self.terminal_retry = Some(Instant::now() + TERMINAL_RETRY);
                Progress::Nothing
            }
            Chunk::Empty | Chunk::End => Progress::Nothing,
        };
        self.buffer = buffer;
        progress
    }

    /// While the runtime works, stderr may be its own words: they are kept back until it is known who spoke.
    fn receive(&mut self, stream: Stream, chunk: &[u8]) {
        if let Some(errors) = &mut self.startup_errors
            && stream == Stream::Stderr
            && errors.len() + chunk.len() <= ERROR_LIMIT
        {
            errors.extend_from_slice(chunk);
            return;
        }
        self.deliver(stream, chunk);
    }

    /// Log first: no client can keep output out of it.
    pub(super) fn deliver(&mut self, stream: Stream, chunk: &[u8]) {
        self.logs.write(stream, chunk, self.diagnostics);
        if let Some(attach) = &mut self.attach {
            attach.broadcast(stream, chunk);
        }
    }

    /// Takes a client's input, hands it its output, notices that it left.
    pub(super) fn serve_client(&mut self, number: usize, flags: PollFlags) {
        let Some(attach) = &mut self.attach else {
            return;
        };
        if flags.contains(PollFlags::OUT) {
            attach.send_queued(number);
        }
        // Input that was sent before hanging up still counts, so it is read first.
        if flags.intersects(PollFlags::IN | PollFlags::HUP) {
            match attach.receive(number, &mut self.buffer) {
                Received::Input(count) => {
                    self.input.add(&self.buffer[..count]);
                    return;
                }
                Received::Nothing => {}
                // A terminal has no end of input; a later client goes on with it.
                Received::End if self.output.terminal || self.arguments.leave_stdin_open => {}
                // One that only looked on and has left altogether had no input that could end.
                Received::End if flags.contains(PollFlags::HUP) && !attach.has_sent(number) => {}
                Received::End => self.input.close(),
            }
        }
        if flags.intersects(PollFlags::HUP | PollFlags::ERR) {
            attach.hung_up(number);
        }
    }

    /// Does what the engine asks for.
    pub(super) fn obey(&mut self, commands: &[Command]) {
        for command in commands {
            match *command {
                Command::Resize { height, width } => {
                    if let Some(master) =
                        self.output.stdout.as_ref().filter(|_| self.output.terminal)
                    {
                        terminal::resize(master, height, width);
                    }
                }
                Command::ReopenLogs => self.logs.reopen(self.diagnostics),
                Command::Flush { number } => self.flush(number),
                Command::CheckHealth => self.health.hurry(),
            }
        }
    }

    /// Brings everything the container has written so far to the log and to disk, then says so.
    fn flush(&mut self, number: u64) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let mut moved = 0;
            while moved < FLUSH_LIMIT {
                if stream == Stream::Stdout && self.output.terminal && !self.terminal_has_output() {
                    break;
                }
                match self.read_once(stream) {
                    Progress::More(count) => moved += count,
                    Progress::Nothing => break,
                }
            }
        }
        self.logs.sync(self.diagnostics);
        let mark = self.arguments.socket_dir.join("flushed");
        if let Err(error) = atomic_file::write(&mark, number.to_string().as_bytes()) {
            self.diagnostics.report(&error);
        }
    }

    /// A terminal's output reaches its master by way of a kernel worker, a moment after it was written.
    fn terminal_has_output(&self) -> bool {
        self.output.stdout.as_ref().is_some_and(|master| {
            wait_for_any(
                &mut [PollFd::new(master, PollFlags::IN)],
                Some(Instant::now() + TERMINAL_SETTLE),
            )
        })
    }

    /// Takes the terminal from the runtime, if it has come.
    pub(super) fn take_terminal(&mut self) {
        let Some(console) = &self.console else { return };
        match console.receive() {
            Ok(Some(master)) => {
                match master.try_clone() {
                    Ok(writer) => self.input = Input::new(writer),
                    Err(error) => self.diagnostics.report(&error),
                }
                self.output.stdout = Some(master);
            }
            Ok(None) => {}
            Err(error) => self.diagnostics.report(&error),
        }
    }
}
