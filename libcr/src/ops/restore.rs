//! `container restore`: thaws a container from its own checkpoint, or makes one from an archive.
//!
//! In order: options, the archive's header, a plan that refuses whatever can be refused, intent,
//! unpacking, mounts, network, CRIU, verification, record. A failure removes what was made; the
//! checkpoint is as it was.

use std::fs;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use network::types::StatusBlock;

use crate::archive::{Header, Reader, Selection, layout, podman};
use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::catalogue::CheckpointPlace;
use crate::model::checkpoint::{RestoreReport, micros};
use crate::model::container::{Container, ContainerState, NetworkMode, Rootfs};
use crate::model::event::Event;
use crate::model::id;
use crate::model::operation::Intent;
use crate::model::status::Status;
use crate::net::{self, SavedAddresses};
use crate::ops::steps::claim::claim;
use crate::ops::steps::freezing::capture;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::bring_up::bring_up;
use crate::ops::steps::life::monitor::RestoreCall;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::rootfs::{self, RootfsPaths};
use crate::ops::steps::life::tear_down::tear_down;
use crate::ops::steps::podman_config;
use crate::ops::steps::preflight;
use crate::ops::steps::recovery::{self, Patience};
use crate::ops::steps::thawing::base_image;
use crate::ops::steps::thawing::consume;
pub use crate::ops::steps::thawing::imported_spec::Grants;
use crate::ops::steps::thawing::thaw::thaw;
use crate::ops::steps::thawing::unpack::{self, Staging};
use crate::ops::steps::undo::Undo;
use crate::progress::{Progress, Step};
use crate::storage::apply::{ApplyOptions, apply_tree, delete_paths};
use crate::sys::dir::{at, remove_dir_if_present};
use crate::sys::{machine, proc};

/// What `container restore` is asked for.
#[derive(Debug, Clone, Default)]
pub struct RestoreOptions {
    /// `--name`: a new name, and with it a new id and new addresses.
    pub name: Option<String>,
    /// `--keep`: the checkpoint and CRIU's logs stay.
    pub keep: bool,
    /// `--tcp-established`.
    pub tcp_established: bool,
    /// `--file-locks`.
    pub file_locks: bool,
    /// `--tcp-close`: connections that were established are closed.
    pub tcp_close: bool,
    /// `--publish`: instead of the ports that the archive publishes.
    pub publish: Vec<String>,
    /// `--ignore-volumes`: files of named volumes are not put back.
    pub ignore_volumes: bool,
    /// `--import-previous`: the archive of the pre-checkpoint that the archive builds on.
    pub import_previous: Option<PathBuf>,
    /// `start --checkpoint`: from the catalogue or a directory of the user's; it stays.
    pub named: Option<CheckpointPlace>,
    /// `--ignore-rootfs`: changes of the root file system are not applied.
    pub ignore_rootfs: bool,
    /// `--ignore-static-ip`: a new address, from now on.
    pub ignore_static_ip: bool,
    /// `--ignore-static-mac`: a new MAC, from now on.
    pub ignore_static_mac: bool,
    /// `--allow-mounts`, `--allow-devices`, `--allow-capabilities`, `--allow-host-network`.
    pub grants: Grants,
}

impl RestoreOptions {
    /// Checks the options as a whole, in Podman's order and words. `import`: from an archive.
    pub fn validate(&self, import: bool) -> Result<()> {
        let refuse = |text: &str| Err(Error::Invalid(text.into()));
        if !import && self.ignore_rootfs {
            return refuse("--ignore-rootfs can only be used with image or --import");
        }
        if !import && self.name.is_some() {
            return refuse("--name can only be used with image or --import");
        }
        if self.name.is_some() && self.tcp_established {
            return refuse("--tcp-established cannot be used with --name");
        }
        Ok(())
    }
}

