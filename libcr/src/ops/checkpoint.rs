//! `container checkpoint`: freezes a container to its bundle, and with `export` to a file.
//!
//! In order: options, preflight, intent, freeze, dump, capture, archive, and only when that is
//! whole and durable the one line that ends the processes. Until then a failure lets them go on
//! where they stood.
//!
//! CRIU is told to leave the processes there even when they are to end: they stay frozen in the
//! cgroup until the archive is finished. The exception are established TCP connections: only a
//! dump that ends the processes itself keeps the network locked, so that the kernel doesn't
//! acknowledge data that nobody will ever read. A failure after such a dump thaws it again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::archive::Writer;
use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::catalogue::CheckpointPlace;
use crate::model::checkpoint::{CheckpointReport, micros};
use crate::model::container::{Container, Rootfs};
use crate::model::operation::{CheckpointPhase, Intent};
use crate::monitor::client;
use crate::ops::steps::claim::claim;
use crate::ops::steps::freezing::capture::{self, capture};
use crate::ops::steps::freezing::dump::dump;
use crate::ops::steps::freezing::freeze::Frozen;
use crate::ops::steps::freezing::pack::{self, PackOptions};
use crate::ops::steps::freezing::settle;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::remove;
use crate::ops::steps::preflight;
use crate::ops::steps::thawing::thaw_again::thaw_again;
use crate::progress::{Progress, Step};
use crate::runtime::CheckpointCall;
use crate::store::lock::ContainerLock;
use crate::sys::dir::at;

/// What `container checkpoint` is asked for.
#[derive(Debug, Clone, Default)]
pub struct CheckpointOptions {
    /// `--export FILE`; `-` is standard output.
    pub export: Option<PathBuf>,
    /// `--compress`: `zstd` (also `None`), `gzip`, `none`.
    pub compress: Option<String>,
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
    /// `--pre-checkpoint`: the memory only, while the container goes on.
    pub pre_checkpoint: bool,
    /// `--with-previous`: only the memory that changed since the last `--pre-checkpoint`.
    pub with_previous: bool,
    /// `checkpoint create`: into the catalogue or a directory of the user's.
    pub named: Option<CheckpointPlace>,
}

impl CheckpointOptions {
    /// Checks the options as a whole, in Podman's order and words.
    pub fn validate(&self) -> Result<()> {
        if self.compress.is_some() && self.export.is_none() {
            return Err(Error::Invalid(
                "--compress can only be used with --export".into(),
            ));
        }
        pack::compression(self.compress.as_deref())?;
        if self.ignore_rootfs && self.export.is_none() {
            return Err(Error::Invalid(
                "--ignore-rootfs can only be used with --export".into(),
            ));
        }
        Ok(())
    }
}

