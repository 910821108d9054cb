//! The places of named checkpoints: where a new one goes, where an existing one is.
//!
//! Our own catalogue is rows in the database and directories `<root>/checkpoints/<container>/<id>`.
//! In a directory of the user's (`--checkpoint-dir D`) a checkpoint is `D/NAME`, has no row, and
//! its `checkpoint.json` is the truth. Both hold what a bundle holds of a checkpoint. Callers hold
//! the container's lock. Nothing here freezes, thaws or knows what the files mean.

pub mod directory;
pub mod generations;
pub mod record;

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::catalogue::{CheckpointPlace, NamedCheckpoint};
use crate::model::container::Container;
use crate::model::id;
use crate::sys::dir::{at, remove_dir_if_present, sync_parent};
use crate::sys::machine;

/// A place for a checkpoint that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The new checkpoint's id, 64 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it will be.
    pub directory: PathBuf,
    /// Where it is made: on the same file system, under a name that no checkpoint can have.
    pub partial: PathBuf,
    /// It belongs to our own catalogue: `Rows::insert_checkpoint` is to be called for it.
    pub listed: bool,
    /// Name of its container, for messages.
    container: String,
}

impl Destination {
    /// The place of the checkpoint `id` of a container, unchecked: for the recovery of one that was
    /// being made.
    pub fn of(engine: &Engine, container: &Container, place: &CheckpointPlace, id: &str) -> Self {
        let (directory, partial) = match &place.directory {
            None => {
                let own = own_directory(engine, &container.config.id);
                (own.join(id), own.join(format!(".{id}.partial")))
            }
            Some(given) => {
                let given = directory::normal(given);
                // Its container's lock keeps it from others; another container has another name.
                let owner = id::short(&container.config.id);
                let partial = format!(".{}.{owner}.partial", place.name);
                (given.join(&place.name), given.join(partial))
            }
        };
        Self {
            id: id.to_owned(),
            name: place.name.clone(),
            directory,
            partial,
            listed: place.directory.is_none(),
            container: container.config.name.clone(),
        }
    }

    /// Makes the directory that the checkpoint is made in, empty and of mode 0700, and what lies
    /// above it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when somebody else has put something there meanwhile.
    pub fn prepare(&self) -> Result<()> {
        let above = self.directory.parent().unwrap_or(Path::new("/"));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(above)
            .map_err(at("make", above))?;
        if !self.listed {
            directory::check(above)?;
        }
        directory::forget_doomed(&self.directory)?;
        remove_dir_if_present(&self.partial)?;
        Ok(DirBuilder::new()
            .mode(0o700)
            .create(&self.partial)
            .map_err(at("make", &self.partial))?)
    }

    /// Writes `checkpoint.json` and gives the checkpoint its name. Its other files are on disk
    /// already. Broken off and called again, it goes on.
    ///
    /// # Errors
    /// [`Error::Conflict`] when something has that name meanwhile.
    pub fn publish(&self, checkpoint: &NamedCheckpoint) -> Result<()> {
        let done = || record::read(&self.directory).is_ok_and(|found| found.id == self.id);
        if !self.partial.exists() && done() {
            return Ok(());
        }
        record::write(&self.partial, checkpoint)?;
        if !self.listed {
            record::mark(&self.partial, checkpoint)?;
        }
        match fs::rename(&self.partial, &self.directory) {
            // Only an empty directory would be replaced.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::DirectoryNotEmpty
                        | ErrorKind::AlreadyExists
                        | ErrorKind::NotADirectory
                ) =>
            {
                return Err(name_taken(&self.name, &self.container));
            }
            renamed => renamed.map_err(at("rename", &self.partial))?,
        }
        Ok(sync_parent(&self.directory)?)
    }

    /// Removes what was made of a checkpoint that doesn't count.
    pub fn discard(&self) -> Result<()> {
        Ok(remove_dir_if_present(&self.partial)?)
    }
}

/// A checkpoint that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Its directory.
    pub directory: PathBuf,
    /// What is known of it.
    pub checkpoint: NamedCheckpoint,
}

/// Where a new checkpoint of a container goes. Nothing is made yet.
///
/// # Errors
/// [`Error::Conflict`] when the name is taken; [`Error::Invalid`] when the name is none, or the
/// user's directory isn't one that checkpoints may be put into.
pub fn destination(
    engine: &Engine,
    container: &Container,
    place: &CheckpointPlace,
) -> Result<Destination> {
    check_name(&place.name)?;
    let config = &container.config;
    let new_id = id::from_random(machine::random()?);
    let destination = Destination::of(engine, container, place, &new_id);
    if let Some(given) = &place.directory {
        if directory::check(given)? {
            match fs::symlink_metadata(&destination.directory) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(at("look at", &destination.directory)(error).into()),
                Ok(found) if found.is_dir() => return Err(name_taken(&place.name, &config.name)),
                Ok(_) => return Err(no_directory(&destination.directory)),
            }
        }
    } else {
        let rows = engine.store.rows();
        if rows.checkpoint_named(&config.id, &place.name)?.is_some() {
            return Err(name_taken(&place.name, &config.name));
        }
    }
    Ok(destination)
}

