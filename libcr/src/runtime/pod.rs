//! What Kubernetes mounts into every container of a pod, and what stands there in its place here.
//!
//! The files are the pod's and no archive holds them, but CRIU restores every mount that was
//! there. An empty file or directory of the engine keeps the place and gives nothing of the host
//! away. Sources: kubelet `pkg/kubelet/kubelet_pods.go` (termination log, service account), CRI-O
//! `server/container_create.go` (/run/secrets).

/// An engine's own empty thing in the container's bundle, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandIn {
    /// A file that the container may write.
    File(&'static str),
    /// A directory that stays empty.
    Directory(&'static str),
}

impl StandIn {
    /// Its name in the bundle.
    pub fn name(self) -> &'static str {
        match self {
            Self::File(name) | Self::Directory(name) => name,
        }
    }
}

/// What stands in for the mount of a pod at `destination`, if it is one of those.
pub fn stand_in(destination: &str) -> Option<StandIn> {
    if destination == "/dev/termination-log" {
        return Some(StandIn::File("termination-log"));
    }
    let path = destination.strip_prefix("/var").unwrap_or(destination);
    let below = path.strip_prefix("/run/secrets")?;
    // Podman's own secrets are files right in /run/secrets; tokens of a pod lie deeper.
    (below.is_empty() || below.starts_with('/') && below[1..].contains('/'))
        .then_some(StandIn::Directory("pod-secrets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_pod() {
        let kind = |path: &str| stand_in(path).map(StandIn::name);
        assert_eq!(kind("/dev/termination-log"), Some("termination-log"));
        for path in [
            "/var/run/secrets/kubernetes.io/serviceaccount",
            "/run/secrets/eks.amazonaws.com/serviceaccount",
            "/run/secrets",
        ] {
            assert_eq!(kind(path), Some("pod-secrets"), "{path}");
        }
        for path in [
            "/run/secrets/password",
            "/run/secretsx/a/b",
            "/var/run",
            "/etc/hosts",
        ] {
            assert_eq!(kind(path), None, "{path}");
        }
    }
}
