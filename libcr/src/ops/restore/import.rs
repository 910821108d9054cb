//! `container restore --import`: a container from an archive.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::archive::manifest::IncludedImage;
use crate::archive::pod::Member;
use crate::archive::{Header, Reader, Selection, layout};
use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::checkpoint::RestoreReport;
use crate::model::container::Container;
use crate::model::container::pod::Shared;
use crate::model::image::Image;
use crate::model::operation::Intent;
use crate::ops::restore::plan::{Agreed, plan};
use crate::ops::restore::remote;
use crate::ops::restore::{
    RestoreOptions, Source, Thawing, agreed, finish, may_have_devices, saved_addresses,
};
use crate::ops::steps::freezing::place;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::tear_down::tear_down;
use crate::ops::steps::life::volumes;
use crate::ops::steps::preflight;
use crate::ops::steps::recovery::{self, Patience};
use crate::ops::steps::thawing::put_back;
use crate::ops::steps::thawing::trust::{self, Trust};
use crate::ops::steps::thawing::unpack::{self, Staging};
use crate::ops::steps::transfer::name;
use crate::ops::steps::undo::Undo;
use crate::ops::steps::{checkpoint_image, image_lookup, included_image};
use crate::progress::{Progress, Step};
use crate::seal::Keys;
use crate::store::StoreError;
use crate::sys::dir::{at, remove_dir_if_present};
use crate::sys::fault;

/// Where an imported container comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin<'a> {
    /// An archive; `-` is standard input.
    File(&'a Path),
    /// The same, open already, and what messages call it.
    Opened(&'a File, &'a Path),
    /// A checkpoint image of this host, by the name it was asked for.
    Image(&'a Image, &'a str),
    /// The archive of one container of a pod, in that of the pod, which was found trustworthy.
    Member(&'a Member),
}

impl Origin<'_> {
    /// What messages call it.
    pub(super) fn shown(&self) -> PathBuf {
        match self {
            Self::File(path) | Self::Opened(_, path) => path.to_path_buf(),
            Self::Image(_, name) => PathBuf::from(name),
            Self::Member(member) => PathBuf::from(&member.shown),
        }
    }

    /// The file that it is, if it is one.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) if *path != Path::new("-") => Some(path),
            _ => None,
        }
    }

    /// Whether it can be read again, should the power fail. A stream can't.
    fn stays(&self) -> bool {
        match self {
            Self::File(path) => path.is_file(),
            Self::Opened(..) | Self::Image(..) | Self::Member(_) => true,
        }
    }

    pub(super) fn open(
        &self,
        engine: &Engine,
        keys: &Keys,
        staging: &Staging,
        selection: Selection,
    ) -> Result<(Reader, Header)> {
        match self {
            Self::File(path) => unpack::open(path, keys, staging, selection),
            Self::Opened(file, path) => {
                let file = file.try_clone().map_err(at("open", path))?;
                let part = std::iter::once(Ok(Box::new(file) as Box<dyn Read + Send>));
                let shown = path.display().to_string();
                unpack::open_parts(Box::new(part), &shown, keys, staging, selection)
            }
            Self::Image(image, name) => {
                let layers = checkpoint_image::open(engine, image)?;
                unpack::open_parts(layers, name, keys, staging, selection)
            }
            Self::Member(member) => {
                let parts = std::iter::once(Ok(Box::new(member.stream()) as Box<dyn Read + Send>));
                let parts = Box::new(parts);
                unpack::open_parts(parts, &member.shown, keys, staging, selection)
            }
        }
    }
}

/// Makes a container from a checkpoint image and thaws it; the image stays. `word` is a name, an id
/// or the beginning of one; an image that is not here is pulled where its name says from where.
///
/// # Errors
/// As [`import`]; [`Error::Invalid`] for an image that is no checkpoint, in Podman's words.
pub fn restore_image(
    engine: &Engine,
    word: &str,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<RestoreReport> {
    options.validate(true)?;
    let (image, name) = remote::checkpoint(engine, word, options, progress)?;
    import_from(engine, Origin::Image(&image, &name), options, progress)
}

/// Whether a word names a checkpoint image and no container, whose names come first: one of this
/// host, or one that only a registry can have.
///
/// # Errors
/// When the store can't be read.
pub fn is_image(engine: &Engine, word: &str) -> Result<bool> {
    match engine.find(word) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        found => return found.map(|_| false),
    }
    match image_lookup::find(engine, word) {
        Ok((image, _)) => {
            drop(checkpoint_image::open(engine, &image)?);
            Ok(true)
        }
        // It would be pulled.
        Err(_) => Ok(name::is_remote(word)),
    }
}