/// Where a checkpoint of a container is. One in the user's directory may be another container's.
///
/// # Errors
/// [`Error::NoSuchCheckpoint`]; [`Error::Invalid`] for a name that is none, or a directory of the
/// user's that can't be trusted.
pub fn existing(
    engine: &Engine,
    container: &Container,
    place: &CheckpointPlace,
) -> Result<Existing> {
    check_name(&place.name)?;
    let missing = || Error::NoSuchCheckpoint {
        name: place.name.clone(),
        container: container.config.name.clone(),
    };
    if let Some(given) = &place.directory {
        if !directory::check(given)? {
            return Err(missing());
        }
        let directory = directory::normal(given).join(&place.name);
        return match fs::symlink_metadata(&directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(missing()),
            Err(error) => Err(at("look at", &directory)(error).into()),
            Ok(found) if !found.is_dir() && !found.is_symlink() => Err(no_directory(&directory)),
            Ok(_) => {
                directory::check(&directory)?;
                let mut checkpoint = record::read(&directory)?;
                checkpoint.name.clone_from(&place.name);
                Ok(Existing {
                    directory,
                    checkpoint,
                })
            }
        };
    }
    let rows = engine.store.rows();
    let found = rows.checkpoint_named(&container.config.id, &place.name)?;
    let checkpoint = found.ok_or_else(missing)?;
    Ok(Existing {
        directory: listed(engine, &checkpoint),
        checkpoint,
    })
}

/// Whether a checkpoint can be thawed in a container: it must have the same image and runtime, and
/// the host must be of the same architecture.
///
/// # Errors
/// [`Error::Invalid`] with what differs.
pub fn check_fits(container: &Container, checkpoint: &NamedCheckpoint) -> Result<()> {
    let (config, name) = (&container.config, &checkpoint.name);
    let image = config.rootfs.image_id().unwrap_or_default();
    let refuse = |why: String| {
        let text = format!(
            "cannot start container {} from checkpoint {name}: {why}",
            config.name
        );
        Err(Error::Invalid(text))
    };
    let own = checkpoint.container == config.id;
    if !own && (image != checkpoint.image || image.is_empty()) {
        return refuse(format!(
            "it is of a container of another image ({}): create one of that image",
            id::short(&checkpoint.image)
        ));
    }
    if config.runtime != checkpoint.runtime {
        return refuse(format!(
            "it was made with the runtime {}, the container has {}: create one with --runtime {0}",
            checkpoint.runtime, config.runtime
        ));
    }
    // Both notations: OCI's and the kernel's.
    let arch = machine::architecture();
    if ![arch, std::env::consts::ARCH].contains(&checkpoint.arch.as_str()) {
        return refuse(format!(
            "it was made on {}, this host is {arch}",
            checkpoint.arch
        ));
    }
    Ok(())
}

/// Directory of all checkpoints of a container in our own catalogue.
pub fn own_directory(engine: &Engine, container: &str) -> PathBuf {
    engine.config.root.join("checkpoints").join(container)
}

/// Directory of a checkpoint of our own catalogue.
pub fn listed(engine: &Engine, checkpoint: &NamedCheckpoint) -> PathBuf {
    own_directory(engine, &checkpoint.container).join(&checkpoint.id)
}

/// Removes all checkpoints of a container from our own catalogue's files; the rows go with the
/// container's.
pub fn remove_all(engine: &Engine, container: &str) -> Result<()> {
    Ok(remove_dir_if_present(&own_directory(engine, container))?)
}

/// Removes a container's directories that no row knows: what a killed engine left of a checkpoint
/// that it was making or removing.
pub fn sweep(engine: &Engine, container: &str) -> Result<()> {
    let own = own_directory(engine, container);
    let entries = match fs::read_dir(&own) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(at("read", &own))?,
    };
    let known: BTreeSet<String> = engine
        .store
        .rows()
        .checkpoints_of(container)?
        .into_iter()
        .map(|checkpoint| checkpoint.id)
        .collect();
    for entry in entries {
        let name = entry.map_err(at("read", &own))?.file_name();
        // What checkpoints share goes in its own way.
        let kept = |name: &str| known.contains(name) || generations::is_ours(name);
        if !name.to_str().is_some_and(kept) {
            remove_dir_if_present(&own.join(name))?;
        }
    }
    Ok(())
}

/// Checks a checkpoint's name, in Docker's words.
///
/// # Errors
/// [`Error::Invalid`] unless it matches `[a-zA-Z0-9][a-zA-Z0-9_.-]*`.
pub fn check_name(name: &str) -> Result<()> {
    id::check_name(name).map_err(|_| {
        Error::Invalid(format!(
            "invalid checkpoint ID {name:?}, only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
        ))
    })
}

/// Docker's words for a name that is taken.
pub fn name_taken(name: &str, container: &str) -> Error {
    Error::Conflict(format!(
        "checkpoint with name {name} already exists for container {container}"
    ))
}

fn no_directory(path: &Path) -> Error {
    // Docker's words.
    Error::Invalid(format!("{} exists and is not a directory", path.display()))
}

#[cfg(test)]
mod tests;
