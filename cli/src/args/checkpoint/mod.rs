//! Checkpoints with names: `cryopod checkpoint VERB`. Verbs, flags and messages are Docker's and
//! Pouch's where they have them.

mod create;
mod diff;
mod inspect;
mod list;
mod prune;
mod pull;
mod push;
mod rm;
mod show;
mod tag;
mod verify;

pub use create::CheckpointCreate;
pub use diff::CheckpointDiff;
pub use inspect::CheckpointInspect;
pub use list::CheckpointList;
pub use prune::CheckpointPrune;
pub use pull::CheckpointPull;
pub use push::{CheckpointPush, Place, Push};
pub use rm::CheckpointRm;
pub use show::CheckpointShow;
pub use tag::CheckpointTag;
pub use verify::CheckpointVerify;

use crate::output::CliError;
use clap::Subcommand;
use libcr::model::catalogue::CheckpointPlace;
use std::path::{Path, PathBuf};

/// The verbs of `cryopod checkpoint`.
#[derive(Debug, Subcommand)]
pub enum CheckpointCommand {
    /// Create a checkpoint from a running container
    Create(CheckpointCreate),
    /// Show what changed between two checkpoints of a container
    Diff(CheckpointDiff),
    /// Display all about checkpoints, with the processes in them
    Inspect(CheckpointInspect),
    /// List checkpoints
    #[command(name = "ls", visible_alias = "list")]
    List(CheckpointList),
    /// Remove all checkpoints, or the older ones
    Prune(CheckpointPrune),
    /// Pull a checkpoint image from a registry
    Pull(CheckpointPull),
    /// Push a checkpoint to a registry, or write it in the format of another engine
    Push(CheckpointPush),
    /// Remove checkpoints
    #[command(visible_aliases = ["delete", "remove"])]
    Rm(CheckpointRm),
    /// Look into checkpoints: processes, memory, files, sockets, who made them
    Show(CheckpointShow),
    /// Give a checkpoint another name
    Tag(CheckpointTag),
    /// Check that archives and images are what was written, and by whom they are signed
    Verify(CheckpointVerify),
}

/// A directory as given: one without a name is none, as Docker has it.
pub fn directory(given: Option<&PathBuf>) -> Option<&Path> {
    given
        .map(PathBuf::as_path)
        .filter(|path| !path.as_os_str().is_empty())
}

/// The checkpoint `name` in the catalogue, or in the directory given.
pub fn place(name: &str, given: Option<&PathBuf>) -> CheckpointPlace {
    CheckpointPlace {
        name: name.to_owned(),
        directory: directory(given).map(Path::to_owned),
    }
}

/// Docker's complaint about arguments.
fn wrong_count(verb: &str, needs: &str) -> CliError {
    CliError::usage(format!("\"cryopod checkpoint {verb}\" requires {needs}"))
}
