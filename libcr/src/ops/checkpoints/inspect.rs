//! `checkpoint inspect`: all that is known of a checkpoint, and the processes in it.

use std::path::PathBuf;

use crate::archive::layout;
use crate::criu::contents::{Contents, Task};
use crate::engine::Engine;
use crate::error::Result;
use crate::model::catalogue::{CheckpointPlace, NamedCheckpoint};
use crate::ops::steps::catalogue;

/// A checkpoint and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// What the catalogue knows.
    pub checkpoint: NamedCheckpoint,
    /// All its names.
    pub names: Vec<String>,
    /// Its directory.
    pub directory: PathBuf,
    /// Its processes, by id.
    pub processes: Vec<Task>,
}

/// Looks into a checkpoint of a container.
///
/// # Errors
/// [`crate::Error::NoSuchContainer`], [`crate::Error::NoSuchCheckpoint`];
/// [`crate::criu::CriuError`] when its images can't be read.
pub fn inspect(engine: &Engine, container: &str, place: &CheckpointPlace) -> Result<Inspected> {
    let container = engine.find(container)?;
    let found = catalogue::existing(engine, &container, place)?;
    let names = match place.directory {
        Some(_) => vec![found.checkpoint.name.clone()],
        None => engine.store.rows().checkpoint_names(&found.checkpoint.id)?,
    };
    let contents = Contents::read(&found.directory.join(layout::CHECKPOINT))?;
    Ok(Inspected {
        checkpoint: found.checkpoint,
        names,
        directory: found.directory,
        processes: contents.tasks,
    })
}
