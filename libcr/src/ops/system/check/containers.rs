//! One container under its lock: what a killed engine left of it, then what should be there while it
//! lives, or should not while it doesn't.

use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::damage::DamageReport;
use crate::model::operation::Intent;
use crate::model::status::Status;
use crate::ops::steps::life::observe::{is_monitored, is_ours, observe};
use crate::ops::steps::recovery::{self, Patience};
use crate::sys::proc;

use super::collected::Collected;
use super::world::World;
use super::{CheckOptions, files, frozen, life, network, try_lock};

/// How long whoever waits for a container's end may take to write it down.
const ENDING: Duration = Duration::from_secs(5);

pub(super) fn check(
    engine: &Engine,
    id: &str,
    world: &World,
    options: &CheckOptions,
    report: &mut DamageReport,
) -> Result<()> {
    let rows = engine.store.rows();
    let deadline = Instant::now() + ENDING;
    let (lock, container) = loop {
        let Some(lock) = try_lock(engine, id)? else {
            // Removed at this moment: there is nothing to tell.
            if let Some(container) = rows.container(id)? {
                let mut found = Collected::default();
                let what = format!("somebody is at work on {}", container.config.name);
                found.busy("containers", what);
                found.settle(options, report);
            }
            return Ok(());
        };
        let Some(container) = rows.container(id)? else {
            // Removed since: the lock's file was made anew.
            return engine.forget_lock(id);
        };
        if !has_just_ended(&container) || Instant::now() >= deadline {
            break (lock, container);
        }
        // Whoever waits for its end writes it down as soon as the lock is free.
        drop(lock);
        std::thread::sleep(Duration::from_millis(20));
    };
    let lived = lives(&container);
    let mut found = Collected::default();
    judge(engine, &container, world, options, &mut found)?;
    if container.state.status.is_alive() && lived && !lives(&container) {
        // It ended while it was looked at, for which nobody needs its lock.
        found = Collected::default();
        ending(&container, &mut found);
    }
    found.settle(options, report);
    drop(lock);
    Ok(())
}

fn judge<'a>(
    engine: &'a Engine,
    container: &'a Container,
    world: &World,
    options: &CheckOptions,
    found: &mut Collected<'a>,
) -> Result<()> {
    let config = &container.config;
    let operations = engine.store.rows().operations()?;
    if let Some(open) = operations.iter().find(|one| one.container == config.id) {
        // Whoever began it held the lock that this process holds now.
        let what = format!(
            "a {} of {} that was cut short is not finished",
            kind(&open.intent),
            config.name
        );
        found.repairable("operations", what, "completes or undoes it", move || {
            recover(engine, &config.id)
        });
        return Ok(());
    }
    if !container.state.status.is_alive() {
        life::leftovers(engine, container, world, found)?;
        network::attached(engine, container, found);
    } else if container.state.boot_id != proc::boot_id() || !lives(container) {
        if is_monitored(container) && container.state.boot_id == proc::boot_id() {
            ending(container, found);
            return Ok(());
        }
        ended(engine, container, found);
        return Ok(());
    } else {
        life::living(engine, container, world, found)?;
        network::living(engine, container, found)?;
    }
    files::check(engine, container, found);
    frozen::check(engine, container, options, found)
}

/// Its monitor writes the end down and cleans up as soon as it gets the lock.
fn ending(container: &Container, found: &mut Collected<'_>) {
    let what = format!("{} is just ending", container.config.name);
    found.busy("processes", what);
}

/// Whether its first process lives. One that is ending, or waits to be reaped, is still there when its
/// namespaces are gone.
fn lives(container: &Container) -> bool {
    let pid = container.state.pid;
    is_ours(container) && pid.is_some_and(|pid| proc::namespace(pid, "net").is_some())
}

/// Its record says that it lives, and its first process is gone since this boot.
fn has_just_ended(container: &Container) -> bool {
    container.state.status.is_alive()
        && container.state.boot_id == proc::boot_id()
        && !lives(container)
}

fn recover(engine: &Engine, id: &str) -> Result<()> {
    recovery::recover_container(engine, id, Patience::Bounded)?;
    let operations = engine.store.rows().operations()?;
    if operations.iter().any(|one| one.container == id) {
        let text = "what it started still goes on without it";
        return Err(Error::WrongState(text.into()));
    }
    Ok(())
}

fn kind(intent: &Intent) -> &'static str {
    match intent {
        Intent::Create => "creation",
        Intent::Start => "start",
        Intent::Remove => "removal",
        Intent::Checkpoint { .. } => "checkpoint",
        Intent::Restore { .. } => "restore",
        Intent::RestorePod { .. } => "restore of its pod",
        Intent::Connect { .. } => "network connect",
        Intent::Disconnect { .. } => "network disconnect",
    }
}

/// Its record says that it lives, and it doesn't.
fn ended<'a>(engine: &'a Engine, container: &'a Container, found: &mut Collected<'a>) {
    let name = &container.config.name;
    let status = container.state.status.as_str();
    let what = if container.state.boot_id == proc::boot_id() {
        format!("{name} is {status} by its record, but its first process is gone")
    } else {
        format!("{name} is {status} by its record, but the machine was started anew since")
    };
    let remedy = "writes down that it ended and cleans up after it";
    found.repairable("processes", what, remedy, move || {
        let mut container = container.clone();
        observe(engine, &mut container)?;
        match container.state.status {
            Status::Running | Status::Paused => {
                Err(Error::WrongState("it seems to live after all".into()))
            }
            Status::Created | Status::Exited | Status::Removing => Ok(()),
        }
    });
}
