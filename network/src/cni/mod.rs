//! Networks through CNI plugins (version 0.3.0 to 1.1.0 of the specification, cni.dev/docs/spec), as
//! Podman 4 used them: the other back end beside netavark.
//!
//! Reading order: [`conflist`] (a network's configuration), [`directory`] (which there are),
//! `to_network` and `from_network` (the engine's network ⇄ a configuration), `plugin` (one program,
//! called once), `result` (what it answers), `attachment` (a container on a network: ADD, CHECK, DEL of
//! the whole chain), `record` (what is attached, on disk), `host_local`.
//!
//! Addresses are leased by the engine and asked of the plugins; what they give is compared. What CNI
//! leaves behind by its nature: the chains that plugins hook into the firewall once for all, and the
//! masquerading rule of a container whose namespace went before it was detached. A bridge without ports
//! is removed, as netavark does.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::backend::{Backend, SetupRequest};
use crate::config::DEFAULT_NETWORK;
use crate::error::Error;
use crate::netns;
use crate::rtnetlink;
use crate::types::{Network, PerNetworkOptions, StatusBlock};

mod attachment;
pub mod conflist;
pub mod directory;
mod from_network;
mod host_local;
mod plugin;
mod record;
mod result;
mod to_network;

#[cfg(test)]
mod tests;

use attachment::Attachment;
pub use conflist::Conflist;
use conflist::{VERSIONS, ipam_type, plugin_type};
pub use directory::{ConflistDirectory, default_network};
use plugin::Programs;
pub use record::Attached;
use record::Records;

/// Where the network configurations are unless the user says otherwise.
pub const CONF_DIR: &str = "/etc/cni/net.d";

/// Where distributions and hand-made installations put plugins.
pub const PLUGIN_DIRECTORIES: [&str; 5] = [
    "/usr/lib/cni",
    "/usr/libexec/cni",
    "/opt/cni/bin",
    "/usr/local/libexec/cni",
    "/usr/local/lib/cni",
];

/// The CNI plugins of this machine and the networks that they make.
#[derive(Debug, Clone)]
pub struct Cni {
    /// Directories that plugins are in; of several programs of one name the first one counts.
    pub plugins: Vec<PathBuf>,
    /// Where the network configurations are.
    pub conf_dir: PathBuf,
    /// What is attached, and our lock; made when missing, no other engine's. It should outlive a
    /// reboot, as the addresses do that host-local remembers.
    pub cache_dir: PathBuf,
}

impl Cni {
    /// With the usual directories.
    pub fn new(cache_dir: impl Into<PathBuf>) -> Self {
        Self {
            plugins: PLUGIN_DIRECTORIES.iter().map(PathBuf::from).collect(),
            conf_dir: PathBuf::from(CONF_DIR),
            cache_dir: cache_dir.into(),
        }
    }

    /// Which networks there are.
    pub fn networks(&self) -> ConflistDirectory {
        ConflistDirectory::new(&self.conf_dir)
    }

    /// Writes the configuration of a network; one that it has in NAME.conflist is replaced.
    ///
    /// # Errors
    /// [`Error::NetworkInvalid`], and those of [`ConflistDirectory::write`].
    pub fn create(&self, network: &Network) -> Result<(), Error> {
        let dnsname = self.programs().find("dnsname").is_ok();
        let conflist = Conflist::from_network(network, dnsname)?;
        let _lock = self.lock()?;
        self.networks().write(&conflist)
    }