/// Freezes a container.
///
/// # Errors
/// [`Error::WrongState`] unless it runs; [`Error::Checkpoint`] with what CRIU's log means. The
/// container runs on after every error.
pub fn checkpoint(
    engine: &Engine,
    word: &str,
    options: &CheckpointOptions,
    progress: &dyn Progress,
) -> Result<CheckpointReport> {
    options.validate()?;
    let id = engine.find(word)?.config.id;
    let (lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    progress.step(&container.config.name, Step::Preflight);
    let bundle = engine.bundle(&id);
    let criu_version = preflight::can_checkpoint(engine, &container, &bundle)?;
    if container.config.auto_remove && options.export.is_none() {
        return Err(Error::Invalid(
            "cannot checkpoint containers that have been started with '--rm' unless '--export' is used".into(),
        ));
    }
    if let (Rootfs::Directory(path), Some(_)) = (&container.config.rootfs, &options.export) {
        return Err(Error::Invalid(format!(
            "cannot export container {}: it runs on the directory {} (--rootfs), which no archive holds; run it from an image (cryopod import), or checkpoint it without --export",
            container.config.name,
            path.display()
        )));
    }
    let export = options.export.as_deref().map(absolute).transpose()?;
    let journal = Journal::begin(
        engine,
        &id,
        &intent(options, export.clone(), CheckpointPhase::Dump),
    )?;
    let attempt = Work {
        engine,
        container: &container,
        options,
        export: export.as_deref(),
        lock: &lock,
        bundle: &bundle,
        progress,
        journal: &journal,
        criu_version,
    };
    let taken = match attempt.take() {
        Ok(taken) => taken,
        Err(Broken::Frozen(error)) => {
            journal.advance(&intent(options, export.clone(), CheckpointPhase::Whole))?;
            settle::promote(&bundle)?;
            settle::frozen(engine, &mut container)?;
            journal.finish(&container, Some(("checkpoint", "")))?;
            return Err(Error::Checkpoint {
                name: container.config.name,
                cause: format!("{error}; it could not be brought back and is frozen in its bundle"),
                remedy: Some("cryopod container restore --tcp-established brings it back".into()),
                log: None,
            });
        }
        Err(Broken::Running(error)) => {
            journal.abandon()?;
            return Err(error);
        }
    };
    // From here on the checkpoint is what counts: an error leaves the operation open, and the
    // next command completes it.
    settle::promote(&bundle)?;
    let report = CheckpointReport {
        id: id.clone(),
        runtime_checkpoint_duration: micros(taken.runtime),
        container_frozen_duration: micros(taken.stood_still),
        criu_statistics: criu::stats::read_dump(&bundle.join("stats-dump")).ok(),
    };
    if !options.leave_running {
        settle::frozen(engine, &mut container)?;
    }
    if !options.keep {
        settle::discard_logs(&bundle)?;
    }
    journal.finish(&container, Some(("checkpoint", "")))?;
    if container.config.auto_remove && !options.leave_running {
        remove(engine, &container)?;
    }
    Ok(report)
}

fn intent(options: &CheckpointOptions, export: Option<PathBuf>, phase: CheckpointPhase) -> Intent {
    Intent::Checkpoint {
        phase,
        leave_running: options.leave_running,
        export,
        keep: options.keep,
        ends: dump_ends(options),
    }
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
    container: &'a Container,
    options: &'a CheckpointOptions,
    export: Option<&'a Path>,
    lock: &'a ContainerLock,
    bundle: &'a Path,
    progress: &'a dyn Progress,
    journal: &'a Journal<'a>,
    criu_version: u32,
}

impl Work<'_> {
    /// Freezes, dumps, captures, archives.
    fn take(&self) -> Result<Taken, Broken> {
        let (options, container) = (self.options, self.container);
        let pack_options = PackOptions {
            compression: pack::compression(options.compress.as_deref())?,
            tcp_established: options.tcp_established,
            file_locks: options.file_locks,
            leave_running: options.leave_running,
            ignore_rootfs: options.ignore_rootfs,
            criu_version: self.criu_version,
            runtime_version: self
                .engine
                .runtime_of(container)?
                .version()
                .unwrap_or_default(),
        };
        let writer = self
            .export
            .map(|path| pack::open(path, pack_options.compression));
        let writer = writer.transpose()?;
        let images = self.bundle.join("checkpoint.partial");
        let ends = dump_ends(options);
        self.progress.step(&container.config.name, Step::Dump);
        let frozen = Frozen::begin(container)?;
        self.journal.fault("frozen");
        let call = CheckpointCall {
            images: &images,
            work: self.bundle,
            leave_running: !ends,
            tcp_established: options.tcp_established,
            file_locks: options.file_locks,
        };
        // On an error the processes go on as `frozen` is dropped.
        let runtime = dump(self.engine, container, call, self.lock)?;
        self.journal.fault("dumped");
        match self.capture_and_archive(frozen, &images, writer, &pack_options) {
            Ok(stood_still) => Ok(Taken {
                runtime,
                stood_still,
            }),
            Err(error) if ends => Err(self.thaw_again_or_salvage(&images, error)),
            Err(error) => {
                settle::discard(self.bundle)?;
                Err(error.into())
            }
        }
    }

    /// Returns how long the container stood still.
    fn capture_and_archive(
        &self,
        frozen: Frozen,
        images: &Path,
        writer: Option<Writer>,
        pack_options: &PackOptions,
    ) -> Result<Duration> {
        let (options, container, engine) = (self.options, self.container, self.engine);
        let paths = engine.monitor_paths(&container.config.id);
        if let Err(error) = client::flush_log(&paths, Duration::from_secs(2)) {
            // A monitor whose container was ended by the dump has written all of it and left.
            tracing::debug!(%error, "log flush");
        }
        let captured = capture(engine, container, options.leave_running)?;
        self.journal.fault("captured");
        // All of one that goes on is copied: it need not wait for the archive.
        let (frozen, thawed) = if options.leave_running {
            (None, Some(frozen.thaw()?))
        } else {
            (Some(frozen), None)
        };
        if let Some(writer) = writer {
            self.progress.step(&container.config.name, Step::Write);
            pack::pack(writer, engine, container, &captured, images, pack_options)?;
            self.journal.fault("archived");
        }
        if !self.export.is_some_and(Path::is_file) {
            // An archive in a file is durable by itself. Without one, or where it went into a
            // stream and nobody knows whether the reader kept it, the images must be.
            settle::make_durable(self.bundle)?;
        }
        let export = self.export.map(Path::to_owned);
        self.journal
            .advance(&intent(options, export, CheckpointPhase::Whole))?;
        self.journal.fault("whole");
        Ok(thawed
            .or_else(|| frozen.map(Frozen::end))
            .unwrap_or_default())
    }

    /// The dump ended the processes, and the rest failed with `error`.
    fn thaw_again_or_salvage(&self, images: &Path, error: Error) -> Broken {
        let locks = self.options.file_locks;
        let Err(again) = thaw_again(self.engine, self.container, images, locks) else {
            return match settle::discard(self.bundle) {
                Ok(()) => Broken::Running(error),
                Err(left) => Broken::Running(Error::Undo {
                    first: Box::new(error),
                    cleanup: left.to_string(),
                }),
            };
        };
        tracing::warn!(%again, "thaw after a failed checkpoint");
        if !capture::is_whole(self.bundle)
            && let Err(lost) = capture(self.engine, self.container, false)
        {
            tracing::error!(%lost, "/dev/shm and addresses could not be kept");
        }
        Broken::Frozen(error)
    }
}

/// Only a dump that ends the processes itself keeps the network locked afterwards.
fn dump_ends(options: &CheckpointOptions) -> bool {
    options.tcp_established && !options.leave_running
}
