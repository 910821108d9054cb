//! `checkpoint show`: what is in a checkpoint, wherever it is: an archive of any engine, a
//! directory, the checkpoint in a container's bundle, a named one. Needs neither root nor CRIU, and
//! for files no engine. What can't be understood is said, and the rest told all the same.

mod changes;
mod facts;
mod members;
mod networks;

use std::path::{Path, PathBuf};

use crate::archive::layout;
use crate::criu::stats;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::catalogue::{CheckpointPlace, NamedCheckpoint};
use crate::model::shown::Shown;
use crate::ops::steps::{catalogue, podman_config};
use crate::seal::{Keys, Signature};
use crate::sys::machine;
use facts::Facts;
use members::{LIST_LIMIT, Members, SMALL_LIMIT};

/// What is looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An archive, or a directory that holds what an archive does, or CRIU's images.
    File(PathBuf),
    /// The checkpoint in the bundle of a container, by its name or id.
    Bundle(String),
    /// A named checkpoint of a container.
    Named(String, CheckpointPlace),
}

impl Subject {
    /// What a single word stands for: a path that exists or has a slash is a file, all else a
    /// container.
    pub fn of(word: &str) -> Self {
        if word.contains('/') || Path::new(word).symlink_metadata().is_ok() {
            Self::File(word.into())
        } else {
            Self::Bundle(word.to_owned())
        }
    }

    /// Whether an engine is needed to find it.
    pub fn needs_engine(&self) -> bool {
        !matches!(self, Self::File(_))
    }
}

/// How a checkpoint is shown.
#[derive(Debug, Clone, Default)]
pub struct ShowOptions {
    /// With the environment of each process (`--environment`).
    pub environment: bool,
    /// What opens archives that are encrypted (`--decrypt-with`).
    pub keys: Keys,
}

/// Looks into a checkpoint. `engine` may be absent for files.
///
/// # Errors
/// When there is no such thing, or nothing of it can be read; what can be read in part is told in
/// part, see [`Shown::unclear`].
pub fn show(engine: Option<&Engine>, subject: &Subject, options: &ShowOptions) -> Result<Shown> {
    match subject {
        Subject::File(path) => {
            let source = path.display().to_string();
            let file = path.metadata().map_err(absent(path))?;
            if !file.is_dir() {
                let archive = Members::archive(path, &options.keys)?;
                let mut shown = of(source, archive, Facts::default(), options);
                // Of ours: others don't say when they froze, so that this would say little.
                if shown.timeline.len() > 1 {
                    let written = file.modified().ok().map(machine::time);
                    facts::moment("written", &written.unwrap_or_default(), &mut shown);
                }
                return Ok(shown);
            }
            let facts = Facts {
                record: catalogue::record::read(path).ok(),
                ..Facts::default()
            };
            Ok(of(source, Members::directory(path)?, facts, options))
        }
        Subject::Bundle(word) => {
            let engine = engine.ok_or_else(|| Error::NoSuchContainer(word.clone()))?;
            bundle(engine, word, options)
        }
        Subject::Named(word, place) => {
            let engine = engine.ok_or_else(|| Error::NoSuchContainer(word.clone()))?;
            let container = engine.find(word)?;
            let found = catalogue::existing(engine, &container, place)?;
            let facts = Facts {
                record: Some(found.checkpoint),
                ..Facts::default()
            };
            let source = format!("{}/{}", container.config.name, place.name);
            let members = Members::directory(&found.directory)?;
            Ok(of(source, members, facts, options))
        }
    }
}

/// The checkpoint in a container's bundle, of which the engine knows what an archive would say.
fn bundle(engine: &Engine, word: &str, options: &ShowOptions) -> Result<Shown> {
    let container = engine.find(word).map_err(|error| match error {
        Error::NoSuchContainer(word) => Error::Invalid(format!(
            "there is neither a file {word:?} nor a container of that name or ID"
        )),
        error => error,
    })?;
    let (config, bundle) = (&container.config, engine.bundle(&container.config.id));
    if !bundle.join(layout::CHECKPOINT).is_dir() {
        return Err(Error::WrongState(format!(
            "container {} has no checkpoint beside those with names",
            config.name
        )));
    }
    let dump = podman_config::to_podman(&container);
    let facts = Facts {
        config: dump.to_json().ok(),
        spec: podman_config::spec_to_podman(engine, &container).ok(),
        record: Some(NamedCheckpoint {
            runtime: config.runtime.clone(),
            created: container.state.checkpointed_at.clone().unwrap_or_default(),
            ..NamedCheckpoint::default()
        }),
    };
    let members = Members::directory(&bundle)?;
    Ok(of(config.name.clone(), members, facts, options))
}

fn absent(path: &Path) -> impl FnOnce(std::io::Error) -> std::io::Error + '_ {
    crate::sys::dir::at("open", path)
}

/// Puts together what the parts of a checkpoint tell.
fn of(source: String, mut members: Members, facts: Facts, options: &ShowOptions) -> Shown {
    let mut shown = Shown {
        source,
        sizes: members.sizes(),
        ..Shown::default()
    };
    facts.tell(&mut members, &mut shown);
    shown.seal.encrypted = members.is_encrypted();
    if let Some(bytes) = members.read(layout::SIGNATURE, SMALL_LIMIT, &mut shown.unclear) {
        match Signature::parse(&bytes) {
            Some(signature) => {
                shown.seal.key = signature.key_id();
                shown.seal.comment = signature.comment();
            }
            None => shown
                .unclear
                .push(format!("{}: it is no signature", layout::SIGNATURE)),
        }
    }
    let status = members.read(layout::NETWORK_STATUS, SMALL_LIMIT, &mut shown.unclear);
    networks::tell(status.as_deref(), &mut shown);
    if let Some(bytes) = members.read(layout::STATS_DUMP, SMALL_LIMIT, &mut shown.unclear) {
        match stats::parse_dump(&bytes, Path::new(layout::STATS_DUMP)) {
            Ok(statistics) => shown.statistics = Some(statistics),
            Err(error) => shown.unclear.push(error.to_string()),
        }
    }
    if let Some(bytes) = members.read(layout::DELETED_FILES, LIST_LIMIT, &mut shown.unclear) {
        match serde_json::from_slice(&bytes) {
            Ok(list) => shown.deleted_files = list,
            Err(error) => shown
                .unclear
                .push(format!("{}: {error}", layout::DELETED_FILES)),
        }
    }
    changes::tell(&mut members, &mut shown);
    match members.look(options.environment) {
        Some(look) => {
            shown.processes = look.processes;
            shown.shared_memory = look.shared_memory;
            if shown.origin.architecture.is_empty() {
                look.architecture.clone_into(&mut shown.origin.architecture);
            }
            for (there, flag) in [
                (look.tcp_established, "--tcp-established"),
                (look.file_locks, "--file-locks"),
            ] {
                if there && !shown.origin.needs.iter().any(|need| need == flag) {
                    shown.origin.needs.push(flag.to_owned());
                }
            }
            shown.unclear.extend(look.unclear);
        }
        None => shown
            .unclear
            .push("there are no images of CRIU in it: nothing is known of processes".into()),
    }
    shown
}

#[cfg(test)]
mod tests;
