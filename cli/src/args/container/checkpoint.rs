//! `container checkpoint`: Podman's flags, and its checks in its order
//! (cmd/podman/containers/checkpoint.go).

use crate::args::selection::{Asked, Selection};
use crate::output::CliError;
use clap::Args;

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

/// How an archive is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Zstandard, the default.
    #[default]
    Zstd,
    /// Gzip.
    Gzip,
    /// A plain tar file.
    None,
}

impl Checkpoint {
    /// Which containers and which compression, in Podman's order of checks.
    pub fn validate(&self) -> Result<(Selection, Compression), CliError> {
        let selection = Asked {
            all: self.all,
            latest: self.latest,
            names: &self.names,
            filtered: false,
        }
        .select()?;
        let exporting = self.export.as_ref().is_some_and(|file| !file.is_empty());
        let compression = match &self.compress {
            None => Compression::default(),
            Some(_) if !exporting => {
                return Err(CliError::usage("--compress can only be used with --export"));
            }
            Some(word) => match word.to_ascii_lowercase().as_str() {
                "zstd" => Compression::Zstd,
                "gzip" => Compression::Gzip,
                "none" => Compression::None,
                _ => {
                    return Err(CliError::usage(format!(
                        "selected compression algorithm (\"{word}\") not supported. Please select one from: gzip, none, zstd"
                    )));
                }
            },
        };
        if !rustix::process::geteuid().is_root() {
            return Err(CliError::usage("checkpointing a container requires root"));
        }
        if self.ignore_rootfs && !exporting {
            return Err(CliError::usage(
                "--ignore-rootfs can only be used with --export",
            ));
        }
        Ok((selection, compression))
    }
}

#[cfg(test)]
mod tests {
    use super::{Checkpoint, Compression};

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
        assert_eq!(with("GZIP").validate().unwrap().1, Compression::Gzip);
        assert_eq!(with("none").validate().unwrap().1, Compression::None);
        assert_eq!(base().validate().unwrap().1, Compression::Zstd);
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
