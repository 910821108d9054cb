//! What a checkpoint captures besides the memory, and the archive that it all goes into.
//!
//! Everything is captured while the container stands still. A container that goes on afterwards
//! gets its files copied first (into its bundle), so that it need not wait for the archive; one
//! that stops is archived from where its files are, in one pass.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::archive::{self, Compression, Manifest, Summary, Writer, layout, manifest};
use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, Rootfs};
use crate::ops::steps::life::rootfs;
use crate::ops::steps::podman_config;
use crate::storage::StorageError;
use crate::storage::diff::RootfsDiff;
use crate::storage::tree::TarPlan;
use crate::sys::dir::{at, remove_file_if_present, write_atomic};
use crate::sys::{cgroup, machine};

/// A tar that is there, or one whose parts are still where they are.
#[derive(Debug)]
enum Tar {
    File(PathBuf),
    Plan(TarPlan),
}

impl Tar {
    fn len(&self) -> Result<u64> {
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

    fn append(&self, writer: &mut Writer, name: &str) -> Result<()> {
        match self {
            Self::File(path) => {
                let mut file = File::open(path).map_err(at("open", path))?;
                Ok(writer.append_file(name, &mut file, self.len()?)?)
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
    rootfs: Option<Tar>,
    deleted: Vec<String>,
    shm: Tar,
    log: Option<(PathBuf, u64)>,
}

/// Captures the files of a container that stands still.
///
/// /dev/shm always goes into the bundle, where a thaw on this host finds it. With `goes_on` the
/// rootfs difference does too: a later thaw on this host needs the files as they are now.
pub fn capture(
    engine: &Engine,
    container: &Container,
    ignore_rootfs: bool,
    goes_on: bool,
) -> Result<Captured> {
    let config = &container.config;
    let bundle = engine.bundle(&config.id);
    clear(&bundle)?;
    let paths = rootfs::paths(engine, config);
    let shm =
        Tar::Plan(TarPlan::of_tree(&paths.shm, "./")?).settle(bundle.join(layout::DEV_SHM))?;
    let (mut rootfs, mut deleted) = (None, Vec::new());
    if !ignore_rootfs && matches!(config.rootfs, Rootfs::Image { .. }) {
        let diff = RootfsDiff::scan(&paths.upper, &rootfs::lowers(engine, config)?)?;
        deleted = diff.deleted_files();
        let plan = Tar::Plan(TarPlan::of_diff(&diff)?);
        rootfs = Some(if goes_on {
            let list = serde_json::to_vec(&deleted).map_err(std::io::Error::other)?;
            write_atomic(&bundle.join(layout::DELETED_FILES), &list, 0o600)?;
            plan.settle(bundle.join(layout::ROOTFS_DIFF))?
        } else {
            plan
        });
    }
    let log = engine.log_file(&config.id);
    let log = fs::metadata(&log).ok().map(|facts| (log, facts.len()));
    Ok(Captured {
        rootfs,
        deleted,
        shm,
        log,
    })
}

/// Removes from a bundle what an earlier capture left there.
pub fn clear(bundle: &Path) -> Result<()> {
    for name in [
        layout::DEV_SHM,
        layout::ROOTFS_DIFF,
        layout::DELETED_FILES,
        layout::NETWORK_STATUS,
    ] {
        remove_file_if_present(&bundle.join(name))?;
    }
    Ok(())
}

/// What the archive says of how it was made.
#[derive(Debug, Clone, Copy)]
pub struct PackOptions {
    /// Compression of the archive.
    pub compression: Compression,
    /// Flags of the checkpoint that a thaw needs to know.
    pub tcp_established: bool,
    /// As above.
    pub file_locks: bool,
    /// As above.
    pub leave_running: bool,
    /// CRIU's version number.
    pub criu_version: u32,
}

/// Writes the archive to `path` (`-`: standard output).
///
/// # Errors
/// A full disk among them; nothing partial is left at `path` then.
pub fn pack(
    engine: &Engine,
    container: &Container,
    captured: &Captured,
    images: &Path,
    path: &Path,
    options: &PackOptions,
) -> Result<Summary> {
    let mut writer = if path == Path::new("-") {
        Writer::to_stream(std::io::stdout(), options.compression)?
    } else {
        Writer::create(path, options.compression)?
    };
    let manifest = describe(engine, container, captured, images, options)?;
    writer.append_manifest(&manifest)?;
    let config = podman_config::to_podman(container);
    writer.append_bytes(
        layout::CONFIG_DUMP,
        &config.to_json().map_err(std::io::Error::other)?,
    )?;
    writer.append_bytes(
        layout::SPEC_DUMP,
        &podman_config::spec_to_podman(engine, container)?,
    )?;
    let status =
        serde_json::to_vec(&container.state.network_status).map_err(std::io::Error::other)?;
    writer.append_bytes(layout::NETWORK_STATUS, &status)?;
    writer.append_directory(layout::ARTIFACTS)?;
    let statistics = engine.bundle(&container.config.id).join(layout::STATS_DUMP);
    if let Ok(bytes) = fs::read(&statistics) {
        writer.append_bytes(layout::STATS_DUMP, &bytes)?;
    }
    if !captured.deleted.is_empty() {
        let list = serde_json::to_vec(&captured.deleted).map_err(std::io::Error::other)?;
        writer.append_bytes(layout::DELETED_FILES, &list)?;
    }
    if let Some((log, length)) = &captured.log {
        let mut file = File::open(log).map_err(at("open", log))?;
        writer.append_file(layout::LOG, &mut file, *length)?;
    }
    captured.shm.append(&mut writer, layout::DEV_SHM)?;
    if let Some(tar) = &captured.rootfs {
        tar.append(&mut writer, layout::ROOTFS_DIFF)?;
    }
    writer.append_images(layout::CHECKPOINT, images)?;
    Ok(writer.finish()?)
}

fn describe(
    engine: &Engine,
    container: &Container,
    captured: &Captured,
    images: &Path,
    options: &PackOptions,
) -> Result<Manifest> {
    let config = &container.config;
    let runtime = engine.runtime_of(container)?;
    let image = match &config.rootfs {
        Rootfs::Image { id, name, .. } => {
            let known = engine.store.rows().images_with_prefix(id)?.pop();
            let known = known.ok_or_else(|| Error::NoSuchImage(id.clone()))?;
            Some(manifest::Image {
                name: name.clone(),
                digest: known.digest,
                id: id.clone(),
                diff_ids: known.diff_ids,
            })
        }
        Rootfs::Directory(_) => None,
    };
    let rootfs_diff = captured.rootfs.as_ref().map_or(Ok(0), Tar::len)?;
    Ok(Manifest {
        format_version: manifest::FORMAT_VERSION,
        engine: manifest::Program {
            name: "cryopod".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        created: machine::now(),
        host: manifest::Host {
            arch: machine::architecture().into(),
            cpu_features: machine::cpu_features(),
            kernel: machine::kernel(),
            cgroup_version: if cgroup::is_unified() { 2 } else { 1 },
        },
        criu_version: options.criu_version,
        runtime: manifest::Program {
            name: runtime.name.clone(),
            version: runtime.version().unwrap_or_default(),
        },
        container: manifest::Container {
            id: config.id.clone(),
            name: config.name.clone(),
        },
        image,
        sizes: manifest::Sizes {
            memory: criu::images::memory_bytes(images)?,
            images: directory_bytes(images)?,
            rootfs_diff,
            dev_shm: captured.shm.len()?,
            volumes: 0,
            log: captured.log.as_ref().map_or(0, |(_, length)| *length),
        },
        options: manifest::Options {
            tcp_established: options.tcp_established,
            file_locks: options.file_locks,
            leave_running: options.leave_running,
        },
    })
}

fn directory_bytes(directory: &Path) -> Result<u64> {
    let entries = fs::read_dir(directory).map_err(at("list", directory))?;
    Ok(entries
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .map(|facts| facts.len())
        .sum())
}

/// The compression that a user's word names.
///
/// # Errors
/// Podman's message for an unknown one.
pub fn compression(word: Option<&str>) -> Result<Compression> {
    let Some(word) = word else {
        return Ok(Compression::default());
    };
    word.parse()
        .map_err(|error: archive::compress::UnknownCompression| Error::Invalid(error.to_string()))
}
