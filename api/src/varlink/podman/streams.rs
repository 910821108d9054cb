//! Logs and events.

use libcr::Engine;
use libcr::ops::events::{EventFilter, EventsOptions, StoredEvent, events as report};
use libcr::ops::lifecycle::logs::{LogLine, LogOptions, logs as read};
use libcr::ops::lifecycle::ps::latest;
use serde::Deserialize;
use serde_json::{Value, json};

use super::containers::Name;
use crate::varlink::call::Call;
use crate::varlink::engine::moment;
use crate::varlink::failed::Failed;

/// Most bytes of a log that one reply holds.
const LIMIT: usize = 4 << 20;

/// The log as a list of lines; with `more` a line each reply, and then an empty list.
pub fn all_logs(engine: &Engine, call: &Call, asked: Name) -> Result<Value, Failed> {
    let options = LogOptions {
        cancel: call.cancel.clone(),
        ..LogOptions::default()
    };
    let (mut lines, mut size) = (Vec::new(), 0);
    read(engine, &asked.name, &options, |line| {
        let text = text(line);
        if call.more {
            return call.send(json!({ "container": [text] }));
        }
        size += text.len();
        lines.push(text);
        size <= LIMIT
    })?;
    if size > LIMIT {
        return Err(Failed::wants_more());
    }
    Ok(json!({ "container": lines }))
}

fn text(line: &LogLine) -> String {
    let whole = line.text.strip_suffix(b"\n").unwrap_or(&line.text);
    String::from_utf8_lossy(whole).into_owned()
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logs {
    names: Vec<String>,
    follow: bool,
    latest: bool,
    since: String,
    tail: i64,
    /// The time is in each line.
    #[serde(rename = "timestamps")]
    _timestamps: bool,
}

/// A line each reply; the last is an empty one. Several containers come one after the other.
pub fn logs(engine: &Engine, call: &Call, asked: Logs) -> Result<Value, Failed> {
    call.needs_more()?;
    let options = LogOptions {
        follow: asked.follow,
        // What Podman's client says without the option: -1; what others leave out: 0.
        tail: usize::try_from(asked.tail).ok().filter(|tail| *tail > 0),
        since: moment(
            "since",
            Some(&asked.since)
                .filter(|text| !text.starts_with("0001-"))
                .map(String::as_str),
        )?,
        until: None,
        cancel: call.cancel.clone(),
    };
    let mut names = asked.names;
    if asked.latest {
        names.extend(latest(engine)?.map(|one| one.config.id));
    }
    if names.len() > 1 && asked.follow {
        return Err(Failed::invalid(
            "--follow can only be used with one container",
        ));
    }
    // All must be there before the first speaks.
    let ids: Result<Vec<String>, libcr::Error> = names
        .iter()
        .map(|name| Ok(engine.find(name)?.config.id))
        .collect();
    for id in ids? {
        read(engine, &id, &options, |line| {
            call.send(json!({ "log": {
                "device": if line.error { "stderr" } else { "stdout" },
                "parseLogType": if line.text.ends_with(b"\n") { "F" } else { "P" },
                "time": line.time,
                "msg": text(line),
                "cid": id,
            } }))
        })?;
    }
    Ok(json!({ "log": { "device": "", "parseLogType": "", "time": "", "msg": "", "cid": "" } }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Events {
    filter: Vec<String>,
    since: String,
    until: String,
}

/// An event each reply; the last is an empty one.
pub fn events(engine: &Engine, call: &Call, asked: Events) -> Result<Value, Failed> {
    call.needs_more()?;
    let options = EventsOptions {
        filters: EventFilter::parse_all(&asked.filter)?,
        since: moment("since", Some(&asked.since))?,
        until: moment("until", Some(&asked.until))?,
        stream: true,
        cancel: call.cancel.clone(),
    };
    report(engine, &options, |event| {
        call.send(json!({ "events": described(event) }))
    })?;
    let nothing = StoredEvent {
        number: 0,
        time: String::new(),
        subject: String::new(),
        kind: String::new(),
        id: String::new(),
        name: String::new(),
        image: String::new(),
        detail: String::new(),
        pod: String::new(),
        labels: std::collections::BTreeMap::new(),
    };
    Ok(json!({ "events": described(&nothing) }))
}

fn described(event: &StoredEvent) -> Value {
    json!({
        "id": event.id,
        "image": event.image,
        "name": event.name,
        "status": event.kind,
        "time": event.time,
        "type": event.subject,
    })
}
