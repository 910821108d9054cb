//! What the manifest of a checkpoint image says of it, for each engine under its own keys.
//!
//! Keys: Podman's `libpod/define/annotations.go`; CRI-O's `pkg/annotations`; checkpointctl's
//! `org.criu.checkpoint.*`. Podman knows a checkpoint by its runtime's name, CRI-O and checkpointctl
//! by its container's.

use std::collections::BTreeMap;

use crate::archive::Manifest;
use crate::model::container::{ContainerConfig, Rootfs};
use crate::sys::machine;

const PODMAN: &str = "io.podman.annotations.checkpoint.";
const CRIO: &str = "io.kubernetes.cri-o.annotations.checkpoint.";
const NEUTRAL: &str = "org.criu.checkpoint.";

/// The full id of the container, which no other engine says.
pub(super) const CONTAINER_ID: &str = "org.cryopod.checkpoint.container.id";
/// Of a layer: the generation of memory that it holds.
pub(super) const GENERATION: &str = "org.cryopod.checkpoint.memory";

/// Keys by which an image is known for a checkpoint.
const MARKS: [&str; 3] = [
    "io.podman.annotations.checkpoint.runtime.name",
    "io.kubernetes.cri-o.annotations.checkpoint.name",
    "org.criu.checkpoint.container.name",
];

/// Whether annotations are those of a checkpoint, in any dialect.
pub fn is_checkpoint(annotations: &BTreeMap<String, String>) -> bool {
    MARKS.iter().any(|key| annotations.contains_key(*key))
}

/// What is said of a checkpoint that another engine made, of which little is known.
pub fn foreign_annotations(
    name: &str,
    runtime: &str,
    engine: &str,
    image: &str,
) -> BTreeMap<String, String> {
    let pairs = [
        (PODMAN, "name", name),
        (PODMAN, "runtime.name", runtime),
        (PODMAN, "rootfsImageName", image),
        (CRIO, "name", name),
        (NEUTRAL, "container.name", name),
        (NEUTRAL, "runtime.name", runtime),
        (NEUTRAL, "engine.name", engine),
        (NEUTRAL, "rootfsImageName", image),
    ];
    let pairs = pairs.iter();
    pairs
        .map(|(prefix, key, value)| (format!("{prefix}{key}"), (*value).to_owned()))
        .collect()
}

/// What is said of a checkpoint, in all three dialects.
pub(super) fn annotations(
    config: &ContainerConfig,
    manifest: &Manifest,
) -> BTreeMap<String, String> {
    let (image_id, image_name, raw_name) = match &config.rootfs {
        Rootfs::Image { id, name, raw_name } => (id.clone(), name.clone(), raw_name.clone()),
        Rootfs::Directory(_) => Default::default(),
    };
    let digest = manifest.image.as_ref().map(|image| image.digest.clone());
    let monitor = format!("conmon-rs version {}", manifest.engine.version);
    let (distribution, release) = machine::distribution();
    let cgroups = format!("v{}", manifest.host.cgroup_version);
    let criu = manifest.criu_version.to_string();
    let own = [
        ("name", &config.name),
        ("rawImageName", &raw_name),
        ("rootfsImageID", &image_id),
        ("rootfsImageName", &image_name),
    ];
    let shared = [
        ("criu.version", &criu),
        ("runtime.name", &manifest.runtime.name),
        ("runtime.version", &manifest.runtime.version),
        ("conmon.version", &monitor),
        ("host.arch", &manifest.host.arch),
        ("host.kernel", &manifest.host.kernel),
        ("distribution.name", &distribution),
        ("distribution.version", &release),
    ];
    let neutral = [
        ("engine.name", &manifest.engine.name),
        ("engine.version", &manifest.engine.version),
        ("container.name", &config.name),
        ("cgroup.version", &cgroups),
        ("rawImageName", &raw_name),
        ("rootfsImageUserRequested", &raw_name),
        ("rootfsImageID", &image_id),
        ("rootfsImageName", &image_name),
        ("rootfsImageSha", &digest.unwrap_or_default()),
    ];
    let mut all = BTreeMap::new();
    all.insert(CONTAINER_ID.to_owned(), config.id.clone());
    let mut say = |prefix: &str, (key, value): &(&str, &String)| {
        all.insert(format!("{prefix}{key}"), (*value).clone());
    };
    for row in own.iter().chain(&shared) {
        say(PODMAN, row);
    }
    say(PODMAN, &("podman.version", &manifest.engine.version));
    say(PODMAN, &("cgroups.version", &cgroups));
    for row in own.iter().chain(&shared[..1]) {
        say(CRIO, row);
    }
    for row in neutral.iter().chain(&shared) {
        say(NEUTRAL, row);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::example;

    #[test]
    fn each_engine_finds_its_keys() {
        let config = example("web").config;
        let mut manifest = Manifest::default();
        manifest.runtime.name = "crun".into();
        let all = annotations(&config, &manifest);
        for key in MARKS {
            assert!(all.contains_key(key), "{key}");
        }
        assert_eq!(all["io.podman.annotations.checkpoint.runtime.name"], "crun");
        assert_eq!(all["org.criu.checkpoint.container.name"], config.name);
        assert!(is_checkpoint(&all));
        assert!(!is_checkpoint(&BTreeMap::new()));
    }
}
