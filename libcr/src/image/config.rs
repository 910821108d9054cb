//! Makes the configuration and the manifest of an image from an imported root filesystem.
//!
//! Formats: OCI image-spec, config.md and manifest.md. The bytes are the same for the same options,
//! as their digest is the image's id. `--change` is read as Podman reads it.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::manifest::Descriptor;
use super::{ImageError, digest_of};
use crate::sys::machine::architecture;

/// The diff-ids that a configuration lists, as it has them; none where it lists none.
///
/// # Errors
/// For what is no configuration.
pub fn listed_diff_ids(config: &[u8]) -> serde_json::Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Config {
        rootfs: RootFs,
    }
    #[derive(Deserialize)]
    struct RootFs {
        #[serde(default)]
        diff_ids: Option<Vec<String>>,
    }
    let config: Config = serde_json::from_slice(config)?;
    Ok(config.rootfs.diff_ids.unwrap_or_default())
}

/// What an imported image is made of.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// `sha256:…` of the uncompressed layer.
    pub diff_id: String,
    /// The layer as it is kept.
    pub blob: Descriptor,
    /// Instructions like `CMD ["/bin/sh"]` or `ENV=A=b`, applied in order.
    pub changes: Vec<String>,
    /// `--message`: the history's comment.
    pub message: Option<String>,
    /// `--arch` in Go's words; this machine's by default.
    pub architecture: Option<String>,
    /// `--os`; `linux` by default.
    pub os: Option<String>,
    /// `--variant`.
    pub variant: Option<String>,
    /// When it is made, RFC 3339.
    pub created: String,
}

/// An image's documents.
#[derive(Debug, Clone)]
pub struct BuiltImage {
    /// 64 hexadecimal digits: the configuration's digest.
    pub id: String,
    /// The configuration's bytes.
    pub config: Vec<u8>,
    /// The manifest's bytes.
    pub manifest: Vec<u8>,
    /// `sha256:…` of the manifest.
    pub manifest_digest: String,
}

/// Builds the documents of an imported image.
///
/// # Errors
/// [`ImageError::Change`] for a change that isn't understood.
pub fn import_config(options: &ImportOptions) -> Result<BuiltImage, ImageError> {
    let mut config = Map::new();
    for change in &options.changes {
        apply_change(&mut config, change)?;
    }
    let architecture = options.architecture.as_deref().unwrap_or(architecture());
    let mut history = json!({ "created": options.created, "created_by": "cryopod import" });
    if let Some(message) = options
        .message
        .as_ref()
        .filter(|message| !message.is_empty())
    {
        history["comment"] = json!(message);
    }
    let mut document = json!({ "created": options.created, "architecture": architecture });
    if let Some(variant) = &options.variant {
        document["variant"] = json!(variant);
    }
    document["os"] = json!(options.os.as_deref().unwrap_or("linux"));
    document["config"] = Value::Object(config);
    document["rootfs"] = json!({ "type": "layers", "diff_ids": [options.diff_id] });
    document["history"] = json!([history]);
    let config = document.to_string().into_bytes();
    let config_digest = digest_of(&config);
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": config_digest,
            "size": config.len(),
        },
        "layers": [{
            "mediaType": options.blob.media_type,
            "digest": options.blob.digest,
            "size": options.blob.size,
        }],
    });
    let manifest = manifest.to_string().into_bytes();
    let manifest_digest = digest_of(&manifest);
    let id = config_digest.trim_start_matches("sha256:").to_owned();
    Ok(BuiltImage {
        id,
        config,
        manifest,
        manifest_digest,
    })
}

/// Applies one instruction to a configuration's `config` object.
///
/// The instruction and its value are separated by a space or, without one, by `=`.
pub(super) fn apply_change(
    config: &mut Map<String, Value>,
    change: &str,
) -> Result<(), ImageError> {
    let bad = |reason: String| ImageError::Change {
        change: change.to_owned(),
        reason,
    };
    let change_trimmed = change.trim();
    let (instruction, value) = change_trimmed
        .split_once(' ')
        .filter(|(word, _)| !word.contains('='))
        .or_else(|| change_trimmed.split_once('='))
        .ok_or_else(|| bad("must be formatted as KEY VALUE".to_owned()))?;
    let instruction = instruction.trim().to_uppercase();
    let value = value.trim();
    let needed = || match value {
        "" => Err(bad(format!("{instruction} needs a value"))),
        value => Ok(value),
    };
    match instruction.as_str() {
        "CMD" => drop(config.insert("Cmd".into(), command(value))),
        "ENTRYPOINT" => drop(config.insert("Entrypoint".into(), command(value))),
        "USER" => drop(config.insert("User".into(), json!(needed()?))),
        "WORKDIR" => drop(config.insert("WorkingDir".into(), json!(needed()?))),
        "STOPSIGNAL" => drop(config.insert("StopSignal".into(), json!(needed()?))),
        "ENV" => {
            // `ENV KEY VALUE` is Dockerfile's old form of `ENV KEY=VALUE`.
            let (key, value) = pair(needed()?).unwrap_or((value, ""));
            let list = config.entry("Env").or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                let start = format!("{key}=");
                list.retain(|old| !old.as_str().is_some_and(|old| old.starts_with(&start)));
                list.push(json!(format!("{start}{value}")));
            }
        }
        "LABEL" => {
            let (key, value) = pair(needed()?).unwrap_or((value, ""));
            set(config, "Labels", key, json!(value));
        }
        "EXPOSE" => {
            let (port, protocol) = needed()?.split_once('/').unwrap_or((value, "tcp"));
            let numeric = port
                .split('-')
                .all(|part| part.parse::<u16>().is_ok_and(|port| port > 0));
            if !numeric || !["tcp", "udp", "sctp"].contains(&protocol) {
                return Err(bad(format!("invalid port {value:?}")));
            }
            set(
                config,
                "ExposedPorts",
                &format!("{port}/{protocol}"),
                json!({}),
            );
        }
        "VOLUME" => {
            let paths = serde_json::from_str::<Vec<String>>(needed()?)
                .unwrap_or_else(|_| vec![value.to_owned()]);
            for path in paths.iter().filter(|path| !path.is_empty()) {
                set(config, "Volumes", path, json!({}));
            }
        }
        other => return Err(bad(format!("invalid instruction {other}"))),
    }
    Ok(())
}

