//! `login` and `logout`.

use crate::args::image::{Login, Logout};
use crate::commands::Outcome;
use crate::output::{CliError, print};
use libcr::ops::images::{Access, Credentials, login};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::io::{BufRead, IsTerminal, Read, Write};

/// Most of a password that is read.
const PASSWORD_LIMIT: u64 = 64 << 10;

/// Asks the registry whether it knows the user, and keeps who that is.
pub fn login(flags: &Login) -> Outcome {
    let registry = flags.validate()?;
    let known = login::user(registry, flags.access.authfile.as_deref())?;
    if flags.get_login {
        let name = known.ok_or_else(|| CliError::usage(format!("not logged into {registry}")))?;
        return print::line(&name).map(|()| 0);
    }
    let user = match &flags.username {
        Some(user) => user.clone(),
        None => ask(&match &known {
            Some(known) => format!("Username ({known}): "),
            None => "Username: ".to_owned(),
        })?,
    };
    let user = if user.is_empty() {
        known.unwrap_or_default()
    } else {
        user
    };
    let secret = match &flags.password {
        Some(password) => password.clone(),
        None if flags.password_stdin => {
            let mut text = String::new();
            let stdin = std::io::stdin().lock();
            let read = stdin.take(PASSWORD_LIMIT).read_to_string(&mut text);
            read.map_err(|source| reading("password", source))?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        }
        None => silently(|| ask("Password: "))?,
    };
    if user.is_empty() {
        return Err(CliError::usage(
            "credentials can't be empty, or have an empty username",
        ));
    }
    let credentials = Credentials {
        user,
        secret,
        is_token: false,
    };
    let access: Access = flags.access.access();
    login::login(registry, &credentials, &access)?;
    print::line("Login Succeeded!").map(|()| 0)
}

/// Forgets who the user is.
pub fn logout(flags: &Logout) -> Outcome {
    let registry = flags.validate()?;
    login::logout(registry, flags.authfile.as_deref())?;
    let said = match registry {
        Some(registry) => format!("Removed login credentials for {registry}"),
        None => "Removed login credentials for all registries".to_owned(),
    };
    print::line(&said).map(|()| 0)
}

fn reading(what: &str, source: std::io::Error) -> CliError {
    CliError::Io {
        doing: format!("reading {what}"),
        source,
    }
}

/// A line of the terminal; who has none is not asked.
fn ask(question: &str) -> Result<String, CliError> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(CliError::usage(
            "cannot perform an interactive login from a non TTY device: use --username and --password-stdin",
        ));
    }
    let mut stdout = std::io::stderr();
    let asked = stdout.write_all(question.as_bytes());
    let mut line = String::new();
    asked
        .and_then(|()| stdout.flush())
        .and_then(|()| stdin.lock().take(PASSWORD_LIMIT).read_line(&mut line))
        .map_err(|source| reading("the answer", source))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The same without showing what is typed.
fn silently<T>(read: impl FnOnce() -> Result<T, CliError>) -> Result<T, CliError> {
    let stdin = std::io::stdin();
    let Ok(before) = tcgetattr(&stdin) else {
        return read();
    };
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    let set = |mode| {
        tcsetattr(&stdin, OptionalActions::Flush, mode)
            .map_err(|errno| reading("the terminal's mode", errno.into()))
    };
    set(&quiet)?;
    let answer = read();
    set(&before)?;
    eprintln!();
    answer
}
