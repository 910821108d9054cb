//! `POST …/wait`: the docker command asks before it starts a container, and starts it only once the
//! headers have come.

use libcr::ops::lifecycle::wait::wait_until;
use libcr::{Error, ErrorKind};
use serde_json::json;

use crate::http::{Call, Failure, Reply, stream};

/// Answers at once, and with the exit code when it is so far.
///
/// # Errors
/// 404, 400 for a condition that there isn't.
pub async fn answer(call: Call) -> Result<Reply, Failure> {
    let condition = call
        .query
        .text("condition")
        .unwrap_or("not-running")
        .to_owned();
    if !["not-running", "next-exit", "removed"].contains(&condition.as_str()) {
        return Err(Failure::bad(format!("invalid condition: {condition:?}")));
    }
    let name = call.name().to_owned();
    let cancel = call.cancel.clone();
    let gone = call.cancel;
    stream::from_thread(
        &call.context,
        cancel,
        "application/json",
        move |engine, sink| {
            let container = engine.find(&name)?;
            let (id, before) = (container.config.id, container.state.finished_at);
            sink.begin();
            let mut runs = container.state.status.is_alive();
            let mut last = 0;
            let ended = wait_until(engine, &id, &gone, |one| {
                let alive = one.state.status.is_alive();
                runs |= alive;
                last = one.state.exit_code;
                match condition.as_str() {
                    "not-running" => !alive,
                    // It ran and ended, or did both between two looks.
                    "next-exit" => !alive && (runs || one.state.finished_at != before),
                    _ => false,
                }
            });
            let code = match ended {
                Ok(Some(code)) => code,
                Ok(None) => return Ok(()),
                // Removed: what it ended with was seen.
                Err(Error::NoSuchContainer(_)) => last,
                Err(error) if error.kind() == ErrorKind::NotFound => last,
                Err(error) => return Err(error.into()),
            };
            sink.send(format!("{}\n", json!({ "StatusCode": code })).into());
            Ok(())
        },
    )
    .await
}
