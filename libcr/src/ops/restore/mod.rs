//! `container restore` and `start --checkpoint`: thaws a container from its own checkpoint or a
//! named one, or makes one from an archive.
//!
//! In order: options, the archive's header, a plan that refuses whatever can be refused, intent,
//! unpacking, mounts, network, CRIU, verification, record. A failure removes what was made; the
//! checkpoint is as it was.

use std::fs;
use std::path::{Path, PathBuf};

use network::types::StatusBlock;

use crate::archive::layout;
use crate::criu;
use crate::criu::contents::Directory;
use crate::engine::Engine;
use crate::error::{Error, Result, one_line};
use crate::model::checkpoint::{RestoreReport, micros};
use crate::model::container::{Container, NetworkMode};
use crate::model::event::Event;
use crate::model::operation::Intent;
use crate::net::{self, SavedAddresses};
use crate::ops::steps::catalogue;
use crate::ops::steps::claim::claim;
use crate::ops::steps::freezing::capture;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::bring_up::{self, bring_up};
use crate::ops::steps::life::monitor::RestoreCall;
use crate::ops::steps::life::observe::{check_new, observe};
use crate::ops::steps::life::tear_down::tear_down;
use crate::ops::steps::life::{rootfs, volumes};
use crate::ops::steps::preflight;
use crate::ops::steps::sandbox;
use crate::ops::steps::thawing::bounds::{self, Origin};
use crate::ops::steps::thawing::lazy_pages::LazyPages;
use crate::ops::steps::thawing::thaw::thaw;
use crate::ops::steps::thawing::{consume, foreign, put_back, trust};
use crate::ops::steps::undo::Undo;
use crate::progress::{Progress, Step};
use crate::runtime::criu_options::Verb;
use crate::sys::dir::at;
use crate::sys::{fault, machine, proc};

mod checks;
mod import;
mod options;
mod plan;
mod pod;
mod ports;
mod prepare;
mod prepare_pod;
mod preview;
mod remote;

pub use import::{import, is_checkpoint, is_image, restore_image};
pub use options::{Grants, RestoreOptions};
pub use pod::{PodRestoreOptions, restore_member, restore_pod};
pub use prepare::{Checkpoint, prepare};
pub use prepare_pod::{PodArchive, prepare_pod};
pub use preview::{preview, preview_image, preview_import};

/// A checkpoint on this host.
struct Source {
    /// Holds the files of its instant.
    directory: PathBuf,
    /// CRIU's images.
    images: PathBuf,
    /// Stays after the restore.
    keep: bool,
    /// Id of the named checkpoint that it is; empty: the container's own.
    named: String,
    /// It is of another container, whose addresses are not this one's.
    foreign: bool,
    /// It came in an archive, which anybody may have written.
    archived: bool,
}

