//! `checkpoint push`.

use super::wrong_count;
use crate::args::image::AccessFlags;
use crate::output::CliError;
use clap::Args;
use libcr::ops::checkpoints::containerd::{Destination, Wanted};
use std::path::PathBuf;

/// Flags of `checkpoint push`; `--rw`, `--image` and `--task` are those of `ctr container checkpoint`.
#[derive(Debug, Args)]
pub struct CheckpointPush {
    /// How the registry is reached.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Put in what is in directories of this host that are mounted into the container
    #[arg(long)]
    pub binds: bool,
    /// Credentials (USERNAME:PASSWORD) to use for authenticating to a registry
    #[arg(long, value_name = "CREDENTIALS")]
    pub creds: Option<String>,
    /// Write the digest of what was pushed to the specified file
    #[arg(long, value_name = "FILE")]
    pub digestfile: Option<PathBuf>,
    /// Format of the checkpoint ("oci"|"containerd")
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "oci",
        hide_default_value = true
    )]
    pub format: String,
    /// Put in the image below (without --rw, --image, --task: all of them)
    #[arg(long)]
    pub image: bool,
    /// Name of the checkpoint in the layout
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Suppress output information when pushing images
    #[arg(short, long)]
    pub quiet: bool,
    /// Put in what the container changed
    #[arg(long)]
    pub rw: bool,
    /// Put in memory and processes
    #[arg(long)]
    pub task: bool,
    /// The checkpoint image, and its name in the registry. With --format containerd: the checkpoint (a
    /// frozen container, a checkpoint image, an archive), or a container and the name of its
    /// checkpoint; where it goes.
    #[arg(value_name = "SOURCE [CHECKPOINT] [DESTINATION]")]
    pub words: Vec<String>,
}

/// What is pushed, and where to.
#[derive(Debug)]
pub enum Push<'a> {
    /// A checkpoint image as it is; without a destination under its own name.
    Image(&'a str, Option<&'a str>),
    /// A checkpoint in the format of containerd.
    Containerd {
        /// A container, an image or a file.
        source: &'a str,
        /// The name of a checkpoint of the catalogue.
        named: Option<&'a str>,
        /// What of it.
        wanted: Wanted,
        /// Where to.
        place: Place<'a>,
    },
}

/// Where a checkpoint of containerd goes.
#[derive(Debug)]
pub enum Place<'a> {
    /// An image layout on this host.
    Layout(Destination),
    /// A name in a registry.
    Registry(&'a str),
}

impl CheckpointPush {
    /// Source, destination and content.
    pub fn validate(&self) -> Result<Push<'_>, CliError> {
        match self.format.as_str() {
            "oci" => self.image(),
            "containerd" => self.containerd(),
            other => Err(CliError::usage(format!(
                "--format {other} is not known: oci or containerd"
            ))),
        }
    }

    fn image(&self) -> Result<Push<'_>, CliError> {
        let parts = [
            ("--binds", self.binds),
            ("--image", self.image),
            ("--name", self.name.is_some()),
            ("--rw", self.rw),
            ("--task", self.task),
        ];
        if let Some((flag, _)) = parts.iter().find(|(_, given)| *given) {
            return Err(CliError::usage(format!(
                "{flag} can only be used with --format containerd"
            )));
        }
        match self.words.as_slice() {
            [image] => Ok(Push::Image(image, None)),
            [image, destination] => Ok(Push::Image(image, Some(destination))),
            _ => Err(wrong_count("push", "1 or 2 arguments")),
        }
    }

    fn containerd(&self) -> Result<Push<'_>, CliError> {
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
        let local = ["oci:", "oci-archive:"];
        let place = if local.iter().any(|start| destination.starts_with(start)) {
            Place::Layout(Destination::parse(destination)?)
        } else {
            Place::Registry(destination)
        };
        Ok(Push::Containerd {
            source,
            named,
            wanted,
            place,
        })
    }
}
