//! `exec`: a further process in a running container.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Stdio};

use rustix::termios::isatty;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::ops::steps::life::exec::{Prepared, prepare};
use crate::ops::steps::life::observe::{look, wait_while_frozen};
use crate::sys::{command, proc};

pub use crate::ops::steps::life::exec::ExecOptions;

pub mod sessions;
mod terminal;

use terminal::{Carrier, Console, Source};

/// Where a process has its standard streams. One with a terminal has that: what goes through it is
/// carried between it and these, be they a terminal or not.
#[derive(Debug)]
pub struct Streams {
    /// Standard input.
    pub input: OwnedFd,
    /// Standard output, and all that a terminal shows.
    pub output: OwnedFd,
    /// Standard error; what the runtime says.
    pub error: OwnedFd,
}

impl Streams {
    /// Nothing comes, and nobody reads.
    ///
    /// # Errors
    /// There are no descriptors left.
    pub fn null() -> io::Result<Self> {
        let null = OwnedFd::from(File::options().read(true).write(true).open("/dev/null")?);
        Ok(Self {
            input: null.try_clone()?,
            output: null.try_clone()?,
            error: null,
        })
    }
}

/// A process in a container, while it runs.
#[derive(Debug)]
pub struct Running {
    container: Container,
    child: Child,
    prepared: Prepared,
    carrier: Option<Carrier>,
    detached: bool,
}

/// Runs a command in a container with the caller's standard streams and returns its exit code.
///
/// # Errors
/// [`Error::WrongState`] unless it runs; [`Error::CommandNotFound`] and
/// [`Error::CommandNotExecutable`] for the command.
pub fn exec(engine: &Engine, word: &str, options: &ExecOptions) -> Result<i32> {
    let mut streams = Streams::null()?;
    if !options.detach {
        if options.stdin {
            streams.input = rustix::stdio::stdin().try_clone_to_owned()?;
        }
        streams.output = rustix::stdio::stdout().try_clone_to_owned()?;
        streams.error = rustix::stdio::stderr().try_clone_to_owned()?;
    }
    begin(engine, word, options, streams, None)?.wait(engine)
}

/// The container, if a process can be started in it.
///
/// # Errors
/// [`Error::WrongState`] unless it runs.
pub fn check(engine: &Engine, word: &str, options: &ExecOptions) -> Result<Container> {
    let id = engine.find(word)?.config.id;
    wait_while_frozen(engine, &id)?;
    let mut container = engine.reload(&id)?;
    look(engine, &mut container);
    if container.state.status != Status::Running {
        return Err(Error::WrongState(
            "can only create exec sessions on running containers".into(),
        ));
    }
    if options.command.is_empty() {
        return Err(Error::Invalid(
            "must provide a non-empty command to start an exec session: invalid argument".into(),
        ));
    }
    Ok(container)
}

/// Starts a command in a container. The runtime writes the number of the process to `pid_file`.
///
/// # Errors
/// As [`exec`], but what is wrong with the command is told by [`Running::wait`].
pub fn begin(
    engine: &Engine,
    word: &str,
    options: &ExecOptions,
    streams: Streams,
    pid_file: Option<&Path>,
) -> Result<Running> {
    let container = check(engine, word, options)?;
    let has_terminal = options.terminal && !options.detach;
    let sends = has_terminal && engine.runtime_of(&container)?.sends_terminals();
    let console = if sends {
        let directory = engine.monitor_paths(&container.config.id).directory;
        Some(Console::listen(&directory.join("exec"))?)
    } else {
        None
    };
    let socket = console.as_ref().map(Console::path);
    let (mut command, prepared) = prepare(engine, &container, options, pid_file, socket)?;
    let Streams {
        input,
        output,
        error,
    } = streams;
    let source = if let Some(console) = console {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(error);
        Some(Source::Console(console))
    } else if has_terminal && !isatty(&input) {
        let (ours, theirs) = terminal::pair()?;
        command.stdin(theirs.try_clone()?).stdout(theirs);
        command.stderr(error);
        Some(Source::Ours(ours))
    } else {
        command.stdin(input.try_clone()?);
        command.stdout(output.try_clone()?).stderr(error);
        None
    };
    let carrier = match source {
        Some(source) => Some(Carrier::start(source, input, output)?),
        None => None,
    };
    let child = match command::spawn(command, &[]) {
        Ok(child) => child,
        Err(error) => {
            if let Some(carrier) = carrier {
                carrier.finish();
            }
            return Err(error.into());
        }
    };
    proc::Spared::not_for(child.id());
    note(engine, &container, "exec", "");
    Ok(Running {
        container,
        child,
        prepared,
        carrier,
        detached: options.detach,
    })
}

impl Running {
    /// The runtime's command, which ends with the process and hears of the size of its terminal.
    pub fn runtime_pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end and returns its exit code.
    ///
    /// # Errors
    /// [`Error::CommandNotFound`] and [`Error::CommandNotExecutable`] when there was no process.
    pub fn wait(mut self, engine: &Engine) -> Result<i32> {
        let status = self.child.wait();
        if let Some(carrier) = self.carrier.take() {
            carrier.finish();
        }
        let code = self.prepared.finish(status?)?;
        if !self.detached {
            note(engine, &self.container, "exec_died", &code.to_string());
        }
        Ok(code)
    }
}

/// An event that can't be written down undoes no process, and hides no exit code.
fn note(engine: &Engine, container: &Container, kind: &str, detail: &str) {
    let noted = engine
        .store
        .transaction(|rows| rows.insert_event(kind, container, detail));
    if let Err(error) = noted {
        tracing::warn!(container = container.config.name, kind, %error, "an event is not written down");
    }
}
