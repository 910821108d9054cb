//! `container checkpoint` and `checkpoint create`: freezes a container to its bundle, to the
//! catalogue or to a directory of the user's, and with `export` to a file.
//!
//! In order: options, preflight, intent, freeze, dump with capture, archive, and only when that is
//! whole and durable the one line that ends the processes. Until then a failure lets them go on
//! where they stood.
//!
//! CRIU is told to leave the processes there even when they are to end: they stay frozen in the
//! cgroup until the archive is finished. The exception are established TCP connections: only a
//! dump that ends the processes itself keeps the network locked, so that the kernel doesn't
//! acknowledge data that nobody will ever read. A failure after such a dump thaws it again.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::archive::{Form, Writer, layout};
use crate::criu;
use crate::criu::config_file::ConfigFile;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::catalogue::NamedCheckpoint;
use crate::model::checkpoint::{CheckpointReport, Times, micros};
use crate::model::container::Container;
use crate::model::operation::{CheckpointPhase, CheckpointTarget, Intent};
use crate::monitor::client;
use crate::ops::steps::catalogue::{self, record};
use crate::ops::steps::checkpoint_image::ImageInTheMaking;
use crate::ops::steps::claim::claim;
use crate::ops::steps::freezing::capture::{self, CaptureOptions, Captured, capture};
use crate::ops::steps::freezing::dump::{Beside, dump, dump_beside, is_unguarded, note_unguarded};
use crate::ops::steps::freezing::freeze::Frozen;
use crate::ops::steps::freezing::pack::{self, PackOptions};
use crate::ops::steps::freezing::place::{self, Place};
use crate::ops::steps::freezing::{settle, stray_mounts};
use crate::ops::steps::image_sweep;
use crate::ops::steps::included_image;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::remove;
use crate::ops::steps::life::{files, health};
use crate::ops::steps::preflight;
use crate::ops::steps::thawing::thaw_again::thaw_again;
use crate::progress::{Progress, Step};
use crate::runtime::CheckpointCall;
use crate::runtime::criu_options::{Routed, Verb};
use crate::store::lock::ContainerLock;
use crate::sys::dir::at;
use crate::sys::fault;
use crate::sys::{machine, proc};

mod checks;
mod options;
mod pod;
mod preview;

pub use options::{CheckpointOptions, Kubernetes};
pub use pod::{PodCheckpointOptions, PodOutput, checkpoint_pod};
pub use preview::preview;

/// Freezes a container.
///
/// # Errors
/// [`Error::WrongState`] unless it runs; [`Error::Conflict`] for a name that is taken;
/// [`Error::Cancelled`] when nobody waits for it any more; [`Error::Checkpoint`] with what CRIU's
/// log means. The container runs on after every error.
pub fn checkpoint(
    engine: &Engine,
    word: &str,
    options: &CheckpointOptions,
    progress: &dyn Progress,
) -> Result<CheckpointReport> {
    let asked = machine::now();
    options.validate()?;
    if options.tracks_memory() {
        preflight::memory_tracking()?;
    }
    let id = engine.find(word)?.config.id;
    let (lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    progress.step(&container.config.name, Step::Preflight);
    let criu_version = checks::check(engine, &container, options)?;
    let runtime = engine.runtime_of(&container)?.name;
    let routed = options.criu.route(&runtime, Verb::Dump, criu_version)?;
    let export = options.export.as_deref().map(absolute).transpose()?;
    let target = checks::target(engine, &container, options)?;
    let place = Place::new(engine, &container, target);
    stray_mounts::remove(&container);
    checks::inspect(engine, &container, options)?;
    let logs = options.work_path.clone();
    let attempt = Work {
        engine,
        options,
        routed,
        export,
        lock: &lock,
        container: id.clone(),
        logs: logs.unwrap_or_else(|| engine.bundle(&id)),
        place,
        progress,
        criu_version,
        times: RefCell::new(Times {
            asked,
            ..Times::default()
        }),
    };
    // CRIU killed in the middle of a dump takes the processes with it that its code is in.
    let _spared = proc::Spared::begin();
    let _no_checks = health::hold_checks(engine, &container)?;
    let journal = Journal::begin(engine, &id, &attempt.intent(CheckpointPhase::Dump))?;
    if options.tracks_memory() {
        // A tracked dump that fails has reset the tracking all the same: from here on the chain
        // can't be built upon, unless this becomes its newest part.
        let length = std::mem::take(&mut container.state.pre_checkpoints);
        engine
            .store
            .transaction(|rows| rows.update_state(&id, &container.state))?;
        if options.pre_checkpoint && options.image_path.is_none() {
            return attempt.pre_checkpoint(container, length, journal);
        }
    }
    let taken = match attempt.take(&container, &journal) {
        Ok(taken) => taken,
        Err(Broken::Frozen(error)) => {
            journal.advance(&attempt.intent(CheckpointPhase::Whole))?;
            attempt.place.promote()?;
            settle::frozen(engine, &mut container, attempt.place.target())?;
            settle::finish(journal, &mut container, &attempt.place)?;
            return Err(Error::Checkpoint {
                name: container.config.name,
                cause: format!("{error}; it could not be brought back and is frozen in its bundle"),
                remedy: Some("cryopod container restore --tcp-established brings it back".into()),
                log: None,
            });
        }
        Err(Broken::Running(error)) => {
            return Err(journal.give_up(error, |_| Ok(())));
        }
    };
    attempt.finish(container, &taken, journal)
}

/// A path that means the same after a crash, from any directory.
fn absolute(path: &Path) -> Result<PathBuf> {
    if path == Path::new("-") {
        return Ok(path.to_owned());
    }
    Ok(std::path::absolute(path).map_err(at("find", path))?)
}

/// A checkpoint that is whole and durable, under its partial names.
struct Taken {
    runtime: Duration,
    stood_still: Duration,
}

/// What a checkpoint is written into beside its place on this host.
struct Outputs {
    file: Option<Writer>,
    image: Option<(ImageInTheMaking, Writer)>,
}

/// A dump that is whole, and what there is beside it.
struct Dumped {
    runtime: Duration,
    /// None for memory alone.
    frozen: Option<Frozen>,
    /// The files of its instant, where they are captured already.
    captured: Option<Captured>,
}

/// Why there is no checkpoint, and what became of the container.
enum Broken {
    /// It runs as before; nothing partial is left.
    Running(Error),
    /// Its dump ended it and it could not be thawed: the dump is what there is of it.
    Frozen(Error),
}

impl<E: Into<Error>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self::Running(error.into())
    }
}

