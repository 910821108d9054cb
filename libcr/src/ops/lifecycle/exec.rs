//! `exec`: a further process in a running container.

use std::process::Stdio;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::ops::steps::life::exec::prepare;
use crate::ops::steps::life::observe::{look, wait_while_frozen};
use crate::sys::command;

pub use crate::ops::steps::life::exec::ExecOptions;

/// Runs a command in a container with the caller's standard streams and returns its exit code.
///
/// # Errors
/// [`Error::WrongState`] unless it runs; [`Error::CommandNotFound`] and
/// [`Error::CommandNotExecutable`] for the command.
pub fn exec(engine: &Engine, word: &str, options: &ExecOptions) -> Result<i32> {
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
    let (mut command, prepared) = prepare(engine, &container, options, None)?;
    command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
    command.stdin(if options.stdin {
        Stdio::inherit()
    } else {
        Stdio::null()
    });
    if options.detach {
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null());
    }
    let mut child = command::spawn(command, &[])?;
    note(engine, &container, "exec", "")?;
    let code = prepared.finish(child.wait()?)?;
    if !options.detach {
        note(engine, &container, "exec_died", &code.to_string())?;
    }
    Ok(code)
}

fn note(engine: &Engine, container: &Container, kind: &str, detail: &str) -> Result<()> {
    engine
        .store
        .transaction(|rows| rows.insert_event(kind, container, detail))?;
    Ok(())
}
