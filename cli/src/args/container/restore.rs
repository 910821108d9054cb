//! `container restore`: Podman's flags, and its checks in its order
//! (cmd/podman/containers/restore.go).

use crate::args::image::AccessFlags;
use crate::args::seal::UnsealFlags;
use crate::args::selection::{Selection, plain};
use crate::output::CliError;
use clap::Args;
use libcr::ops::restore::Grants;
use libcr::ops::restore::RestoreOptions;
use libcr::runtime::criu_options::CriuOptions;
use libcr::seal::Unsealing;
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
    /// How registries are reached for images that are not here.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Punch pages out of the images as soon as they are restored
    #[arg(long)]
    pub auto_dedup: bool,
    /// Leave the content of a namespace out (network)
    #[arg(long, value_name = "NAMESPACE")]
    pub empty_ns: Vec<String>,
    /// Allow unix sockets whose peer is outside the container
    #[arg(long)]
    pub ext_unix_sk: bool,
    /// Say what would be done and what stands in the way, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Restore a container with file locks
    #[arg(long)]
    pub file_locks: bool,
    /// Do not apply root file-system changes when importing from exported checkpoint
    #[arg(long)]
    pub ignore_rootfs: bool,
    /// Do not apply the content of named volumes when importing from exported checkpoint
    #[arg(long)]
    pub ignore_volumes: bool,
    /// Directory of CRIU's images instead of the container's own
    #[arg(long, value_name = "DIRECTORY")]
    pub image_path: Option<PathBuf>,
    /// Ignore IP address set via --static-ip
    #[arg(long)]
    pub ignore_static_ip: bool,
    /// Ignore MAC address set via --mac-address
    #[arg(long)]
    pub ignore_static_mac: bool,
    /// Restore from exported checkpoint archive (tar.gz)
    #[arg(short, long, value_name = "FILE")]
    pub import: Option<String>,
    /// Restore from exported pre-checkpoint archive (tar.gz)
    #[arg(long, value_name = "FILE")]
    pub import_previous: Option<String>,
    /// With --dry-run: print it as JSON
    #[arg(long)]
    pub json: bool,
    /// Keep all temporary checkpoint files
    #[arg(short, long)]
    pub keep: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Bring memory when it is touched: the container runs at once
    #[arg(long)]
    pub lazy_pages: bool,
    /// LSM mount context of the restored mounts
    #[arg(long, value_name = "CONTEXT")]
    pub lsm_mount_context: Option<String>,
    /// LSM profile of the restored processes
    #[arg(long, value_name = "TYPE:NAME")]
    pub lsm_profile: Option<String>,
    /// How CRIU manages cgroups (soft, full, strict, ignore)
    #[arg(long, value_name = "MODE")]
    pub manage_cgroups_mode: Option<String>,
    /// How CRIU unlocks the network (iptables, nftables, skip)
    #[arg(long, value_name = "METHOD")]
    pub network_lock: Option<String>,
    /// Specify new name for container restored from exported checkpoint
    #[arg(short, long, value_name = "NAME")]
    pub name: Option<String>,
    /// With --lazy-pages: fetch the memory from this page server
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub page_server: Option<String>,
    /// Restore container into existing Pod (only works with image or --import)
    #[arg(long, value_name = "POD")]
    pub pod: Option<String>,
    /// Publish these ports instead of those that the archive publishes
    #[arg(short, long, value_name = "PORT")]
    pub publish: Vec<String>,
    /// Display restore statistics
    #[arg(long)]
    pub print_stats: bool,
    /// Allow a session whose terminal is outside the container
    #[arg(long)]
    pub shell_job: bool,
    /// Go on though this check fails (all: any that can be skipped)
    #[arg(long, value_name = "NAME")]
    pub skip_check: Vec<String>,
    /// Restore a container with established TCP connections closed
    #[arg(long)]
    pub tcp_close: bool,
    /// Restore a container with established TCP connections
    #[arg(long)]
    pub tcp_established: bool,
    /// What opens one that is sealed.
    #[command(flatten)]
    pub unseal: UnsealFlags,
    /// Directory for CRIU's log and statistics
    #[arg(long, value_name = "DIRECTORY")]
    pub work_path: Option<PathBuf>,
    /// Containers, and checkpoint images
    #[arg(value_name = "CONTAINER|IMAGE")]
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
        self.validate_for(false)
    }

    /// The same; `images`: all names are those of checkpoint images, to which what can be said of an
    /// archive applies.
    pub fn validate_for(&self, images: bool) -> Result<(RestoreSource, RestoreOptions), CliError> {
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
        options.validate(import.is_some() || images)?;
        if import.is_none() && !images && options.grants != Grants::default() {
            return usage(
                "--allow-mounts, --allow-devices, --allow-capabilities and --allow-host-network can only be used with image or --import",
            );
        }
        if import.is_none() && !images && !self.unseal.is_none() {
            return usage(
                "--decrypt-with, --verify-with and --require-signature can only be used with image or --import",
            );
        }
        let inputs = self.unseal.decrypt_with.iter().chain(&self.import);
        if inputs
            .chain(&self.import_previous)
            .filter(|word| *word == "-")
            .count()
            > 1
        {
            return usage("standard input (-) can be read only once");
        }
        if import.is_some() && (self.all || self.latest) {
            return usage("cannot use --import with --all or --latest");
        }
        if import.is_some() && !self.names.is_empty() {
            return usage("cannot use --import with positional arguments");
        }
        if images && options.name.is_some() && self.names.len() > 1 {
            return usage("--name can only be used with one image");
        }
        super::json_needs_dry_run(self.json, self.dry_run)?;
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
            pod: self.pod.clone().filter(|pod| !pod.is_empty()),
            keep: self.keep,
            tcp_established: self.tcp_established,
            tcp_close: self.tcp_close,
            file_locks: self.file_locks,
            publish: self.publish.clone(),
            ignore_rootfs: self.ignore_rootfs,
            ignore_volumes: self.ignore_volumes,
            ignore_static_ip: self.ignore_static_ip,
            ignore_static_mac: self.ignore_static_mac,
            grants: Grants {
                mounts: self.allow_mounts,
                devices: self.allow_devices,
                host_network: self.allow_host_network,
                capabilities: self.allow_capabilities,
            },
            import_previous: self
                .import_previous
                .as_ref()
                .filter(|file| !file.is_empty())
                .map(PathBuf::from),
            volumes_there: std::collections::BTreeSet::default(),
            named: None,
            prepared: false,
            with_pod: false,
            image_path: self.image_path.clone(),
            work_path: self.work_path.clone(),
            // The keys are read later.
            unsealing: Unsealing::default(),
            criu: CriuOptions {
                auto_dedup: self.auto_dedup,
                empty_namespaces: self.empty_ns.clone(),
                ext_unix_sk: self.ext_unix_sk,
                lazy_pages: self.lazy_pages,
                lsm_mount_context: self.lsm_mount_context.clone(),
                lsm_profile: self.lsm_profile.clone(),
                manage_cgroups_mode: self.manage_cgroups_mode.clone(),
                network_lock: self.network_lock.clone(),
                page_server: self.page_server.clone(),
                shell_job: self.shell_job,
                ..CriuOptions::default()
            },
            access: self.access.access(),
            skip_checks: self.skip_check.clone(),
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
