//! What comes reply by reply: logs and events.

use jiff::Timestamp;
use libcr::Engine;
use libcr::ops::events::{EventFilter, EventsOptions, events as report};
use libcr::ops::lifecycle::logs::{LogLine, LogOptions, logs as read};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown;
use crate::shared::time;
use crate::varlink::call::Call;
use crate::varlink::failed::Failed;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    name: String,
    #[serde(default)]
    follow: bool,
    #[serde(default)]
    tail: Option<usize>,
    #[serde(default)]
    since: Option<String>,
    #[serde(default)]
    until: Option<String>,
}

pub fn logs(engine: &Engine, call: &Call, asked: Logs) -> Result<Value, Failed> {
    call.needs_more()?;
    let options = LogOptions {
        follow: asked.follow,
        tail: asked.tail,
        since: moment("since", asked.since.as_deref())?,
        until: moment("until", asked.until.as_deref())?,
        cancel: call.cancel.clone(),
    };
    read(engine, &asked.name, &options, |line| {
        call.send(json!({ "line": log_line(line) }))
    })?;
    Ok(json!({}))
}

fn log_line(line: &LogLine) -> Value {
    let whole = line.text.strip_suffix(b"\n");
    json!({
        "time": line.time,
        "stream": if line.error { "stderr" } else { "stdout" },
        "text": String::from_utf8_lossy(whole.unwrap_or(&line.text)),
        "partial": whole.is_none(),
    })
}

/// A time as clients say it.
///
/// # Errors
/// `InvalidParameter` for what is none.
pub fn moment(parameter: &str, text: Option<&str>) -> Result<Option<Timestamp>, Failed> {
    let text = text.filter(|text| !text.is_empty());
    let parse =
        |text| time::parse(text, Timestamp::now()).ok_or_else(|| Failed::parameter(parameter));
    text.map(parse).transpose()
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Events {
    filter: Vec<String>,
    since: Option<String>,
    until: Option<String>,
    stream: Option<bool>,
}

pub fn events(engine: &Engine, call: &Call, asked: Events) -> Result<Value, Failed> {
    call.needs_more()?;
    let options = EventsOptions {
        filters: EventFilter::parse_all(&asked.filter)?,
        since: moment("since", asked.since.as_deref())?,
        until: moment("until", asked.until.as_deref())?,
        stream: asked.stream.unwrap_or(true),
        cancel: call.cancel.clone(),
    };
    report(engine, &options, |event| {
        call.send(json!({ "event": shown::event(event) }))
    })?;
    Ok(json!({}))
}
