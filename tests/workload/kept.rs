//! `keep DIR OBJECT…`: what CRIU can't take along, one object after the other. The first is set up
//! and `DIR/has-0` tells; when `DIR/close-0` is there it must be as it was set up, as all that the
//! kernel tells of the family, and is let go: `DIR/closed-0`. After the last, `DIR/go` ends it with
//! `DIR/done`. What is wrong stands in `DIR/failed`.

use std::fs;
use std::io::Result;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use crate::held::same;
use crate::state::State;

/// An object that is held.
pub struct Kept {
    /// Whether it is there still.
    pub look: Box<dyn FnMut() -> Result<()>>,
    /// Lets it go.
    pub close: Box<dyn FnOnce() -> Result<()>>,
}

/// Keeps the objects `KIND` or `KIND=WORD`.
pub fn keep(directory: &Path, objects: &[&str]) -> Result<ExitCode> {
    let kept = keep_all(directory, objects);
    match kept {
        Ok(()) => fs::write(directory.join("done"), "").map(|()| ExitCode::SUCCESS),
        Err(error) => {
            fs::write(directory.join("failed"), error.to_string())?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn keep_all(directory: &Path, objects: &[&str]) -> Result<()> {
    let first = State::take()?;
    for (number, object) in objects.iter().enumerate() {
        let (kind, word) = object.split_once('=').unwrap_or((object, ""));
        let mut kept = crate::refused::object(directory, kind, word)?;
        let before = State::take()?;
        tell(directory, &format!("has-{number}"))?;
        wait_for(directory, &format!("close-{number}"));
        (kept.look)()?;
        same(kind, before.differences(&State::take()?), Vec::new())?;
        (kept.close)()?;
        tell(directory, &format!("closed-{number}"))?;
    }
    wait_for(directory, "go");
    same("the end", first.differences(&State::take()?), Vec::new())
}

/// A file without content: it is whole as soon as it is there.
fn tell(directory: &Path, name: &str) -> Result<()> {
    fs::write(directory.join(name), "")
}

fn wait_for(directory: &Path, name: &str) {
    while !directory.join(name).exists() {
        thread::sleep(Duration::from_millis(2));
    }
}
