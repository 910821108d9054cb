//! The cold start of a container: for `start` and for the restart policy.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::event::Event;
use crate::model::operation::Intent;
use crate::monitor::attach::Attachment;
use crate::net::SavedAddresses;
use crate::ops::steps::freezing::capture;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::bring_up::bring_up;
use crate::ops::steps::life::health;
use crate::ops::steps::life::monitor;
use crate::ops::steps::life::tear_down::tear_down;
use crate::ops::steps::sandbox;
use crate::ops::steps::undo::Undo;
use crate::sys::{fault, machine, proc};

/// Starts a container whose lock is held.
///
/// # Errors
/// As `start`; nothing of a start that failed remains.
pub fn launch(
    engine: &Engine,
    container: &mut Container,
    attach: bool,
) -> Result<Option<Attachment>> {
    let id = container.config.id.clone();
    let next = container.state.status.after(Event::Start).ok_or_else(|| {
        Error::WrongState(format!(
            "container {id} is {}, cannot start",
            container.state.status.as_str()
        ))
    })?;
    let journal = Journal::begin(engine, &id, &Intent::Start)?;
    let restarts = container.state.restart_due && container.state.restart_count > 0;
    // This is the start that was due; one that fails is not tried again.
    container.state.restart_due = false;
    let before = container.state.clone();
    let result = begin(engine, container, attach);
    match result {
        Ok(attachment) => {
            let state = &mut container.state;
            state.status = next;
            state.started_at = Some(machine::now());
            state.exit_code = 0;
            state.error.clear();
            // A cold start: what was frozen once is history.
            state.checkpointed_at = None;
            state.checkpoint_images = None;
            state.pre_checkpoints = 0;
            state.last_named.clear();
            state.restored_at = None;
            state.stopped_by_user = false;
            state.oom_killed = false;
            let events = [
                (restarts, "restart"),
                (true, "init"),
                (true, "start"),
                (attachment.is_some(), "attach"),
            ];
            journal.end_with(|rows| {
                rows.update_state(&id, &container.state)?;
                let mut happened = events.iter().filter(|(happened, _)| *happened);
                happened.try_for_each(|(_, kind)| rows.insert_event(kind, container, ""))
            })?;
            health::begin(engine, &container.config);
            Ok(attachment)
        }
        Err(error) => {
            let mut undo = Undo::default();
            let half_made = container.clone();
            undo.push("tear down", move || tear_down(engine, &half_made));
            let error = undo.run(error);
            container.state = before;
            container.state.error = error.to_string();
            Err(journal.give_up(error, |rows| rows.update_state(&id, &container.state)))
        }
    }
}

fn begin(engine: &Engine, container: &mut Container, attach: bool) -> Result<Option<Attachment>> {
    // Its own operation is open by now: nobody takes the infra container for the last one.
    sandbox::ensure(engine, &container.config)?;
    capture::pin_files(engine, container)?;
    fault::point("pinned");
    container.state.boot_id = proc::boot_id();
    bring_up(engine, container, &SavedAddresses::default(), |_| Ok(()))?;
    health::reset(engine, &container.config)?;
    fault::point("brought-up");
    let monitored = monitor::start(engine, container, None)?;
    container.state.pid = Some(monitored.pid);
    container.state.monitor_pid = Some(monitored.monitor_pid);
    fault::point("created");
    let paths = engine.monitor_paths(&container.config.id);
    let attachment = attach.then(|| Attachment::connect(&paths)).transpose()?;
    monitor::begin(&engine.runtime_of(container)?, &container.config.id)?;
    Ok(attachment)
}
