//! Events as a stream of JSON lines, each interface in its own form.

use bytes::Bytes;
use jiff::Timestamp;
use libcr::ops::events::{EventFilter, EventsOptions, StoredEvent, events};
use serde_json::{Map, Value};

use super::time;
use crate::http::{Call, Failure, Reply, stream};

/// `GET /events`; `form` makes an event's JSON, `None` leaves it out.
///
/// # Errors
/// 400 for a filter or a time that is none.
pub async fn answer(call: Call, form: fn(&StoredEvent) -> Option<Value>) -> Result<Reply, Failure> {
    let mut filters = Vec::new();
    for (key, value) in call.query.filters()? {
        filters.push(EventFilter::parse(&format!("{key}={value}"))?);
    }
    let until = time::of(&call, "until")?;
    let asked = call.query.maybe_flag("stream").unwrap_or(None);
    let options = EventsOptions {
        filters,
        since: time::of(&call, "since")?,
        until,
        // What has ended isn't waited for.
        stream: asked.unwrap_or(true) && until.is_none_or(|until| until > Timestamp::now()),
        cancel: call.cancel.clone(),
    };
    let context = call.context;
    stream::from_thread(
        &context,
        call.cancel,
        "application/json",
        move |engine, sink| {
            sink.begin();
            events(engine, &options, |event| {
                let Some(value) = form(event) else {
                    return true;
                };
                sink.send(Bytes::from(format!("{value}\n")))
            })?;
            Ok(())
        },
    )
    .await
}

/// Seconds and nanoseconds since 1970.
pub fn times(event: &StoredEvent) -> (i64, i64) {
    let time: Timestamp = event.time.parse().unwrap_or_default();
    let nanoseconds = i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX);
    (time.as_second(), nanoseconds)
}

/// `Actor.Attributes` of Docker's form, which Podman's REST has too.
pub fn attributes(event: &StoredEvent) -> Map<String, Value> {
    let mut map = Map::new();
    for (key, value) in &event.labels {
        map.insert(key.clone(), value.as_str().into());
    }
    for (key, value) in [("name", &event.name), ("image", &event.image)] {
        if !value.is_empty() {
            map.insert(key.into(), value.as_str().into());
        }
    }
    if event.subject == "network" {
        // Podman's client shows none without them; of which driver it was, nobody knows any more.
        map.insert("network".into(), event.name.as_str().into());
        map.insert("driver".into(), "".into());
    }
    if let Some(code) = event.exit_code() {
        map.insert("exitCode".into(), code.to_string().into());
        map.insert("containerExitCode".into(), code.to_string().into());
    }
    map
}