/// Whether a word names an image that is a checkpoint.
///
/// # Errors
/// When the store can't be read; an image that isn't there is none.
pub fn is_checkpoint(engine: &Engine, word: &str) -> Result<bool> {
    match image_lookup::find(engine, word) {
        Ok((image, _)) => Ok(checkpoint_image::is_checkpoint(
            &checkpoint_image::annotations(engine, &image),
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a container from an archive (`-`: standard input) and thaws it.
///
/// # Errors
/// As [`super::restore`]; [`crate::archive::ArchiveError`] for what is no archive or a hostile one;
/// [`StoreError::NameInUse`], [`StoreError::VolumeExists`]. Nothing of the container is left after
/// an error.
pub fn import(
    engine: &Engine,
    archive: &Path,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<RestoreReport> {
    options.validate(true)?;
    import_from(engine, Origin::File(archive), options, progress)
}

pub(super) fn import_from(
    engine: &Engine,
    origin: Origin<'_>,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<RestoreReport> {
    let criu_version = preflight::criu(engine)?;
    let trust = match origin {
        Origin::Member(_) => Trust::default(),
        _ => Trust::of(engine, &options.unsealing, origin.file())?,
    };
    trust::check_unsigned(engine, None, options.criu.page_server.as_deref())?;
    let origin = trust.place.as_deref().map_or(origin, Origin::File);
    let archive = &origin.shown();
    let shown = options
        .name
        .clone()
        .unwrap_or_else(|| archive.display().to_string());
    progress.step(&shown, Step::Read);
    let staging = Staging::make(engine)?;
    let selection = selection(options, origin.stays());
    let keys = &options.unsealing.keys;
    let (reader, header) = origin.open(engine, keys, &staging, selection)?;
    remote::base(engine, &header, options, progress)?;
    let Agreed {
        mut container,
        brings,
        mut warnings,
    } = plan(engine, archive, &header, options).agreed()?;
    let selection = Selection {
        image: brings.is_some(),
        ..selection
    };
    let id = container.config.id.clone();
    let _lock = engine.lock(&id)?;
    recovery::recover_container(engine, &id, Patience::Unlimited)?;
    // Asked again under the lock: another import of it may have been quicker.
    if engine.store.rows().container(&id)?.is_some() {
        return Err(StoreError::IdInUse(id).into());
    }
    let intent = Intent::Restore {
        imported: true,
        keep: options.keep,
        named: String::new(),
        image: brings.as_ref().map_or("", |image| &image.id).to_owned(),
    };
    let journal = Journal::begin(engine, &id, &intent)?;
    let mut undo = Undo::default();
    let bundle = engine.bundle(&id);
    let source = Source {
        images: bundle.join(layout::CHECKPOINT),
        directory: bundle.clone(),
        keep: options.keep,
        named: String::new(),
        foreign: false,
        archived: true,
    };
    let making = Making {
        engine,
        options,
        selection,
        archive,
        trust: &trust,
        brings: brings.as_ref(),
    };
    let done = making
        .make(&container, reader, staging, &mut undo)
        .and_then(|()| agreed(engine, &container, &source, options))
        .and_then(|told| {
            warnings.extend(told);
            saved_addresses(&bundle, options)
        })
        .and_then(|saved| {
            let thawing = Thawing {
                engine,
                options,
                source: &source,
                saved,
                criu_version,
                progress,
            };
            thawing.bring_back(&mut container)
        });
    match done {
        Ok(mut report) => {
            undo.forget();
            warnings.append(&mut report.warnings);
            report.warnings = warnings;
            finish(engine, &container, options.keep, &journal)?;
            Ok(report)
        }
        Err(error) => {
            let half_made = container.clone();
            undo.push("tear down", move || tear_down(engine, &half_made));
            let error = undo.run(error);
            let error = journal.give_up(error, |_| Ok(()));
            if !matches!(error, Error::Undo { .. }) {
                // There is no container that it could be the lock of.
                engine.forget_lock(&id)?;
            }
            Err(error)
        }
    }
}

/// What the container of an archive is made with.
struct Making<'a, 'j> {
    engine: &'a Engine,
    options: &'j RestoreOptions,
    selection: Selection,
    archive: &'j Path,
    trust: &'j Trust,
    /// The image that is to be taken out of the archive.
    brings: Option<&'j IncludedImage>,
}

impl<'a> Making<'a, '_> {
    /// Unpacks and makes row, directory and volumes.
    fn make(
        &self,
        container: &Container,
        reader: Reader,
        staging: Staging,
        undo: &mut Undo<'a>,
    ) -> Result<()> {
        let (engine, options) = (self.engine, self.options);
        let config = &container.config;
        let id = config.id.clone();
        let into = (&staging, self.selection);
        unpack(engine, reader, into, (self.trust, self.archive), options)?;
        fault::point("unpacked");
        let image = self.brings.map(|expected| {
            let id = expected.id.clone();
            undo.push("image", move || included_image::forget(engine, &id));
            included_image::bring(engine, staging.path(), expected)
        });
        let image = image.transpose()?;
        let directory = engine.container_dir(&id);
        fs::create_dir(&directory).map_err(at("make", &directory))?;
        let made = directory.clone();
        undo.push("container directory", move || {
            Ok(remove_dir_if_present(&made)?)
        });
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700))
            .map_err(at("protect", &directory))?;
        fault::point("directory-made");
        let bundle = engine.bundle(&id);
        staging.promote(&bundle)?;
        fault::point("bundle-named");
        let log = bundle.join(layout::LOG);
        if log.exists() {
            fs::rename(&log, engine.log_file(&id)).map_err(at("rename", &log))?;
        }
        // cgroup state of another engine's dump: the runtime owns the cgroup here.
        let images = bundle.join(layout::CHECKPOINT);
        criu::images::empty_cgroup_state(&images)?;
        if config.joined(Shared::Uts).is_some() {
            criu::host_name::set(&images, &config.hostname)?;
        }
        engine.store.transaction(|rows| {
            image.as_ref().map_or(Ok(()), |image| image.insert(rows))?;
            volumes::insert_imported(rows, config, |name| self.fills(name))?;
            rows.insert_container(container)
        })?;
        drop(image);
        fault::point("row-made");
        undo.push("row", move || {
            volumes::discard(engine, &id)?;
            Ok(engine
                .store
                .transaction(|rows| rows.delete_container(&id))?)
        });
        if !options.ignore_volumes {
            let devices = may_have_devices(container, options, true);
            put_back::volumes(engine, config, &bundle, devices, |name| self.fills(name))?;
        }
        fault::point("made");
        Ok(())
    }

    /// Whether the content of this volume comes from the archive.
    fn fills(&self, volume: &str) -> bool {
        !self.options.ignore_volumes && !self.options.volumes_there.contains(volume)
    }
}

/// Unpacks an archive, of which messages speak as `shown`.
///
/// # Errors
/// [`Error::Untrusted`]; [`Error::Invalid`] when it is no checkpoint that is complete.
pub(super) fn unpack(
    engine: &Engine,
    reader: Reader,
    (staging, selection): (&Staging, Selection),
    (trust, shown): (&Trust, &Path),
    options: &RestoreOptions,
) -> Result<()> {
    let contents = reader.unpack(staging.handle(), selection);
    let contents = contents.map_err(|error| trust.explain(error))?;
    trust.judge(&shown.display().to_string(), contents.signed.as_ref())?;
    if !contents.has("checkpoint/inventory.img") {
        let hint = if contents.has("pre-checkpoint/inventory.img") {
            "the archive is one of a pre-checkpoint: give it to --import-previous, beside the archive that builds upon it"
        } else {
            "the archive has no checkpoint/inventory.img"
        };
        return Err(incomplete(hint));
    }
    if let Some(previous) = &options.import_previous {
        unpack_previous(engine, previous, options, (staging, selection))?;
    }
    let builds = place::builds_on_earlier(&staging.path().join(layout::CHECKPOINT));
    let earlier = PathBuf::from(layout::PRE_CHECKPOINT).join("inventory.img");
    if builds && !staging.path().join(earlier).exists() {
        return Err(incomplete(
            "it builds upon a pre-checkpoint: give its archive with --import-previous",
        ));
    }
    Ok(())
}

/// What of the archive is unpacked. Podman's has large members before those that describe it, so
/// this is asked before it is opened. `stays`: it can be read again.
fn selection(options: &RestoreOptions, stays: bool) -> Selection {
    Selection {
        rootfs: !options.ignore_rootfs,
        volumes: !options.ignore_volumes,
        durable: options.keep || !stays,
        ..Selection::default()
    }
}

fn incomplete(why: &str) -> Error {
    Error::Invalid(format!(
        "a complete checkpoint for this container cannot be found, cannot restore: {why}"
    ))
}

/// Unpacks the pre-checkpoints of another archive beside the checkpoint that builds upon them.
fn unpack_previous(
    engine: &Engine,
    archive: &Path,
    options: &RestoreOptions,
    (staging, selection): (&Staging, Selection),
) -> Result<()> {
    let trust = Trust::of(engine, &options.unsealing, Some(archive))?;
    let archive = trust.place.as_deref().unwrap_or(archive);
    let selection = Selection {
        pre_checkpoints_only: true,
        ..selection
    };
    let (reader, _) = unpack::open(archive, &options.unsealing.keys, staging, selection)?;
    let contents = reader.unpack(staging.handle(), selection);
    let contents = contents.map_err(|error| trust.explain(error))?;
    trust.judge(&archive.display().to_string(), contents.signed.as_ref())?;
    if contents.has("pre-checkpoint/inventory.img") {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "{}: --import-previous: it holds no pre-checkpoint",
        archive.display()
    )))
}
