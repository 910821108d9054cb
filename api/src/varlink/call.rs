//! What a method gets: parameters, descriptors, a way to reply, and whether anybody still waits.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libcr::progress::{Cancel, Progress, Step};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::failed::Failed;
use super::message::without_nulls;
use crate::http::call::Context;

/// Shortest time between two replies that say how many bytes are done.
const PACE: Duration = Duration::from_millis(100);

/// A call that is being answered.
#[derive(Debug)]
pub struct Call {
    /// The engine's place.
    pub context: Arc<Context>,
    /// Several replies are welcome.
    pub more: bool,
    /// Set when the client is gone.
    pub cancel: Cancel,
    /// Where replies before the last go.
    pub replies: mpsc::Sender<Value>,
    /// What came with it. A method takes what it has use for, the rest is closed.
    pub descriptors: Mutex<Vec<Option<OwnedFd>>>,
}

impl Call {
    /// Sends a reply that others follow, waiting for a client that reads slowly; false when it is gone.
    pub fn send(&self, value: Value) -> bool {
        !self.cancel.is_cancelled() && self.replies.blocking_send(value).is_ok()
    }

    /// Takes the descriptor with this index.
    ///
    /// # Errors
    /// `InvalidParameter` where none came with it, or it is taken already.
    pub fn descriptor(&self, parameter: &str, index: i64) -> Result<OwnedFd, Failed> {
        let mut all = self
            .descriptors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let place = usize::try_from(index).ok();
        let found = place.and_then(|place| all.get_mut(place)?.take());
        found.ok_or_else(|| Failed::parameter(parameter))
    }

    /// Refuses a call that is not prepared for several replies.
    ///
    /// # Errors
    /// `ExpectedMore`.
    pub fn needs_more(&self) -> Result<(), Failed> {
        if self.more {
            Ok(())
        } else {
            Err(Failed::wants_more())
        }
    }
}

/// Parameters as a method reads them.
///
/// # Errors
/// `InvalidParameter` with the place of what can't be.
pub fn read<T: DeserializeOwned>(parameters: Value) -> Result<T, Failed> {
    serde_path_to_error::deserialize(without_nulls(parameters)).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        // A member that is unknown or missing is only in the message.
        let member = ["unknown field `", "missing field `"]
            .iter()
            .find_map(|words| message.strip_prefix(words)?.split('`').next());
        let place = match (path.as_str(), member) {
            ("." | "?", Some(member)) => member.to_owned(),
            (path, Some(member)) if path.rsplit('.').next() != Some(member) => {
                format!("{path}.{member}")
            }
            (path, _) => path.to_owned(),
        };
        Failed::parameter(&place)
    })
}

/// Tells a client of the progress of its operation, if it wants to know, and the operation whether
/// there is still a client.
#[derive(Debug)]
pub struct Telling<'a> {
    call: &'a Call,
    /// A client that is gone doesn't end it.
    finishes: bool,
    told: Mutex<Option<Instant>>,
}

impl<'a> Telling<'a> {
    /// An operation that is given up without a client.
    pub fn new(call: &'a Call) -> Self {
        Self {
            call,
            finishes: false,
            told: Mutex::new(None),
        }
    }

    /// One that is brought to its end.
    pub fn to_the_end(call: &'a Call) -> Self {
        Self {
            finishes: true,
            ..Self::new(call)
        }
    }

    fn tell(&self, progress: &Value) {
        if self.call.more {
            // An operation waits for nobody who only watches.
            let _ = self.call.replies.try_send(json!({ "progress": progress }));
        }
    }
}

impl Progress for Telling<'_> {
    fn step(&self, container: &str, step: Step) {
        self.tell(&json!({ "container": container, "step": word(step) }));
    }

    fn bytes(&self, container: &str, done: u64, total: Option<u64>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|told| told.elapsed() >= PACE) {
            *told = Some(Instant::now());
            let mut progress = json!({ "container": container, "done": done });
            if let Some(total) = total {
                progress["total"] = total.into();
            }
            self.tell(&progress);
        }
    }

    fn say(&self, line: &str) {
        self.tell(&json!({ "message": line }));
    }

    fn cancelled(&self) -> bool {
        !self.finishes && self.call.cancel.is_cancelled()
    }
}

/// The word of a step.
fn word(step: Step) -> &'static str {
    match step {
        Step::Preflight => "preflight",
        Step::Dump => "dump",
        Step::Write => "write",
        Step::Read => "read",
        Step::Prepare => "prepare",
        Step::Restore => "restore",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Inner {
        flag: bool,
        words: Vec<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        name: String,
        #[serde(default)]
        options: Inner,
    }

    #[test]
    fn the_wrong_parameter_is_named() {
        let place = |value: Value| match read::<Outer>(value) {
            Err(Failed::Call(refusal)) => refusal.parameters["parameter"].to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(place(json!({})), "\"name\"");
        assert_eq!(place(json!({"name": 1})), "\"name\"");
        assert_eq!(place(json!({"name": "a", "b": 1})), "\"b\"");
        let options = |value: Value| place(json!({"name": "a", "options": value}));
        assert_eq!(options(json!({"flag": "yes"})), "\"options.flag\"");
        assert_eq!(options(json!({"flags": true})), "\"options.flags\"");
        assert_eq!(options(json!({"words": ["a", 1]})), "\"options.words[1]\"");
        assert!(read::<Outer>(json!({"name": "a", "options": {"flag": null}})).is_ok());
    }
}
