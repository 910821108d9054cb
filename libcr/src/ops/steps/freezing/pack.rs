//! The archive that a checkpoint goes into: in one pass, from where its parts are.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::archive::{self, Compression, Form, Manifest, Summary, Writer, layout, manifest};
use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::checkpoint::Times;
use crate::model::container::{Container, Rootfs};
use crate::ops::steps::freezing::capture::{Captured, Tar};
use crate::ops::steps::freezing::kubernetes::{BIND_MOUNTS, Kubernetes};
use crate::ops::steps::freezing::place;
use crate::ops::steps::included_image::{self, BaseImage};
use crate::ops::steps::podman_config;
use crate::seal::Sealing;
use crate::sys::dir::{at, write_atomic};
use crate::sys::{cgroup, machine};

/// What the archive says of how it was made.
#[derive(Debug, Clone)]
pub struct PackOptions {
    /// Compression of the archive.
    pub compression: Compression,
    /// Whom it is encrypted to, and who signs it.
    pub sealing: Sealing,
    /// Flags of the checkpoint that a thaw needs to know.
    pub tcp_established: bool,
    /// As above.
    pub file_locks: bool,
    /// As above.
    pub leave_running: bool,
    /// Files of the root file system stay out.
    pub ignore_rootfs: bool,
    /// CRIU's version number.
    pub criu_version: u32,
    /// What the OCI runtime says of itself.
    pub runtime_version: String,
    /// When what was done.
    pub times: Times,
    /// Where CRIU's statistics are.
    pub work: PathBuf,
    /// The image below it, which travels along.
    pub base: Option<BaseImage>,
    /// What Kubernetes knows of it.
    pub kubernetes: Option<Kubernetes>,
}

impl PackOptions {
    /// What the archive looks like from outside.
    pub fn form(&self) -> Form {
        Form {
            compression: self.compression,
            recipients: self.sealing.recipients.clone(),
        }
    }
}

/// Opens the archive at `path` (`-`: standard output), before anything is frozen for it: a path
/// that can't be written to costs nothing then. Dropped unfinished, it leaves nothing.
pub fn open(path: &Path, form: Form) -> Result<Writer> {
    Ok(if path == Path::new("-") {
        Writer::to_stream(std::io::stdout(), form)?
    } else {
        Writer::create(path, form)?
    })
}