/// Thaws a container from the checkpoint in its bundle, or from a named one.
///
/// # Errors
/// [`Error::WrongState`] when it runs; [`Error::Invalid`] when it has no checkpoint;
/// [`Error::NoSuchCheckpoint`]; [`Error::Restore`] with what CRIU's log means. The checkpoint is
/// as it was after every error.
pub fn restore(
    engine: &Engine,
    word: &str,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<RestoreReport> {
    options.validate(false)?;
    let found = engine.find(word).map_err(|error| match error {
        Error::NoSuchContainer(word) if options.named.is_none() => {
            Error::NoSuchContainerOrImage(word)
        }
        other => other,
    });
    let id = found?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    if options.prepared {
        check_new(&container)?;
    }
    progress.step(&container.config.name, Step::Preflight);
    let mut options = options.clone();
    let source = source(engine, &container, &mut options)?;
    let criu_version = preflight::can_restore(engine, &container, &source.images)?;
    let warnings = agreed(engine, &container, &source, &options)?;
    // An archive's addresses are not those of who asked for the container.
    let saved = if source.foreign || source.archived {
        SavedAddresses::default()
    } else {
        saved_addresses(&source.directory, &options)?
    };
    let intent = Intent::Restore {
        image: String::new(),
        imported: false,
        keep: source.keep,
        named: source.named.clone(),
    };
    let thawing = Thawing {
        engine,
        options: &options,
        source: &source,
        saved,
        criu_version,
        progress,
    };
    let journal = Journal::begin(engine, &id, &intent)?;
    let before = container.state.clone();
    match thawing.bring_back(&mut container) {
        Ok(mut report) => {
            finish(engine, &container, source.keep, &journal)?;
            report.warnings.splice(0..0, warnings);
            Ok(report)
        }
        Err(error) => {
            let half_made = container.clone();
            let mut undo = Undo::default();
            undo.push("files", || rootfs::put_back(engine, &half_made.config));
            undo.push("tear down", || tear_down(engine, &half_made));
            let error = undo.run(error);
            container.state = before;
            Err(journal.give_up(error, |rows| rows.update_state(&id, &container.state)))
        }
    }
}

/// What the images hold and what is mounted, against the options and the host; what the user
/// should know.
///
/// # Errors
/// The first thing that stands in the way.
fn agreed(
    engine: &Engine,
    container: &Container,
    source: &Source,
    options: &RestoreOptions,
) -> Result<Vec<String>> {
    let mut rows = checks::Rows::new(&options.skip_checks);
    // Images that can't be read are explained by CRIU, which may know more of them.
    if let Ok(facts) = criu::ImageFacts::read(&source.images) {
        checks::images(&container.config.name, &facts, options, &mut rows);
    }
    checks::memory(&container.config.name, &source.images, options, &mut rows);
    checks::mounts(&container.config, &mut rows);
    let spec = source
        .archived
        .then(|| bring_up::imported_spec(engine, &container.config));
    if let Some(spec) = spec.transpose()?.flatten() {
        let spec = prepare::granted(engine, &container.config, spec)?;
        let mut images = Directory::new(&source.images, "");
        let origin = Origin::Archive(options.grants);
        checks::bounds(
            &container.config.name,
            &mut images,
            &spec,
            origin,
            &mut rows,
        );
    }
    let (warnings, failure) = rows.outcome();
    failure.map_or(Ok(warnings), Err)
}

/// Which checkpoint it is; one with a name says itself which options it needs.
fn source(engine: &Engine, container: &Container, options: &mut RestoreOptions) -> Result<Source> {
    let outside = options.named.as_ref().map_or_else(
        || {
            let own = options.image_path.as_ref();
            own.or(container.state.checkpoint_images.as_ref())
        },
        |place| place.directory.as_ref(),
    );
    trust::check_unsigned(
        engine,
        outside.map(PathBuf::as_path),
        options.criu.page_server.as_deref(),
    )?;
    if let Some(place) = &options.named {
        let existing = catalogue::existing(engine, container, place)?;
        let checkpoint = existing.checkpoint;
        if options.criu.auto_dedup {
            let why = "--auto-dedup cannot be used with a checkpoint that stays";
            return Err(Error::Invalid(why.into()));
        }
        catalogue::check_fits(container, &checkpoint)?;
        options.tcp_established |= checkpoint.tcp_established && !options.tcp_close;
        options.file_locks |= checkpoint.file_locks;
        return Ok(Source {
            images: existing.directory.join(layout::CHECKPOINT),
            directory: existing.directory,
            keep: true,
            foreign: checkpoint.container != container.config.id,
            archived: false,
            named: checkpoint.id,
        });
    }
    let bundle = engine.bundle(&container.config.id);
    for (option, path) in [
        ("--image-path", &options.image_path),
        ("--work-path", &options.work_path),
    ] {
        if let Some(path) = path {
            catalogue::directory::check_option(option, path)?;
        }
    }
    let elsewhere = options.image_path.clone();
    let elsewhere = elsewhere.or_else(|| container.state.checkpoint_images.clone());
    Ok(Source {
        images: elsewhere.unwrap_or_else(|| bundle.join(layout::CHECKPOINT)),
        directory: bundle,
        keep: options.keep,
        named: String::new(),
        foreign: false,
        // The files beside its images are those of the archive all the same.
        archived: container.state.checkpoint_archived,
    })
}

/// Addresses to ask for again, from `network.status` beside the checkpoint; what the user wants
/// forgotten is taken out of the configuration for good, as Podman does.
fn saved_addresses(directory: &Path, options: &RestoreOptions) -> Result<SavedAddresses> {
    let path = directory.join(layout::NETWORK_STATUS);
    let text = match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(SavedAddresses::default());
        }
        text => text.map_err(at("read", &path))?,
    };
    addresses_in(&text, &path, options)
}