/// Thaws a container from the checkpoint in its bundle.
///
/// # Errors
/// [`Error::WrongState`] when it runs; [`Error::Invalid`] when it has no checkpoint;
/// [`Error::Restore`] with what CRIU's log means. The checkpoint is as it was after every error.
pub fn restore(
    engine: &Engine,
    word: &str,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<RestoreReport> {
    options.validate(false)?;
    let found = engine.find(word).map_err(|error| match error {
        Error::NoSuchContainer(word) => Error::NoSuchContainerOrImage(word),
        other => other,
    });
    let id = found?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    progress.step(&container.config.name, Step::Preflight);
    preflight::can_restore(engine, &container)?;
    let saved = saved_addresses(engine, &container, options)?;
    let intent = Intent::Restore {
        imported: false,
        keep: options.keep,
    };
    let journal = Journal::begin(engine, &id, &intent)?;
    let before = container.state.clone();
    match bring_back(engine, &mut container, options, &saved, &journal, progress) {
        Ok(report) => {
            finish(engine, &container, options.keep, journal)?;
            Ok(report)
        }
        Err(error) => {
            let half_made = container.clone();
            let mut undo = Undo::default();
            undo.push("files", || rootfs::put_back(engine, &half_made.config));
            undo.push("tear down", || tear_down(engine, &half_made));
            let error = undo.run(error);
            container.state = before;
            end_after_undo(&error, || journal.finish(&container, None))?;
            Err(error)
        }
    }
}

/// Makes a container from an archive (`-`: standard input) and thaws it.
///
/// # Errors
/// As [`restore`]; [`crate::archive::ArchiveError`] for what is no archive or a hostile one;
/// [`crate::store::StoreError::NameInUse`]. Nothing of the container is left after an error.
pub fn import(
    engine: &Engine,
    archive: &Path,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<RestoreReport> {
    options.validate(true)?;
    preflight::criu()?;
    let shown = options
        .name
        .clone()
        .unwrap_or_else(|| archive.display().to_string());
    progress.step(&shown, Step::Read);
    let staging = Staging::make(engine)?;
    let (reader, header) = unpack::open(archive, &staging)?;
    let (mut container, mut warnings) = plan(engine, archive, &header, options)?;
    let id = container.config.id.clone();
    let _lock = engine.lock(&id)?;
    recovery::recover_container(engine, &id, Patience::Unlimited)?;
    // Asked again under the lock: another import of it may have been quicker.
    if engine.store.rows().container(&id)?.is_some() {
        return Err(crate::store::StoreError::IdInUse(id).into());
    }
    let intent = Intent::Restore {
        imported: true,
        keep: options.keep,
    };
    let journal = Journal::begin(engine, &id, &intent)?;
    let mut undo = Undo::default();
    let selection = Selection {
        rootfs: !options.ignore_rootfs,
        volumes: false,
        log: true,
        // A file is still there should the power fail; a stream is not.
        durable: options.keep || !archive.is_file(),
    };
    let done = make(
        engine, &container, reader, staging, selection, &journal, &mut undo,
    )
    .and_then(|()| saved_addresses(engine, &container, options))
    .and_then(|saved| bring_back(engine, &mut container, options, &saved, &journal, progress));
    match done {
        Ok(mut report) => {
            undo.forget();
            warnings.append(&mut report.warnings);
            report.warnings = warnings;
            finish(engine, &container, options.keep, journal)?;
            Ok(report)
        }
        Err(error) => {
            let half_made = container.clone();
            undo.push("tear down", move || tear_down(engine, &half_made));
            let error = undo.run(error);
            end_after_undo(&error, || journal.abandon())?;
            Err(error)
        }
    }
}

/// Ends an operation that was undone. What could not be undone stays in the journal: the next
/// command tries again.
fn end_after_undo(error: &Error, end: impl FnOnce() -> Result<()>) -> Result<()> {
    if matches!(error, Error::Undo { .. }) {
        Ok(())
    } else {
        end()
    }
}

/// Everything that can be refused is refused here, from the header alone.
fn plan(
    engine: &Engine,
    archive: &Path,
    header: &Header,
    options: &RestoreOptions,
) -> Result<(Container, Vec<String>)> {
    let unreadable = |what: &str, error: serde_json::Error| {
        Error::Invalid(format!(
            "{}: cannot read {what}: {error}",
            archive.display()
        ))
    };
    let dump = podman::ContainerConfig::from_json(&header.config_dump)
        .map_err(|error| unreadable(layout::CONFIG_DUMP, error))?;
    let spec = serde_json::from_slice(&header.spec_dump)
        .map_err(|error| unreadable(layout::SPEC_DUMP, error))?;
    let mut warnings = Vec::new();
    if let Some(manifest) = &header.manifest {
        let (theirs, ours) = (&manifest.host.arch, machine::architecture());
        if theirs != ours {
            return Err(Error::Invalid(format!(
                "{}: the checkpoint was made on {theirs}, this host is {ours}: restore it on a {theirs} host",
                archive.display()
            )));
        }
        let present = machine::cpu_features();
        let wanted = manifest.host.cpu_features.iter();
        let missing: Vec<&str> = wanted
            .filter(|feature| present.binary_search(feature).is_err())
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            warnings.push(format!(
                "the checkpoint's host had CPU features that this one lacks ({}): a program that uses them ends with an illegal instruction",
                missing.join(", ")
            ));
        }
        if manifest.options.file_locks && !options.file_locks {
            return Err(Error::Invalid(format!(
                "{}: the checkpoint holds file locks: add --file-locks",
                archive.display()
            )));
        }
    }
    if let Some(told) = engine.config.runtime.as_deref() {
        let told = Path::new(told)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        if !dump.runtime.is_empty() && told != dump.runtime {
            return Err(Error::Invalid(format!(
                "checkpoint archive {} was created with runtime '{}' and cannot be restored with runtime '{told}'",
                archive.display(),
                dump.runtime
            )));
        }
    }
    let rootfs = if dump.rootfs.is_empty() {
        let (image, name, warning) = base_image::find(engine, &dump, header.manifest.as_ref())?;
        warnings.extend(warning);
        let raw_name = if dump.raw_image_name.is_empty() {
            name.clone()
        } else {
            dump.raw_image_name.clone()
        };
        Rootfs::Image {
            id: image.id,
            name,
            raw_name,
        }
    } else {
        // A directory of this host, named by the archive.
        return Err(Error::Invalid(format!(
            "{}: the container ran on the directory {} of its host (--rootfs), which no archive holds: make an image of it and start anew",
            archive.display(),
            dump.rootfs
        )));
    };
    let new_id = options
        .name
        .as_ref()
        .map(|_| machine::random().map(id::from_random))
        .transpose()?;
    let config = podman_config::from_podman(
        &dump,
        spec,
        options.name.as_deref(),
        new_id,
        rootfs,
        options.grants,
    )?;
    if let NetworkMode::Bridge { networks } = &config.network {
        let directory = network::NetworkDirectory::new(&engine.config.network_config_dir);
        for (name, _) in networks {
            directory.get(name)?;
        }
    }
    let state = ContainerState {
        status: Status::Exited,
        ..ContainerState::default()
    };
    let container = Container { config, state };
    engine.runtime_of(&container)?;
    if let Some(holder) = engine.store.rows().holder_of_name(&container.config.name)? {
        let name = container.config.name;
        return Err(crate::store::StoreError::NameInUse { name, id: holder }.into());
    }
    if engine
        .store
        .rows()
        .container(&container.config.id)?
        .is_some()
    {
        return Err(crate::store::StoreError::IdInUse(container.config.id).into());
    }
    Ok((container, warnings))
}

/// Unpacks and makes row and directory.
fn make<'a>(
    engine: &'a Engine,
    container: &Container,
    reader: Reader,
    staging: Staging,
    selection: Selection,
    journal: &Journal<'_>,
    undo: &mut Undo<'a>,
) -> Result<()> {
    let id = container.config.id.clone();
    let contents = reader.unpack(staging.handle(), selection)?;
    if !contents.has("checkpoint/inventory.img") {
        return Err(Error::Invalid(
            "a complete checkpoint for this container cannot be found, cannot restore: the archive has no checkpoint/inventory.img".into(),
        ));
    }
    journal.fault("unpacked");
    let directory = engine.container_dir(&id);
    fs::create_dir(&directory).map_err(at("make", &directory))?;
    let made = directory.clone();
    undo.push("container directory", move || {
        Ok(remove_dir_if_present(&made)?)
    });
    fs::set_permissions(
        &directory,
        std::os::unix::fs::PermissionsExt::from_mode(0o700),
    )?;
    let bundle = engine.bundle(&id);
    staging.promote(&bundle)?;
    let log = bundle.join(layout::LOG);
    if log.exists() {
        fs::rename(&log, engine.log_file(&id)).map_err(at("rename", &log))?;
    }
    // cgroup state of another engine's dump: the runtime owns the cgroup here.
    criu::images::empty_cgroup_state(&bundle.join(layout::CHECKPOINT))?;
    engine
        .store
        .transaction(|rows| rows.insert_container(container))?;
    let row = id.clone();
    undo.push("row", move || {
        Ok(engine
            .store
            .transaction(|rows| rows.delete_container(&row))?)
    });
    journal.fault("made");
    Ok(())
}

