//! What `container restore` and `start --checkpoint` are asked for, and what of it contradicts itself.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::model::catalogue::CheckpointPlace;
use crate::ops::restore::checks::SKIPPABLE;
use crate::ops::steps::inspection;
pub use crate::ops::steps::thawing::imported_spec::Grants;
use crate::ops::steps::transfer::Access;
use crate::runtime::criu_options::CriuOptions;
use crate::seal::Unsealing;

/// What a restore is asked for. The default is the checkpoint in the container's bundle, used up.
#[derive(Debug, Clone, Default)]
pub struct RestoreOptions {
    /// `--name`: a new name, and with it a new id and new addresses.
    pub name: Option<String>,
    /// `--keep`: the checkpoint and CRIU's logs stay.
    pub keep: bool,
    /// `--tcp-established`.
    pub tcp_established: bool,
    /// `--tcp-close`: connections that were established are closed.
    pub tcp_close: bool,
    /// `--file-locks`.
    pub file_locks: bool,
    /// `--publish`: instead of the ports that the archive publishes.
    pub publish: Vec<String>,
    /// `--ignore-rootfs`: changes of the root file system are not applied.
    pub ignore_rootfs: bool,
    /// `--ignore-volumes`: files of named volumes are not put back.
    pub ignore_volumes: bool,
    /// `--ignore-static-ip`: a new address, from now on.
    pub ignore_static_ip: bool,
    /// `--ignore-static-mac`: a new MAC, from now on.
    pub ignore_static_mac: bool,
    /// `--pod`: name or id of the pod that it joins; one of a pod can be restored into one only.
    pub pod: Option<String>,
    /// All of its pod comes back with it: what they share is as the images have it.
    pub with_pod: bool,
    /// Volumes that another container of the same pod brought: used as they are.
    pub volumes_there: BTreeSet<String>,
    /// `--import-previous`: the archive of the pre-checkpoints that the archive builds upon.
    pub import_previous: Option<PathBuf>,
    /// `start --checkpoint`: from the catalogue or a directory of the user's; it stays.
    pub named: Option<CheckpointPlace>,
    /// `--image-path`: CRIU's images are there; absolute, ours; they stay.
    pub image_path: Option<PathBuf>,
    /// `--work-path`: CRIU's log and statistics go there; absolute, ours.
    pub work_path: Option<PathBuf>,
    /// `--allow-mounts`, `--allow-devices`, `--allow-capabilities`, `--allow-host-network`.
    pub grants: Grants,
    /// `--decrypt-with`, `--verify-with`, `--require-signature`: of what comes sealed.
    pub unsealing: Unsealing,
    /// `--authfile`, `--cert-dir`, `--tls-verify`: how registries are reached for what is not here.
    pub access: Access,
    /// The container was made for this ([`super::prepare()`]) and never ran; asked under its lock.
    pub prepared: bool,
    /// Options of CRIU beyond these. With `lazy_pages` and a `page_server` memory is fetched from
    /// there.
    pub criu: CriuOptions,
    /// `--skip-check`: checks by name whose failures are warnings; `all`: of any that can be
    /// skipped.
    pub skip_checks: Vec<String>,
}

impl RestoreOptions {
    /// Checks the options as a whole, in Podman's order and words. `import`: from an archive.
    ///
    /// # Errors
    /// [`Error::Invalid`] and [`Error::CriuOption`].
    pub fn validate(&self, import: bool) -> Result<()> {
        let refuse = |text: &str| Err(Error::Invalid(text.into()));
        let of_archives = [
            (self.import_previous.is_some(), "--import-previous"),
            (self.ignore_rootfs, "--ignore-rootfs"),
            (self.ignore_volumes, "--ignore-volumes"),
            (self.name.is_some(), "--name"),
            (self.pod.is_some(), "--pod"),
            (!self.unsealing.keys.is_empty(), "--decrypt-with"),
            (self.unsealing.verify_with.is_some(), "--verify-with"),
            (self.unsealing.require_signature, "--require-signature"),
        ];
        if let Some((_, option)) = of_archives.iter().find(|(set, _)| *set && !import) {
            return refuse(&format!("{option} can only be used with image or --import"));
        }
        if self.name.is_some() && self.tcp_established {
            return refuse("--tcp-established cannot be used with --name");
        }
        if !self.publish.is_empty() && !import {
            return refuse("--publish can only be used with image or --import");
        }
        if self.tcp_close && self.tcp_established {
            return refuse("--tcp-close cannot be used with --tcp-established");
        }
        if self.image_path.is_some() && (import || self.named.is_some()) {
            return refuse(
                "--image-path cannot be used with --import or --checkpoint, which bring their images",
            );
        }
        if self.criu.page_server.is_some() && !self.criu.lazy_pages {
            return refuse("--page-server can only be used with --lazy-pages");
        }
        inspection::check_names(&self.skip_checks, &SKIPPABLE)?;
        Ok(self.criu.validate()?)
    }
}
