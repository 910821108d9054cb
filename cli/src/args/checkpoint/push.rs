//! `checkpoint push`.

use super::wrong_count;
use crate::output::CliError;
use clap::Args;
use libcr::ops::checkpoints::containerd::{Destination, Wanted};

/// Flags of `checkpoint push`; `--rw`, `--image` and `--task` are those of `ctr container checkpoint`.
#[derive(Debug, Args)]
pub struct CheckpointPush {
    /// Put in what is in directories of this host that are mounted into the container
    #[arg(long)]
    pub binds: bool,
    /// Format of the checkpoint (containerd)
    #[arg(long, value_name = "FORMAT")]
    pub format: String,
    /// Put in the image below (without --rw, --image, --task: all of them)
    #[arg(long)]
    pub image: bool,
    /// Name of the checkpoint in the layout
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Put in what the container changed
    #[arg(long)]
    pub rw: bool,
    /// Put in memory and processes
    #[arg(long)]
    pub task: bool,
    /// The checkpoint (a frozen container, a checkpoint image, an archive), or a container and the
    /// name of its checkpoint; where it goes.
    #[arg(value_name = "SOURCE [CHECKPOINT] DESTINATION")]
    pub words: Vec<String>,
}

impl CheckpointPush {
    /// Source, name of a checkpoint of the catalogue, destination and content.
    pub fn validate(&self) -> Result<(&str, Option<&str>, Destination, Wanted), CliError> {
        if self.format != "containerd" {
            return Err(CliError::usage(format!(
                "--format {} is not known: containerd",
                self.format
            )));
        }
        let (source, named, destination) = match self.words.as_slice() {
            [source, destination] => (source, None, destination),
            [source, named, destination] => (source, Some(named.as_str()), destination),
            _ => return Err(wrong_count("push", "2 or 3 arguments")),
        };
        let all = !(self.rw || self.image || self.task);
        let wanted = Wanted {
            rw: all || self.rw,
            image: all || self.image,
            task: all || self.task,
            binds: self.binds,
        };
        let destination = Destination::parse(destination)?;
        Ok((source, named, destination, wanted))
    }
}
