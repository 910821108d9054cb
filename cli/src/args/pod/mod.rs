//! Pod verbs: `cryopod pod VERB`.

mod create;
mod freezing;
mod list;
mod showing;

pub use create::PodCreate;
pub use freezing::{PodCheckpoint, PodRestore};
pub use list::{PodList, PodPrune};
pub use showing::{PodLogs, PodStats, PodTop};

use crate::args::selection::{Asked, Selection};
use crate::output::CliError;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The verbs of `cryopod pod`.
#[derive(Debug, Subcommand)]
pub enum PodCommand {
    /// Checkpoint all running containers of a pod at one instant
    Checkpoint(PodCheckpoint),
    /// Create a new empty pod
    Create(Box<PodCreate>),
    /// Check if a pod exists in local storage
    Exists(PodExists),
    /// Display a pod configuration
    Inspect(PodInspect),
    /// Send the specified signal or SIGKILL to containers in pod
    Kill(PodKill),
    /// Fetch logs for pod with one or more containers
    Logs(Box<PodLogs>),
    /// Pause one or more pods
    Pause(PodPause),
    /// Remove all stopped pods and their containers
    Prune(PodPrune),
    /// List pods
    #[command(visible_aliases = ["ls", "list"])]
    Ps(PodList),
    /// Restart one or more pods
    Restart(PodRestart),
    /// Restore a pod from an archive
    Restore(Box<PodRestore>),
    /// Remove one or more pods
    Rm(PodRm),
    /// Start one or more pods
    Start(PodStart),
    /// Display a live stream of resource usage statistics for the containers in one or more pods
    Stats(PodStats),
    /// Stop one or more pods
    Stop(PodStop),
    /// Display the running processes of containers in a pod
    Top(PodTop),
    /// Unpause one or more pods
    Unpause(PodUnpause),
}

/// Flags of `pod exists`: none; exit status 0 or 1 is the answer.
#[derive(Debug, Args)]
pub struct PodExists {
    /// The pod.
    #[arg(value_name = "POD")]
    pub names: Vec<String>,
}

/// Flags of `pod inspect`.
#[derive(Debug, Args)]
pub struct PodInspect {
    /// Format the output to a Go template or json
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub format: String,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

/// Flags of `pod kill`.
#[derive(Debug, Args)]
pub struct PodKill {
    /// Kill all containers in all pods
    #[arg(short, long)]
    pub all: bool,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// Signal to send to the containers in the pod
    #[arg(short, long, value_name = "SIGNAL", default_value = "KILL")]
    pub signal: String,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

impl PodKill {
    /// Which pods.
    pub fn validate(&self) -> Result<Selection, CliError> {
        select(self.all, self.latest, &self.names, &[], false)
    }
}

/// Flags of `pod pause`.
#[derive(Debug, Args)]
pub struct PodPause {
    /// Pause all running pods
    #[arg(short, long)]
    pub all: bool,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

impl PodPause {
    /// Which pods.
    pub fn validate(&self) -> Result<Selection, CliError> {
        select(self.all, self.latest, &self.names, &[], false)
    }
}

/// Flags of `pod unpause`.
#[derive(Debug, Args)]
pub struct PodUnpause {
    /// Unpause all paused pods
    #[arg(short, long)]
    pub all: bool,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

impl PodUnpause {
    /// Which pods.
    pub fn validate(&self) -> Result<Selection, CliError> {
        select(self.all, self.latest, &self.names, &[], false)
    }
}

/// Flags of `pod restart`.
#[derive(Debug, Args)]
pub struct PodRestart {
    /// Restart all running pods
    #[arg(short, long)]
    pub all: bool,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

impl PodRestart {
    /// Which pods.
    pub fn validate(&self) -> Result<Selection, CliError> {
        select(self.all, self.latest, &self.names, &[], false)
    }
}

/// Flags of `pod rm`.
#[derive(Debug, Args)]
pub struct PodRm {
    /// Remove all pods
    #[arg(short, long)]
    pub all: bool,
    /// Stop containers that run, then remove all containers of the pod and the pod
    #[arg(short, long)]
    pub force: bool,
    /// Ignore errors when a specified pod is missing
    #[arg(short, long)]
    pub ignore: bool,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// Read the pod ID from the file
    #[arg(long, value_name = "FILE")]
    pub pod_id_file: Vec<PathBuf>,
    /// Seconds to wait for pod stop before killing the container
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub time: Option<i64>,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

impl PodRm {
    /// Which pods.
    pub fn validate(&self) -> Result<Selection, CliError> {
        let (names, files) = (&self.names, &self.pod_id_file);
        select(self.all, self.latest, names, files, self.ignore)
    }
}

/// Flags of `pod start`.
#[derive(Debug, Args)]
pub struct PodStart {
    /// Start all pods
    #[arg(short, long)]
    pub all: bool,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// Read the pod ID from the file
    #[arg(long, value_name = "FILE")]
    pub pod_id_file: Vec<PathBuf>,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

impl PodStart {
    /// Which pods.
    pub fn validate(&self) -> Result<Selection, CliError> {
        let (names, files) = (&self.names, &self.pod_id_file);
        select(self.all, self.latest, names, files, false)
    }
}

/// Flags of `pod stop`.
#[derive(Debug, Args)]
pub struct PodStop {
    /// Stop all running pods
    #[arg(short, long)]
    pub all: bool,
    /// Ignore errors when a specified pod is missing
    #[arg(short, long)]
    pub ignore: bool,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// Read the pod ID from the file
    #[arg(long, value_name = "FILE")]
    pub pod_id_file: Vec<PathBuf>,
    /// Seconds to wait for pod stop before killing the container
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub time: Option<i64>,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

impl PodStop {
    /// Which pods.
    pub fn validate(&self) -> Result<Selection, CliError> {
        let (names, files) = (&self.names, &self.pod_id_file);
        select(self.all, self.latest, names, files, self.ignore)
    }
}

/// The pods that names, files with ids and flags point at.
fn select(
    all: bool,
    latest: bool,
    names: &[String],
    files: &[PathBuf],
    ignore: bool,
) -> Result<Selection, CliError> {
    let names = with_id_files(names, files, ignore)?;
    Asked {
        all,
        latest,
        names: &names,
        filtered: false,
    }
    .select()
}

fn with_id_files(
    names: &[String],
    files: &[PathBuf],
    ignore: bool,
) -> Result<Vec<String>, CliError> {
    crate::args::selection::with_id_files(names, files, ignore).map_err(|error| {
        // The same file under another flag.
        CliError::usage(error.to_string().replacen("CIDFile", "pod ID file", 1))
    })
}
