//! An archive in CRI-O's words beside Podman's: keys of `config.dump`, annotations of `spec.dump`, and
//! `bind.mounts`.
//!
//! Sources: CRI-O `pkg/annotations`, `internal/lib/checkpoint.go`, `server/container_restore.go`;
//! checkpointctl `lib/metadata.go`. The keys that both engines write mean the same, so one file serves
//! both; `io.container.manager` says who is asked for first.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use serde::Serialize;
use serde_json::{Value, json};

use crate::archive::podman;
use crate::model::container::Container;
use crate::sys::machine;

/// The member that lists bind mounts.
pub const BIND_MOUNTS: &str = "bind.mounts";

/// What Kubernetes knows of a container and the engine doesn't.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kubernetes {
    /// Name of the container in its pod.
    pub name: String,
    /// Which try it is.
    pub attempt: u32,
    /// Its labels, without the engine's own.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Where its log is expected; empty: nowhere.
    pub log_path: String,
    /// The image as the user named it.
    pub image: String,
    /// Id of the sandbox.
    pub sandbox: String,
    /// Its name as the engine has it.
    pub sandbox_name: String,
    /// Name of the pod.
    pub pod: String,
    /// Namespace of the pod.
    pub namespace: String,
    /// Its addresses.
    pub addresses: Vec<String>,
}

/// One of `bind.mounts`.
#[derive(Debug, Serialize)]
struct BindMount<'a> {
    source: &'a str,
    destination: &'a str,
    file_type: &'static str,
    permissions: u32,
}

impl Kubernetes {
    /// Adds CRI-O's keys to a `config.dump`.
    pub fn add_to_config(&self, container: &Container, dump: &podman::ContainerConfig) -> Value {
        let mut value = serde_json::to_value(dump).unwrap_or_default();
        let (config, now) = (&container.config, machine::now());
        let image = if self.image.is_empty() {
            dump.image_name()
        } else {
            &self.image
        };
        value["rootfsImage"] = image.into();
        value["rootfsImageRef"] = config.rootfs.image_id().unwrap_or_default().into();
        value["checkpointedTime"] = now.into();
        let restored = &container.state.restored_at;
        value["restored"] = restored.is_some().into();
        if let Some(restored) = restored {
            value["restoredTime"] = restored.as_str().into();
        }
        value
    }

    /// Adds CRI-O's annotations to a specification.
    pub fn add_to_spec(&self, container: &Container, spec: &mut Value) {
        let config = &container.config;
        let text = |value: Value| value.to_string();
        let metadata = json!({ "name": self.name, "attempt": self.attempt });
        let image = config.rootfs.image_id().unwrap_or_default();
        let yes = |on: bool| if on { "true" } else { "false" }.to_owned();
        let mut all = vec![
            ("Metadata", text(metadata)),
            ("Labels", text(json!(self.labels))),
            ("Annotations", text(json!(self.annotations))),
            ("ContainerID", config.id.clone()),
            ("ContainerName", config.name.clone()),
            ("ContainerType", "container".into()),
            ("Created", config.created.clone()),
            ("HostName", config.hostname.clone()),
            ("Image", image.to_owned()),
            ("ImageName", self.image.clone()),
            ("ImageRef", image.to_owned()),
            ("KubeName", self.pod.clone()),
            ("LogPath", self.log_path.clone()),
            ("Name", config.name.clone()),
            ("Namespace", self.namespace.clone()),
            ("SandboxID", self.sandbox.clone()),
            ("SandboxName", self.sandbox_name.clone()),
            ("TTY", yes(config.process.terminal)),
            ("Stdin", yes(config.process.stdin)),
            ("StdinOnce", yes(false)),
        ];
        let numbered = self.addresses.iter().enumerate();
        let names: Vec<String> = numbered.map(|(number, _)| format!("IP.{number}")).collect();
        let addresses = names.iter().map(String::as_str);
        all.extend(addresses.zip(self.addresses.iter().cloned()));
        let annotations = &mut spec["annotations"];
        annotations["io.container.manager"] = "cri-o".into();
        for (key, value) in all {
            annotations[format!("io.kubernetes.cri-o.{key}")] = value.into();
        }
    }

    /// `bind.mounts`: what the request mounted, which a restore has to bring again.
    pub fn bind_mounts(container: &Container) -> Vec<u8> {
        let mounts = container.config.volumes.iter().map(|bind| {
            let facts = std::fs::metadata(&bind.source).ok();
            let is_directory = facts.as_ref().is_none_or(std::fs::Metadata::is_dir);
            BindMount {
                source: &bind.source,
                destination: &bind.destination,
                file_type: if is_directory { "directory" } else { "file" },
                permissions: facts.map_or(0o755, |facts| facts.permissions().mode() & 0o7777),
            }
        });
        serde_json::to_vec(&mounts.collect::<Vec<_>>()).unwrap_or_default()
    }
}
