//! The networks of this machine and the way to them, whichever there is: netavark with Podman's JSON
//! files, or CNI with configuration lists.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::backend::Backend;
use crate::cni::{Cni, PLUGIN_DIRECTORIES};
use crate::config::NetworkDirectory;
use crate::create::{CreateRequest, InUse, plan};
use crate::error::Error;
use crate::host;
use crate::netavark::Netavark;
use crate::rtnetlink;
use crate::types::Network;

/// `network_backend` of containers.conf(5) for netavark.
pub const NETAVARK: &str = "netavark";
/// `network_backend` of containers.conf(5) for CNI.
pub const CNI: &str = "cni";

/// The networks, by name.
#[derive(Debug, Clone)]
pub enum Networks {
    /// Through netavark.
    Netavark {
        /// Where they are described.
        directory: NetworkDirectory,
        /// netavark's run directory, on a tmpfs.
        run: PathBuf,
    },
    /// Through CNI plugins.
    Cni(Cni),
}

impl Networks {
    /// Which back end to take where nobody says: netavark, unless only CNI's plugins are there.
    pub fn installed() -> &'static str {
        let plugins = || {
            let mut directories = PLUGIN_DIRECTORIES.iter().map(PathBuf::from);
            directories.any(|directory| directory.join("bridge").is_file())
        };
        if Netavark::find("").is_err() && plugins() {
            CNI
        } else {
            NETAVARK
        }
    }

    /// The back end's word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Netavark { .. } => NETAVARK,
            Self::Cni(_) => CNI,
        }
    }

    /// What attaches containers.
    ///
    /// # Errors
    /// [`Error::NetavarkMissing`].
    pub fn backend(&self) -> Result<Box<dyn Backend>, Error> {
        Ok(match self {
            Self::Netavark { run, .. } => Box::new(Netavark::find(run)?),
            Self::Cni(cni) => Box::new(cni.clone()),
        })
    }

    /// The network of this name, id or unambiguous id prefix.
    ///
    /// # Errors
    /// [`Error::NetworkNotFound`], [`Error::NetworkAmbiguous`], or what is wrong with its file.
    pub fn get(&self, name_or_id: &str) -> Result<Network, Error> {
        match self {
            Self::Netavark { directory, .. } => directory.get(name_or_id),
            Self::Cni(cni) => cni.networks().get(name_or_id),
        }
    }

    /// All networks by name, the default one among them.
    ///
    /// # Errors
    /// What is wrong with a file.
    pub fn list(&self) -> Result<Vec<Network>, Error> {
        match self {
            Self::Netavark { directory, .. } => directory.list(),
            Self::Cni(cni) => cni.networks().list(),
        }
    }

    /// Makes a network. With `ignore` one of the name that is there is fine; `None` then.
    ///
    /// # Errors
    /// Those of [`plan`], and of what its file can't say.
    pub fn create(&self, request: &CreateRequest, ignore: bool) -> Result<Option<Network>, Error> {
        let plan = || {
            let in_use = InUse {
                bridge: match self {
                    Self::Netavark { .. } => "podman",
                    Self::Cni(_) => "cni-podman",
                },
                ..host::in_use(self.list()?)?
            };
            match plan(request, &in_use) {
                Err(Error::NetworkExists { .. }) if ignore => Ok(None),
                planned => planned.map(Some),
            }
        };
        match self {
            Self::Netavark { directory, .. } => {
                let lock = directory.lock()?;
                let network = plan()?;
                if let Some(network) = &network {
                    directory.write(network, &lock)?;
                }
                Ok(network)
            }
            Self::Cni(cni) => {
                let network = plan()?;
                if let Some(network) = &network {
                    cni.create(network)?;
                }
                // Its id is that of its name.
                network.map(|network| self.get(&network.name)).transpose()
            }
        }
    }

    /// Removes a network that no container is on, with the bridge that CNI leaves behind.
    ///
    /// # Errors
    /// [`Error::NetworkIsDefault`], [`Error::Io`].
    pub fn remove(&self, network: &Network) -> Result<(), Error> {
        match self {
            Self::Netavark { directory, .. } => directory.remove(&network.name, &directory.lock()?),
            Self::Cni(cni) => {
                cni.remove(&network.name)?;
                let bridge = &network.network_interface;
                if network.driver == "bridge" && !bridge.is_empty() {
                    rtnetlink::remove_link(bridge).map_err(Error::io("remove bridge", bridge))?;
                }
                Ok(())
            }
        }
    }

    /// Changes whom the DNS of a network asks, at once where containers are `running` on it.
    ///
    /// # Errors
    /// [`Error::NetworkInvalid`] for a network without DNS, and with CNI.
    pub fn set_name_servers(
        &self,
        name: &str,
        change: impl FnOnce(&mut Vec<IpAddr>),
        running: bool,
    ) -> Result<(), Error> {
        let refuse = |reason: &str| {
            Err(Error::NetworkInvalid {
                reason: reason.to_owned(),
            })
        };
        let Self::Netavark { directory, run } = self else {
            return refuse("NetworkUpdate is not supported for backend CNI");
        };
        let lock = directory.lock()?;
        let mut network = directory.get(name)?;
        if !network.dns_enabled {
            return refuse("cannot set NetworkDNSServers if DNS is not enabled for the network");
        }
        change(&mut network.network_dns_servers);
        directory.write(&network, &lock)?;
        if running {
            Netavark::find(run)?.update_dns(&network.name, &network.network_dns_servers)?;
        }
        Ok(())
    }

    /// Id of the container that has this address by a record that other engines share.
    pub fn holder(&self, network: &str, ip: IpAddr) -> Option<String> {
        match self {
            Self::Netavark { .. } => None,
            Self::Cni(cni) => cni.holder(network, ip),
        }
    }
}
