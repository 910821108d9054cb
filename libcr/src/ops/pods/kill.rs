//! `pod kill`.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::{is_ours, observe};
use crate::sys::signal;

use super::{PodReport, each, members, tell};

/// Sends a signal to the first process of every container of a pod that runs.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`]; [`Error::Invalid`] for what is no signal.
pub fn kill(engine: &Engine, word: &str, wanted: &str) -> Result<PodReport> {
    let number = signal::number(wanted)
        .ok_or_else(|| Error::Invalid(format!("invalid signal: {wanted}")))?;
    let pod = engine.find_pod(word)?;
    let ids = members(engine, &pod)?.into_iter().rev();
    let report = each(engine, &pod, ids, "killing", |engine, id| {
        let (_lock, mut container) = claim(engine, id)?;
        observe(engine, &mut container)?;
        if container.state.status.is_alive() && is_ours(&container) {
            end::kill(engine, &mut container, number)?;
        }
        Ok(())
    });
    tell(engine, &pod, "kill", report)
}
