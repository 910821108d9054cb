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
    // The lines on their way to another file system; they stay here until they have arrived there.
    let leaving = log.with_extension("leaving");
    let mut elsewhere = None;
    if let Some(kept) = kept {
        if leaving.exists() {
            // A call before this one was killed. Its lines come first.
            let newer = if log.exists() {
                let newer = File::open(&log).map_err(at("open", &log))?;
                fs::remove_file(&log).map_err(at("remove", &log))?;
                Some(newer)
            } else {
                None
            };
            elsewhere = Some((newer, kept));
        } else {
            match fs::rename(&log, kept) {
                Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                    // What is written until the new file is there goes into the old one.
                    fs::rename(&log, &leaving).map_err(at("rename", &log))?;
                    elsewhere = Some((None, kept));
                }
                done => done.map_err(at("rename", &log))?,
            }
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
    if let Some((newer, kept)) = elsewhere {
        copy(&leaving, newer, kept)?;
        fs::remove_file(&leaving).map_err(at("remove", &leaving))?;
    }
    Ok(())
}

/// The lines so far, to another file system: beside, then renamed.
fn copy(leaving: &Path, newer: Option<File>, kept: &Path) -> Result<()> {
    let mut old = File::open(leaving).map_err(at("open", leaving))?;
    let directory = kept.parent().unwrap_or(Path::new("/"));
    let mut beside =
        tempfile::NamedTempFile::new_in(directory).map_err(at("write in", directory))?;
    io::copy(&mut old, &mut beside).map_err(at("write", kept))?;
    if let Some(mut newer) = newer {
        io::copy(&mut newer, &mut beside).map_err(at("write", kept))?;
    }
    beside.as_file().sync_all().map_err(at("write", kept))?;
    beside
        .persist(kept)
        .map_err(|error| at("write", kept)(error.error))?;
    Ok(())
}
