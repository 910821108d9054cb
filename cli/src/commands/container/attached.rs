//! A container in the foreground, for `run` and `start --attach`: join the streams, wait for its
//! end, tidy up, hand its exit status on.

use crate::output::CliError;
use crate::terminal::{Ended, Session};
use libcr::monitor::attach::Attachment;
use libcr::ops::lifecycle::{cleanup, kill, wait};
use libcr::{Engine, ErrorKind};

/// Stays with container `id` and gives its exit status; 0 when the user detached.
pub fn stay(
    engine: &Engine,
    id: &str,
    attachment: Attachment,
    session: Session,
) -> Result<u8, CliError> {
    if join(engine, id, attachment, session)? == Ended::Detached {
        return Ok(0);
    }
    let code = wait::wait_by_id(engine, id)?;
    // The monitor's exit command does the same; who comes first wins. When we return it is done.
    match cleanup::cleanup(engine, id) {
        Err(error) if error.kind() != ErrorKind::NotFound => tracing::warn!("clean up: {error}"),
        _ => {}
    }
    Ok(u8::try_from(code & 0xff).unwrap_or(u8::MAX))
}

/// Joins the streams of container `id`, passing signals on, until they end or the user detaches.
pub fn join(
    engine: &Engine,
    id: &str,
    attachment: Attachment,
    session: Session,
) -> Result<Ended, CliError> {
    let pass_on = |number: i32| {
        // It may just have ended: then there is nobody to signal.
        if let Err(error) = kill::kill(engine, id, &number.to_string()) {
            tracing::debug!("signal {number} not passed on: {error}");
        }
    };
    session
        .join(attachment, pass_on)
        .map_err(|source| CliError::Io {
            doing: "attach to the container".to_owned(),
            source,
        })
}
