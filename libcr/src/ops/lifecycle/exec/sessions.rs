//! Processes that are made first and started later, as the REST interfaces have them: what is to run
//! is written down, so that whoever starts it need not be who made it.
//!
//! A session is a file of the container's run directory and goes with it, when the container ends.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{ExecOptions, check};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::id;
use crate::model::operation::ProcessIdentity;
use crate::sys::dir::{at, remove_file_if_present, write_atomic};
use crate::sys::{machine, proc};

/// A process that was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Full id of the container.
    pub container: String,
    /// What runs.
    pub options: ExecOptions,
    /// How far it is.
    pub state: SessionState,
}

/// How far a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// It waits for its start.
    Created,
    /// The engine that started it, and the runtime's command.
    Running(ProcessIdentity, u32),
    /// It has ended with this exit code.
    Ended(i32),
}

impl Session {
    /// It runs, and who started it is there to hear of its end.
    pub fn is_running(&self) -> bool {
        matches!(&self.state, SessionState::Running(engine, _) if proc::is_alive(engine))
    }
}

/// Writes down what is to run in a container, and returns the session's id.
///
/// # Errors
/// [`Error::WrongState`] unless it runs.
pub fn create(engine: &Engine, word: &str, options: ExecOptions) -> Result<String> {
    let container = check(engine, word, &options)?;
    let session = Session {
        id: id::from_random(machine::random()?),
        container: container.config.id,
        options,
        state: SessionState::Created,
    };
    let path = file(engine, &session);
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(at("make", directory))?;
    }
    save(engine, &session)?;
    Ok(session.id)
}

/// The session of this id.
///
/// # Errors
/// [`Error::NoSuchExec`], also for one whose container has ended since.
pub fn find(engine: &Engine, id: &str) -> Result<Session> {
    let unknown = || Error::NoSuchExec(id.to_owned());
    // It becomes the name of a file.
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(unknown());
    }
    let containers = engine.store.rows().containers()?;
    let found = containers.iter().find_map(|container| {
        let path = directory(engine, &container.config.id).join(id);
        std::fs::read(path).ok()
    });
    let text = found.ok_or_else(unknown)?;
    Ok(serde_json::from_slice(&text).map_err(io::Error::other)?)
}

/// Takes the start of a session for oneself; of several at once one has it.
///
/// # Errors
/// [`Error::WrongState`] when it was started before.
pub fn claim(engine: &Engine, session: &Session) -> Result<()> {
    check_startable(session)?;
    let mark = claimed(engine, session);
    match File::create_new(&mark) {
        Ok(mut file) => {
            let claimant = serde_json::to_vec(&proc::own_identity()).map_err(io::Error::other)?;
            file.write_all(&claimant).map_err(at("write", &mark))?;
            // Since it was read somebody may have started it, seen it end and removed it.
            let now = find(engine, &session.id);
            now.and_then(|now| check_startable(&now)).inspect_err(|_| {
                let _ = remove_file_if_present(&mark);
            })
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(started_before(session)),
        Err(error) => Err(error.into()),
    }
}

/// Gives back what [`claim`] took, when its start failed before anything ran: of a paused container,
/// for one, which goes on some day.
///
/// # Errors
/// The file can't be removed.
pub fn give_back(engine: &Engine, session: &Session) -> Result<()> {
    Ok(remove_file_if_present(&claimed(engine, session))?)
}

/// Writes down that it has been started by this process, which has claimed it.
///
/// # Errors
/// The file can't be written.
pub fn started(engine: &Engine, session: &mut Session, runtime_pid: u32) -> Result<()> {
    session.state = SessionState::Running(proc::own_identity(), runtime_pid);
    save(engine, session)
}

/// Refuses to start one twice.
///
/// # Errors
/// [`Error::WrongState`].
pub fn check_startable(session: &Session) -> Result<()> {
    if session.state == SessionState::Created {
        return Ok(());
    }
    Err(started_before(session))
}

fn started_before(session: &Session) -> Error {
    Error::WrongState(format!(
        "exec session {} has been started before",
        session.id
    ))
}

/// Writes down how it ended; one whose container is gone needs it no more.
///
/// # Errors
/// The file can't be written.
pub fn ended(engine: &Engine, session: &mut Session, code: i32) -> Result<()> {
    session.state = SessionState::Ended(code);
    if directory(engine, &session.container).is_dir() {
        save(engine, session)?;
    }
    Ok(())
}

/// Sessions of a container.
pub fn of_container(engine: &Engine, id: &str) -> Vec<String> {
    let entries = std::fs::read_dir(directory(engine, id))
        .into_iter()
        .flatten();
    let names = entries.flatten().map(|entry| entry.file_name());
    let mut ids: Vec<String> = names
        .filter_map(|name| name.into_string().ok())
        .filter(|name| name.len() == 64)
        .collect();
    ids.sort();
    ids
}

/// Takes a session away.
///
/// # Errors
/// [`Error::WrongState`] while it runs.
pub fn remove(engine: &Engine, session: &Session) -> Result<()> {
    // Somebody may be about to start it.
    let claimant = std::fs::read(claimed(engine, session)).ok();
    let claimant = claimant.and_then(|text| serde_json::from_slice(&text).ok());
    let begins = session.state == SessionState::Created
        && claimant.is_some_and(|claimant: ProcessIdentity| proc::is_alive(&claimant));
    if session.is_running() || begins {
        return Err(Error::WrongState(format!(
            "exec session {} is running",
            session.id
        )));
    }
    remove_file_if_present(&file(engine, session))?;
    Ok(remove_file_if_present(&claimed(engine, session))?)
}

fn directory(engine: &Engine, container: &str) -> PathBuf {
    engine.monitor_paths(container).directory.join("exec")
}

fn file(engine: &Engine, session: &Session) -> PathBuf {
    directory(engine, &session.container).join(&session.id)
}

/// There once somebody starts it.
fn claimed(engine: &Engine, session: &Session) -> PathBuf {
    file(engine, session).with_extension("started")
}

fn save(engine: &Engine, session: &Session) -> Result<()> {
    let path: &Path = &file(engine, session);
    let text = serde_json::to_vec(session).map_err(io::Error::other)?;
    write_atomic(path, &text, 0o600)?;
    Ok(())
}
