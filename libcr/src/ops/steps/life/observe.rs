//! Brings a container's record in step with what is true: it may have ended, or the machine may
//! have been started anew, since the record was written.

use std::time::Duration;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::event::Event;
use crate::model::operation::Intent;
use crate::model::status::Status;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::tear_down::take_down;
use crate::sys::cgroup::Cgroup;
use crate::sys::{machine, proc};

/// Exit code of a container whose end nobody saw.
const UNKNOWN_EXIT: i32 = 255;

/// How a container whose record says that it lives ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Its monitor wrote it down.
    Seen {
        /// Exit code.
        code: i32,
        /// Killed by the kernel for want of memory.
        out_of_memory: bool,
    },
    /// It is gone, and nothing is written of how.
    Unseen,
    /// The machine was started anew since.
    EarlierBoot,
}

/// Whether a container never ran, for who starts it but once; its lock is held.
///
/// # Errors
/// [`Error::WrongState`] with what it is instead.
pub fn check_new(container: &Container) -> Result<()> {
    let id = &container.config.id;
    let what = match container.state.status {
        Status::Created => return Ok(()),
        Status::Exited => "has ended already",
        _ => "runs already",
    };
    Err(Error::WrongState(format!(
        "container {id} {what} and is not started again: make another one"
    )))
}

/// What is true of a container now, nothing changed: for listing, without its lock.
pub fn look(engine: &Engine, container: &mut Container) {
    let Some(mut end) = end_of(engine, container) else {
        return;
    };
    if !matches!(end, End::Seen { .. }) {
        // The record may have been read before somebody wrote the end down and took the exit
        // file away, in this order; perhaps it runs again by now.
        match engine.store.rows().container(&container.config.id) {
            Ok(Some(fresh)) if is_newer(&fresh, container) => {
                *container = fresh;
                match end_of(engine, container) {
                    Some(later) => end = later,
                    None => return,
                }
            }
            Ok(Some(_)) | Err(_) => {}
            // Removed: there is nothing to tell.
            Ok(None) => return,
        }
    }
    // Its processes may be gone because it is being frozen: what it is then, the end of that
    // operation says.
    if !is_being_frozen(engine, container) {
        ended(container, end);
    }
}

