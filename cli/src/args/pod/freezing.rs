//! `pod checkpoint`, `pod restore`.

use crate::args::image::AccessFlags;
use crate::args::seal::UnsealFlags;
use crate::output::CliError;
use clap::Args;
use libcr::ops::checkpoint::{PodCheckpointOptions, PodOutput};
use libcr::ops::restore::{Grants, PodRestoreOptions, RestoreOptions};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Flags of `pod checkpoint`.
#[derive(Debug, Default, Args)]
pub struct PodCheckpoint {
    /// Select compression algorithm (gzip, none, zstd) for the archives of the containers. Default is zstd
    #[arg(short, long, value_name = "ALGORITHM")]
    pub compress: Option<String>,
    /// Export the checkpoint of the pod to an archive
    #[arg(short, long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Checkpoint containers with file locks
    #[arg(long)]
    pub file_locks: bool,
    /// Do not include root file-system changes
    #[arg(long)]
    pub ignore_rootfs: bool,
    /// Do not include the content of named volumes
    #[arg(long)]
    pub ignore_volumes: bool,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// Leave the pod running after writing its checkpoint to disk
    #[arg(short = 'R', long)]
    pub leave_running: bool,
    /// Display checkpoint statistics
    #[arg(long)]
    pub print_stats: bool,
    /// Go on though this check fails (all: none is made)
    #[arg(long, value_name = "NAME")]
    pub skip_check: Vec<String>,
    /// The pod.
    #[arg(value_name = "POD")]
    pub names: Vec<String>,
}

impl PodCheckpoint {
    /// The engine's options, once the flags agree with each other.
    pub fn validate(&self) -> Result<PodCheckpointOptions, CliError> {
        let usage = |text: &str| Err(CliError::usage(text));
        if self.latest != self.names.is_empty() {
            return usage(if self.latest {
                "--latest and pods cannot be used together"
            } else {
                "you must provide one pod name or id"
            });
        }
        if self.names.len() > 1 {
            return usage("one pod at a time can be checkpointed");
        }
        let Some(file) = self
            .export
            .clone()
            .filter(|file| !file.as_os_str().is_empty())
        else {
            return usage("a pod is checkpointed to an archive: --export FILE");
        };
        Ok(PodCheckpointOptions {
            output: PodOutput::File(file),
            leave_running: self.leave_running,
            compress: self.compress.clone(),
            file_locks: self.file_locks,
            ignore_rootfs: self.ignore_rootfs,
            ignore_volumes: self.ignore_volumes,
            containers: BTreeSet::new(),
            skip_checks: self.skip_check.clone(),
        })
    }
}

/// Flags of `pod restore`.
#[derive(Debug, Default, Args)]
pub struct PodRestore {
    /// How registries are reached for images that are not here.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Grant the containers capabilities and paths of /proc and /sys beyond the usual ones
    #[arg(long)]
    pub allow_capabilities: bool,
    /// Grant the containers the device nodes that their archives name
    #[arg(long)]
    pub allow_devices: bool,
    /// Grant the pod the network of this host
    #[arg(long)]
    pub allow_host_network: bool,
    /// Grant the containers the directories of this host that their archives name
    #[arg(long)]
    pub allow_mounts: bool,
    /// Restore containers with file locks
    #[arg(long)]
    pub file_locks: bool,
    /// Do not apply root file-system changes
    #[arg(long)]
    pub ignore_rootfs: bool,
    /// Ignore the IP address that the pod was given
    #[arg(long)]
    pub ignore_static_ip: bool,
    /// Ignore the MAC address that the pod was given
    #[arg(long)]
    pub ignore_static_mac: bool,
    /// Do not apply the content of named volumes
    #[arg(long)]
    pub ignore_volumes: bool,
    /// Restore from the archive of a pod
    #[arg(short, long, value_name = "FILE")]
    pub import: Option<PathBuf>,
    /// A new name for the pod; its containers get names that begin with it
    #[arg(short, long, value_name = "NAME")]
    pub name: Option<String>,
    /// Display restore statistics
    #[arg(long)]
    pub print_stats: bool,
    /// Publish these ports instead of those that the archive publishes
    #[arg(short, long, value_name = "PORT")]
    pub publish: Vec<String>,
    /// Go on though this check fails (all: any that can be skipped)
    #[arg(long, value_name = "NAME")]
    pub skip_check: Vec<String>,
    /// What opens archives that are sealed.
    #[command(flatten)]
    pub unseal: UnsealFlags,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl PodRestore {
    /// The archive and the engine's options, once the flags agree with each other. Keys are read
    /// later.
    pub fn validate(&self) -> Result<(PathBuf, PodRestoreOptions), CliError> {
        let usage = |text: &str| Err(CliError::usage(text));
        if !self.names.is_empty() {
            return usage("`cryopod pod restore` takes no arguments: --import FILE");
        }
        let Some(file) = self
            .import
            .clone()
            .filter(|file| !file.as_os_str().is_empty())
        else {
            return usage("a pod is restored from an archive: --import FILE");
        };
        if file.as_os_str() == "-" {
            return usage("the archive of a pod cannot come from standard input: name a file");
        }
        let options = PodRestoreOptions {
            name: self.name.clone().filter(|name| !name.is_empty()),
            publish: self.publish.clone(),
            each: RestoreOptions {
                file_locks: self.file_locks,
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
                access: self.access.access(),
                skip_checks: self.skip_check.clone(),
                ..RestoreOptions::default()
            },
        };
        Ok((file, options))
    }
}

#[cfg(test)]
mod tests {
    use super::{PodCheckpoint, PodRestore};

    #[test]
    fn what_is_asked_for_is_whole() {
        let freeze = |names: &[&str], latest, export: Option<&str>| {
            let flags = PodCheckpoint {
                names: names.iter().map(|name| (*name).to_owned()).collect(),
                latest,
                export: export.map(Into::into),
                ..PodCheckpoint::default()
            };
            flags.validate().is_ok()
        };
        assert!(freeze(&["p"], false, Some("f")));
        assert!(freeze(&[], true, Some("f")));
        assert!(!freeze(&["p"], true, Some("f")));
        assert!(!freeze(&["p", "q"], false, Some("f")));
        assert!(!freeze(&[], false, Some("f")));
        assert!(!freeze(&["p"], false, None));
        let thaw = |import: Option<&str>| {
            let flags = PodRestore {
                import: import.map(Into::into),
                ..PodRestore::default()
            };
            flags.validate().is_ok()
        };
        assert!(thaw(Some("f")));
        assert!(!thaw(Some("-")));
        assert!(!thaw(None));
    }
}
