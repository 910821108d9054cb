//! `checkpoint ls`: the checkpoints of a container, or all.

use std::path::{Path, PathBuf};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::catalogue::NamedCheckpoint;
use crate::ops::steps::catalogue::{self, directory, generations};

/// A name and the checkpoint that goes by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The checkpoint; its `name` is the one listed.
    pub checkpoint: NamedCheckpoint,
    /// Name of its parent, where that is listed too.
    pub parent_name: Option<String>,
    /// Its directory.
    pub directory: PathBuf,
    /// Bytes that would be free without it.
    pub own: u64,
    /// Bytes of memory that other checkpoints of its container have too.
    pub shared: u64,
}

/// The checkpoints of one container, or of all, each name by itself; oldest first, or by name where
/// they are in the user's `directory`.
///
/// # Errors
/// [`crate::Error::NoSuchContainer`]; [`crate::Error::Invalid`] for a directory that is not there
/// or not to be trusted.
pub fn list(
    engine: &Engine,
    container: Option<&str>,
    directory: Option<&Path>,
) -> Result<Vec<Listed>> {
    let container = container.map(|word| engine.find(word)).transpose()?;
    let id = container.as_ref().map(|found| found.config.id.as_str());
    let mut listed = match directory {
        Some(directory) => directory::list(directory, id)?
            .into_iter()
            .map(|found| Listed {
                own: found.checkpoint.size,
                shared: 0,
                checkpoint: found.checkpoint,
                parent_name: None,
                directory: found.directory,
            })
            .collect(),
        None => own(engine, id)?,
    };
    name_parents(&mut listed);
    Ok(listed)
}

fn own(engine: &Engine, container: Option<&str>) -> Result<Vec<Listed>> {
    let rows = engine.store.rows();
    let containers = match container {
        Some(id) => vec![id.to_owned()],
        None => rows
            .containers()?
            .into_iter()
            .map(|container| container.config.id)
            .collect(),
    };
    let mut listed = Vec::new();
    for id in containers {
        let checkpoints = rows.checkpoints_of(&id)?;
        let shares = generations::shares(engine, &id, &checkpoints)?;
        for (checkpoint, (own, shared)) in checkpoints.into_iter().zip(shares) {
            for name in rows.checkpoint_names(&checkpoint.id)? {
                let directory = catalogue::listed(engine, &checkpoint);
                let checkpoint = NamedCheckpoint {
                    name,
                    ..checkpoint.clone()
                };
                listed.push(Listed {
                    checkpoint,
                    parent_name: None,
                    directory,
                    own,
                    shared,
                });
            }
        }
    }
    Ok(listed)
}

fn name_parents(listed: &mut [Listed]) {
    let names: Vec<(String, String)> = listed
        .iter()
        .map(|one| (one.checkpoint.id.clone(), one.checkpoint.name.clone()))
        .collect();
    for one in listed {
        let parent = names.iter().find(|(id, _)| *id == one.checkpoint.parent);
        one.parent_name = parent.map(|(_, name)| name.clone());
    }
}
