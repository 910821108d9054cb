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

use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::checkpoint::CheckpointReport;
use crate::model::container::{Container, Rootfs};
use crate::model::event::Event;
use crate::model::operation::{CheckpointPhase, Intent};
use crate::monitor::client;
use crate::ops::steps::freezing::dump::dump;
use crate::ops::steps::freezing::freeze::Frozen;
use crate::ops::steps::freezing::pack::{self, PackOptions, capture, pack};
use crate::ops::steps::freezing::settle;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::remove;
use crate::ops::steps::preflight;
use crate::ops::steps::thawing::thaw_again::thaw_again;
use crate::progress::{Progress, Step};
use crate::runtime::CheckpointCall;
use crate::store::lock::ContainerLock;
use crate::sys::dir::{at, remove_dir_if_present, write_atomic};

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
    let lock = engine.lock(&id)?;
    let mut container = engine.reload(&id)?;
    observe(engine, &mut container)?;
    progress.step(&container.config.name, Step::Preflight);
    let bundle = engine.bundle(&id);
    preflight::can_checkpoint(engine, &container, &bundle)?;
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
    };
    let taken = match attempt.take() {
        Ok(taken) => taken,
        Err(error) => {
            journal.abandon()?;
            return Err(error);
        }
    };
    // From here on the checkpoint is what counts.
    let report = CheckpointReport {
        id: id.clone(),
        runtime_checkpoint_duration: micros(taken.runtime),
        container_frozen_duration: micros(taken.stood_still),
        criu_statistics: criu::stats::read_dump(&bundle.join("stats-dump")).ok(),
    };
    let event = if options.leave_running {
        Event::CheckpointAndGoOn
    } else {
        settle::frozen(engine, &mut container)?;
        Event::Checkpoint
    };
    tracing::debug!(?event, container = id, "checkpoint");
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
    }
}

/// A path that means the same after a crash, from any directory.
fn absolute(path: &Path) -> Result<PathBuf> {
    if path == Path::new("-") {
        return Ok(path.to_owned());
    }
    Ok(std::path::absolute(path).map_err(at("find", path))?)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A checkpoint that is whole.
struct Taken {
    runtime: Duration,
    stood_still: Duration,
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
}

impl Work<'_> {
    /// Freezes, dumps, captures, archives. On an error the container runs as before and nothing
    /// partial is left.
    fn take(&self) -> Result<Taken> {
        let (options, container) = (self.options, self.container);
        let criu_version = preflight::criu()?;
        let partial = self.bundle.join("checkpoint.partial");
        let dump_ends = options.tcp_established && !options.leave_running;
        self.progress.step(&container.config.name, Step::Dump);
        let frozen = Frozen::begin(container)?;
        self.journal.fault("frozen");
        let call = CheckpointCall {
            images: &partial,
            work: self.bundle,
            leave_running: !dump_ends,
            tcp_established: options.tcp_established,
            file_locks: options.file_locks,
        };
        let runtime = match dump(self.engine, container, call, self.lock) {
            Ok(runtime) => runtime,
            Err(error) => {
                // A dump that ends the processes may have got that far before it failed.
                frozen.thaw()?;
                return Err(error);
            }
        };
        self.journal.fault("dumped");
        match self.capture_and_archive(frozen, &partial, runtime, criu_version) {
            Ok(taken) => Ok(taken),
            Err(error) => {
                if dump_ends {
                    thaw_again(self.engine, container, &partial, self.options.file_locks)?;
                }
                remove_dir_if_present(&partial)?;
                pack::clear(self.bundle)?;
                Err(error)
            }
        }
    }

    fn capture_and_archive(
        &self,
        frozen: Frozen,
        partial: &Path,
        runtime: Duration,
        criu_version: u32,
    ) -> Result<Taken> {
        let (options, container, engine) = (self.options, self.container, self.engine);
        let paths = engine.monitor_paths(&container.config.id);
        if let Err(error) = client::flush_log(&paths, Duration::from_secs(2)) {
            // A monitor whose container was ended by the dump has written all of it and left.
            tracing::debug!(%error, "log flush");
        }
        let captured = capture(
            engine,
            container,
            options.ignore_rootfs,
            options.leave_running,
        )?;
        let status =
            serde_json::to_vec(&container.state.network_status).map_err(std::io::Error::other)?;
        write_atomic(&self.bundle.join("network.status"), &status, 0o600)?;
        self.journal.fault("captured");
        let archive = || -> Result<()> {
            let Some(path) = self.export else {
                return Ok(());
            };
            self.progress.step(&container.config.name, Step::Write);
            let pack_options = PackOptions {
                compression: pack::compression(options.compress.as_deref())?,
                tcp_established: options.tcp_established,
                file_locks: options.file_locks,
                leave_running: options.leave_running,
                criu_version,
            };
            pack(engine, container, &captured, partial, path, &pack_options)?;
            self.journal.fault("archived");
            Ok(())
        };
        if options.leave_running {
            // All of it is copied: the container need not wait for the archive.
            let stood_still = frozen.thaw()?;
            archive()?;
            settle::promote(self.bundle, partial)?;
            return Ok(Taken {
                runtime,
                stood_still,
            });
        }
        archive()?;
        if !self.export.is_some_and(Path::is_file) {
            // An archive in a file is durable by itself. Without one, or where it went into a
            // stream and nobody knows whether the reader kept it, the images must be.
            settle::make_durable(self.bundle)?;
        }
        settle::promote(self.bundle, partial)?;
        self.journal.advance(&intent(
            options,
            self.export.map(Path::to_owned),
            CheckpointPhase::Stop,
        ))?;
        self.journal.fault("whole");
        Ok(Taken {
            runtime,
            stood_still: frozen.end(),
        })
    }
}
