//! The files of one instant: taken while the container stands still.
//!
//! What a thaw on this host needs goes into `capture.partial` in the bundle, beside the images in
//! `checkpoint.partial`, and gets its names together with them (`settle::promote`): an older
//! checkpoint keeps its own until then.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::archive::{Writer, layout};
use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{Container, ContainerConfig, Rootfs};
use crate::ops::steps::life::{rootfs, volumes};
use crate::storage::StorageError;
use crate::storage::diff::RootfsDiff;
use crate::storage::tree::TarPlan;
use crate::sys::dir::{at, partial_path, remove_dir_if_present, write_atomic, write_for_this_boot};

/// Members of a bundle that belong to the images in `checkpoint/`.
pub const COMPANIONS: [&str; 4] = [
    layout::DEV_SHM,
    layout::ROOTFS_DIFF,
    layout::DELETED_FILES,
    layout::NETWORK_STATUS,
];

/// A tar that is there, or one whose parts are still where they are.
#[derive(Debug)]
pub enum Tar {
    /// Written out.
    File(PathBuf),
    /// Planned: its length is known, its parts are not read yet.
    Plan(TarPlan),
}

impl Tar {
    /// Bytes it has, or will have.
    pub fn bytes(&self) -> Result<u64> {
        Ok(match self {
            Self::File(path) => fs::metadata(path).map_err(at("look at", path))?.len(),
            Self::Plan(plan) => plan.len(),
        })
    }

    /// Writes a plan out, so that its sources may change.
    fn settle(self, path: PathBuf) -> Result<Self> {
        if let Self::Plan(plan) = &self {
            let file = File::create(&path).map_err(at("make", &path))?;
            let mut out = std::io::BufWriter::with_capacity(1 << 20, file);
            plan.write_to(&mut out)?;
            std::io::Write::flush(&mut out).map_err(at("write", &path))?;
            return Ok(Self::File(path));
        }
        Ok(self)
    }

    /// Writes it as a member of an archive.
    pub fn append(&self, writer: &mut Writer, name: &str) -> Result<()> {
        match self {
            Self::File(path) => {
                let mut file = File::open(path).map_err(at("open", path))?;
                Ok(writer.append_file(name, &mut file, self.bytes()?)?)
            }
            Self::Plan(plan) => {
                let mut failed = None;
                let written = writer.append_reader_exact(name, plan.len(), |mut out| {
                    plan.write_to(&mut out).map_err(|error| {
                        let text = error.to_string();
                        failed = Some(error);
                        std::io::Error::other(text)
                    })
                });
                match failed {
                    Some(StorageError::Changed { path }) => {
                        Err(StorageError::Changed { path }.into())
                    }
                    _ => Ok(written?),
                }
            }
        }
    }
}

/// The files of one instant.
#[derive(Debug)]
pub struct Captured {
    /// What differs from the image; `None` for a container that has none.
    pub rootfs: Option<Tar>,
    /// Paths that the image has and the container removed.
    pub deleted: Vec<String>,
    /// /dev/shm.
    pub shm: Tar,
    /// Named volumes that travel, by name.
    pub volumes: Vec<(String, Tar)>,
    /// The log and how much of it belongs to this instant, bytes.
    pub log: Option<(PathBuf, u64)>,
}

/// Where a capture is made before it counts, in the directory that the checkpoint goes to.
pub fn partial(home: &Path) -> PathBuf {
    home.join("capture.partial")
}

/// True when a capture was finished: its last file is there.
pub fn is_whole(home: &Path) -> bool {
    partial(home).join(layout::NETWORK_STATUS).exists()
}

/// How files are captured.
#[derive(Debug, Clone, Copy, Default)]
pub struct CaptureOptions {
    /// The difference of the root file system is copied: the files won't stay as they are. A
    /// container that ends is archived from where its files are, in one pass.
    pub copy_rootfs: bool,
    /// Volumes are copied too, for the same reason.
    pub copy_volumes: bool,
    /// Volumes are captured at all: for an archive.
    pub volumes: bool,
}

