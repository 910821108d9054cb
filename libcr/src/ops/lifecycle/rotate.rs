//! The log of a container begins anew, and the lines so far are somebody else's file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::monitor::client;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::observe::observe;
use crate::sys::dir::at;

/// How long the monitor may take to make the new file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes the log of a container that runs begin anew. The file of the lines so far becomes `kept`,
/// which it replaces; no line is lost. `None`: the log goes on as it is, in a file that is made again
/// where somebody removed it.
///
/// # Errors
/// [`Error::WrongState`] when it doesn't run; [`Error::Invalid`] when `kept` is on another file system.
pub fn rotate(engine: &Engine, word: &str, kept: Option<&Path>) -> Result<()> {
    let id = engine.find(word)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    if !container.state.status.is_alive() {
        return Err(Error::WrongState(format!(
            "container {id} is not running: nobody writes its log"
        )));
    }
    let log = engine.log_file(&id);
    if let Some(kept) = kept {
        fs::rename(&log, kept).map_err(|error| match error.kind() {
            ErrorKind::CrossesDevices => Error::Invalid(format!(
                "the log of container {id} cannot become {}, which is on another file system",
                kept.display()
            )),
            _ => at("rename", &log)(error).into(),
        })?;
    }
    client::reopen_log(&engine.monitor_paths(&id))?;
    let deadline = Instant::now() + PATIENCE;
    while !log.exists() {
        if Instant::now() >= deadline {
            return Err(Error::RuntimeFailed(format!(
                "the monitor of container {id} opened no new log"
            )));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
