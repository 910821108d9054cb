//! `exec`.

use crate::args::container::Exec;
use crate::args::value::env;
use crate::commands::selected::latest;
use crate::commands::{Opener, Outcome};
use crate::output::CliError;
use libcr::ops::lifecycle::exec::{ExecOptions, exec};
use libcr::{Error, ErrorKind};

/// Podman's status for a container that does not run, or can't run it.
const NOT_RUNNING: u8 = 255;

/// Runs a command in a container and ends as it does.
pub fn run(opener: &Opener, flags: &Exec) -> Outcome {
    let (container, command) = flags.validate()?;
    let variables = env::collect(&flags.env_file, &flags.env, &env::of_caller())?;
    let engine = opener.open()?;
    let container = match container {
        Some(name) => name,
        None => latest(&engine)?.config.id,
    };
    let options = ExecOptions {
        command: command.to_vec(),
        env: variables
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect(),
        user: flags.user.clone(),
        workdir: flags.workdir.clone(),
        terminal: flags.tty,
        stdin: flags.interactive,
        detach: flags.detach,
        privileged: flags.privileged,
    };
    match exec(&engine, &container, &options) {
        Ok(code) => Ok(u8::try_from(code & 0xff).unwrap_or(u8::MAX)),
        Err(error) if !options.detach && is_about_the_container(&error) => {
            Err(CliError::with_code(error, NOT_RUNNING))
        }
        Err(error) => Err(error.into()),
    }
}

// And not about its name or the command.
fn is_about_the_container(error: &Error) -> bool {
    error.kind() == ErrorKind::WrongState
        || matches!(error, Error::User(_) | Error::RuntimeFailed(_))
}
