//! The log of a container begins anew, and the lines so far are somebody else's file.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
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
/// [`Error::WrongState`] when it doesn't run; when `kept` can't be written.
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
    let mut elsewhere = None;
    if let Some(kept) = kept {
        match fs::rename(&log, kept) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                // What is written until the new file is there goes into the old one.
                let old = File::open(&log).map_err(at("open", &log))?;
                fs::remove_file(&log).map_err(at("remove", &log))?;
                elsewhere = Some((old, kept));
            }
            done => done.map_err(at("rename", &log))?,
        }
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
    if let Some((old, kept)) = elsewhere {
        copy(old, kept)?;
    }
    Ok(())
}

/// The lines so far, to another file system: beside, then renamed.
fn copy(mut old: File, kept: &Path) -> Result<()> {
    let directory = kept.parent().unwrap_or(Path::new("/"));
    let mut beside =
        tempfile::NamedTempFile::new_in(directory).map_err(at("write in", directory))?;
    io::copy(&mut old, &mut beside).map_err(at("write", kept))?;
    beside
        .persist(kept)
        .map_err(|error| at("write", kept)(error.error))?;
    Ok(())
}
