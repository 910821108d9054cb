//! What a throw-away host is made of: suite, package list and the hash that names its cached root.
//!
//! Whatever changes the root's content must change the hash, so that a cached root is never taken
//! for one of another recipe.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Raised when the way a root is made changes without its package list changing.
const RECIPE_VERSION: &str = "1";

/// Debian packages of the root, beyond debootstrap's minimal base. Testing moves: short, nothing
/// pinned. The engine's own needs come first, then the peers of interop tests, then tools of tests.
const PACKAGES: &[&str] = &[
    "criu",
    "libcriu2",
    "runc",
    "crun",
    "netavark",
    "aardvark-dns",
    "iproute2",
    "nftables",
    "iptables",
    "golang-github-containers-common",
    "containernetworking-plugins",
    "conmon",
    "podman",
    "python3-pycriu",
    "checkpointctl",
    "skopeo",
    "docker-registry",
    "containerd",
    "minisign",
    "age",
    "busybox-static",
    "ca-certificates",
    "procps",
    "strace",
    "jq",
    "zstd",
    "curl",
    "socat",
    "iputils-ping",
    "nginx",
    "redis-server",
];

/// The suite and packages of one root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// Debian suite, from `CRYOPOD_SUITE`, else `forky`.
    pub suite: String,
    /// Packages that debootstrap adds to its minimal base.
    pub packages: Vec<String>,
}

impl Recipe {
    /// The recipe that the environment asks for.
    pub fn from_environment() -> Self {
        let suite = std::env::var("CRYOPOD_SUITE").unwrap_or_else(|_| "forky".to_owned());
        let packages = PACKAGES.iter().map(ToString::to_string).collect();
        Self { suite, packages }
    }

    /// Sixteen hexadecimal digits that change with anything that goes into the root.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(RECIPE_VERSION);
        let own = std::iter::once(&self.suite).chain(&self.packages).cloned();
        for part in own.chain(super::clients::identity().map(str::to_owned)) {
            hasher.update([0]);
            hasher.update(part);
        }
        hex(&hasher.finalize()[..8])
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Where roots and running hosts' scratch directories are kept: `$CRYOPOD_CACHE`, else
/// `$HOME/.cache/cryopod`.
pub fn cache_directory() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CRYOPOD_CACHE").filter(|path| !path.is_empty()) {
        return std::path::absolute(PathBuf::from(path)).context("CRYOPOD_CACHE is no usable path");
    }
    let home = std::env::var_os("HOME").context("neither CRYOPOD_CACHE nor HOME is set")?;
    Ok(PathBuf::from(home).join(".cache/cryopod"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_follows_suite_and_packages() {
        let recipe = |suite: &str, packages: &[&str]| Recipe {
            suite: suite.to_owned(),
            packages: packages.iter().map(ToString::to_string).collect(),
        };
        let one = recipe("forky", &["a", "b"]);
        assert_eq!(one.hash().len(), 16);
        assert_eq!(one.hash(), recipe("forky", &["a", "b"]).hash());
        assert_ne!(one.hash(), recipe("trixie", &["a", "b"]).hash());
        assert_ne!(one.hash(), recipe("forky", &["ab"]).hash());
    }
}
