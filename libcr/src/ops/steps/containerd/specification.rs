//! The specification as containerd's shim can thaw it.
//!
//! The shim mounts the image and the changes at `rootfs` in the bundle and runs the runtime there.
//! CRIU's images name each bind mount by its destination, so each must be in the specification;
//! runc takes a source that isn't absolute from the bundle, so that what was mounted from a directory
//! of this engine is mounted from the changes.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::changes::Content;
use super::source::Parts;
use super::writing::Wanted;
use crate::archive::layout;
use crate::error::{Error, Result};

/// Files that an engine makes for a container, and what is in them where nobody knows any more.
const FILES: [&str; 4] = [
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/hostname",
    "/run/.containerenv",
];
const SHM: &str = "/dev/shm";

/// The specification, and what must be in the changes for it. With `binds`, directories of this host
/// too. Without memory nothing need be mounted from the changes: it is there already.
///
/// # Errors
/// [`Error::Invalid`] for a bind mount of what is not here, with `binds`.
pub(super) fn adapt(parts: &Parts, wanted: Wanted) -> Result<(Value, Vec<(String, Content)>)> {
    let mut spec = parts.spec.clone();
    let mut content = Vec::new();
    spec["root"] = json!({ "path": "rootfs" });
    if let Some(object) = spec.as_object_mut() {
        object.remove("hooks");
    }
    if let Some(annotations) = spec["annotations"].as_object_mut() {
        annotations.remove("org.criu.config");
    }
    let hostname = spec["hostname"].as_str().unwrap_or_default().to_owned();
    spec["linux"]["cgroupsPath"] = format!("/default/{}", parts.dump.name).into();
    for namespace in array(&mut spec["linux"]["namespaces"]) {
        if let Some(object) = namespace.as_object_mut() {
            object.remove("path");
        }
    }
    for mount in array(&mut spec["mounts"]) {
        let destination = mount["destination"].as_str().unwrap_or_default().to_owned();
        if !is_bind(mount) {
            continue;
        }
        let source = mount["source"].as_str().unwrap_or_default().to_owned();
        let inside = if let Some((_, files)) = parts
            .volumes
            .iter()
            .find(|(place, _)| *place == destination)
        {
            Content::Tar(files.clone())
        } else if destination == SHM {
            Content::Tar(parts.directory.join(layout::DEV_SHM))
        } else if FILES.contains(&destination.as_str()) {
            Content::Text(text(&destination, &hostname))
        } else if wanted.binds {
            Content::Host(existing(&source)?)
        } else {
            continue;
        };
        if wanted.task {
            mount["source"] = format!("rootfs{destination}").into();
        } else if destination == SHM {
            *mount = json!({
                "destination": SHM,
                "type": "tmpfs",
                "source": "shm",
                "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
            });
            continue;
        } else {
            *mount = Value::Null;
        }
        content.push((destination, inside));
    }
    if let Some(mounts) = spec["mounts"].as_array_mut() {
        mounts.retain(|mount| !mount.is_null());
    }
    Ok((spec, content))
}

fn array(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_array_mut().into_iter().flatten()
}

fn is_bind(mount: &Value) -> bool {
    let options = mount["options"].as_array();
    let bind = |word: &Value| word == "bind" || word == "rbind";
    mount["type"] == "bind" || options.is_some_and(|words| words.iter().any(bind))
}

fn text(destination: &str, hostname: &str) -> String {
    match destination {
        "/etc/hosts" => format!("127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t{hostname}\n"),
        "/etc/hostname" => format!("{hostname}\n"),
        _ => String::new(),
    }
}

fn existing(source: &str) -> Result<PathBuf> {
    let path = Path::new(source);
    if path.is_absolute() && path.exists() {
        return Ok(path.to_owned());
    }
    Err(Error::Invalid(format!(
        "--binds: {source}, which is mounted into the container, is not on this host"
    )))
}