/// `KEY=VALUE` or `KEY VALUE`, whichever separator comes first; quotes around the value are taken
/// off.
fn pair(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(['=', ' '])?;
    let value = value.trim();
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    Some((key.trim(), quoted.unwrap_or(value)))
}

fn set(config: &mut Map<String, Value>, object: &str, key: &str, value: Value) {
    let object = config.entry(object).or_insert_with(|| json!({}));
    if let Value::Object(object) = object {
        object.insert(key.to_owned(), value);
    }
}

/// A JSON list is the argument vector; other text goes to a shell; nothing is an empty list.
fn command(value: &str) -> Value {
    match serde_json::from_str::<Vec<String>>(value) {
        Ok(words) => json!(words),
        Err(_) if value.is_empty() => json!([]),
        Err(_) => json!(["/bin/sh", "-c", value]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(changes: &[&str]) -> ImportOptions {
        ImportOptions {
            diff_id: format!("sha256:{}", "a".repeat(64)),
            blob: Descriptor {
                media_type: "application/vnd.oci.image.layer.v1.tar+zstd".into(),
                digest: format!("sha256:{}", "b".repeat(64)),
                size: 5,
                ..Descriptor::default()
            },
            changes: changes.iter().map(|change| (*change).to_owned()).collect(),
            message: Some("first".into()),
            architecture: None,
            os: None,
            variant: None,
            created: "2026-11-22T21:00:00Z".into(),
        }
    }

    fn config(changes: &[&str]) -> Value {
        let built = import_config(&options(changes)).unwrap();
        serde_json::from_slice::<Value>(&built.config).unwrap()["config"].clone()
    }

    #[test]
    fn every_instruction_lands_where_the_specification_has_it() {
        let config = config(&[
            r#"CMD ["/bin/httpd", "-f"]"#,
            "ENTRYPOINT=/entry point",
            "ENV A=1",
            "ENV=B=two words",
            "ENV A=3",
            "env C \"quoted\"",
            "WORKDIR /srv",
            "USER 1000:1000",
            "LABEL a.b=c d",
            "EXPOSE 80",
            "EXPOSE 53/udp",
            r#"VOLUME ["/data", "/log"]"#,
            "VOLUME /one",
            "STOPSIGNAL SIGINT",
        ]);
        assert_eq!(
            config,
            json!({
                "Cmd": ["/bin/httpd", "-f"],
                "Entrypoint": ["/bin/sh", "-c", "/entry point"],
                "Env": ["B=two words", "A=3", "C=quoted"],
                "WorkingDir": "/srv",
                "User": "1000:1000",
                "Labels": { "a.b": "c d" },
                "ExposedPorts": { "80/tcp": {}, "53/udp": {} },
                "Volumes": { "/data": {}, "/log": {}, "/one": {} },
                "StopSignal": "SIGINT",
            })
        );
    }

    #[test]
    fn bad_changes_are_named() {
        let message = |change| import_config(&options(&[change])).unwrap_err().to_string();
        assert_eq!(
            message("CMD"),
            "invalid change \"CMD\" - must be formatted as KEY VALUE"
        );
        assert_eq!(
            message("FROM x"),
            "invalid change \"FROM x\" - invalid instruction FROM"
        );
        assert!(message("EXPOSE http").contains("invalid port"));
        assert!(message("EXPOSE 80/x").contains("invalid port"));
        assert!(message("USER=").contains("needs a value"));
    }

    #[test]
    fn the_same_options_make_the_same_image_that_others_can_read() {
        let one = import_config(&options(&["LABEL a=1", "LABEL b=2"])).unwrap();
        let two = import_config(&options(&["LABEL a=1", "LABEL b=2"])).unwrap();
        assert_eq!(one.id, two.id);
        assert_eq!(one.manifest_digest, two.manifest_digest);
        let config = oci_spec::image::ImageConfiguration::from_reader(&one.config[..]).unwrap();
        assert_eq!(config.rootfs().diff_ids().len(), 1);
        assert_eq!(config.architecture().to_string(), architecture());
        let manifest = oci_spec::image::ImageManifest::from_reader(&one.manifest[..]).unwrap();
        assert_eq!(manifest.config().digest().digest(), one.id);
    }
}