/// Writes the archive and finishes it; returns what it says of itself. CRIU's images are written by
/// `append_images`, last.
///
/// # Errors
/// A full disk among them; nothing partial is left then.
pub fn pack(
    mut writer: Writer,
    engine: &Engine,
    container: &Container,
    captured: &Captured,
    images: &Path,
    options: &PackOptions,
    append_images: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<(Manifest, Summary)> {
    sign(&mut writer, container, options);
    let manifest = describe(engine, container, Some(captured), images, options)?;
    writer.append_manifest(&manifest)?;
    append_header(&mut writer, engine, container, options)?;
    if !captured.deleted.is_empty() && !options.ignore_rootfs {
        let list = serde_json::to_vec(&captured.deleted).map_err(std::io::Error::other)?;
        writer.append_bytes(layout::DELETED_FILES, &list)?;
    }
    if let Some((log, length)) = &captured.log {
        let mut file = File::open(log).map_err(at("open", log))?;
        writer.append_file(layout::LOG, &mut file, *length)?;
    }
    captured.shm.append(&mut writer, layout::DEV_SHM)?;
    if let Some(base) = &options.base {
        included_image::append(&mut writer, base)?;
    }
    // Each in a layer of its own, so that an image shares those that didn't change with the next.
    if let Some(tar) = captured.rootfs.as_ref().filter(|_| !options.ignore_rootfs) {
        writer.next_part()?;
        tar.append(&mut writer, layout::ROOTFS_DIFF)?;
    }
    if !captured.volumes.is_empty() {
        writer.next_part()?;
    }
    for (name, tar) in &captured.volumes {
        tar.append(&mut writer, &layout::volume(name))?;
    }
    writer.next_part()?;
    append_images(&mut writer)?;
    Ok((manifest, writer.finish()?))
}

/// Writes the archive of a container's pre-checkpoints, the whole chain, and finishes it.
///
/// # Errors
/// As [`pack`].
pub fn pack_pre_checkpoints(
    mut writer: Writer,
    engine: &Engine,
    container: &Container,
    options: &PackOptions,
) -> Result<Summary> {
    let bundle = engine.bundle(&container.config.id);
    let newest = bundle.join(layout::PRE_CHECKPOINT);
    sign(&mut writer, container, options);
    let manifest = describe(engine, container, None, &newest, options)?;
    writer.append_manifest(&manifest)?;
    append_header(&mut writer, engine, container, options)?;
    for (name, _) in place::chain(&bundle)? {
        writer.append_images(&name, &bundle.join(&name))?;
    }
    Ok(writer.finish()?)
}

/// Writes `config.dump` and `spec.dump` into the directory of a named checkpoint.
pub fn describe_in(engine: &Engine, container: &Container, directory: &Path) -> Result<()> {
    let config = podman_config::to_podman(container)
        .to_json()
        .map_err(std::io::Error::other)?;
    let spec = podman_config::spec_to_podman(engine, container)?;
    for (name, bytes) in [(layout::CONFIG_DUMP, config), (layout::SPEC_DUMP, spec)] {
        write_atomic(&directory.join(name), &bytes, 0o600)?;
    }
    Ok(())
}

/// Has it signed, where a key is given, and said of what it is.
fn sign(writer: &mut Writer, container: &Container, options: &PackOptions) {
    if let Some(key) = &options.sealing.signing_key {
        let config = &container.config;
        let comment = format!(
            "container={} name={} time={}",
            config.id,
            config.name,
            machine::now()
        );
        writer.sign_by(key.clone(), comment);
    }
}

/// The small members that tell what the archive is of.
fn append_header(
    writer: &mut Writer,
    engine: &Engine,
    container: &Container,
    options: &PackOptions,
) -> Result<()> {
    let config = podman_config::to_podman(container);
    let (config, spec) = match &options.kubernetes {
        None => (
            config.to_json().map_err(std::io::Error::other)?,
            podman_config::spec_to_podman(engine, container)?,
        ),
        Some(known) => {
            let config = known.add_to_config(container, &config);
            let mut spec =
                serde_json::from_slice(&podman_config::spec_to_podman(engine, container)?)
                    .map_err(std::io::Error::other)?;
            known.add_to_spec(container, &mut spec);
            let text = |value| serde_json::to_vec_pretty(value).map_err(std::io::Error::other);
            (text(&config)?, text(&spec)?)
        }
    };
    writer.append_bytes(layout::CONFIG_DUMP, &config)?;
    writer.append_bytes(layout::SPEC_DUMP, &spec)?;
    if options.kubernetes.is_some() {
        writer.append_bytes(BIND_MOUNTS, &Kubernetes::bind_mounts(container))?;
    }
    let status =
        serde_json::to_vec(&container.state.network_status).map_err(std::io::Error::other)?;
    writer.append_bytes(layout::NETWORK_STATUS, &status)?;
    writer.append_directory(layout::ARTIFACTS)?;
    if let Ok(bytes) = fs::read(options.work.join(layout::STATS_DUMP)) {
        writer.append_bytes(layout::STATS_DUMP, &bytes)?;
    }
    Ok(())
}

fn describe(
    engine: &Engine,
    container: &Container,
    captured: Option<&Captured>,
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
                included: options.base.as_ref().map(|base| base.included.clone()),
            })
        }
        Rootfs::Directory(_) => None,
    };
    let packed = captured
        .and_then(|captured| captured.rootfs.as_ref())
        .filter(|_| !options.ignore_rootfs);
    let rootfs_diff = packed.map_or(Ok(0), Tar::bytes)?;
    let log = captured.and_then(|captured| captured.log.as_ref());
    let volumes = captured.map_or(&[][..], |captured| &captured.volumes);
    Ok(Manifest {
        format_version: manifest::FORMAT_VERSION,
        engine: manifest::Program {
            name: "cryopod".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        created: machine::now(),
        times: options.times.clone(),
        host: manifest::Host {
            arch: machine::architecture().into(),
            cpu_features: machine::cpu_features(),
            kernel: machine::kernel(),
            cgroup_version: if cgroup::is_unified() { 2 } else { 1 },
        },
        criu_version: options.criu_version,
        runtime: manifest::Program {
            name: runtime.name.clone(),
            version: options.runtime_version.clone(),
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
            dev_shm: captured.map_or(Ok(0), |captured| captured.shm.bytes())?,
            volumes: volumes
                .iter()
                .map(|(_, tar)| tar.bytes())
                .sum::<Result<_>>()?,
            log: log.map_or(0, |(_, length)| *length),
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
