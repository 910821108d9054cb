//! `docs/api/openapi.json`: the REST doors in the words of OpenAPI 3.1, made of the table of routes, and
//! what of it neither Podman nor Docker has.
//!
//! The check fails when the page is stale, and when a key or a route that is called our own isn't in
//! the table of routes.

use cryopod_api::routes::{self, Door};
use serde_json::{Map, Value, json};

/// The page.
pub const PAGE: &str = "docs/api/openapi.json";

/// What Podman's and Docker's own servers don't have: door and route; what is our own of it, as keys
/// (none: the route itself); what they do.
const OWN: &[(&str, &[&str], &str)] = &[
    (
        "libpod POST /containers/{name}/checkpoint",
        &["ignoreVolumes", "compress"],
        "`ignoreVolumes` leaves volumes out of the archive. `compress`: `zstd` (the default), `gzip` or `none`. The archive flows while it is made.",
    ),
    (
        "libpod POST /containers/{name}/restore",
        &["importPrevious", "previousSize"],
        "With `importPrevious` the first `previousSize` bytes of the body are the archive of the pre-checkpoints, the rest is the archive.",
    ),
    (
        "libpod GET /networks/{name}",
        &[],
        "The same as `…/json`, as podman-py asks for it.",
    ),
    (
        "docker POST /containers/{name}/start",
        &["checkpoint-dir"],
        "Docker refuses `checkpoint-dir`; here it works, also for another container of the same image.",
    ),
];

/// Keys that are flags.
const FLAGS: &[&str] = &[
    "all",
    "compatMode",
    "copyUIDGID",
    "Detach",
    "export",
    "fileLocks",
    "follow",
    "force",
    "ignore",
    "ignoreRootFS",
    "ignoreStaticIP",
    "ignoreStaticMAC",
    "ignoreVolumes",
    "import",
    "importPrevious",
    "keep",
    "leaveRunning",
    "noOverwriteDirNonDir",
    "one-shot",
    "pause",
    "preCheckpoint",
    "printStats",
    "quiet",
    "stderr",
    "stdin",
    "stdout",
    "stream",
    "tcpClose",
    "tcpEstablished",
    "timestamps",
    "tlsVerify",
    "v",
    "volumes",
    "withPrevious",
    "Tty",
    "AttachStdin",
    "Privileged",
    "Exit",
    "Internal",
    "EnableIPv6",
    "IgnoreIfExists",
];
/// Keys that are numbers.
const NUMBERS: &[&str] = &[
    "h",
    "w",
    "limit",
    "last",
    "previousSize",
    "delay",
    "restartRetries",
];

/// The document, and what is wrong with it.
pub fn document() -> (String, Vec<String>) {
    let mut findings = Vec::new();
    let mut paths = Map::new();
    let mut known = Vec::new();
    for door in routes::all() {
        for route in door.routes {
            let key = format!("{} {} {}", door.name, route.method, route.pattern);
            let own = OWN.iter().find(|(name, _, _)| *name == key);
            for missing in own.iter().flat_map(|(_, keys, _)| *keys) {
                if !route.takes.split(' ').any(|one| one == *missing) {
                    findings.push(format!("{key} takes no `{missing}`"));
                }
            }
            let path = format!("{}{}", door.prefix, route.pattern.replace("{*", "{"));
            let described = operation(&door, route, own.map(|(_, keys, text)| (*keys, *text)));
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[route.method.to_ascii_lowercase()] = described;
            known.push(key);
        }
    }
    for (key, _, _) in OWN {
        if !known.iter().any(|one| one == key) {
            findings.push(format!("there is no route `{key}`"));
        }
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cryopod's REST doors",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "libpod's interface and Docker's on one unix socket (`cryopod system service`). `x-cryopod-own` says what neither Podman nor Docker has. Rules that hold for all of it: docs/api/rest.md.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "http://d", "description": "on the socket; the host's name doesn't matter" }],
        "tags": [
            { "name": "libpod", "description": "as podman --remote and podman-py speak it" },
            { "name": "docker", "description": "as the docker command and its libraries speak it" },
        ],
        "paths": paths,
        "components": { "schemas": schemas() },
    });
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    (text + "\n", findings)
}

