//! `events`.

use super::{Opener, Outcome};
use crate::args::events::Events;
use crate::output::json::is_json;
use crate::output::template::{JSON_FACE, Schema, render_document};
use crate::output::{CliError, human, print};
use jiff::Timestamp;

use libcr::ops::events::{StoredEvent, events};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

const SCHEMA: Schema = Schema(&[("", "system.Event")]);

/// Shows what happened and what happens.
pub fn run(opener: &Opener, flags: &Events) -> Outcome {
    let options = flags.validate(Timestamp::now())?;
    let engine = opener.open()?;
    let mut failed = None;
    events(&engine, &options, |event| {
        failed = show(event, flags).err();
        failed.is_none()
    })?;
    failed.map_or(Ok(0), Err)
}

fn show(event: &StoredEvent, flags: &Events) -> Result<(), CliError> {
    match flags.format.as_deref() {
        None => print::line(&as_line(event, flags.no_trunc)),
        Some(format) if is_json(format) => print::line(&as_json(event).to_string()),
        Some(format) => {
            let (text, result) = render_document("events", format, &as_fields(event), SCHEMA);
            print::text(&text)?;
            Ok(result?)
        }
    }
}

// Podman's line (libpod/events/events.go).
fn as_line(event: &StoredEvent, whole: bool) -> String {
    let time = at(event).map_or_else(|| event.time.clone(), human::go_time);
    let id = human::id(&event.id, whole);
    let mut line = format!("{time} {} {}", event.subject, event.kind);
    match event.subject.as_str() {
        "container" => {
            let _ = write!(line, " {id} (image={}, name={}", event.image, event.name);
            if let Some((status, streak)) = event.health() {
                let _ = write!(
                    line,
                    ", health_status={status}, health_failing_streak={streak}, health_log="
                );
            }
            if !event.pod.is_empty() {
                let _ = write!(line, ", pod_id={}", event.pod);
            }
            for (key, value) in &event.labels {
                let _ = write!(line, ", {key}={value}");
            }
            line.push(')');
        }
        "pod" => {
            let _ = write!(line, " {id} (image=, name={})", event.name);
        }
        "volume" => {
            let _ = write!(line, " {}", event.name);
        }
        "network" => {
            let _ = write!(line, " {id} (container={id}, name={})", event.name);
        }
        _ => {
            let _ = write!(line, " {id} {}", event.name);
        }
    }
    line
}

// Podman's JSON; what is empty is left out.
fn as_json(event: &StoredEvent) -> Value {
    let mut object = Map::new();
    if let Some(code) = event.exit_code() {
        object.insert("ContainerExitCode".into(), code.into());
    }
    for (key, text) in [
        ("ID", &event.id),
        ("Image", &event.image),
        ("Name", &event.name),
    ] {
        if !text.is_empty() {
            object.insert(key.into(), text.as_str().into());
        }
    }
    object.insert("Status".into(), event.kind.as_str().into());
    let nanoseconds = nanoseconds(event);
    object.insert(
        "time".into(),
        (nanoseconds.div_euclid(1_000_000_000)).into(),
    );
    object.insert("timeNano".into(), nanoseconds.into());
    object.insert("Type".into(), event.subject.as_str().into());
    if let Some((status, _)) = event.health() {
        object.insert("health_status".into(), status.into());
    }
    if !event.pod.is_empty() {
        object.insert("PodID".into(), event.pod.as_str().into());
    }
    object.insert("Attributes".into(), attributes(event));
    Value::Object(object)
}

// The fields that a template can name.
fn as_fields(event: &StoredEvent) -> Value {
    let nanoseconds = nanoseconds(event);
    json!({
        "ID": event.id,
        "Image": event.image,
        "Name": event.name,
        "Status": event.kind,
        "Time": nanoseconds.div_euclid(1_000_000_000),
        "TimeNano": nanoseconds,
        "Type": event.subject,
        "ContainerExitCode": event.exit_code(),
        "HealthStatus": event.health().map_or("", |(status, _)| status),
        "Network": if event.subject == "network" { event.name.as_str() } else { "" },
        "PodID": event.pod,
        "Error": "",
        "Attributes": event.labels,
        JSON_FACE: as_json(event),
    })
}

fn attributes(event: &StoredEvent) -> Value {
    if event.subject == "container" {
        json!(event.labels)
    } else {
        Value::Null
    }
}

fn at(event: &StoredEvent) -> Option<Timestamp> {
    event.time.parse().ok()
}

fn nanoseconds(event: &StoredEvent) -> i64 {
    let nanoseconds = at(event).map_or(0, Timestamp::as_nanosecond);
    i64::try_from(nanoseconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(subject: &str, kind: &str, detail: &str) -> StoredEvent {
        let of_container = subject == "container";
        StoredEvent {
            number: 1,
            time: "2026-01-01T01:00:00.000000005+01:00".into(),
            subject: subject.into(),
            kind: kind.into(),
            id: if subject == "volume" {
                String::new()
            } else {
                "0123456789abcdef".into()
            },
            name: "web".into(),
            image: if of_container {
                "x:1".into()
            } else {
                String::new()
            },
            detail: detail.into(),
            pod: String::new(),
            labels: of_container
                .then(|| ("a".into(), "b".into()))
                .into_iter()
                .collect(),
        }
    }

    #[test]
    fn podmans_lines() {
        let lines = [
            as_line(&event("container", "checkpoint", ""), true),
            as_line(&event("container", "health_status", "starting 1"), false),
            as_line(&event("image", "tag", ""), true),
            as_line(&event("volume", "create", ""), true),
        ];
        let time = "2026-01-01 00:00:00.000000005 +0000 UTC";
        assert_eq!(
            lines,
            [
                format!("{time} container checkpoint 0123456789abcdef (image=x:1, name=web, a=b)"),
                format!(
                    "{time} container health_status 0123456789ab (image=x:1, name=web, health_status=starting, health_failing_streak=1, health_log=, a=b)"
                ),
                format!("{time} image tag 0123456789abcdef web"),
                format!("{time} volume create web"),
            ]
        );
    }

    #[test]
    fn podmans_json() {
        assert_eq!(
            as_json(&event("container", "died", "137")),
            json!({
                "ContainerExitCode": 137, "ID": "0123456789abcdef", "Image": "x:1", "Name": "web",
                "Status": "died", "time": 1_767_225_600, "timeNano": 1_767_225_600_000_000_005_i64,
                "Type": "container", "Attributes": { "a": "b" },
            })
        );
        let volume = as_json(&event("volume", "create", ""));
        assert_eq!(volume["Attributes"], Value::Null);
        assert_eq!(volume.get("ID"), None);
    }
}
