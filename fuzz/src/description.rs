//! What an archive says of its container, in JSON, and what becomes of it here.

use std::path::Path;

use libcr::archive::podman::ContainerConfig;
use libcr::archive::{Manifest, sums};
use libcr::model::container::Rootfs;
use libcr::ops::steps::podman_config;
use libcr::ops::steps::thawing::foreign;
use libcr::ops::steps::thawing::imported_spec::{self, Grants};
use serde_json::Value;

use crate::parts;

/// `config.dump` (0), `spec.dump` (1), `cryopod.json` (2) and `cryopod.sums` (3) of an archive; the
/// bits of the first byte of the input are what the user grants.
///
/// # Panics
/// When a rule is broken.
pub fn dumps(data: &[u8]) {
    let granted = data.first().copied().unwrap_or(0);
    let grants = Grants {
        mounts: granted & 1 != 0,
        devices: granted & 2 != 0,
        host_network: granted & 4 != 0,
        capabilities: granted & 8 != 0,
    };
    let (mut dump, mut spec) = (ContainerConfig::default(), None);
    for (name, bytes) in parts::split(data) {
        match name & 3 {
            0 => dump = ContainerConfig::from_json(bytes).unwrap_or(dump),
            1 => spec = serde_json::from_slice(bytes).ok().or(spec),
            2 => manifest(bytes),
            _ => {
                if let Some(read) = sums::parse(bytes) {
                    assert_eq!(sums::parse(&sums::render(&read)), Some(read));
                }
            }
        }
    }
    let again = dump.to_json().expect("what was read can be written");
    assert_eq!(
        ContainerConfig::from_json(&again).expect("it was read before"),
        dump
    );
    let _ = (
        dump.dialect(),
        dump.oci_runtime(),
        dump.image_name(),
        dump.image_id(),
    );
    let _ = (dump.image_digest(), dump.all_networks());
    let Some(spec) = spec else {
        return;
    };
    let rootfs = Rootfs::Image {
        id: "0".repeat(64),
        name: "image".to_owned(),
        raw_name: "image".to_owned(),
    };
    let as_it_was = podman_config::Wanted {
        name: None,
        id: None,
        pod: None,
    };
    let made =
        podman_config::from_podman(&dump, spec, as_it_was, rootfs, "crun".to_owned(), grants);
    let Ok(config) = made else {
        return;
    };
    let _ = foreign::warnings(&dump, &config);
    let spec = config.imported_spec.clone().expect("it is there");
    bounded(&spec, grants);
    let volumes = &config.named_volumes;
    let checked = imported_spec::check(spec.clone(), grants, volumes, false);
    assert_eq!(
        checked.ok().as_ref(),
        Some(&spec),
        "what was let in once is let in again"
    );
}

fn manifest(bytes: &[u8]) {
    let _ = Manifest::as_far_as_known(bytes);
    if let Ok(manifest) = Manifest::from_json(bytes) {
        let again = manifest.to_json().expect("what was read can be written");
        assert_eq!(
            Manifest::from_json(&again).expect("it was read before"),
            manifest
        );
    }
}

/// What no archive may have, and what none may have without the grant.
fn bounded(spec: &Value, grants: Grants) {
    assert!(spec.get("hooks").is_none());
    let annotations = spec["annotations"].as_object().into_iter().flatten();
    for (key, _) in annotations {
        assert!(!key.starts_with("run.oci."), "{key}");
    }
    let namespaces = spec["linux"]["namespaces"].as_array().into_iter().flatten();
    let network = namespaces
        .filter(|entry| entry["type"] == "network")
        .count()
        > 0;
    assert!(network || grants.host_network);
    for mount in spec["mounts"].as_array().into_iter().flatten() {
        let destination = mount["destination"].as_str().expect("it was checked");
        let parts = Path::new(destination).components();
        assert!(!parts.into_iter().any(|part| part.as_os_str() == ".."));
    }
    let devices = spec["linux"]["devices"].as_array().map_or(0, Vec::len);
    assert!(devices == 0 || grants.devices, "{devices} devices");
}
