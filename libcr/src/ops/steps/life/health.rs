//! A container's health between its checks: the log of results, the one check at a time, what is
//! done when it turns unhealthy, and how a checkpoint gets a moment without a check.
//!
//! A check takes no container lock: it may last half a minute, and nobody may wait that long to
//! stop a container. It holds a lock of its own, `<run>/locks/<id>.health`, and so does its process
//! in the container's runtime. Whoever holds the container's lock may wait for this one, never the
//! other way round.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, ContainerConfig};
use crate::model::health::{Health, HealthStatus, Healthcheck, OnFailure};
use crate::model::status::Status;
use crate::monitor::client;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::{is_ours, observe};
use crate::store::lock::ContainerLock;
use crate::sys::dir::write_atomic;
use crate::sys::proc;

/// How long a check may take that says nothing of it.
const USUAL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a check that is killed may take to be gone.
const GRACE: Duration = Duration::from_secs(5);
/// The shortest time between two checks that the monitor makes by itself: an archive may ask for a
/// nanosecond.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

/// No check of a container begins while this is held.
#[derive(Debug)]
pub struct NoChecks {
    lock: ContainerLock,
}

impl NoChecks {
    /// Waits until no check runs, and keeps others from beginning.
    pub fn wait(engine: &Engine, id: &str) -> Result<Self> {
        let locks = engine.config.run_root.join("locks");
        let lock = ContainerLock::acquire(&locks, &lock_name(id))?;
        Ok(Self { lock })
    }

    /// For the runtime that runs the check: a check whose engine was killed still counts.
    pub fn descriptor(&self) -> std::os::fd::BorrowedFd<'_> {
        self.lock.descriptor()
    }
}

fn lock_name(id: &str) -> String {
    format!("{id}.health")
}

/// Removes the lock of a container that is gone.
pub fn forget(engine: &Engine, id: &str) -> Result<()> {
    engine.forget_lock(&lock_name(id))
}

/// For a checkpoint, to call with the container's lock held and before anything is frozen: waits
/// for a check that runs, at most as long as that check may take, then kills it. Until the result
/// is dropped no other begins, so that no process of a check is in the container when it is dumped;
/// drop it when the container goes on or has ended. `None`: the container has no check.
///
/// # Errors
/// The lock's file can't be used, or a check that was killed does not end.
pub fn hold_checks(engine: &Engine, container: &Container) -> Result<Option<NoChecks>> {
    let Some(check) = active(&container.config) else {
        return Ok(None);
    };
    let id = &container.config.id;
    if let Some(held) = try_for(engine, id, timeout(check))? {
        return Ok(Some(held));
    }
    kill_check(engine, container);
    if let Some(held) = try_for(engine, id, GRACE)? {
        return Ok(Some(held));
    }
    Err(Error::RuntimeFailed(format!(
        "a health check of container {} does not end: remove what hangs in it, or try again",
        container.config.name
    )))
}

