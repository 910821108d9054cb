//! Which networks there are: one JSON file each in a directory, `/etc/containers/networks` for Podman,
//! plus the default network `podman`, which needs no file. Nothing is cached.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use ipnetwork::{IpNetwork, Ipv4Network};
use rustix::fs::{FlockOperation, fcntl_lock};

use crate::error::Error;
use crate::types::{Network, Subnet};
use crate::whole;

/// Name of the network that a container joins when none is named.
pub const DEFAULT_NETWORK: &str = "podman";

/// Podman's id of it: the SHA-256 of the name.
const DEFAULT_NETWORK_ID: &str = "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9";

/// The right to change a directory of networks.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// A directory of network files. It need not exist.
#[derive(Debug, Clone)]
pub struct NetworkDirectory {
    path: PathBuf,
}

impl NetworkDirectory {
    /// The files of `path`, `NAME.json` each.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// All networks by name, the default one among them.
    ///
    /// # Errors
    /// [`Error::NetworkFile`] naming the first file that is not a network of its name, [`Error::Io`].
    pub fn list(&self) -> Result<Vec<Network>, Error> {
        let mut networks = BTreeMap::new();
        networks.insert(DEFAULT_NETWORK.to_owned(), default_network());
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(networks.into_values().collect());
            }
            Err(error) => return Err(Error::io("read", &self.path)(error)),
        };
        for entry in entries {
            let file = entry.map_err(Error::io("read", &self.path))?.path();
            if file.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            if let Some(network) = read(&file)? {
                networks.insert(network.name.clone(), network);
            }
        }
        Ok(networks.into_values().collect())
    }

    /// Keeps every other engine from changing the directory until dropped: Podman's own lock, made
    /// with the directory when missing.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn lock(&self) -> Result<DirectoryLock, Error> {
        fs::create_dir_all(&self.path).map_err(Error::io("create", &self.path))?;
        let path = self.path.join("netavark.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        // A record lock, as containers/storage takes it (pkg/lockfile).
        fcntl_lock(&file, FlockOperation::LockExclusive).map_err(Error::io("lock", &path))?;
        Ok(DirectoryLock { _file: file })
    }

    /// Writes the file of a network, mode 0644, whole or not at all; one of its name is replaced.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, network: &Network, _lock: &DirectoryLock) -> Result<(), Error> {
        let path = self.file(&network.name);
        let text = serde_json::to_vec_pretty(network).map_err(|error| Error::NetworkFile {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        whole::write(&self.path, &format!("{}.json", network.name), &text)
    }

    /// Removes the file of a network.
    ///
    /// # Errors
    /// [`Error::NetworkIsDefault`], [`Error::Io`].
    pub fn remove(&self, name: &str, _lock: &DirectoryLock) -> Result<(), Error> {
        if name == DEFAULT_NETWORK {
            return Err(Error::NetworkIsDefault {
                name: name.to_owned(),
            });
        }
        let path = self.file(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Only for names that are [`valid_name`]s.
    fn file(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.json"))
    }

    /// The network of this name, id or unambiguous id prefix. A name wins over an id, and a broken file
    /// of another network does no harm to a name.
    ///
    /// # Errors
    /// [`Error::NetworkNotFound`], [`Error::NetworkAmbiguous`], and those of [`Self::list`].
    pub fn get(&self, name_or_id: &str) -> Result<Network, Error> {
        if valid_name(name_or_id) {
            if let Some(network) = read(&self.path.join(format!("{name_or_id}.json")))? {
                return Ok(network);
            }
            if name_or_id == DEFAULT_NETWORK {
                return Ok(default_network());
            }
        }
        by_id(name_or_id, || self.list())
    }
}

/// The one network of the list whose id begins so; the list is not asked for without a beginning.
pub(crate) fn by_id(
    prefix: &str,
    list: impl FnOnce() -> Result<Vec<Network>, Error>,
) -> Result<Network, Error> {
    let not_found = || Error::NetworkNotFound {
        name: prefix.to_owned(),
    };
    if prefix.is_empty() {
        return Err(not_found());
    }
    let mut fits = list()?;
    fits.retain(|network| network.id.starts_with(prefix));
    match (fits.pop(), fits.is_empty()) {
        (Some(network), true) => Ok(network),
        (Some(_), false) => Err(Error::NetworkAmbiguous {
            prefix: prefix.to_owned(),
        }),
        (None, _) => Err(not_found()),
    }
}

/// One file; `None` if it is not there (any more).
fn read(path: &Path) -> Result<Option<Network>, Error> {
    let broken = |reason: String| Error::NetworkFile {
        path: path.to_owned(),
        reason,
    };
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("read", path)(error)),
    };
    let network: Network =
        serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
    if !valid_name(&network.name) {
        return Err(broken(format!("invalid network name {:?}", network.name)));
    }
    if path
        .file_stem()
        .is_none_or(|stem| stem != network.name.as_str())
    {
        return Err(broken(format!(
            "the file describes network {:?}, its name must be {0}.json",
            network.name
        )));
    }
    for subnet in &network.subnets {
        if let Some(gateway) = subnet.gateway.filter(|ip| !subnet.subnet.contains(*ip)) {
            return Err(broken(format!(
                "gateway {gateway} not in subnet {}",
                subnet.subnet
            )));
        }
    }
    Ok(Some(network))
}

