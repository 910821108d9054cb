//! `container checkpoint`: Podman's flags, and its checks in its order
//! (cmd/podman/containers/checkpoint.go).

use crate::args::selection::{Asked, Selection};
use crate::output::CliError;
use clap::Args;
use libcr::ops::checkpoint::CheckpointOptions;
use std::path::PathBuf;

/// Flags of `container checkpoint`.
#[derive(Debug, Default, Args)]
pub struct Checkpoint {
    /// Checkpoint all running containers
    #[arg(short, long)]
    pub all: bool,
    /// Select compression algorithm (gzip, none, zstd) for checkpoint archive. Default is zstd
    #[arg(short, long, value_name = "ALGORITHM")]
    pub compress: Option<String>,
    /// Export the checkpoint image to an archive
    #[arg(short, long, value_name = "FILE")]
    pub export: Option<String>,
    /// Checkpoint a container with file locks
    #[arg(long)]
    pub file_locks: bool,
    /// Do not include root file-system changes when exporting
    #[arg(long)]
    pub ignore_rootfs: bool,
    /// Keep all temporary checkpoint files
    #[arg(short, long)]
    pub keep: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Leave the container running after writing checkpoint to disk
    #[arg(short = 'R', long)]
    pub leave_running: bool,
    /// Display checkpoint statistics
    #[arg(long)]
    pub print_stats: bool,
    /// Checkpoint a container with established TCP connections
    #[arg(long)]
    pub tcp_established: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Checkpoint {
    /// Which containers, and the engine's options, in Podman's order of checks.
    pub fn validate(&self) -> Result<(Selection, CheckpointOptions), CliError> {
        let selection = Asked {
            all: self.all,
            latest: self.latest,
            names: &self.names,
            filtered: false,
        }
        .select()?;
        if !rustix::process::geteuid().is_root() {
            return Err(CliError::usage("checkpointing a container requires root"));
        }
        let options = CheckpointOptions {
            export: self
                .export
                .as_ref()
                .filter(|file| !file.is_empty())
                .map(PathBuf::from),
            // Podman reads the word whatever its case.
            compress: self.compress.as_ref().map(|word| word.to_ascii_lowercase()),
            keep: self.keep,
            leave_running: self.leave_running,
            tcp_established: self.tcp_established,
            file_locks: self.file_locks,
            ignore_rootfs: self.ignore_rootfs,
            ..CheckpointOptions::default()
        };
        options.validate()?;
        Ok((selection, options))
    }
}

#[cfg(test)]
mod tests {
    use super::Checkpoint;

    fn base() -> Checkpoint {
        Checkpoint {
            names: vec!["a".into()],
            ..Checkpoint::default()
        }
    }

    #[test]
    fn compression_words() {
        let with = |word: &str| Checkpoint {
            compress: Some(word.into()),
            export: Some("f".into()),
            ..base()
        };
        assert_eq!(
            with("GZIP").validate().unwrap().1.compress.as_deref(),
            Some("gzip")
        );
        assert!(with("none").validate().is_ok());
        assert_eq!(base().validate().unwrap().1.compress, None);
        assert_eq!(
            with("foo").validate().unwrap_err().to_string(),
            "selected compression algorithm (\"foo\") not supported. Please select one from: gzip, none, zstd"
        );
    }

    #[test]
    fn order_of_checks() {
        let mut wrong = Checkpoint {
            compress: Some("foo".into()),
            ignore_rootfs: true,
            ..base()
        };
        assert_eq!(
            wrong.validate().unwrap_err().to_string(),
            "--compress can only be used with --export"
        );
        wrong.compress = None;
        assert_eq!(
            wrong.validate().unwrap_err().to_string(),
            "--ignore-rootfs can only be used with --export"
        );
        wrong.all = true;
        assert_eq!(
            wrong.validate().unwrap_err().to_string(),
            "no arguments are needed with --all"
        );
        let none = Checkpoint::default();
        assert_eq!(
            none.validate().unwrap_err().to_string(),
            "you must provide at least one name or id"
        );
    }
}
