//! Which package brings a missing program, in the words of this host's distribution.

use std::fs;

/// A package by its names in Debian, Fedora and Arch (and what derives from them).
#[derive(Debug, Clone, Copy)]
pub struct Package {
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
}

impl Package {
    const fn same(name: &'static str) -> Self {
        Self::new(name, name, name)
    }

    const fn new(debian: &'static str, fedora: &'static str, arch: &'static str) -> Self {
        Self {
            debian,
            fedora,
            arch,
        }
    }

    /// How to install it here; on another distribution its name in each of the three.
    pub fn remedy(self) -> String {
        self.remedy_on(&fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    /// os-release(5): ID, and ID_LIKE for what a distribution derives from.
    fn remedy_on(self, release: &str) -> String {
        let words: Vec<&str> = release
            .lines()
            .filter_map(|line| {
                let value = line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE="))?;
                Some(value.trim_matches('"').split_ascii_whitespace())
            })
            .flatten()
            .collect();
        let is = |names: &[&str]| words.iter().any(|word| names.contains(word));
        if is(&["debian", "ubuntu"]) {
            format!("install it: apt install {}", self.debian)
        } else if is(&["fedora", "rhel", "centos"]) {
            format!("install it: dnf install {}", self.fedora)
        } else if is(&["arch"]) {
            format!("install it: pacman -S {}", self.arch)
        } else {
            format!(
                "install the package {} (Debian), {} (Fedora) or {} (Arch)",
                self.debian, self.fedora, self.arch
            )
        }
    }
}

/// Checkpoint/Restore In Userspace.
pub const CRIU: Package = Package::same("criu");
/// The library by which crun talks to it.
pub const LIBCRIU: Package = Package::new("libcriu2", "criu-libs", "criu");
/// An OCI runtime.
pub const CRUN: Package = Package::same("crun");
/// The other one.
pub const RUNC: Package = Package::same("runc");
/// Puts containers on networks.
pub const NETAVARK: Package = Package::new("netavark", "netavark", "netavark");
/// Answers their names.
pub const AARDVARK: Package = Package::new("aardvark-dns", "aardvark-dns", "aardvark-dns");
/// The older way of locking networks.
pub const IPTABLES: Package = Package::new("iptables", "iptables-nft", "iptables-nft");
/// The newer way.
pub const NFTABLES: Package = Package::same("nftables");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_distribution_has_its_words() {
        let debian = "NAME=x\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
        assert_eq!(
            LIBCRIU.remedy_on(debian),
            "install it: apt install libcriu2"
        );
        let rocky = "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n";
        assert_eq!(
            LIBCRIU.remedy_on(rocky),
            "install it: dnf install criu-libs"
        );
        assert_eq!(LIBCRIU.remedy_on("ID=arch\n"), "install it: pacman -S criu");
        assert_eq!(
            LIBCRIU.remedy_on("ID=void\n"),
            "install the package libcriu2 (Debian), criu-libs (Fedora) or criu (Arch)"
        );
    }
}