/// The same of the text of a `network.status`; `path` is what messages call it.
fn addresses_in(text: &[u8], path: &Path, options: &RestoreOptions) -> Result<SavedAddresses> {
    if options.name.is_some() {
        return Ok(SavedAddresses::default());
    }
    let status: Option<std::collections::BTreeMap<String, StatusBlock>> =
        serde_json::from_slice(text).map_err(|error| {
            let why = one_line(&error);
            Error::Invalid(format!("cannot read {}: {why}", path.display()))
        })?;
    let (keep_ip, keep_mac) = (!options.ignore_static_ip, !options.ignore_static_mac);
    Ok(SavedAddresses {
        networks: net::saved(&status.unwrap_or_default(), keep_ip, keep_mac),
        required: options.tcp_established,
    })
}

/// One container that is being thawed.
struct Thawing<'a> {
    engine: &'a Engine,
    options: &'a RestoreOptions,
    source: &'a Source,
    saved: SavedAddresses,
    criu_version: u32,
    progress: &'a dyn Progress,
}

impl Thawing<'_> {
    /// Nobody waits for it any more, and no process has come back yet.
    fn unless_cancelled(&self, container: &Container) -> Result<()> {
        if self.progress.cancelled() {
            let what = format!("restore of container {}", container.config.name);
            return Err(Error::Abandoned(what));
        }
        Ok(())
    }

    /// Mounts, network, files, CRIU; the container runs afterwards and its state says so.
    fn bring_back(&self, container: &mut Container) -> Result<RestoreReport> {
        let (engine, options) = (self.engine, self.options);
        let call = self.call(container)?;
        self.unless_cancelled(container)?;
        self.progress.step(&container.config.name, Step::Prepare);
        forget_static(container, options);
        sandbox::ensure(engine, &container.config)?;
        fault::point("infra-started");
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
        let directory = &self.source.directory;
        let apply_rootfs = !options.ignore_rootfs && directory.join(layout::ROOTFS_DIFF).exists();
        if self.source.keep && (!apply_rootfs || !self.source.named.is_empty()) {
            // A checkpoint in the bundle stays too, whose files are what is there now.
            capture::pin_files(engine, container)?;
            fault::point("pinned");
        }
        if apply_rootfs {
            // The files as they were at that instant, not as they became since.
            rootfs::set_aside(engine, &container.config)?;
            fault::point("set-aside");
        }
        let devices = may_have_devices(container, options, self.source.archived);
        let plugged = bring_up(engine, container, &self.saved, |paths| {
            put_back::files(directory, paths, apply_rootfs, devices)?;
            if self.source.archived {
                foreign::root_mode(&self.source.images, &paths.merged)?;
            }
            Ok(())
        })?;
        fault::point("brought-up");
        self.bounded(container)?;
        // The user's own directory stays as it is; nobody else can write there.
        if !options.with_pod && self.source.images.starts_with(&engine.config.root) {
            sandbox::keep_limits(engine, &container.config, &self.source.images)?;
        }
        self.unless_cancelled(container)?;
        self.progress.step(&container.config.name, Step::Restore);
        let pages = options
            .criu
            .lazy_pages
            .then(|| LazyPages::start(&call, options.criu.page_server.as_deref()))
            .transpose()?;
        let (monitored, took) = thaw(engine, container, &call)?;
        if let Some(pages) = pages {
            // The images are in use until the last page has followed.
            pages.finish()?;
        }
        fault::point("thawed");
        let state = &mut container.state;
        state.status = status;
        state.pid = Some(monitored.pid);
        state.monitor_pid = Some(monitored.monitor_pid);
        state.restored_at = Some(machine::now());
        state.checkpointed_at = None;
        state.checkpoint_images = None;
        state.checkpoint_archived &= self.source.keep;
        state.pre_checkpoints = 0;
        state.last_named.clone_from(&self.source.named);
        state.exit_code = 0;
        state.stopped_by_user = false;
        state.error.clear();
        if state.started_at.is_none() {
            state.started_at.clone_from(&state.restored_at);
        }
        Ok(RestoreReport {
            id: container.config.id.clone(),
            runtime_restore_duration: micros(took),
            criu_statistics: criu::stats::read_restore(&call.work.join("stats-restore")).ok(),
            warnings: plugged.warnings,
        })
    }

    /// The processes get no more than the specification that was just written has.
    fn bounded(&self, container: &Container) -> Result<()> {
        let images = &self.source.images;
        let name = &container.config.name;
        let Some(spec) = bring_up::written_spec(self.engine, &container.config.id)? else {
            return Ok(());
        };
        let spec = prepare::granted(self.engine, &container.config, spec)?;
        if self.source.archived {
            if container.config.imported_spec.is_none() {
                // Made as somebody asked for: the archive is granted what that has, and nothing else.
                let origin = Origin::Archive(Grants::default());
                bounds::check(name, &mut Directory::new(images, ""), &spec, origin)?;
            }
            return bounds::places::check(name, images, &spec);
        }
        bounds::check(name, &mut Directory::new(images, ""), &spec, Origin::Host)
    }

    /// What the runtime is to do; refused here is what it can't.
    fn call(&self, container: &Container) -> Result<RestoreCall> {
        let options = self.options;
        let runtime = self.engine.runtime_of(container)?.name;
        let mut criu = options.criu.clone();
        criu.tcp_close = options.tcp_close;
        // Where pages come from is the business of the lazy-pages daemon, not of the runtime.
        criu.page_server = None;
        let work = options.work_path.clone();
        Ok(RestoreCall {
            images: self.source.images.clone(),
            work: work.unwrap_or_else(|| self.engine.bundle(&container.config.id)),
            tcp_established: options.tcp_established,
            file_locks: options.file_locks,
            options: criu.route(&runtime, Verb::Restore, self.criu_version)?,
        })
    }
}

/// Device nodes in the root file system come back where the container could have made them, or
/// the user grants them.
fn may_have_devices(container: &Container, options: &RestoreOptions, archived: bool) -> bool {
    let may_make = container
        .config
        .security
        .cap_add
        .iter()
        .any(|word| word.ends_with("MKNOD"));
    !archived && container.config.imported_spec.is_none() || options.grants.devices || may_make
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

fn finish(engine: &Engine, container: &Container, keep: bool, journal: &Journal<'_>) -> Result<()> {
    engine
        .store
        .transaction(|rows| rows.update_config(&container.config))?;
    fault::point("configured");
    rootfs::forget_aside(engine, &container.config)?;
    fault::point("aside-forgotten");
    if !keep {
        consume::checkpoint(&engine.bundle(&container.config.id))?;
    }
    journal.end_with(|rows| {
        rows.update_state(&container.config.id, &container.state)?;
        volumes::settle(rows, &container.config.id)?;
        rows.insert_event("restore", container, "")
    })
}