    /// Removes the configuration of a network. Containers that are on it can still be detached.
    ///
    /// # Errors
    /// Those of [`ConflistDirectory::remove`].
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        let _lock = self.lock()?;
        self.networks().remove(name)
    }

    /// Asks all plugins whether everything is as [`Backend::setup`] left it.
    ///
    /// # Errors
    /// [`Error::Cni`] with the complaint of the first plugin that has one; [`Error::CniUnsupported`]
    /// for what was never attached, or is configured for a version before 0.4.0.
    pub fn check(&self, netns: &Path, request: &SetupRequest) -> Result<(), Error> {
        let _lock = self.lock()?;
        for (network, options) in &request.networks {
            let id = &request.container_id;
            let attachment = self
                .records()
                .load(&network.name, id, &options.interface_name)?
                .ok_or_else(|| Error::CniUnsupported {
                    network: network.name.clone(),
                    reason: format!("container {id} is not attached to it"),
                })?;
            attachment.check(self.programs(), netns)?;
        }
        Ok(())
    }

    /// All that is attached, or was when the engine that did it was killed. What can't be read is passed
    /// over.
    pub fn attached(&self) -> Vec<Attached> {
        self.records().list()
    }

    /// Detaches what nobody claims any more; the namespace may be gone.
    ///
    /// # Errors
    /// [`Error::Cni`] with the complaint of the first plugin that has one.
    pub fn detach_stranger(&self, netns: &Path, attached: &Attached) -> Result<(), Error> {
        let _lock = self.lock()?;
        let Attached {
            network,
            container,
            interface,
        } = attached;
        match self.records().load(network, container, interface)? {
            Some(attachment) => self.detach(netns, &attachment),
            None => Ok(()),
        }
    }

    /// Id of the container that has this address by host-local's record, which other engines share: it
    /// refuses to give the address to another one.
    pub fn holder(&self, network: &str, ip: IpAddr) -> Option<String> {
        let conflist = match self.networks().conflist(network).ok()? {
            Some(conflist) => conflist,
            None if network == DEFAULT_NETWORK => {
                Conflist::from_network(&default_network(), false).ok()?
            }
            None => return None,
        };
        host_local::holder(&conflist, ip)
    }

    fn programs(&self) -> Programs<'_> {
        Programs {
            directories: &self.plugins,
        }
    }

    fn records(&self) -> Records {
        Records::new(&self.cache_dir)
    }

    /// Exclusive until dropped. Plugins don't inherit it: the descriptor closes on exec, so a daemon
    /// that one of them leaves running holds no lock.
    fn lock(&self) -> Result<File, Error> {
        fs::create_dir_all(&self.cache_dir).map_err(Error::io("create", &self.cache_dir))?;
        let path = self.cache_dir.join("cni.lock");
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        flock(&file, FlockOperation::LockExclusive).map_err(Error::io("lock", &path))?;
        Ok(file)
    }

    /// The attachments of a request, with all that can be known to fail found out: nothing is done.
    fn prepare(&self, request: &SetupRequest) -> Result<Vec<Attachment>, Error> {
        let mut versions = BTreeMap::new();
        let mut attachments = Vec::new();
        for (network, options) in &request.networks {
            let mut conflist = self.conflist(network)?;
            self.leave_out_dnsname(&mut conflist);
            let attachment = Attachment::new(conflist, request, network, options)?;
            self.verify(&attachment.conflist, &mut versions)?;
            attachments.push(attachment);
        }
        Ok(attachments)
    }

    fn conflist(&self, network: &Network) -> Result<Conflist, Error> {
        match self.networks().conflist(&network.name)? {
            Some(conflist) => Ok(conflist),
            None if network.name == DEFAULT_NETWORK => {
                let dnsname = self.programs().find("dnsname").is_ok();
                Conflist::from_network(network, dnsname)
            }
            None => Err(Error::NetworkNotFound {
                name: network.name.clone(),
            }),
        }
    }

    /// dnsname is no part of containernetworking-plugins and few distributions have it. Nothing after
    /// it depends on it: without it names are not resolved.
    fn leave_out_dnsname(&self, conflist: &mut Conflist) {
        let missing = self.programs().find("dnsname").is_err();
        let mut others = conflist.plugins.clone();
        others.retain(|plugin| plugin_type(plugin) != "dnsname");
        if missing && !others.is_empty() && others.len() < conflist.plugins.len() {
            let network = &conflist.name;
            tracing::warn!(
                network,
                "dnsname plugin not found, container dns will not be enabled"
            );
            conflist.plugins = others;
        }
    }

    /// Whether all plugins are there and speak the version of the configuration. Each is asked once.
    fn verify(
        &self,
        conflist: &Conflist,
        asked: &mut BTreeMap<String, Vec<String>>,
    ) -> Result<(), Error> {
        let version = &conflist.cni_version;
        if !VERSIONS.contains(&version.as_str()) {
            return Err(Error::CniUnsupported {
                network: conflist.name.clone(),
                reason: format!("its cniVersion {version:?} is none of {VERSIONS:?}"),
            });
        }
        for plugin in &conflist.plugins {
            let name = plugin_type(plugin);
            if !asked.contains_key(name) {
                asked.insert(name.to_owned(), self.programs().versions(name)?);
            }
            let supported = &asked[name];
            if !supported.contains(version) {
                return Err(Error::CniVersion {
                    plugin: name.to_owned(),
                    network: conflist.name.clone(),
                    version: version.clone(),
                    supported: supported.clone(),
                });
            }
            // The plugin itself calls this one and would say less of what is missing.
            let ipam = ipam_type(plugin);
            if !ipam.is_empty() {
                self.programs().find(ipam)?;
            }
        }
        Ok(())
    }

    fn attach(&self, netns: &Path, attachment: &mut Attachment) -> Result<StatusBlock, Error> {
        let records = self.records();
        records.save(attachment)?;
        let status = attachment.add(self.programs(), netns)?;
        records.save(attachment)?;
        Ok(status)
    }

    /// The record goes when nothing is left that it is needed for.
    fn detach(&self, netns: &Path, attachment: &Attachment) -> Result<(), Error> {
        let netns = netns::exists(netns).then_some(netns);
        attachment.delete(self.programs(), netns)?;
        self.records().remove(
            &attachment.conflist.name,
            &attachment.container_id,
            &attachment.interface,
        )
    }

    /// Undoes what an engine that was killed, or whose machine was, left of this attachment: plugins
    /// want a DEL before another ADD.
    fn clear(&self, netns: &Path, attachment: &Attachment) {
        let left = self.records().load(
            &attachment.conflist.name,
            &attachment.container_id,
            &attachment.interface,
        );
        let cleared = left.and_then(|left| left.map_or(Ok(()), |left| self.detach(netns, &left)));
        if let Err(error) = cleared {
            tracing::warn!(%error, "clearing an earlier attachment");
        }
    }

    fn detach_network(
        &self,
        netns: &Path,
        request: &SetupRequest,
        network: &Network,
        options: &PerNetworkOptions,
    ) -> Result<(), Error> {
        let (name, id) = (&network.name, &request.container_id);
        let interface = &options.interface_name;
        match self.records().load(name, id, interface) {
            Ok(Some(attachment)) => return self.detach(netns, &attachment),
            Ok(None) => (),
            Err(error) => tracing::warn!(%error, "falling back to the network's configuration"),
        }
        // Nothing is known to be attached. If the record was lost, this frees what can be freed.
        let freed = self
            .conflist(network)
            .and_then(|conflist| Attachment::new(conflist, request, network, options))
            .and_then(|attachment| self.detach(netns, &attachment));
        match freed {
            Ok(()) => Ok(()),
            Err(error) => {
                tracing::debug!(%error, "detaching what has no record");
                Ok(())
            }
        }
    }
}

