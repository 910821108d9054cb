//! `POST …/wait`: until a container is in a state; the answer is its exit code.

use std::time::Duration;

use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::wait::wait_until;
use libcr::{Error, ErrorKind};

use crate::http::{Call, Failure, Reply, stream};
use crate::shared::time;

/// Answers when it is so far.
///
/// # Errors
/// 404, 400 for a state that there isn't.
pub async fn answer(call: Call) -> Result<Reply, Failure> {
    let mut wanted = Vec::new();
    for word in call.query.texts("condition") {
        for word in word.split(',') {
            wanted.push(Wanted::parse(word).ok_or_else(|| call.query.wrong("condition"))?);
        }
    }
    if wanted.is_empty() {
        wanted = vec![Wanted::Is(Status::Exited)];
    }
    if let Some(text) = call.query.text("interval") {
        // The engine is told when it happens; how often it looks is its own affair.
        let number = text.parse::<u64>().map(Duration::from_millis).is_ok();
        if !number && time::duration(text).is_none() {
            return Err(call.query.wrong("interval"));
        }
    }
    let (name, cancel) = (call.name().to_owned(), call.cancel.clone());
    let begun = call.cancel.clone();
    let kind = "application/json";
    let found = {
        let name = name.clone();
        call.context
            .run(move |engine| Ok(engine.find(&name)?.config.id))
            .await?
    };
    // It is a stream only so that the thread ends with the client.
    stream::from_thread(&call.context, cancel, kind, move |engine, sink| {
        let ended = wait_until(engine, &found, &begun, |one| {
            wanted.iter().any(|wanted| wanted.holds(one))
        });
        let code = match ended {
            Ok(Some(code)) => code,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound && wanted.contains(&Wanted::Gone) => {
                -1
            }
            Err(Error::NoSuchContainer(_)) => return Err(Error::NoSuchContainer(name).into()),
            Err(error) => return Err(error.into()),
        };
        sink.send(code.to_string().into());
        Ok(())
    })
    .await
}

/// A state that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Is(Status),
    /// It is removed, or being removed.
    Gone,
}

impl Wanted {
    /// Podman's words and Docker's.
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "stopped" | "exited" | "not-running" => Self::Is(Status::Exited),
            "configured" | "created" | "initialized" => Self::Is(Status::Created),
            "running" => Self::Is(Status::Running),
            "paused" => Self::Is(Status::Paused),
            "removing" | "removed" => Self::Gone,
            _ => return None,
        })
    }

    fn holds(self, one: &Container) -> bool {
        let status = one.state.status;
        match self {
            // One that was never started has stopped, to Podman.
            Self::Is(Status::Exited) => !status.is_alive(),
            Self::Is(wanted) => status == wanted,
            Self::Gone => status == Status::Removing,
        }
    }
}
