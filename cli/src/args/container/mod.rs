//! Container verbs: `cryopod container VERB`, most of them also without the noun.

mod checkpoint;
mod cleanup;
mod content;
mod create;
mod exec;
mod figures;
mod inspect;
mod life;
mod logs;
mod pause;
pub mod ps;
mod restore;
mod rm;
mod run;
mod start;
mod stop;
mod wait;

pub use checkpoint::Checkpoint;
pub use cleanup::Cleanup;
pub use content::{Commit, Copied, Cp, Diff, Export, Prune};
pub use create::{Create, CreateFlags};
pub use exec::Exec;
pub use figures::{Port, Stats, Top, Whose};
pub use inspect::{ContainerInspect, Exists};
pub use life::{Attach, Rename, Restart, Update};
pub use logs::{Logs, LogsAsked};
pub use pause::{Pause, Unpause};
pub use ps::Ps;
pub use restore::{Restore, RestoreSource};
pub use rm::Rm;
pub use run::Run;
pub use start::Start;
pub use stop::{Kill, Stop};
pub use wait::Wait;

use crate::args::diagnose::Diagnose;
use crate::output::CliError;
use clap::Subcommand;

/// The verbs that stand alone and under `container`.
#[derive(Debug, Subcommand)]
pub enum ContainerVerb {
    /// Create but do not start a container
    Create(Box<Create>),
    /// Run a command in a new container
    Run(Box<Run>),
    /// Start one or more containers
    Start(Start),
    /// Stop one or more containers
    Stop(Stop),
    /// Kill one or more running containers with a specific signal
    Kill(Kill),
    /// Pause all the processes in one or more containers
    Pause(Pause),
    /// Unpause the processes in one or more containers
    Unpause(Unpause),
    /// Block on one or more containers
    Wait(Wait),
    /// Remove one or more containers
    Rm(Rm),
    /// Fetch the logs of one or more containers
    Logs(Logs),
    /// Run a process in a running container
    Exec(Exec),
    /// Attach to a running container
    Attach(Attach),
    /// Restart one or more containers
    Restart(Restart),
    /// Rename an existing container
    Rename(Rename),
    /// Display the running processes of a container
    Top(Top),
    /// Display a live stream of container resource usage statistics
    Stats(Stats),
    /// List port mappings or a specific mapping for the container
    Port(Port),
    /// Copy files/folders between a container and the local filesystem
    Cp(Cp),
    /// Inspect changes to the container's file systems
    Diff(Diff),
    /// Export container's filesystem contents as a tar archive
    Export(Export),
    /// Update an existing container
    Update(Box<Update>),
    /// Create new image based on the changed container
    Commit(Commit),
}

/// The verbs of `cryopod container`.
#[derive(Debug, Subcommand)]
pub enum ContainerCommand {
    /// The verbs that also stand alone.
    #[command(flatten)]
    Verb(ContainerVerb),
    /// List containers
    #[command(visible_aliases = ["ls", "ps"])]
    List(Ps),
    /// Display the configuration of a container
    Inspect(ContainerInspect),
    /// Check if a container exists in local storage
    Exists(Exists),
    /// Show what stands in the way of freezing or thawing containers
    Diagnose(Diagnose),
    /// Freeze one or more containers to disk
    Checkpoint(Box<Checkpoint>),
    /// Restore one or more containers from a checkpoint
    Restore(Box<Restore>),
    /// Remove all non running containers
    Prune(Prune),
    /// Clean up after one or more containers that ended
    #[command(hide = true)]
    Cleanup(Cleanup),
}

/// `--json` says how a dry run is printed; what was done is told in Podman's way.
fn json_needs_dry_run(json: bool, dry_run: bool) -> Result<(), CliError> {
    if json && !dry_run {
        return Err(CliError::usage("--json can only be used with --dry-run"));
    }
    Ok(())
}
