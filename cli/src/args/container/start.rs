//! `start`.

use crate::args::checkpoint::place;
use crate::args::selection::{Asked, Selection};
use crate::args::value::detach;
use crate::output::CliError;
use clap::{ArgAction, Args};
use libcr::model::catalogue::CheckpointPlace;
use std::path::PathBuf;

/// Flags of `start`.
#[derive(Debug, Default, Args)]
pub struct Start {
    /// Start all containers regardless of their state or configuration
    #[arg(long)]
    pub all: bool,
    /// Attach container's STDOUT and STDERR
    #[arg(short, long)]
    pub attach: bool,
    /// Restore from this checkpoint
    #[arg(long, value_name = "CHECKPOINT")]
    pub checkpoint: Option<String>,
    /// Use a custom checkpoint storage directory
    #[arg(long, value_name = "DIRECTORY")]
    pub checkpoint_dir: Option<PathBuf>,
    /// Override the key sequence for detaching a container
    #[arg(long, value_name = "KEYS", default_value = detach::DEFAULT)]
    pub detach_keys: String,
    /// Make STDIN available to the contained process
    #[arg(short, long)]
    pub interactive: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Proxy received signals to the process (default true if attaching, false otherwise)
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub sig_proxy: Option<bool>,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Start {
    /// The checkpoint to go on from, if one is named.
    pub fn place(&self) -> Option<CheckpointPlace> {
        let name = self.checkpoint.as_deref().filter(|name| !name.is_empty())?;
        Some(place(name, self.checkpoint_dir.as_ref()))
    }

    /// Which containers, once the flags agree with each other; Podman's messages.
    pub fn validate(&self) -> Result<Selection, CliError> {
        let usage = |text: &str| Err(CliError::usage(text));
        if self.names.is_empty() && !self.latest && !self.all {
            return usage("start requires at least one argument");
        }
        if self.all && (self.latest || !self.names.is_empty()) {
            return usage(
                "either start all containers or the container(s) provided in the arguments",
            );
        }
        if self.latest && !self.names.is_empty() {
            return usage("--latest and containers cannot be used together");
        }
        if self.attach && (self.names.len() > 1 || self.all) {
            return usage("you cannot start and attach multiple containers at once");
        }
        if self.checkpoint.is_some() && (self.names.len() > 1 || self.all) {
            return usage("you cannot restore multiple containers at once");
        }
        if self.checkpoint_dir.is_some() && self.checkpoint.is_none() {
            return usage("--checkpoint-dir can only be used with --checkpoint");
        }
        if self.sig_proxy == Some(true) && !self.attach {
            return usage("you cannot use sig-proxy without --attach: invalid argument");
        }
        detach::parse(&self.detach_keys)?;
        Asked {
            all: self.all,
            latest: self.latest,
            names: &self.names,
            filtered: false,
        }
        .select()
    }
}

#[cfg(test)]
mod tests {
    use super::Start;

    #[test]
    fn podmans_words() {
        let names = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let message = |start: Start| start.validate().unwrap_err().to_string();
        assert_eq!(
            message(Start::default()),
            "start requires at least one argument"
        );
        assert_eq!(
            message(Start {
                all: true,
                names: names(&["a"]),
                ..Start::default()
            }),
            "either start all containers or the container(s) provided in the arguments"
        );
        assert_eq!(
            message(Start {
                attach: true,
                names: names(&["a", "b"]),
                ..Start::default()
            }),
            "you cannot start and attach multiple containers at once"
        );
        assert_eq!(
            message(Start {
                checkpoint: Some("one".into()),
                names: names(&["a", "b"]),
                ..Start::default()
            }),
            "you cannot restore multiple containers at once"
        );
        let start = Start {
            detach_keys: "ctrl-p".into(),
            names: names(&["a"]),
            ..Start::default()
        };
        start.validate().unwrap();
    }
}
