//! `container checkpoint`: Podman's flags, and its checks in its order
//! (cmd/podman/containers/checkpoint.go).

use crate::args::seal::SealFlags;
use crate::args::selection::{Asked, Selection};
use crate::output::CliError;
use clap::Args;
use libcr::ops::checkpoint::CheckpointOptions;
use libcr::runtime::criu_options::CriuOptions;
use libcr::seal::Sealing;
use std::path::PathBuf;

/// Flags of `container checkpoint`.
#[derive(Debug, Default, Args)]
pub struct Checkpoint {
    /// Checkpoint all running containers
    #[arg(short, long)]
    pub all: bool,
    /// Punch pages out of the earlier images that the new ones replace
    #[arg(long)]
    pub auto_dedup: bool,
    /// Select compression algorithm (gzip, none, zstd) for checkpoint archive. Default is zstd
    #[arg(short, long, value_name = "ALGORITHM")]
    pub compress: Option<String>,
    /// Create checkpoint image with specified name
    #[arg(long, value_name = "NAME")]
    pub create_image: Option<String>,
    /// Say what would be done and what stands in the way, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Leave the content of a namespace out (network)
    #[arg(long, value_name = "NAMESPACE")]
    pub empty_ns: Vec<String>,
    /// Export the checkpoint image to an archive
    #[arg(short, long, value_name = "FILE")]
    pub export: Option<String>,
    /// Allow unix sockets whose peer is outside the container
    #[arg(long)]
    pub ext_unix_sk: bool,
    /// Checkpoint a container with file locks
    #[arg(long)]
    pub file_locks: bool,
    /// Do not include root file-system changes when exporting
    #[arg(long)]
    pub ignore_rootfs: bool,
    /// Do not include the content of named volumes when exporting
    #[arg(long)]
    pub ignore_volumes: bool,
    /// Directory for CRIU's images instead of the container's own
    #[arg(long, value_name = "DIRECTORY")]
    pub image_path: Option<PathBuf>,
    /// Put the container's image in the archive or checkpoint image too
    #[arg(long)]
    pub include_image: bool,
    /// With --dry-run: print it as JSON
    #[arg(long)]
    pub json: bool,
    /// Keep all temporary checkpoint files
    #[arg(short, long)]
    pub keep: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Keep the memory here and serve its pages until the other side has all of them
    #[arg(long)]
    pub lazy_pages: bool,
    /// Leave the container running after writing checkpoint to disk
    #[arg(short = 'R', long)]
    pub leave_running: bool,
    /// Give unlinked files a name for the time being where that is possible
    #[arg(long)]
    pub link_remap: bool,
    /// How CRIU manages cgroups (soft, full, strict, ignore); without it they stay out of the images
    #[arg(long, value_name = "MODE")]
    pub manage_cgroups_mode: Option<String>,
    /// How CRIU locks the network (iptables, nftables, skip)
    #[arg(long, value_name = "METHOD")]
    pub network_lock: Option<String>,
    /// Send the memory to this page server, or serve it there with --lazy-pages
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub page_server: Option<String>,
    /// Earlier images to build upon, relative to --image-path
    #[arg(long, value_name = "DIRECTORY")]
    pub parent_path: Option<PathBuf>,
    /// Dump the container's memory information only, leave the container running
    #[arg(short = 'P', long, alias = "pre-dump")]
    pub pre_checkpoint: bool,
    /// Display checkpoint statistics
    #[arg(long)]
    pub print_stats: bool,
    /// How it is sealed.
    #[command(flatten)]
    pub seal: SealFlags,
    /// Allow a session whose terminal is outside the container
    #[arg(long)]
    pub shell_job: bool,
    /// Go on though this check fails (all: make none)
    #[arg(long, value_name = "NAME")]
    pub skip_check: Vec<String>,
    /// Descriptor that gets a zero byte once pages are served
    #[arg(long, value_name = "NUMBER")]
    pub status_fd: Option<i32>,
    /// Checkpoint a container with established TCP connections
    #[arg(long)]
    pub tcp_established: bool,
    /// Leave out TCP connections that are being made
    #[arg(long)]
    pub tcp_skip_in_flight: bool,
    /// Checkpoint only what changed since the last --pre-checkpoint
    #[arg(long)]
    pub with_previous: bool,
    /// Directory for CRIU's log and statistics
    #[arg(long, value_name = "DIRECTORY")]
    pub work_path: Option<PathBuf>,
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
            create_image: self.create_image.clone().filter(|name| !name.is_empty()),
            // The keys are read later.
            sealing: Sealing::default(),
            // Podman reads the word whatever its case.
            compress: self.compress.as_ref().map(|word| word.to_ascii_lowercase()),
            keep: self.keep,
            leave_running: self.leave_running,
            tcp_established: self.tcp_established,
            file_locks: self.file_locks,
            ignore_rootfs: self.ignore_rootfs,
            ignore_volumes: self.ignore_volumes,
            include_image: self.include_image,
            pre_checkpoint: self.pre_checkpoint,
            with_previous: self.with_previous,
            named: None,
            kubernetes: None,
            image_path: self.image_path.clone(),
            work_path: self.work_path.clone(),
            parent_path: self.parent_path.clone(),
            dedup: false,
            criu: self.criu(),
            skip_checks: self.skip_check.clone(),
        };
        options.validate()?;
        super::json_needs_dry_run(self.json, self.dry_run)?;
        if options.create_image.is_some() && (self.all || self.names.len() > 1) {
            return Err(CliError::usage(
                "--create-image can only be used with one container",
            ));
        }
        if options.image_path.is_some() && (self.all || self.names.len() > 1) {
            return Err(CliError::usage(
                "--image-path can only be used with one container",
            ));
        }
        Ok((selection, options))
    }

    fn criu(&self) -> CriuOptions {
        CriuOptions {
            auto_dedup: self.auto_dedup,
            empty_namespaces: self.empty_ns.clone(),
            ext_unix_sk: self.ext_unix_sk,
            lazy_pages: self.lazy_pages,
            link_remap: self.link_remap,
            manage_cgroups_mode: self.manage_cgroups_mode.clone(),
            network_lock: self.network_lock.clone(),
            page_server: self.page_server.clone(),
            shell_job: self.shell_job,
            status_fd: self.status_fd,
            tcp_skip_in_flight: self.tcp_skip_in_flight,
            ..CriuOptions::default()
        }
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