fn schemas() -> Value {
    json!({
        "LibpodFailure": {
            "type": "object",
            "required": ["cause", "message", "response"],
            "properties": {
                "cause": { "type": "string" },
                "message": { "type": "string" },
                "response": { "type": "integer", "description": "the status" },
            },
        },
        "DockerFailure": {
            "type": "object",
            "required": ["message"],
            "properties": { "message": { "type": "string" } },
        },
    })
}

fn operation(door: &Door, route: &routes::Route, own: Option<(&[&str], &str)>) -> Value {
    let version = json!({ "name": "version", "in": "path", "required": true, "schema": { "type": "string" }, "description": "accepted and not compared" });
    let mut parameters = vec![version];
    let names = route
        .pattern
        .split('/')
        .filter(|word| word.starts_with('{'));
    for name in names {
        let name = name.trim_matches(['{', '}', '*']);
        parameters.push(
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }),
        );
    }
    let takes_json = route.takes_json();
    let mut members = Map::new();
    // In brackets: what the body is called in the interface's own description.
    let (before, rest) = route.takes.split_once('(').unwrap_or((route.takes, ""));
    let (called, after) = rest.split_once(')').unwrap_or_default();
    for key in before
        .split(' ')
        .chain(after.split(' '))
        .filter(|key| !key.is_empty())
    {
        let kind = if FLAGS.contains(&key) {
            "boolean"
        } else if NUMBERS.contains(&key) {
            "integer"
        } else {
            "string"
        };
        if key.starts_with("X-") {
            parameters.push(json!({ "name": key, "in": "header", "schema": { "type": "string" } }));
        } else if takes_json && key.starts_with(|first: char| first.is_ascii_uppercase()) {
            members.insert(key.to_owned(), json!({}));
        } else {
            let mut parameter = json!({ "name": key, "in": "query", "schema": { "type": kind } });
            if own.is_some_and(|(keys, _)| keys.contains(&key)) {
                parameter["x-cryopod-own"] = true.into();
            }
            parameters.push(parameter);
        }
    }
    let failure = if door.name == "libpod" {
        "LibpodFailure"
    } else {
        "DockerFailure"
    };
    let failure = json!({ "$ref": format!("#/components/schemas/{failure}") });
    let mut described = json!({
        "tags": [door.name],
        "operationId": identifier(door, route),
        "summary": route.does,
        "parameters": parameters,
        "responses": {
            "2XX": { "description": route.does },
            "default": {
                "description": "a failure; its status follows from its kind",
                "content": { "application/json": { "schema": failure } },
            },
        },
    });
    if route.is_upgrade() {
        described["responses"]["101"] =
            json!({ "description": "the connection carries the streams" });
    }
    if takes_json {
        let mut schema = json!({ "type": "object", "properties": members });
        if !called.is_empty() {
            schema["description"] = called.into();
        }
        described["requestBody"] =
            json!({ "content": { "application/json": { "schema": schema } } });
    } else if route.takes_stream() {
        described["requestBody"] = json!({ "content": { "application/x-tar": {} } });
    }
    if let Some((keys, text)) = own {
        described["description"] = text.into();
        if keys.is_empty() {
            described["x-cryopod-own"] = true.into();
        }
    }
    described
}

/// One word for an operation, its like nowhere else.
fn identifier(door: &Door, route: &routes::Route) -> String {
    let path = route.pattern.replace(['{', '}', '*'], "");
    let words = path.split(['/', '_']).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    format!(
        "{}-{}-{}",
        door.name,
        route.method.to_ascii_lowercase(),
        words.join("-")
    )
}
