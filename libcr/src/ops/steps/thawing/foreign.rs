//! What an archive of another engine says in its own way: runtime, network, user, and what of its
//! pod is not in it. Whatever an archive says may only choose among what is harmless.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use network::types::PerNetworkOptions;
use serde_json::Value;

use crate::archive::podman::{ContainerConfig, Dialect};
use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{self, NetworkMode};
use crate::runtime::pod;
use crate::sys::dir::at;

/// Runtimes that an archive may choose by itself: any other word would be a program of this host.
const RUNTIMES: [&str; 2] = ["crun", "runc"];
/// The network of a container that had its pod's.
const DEFAULT_NETWORK: &str = "podman";

/// The OCI runtime that thaws: the archive's, or where it names none, the user's or the default.
///
/// # Errors
/// [`Error::Invalid`] when the user wants another than the archive's, in Podman's words, or the
/// archive names a program that is no known runtime.
pub fn runtime(engine: &Engine, archive: &Path, dump: &ContainerConfig) -> Result<String> {
    let told = engine.config.runtime.as_deref().map(|told| {
        let name = Path::new(told).file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    });
    match (dump.oci_runtime(), told) {
        (Some(made), Some(told)) if told != made => Err(Error::Invalid(format!(
            "checkpoint archive {} was created with runtime '{made}' and cannot be restored with runtime '{told}'",
            archive.display()
        ))),
        (Some(made), None) if !RUNTIMES.contains(&made) => Err(Error::Invalid(format!(
            "checkpoint archive {} was created with runtime '{made}', which is not known here: name it with --runtime if you trust it",
            archive.display()
        ))),
        (Some(name), _) => Ok(name.to_owned()),
        (None, Some(told)) => Ok(told),
        (None, None) if dump.dialect() == Dialect::Containerd => Ok("runc".to_owned()),
        (None, None) => Ok(engine.default_runtime()?.name),
    }
}

/// The network of a container of a pod that had one of its own: the default one, with an address
/// of its own. Its pod's is not in the archive.
pub fn pod_network() -> NetworkMode {
    let own = PerNetworkOptions {
        interface_name: "eth0".to_owned(),
        ..PerNetworkOptions::default()
    };
    NetworkMode::Bridge {
        networks: vec![(DEFAULT_NETWORK.to_owned(), own)],
    }
}

/// Gives the mounted root directory the permissions that it had where the dump was made.
pub fn root_mode(images: &Path, root: &Path) -> Result<()> {
    let Some(mode) = criu::images::root_mode(images)? else {
        return Ok(());
    };
    let found = std::fs::metadata(root).map_err(at("look at", root))?;
    if found.permissions().mode() & 0o7777 != mode {
        let wanted = Permissions::from_mode(mode);
        std::fs::set_permissions(root, wanted).map_err(at("change", root))?;
    }
    Ok(())
}

/// User and group as in `--user`, of a specification whose `config.dump` doesn't say; empty for
/// root.
pub fn user(spec: &Value) -> String {
    let number = |key: &str| spec["process"]["user"][key].as_u64().unwrap_or(0);
    match (number("uid"), number("gid")) {
        (0, 0) => String::new(),
        (uid, gid) => format!("{uid}:{gid}"),
    }
}

/// The name of the host that a container of a pod sees: containerd gives it in the environment
/// alone.
pub fn hostname(spec: &Value) -> Option<String> {
    let env = spec["process"]["env"].as_array()?;
    let name = env
        .iter()
        .find_map(|line| line.as_str()?.strip_prefix("HOSTNAME="))?;
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (!name.is_empty() && name.len() <= 64 && name.bytes().all(usual)).then(|| name.to_owned())
}

/// What the user should know of a container that leaves its pod.
pub fn warnings(dump: &ContainerConfig, container: &container::ContainerConfig) -> Vec<String> {
    let Some(spec) = container
        .imported_spec
        .as_ref()
        .filter(|_| dump.in_kubernetes())
    else {
        return Vec::new();
    };
    let mut warnings = Vec::new();
    if let NetworkMode::Bridge { .. } = container.network {
        warnings.push(format!(
            "the network of the container's pod is not in the archive: it gets an address on {DEFAULT_NETWORK}"
        ));
    }
    let mounts = spec["mounts"].as_array().into_iter().flatten();
    let empty: Vec<&str> = mounts
        .filter_map(|mount| mount["destination"].as_str())
        .filter(|destination| pod::stand_in(destination).is_some())
        .collect();
    if !empty.is_empty() {
        warnings.push(format!(
            "what its pod mounted at {} is not in the archive: it is empty here",
            empty.join(", ")
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_it_is_in_a_pod() {
        let spec = |user: Value, env: &str| json!({"process": {"user": user, "env": [env]}});
        let one = spec(json!({"uid": 65532, "gid": 7}), "HOSTNAME=web-0");
        assert_eq!(user(&one), "65532:7");
        assert_eq!(hostname(&one).as_deref(), Some("web-0"));
        let two = spec(json!({"uid": 0, "gid": 0}), "HOSTNAME=a\n10.0.0.1 bank");
        assert_eq!(user(&two), "");
        assert_eq!(hostname(&two), None);
    }

    #[test]
    fn a_pods_leavings_are_named() {
        let spec =
            json!({"mounts": [{"destination": "/dev/termination-log"}, {"destination": "/proc"}]});
        let mut config = container::example(&"a".repeat(64)).config;
        config.imported_spec = Some(spec);
        config.network = pod_network();
        let mut dump = ContainerConfig::default();
        assert!(warnings(&dump, &config).is_empty());
        dump.rootfs_image_ref = "x".into();
        let told = warnings(&dump, &config);
        assert!(told[0].contains("podman"), "{told:?}");
        assert!(told[1].contains("/dev/termination-log is not"), "{told:?}");
    }
}