/// The bridge plugin makes one and never removes it. One that has no port is nobody's any more.
fn remove_idle_bridge(network: &Network) {
    let bridge = &network.network_interface;
    let ports = Path::new("/sys/class/net").join(bridge).join("brif");
    let idle = fs::read_dir(ports).is_ok_and(|mut ports| ports.next().is_none());
    if network.driver == "bridge"
        && idle
        && let Err(error) = rtnetlink::remove_link(bridge)
    {
        tracing::debug!(%error, bridge, "an idle bridge stays");
    }
}

impl Backend for Cni {
    fn setup(
        &self,
        netns: &Path,
        request: &SetupRequest,
    ) -> Result<BTreeMap<String, StatusBlock>, Error> {
        if request.networks.is_empty() {
            return Ok(BTreeMap::new());
        }
        let _lock = self.lock()?;
        let mut attachments = self.prepare(request)?;
        let mut status = BTreeMap::new();
        for index in 0..attachments.len() {
            let attachment = &mut attachments[index];
            self.clear(netns, attachment);
            match self.attach(netns, attachment) {
                Ok(block) => drop(status.insert(attachment.conflist.name.clone(), block)),
                Err(error) => {
                    for attachment in attachments[..=index].iter().rev() {
                        if let Err(again) = self.detach(netns, attachment) {
                            tracing::warn!(error = %again, "detaching after a failed setup");
                        }
                    }
                    return Err(error);
                }
            }
        }
        Ok(status)
    }

    /// Unlike netavark it makes up no namespace where there is none: plugins can do without.
    fn teardown(&self, netns: &Path, request: &SetupRequest) -> Result<(), Error> {
        if request.networks.is_empty() {
            return Ok(());
        }
        let _lock = self.lock()?;
        let mut outcome = Ok(());
        for (network, options) in request.networks.iter().rev() {
            match self.detach_network(netns, request, network, options) {
                Ok(()) => remove_idle_bridge(network),
                Err(error) if outcome.is_ok() => outcome = Err(error),
                Err(error) => tracing::warn!(%error, "detaching from a CNI network"),
            }
        }
        outcome
    }
}
