//! `exec`: a further process in a running container.

use std::path::Path;
use std::process::{Child, Stdio};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::ops::steps::life::exec::{Prepared, prepare};
use crate::ops::steps::life::observe::{look, wait_while_frozen};
use crate::sys::{command, proc};

pub use crate::ops::steps::life::exec::ExecOptions;

pub mod sessions;

/// Where a process has its standard streams.
#[derive(Debug)]
pub struct Streams {
    /// Standard input.
    pub input: Stdio,
    /// Standard output; with a terminal, the terminal.
    pub output: Stdio,
    /// Standard error; with a terminal, the terminal.
    pub error: Stdio,
}

/// A process in a container, while it runs.
#[derive(Debug)]
pub struct Running {
    container: Container,
    child: Child,
    prepared: Prepared,
    detached: bool,
}

/// Runs a command in a container with the caller's standard streams and returns its exit code.
///
/// # Errors
/// [`Error::WrongState`] unless it runs; [`Error::CommandNotFound`] and
/// [`Error::CommandNotExecutable`] for the command.
pub fn exec(engine: &Engine, word: &str, options: &ExecOptions) -> Result<i32> {
    let streams = if options.detach {
        Streams {
            input: Stdio::null(),
            output: Stdio::null(),
            error: Stdio::null(),
        }
    } else {
        Streams {
            input: if options.stdin {
                Stdio::inherit()
            } else {
                Stdio::null()
            },
            output: Stdio::inherit(),
            error: Stdio::inherit(),
        }
    };
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
    let (mut command, prepared) = prepare(engine, &container, options, pid_file)?;
    command
        .stdin(streams.input)
        .stdout(streams.output)
        .stderr(streams.error);
    let child = command::spawn(command, &[])?;
    proc::Spared::not_for(child.id());
    note(engine, &container, "exec", "");
    Ok(Running {
        container,
        child,
        prepared,
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
        let code = self.prepared.finish(self.child.wait()?)?;
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