/// Addresses to ask for again, from `network.status` in the bundle; what the user wants forgotten
/// is taken out of the configuration for good, as Podman does.
fn saved_addresses(
    engine: &Engine,
    container: &Container,
    options: &RestoreOptions,
) -> Result<SavedAddresses> {
    let required = options.tcp_established;
    if options.name.is_some() {
        return Ok(SavedAddresses::default());
    }
    let path = engine
        .bundle(&container.config.id)
        .join(layout::NETWORK_STATUS);
    let text = match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(SavedAddresses::default());
        }
        text => text.map_err(at("read", &path))?,
    };
    let status: Option<std::collections::BTreeMap<String, StatusBlock>> =
        serde_json::from_slice(&text)
            .map_err(|error| Error::Invalid(format!("cannot read {}: {error}", path.display())))?;
    let (keep_ip, keep_mac) = (!options.ignore_static_ip, !options.ignore_static_mac);
    let networks = net::saved(&status.unwrap_or_default(), keep_ip, keep_mac);
    Ok(SavedAddresses { networks, required })
}

/// Mounts, network, files, CRIU; the container runs afterwards and its state says so.
fn bring_back(
    engine: &Engine,
    container: &mut Container,
    options: &RestoreOptions,
    saved: &SavedAddresses,
    journal: &Journal<'_>,
    progress: &dyn Progress,
) -> Result<RestoreReport> {
    progress.step(&container.config.name, Step::Prepare);
    forget_static(container, options);
    let bundle = engine.bundle(&container.config.id);
    let status = container
        .state
        .status
        .after(Event::Restore)
        .ok_or_else(|| {
            let id = &container.config.id;
            Error::WrongState(format!(
                "container {id} is running or paused, cannot restore"
            ))
        })?;
    container.state.boot_id = proc::boot_id();
    let apply_rootfs = !options.ignore_rootfs && bundle.join(layout::ROOTFS_DIFF).exists();
    if apply_rootfs {
        // The files as they were at that instant, not as they became since.
        rootfs::set_aside(engine, &container.config)?;
        journal.fault("set-aside");
    } else if options.keep {
        capture::pin_files(engine, container)?;
    }
    let devices = may_have_devices(container, options);
    let plugged = bring_up(engine, container, saved, |paths| {
        put_back_files(&bundle, paths, apply_rootfs, devices)
    })?;
    journal.fault("brought-up");
    progress.step(&container.config.name, Step::Restore);
    let call = RestoreCall {
        images: bundle.join(layout::CHECKPOINT),
        work: bundle.clone(),
        tcp_established: options.tcp_established,
        file_locks: options.file_locks,
    };
    let (monitored, took) = thaw(engine, container, &call)?;
    journal.fault("thawed");
    let state = &mut container.state;
    state.status = status;
    state.pid = Some(monitored.pid);
    state.monitor_pid = Some(monitored.monitor_pid);
    state.restored_at = Some(machine::now());
    state.checkpointed_at = None;
    state.exit_code = 0;
    state.stopped_by_user = false;
    state.error.clear();
    if state.started_at.is_none() {
        state.started_at.clone_from(&state.restored_at);
    }
    Ok(RestoreReport {
        id: container.config.id.clone(),
        runtime_restore_duration: micros(took),
        criu_statistics: criu::stats::read_restore(&bundle.join("stats-restore")).ok(),
        warnings: plugged.warnings,
    })
}

