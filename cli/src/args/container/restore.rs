//! `container restore`: Podman's flags, and its checks in its order
//! (cmd/podman/containers/restore.go).

use crate::args::selection::{Selection, plain};
use crate::output::CliError;
use clap::Args;
use libcr::ops::restore::Grants;
use libcr::ops::restore::RestoreOptions;
use std::path::PathBuf;

/// Flags of `container restore`.
#[derive(Debug, Default, Args)]
pub struct Restore {
    /// Restore all checkpointed containers
    #[arg(short, long)]
    pub all: bool,
    /// Grant an imported container capabilities and paths of /proc and /sys beyond the usual ones
    #[arg(long)]
    pub allow_capabilities: bool,
    /// Grant an imported container the device nodes that its archive names
    #[arg(long)]
    pub allow_devices: bool,
    /// Grant an imported container the network of this host
    #[arg(long)]
    pub allow_host_network: bool,
    /// Grant an imported container the directories of this host that its archive names
    #[arg(long)]
    pub allow_mounts: bool,
    /// Restore a container with file locks
    #[arg(long)]
    pub file_locks: bool,
    /// Do not apply root file-system changes when importing from exported checkpoint
    #[arg(long)]
    pub ignore_rootfs: bool,
    /// Ignore IP address set via --static-ip
    #[arg(long)]
    pub ignore_static_ip: bool,
    /// Ignore MAC address set via --mac-address
    #[arg(long)]
    pub ignore_static_mac: bool,
    /// Restore from exported checkpoint archive (tar.gz)
    #[arg(short, long, value_name = "FILE")]
    pub import: Option<String>,
    /// Keep all temporary checkpoint files
    #[arg(short, long)]
    pub keep: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Specify new name for container restored from exported checkpoint
    #[arg(short, long, value_name = "NAME")]
    pub name: Option<String>,
    /// Display restore statistics
    #[arg(long)]
    pub print_stats: bool,
    /// Restore a container with established TCP connections
    #[arg(long)]
    pub tcp_established: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

/// Where a restore comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestoreSource {
    /// An archive written by `--export`, ours or Podman's.
    Archive(PathBuf),
    /// Containers of this host that were checkpointed.
    Containers(Selection),
}

impl Restore {
    /// What to restore and the engine's options, in Podman's order of checks.
    pub fn validate(&self) -> Result<(RestoreSource, RestoreOptions), CliError> {
        let usage = |text: &str| Err(CliError::usage(text));
        if self.all && self.latest {
            return usage("--all and --latest cannot be used together");
        }
        if self.all && !self.names.is_empty() {
            return usage("no arguments are needed with --all");
        }
        if self.latest && !self.names.is_empty() {
            return usage("--latest and containers cannot be used together");
        }
        if !rustix::process::geteuid().is_root() {
            return usage("restoring a container requires root");
        }
        let import = self.import.as_ref().filter(|file| !file.is_empty());
        let options = self.options();
        options.validate(import.is_some())?;
        if import.is_none() && options.grants != Grants::default() {
            return usage(
                "--allow-mounts, --allow-devices, --allow-capabilities and --allow-host-network can only be used with --import",
            );
        }
        if import.is_some() && (self.all || self.latest) {
            return usage("cannot use --import with --all or --latest");
        }
        if import.is_some() && !self.names.is_empty() {
            return usage("cannot use --import with positional arguments");
        }
        let source = if let Some(file) = import {
            RestoreSource::Archive(PathBuf::from(file))
        } else if self.all {
            RestoreSource::Containers(Selection::All)
        } else if self.latest {
            RestoreSource::Containers(Selection::Latest)
        } else if self.names.is_empty() {
            return usage("you must provide at least one name or id");
        } else {
            let names = self.names.iter().map(|name| plain(name)).collect();
            RestoreSource::Containers(Selection::Names(names))
        };
        Ok((source, options))
    }

    fn options(&self) -> RestoreOptions {
        RestoreOptions {
            name: self.name.clone().filter(|name| !name.is_empty()),
            keep: self.keep,
            tcp_established: self.tcp_established,
            file_locks: self.file_locks,
            ignore_rootfs: self.ignore_rootfs,
            ignore_static_ip: self.ignore_static_ip,
            ignore_static_mac: self.ignore_static_mac,
            grants: Grants {
                mounts: self.allow_mounts,
                devices: self.allow_devices,
                host_network: self.allow_host_network,
                capabilities: self.allow_capabilities,
            },
            ..RestoreOptions::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Restore, RestoreSource};
    use crate::args::selection::Selection;

    #[test]
    fn sources() {
        let import = Restore {
            import: Some("f".into()),
            name: Some("n".into()),
            ..Restore::default()
        };
        assert_eq!(
            import.validate().unwrap().0,
            RestoreSource::Archive("f".into())
        );
        let all = Restore {
            all: true,
            ..Restore::default()
        };
        assert_eq!(
            all.validate().unwrap().0,
            RestoreSource::Containers(Selection::All)
        );
    }

    #[test]
    fn podmans_words() {
        let message = |restore: Restore| restore.validate().unwrap_err().to_string();
        let a = || vec!["a".to_owned()];
        let file = || Some("f".to_owned());
        let base = Restore::default;
        assert_eq!(message(base()), "you must provide at least one name or id");
        assert_eq!(
            message(Restore {
                name: file(),
                names: a(),
                ..base()
            }),
            "--name can only be used with image or --import"
        );
        assert_eq!(
            message(Restore {
                ignore_rootfs: true,
                names: a(),
                ..base()
            }),
            "--ignore-rootfs can only be used with image or --import"
        );
        assert_eq!(
            message(Restore {
                name: file(),
                import: file(),
                tcp_established: true,
                ..base()
            }),
            "--tcp-established cannot be used with --name"
        );
        assert_eq!(
            message(Restore {
                import: file(),
                all: true,
                ..base()
            }),
            "cannot use --import with --all or --latest"
        );
        assert_eq!(
            message(Restore {
                import: file(),
                names: a(),
                ..base()
            }),
            "cannot use --import with positional arguments"
        );
        assert_eq!(
            message(Restore {
                all: true,
                names: a(),
                ..base()
            }),
            "no arguments are needed with --all"
        );
    }
}