/// Captures the files of a container that stands still, or whose processes are gone and whose
/// mounts are not, for the checkpoint in `home`.
pub fn capture(
    engine: &Engine,
    container: &Container,
    home: &Path,
    options: CaptureOptions,
) -> Result<Captured> {
    let config = &container.config;
    let directory = partial(home);
    remove_dir_if_present(&directory)?;
    fs::create_dir_all(&directory).map_err(at("make", &directory))?;
    let paths = rootfs::paths(engine, config);
    let shm = TarPlan::of_tree(&paths.shm, "./")?;
    let shm = Tar::Plan(shm).settle(directory.join(layout::DEV_SHM))?;
    let (mut rootfs, mut deleted) = (None, Vec::new());
    if matches!(config.rootfs, Rootfs::Image { .. }) {
        let diff = RootfsDiff::scan(&paths.upper, &rootfs::lowers(engine, config)?)?;
        deleted = diff.deleted_files();
        let plan = Tar::Plan(TarPlan::of_diff(&diff)?);
        rootfs = Some(if options.copy_rootfs {
            let list = serde_json::to_vec(&deleted).map_err(std::io::Error::other)?;
            write_for_this_boot(&directory.join(layout::DELETED_FILES), &list, 0o600)?;
            plan.settle(directory.join(layout::ROOTFS_DIFF))?
        } else {
            plan
        });
    }
    let volumes = if options.volumes {
        capture_volumes(engine, config, &directory, options.copy_volumes)?
    } else {
        Vec::new()
    };
    let log = engine.log_file(&config.id);
    let log = fs::metadata(&log).ok().map(|facts| (log, facts.len()));
    let status =
        serde_json::to_vec(&container.state.network_status).map_err(std::io::Error::other)?;
    // Put on disk with all the rest, when the container need not stand still for it.
    write_for_this_boot(&directory.join(layout::NETWORK_STATUS), &status, 0o600)?;
    Ok(Captured {
        rootfs,
        deleted,
        shm,
        volumes,
        log,
    })
}

fn capture_volumes(
    engine: &Engine,
    config: &ContainerConfig,
    directory: &Path,
    copy: bool,
) -> Result<Vec<(String, Tar)>> {
    let each = |(name, files): (String, PathBuf)| {
        let plan = Tar::Plan(TarPlan::of_tree(&files, "./")?);
        let tar = if copy {
            plan.settle(directory.join(format!("volume-{name}.tar")))?
        } else {
            plan
        };
        Ok((name, tar))
    };
    volumes::directories(engine, config)?
        .into_iter()
        .map(each)
        .collect()
}

/// Writes the files of a frozen container's instant beside its checkpoint, where they are not
/// there yet: before the container runs on while the checkpoint stays (a thaw that keeps it, a
/// cold start). A later thaw finds files and memory of one instant then.
pub fn pin_files(engine: &Engine, container: &Container) -> Result<()> {
    let config = &container.config;
    let bundle = engine.bundle(&config.id);
    let (upper, pinned) = (
        rootfs::paths(engine, config).upper,
        bundle.join(layout::ROOTFS_DIFF),
    );
    let needed = bundle.join("checkpoint/inventory.img").exists()
        && !pinned.exists()
        && matches!(config.rootfs, Rootfs::Image { .. })
        && upper.exists();
    if !needed {
        return Ok(());
    }
    let diff = RootfsDiff::scan(&upper, &rootfs::lowers(engine, config)?)?;
    let list = serde_json::to_vec(&diff.deleted_files()).map_err(std::io::Error::other)?;
    write_atomic(&bundle.join(layout::DELETED_FILES), &list, 0o600)?;
    let partial = partial_path(&pinned);
    Tar::Plan(TarPlan::of_diff(&diff)?).settle(partial.clone())?;
    Ok(fs::rename(&partial, &pinned).map_err(at("rename", &partial))?)
}
