//! Which engine wrote a `config.dump`, and what its words mean for the keys that differ.
//!
//! CRI-O and containerd write the struct `ContainerConfig` of checkpointctl (`lib/metadata.go`):
//! image, runtime and times, and nothing of libpod's configuration. Checked against an archive that
//! containerd 2.1 made and against CRI-O's source (`internal/lib/checkpoint.go`).

use super::ContainerConfig;

/// The engines whose archives differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Podman of any version, and this engine.
    Podman,
    /// CRI-O: the runtime is the name of a handler, the image's reference its id.
    CriO,
    /// containerd's Kubernetes interface: the runtime is the name of a shim, the image's reference
    /// its id (images that were loaded) or `NAME@DIGEST` (images that were pulled).
    Containerd,
}

impl ContainerConfig {
    /// Who wrote it.
    pub fn dialect(&self) -> Dialect {
        // Whoever writes Podman's key of the image writes all of its keys; more may be beside them.
        let of_podman = !self.rootfs_image_id.is_empty();
        if of_podman || self.rootfs_image_ref.is_empty() && self.checkpointed_time.is_empty() {
            Dialect::Podman
        } else if self.runtime.starts_with("io.containerd.") {
            Dialect::Containerd
        } else {
            Dialect::CriO
        }
    }

    /// Whether it was a container of a Kubernetes pod.
    pub fn in_kubernetes(&self) -> bool {
        self.dialect() != Dialect::Podman
    }

    /// The OCI runtime that made the dump, where that is said. Of containerd only the shim is
    /// known, and CRI-O's handlers may have any name.
    pub fn oci_runtime(&self) -> Option<&str> {
        let known = ["crun", "runc"].contains(&self.runtime.as_str());
        (known || (self.dialect() == Dialect::Podman && !self.runtime.is_empty()))
            .then_some(self.runtime.as_str())
    }

    /// The image's name, whichever engine wrote it; empty for a container of a plain directory.
    pub fn image_name(&self) -> &str {
        if self.rootfs_image_name.is_empty() {
            &self.rootfs_image
        } else {
            &self.rootfs_image_name
        }
    }

    /// The image's id, 64 hexadecimal digits, whichever engine wrote it.
    pub fn image_id(&self) -> Option<&str> {
        let reference = &self.rootfs_image_ref;
        let digits = reference.strip_prefix("sha256:").unwrap_or(reference);
        [self.rootfs_image_id.as_str(), digits]
            .into_iter()
            .find(|text| is_digest(text))
    }

    /// The digest of the image's manifest, `sha256:…`, where the reference has one.
    pub fn image_digest(&self) -> Option<&str> {
        let (_, digest) = self.rootfs_image_ref.split_once('@')?;
        is_digest(digest.strip_prefix("sha256:")?).then_some(digest)
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "7364de55fd5365ce0adc44f3f124a005e7e87821ccf11d71496b68cec851449a";

    fn config(reference: &str, runtime: &str) -> ContainerConfig {
        ContainerConfig {
            rootfs_image: "quay.io/a/b:1".into(),
            rootfs_image_ref: reference.into(),
            runtime: runtime.into(),
            ..ContainerConfig::default()
        }
    }

    #[test]
    fn engines_are_told_apart() {
        let podman = ContainerConfig {
            runtime: "crun".into(),
            rootfs_image_id: HEX.into(),
            ..ContainerConfig::default()
        };
        assert_eq!(podman.dialect(), Dialect::Podman);
        assert_eq!(podman.oci_runtime(), Some("crun"));
        assert_eq!(podman.image_id(), Some(HEX));
        let crio = config(HEX, "runc");
        assert_eq!(crio.dialect(), Dialect::CriO);
        assert_eq!(crio.oci_runtime(), Some("runc"));
        assert_eq!(crio.image_id(), Some(HEX));
        assert_eq!(config(HEX, "fast").oci_runtime(), None);
        let containerd = config(&format!("sha256:{HEX}"), "io.containerd.runc.v2");
        assert_eq!(containerd.dialect(), Dialect::Containerd);
        assert_eq!(containerd.oci_runtime(), None);
        assert_eq!(containerd.image_id(), Some(HEX));
        assert_eq!(containerd.image_digest(), None);
    }

    #[test]
    fn a_pulled_image_is_known_by_its_manifest() {
        let pulled = config(
            &format!("quay.io/a/b@sha256:{HEX}"),
            "io.containerd.runc.v2",
        );
        assert_eq!(pulled.image_id(), None);
        let digest = format!("sha256:{HEX}");
        assert_eq!(pulled.image_digest(), Some(digest.as_str()));
        assert_eq!(config("quay.io/a/b@md5:1", "").image_digest(), None);
    }
}
