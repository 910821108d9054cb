//! Which CNI networks there are: the files of a directory, /etc/cni/net.d for Podman, plus the default
//! network `podman`, which needs no file. Nothing is cached.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cni::conflist::{Conflist, broken, claimed_name};
use crate::config::{self, DEFAULT_NETWORK, valid_name};
use crate::error::Error;
use crate::types::Network;

/// A directory of `*.conflist`, `*.conf` and `*.json` files. It need not exist.
#[derive(Debug, Clone)]
pub struct ConflistDirectory {
    pub(super) path: PathBuf,
}

/// What is in the directory.
struct Content {
    /// By name; of several files with one name the first one counts.
    good: BTreeMap<String, Conflist>,
    /// Files that are no network configuration, with what is wrong.
    bad: Vec<(PathBuf, Error)>,
}

impl ConflistDirectory {
    /// The files of `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// All networks by name, the default one among them. Broken files are warned of.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn list(&self) -> Result<Vec<Network>, Error> {
        let content = self.content()?;
        for (path, error) in &content.bad {
            tracing::warn!(path = %path.display(), %error, "not a CNI network");
        }
        let mut networks = BTreeMap::from([(DEFAULT_NETWORK.to_owned(), default_network())]);
        for (name, conflist) in content.good {
            match conflist.network() {
                Ok(network) => drop(networks.insert(name, network)),
                Err(error) => tracing::warn!(%error, "not a CNI network"),
            }
        }
        Ok(networks.into_values().collect())
    }

    /// The network of this name, id or unambiguous id prefix. A name wins over an id, and broken files
    /// of other networks do no harm.
    ///
    /// # Errors
    /// [`Error::NetworkNotFound`], [`Error::NetworkAmbiguous`], and those of [`Self::conflist`].
    pub fn get(&self, name_or_id: &str) -> Result<Network, Error> {
        if let Some(conflist) = self.conflist(name_or_id)? {
            return conflist.network();
        }
        if name_or_id == DEFAULT_NETWORK {
            return Ok(default_network());
        }
        config::by_id(name_or_id, || self.list())
    }

    /// The configuration of a network, if it has a file.
    ///
    /// # Errors
    /// [`Error::NetworkFile`] if the only file for it, by its own name or by the one in it, is broken;
    /// [`Error::Io`].
    pub fn conflist(&self, name: &str) -> Result<Option<Conflist>, Error> {
        if !valid_name(name) {
            return Ok(None);
        }
        let mut content = self.content()?;
        if let Some(conflist) = content.good.remove(name) {
            return Ok(Some(conflist));
        }
        let meant = |path: &Path| {
            path.file_stem().is_some_and(|stem| stem == name)
                || claimed_name(path).is_some_and(|claimed| claimed == name)
        };
        let bad = content.bad.into_iter().find(|(path, _)| meant(path));
        bad.map_or(Ok(None), |(_, error)| Err(error))
    }

    fn content(&self) -> Result<Content, Error> {
        let mut content = Content {
            good: BTreeMap::new(),
            bad: Vec::new(),
        };
        for path in self.files()? {
            match Conflist::read(&path) {
                Ok(None) => (),
                Ok(Some(conflist)) => match content.good.get(&conflist.name) {
                    None => drop(content.good.insert(conflist.name.clone(), conflist)),
                    Some(first) => {
                        let first = first.path.as_deref().unwrap_or(Path::new(""));
                        let reason = format!("{} describes this network already", first.display());
                        content.bad.push((path.clone(), broken(&path, reason)));
                    }
                },
                Err(error) => content.bad.push((path, error)),
            }
        }
        Ok(content)
    }

    /// Its files in the order in which they count.
    fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io("read", &self.path)(error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let file = entry.map_err(Error::io("read", &self.path))?.path();
            let extension = file.extension().and_then(|extension| extension.to_str());
            if matches!(extension, Some("conflist" | "conf" | "json")) && !file.is_dir() {
                files.push(file);
            }
        }
        files.sort();
        Ok(files)
    }
}

/// The network `podman` as Podman's CNI back end synthesizes it: 10.88.0.0/16 on the bridge
/// cni-podman0, so that it meets no bridge of netavark's.
pub fn default_network() -> Network {
    Network {
        network_interface: "cni-podman0".to_owned(),
        ..config::default_network()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(files: &[(&str, &str)]) -> (tempfile::TempDir, ConflistDirectory) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let networks = ConflistDirectory::new(dir.path());
        (dir, networks)
    }

    #[test]
    fn the_default_needs_no_file() {
        let networks = ConflistDirectory::new("/nonexistent/net.d");
        assert_eq!(networks.list().unwrap().len(), 1);
        for key in ["podman", "2f259bab"] {
            assert_eq!(networks.get(key).unwrap().network_interface, "cni-podman0");
        }
        for key in ["", "nope", "../podman"] {
            assert!(matches!(
                networks.get(key),
                Err(Error::NetworkNotFound { .. })
            ));
        }
    }

    #[test]
    fn the_first_file_of_a_name_counts() {
        let (dir, networks) = directory(&[
            ("20.conflist", r#"{"name":"a","plugins":[{"type":"ptp"}]}"#),
            ("10.conf", r#"{"name":"a","type":"macvlan","master":"e0"}"#),
            ("30.json", r#"{"name":"b","type":"ipvlan"}"#),
            ("40.txt", "not ours"),
        ]);
        fs::create_dir(dir.path().join("50.conf")).unwrap();
        let names: Vec<String> = networks
            .list()
            .unwrap()
            .into_iter()
            .map(|network| network.name)
            .collect();
        assert_eq!(names, ["a", "b", "podman"]);
        assert_eq!(networks.get("a").unwrap().driver, "macvlan");
        // echo -n b | sha256sum
        assert_eq!(networks.get("3e23e8160039").unwrap().name, "b");
    }

    #[test]
    fn a_broken_file_harms_its_own_network_alone() {
        let (_dir, networks) = directory(&[
            (
                "good.conflist",
                r#"{"name":"good","plugins":[{"type":"bridge"}]}"#,
            ),
            ("bad.conflist", "{"),
            ("10-x.conflist", r#"{"name":"worse","plugins":[]}"#),
        ]);
        assert_eq!(networks.get("good").unwrap().name, "good");
        assert_eq!(networks.list().unwrap().len(), 2);
        let error = |name: &str| networks.get(name).unwrap_err().to_string();
        assert!(
            error("bad").contains("bad.conflist: EOF"),
            "{}",
            error("bad")
        );
        assert!(error("worse").contains("10-x.conflist: it has no plugins"));
        assert!(error("other").contains("network not found"));
    }
}