/// One checkpoint in the making.
struct Work<'a> {
    engine: &'a Engine,
    options: &'a CheckpointOptions,
    routed: Routed,
    export: Option<PathBuf>,
    lock: &'a ContainerLock,
    /// Full id.
    container: String,
    /// Where CRIU's log and statistics go.
    logs: PathBuf,
    place: Place,
    progress: &'a dyn Progress,
    criu_version: u32,
    times: RefCell<Times>,
}

impl Work<'_> {
    fn intent(&self, phase: CheckpointPhase) -> Intent {
        Intent::Checkpoint {
            phase,
            leave_running: self.options.leave_running || self.place.is_memory_only(),
            export: self.export.clone(),
            keep: self.options.keep,
            ends: self.options.dump_ends(),
            target: self.place.target().clone(),
        }
    }

    /// Freezes, dumps, captures, archives.
    fn take(&self, container: &Container, journal: &Journal<'_>) -> Result<Taken, Broken> {
        let pack_options = self.pack_options(container)?;
        let outputs = self.outputs(&pack_options.form())?;
        self.place
            .prepare(self.options.with_previous)
            .map_err(|error| self.discarded(error))?;
        // One that ends the processes, or resets what the kernel has tracked of their memory, has no
        // second try.
        let dumped = if self.options.dump_ends()
            || self.place.is_memory_only()
            || self.options.tracks_memory()
            || is_unguarded(self.engine, container)
        {
            self.dump_in_turn(container)
        } else {
            self.dump_beside(container)
        };
        let dumped = dumped.map_err(|error| self.discarded(error))?;
        self.times.borrow_mut().dumped = machine::now();
        fault::point("dumped");
        let runtime = dumped.runtime;
        let written = self.capture_and_archive(container, dumped, outputs, pack_options, journal);
        if written.is_err() && self.options.create_image.is_some() {
            // Layers that no image has.
            if let Err(error) = image_sweep::sweep(self.engine) {
                tracing::warn!(%error, "what is left of a failed image");
            }
        }
        match written {
            Ok(stood_still) => Ok(Taken {
                runtime,
                stood_still,
            }),
            Err(error) if self.options.dump_ends() => {
                Err(self.thaw_again_or_salvage(container, error))
            }
            Err(error) => Err(self.discarded(error).into()),
        }
    }

    /// Opens what the checkpoint will be written into.
    fn outputs(&self, form: &Form) -> Result<Outputs> {
        let file = self.export.as_deref();
        let image = self.options.create_image.as_deref();
        Ok(Outputs {
            file: file
                .map(|path| pack::open(path, form.clone()))
                .transpose()?,
            image: image
                .map(|name| ImageInTheMaking::begin(self.engine, name, form))
                .transpose()?,
        })
    }

    /// Freezes, unless memory is all that is wanted, and dumps.
    fn dump_in_turn(&self, container: &Container) -> Result<Dumped> {
        let frozen = if self.place.is_memory_only() {
            None
        } else {
            let frozen = Frozen::begin(container)?;
            self.times.borrow_mut().frozen = machine::now();
            Some(frozen)
        };
        fault::point("frozen");
        Ok(Dumped {
            runtime: self.dump(container)?,
            frozen,
            captured: None,
        })
    }

    /// Freezes when CRIU is ready, and captures the files while it writes the memory.
    fn dump_beside(&self, container: &Container) -> Result<Dumped> {
        self.progress.step(&container.config.name, Step::Dump);
        let configuration = self.configuration();
        let still = || {
            let frozen = Frozen::begin(container)?;
            self.times.borrow_mut().frozen = machine::now();
            fault::point("frozen");
            Ok(frozen)
        };
        let done = self.call(container, |call| {
            let capture = || {
                fault::point("dumping");
                self.capture(container)
            };
            let (engine, lock) = (self.engine, self.lock);
            dump_beside(
                engine,
                container,
                call,
                lock,
                &configuration,
                still,
                capture,
            )
        })?;
        match done {
            Beside::Done(runtime, (frozen, captured)) => Ok(Dumped {
                runtime,
                frozen: Some(frozen),
                captured: Some(captured),
            }),
            Beside::Unguarded => {
                note_unguarded(self.engine, container)?;
                tracing::debug!(
                    "this runtime's CRIU reads no configuration: frozen before it starts"
                );
                self.place.discard()?;
                self.place.prepare(self.options.with_previous)?;
                self.dump_in_turn(container)
            }
        }
    }

    /// What is partial goes; returns `error`, with what can't go.
    fn discarded(&self, error: Error) -> Error {
        let discard = || {
            self.place.discard()?;
            match self.place.named() {
                Some(_) => catalogue::generations::reclaim(self.engine, &self.container),
                None => Ok(()),
            }
        };
        match discard() {
            Ok(()) => error,
            Err(left) => Error::Undo {
                first: Box::new(error),
                cleanup: left.to_string(),
            },
        }
    }

    fn dump(&self, container: &Container) -> Result<Duration> {
        self.progress.step(&container.config.name, Step::Dump);
        self.configuration()
            .write(&files::criu_config(self.engine, &container.config.id))?;
        self.call(container, |call| {
            dump(self.engine, container, call, self.lock)
        })
    }

    /// A dump that ends the processes keeps the network locked until nobody could answer any more.
    fn configuration(&self) -> ConfigFile {
        let locked = self.options.tcp_established || self.options.dump_ends();
        files::criu_configuration(self.engine, &self.routed, locked)
    }

    /// Does `with` what the runtime is to be asked for.
    fn call<T>(&self, container: &Container, with: impl FnOnce(CheckpointCall<'_>) -> T) -> T {
        let options = self.options;
        let previous = Path::new("..").join("pre-checkpoint");
        // The newest pre-checkpoint is what the next one builds upon.
        let chained = self.options.with_previous
            || (*self.place.target() == CheckpointTarget::PreCheckpoint
                && self
                    .engine
                    .bundle(&container.config.id)
                    .join("pre-checkpoint")
                    .exists());
        let parent = options
            .parent_path
            .as_deref()
            .or(Some(previous.as_path()).filter(|_| chained));
        with(CheckpointCall {
            images: &self.place.images(),
            work: &self.logs,
            leave_running: !options.dump_ends(),
            tcp_established: options.tcp_established,
            file_locks: options.file_locks,
            pre_dump: options.pre_checkpoint,
            parent,
            arguments: &self.routed.arguments,
        })
    }

    /// Memory only: the container goes on beside it, and the next dump needs only what changes.
    fn pre_checkpoint(
        &self,
        mut container: Container,
        length: u32,
        journal: Journal<'_>,
    ) -> Result<CheckpointReport> {
        let bundle = self.engine.bundle(&container.config.id);
        let pack_options = self.pack_options(&container)?;
        let work = || -> Result<Duration> {
            if length == 0 {
                place::forget_chain(&bundle)?;
            }
            self.place.prepare(false)?;
            let runtime = self.dump(&container)?;
            fault::point("dumped");
            settle::make_durable(&bundle)?;
            Ok(runtime)
        };
        let runtime = match work() {
            Ok(runtime) => runtime,
            Err(error) => {
                return Err(journal.give_up(self.discarded(error), |_| Ok(())));
            }
        };
        journal.advance(&self.intent(CheckpointPhase::Whole))?;
        fault::point("whole");
        self.place.promote()?;
        fault::point("promoted");
        container.state.pre_checkpoints = length + 1;
        let packed = self.export.as_deref().map_or(Ok(()), |path| {
            self.progress.step(&container.config.name, Step::Write);
            let writer = pack::open(path, pack_options.form())?;
            pack::pack_pre_checkpoints(writer, self.engine, &container, &pack_options).map(drop)
        });
        let report = self.report(&container, runtime, Duration::ZERO);
        journal.finish(&container, Some(("checkpoint", "")))?;
        packed?;
        Ok(report)
    }

    fn pack_options(&self, container: &Container) -> Result<PackOptions> {
        let options = self.options;
        Ok(PackOptions {
            compression: pack::compression(options.compress.as_deref())?,
            sealing: options.sealing.clone(),
            tcp_established: options.tcp_established,
            file_locks: options.file_locks,
            leave_running: options.leave_running,
            ignore_rootfs: options.ignore_rootfs,
            criu_version: self.criu_version,
            // Only an archive says it, and asking takes as long as a step of the dump.
            runtime_version: if options.travels() {
                let runtime = self.engine.runtime_of(container)?;
                runtime.version().unwrap_or_default()
            } else {
                String::new()
            },
            times: self.times.borrow().clone(),
            work: self.logs.clone(),
            kubernetes: options.kubernetes.clone(),
            base: options
                .include_image
                .then(|| included_image::of(self.engine, container))
                .transpose()?,
        })
    }

    /// Returns how long the container stood still.
    fn capture_and_archive(
        &self,
        container: &Container,
        dumped: Dumped,
        outputs: Outputs,
        mut pack_options: PackOptions,
        journal: &Journal<'_>,
    ) -> Result<Duration> {
        let options = self.options;
        let captured = match dumped.captured {
            None if !self.place.is_memory_only() => Some(self.capture(container)?),
            captured => captured,
        };
        pack_options.times.clone_from(&self.times.borrow());
        fault::point("captured");
        self.go_on_unless_cancelled(container)?;
        // All of one that goes on is copied: it need not wait for the archive.
        let (frozen, thawed) = match dumped.frozen {
            Some(frozen) if options.leave_running => (None, Some(frozen.thaw()?)),
            frozen => (frozen, None),
        };
        let image = outputs.image.is_some();
        if let (true, Some(captured)) = (options.travels(), &captured) {
            self.write(outputs, container, captured, &pack_options)?;
            fault::point("archived");
            self.go_on_unless_cancelled(container)?;
        }
        if let Some(destination) = self.place.named() {
            let still = frozen
                .as_ref()
                .map_or(thawed, |frozen| Some(frozen.elapsed()));
            self.describe(container, destination, still)?;
            if options.dedup {
                let images = self.place.images();
                catalogue::generations::share(self.engine, &self.container, destination, &images)?;
                place::forget_chain(&destination.partial)?;
            }
        }
        if !image && !self.export.as_deref().is_some_and(Path::is_file) {
            // An archive in a file, and an image, is durable by itself. Without one, or where it went into a
            // stream and nobody knows whether the reader kept it, the images must be.
            settle::make_durable(self.place.home())?;
            if let CheckpointTarget::Images { directory, .. } = self.place.target() {
                settle::make_durable(directory)?;
            }
        }
        self.go_on_unless_cancelled(container)?;
        journal.advance(&self.intent(CheckpointPhase::Whole))?;
        fault::point("whole");
        Ok(thawed
            .or_else(|| frozen.map(Frozen::end))
            .unwrap_or_default())
    }

    /// Writes archive and image.
    fn write(
        &self,
        outputs: Outputs,
        container: &Container,
        captured: &Captured,
        options: &PackOptions,
    ) -> Result<()> {
        let engine = self.engine;
        self.progress.step(&container.config.name, Step::Write);
        let images = self.place.images();
        if let Some(writer) = outputs.file {
            pack::pack(
                writer,
                engine,
                container,
                captured,
                &images,
                options,
                |writer| Ok(writer.append_images(layout::CHECKPOINT, &images)?),
            )?;
        }
        if let Some((image, writer)) = outputs.image {
            let (manifest, summary) = pack::pack(
                writer,
                engine,
                container,
                captured,
                &images,
                options,
                |writer| image.append_images(engine, container, &images, writer),
            )?;
            image.finish(engine, container, &manifest, &summary)?;
        }
        Ok(())
    }

    fn capture(&self, container: &Container) -> Result<Captured> {
        let paths = self.engine.monitor_paths(&container.config.id);
        if let Err(error) = client::flush_log(&paths, Duration::from_secs(2)) {
            // A monitor whose container was ended by the dump has written all of it and left.
            tracing::debug!(%error, "log flush");
        }
        let goes_on = self.options.leave_running;
        let options = CaptureOptions {
            // A named checkpoint outlives the files as they are now.
            copy_rootfs: goes_on || self.place.named().is_some(),
            copy_volumes: goes_on,
            volumes: self.options.travels() && !self.options.ignore_volumes,
        };
        let captured = capture(self.engine, container, self.place.home(), options)?;
        self.times.borrow_mut().captured = machine::now();
        Ok(captured)
    }

    /// Nobody waits for it any more: the container goes on.
    fn go_on_unless_cancelled(&self, container: &Container) -> Result<()> {
        if self.progress.cancelled() {
            return Err(Error::Cancelled(container.config.name.clone()));
        }
        Ok(())
    }

    /// Says in the directory of a named checkpoint what it is.
    fn describe(
        &self,
        container: &Container,
        destination: &catalogue::Destination,
        stood_still: Option<Duration>,
    ) -> Result<()> {
        pack::describe_in(self.engine, container, &destination.partial)?;
        let config = &container.config;
        let images = self.place.images();
        let checkpoint = NamedCheckpoint {
            id: destination.id.clone(),
            name: destination.name.clone(),
            container: config.id.clone(),
            container_name: config.name.clone(),
            image: config.rootfs.image_id().unwrap_or_default().to_owned(),
            created: machine::now(),
            times: self.times.borrow().clone(),
            parent: container.state.last_named.clone(),
            leave_running: self.options.leave_running,
            memory: criu::images::memory_bytes(&images)?,
            size: record::bytes_below(&destination.partial)
                .map_err(at("measure", &destination.partial))?,
            frozen_time: stood_still.map_or(0, micros),
            tcp_established: self.options.tcp_established,
            file_locks: self.options.file_locks,
            runtime: config.runtime.clone(),
            criu_version: self.criu_version,
            arch: machine::architecture().to_owned(),
        };
        record::write(&destination.partial, &checkpoint)
    }

    /// The dump ended the processes, and the rest failed with `error`.
    fn thaw_again_or_salvage(&self, container: &Container, error: Error) -> Broken {
        let locks = self.options.file_locks;
        let Err(again) = thaw_again(self.engine, container, &self.place.images(), locks) else {
            return Broken::Running(self.discarded(error));
        };
        tracing::warn!(%again, "thaw after a failed checkpoint");
        if !capture::is_whole(self.place.home())
            && let Err(lost) = self.capture(container)
        {
            tracing::error!(%lost, "/dev/shm and addresses could not be kept");
        }
        if let Some(destination) = self.place.named()
            && let Err(lost) = self.describe(container, destination, None)
        {
            tracing::error!(%lost, "what is known of the checkpoint could not be kept");
        }
        Broken::Frozen(error)
    }

    fn report(
        &self,
        container: &Container,
        runtime: Duration,
        stood_still: Duration,
    ) -> CheckpointReport {
        CheckpointReport {
            id: container.config.id.clone(),
            runtime_checkpoint_duration: micros(runtime),
            container_frozen_duration: micros(stood_still),
            criu_statistics: criu::stats::read_dump(&self.logs.join("stats-dump")).ok(),
        }
    }

    /// From here on the checkpoint is what counts: an error leaves the operation open, and the
    /// next command completes it.
    fn finish(
        &self,
        mut container: Container,
        taken: &Taken,
        journal: Journal<'_>,
    ) -> Result<CheckpointReport> {
        let (engine, options) = (self.engine, self.options);
        self.place.promote()?;
        fault::point("promoted");
        let report = self.report(&container, taken.runtime, taken.stood_still);
        let ends = !options.leave_running && !self.place.is_memory_only();
        if ends {
            settle::frozen(engine, &mut container, self.place.target())?;
            fault::point("ended");
        }
        if !options.keep && options.work_path.is_none() {
            settle::discard_logs(&self.logs)?;
        }
        settle::finish(journal, &mut container, &self.place)?;
        fault::point("recorded");
        if container.config.auto_remove && ends {
            remove(engine, &container)?;
        }
        Ok(report)
    }
}