fn try_for(engine: &Engine, id: &str, limit: Duration) -> Result<Option<NoChecks>> {
    let locks = engine.config.run_root.join("locks");
    let deadline = Instant::now() + limit;
    loop {
        if let Some(lock) = ContainerLock::try_acquire(&locks, &lock_name(id))? {
            return Ok(Some(NoChecks { lock }));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The check that a container has, unless it is switched off.
pub fn active(config: &ContainerConfig) -> Option<&Healthcheck> {
    let check = config.healthcheck.as_ref();
    check.filter(|check| check.command().is_some())
}

/// How long a check may take.
pub fn timeout(check: &Healthcheck) -> Duration {
    match check.timeout {
        0 => USUAL_TIMEOUT,
        nanoseconds => Duration::from_nanos(nanoseconds),
    }
}

/// The time between two checks that the monitor is to make by itself, if it is to make any.
pub fn interval(config: &ContainerConfig) -> Option<Duration> {
    let nanoseconds = active(config)?.interval;
    (nanoseconds > 0).then(|| Duration::from_nanos(nanoseconds).max(SHORTEST_INTERVAL))
}

/// Where results are written down.
fn log_file(engine: &Engine, id: &str) -> PathBuf {
    engine.container_dir(id).join("healthcheck.log")
}

/// Where the runtime writes the process of a check down.
pub fn pid_file(engine: &Engine, id: &str) -> PathBuf {
    engine.bundle(id).join("healthcheck.pid")
}

/// What is known of a container's health; nothing of one without a check. One that was just
/// imported is starting.
pub fn read(engine: &Engine, config: &ContainerConfig) -> Option<Health> {
    active(config)?;
    let text = std::fs::read(log_file(engine, &config.id)).unwrap_or_default();
    Some(serde_json::from_slice(&text).unwrap_or_default())
}

/// Writes down what is known; the caller holds [`NoChecks`], or nothing runs yet.
pub fn write(engine: &Engine, id: &str, health: &Health) -> Result<()> {
    let text = serde_json::to_vec(health).map_err(std::io::Error::other)?;
    Ok(write_atomic(&log_file(engine, id), &text, 0o600)?)
}

/// A cold start: it is starting again.
pub fn reset(engine: &Engine, config: &ContainerConfig) -> Result<()> {
    let Some(mut health) = read(engine, config) else {
        return Ok(());
    };
    health.restart();
    write(engine, &config.id, &health)
}

/// Tells the monitor of a container that has just begun to make its first check.
pub fn begin(engine: &Engine, config: &ContainerConfig) {
    if interval(config).is_some()
        && let Err(error) = client::check_health(&engine.monitor_paths(&config.id))
    {
        // It has ended already; or the check comes an interval later.
        tracing::debug!(%error, "first health check");
    }
}

/// Kills the process of a check with all that it started.
pub fn kill_check(engine: &Engine, container: &Container) {
    let text = std::fs::read_to_string(pid_file(engine, &container.config.id));
    let Some(pid) = text.ok().and_then(|text| text.trim().parse().ok()) else {
        return;
    };
    // The number may be another's by now.
    if !crate::ops::steps::life::observe::is_in(container, pid) {
        return;
    }
    for pid in proc::tree(pid) {
        if let Err(error) = proc::signal(pid, 9) {
            tracing::warn!(%error, pid, "health check");
        }
    }
}

/// Does what is to be done about a container that was found unhealthy, if it still runs as it did
/// when it was asked.
pub fn act(engine: &Engine, found: &Container) -> Result<()> {
    let action = found.config.health_on_failure;
    if action == OnFailure::None {
        return Ok(());
    }
    let (_lock, mut container) = match claim(engine, &found.config.id) {
        Err(Error::NoSuchContainer(_)) => return Ok(()),
        claimed => claimed?,
    };
    observe(engine, &mut container)?;
    let health = read(engine, &container.config).unwrap_or_default();
    let same = container.state.status == Status::Running
        && container.state.pid == found.state.pid
        && is_ours(&container);
    if !same || health.status != HealthStatus::Unhealthy {
        return Ok(());
    }
    tracing::info!(
        container = container.config.id,
        action = action.as_str(),
        "unhealthy"
    );
    match action {
        OnFailure::None => {}
        OnFailure::Kill => end::kill(engine, &mut container, 9)?,
        OnFailure::Stop => drop(end::stop(engine, &mut container, None)?),
        // Its clean-up starts it again, as by a restart policy.
        OnFailure::Restart => end::stop_for_restart(engine, &mut container, None)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::example;
    use crate::model::health::HealthResult;

    fn engine(root: &std::path::Path) -> Result<Engine> {
        let engine = Engine::open(Config::below(root))?;
        std::fs::create_dir_all(engine.bundle("a"))?;
        Ok(engine)
    }

    fn checked(nanoseconds: u64) -> Container {
        let mut container = example("a");
        container.config.healthcheck = Some(Healthcheck {
            test: vec!["CMD".into(), "true".into()],
            interval: nanoseconds,
            timeout: 1_000_000,
            ..Healthcheck::default()
        });
        container
    }

    #[test]
    fn a_checkpoint_waits_for_a_check_but_not_forever() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let container = checked(0);
        assert!(hold_checks(&engine, &example("a"))?.is_none());
        let held = hold_checks(&engine, &container)?;
        assert!(held.is_some());
        assert!(try_for(&engine, "a", Duration::from_millis(5))?.is_none());
        drop(held);
        assert!(hold_checks(&engine, &container)?.is_some());
        forget(&engine, "a")?;
        Ok(())
    }

    #[test]
    fn a_start_forgets_the_status_and_keeps_the_results() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let config = checked(0).config;
        let mut health = read(&engine, &config).unwrap_or_default();
        assert_eq!(health, Health::default());
        health.add(
            HealthResult {
                exit_code: 1,
                ..HealthResult::default()
            },
            1,
            false,
        );
        write(&engine, "a", &health)?;
        assert_eq!(read(&engine, &config), Some(health));
        reset(&engine, &config)?;
        let health = read(&engine, &config).unwrap_or_default();
        assert_eq!(health.status, HealthStatus::Starting);
        assert_eq!(health.log.len(), 1);
        assert_eq!(read(&engine, &example("a").config), None);
        Ok(())
    }

    #[test]
    fn intervals_are_bounded_below_and_zero_means_none() {
        assert_eq!(interval(&checked(0).config), None);
        assert_eq!(interval(&checked(1).config), Some(SHORTEST_INTERVAL));
        let second = Duration::from_secs(1);
        assert_eq!(interval(&checked(1_000_000_000).config), Some(second));
    }
}
