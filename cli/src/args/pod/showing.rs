//! `pod logs`, `pod stats`, `pod top`.

use crate::args::container::{Logs, Top};
use crate::args::selection::{Selection, plain};
use crate::output::CliError;
use clap::Args;

/// Flags of `pod logs`.
#[derive(Debug, Args)]
pub struct PodLogs {
    /// Show the log of this container of the pod only
    #[arg(short, long, value_name = "CONTAINER")]
    pub container: Option<String>,
    /// What of the logs, and how; `--latest` and the names mean pods.
    #[command(flatten)]
    pub logs: Logs,
}

impl PodLogs {
    /// The pod.
    pub fn validate(&self) -> Result<Selection, CliError> {
        match (self.logs.latest, self.logs.containers.as_slice()) {
            (true, []) => Ok(Selection::Latest),
            (true, _) => Err(CliError::usage("--latest and pods cannot be used together")),
            (false, [one]) => Ok(Selection::Names(vec![plain(one)])),
            (false, _) => Err(CliError::usage("requires the name or id of one pod")),
        }
    }
}

/// Flags of `pod stats`.
#[derive(Debug, Default, Args)]
pub struct PodStats {
    /// Show the containers of all pods, also of those that do not run
    #[arg(short, long)]
    pub all: bool,
    /// Pretty-print container statistics to JSON or using a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// Disable resetting the screen when streaming
    #[arg(long)]
    pub no_reset: bool,
    /// Disable streaming stats and only pull the first result
    #[arg(long)]
    pub no_stream: bool,
    /// The pods.
    #[arg(value_name = "POD [POD...]")]
    pub names: Vec<String>,
}

impl PodStats {
    /// Which pods; none named: those that run.
    pub fn validate(&self) -> Result<Option<Selection>, CliError> {
        let asked = [self.all, self.latest, !self.names.is_empty()];
        if asked.iter().filter(|given| **given).count() > 1 {
            return Err(CliError::usage(
                "--all, --latest and arguments cannot be used together",
            ));
        }
        Ok(match asked {
            [true, ..] => Some(Selection::All),
            [_, true, _] => Some(Selection::Latest),
            [.., true] => Some(Selection::Names(self.names.clone())),
            _ => None,
        })
    }
}

/// Flags of `pod top`: those of `top`, of a pod.
pub type PodTop = Top;
