//! The attachments that exist or may exist, a file each: results/NETWORK-CONTAINER-INTERFACE, as
//! libcni names them. Written before the first plugin runs, so that what a killed engine began can be
//! undone, and again with the result of the last one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cni::attachment::{Attachment, valid_interface};
use crate::cni::conflist::{broken, read_file};
use crate::config::valid_name;
use crate::error::Error;

/// Configuration and result are a mebibyte each at most, and so are 65535 ports with some room.
const MOST_BYTES: u64 = 16 << 20;

/// A container on a network, as the record names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Name of the network.
    pub network: String,
    /// Id of the container.
    pub container: String,
    /// Name of the interface in it.
    pub interface: String,
}

/// A directory of attachments.
#[derive(Debug)]
pub(super) struct Records {
    directory: PathBuf,
}

impl Records {
    /// Those below a cache directory.
    pub fn new(cache: &Path) -> Self {
        Self {
            directory: cache.join("results"),
        }
    }

    /// All of them.
    pub fn list(&self) -> Vec<Attached> {
        let entries = fs::read_dir(&self.directory);
        let paths = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        let read = |path: PathBuf| {
            let (text, _) = read_file(&path, MOST_BYTES).ok()??;
            let found: Attachment = serde_json::from_slice(&text).ok()?;
            Some(Attached {
                network: found.conflist.name,
                container: found.container_id,
                interface: found.interface,
            })
        };
        paths.filter_map(read).collect()
    }

    /// Whole or not at all; an earlier one is replaced.
    pub fn save(&self, attachment: &Attachment) -> Result<(), Error> {
        let path = self.path(
            &attachment.conflist.name,
            &attachment.container_id,
            &attachment.interface,
        )?;
        let text =
            serde_json::to_vec(attachment).map_err(|error| broken(&path, error.to_string()))?;
        fs::create_dir_all(&self.directory).map_err(Error::io("create", &self.directory))?;
        // One at a time under the lock; no network has a name that begins with a dot.
        let partial = self.directory.join(".partial");
        let written = fs::write(&partial, text).and_then(|()| fs::rename(&partial, &path));
        written.map_err(|error| {
            let _ = fs::remove_file(&partial);
            Error::io("write", &path)(error)
        })
    }

    /// `None` if there is none.
    pub fn load(
        &self,
        network: &str,
        container_id: &str,
        interface: &str,
    ) -> Result<Option<Attachment>, Error> {
        let path = self.path(network, container_id, interface)?;
        let Some((text, _)) = read_file(&path, MOST_BYTES)? else {
            return Ok(None);
        };
        let attachment: Attachment =
            serde_json::from_slice(&text).map_err(|error| broken(&path, error.to_string()))?;
        // Hyphens are allowed in each part of the file's name.
        let same = attachment.conflist.name == network
            && attachment.container_id == container_id
            && attachment.interface == interface;
        Ok(same.then_some(attachment))
    }

    /// Nothing there is no error.
    pub fn remove(&self, network: &str, container_id: &str, interface: &str) -> Result<(), Error> {
        let path = self.path(network, container_id, interface)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, network: &str, container_id: &str, interface: &str) -> Result<PathBuf, Error> {
        let path = self
            .directory
            .join(format!("{network}-{container_id}-{interface}"));
        if valid_name(network) && valid_name(container_id) && valid_interface(interface) {
            Ok(path)
        } else {
            Err(broken(&path, "its name leads out of the directory"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::SetupRequest;
    use crate::cni::conflist::Conflist;
    use crate::cni::directory::default_network;
    use crate::types::PerNetworkOptions;

    fn attachment() -> Attachment {
        let network = default_network();
        let request = SetupRequest {
            container_id: "c-d".to_owned(),
            ..SetupRequest::default()
        };
        let options = PerNetworkOptions {
            interface_name: "eth0".to_owned(),
            ..PerNetworkOptions::default()
        };
        let conflist = Conflist::from_network(&network, false).unwrap();
        Attachment::new(conflist, &request, &network, &options).unwrap()
    }

    #[test]
    fn saved_loaded_removed() {
        let dir = tempfile::tempdir().unwrap();
        let records = Records::new(dir.path());
        let load = |network: &str, id: &str| records.load(network, id, "eth0");
        assert!(load("podman", "c-d").unwrap().is_none());
        let attachment = attachment();
        records.save(&attachment).unwrap();
        assert!(dir.path().join("results/podman-c-d-eth0").exists());
        assert_eq!(load("podman", "c-d").unwrap().unwrap(), attachment);
        assert_eq!(records.list()[0].container, "c-d");
        // The same file, another attachment.
        assert!(load("podman-c", "d").unwrap().is_none());
        records.remove("podman", "c-d", "eth0").unwrap();
        records.remove("podman", "c-d", "eth0").unwrap();
        assert!(load("podman", "c-d").unwrap().is_none());
    }

    #[test]
    fn hostile_names_and_content() {
        let dir = tempfile::tempdir().unwrap();
        let records = Records::new(dir.path());
        assert!(records.load("../x", "c", "eth0").is_err());
        assert!(records.remove("x", "c", "/../../y").is_err());
        fs::create_dir(dir.path().join("results")).unwrap();
        let path = dir.path().join("results/x-c-eth0");
        fs::write(&path, "{").unwrap();
        assert!(records.load("x", "c", "eth0").is_err());
        fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let error = records.load("x", "c", "eth0").unwrap_err().to_string();
        assert!(error.contains("larger than"), "{error}");
    }
}
