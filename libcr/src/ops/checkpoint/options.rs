//! What `container checkpoint`, `checkpoint create` and their like are asked for, and what of it
//! contradicts itself.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::image::reference::Reference;
use crate::model::catalogue::CheckpointPlace;
pub use crate::ops::steps::freezing::kubernetes::Kubernetes;
use crate::ops::steps::freezing::pack;
use crate::ops::steps::inspection;
use crate::runtime::criu_options::CriuOptions;
use crate::seal::Sealing;

/// What a checkpoint is asked for. The default is one in the container's bundle, which stops.
#[derive(Debug, Clone, Default)]
pub struct CheckpointOptions {
    /// `--export FILE`; `-` is standard output.
    pub export: Option<PathBuf>,
    /// `--create-image NAME`: an image of this name, whose layers hold what an archive would.
    pub create_image: Option<String>,
    /// `--compress`: `zstd` (also `None`), `gzip`, `none`.
    pub compress: Option<String>,
    /// `--encrypt-to`, `--sign-by`: how archive and image are sealed.
    pub sealing: Sealing,
    /// `--keep`: CRIU's log and statistics stay.
    pub keep: bool,
    /// `--leave-running`.
    pub leave_running: bool,
    /// `--tcp-established`.
    pub tcp_established: bool,
    /// `--file-locks`.
    pub file_locks: bool,
    /// `--ignore-rootfs`: the archive holds no files of the root file system.
    pub ignore_rootfs: bool,
    /// `--ignore-volumes`: the archive holds no files of named volumes.
    pub ignore_volumes: bool,
    /// `--include-image`: the image that the container runs on travels along.
    pub include_image: bool,
    /// `--pre-checkpoint` (runc: `--pre-dump`): the memory only, while the container goes on.
    pub pre_checkpoint: bool,
    /// `--with-previous`: only the memory that changed since the last `--pre-checkpoint`.
    pub with_previous: bool,
    /// `checkpoint create`: into the catalogue or a directory of the user's.
    pub named: Option<CheckpointPlace>,
    /// `--dedup`: memory that an earlier checkpoint of the container has is not kept again.
    pub dedup: bool,
    /// `--image-path`: CRIU's images go there; absolute, empty, ours.
    pub image_path: Option<PathBuf>,
    /// `--work-path`: CRIU's log and statistics go there; absolute, ours.
    pub work_path: Option<PathBuf>,
    /// `--parent-path`: images to build upon, relative to `image_path`.
    pub parent_path: Option<PathBuf>,
    /// What Kubernetes knows of the container: an archive says it in CRI-O's words beside Podman's.
    pub kubernetes: Option<Kubernetes>,
    /// Options of CRIU beyond these.
    pub criu: CriuOptions,
    /// `--skip-check`: checks by name whose failures are warnings; `all`: none is made.
    pub skip_checks: Vec<String>,
}

impl CheckpointOptions {
    /// Checks the options as a whole, in Podman's order and words.
    ///
    /// # Errors
    /// [`Error::Invalid`] and [`Error::CriuOption`].
    pub fn validate(&self) -> Result<()> {
        // What can be said of an archive can be said of an image.
        let exported = self.travels();
        if let Some(name) = &self.create_image {
            Reference::parse(name).map_err(crate::image::ImageError::from)?;
            if self.pre_checkpoint {
                return refuse(
                    "--create-image cannot be used with --pre-checkpoint: memory alone is no checkpoint",
                );
            }
        }
        if self.compress.is_some() && !exported {
            return refuse("--compress can only be used with --export");
        }
        pack::compression(self.compress.as_deref())?;
        if self.ignore_rootfs && !exported {
            return refuse("--ignore-rootfs can only be used with --export");
        }
        if self.ignore_volumes && !exported {
            return refuse("--ignore-volumes can only be used with --export");
        }
        if !self.sealing.is_none() && !exported {
            return refuse(
                "--encrypt-to and --sign-by can only be used with --export or --create-image",
            );
        }
        if self.include_image && (!exported || self.pre_checkpoint) {
            return refuse(
                "--include-image can only be used with --export or --create-image, of a whole checkpoint",
            );
        }
        if self.with_previous && self.pre_checkpoint {
            return refuse("--with-previous can not be used with --pre-checkpoint");
        }
        self.criu.validate()?;
        inspection::check_names(&self.skip_checks, &inspection::CHECKS)?;
        self.validate_place()?;
        self.validate_pages()
    }