/// Device nodes in the root file system come back where the container could have made them, or
/// the user grants them.
fn may_have_devices(container: &Container, options: &RestoreOptions) -> bool {
    let may_make = container
        .config
        .security
        .cap_add
        .iter()
        .any(|word| word.ends_with("MKNOD"));
    container.config.imported_spec.is_none() || options.grants.devices || may_make
}

fn forget_static(container: &mut Container, options: &RestoreOptions) {
    if let NetworkMode::Bridge { networks } = &mut container.config.network {
        for (_, own) in networks {
            if options.ignore_static_ip {
                own.static_ips.clear();
            }
            if options.ignore_static_mac {
                own.static_mac.clear();
            }
        }
    }
}

fn put_back_files(
    bundle: &Path,
    paths: &RootfsPaths,
    apply_rootfs: bool,
    devices: bool,
) -> Result<()> {
    let open = |path: &PathBuf| -> Result<Dir> {
        Ok(Dir::open_ambient_dir(path, ambient_authority()).map_err(at("open", path))?)
    };
    let read = |name: &str| fs::File::open(bundle.join(name));
    if let Ok(tar) = read(layout::DEV_SHM) {
        apply_tree(&open(&paths.shm)?, tar, &ApplyOptions::default())?;
    }
    if apply_rootfs {
        let root = open(&paths.merged)?;
        let options = ApplyOptions {
            devices,
            ..ApplyOptions::default()
        };
        apply_tree(&root, read(layout::ROOTFS_DIFF)?, &options)?;
        if let Ok(text) = fs::read(bundle.join(layout::DELETED_FILES)) {
            let deleted: Vec<String> = serde_json::from_slice(&text)
                .map_err(|error| Error::Invalid(format!("cannot read deleted.files: {error}")))?;
            delete_paths(&root, &deleted)?;
        }
    }
    Ok(())
}

fn finish(engine: &Engine, container: &Container, keep: bool, journal: Journal<'_>) -> Result<()> {
    engine
        .store
        .transaction(|rows| rows.update_config(&container.config))?;
    let bundle = engine.bundle(&container.config.id);
    rootfs::forget_aside(engine, &container.config)?;
    if !keep {
        consume::checkpoint(&bundle)?;
    }
    journal.finish(container, Some(("restore", "")))
}