/// Podman's rule for names: a letter or digit, then also `_`, `.` and `-`. Never leaves the directory.
pub(crate) fn valid_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// The network `podman`, as Podman synthesizes it: 10.88.0.0/16 on the bridge podman0, no DNS.
pub fn default_network() -> Network {
    let subnet = Ipv4Network::new_checked(Ipv4Addr::new(10, 88, 0, 0), 16);
    Network {
        name: DEFAULT_NETWORK.to_owned(),
        id: DEFAULT_NETWORK_ID.to_owned(),
        driver: "bridge".to_owned(),
        network_interface: "podman0".to_owned(),
        created: jiff::Timestamp::now().to_string(),
        subnets: subnet
            .into_iter()
            .map(|subnet| Subnet {
                subnet: IpNetwork::V4(subnet),
                gateway: Some(IpAddr::V4(Ipv4Addr::new(10, 88, 0, 1))),
                lease_range: None,
            })
            .collect(),
        routes: Vec::new(),
        ipv6_enabled: false,
        internal: false,
        dns_enabled: false,
        network_dns_servers: Vec::new(),
        labels: BTreeMap::new(),
        options: BTreeMap::new(),
        ipam_options: BTreeMap::from([("driver".to_owned(), "host-local".to_owned())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(files: &[(&str, &str)]) -> (tempfile::TempDir, NetworkDirectory) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let networks = NetworkDirectory::new(dir.path());
        (dir, networks)
    }

    #[test]
    fn the_default_needs_no_file() {
        let networks = NetworkDirectory::new("/nonexistent/networks");
        assert_eq!(networks.list().unwrap().len(), 1);
        for key in ["podman", "2f259bab", DEFAULT_NETWORK_ID] {
            let network = networks.get(key).unwrap();
            assert_eq!(network.network_interface, "podman0");
            assert_eq!(network.subnets[0].subnet.to_string(), "10.88.0.0/16");
        }
        assert_eq!(
            networks.get("nope").unwrap_err().to_string(),
            "unable to find network with name or ID nope: network not found"
        );
        assert!(networks.get("").is_err());
        assert!(networks.get("../podman").is_err());
    }

    #[test]
    fn files_by_name_and_id() {
        let (_dir, networks) = directory(&[
            (
                "a.json",
                r#"{"name":"a","id":"11aa","driver":"bridge","subnets":[{"subnet":"10.1.0.0/24"}]}"#,
            ),
            ("b.json", r#"{"name":"b","id":"11bb","driver":"bridge"}"#),
            ("podman.json", r#"{"name":"podman","id":"22"}"#),
            ("x.conflist", "not ours"),
        ]);
        let names: Vec<String> = networks
            .list()
            .unwrap()
            .into_iter()
            .map(|n| n.name)
            .collect();
        assert_eq!(names, ["a", "b", "podman"]);
        assert_eq!(networks.get("11a").unwrap().name, "a");
        assert!(matches!(
            networks.get("11"),
            Err(Error::NetworkAmbiguous { .. })
        ));
        assert_eq!(networks.get("podman").unwrap().id, "22");
    }

    #[test]
    fn written_and_removed() {
        let (dir, networks) = directory(&[]);
        let lock = networks.lock().unwrap();
        let network = Network {
            name: "own".to_owned(),
            id: "33".to_owned(),
            ..default_network()
        };
        networks.write(&network, &lock).unwrap();
        assert_eq!(networks.get("own").unwrap(), network);
        networks.remove("own", &lock).unwrap();
        assert!(networks.get("own").is_err());
        assert!(networks.remove("podman", &lock).is_err());
        let left: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "only the lock: {left:?}");
    }

    #[test]
    fn a_broken_file_is_named() {
        let (_dir, networks) = directory(&[
            ("good.json", r#"{"name":"good","id":"1"}"#),
            ("bad.json", "{"),
        ]);
        assert!(
            networks
                .list()
                .unwrap_err()
                .to_string()
                .contains("bad.json: EOF")
        );
        assert!(networks.get("bad").is_err());
        assert_eq!(networks.get("good").unwrap().name, "good");
        let (_dir, networks) = directory(&[("c.json", r#"{"name":"d"}"#)]);
        assert!(
            networks
                .get("c")
                .unwrap_err()
                .to_string()
                .contains("must be d.json")
        );
        let (_dir, networks) = directory(&[(
            "e.json",
            r#"{"name":"e","subnets":[{"subnet":"10.0.0.0/24","gateway":"10.1.0.1"}]}"#,
        )]);
        assert!(networks.get("e").is_err());
    }
}