    fn validate_place(&self) -> Result<()> {
        let named = self.named.is_some();
        let (own, parent) = (self.image_path.is_some(), self.parent_path.is_some());
        if self.create_image.is_some() && (own || named) {
            return refuse(
                "--create-image cannot be used with --image-path, nor for a checkpoint with a name",
            );
        }
        let own_catalogue = self
            .named
            .as_ref()
            .is_some_and(|place| place.directory.is_none());
        if self.dedup && !own_catalogue {
            return refuse(
                "--dedup can only be used for checkpoints in the catalogue, not with --checkpoint-dir",
            );
        }
        if named && self.export.is_some() {
            return refuse(
                "a checkpoint with a name cannot be exported at once: leave out --export, or use container checkpoint",
            );
        }
        if named && self.pre_checkpoint {
            return refuse(
                "--pre-checkpoint cannot be used for a checkpoint with a name: use container checkpoint --pre-checkpoint, then checkpoint create --with-previous",
            );
        }
        if named && own {
            return refuse(
                "--image-path cannot be used for a checkpoint with a name: use --checkpoint-dir",
            );
        }
        if parent && !own {
            return refuse("--parent-path can only be used with --image-path");
        }
        if own && self.with_previous {
            return refuse("--with-previous cannot be used with --image-path: use --parent-path");
        }
        if own && self.pre_checkpoint && self.export.is_some() {
            return refuse(
                "--pre-checkpoint with --image-path cannot be exported: leave out --image-path",
            );
        }
        if self
            .parent_path
            .as_ref()
            .is_some_and(|path| path.is_absolute())
        {
            return refuse("--parent-path must be relative to --image-path");
        }
        Ok(())
    }

    fn validate_pages(&self) -> Result<()> {
        let criu = &self.criu;
        let restore_only = [
            (criu.tcp_close, "--tcp-close"),
            (criu.lsm_profile.is_some(), "--lsm-profile"),
            (criu.lsm_mount_context.is_some(), "--lsm-mount-context"),
        ];
        if let Some((_, option)) = restore_only.iter().find(|(set, _)| *set) {
            return refuse(&format!("{option} can only be used with restore"));
        }
        if criu.lazy_pages && criu.page_server.is_none() {
            return refuse("--lazy-pages needs --page-server, where the pages can be fetched from");
        }
        if criu.lazy_pages && (self.leave_running || self.pre_checkpoint) {
            return refuse("--lazy-pages cannot be used with --leave-running or --pre-checkpoint");
        }
        if criu.link_remap && (self.leave_running || self.pre_checkpoint) {
            return refuse(
                "--link-remap cannot be used with --leave-running or --pre-checkpoint: CRIU takes the names of unlinked files away again when the container goes on",
            );
        }
        if criu.status_fd.is_some() && !criu.lazy_pages {
            return refuse("--status-fd can only be used with --lazy-pages");
        }
        if criu.page_server.is_some() && self.image_path.is_none() {
            return refuse(
                "--page-server needs --image-path: images without their pages are no checkpoint",
            );
        }
        if criu.page_server.is_some() && self.export.is_some() {
            return refuse(
                "--page-server cannot be used with --export: the archive would hold no memory",
            );
        }
        if criu.auto_dedup && !self.with_previous && self.parent_path.is_none() {
            return refuse("--auto-dedup can only be used with --with-previous or --parent-path");
        }
        Ok(())
    }

    /// True when the checkpoint goes into an archive or an image, to be thawed elsewhere.
    pub fn travels(&self) -> bool {
        self.export.is_some() || self.create_image.is_some()
    }

    /// True when the memory of the container is tracked from here on, or was.
    pub fn tracks_memory(&self) -> bool {
        self.pre_checkpoint || self.with_previous || self.parent_path.is_some()
    }

    /// True when the dump itself ends the processes: only such a one keeps the network locked
    /// afterwards, leaves the names that it gave to unlinked files, and serves pages until it
    /// ends.
    pub fn dump_ends(&self) -> bool {
        let ends = self.tcp_established || self.criu.lazy_pages || self.criu.link_remap;
        ends && !self.leave_running && !self.pre_checkpoint
    }
}

fn refuse(text: &str) -> Result<()> {
    Err(Error::Invalid(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_named() {
        let base = CheckpointOptions::default;
        let wrong = [
            (
                CheckpointOptions {
                    with_previous: true,
                    pre_checkpoint: true,
                    ..base()
                },
                "--with-previous can not be used with --pre-checkpoint",
            ),
            (
                CheckpointOptions {
                    ignore_volumes: true,
                    ..base()
                },
                "--ignore-volumes can only be used with --export",
            ),
            (
                CheckpointOptions {
                    parent_path: Some("../a".into()),
                    ..base()
                },
                "--parent-path can only be used with --image-path",
            ),
            (
                CheckpointOptions {
                    criu: CriuOptions {
                        lazy_pages: true,
                        ..CriuOptions::default()
                    },
                    ..base()
                },
                "--lazy-pages needs --page-server, where the pages can be fetched from",
            ),
            (
                CheckpointOptions {
                    criu: CriuOptions {
                        tcp_close: true,
                        ..CriuOptions::default()
                    },
                    ..base()
                },
                "--tcp-close can only be used with restore",
            ),
        ];
        for (options, words) in wrong {
            assert_eq!(options.validate().unwrap_err().to_string(), words);
        }
        assert!(base().validate().is_ok());
    }

    #[test]
    fn connections_end_with_their_dump() {
        let mut options = CheckpointOptions {
            tcp_established: true,
            ..CheckpointOptions::default()
        };
        assert!(options.dump_ends());
        options.leave_running = true;
        assert!(!options.dump_ends());
    }
}
