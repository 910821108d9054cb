//! Lets the OCI runtime and CRIU dump a container into a directory, and says what it means when
//! they can't.
//!
//! A container that stays is frozen when CRIU has been started and waits for its configuration
//! (`criu/gate.rs`), and its files are captured while CRIU writes its memory. One whose processes
//! the dump ends is frozen first and captured afterwards: there is no second try for it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::criu::config_file::ConfigFile;
use crate::criu::gate::Gate;
use crate::criu::log::Phase;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::ops::steps::failure;
use crate::ops::steps::freezing::stray_mounts;
use crate::ops::steps::life::files;
use crate::runtime::{CheckpointCall, Runtime, RuntimeError};
use crate::store::lock::ContainerLock;
use crate::sys::command::CommandError;
use crate::sys::dir::{remove_file_if_present, write_for_this_boot};
use crate::sys::proc;

/// Dumps into `call.images`, which is there; returns the runtime's time. What a failure leaves
/// there is for the caller to remove.
///
/// The runtime inherits the container's lock: a command that comes after this engine was killed
/// waits until the dump has ended.
pub fn dump(
    engine: &Engine,
    container: &Container,
    call: CheckpointCall<'_>,
    lock: &ContainerLock,
) -> Result<Duration> {
    let runtime = engine.runtime_of(container)?;
    forget_log(call)?;
    let started = Instant::now();
    let done = runtime.checkpoint(&container.config.id, call, lock.descriptor());
    concluded(engine, container, call, done, started)
}

/// What became of a dump that took place beside other work.
#[derive(Debug)]
pub enum Beside<T> {
    /// It is whole, as is the other work; the runtime's time.
    Done(Duration, T),
    /// CRIU read no configuration, and so did not wait: what it dumped stood still for itself alone.
    /// The caller begins again, and freezes first.
    Unguarded,
}

/// As [`dump`], of a container that stays: `still` freezes it once CRIU is ready, and `meanwhile`
/// is done while CRIU writes. What `still` gives lives until the dump has ended, whatever happens.
///
/// # Errors
/// That of `still`, else the dump's, else that of `meanwhile`.
pub fn dump_beside<F, T>(
    engine: &Engine,
    container: &Container,
    call: CheckpointCall<'_>,
    lock: &ContainerLock,
    configuration: &ConfigFile,
    still: impl FnOnce() -> Result<F>,
    meanwhile: impl FnOnce() -> Result<T>,
) -> Result<Beside<(F, T)>> {
    let runtime = engine.runtime_of(container)?;
    let (id, held) = (&container.config.id, lock.descriptor());
    let text = configuration.text()?;
    forget_log(call)?;
    let gate = Gate::shut(&files::criu_config(engine, id))?;
    let started = Instant::now();
    // Outside of the scope, which ends when the dump has.
    let mut frozen = None;
    let (done, beside) = thread::scope(|scope| {
        let dumping = thread::Builder::new()
            .name("dump".into())
            .spawn_scoped(scope, || runtime.checkpoint(id, call, held))?;
        let gone = || dumping.is_finished();
        let work = || -> Result<Option<T>> {
            if !gate.arrived(gone)? {
                return Ok(None);
            }
            // A gate that is dropped lets CRIU go on too.
            frozen = Some(still()?);
            if !gate.open(&text, gone)? {
                return Ok(None);
            }
            meanwhile().map(Some)
        };
        let beside = work();
        let done = dumping.join();
        let done = done.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok::<_, Error>((done, beside))
    })?;
    let took = concluded(engine, container, call, done, started);
    match (frozen, beside) {
        (Some(frozen), Ok(Some(other))) => Ok(Beside::Done(took?, (frozen, other))),
        // It stood still, so what failed is the dump, or what was done meanwhile.
        (Some(_), Err(error)) => took.and(Err(error)),
        (None, Err(error)) => Err(error),
        (_, Ok(_)) => took.map(|_| Beside::Unguarded),
    }
}

/// Whether the CRIU that this runtime starts is known not to read the configuration that the bundle
/// names: crun before 1.26, or with CRIU before 4.2. Learnt by [`note_unguarded`].
pub fn is_unguarded(engine: &Engine, container: &Container) -> bool {
    let known = engine
        .runtime_of(container)
        .ok()
        .and_then(|runtime| Some((unguarded_note(engine, &runtime), identity(&runtime)?)));
    known.is_some_and(|(path, identity)| {
        std::fs::read_to_string(path).is_ok_and(|noted| noted == identity)
    })
}

/// Remembers it until the runtime's program is another.
pub fn note_unguarded(engine: &Engine, container: &Container) -> Result<()> {
    let runtime = engine.runtime_of(container)?;
    let path = unguarded_note(engine, &runtime);
    if let Some(identity) = identity(&runtime) {
        write_for_this_boot(&path, identity.as_bytes(), 0o600)?;
    }
    Ok(())
}

fn unguarded_note(engine: &Engine, runtime: &Runtime) -> PathBuf {
    let name = format!("{}.unguarded", runtime.name);
    engine.config.run_root.join(name)
}

fn identity(runtime: &Runtime) -> Option<String> {
    let file = std::fs::metadata(&runtime.path).ok()?;
    let path = runtime.path.display();
    Some(format!(
        "{path} {} {} {}",
        file.ino(),
        file.size(),
        file.mtime()
    ))
}

/// The runtime's time, or what its failure means.
fn concluded(
    engine: &Engine,
    container: &Container,
    call: CheckpointCall<'_>,
    done: Result<(), RuntimeError>,
    started: Instant,
) -> Result<Duration> {
    if done.is_err() {
        wait_for_criu(call.images);
    }
    match done {
        Ok(()) => Ok(started.elapsed()),
        Err(error) if !call.leave_running && is_whole(container, call.images) => {
            // CRIU was done; the runtime stumbled over its own clean-up.
            tracing::warn!(%error, "the dump is whole all the same");
            Ok(started.elapsed())
        }
        Err(error) => {
            stray_mounts::remove(container);
            let log = call.work.join("dump.log");
            Err(explain(engine, container, &error, &log))
        }
    }
}

/// A CRIU whose runtime was killed goes on: it freezes the cgroup again at its end, or ends the
/// processes. What became of them is known when it has left.
fn wait_for_criu(images: &Path) {
    let mut told = false;
    while proc::has_open("criu", images) {
        if !told {
            tracing::warn!("the runtime was killed, its CRIU still dumps: waiting for its end");
            told = true;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// CRIU writes the inventory last, and a dump that ends the processes ends them after it.
fn is_whole(container: &Container, images: &Path) -> bool {
    // Asked first: the processes of a dump that failed stay, and must not wait for their end.
    images.join("inventory.img").exists()
        && container
            .state
            .pid
            .is_none_or(|pid| proc::wait_gone(pid, Duration::from_secs(5)))
}

/// What an earlier dump complained of must not explain this one's failure, should CRIU not even
/// begin.
fn forget_log(call: CheckpointCall<'_>) -> Result<()> {
    Ok(remove_file_if_present(&call.work.join("dump.log"))?)
}

fn explain(engine: &Engine, container: &Container, error: &RuntimeError, log: &Path) -> Error {
    if matches!(error, RuntimeError::Command(CommandError::Start { .. })) {
        return Error::MissingOnHost(error.to_string());
    }
    let (cause, remedy) = failure::meaning(log, Phase::Dump, &error.to_string());
    Error::Checkpoint {
        name: container.config.name.clone(),
        cause,
        remedy,
        log: failure::keep_log(engine, &container.config.id, log),
    }
}
