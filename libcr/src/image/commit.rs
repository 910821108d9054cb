//! Makes the configuration of an image that was a container (image-spec, config.md).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::ImageError;
use super::config::apply_change;
use crate::model::container::Process;
use crate::sys::machine::architecture;

/// What a container's image is made of.
#[derive(Debug, Clone)]
pub struct CommitConfig<'c> {
    /// The configuration of the image below.
    pub base: &'c Value,
    /// `sha256:…` of the uncompressed layer above it.
    pub diff_id: &'c str,
    /// What ran in the container: what runs in containers of the image.
    pub process: &'c Process,
    /// Labels of the container.
    pub labels: &'c BTreeMap<String, String>,
    /// Who made it.
    pub author: Option<&'c str>,
    /// The history's comment.
    pub message: Option<&'c str>,
    /// Instructions like `CMD ["/bin/sh"]`, applied in order.
    pub changes: &'c [String],
    /// When it is made, RFC 3339.
    pub created: &'c str,
}

/// The configuration as bytes.
///
/// # Errors
/// [`ImageError::Change`] for a change that isn't understood.
pub fn commit_config(options: &CommitConfig<'_>) -> Result<Vec<u8>, ImageError> {
    let mut document = match options.base {
        Value::Object(base) => base.clone(),
        _ => Map::new(),
    };
    // Of Docker's older images: what the container was that they were made of.
    for old in ["container", "container_config", "docker_version"] {
        document.remove(old);
    }
    let mut config = match document.remove("config") {
        Some(Value::Object(config)) => config,
        _ => Map::new(),
    };
    let process = options.process;
    for (key, value) in [
        ("Entrypoint", json!(process.entrypoint)),
        ("Cmd", json!(process.command)),
        ("Env", json!(process.env)),
        ("Labels", json!(options.labels)),
        ("WorkingDir", json!(process.workdir)),
        ("User", json!(process.user)),
    ] {
        let empty = match &value {
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            other => other == "",
        };
        if empty {
            config.remove(key);
        } else {
            config.insert(key.into(), value);
        }
    }
    for change in options.changes {
        apply_change(&mut config, change)?;
    }
    let mut history = json!({
        "created": options.created,
        "created_by": process.arguments().join(" "),
    });
    if let Some(author) = options.author.filter(|author| !author.is_empty()) {
        document.insert("author".into(), json!(author));
        history["author"] = json!(author);
    }
    if let Some(message) = options.message.filter(|message| !message.is_empty()) {
        history["comment"] = json!(message);
    }
    document.insert("created".into(), json!(options.created));
    for (key, value) in [("architecture", architecture()), ("os", "linux")] {
        document.entry(key).or_insert_with(|| json!(value));
    }
    document.insert("config".into(), Value::Object(config));
    let mut diff_ids = list(options.base.pointer("/rootfs/diff_ids"));
    diff_ids.push(json!(options.diff_id));
    document.insert(
        "rootfs".into(),
        json!({ "type": "layers", "diff_ids": diff_ids }),
    );
    let mut all = list(options.base.get("history"));
    all.push(history);
    document.insert("history".into(), Value::Array(all));
    Ok(Value::Object(document).to_string().into_bytes())
}

fn list(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_container_and_the_changes_win_over_the_image() {
        let base = json!({
            "architecture": "arm64",
            "os": "linux",
            "container_config": {},
            "config": { "Cmd": ["old"], "Entrypoint": ["gone"], "ExposedPorts": { "80/tcp": {} } },
            "rootfs": { "type": "layers", "diff_ids": ["sha256:a"] },
            "history": [{ "created_by": "base" }],
        });
        let process = Process {
            command: vec!["sleep".into(), "1".into()],
            env: vec!["A=1".into()],
            workdir: "/srv".into(),
            ..Process::default()
        };
        let labels = BTreeMap::from([("tier".to_owned(), "web".to_owned())]);
        let changes = ["ENV B=2".to_owned(), "USER guest".to_owned()];
        let mut options = CommitConfig {
            base: &base,
            diff_id: "sha256:b",
            process: &process,
            labels: &labels,
            author: Some("me"),
            message: Some("first"),
            changes: &changes,
            created: "2026-11-27T00:00:00Z",
        };
        let built: Value = serde_json::from_slice(&commit_config(&options).unwrap()).unwrap();
        assert_eq!(
            built,
            json!({
                "architecture": "arm64",
                "os": "linux",
                "author": "me",
                "created": "2026-11-27T00:00:00Z",
                "config": {
                    "Cmd": ["sleep", "1"],
                    "Env": ["A=1", "B=2"],
                    "ExposedPorts": { "80/tcp": {} },
                    "Labels": { "tier": "web" },
                    "User": "guest",
                    "WorkingDir": "/srv",
                },
                "rootfs": { "type": "layers", "diff_ids": ["sha256:a", "sha256:b"] },
                "history": [
                    { "created_by": "base" },
                    {
                        "author": "me",
                        "comment": "first",
                        "created": "2026-11-27T00:00:00Z",
                        "created_by": "sleep 1",
                    },
                ],
            })
        );
        let wrong = ["FROM x".to_owned()];
        options.changes = &wrong;
        assert!(commit_config(&options).is_err());
    }
}