/// Waits while somebody freezes a container: what begins in it then would neither be in the dump
/// nor stand still while files are captured. One whose engine died is for recovery.
pub fn wait_while_frozen(engine: &Engine, id: &str) -> Result<()> {
    loop {
        let operations = engine.store.rows().operations()?;
        let at_work = operations.iter().any(|operation| {
            operation.container == id
                && matches!(operation.intent, Intent::Checkpoint { .. })
                && proc::is_alive(&operation.owner)
        });
        if !at_work {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_being_frozen(engine: &Engine, container: &Container) -> bool {
    let operations = engine.store.rows().operations().unwrap_or_default();
    operations.iter().any(|operation| {
        operation.container == container.config.id
            && matches!(operation.intent, Intent::Checkpoint { .. })
    })
}

fn is_newer(fresh: &Container, known: &Container) -> bool {
    let run = |container: &Container| (container.state.status, container.state.pid);
    run(fresh) != run(known)
}

fn end_of(engine: &Engine, container: &Container) -> Option<End> {
    if !container.state.status.is_alive() {
        return None;
    }
    let paths = engine.monitor_paths(&container.config.id);
    let seen = || {
        paths.exit_status().map(|code| End::Seen {
            code,
            out_of_memory: paths.out_of_memory(),
        })
    };
    if let Some(end) = seen() {
        return Some(end);
    }
    if container.state.boot_id != proc::boot_id() {
        return Some(End::EarlierBoot);
    }
    // Between the end of the first process and the exit file; or the monitor was killed.
    if is_ours(container) || is_monitored(container) {
        return None;
    }
    Some(seen().unwrap_or(End::Unseen))
}

/// Whether the container's first process is there. The number alone may be another's by now; one
/// of the container is in its cgroup.
pub fn is_ours(container: &Container) -> bool {
    container.state.pid.is_some_and(|pid| is_in(container, pid))
}

/// Whether a process is there and one of the container's.
pub fn is_in(container: &Container, pid: i32) -> bool {
    let own = cgroup_path(&container.config);
    // What can't be looked at may well be there: its container must not be ended for that.
    let inside = proc::cgroup_of(pid).map_or(true, |found| {
        found.is_some_and(|found| is_or_is_below(&found, &own))
    });
    proc::exists(pid) && inside
}

fn is_or_is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether its monitor is there, or the exit command that it became: both are told the id.
pub fn is_monitored(container: &Container) -> bool {
    let id = &container.config.id;
    container
        .state
        .monitor_pid
        .is_some_and(|pid| proc::arguments(pid).contains(id))
}

/// As [`look`], under the container's lock: one that ended is cleaned up after and its record
/// written. Returns true when it was found ended.
pub fn observe(engine: &Engine, container: &mut Container) -> Result<bool> {
    let was_alive = container.state.status.is_alive();
    if was_alive && !is_ours(container) {
        wait_for_exit(engine, container, Duration::from_secs(5));
    }
    look(engine, container);
    if !was_alive || container.state.status.is_alive() {
        return Ok(false);
    }
    finish_exit(engine, container)?;
    Ok(true)
}

/// Waits until the monitor has written down how the container ended.
pub fn wait_for_exit(engine: &Engine, container: &Container, limit: Duration) {
    let paths = engine.monitor_paths(&container.config.id);
    let deadline = std::time::Instant::now() + limit;
    while paths.exit_status().is_none() && std::time::Instant::now() < deadline {
        if !is_monitored(container) {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Cleans up after a container whose state says that it ended, and writes that down.
pub fn finish_exit(engine: &Engine, container: &mut Container) -> Result<()> {
    take_down(engine, container)?;
    container.state.network_status.clear();
    container.state.ports.clear();
    let detail = container.state.exit_code.to_string();
    engine.store.transaction(|rows| {
        rows.update_state(&container.config.id, &container.state)?;
        rows.insert_event("died", container, &detail)?;
        if container.config.auto_remove {
            return Ok(());
        }
        rows.insert_event("cleanup", container, "")
    })?;
    // Last: who looks without the lock finds the exit code in the file or in the record.
    Ok(engine.monitor_paths(&container.config.id).clear()?)
}

fn ended(container: &mut Container, end: End) {
    let (code, out_of_memory) = match end {
        End::Seen {
            code,
            out_of_memory,
        } => (code, out_of_memory),
        End::Unseen | End::EarlierBoot => (UNKNOWN_EXIT, false),
    };
    let (config, state) = (&container.config, &mut container.state);
    if let Some(status) = state.status.after(Event::Died) {
        state.status = status;
    }
    state.pid = None;
    state.monitor_pid = None;
    state.exit_code = code;
    state.oom_killed = out_of_memory;
    state.finished_at = Some(machine::now());
    // Whoever sees the end first writes this down, for the clean-up that starts it again. A boot
    // ends all containers, and no monitor of theirs is left to clean up. One that was ended to be
    // started again has it written down already.
    let policy = config.restart_policy;
    state.restart_due = end != End::EarlierBoot
        && !state.stopped_by_user
        && (state.restart_due || policy.starts_again(code, state.restart_count));
}

/// Whether the container's processes stand still in memory though its record says running: a
/// killed engine left it frozen.
pub fn is_frozen(container: &Container) -> bool {
    container.state.status == Status::Running
        && Cgroup::at(&cgroup_path(&container.config)).is_frozen()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::{RestartPolicy, example};

    fn engine(root: &std::path::Path) -> Result<Engine> {
        Engine::open(Config::below(root))
    }

    /// Running according to its record; its number is this test's own, whose cgroup is another.
    fn running(id: &str) -> Container {
        let mut container = example(id);
        container.state.status = Status::Running;
        container.state.boot_id = proc::boot_id();
        container.state.pid = Some(proc::own_identity().pid);
        container
    }

    #[test]
    fn a_number_that_is_anothers_by_now_is_no_container() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let mut container = running("a");
        // Whatever runs under the monitor's number was not told this id.
        container.state.monitor_pid = container.state.pid;
        engine
            .store
            .transaction(|rows| rows.insert_container(&container))?;
        assert!(!is_ours(&container));
        look(&engine, &mut container);
        assert_eq!(container.state.status, Status::Exited);
        assert_eq!(container.state.exit_code, UNKNOWN_EXIT);
        Ok(())
    }

    #[test]
    fn cgroups_of_a_container() {
        assert!(is_or_is_below("/cryopod/ab", "/cryopod/ab"));
        assert!(is_or_is_below("/cryopod/ab/init.scope", "/cryopod/ab"));
        for other in ["/cryopod/abc", "/cryopod", "/", "/x/cryopod/ab"] {
            assert!(!is_or_is_below(other, "/cryopod/ab"), "{other}");
        }
    }

    #[test]
    fn what_others_wrote_meanwhile_wins_over_not_knowing() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let mut known = running("a");
        let mut fresh = known.clone();
        fresh.state.status = Status::Exited;
        fresh.state.pid = None;
        fresh.state.exit_code = 3;
        engine
            .store
            .transaction(|rows| rows.insert_container(&fresh))?;
        look(&engine, &mut known);
        assert_eq!(known, fresh);
        Ok(())
    }

    #[test]
    fn the_exit_file_says_how_it_ended() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let mut container = running("a");
        let paths = engine.monitor_paths("a");
        paths.prepare()?;
        std::fs::write(paths.exit_file(), "7")?;
        look(&engine, &mut container);
        assert_eq!(container.state.status, Status::Exited);
        assert_eq!(container.state.exit_code, 7);
        Ok(())
    }

    #[test]
    fn a_restart_is_due_by_policy_unless_the_user_stopped_it() {
        let seen = |code| End::Seen {
            code,
            out_of_memory: false,
        };
        for (policy, by_user, end, due) in [
            (RestartPolicy::Always, false, seen(0), true),
            (RestartPolicy::Always, false, End::Unseen, true),
            (RestartPolicy::Always, false, End::EarlierBoot, false),
            (RestartPolicy::Always, true, seen(137), false),
            (RestartPolicy::OnFailure(0), false, seen(1), true),
            (RestartPolicy::OnFailure(0), false, seen(0), false),
            (RestartPolicy::No, false, seen(1), false),
        ] {
            let mut container = running("a");
            container.config.restart_policy = policy;
            container.state.stopped_by_user = by_user;
            ended(&mut container, end);
            assert_eq!(container.state.restart_due, due, "{policy:?} {end:?}");
        }
    }

    #[test]
    fn records_of_before_this_field_are_read() -> serde_json::Result<()> {
        let mut old = serde_json::to_value(running("a").state)?;
        if let Some(fields) = old.as_object_mut() {
            fields.remove("restart_due");
        }
        let read: crate::model::container::ContainerState = serde_json::from_value(old)?;
        assert!(!read.restart_due);
        Ok(())
    }
}
