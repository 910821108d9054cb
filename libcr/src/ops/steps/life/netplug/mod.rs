//! Attaches a container to its networks with kept or new addresses, and takes it off.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use network::types::{Network, PerNetworkOptions, PortMapping, StatusBlock};
use network::{Networks, SetupRequest};

use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::pod::Shared;
use crate::model::container::{Container, ContainerConfig, NetworkMode};
use crate::net::SavedAddresses;
use crate::store::Rows;
use crate::sys::proc;

pub mod attach;
mod leases;
pub mod networks;

use leases::{check_ports, lease_all, provisional, release_earlier_boots};

/// Addresses and MACs by network, as the back end says them.
pub type Status = BTreeMap<String, StatusBlock>;

/// What plugging in gave.
#[derive(Debug, Default)]
pub struct Plugged {
    /// Addresses and MACs by network.
    pub status: Status,
    /// The networks themselves.
    pub networks: Vec<Network>,
    /// Published ports, host ports chosen.
    pub ports: Vec<PortMapping>,
    /// What the user should know (a new address).
    pub warnings: Vec<String>,
}

/// The network namespace that a container's processes are in; none: the host's.
///
/// # Errors
/// [`Error::WrongState`] for that of a container that doesn't run; [`Error::MissingOnHost`] for one
/// that is no namespace (any more).
pub fn namespace(engine: &Engine, config: &ContainerConfig) -> Result<Option<PathBuf>> {
    match &config.network {
        NetworkMode::Bridge { .. } | NetworkMode::None => Ok(Some(engine.netns(&config.id))),
        NetworkMode::Host => Ok(None),
        NetworkMode::Namespace { path } if network::netns::exists(path) => Ok(Some(path.clone())),
        NetworkMode::Namespace { path } => Err(Error::MissingOnHost(format!(
            "{} of container {} is no network namespace: make it with ip netns add",
            path.display(),
            config.name
        ))),
        NetworkMode::Container { id } => {
            // It was there before this one, so nobody comes back here.
            let other = engine.reload(id)?;
            if !other.state.status.is_alive() {
                return Err(Error::WrongState(format!(
                    "container {} is in the network of container {}, which is not running: start that one first",
                    config.name, other.config.name
                )));
            }
            namespace(engine, &other.config)
        }
    }
}

/// What a container was given and its back end has not made yet.
#[derive(Debug, Default)]
pub struct Leased {
    request: SetupRequest,
    networks: Vec<Network>,
    warnings: Vec<String>,
    /// Connections are open on the addresses: nobody may speak before their sockets are back.
    silent: bool,
}

/// Leases the container's addresses and takes its ports.
///
/// What the back end is going to be asked for is in the record before it is asked, so that
/// `unplug` can take it off after this process was killed on the way.
pub fn lease(engine: &Engine, container: &mut Container, saved: &SavedAddresses) -> Result<Leased> {
    let Container { config, state } = container;
    let Some(wish) = Wish::of(engine, config)? else {
        return Ok(Leased::default());
    };
    state.boot_id = proc::boot_id();
    wish.known.word().clone_into(&mut state.network_backend);
    let others = leases::others();
    let (leased, warnings) = engine.store.transaction(|rows| {
        let leased = wish.take(rows, config, &others, saved)?;
        state.network_status = provisional(&leased.0);
        state.ports.clone_from(&wish.ports);
        rows.update_state(&config.id, state)?;
        Ok::<_, Error>(leased)
    })?;
    let request = SetupRequest {
        networks: leased,
        port_mappings: wish.ports,
        ..request(config)
    };
    Ok(Leased {
        request,
        networks: wish.networks,
        warnings,
        silent: saved.required,
    })
}

/// What [`lease`] would give, in words, and its warnings; nothing of it is kept. The container need
/// not be in the database yet.
///
/// # Errors
/// As [`lease`].
pub fn rehearse(
    engine: &Engine,
    container: &Container,
    saved: &SavedAddresses,
) -> Result<(Vec<String>, Vec<String>)> {
    /// A transaction that ends with an error leaves nothing.
    enum Ended {
        Rehearsed(leases::Given),
        Failed(Error),
    }
    impl<E: Into<Error>> From<E> for Ended {
        fn from(error: E) -> Self {
            Self::Failed(error.into())
        }
    }
    let config = &container.config;
    let Some(wish) = Wish::of(engine, config)? else {
        return Ok((Vec::new(), Vec::new()));
    };
    let others = leases::others();
    let ended: Result<(), Ended> = engine.store.transaction(|rows| {
        if rows.container(&config.id)?.is_none() {
            let mut stand_in = container.clone();
            // They are not there yet either.
            stand_in.config.named_volumes.clear();
            rows.insert_container(&stand_in)?;
        }
        Err(Ended::Rehearsed(wish.take(rows, config, &others, saved)?))
    });
    match ended {
        Err(Ended::Rehearsed((given, warnings))) => {
            let places = given.iter().flat_map(|(network, own)| {
                let ips = own.static_ips.iter();
                ips.map(move |ip| format!("{ip} on {}", network.name))
            });
            Ok((places.collect(), warnings))
        }
        Err(Ended::Failed(error)) => Err(error),
        Ok(()) => Ok((Vec::new(), Vec::new())),
    }
}

/// What a container wants of its networks.
struct Wish<'a> {
    known: Networks,
    wanted: &'a [(String, PerNetworkOptions)],
    networks: Vec<Network>,
    /// Host ports are chosen.
    ports: Vec<PortMapping>,
}

impl<'a> Wish<'a> {
    /// `None` for a container that is on no network of ours. Ports that are taken are found here.
    fn of(engine: &Engine, config: &'a ContainerConfig) -> Result<Option<Self>> {
        let NetworkMode::Bridge { networks: wanted } = &config.network else {
            // One that isn't there is told before anything is made; that of a pod is made with it.
            if config.joined(Shared::Net).is_none() {
                namespace(engine, config)?;
            }
            return Ok(None);
        };
        let known = networks::networks(&engine.config);
        let networks = wanted
            .iter()
            .map(|(name, _)| known.get(name))
            .collect::<Result<Vec<_>, _>>()?;
        let mut ports = config.ports.clone();
        network::reserve::choose_host_ports(&mut ports)?;
        drop(network::reserve::reserve(&ports)?);
        Ok(Some(Self {
            known,
            wanted,
            networks,
            ports,
        }))
    }

    fn take(
        &self,
        rows: &Rows<'_>,
        config: &ContainerConfig,
        others: &leases::Others,
        saved: &SavedAddresses,
    ) -> Result<leases::Given> {
        let boot = proc::boot_id();
        release_earlier_boots(rows, &boot)?;
        rows.release_leases(&config.id)?;
        check_ports(rows, &config.id, &self.ports, &boot)?;
        let (wanted, networks) = (self.wanted, &self.networks);
        lease_all(rows, config, wanted, networks, &self.known, others, saved)
    }
}

/// Makes the container's network namespace and lets the back end set up what was leased. A failure
/// leaves nothing but the leases, which are for [`record`]. Uses no database: it may run beside
/// what does.
pub fn set_up(places: &Config, config: &ContainerConfig, leased: &Leased) -> Result<Status> {
    let netns = places.netns(&config.id);
    let make = || -> Result<Status> {
        match config.network {
            NetworkMode::Bridge { .. } => {
                make_namespace(&netns)?;
                if leased.silent
                    && let Err(error) = network::silence::begin(&netns)
                {
                    tracing::warn!(%error, "a peer that speaks too early may lose its connection: install the package nftables");
                }
                Ok(networks::networks(places)
                    .backend()?
                    .setup(&netns, &leased.request)?)
            }
            NetworkMode::None => make_namespace(&netns).map(|()| Status::default()),
            NetworkMode::Host | NetworkMode::Container { .. } | NetworkMode::Namespace { .. } => {
                Ok(Status::default())
            }
        }
    };
    make().or_else(|error| {
        // The back end left nothing of it.
        network::netns::delete(&netns)?;
        Err(error)
    })
}

/// Takes down what became of the leases: gives them back where the setup failed.
pub fn record(
    engine: &Engine,
    container: &mut Container,
    leased: Leased,
    set_up: Result<Status>,
) -> Result<Plugged> {
    let Container { config, state } = container;
    match set_up {
        Ok(status) => Ok(Plugged {
            status,
            networks: leased.networks,
            ports: leased.request.port_mappings,
            warnings: leased.warnings,
        }),
        Err(error) => {
            state.network_status.clear();
            state.ports.clear();
            engine.store.transaction(|rows| {
                rows.update_state(&config.id, state)?;
                rows.release_leases(&config.id)
            })?;
            Err(error)
        }
    }
}

/// Takes a container off its networks: interfaces, rules, namespace. What is gone already is
/// passed over. Its leases are for [`release`], afterwards: an address is free when nobody has it.
pub fn unplug(places: &Config, container: &Container) -> Result<()> {
    let id = &container.config.id;
    let netns = places.netns(id);
    let known = networks::networks_of(places, &container.state);
    // CNI's plugins keep what outlives the namespace: addresses, rules.
    let is_attached = network::netns::exists(&netns) || matches!(known, Networks::Cni(_));
    if !container.state.network_status.is_empty() && is_attached {
        let request = attached(places, container);
        let torn_down = known
            .backend()
            .and_then(|backend| backend.teardown(&netns, &request));
        if let Err(error) = torn_down {
            // The namespace goes in any case, and its interfaces with it; the leases too.
            tracing::warn!(container = id, %error, "network teardown");
        }
    }
    Ok(network::netns::delete(&netns)?)
}

/// What a container is attached to, as its record says it.
fn attached(places: &Config, container: &Container) -> SetupRequest {
    let directory = networks::networks_of(places, &container.state);
    let known = container
        .state
        .network_status
        .iter()
        .filter_map(|(name, block)| {
            // A network that was removed meanwhile has nothing left to take off.
            let network = directory.get(name).ok()?;
            let (interface, facts) = block.interfaces.iter().next()?;
            let options = PerNetworkOptions {
                static_ips: facts
                    .subnets
                    .iter()
                    .map(|subnet| subnet.ipnet.ip())
                    .collect(),
                static_mac: facts.mac_address.clone(),
                interface_name: interface.clone(),
                ..options_of(&container.config, name)
            };
            Some((network, options))
        });
    SetupRequest {
        networks: known.collect(),
        port_mappings: container.state.ports.clone(),
        ..request(&container.config)
    }
}

/// What a container asks of a network; nothing of one that it isn't on.
fn options_of(config: &ContainerConfig, name: &str) -> PerNetworkOptions {
    let NetworkMode::Bridge { networks } = &config.network else {
        return PerNetworkOptions::default();
    };
    let own = networks.iter().find(|(network, _)| network == name);
    own.map(|(_, options)| options.clone()).unwrap_or_default()
}

/// Gives the addresses of a container back.
pub fn release(engine: &Engine, id: &str) -> Result<()> {
    Ok(engine.store.transaction(|rows| rows.release_leases(id))?)
}

fn make_namespace(path: &Path) -> Result<()> {
    // One that a killed engine left has nobody in it.
    network::netns::delete(path)?;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(crate::sys::dir::at("make", parent))?;
    }
    Ok(network::netns::create(path)?)
}

fn request(config: &ContainerConfig) -> SetupRequest {
    SetupRequest {
        container_id: config.id.clone(),
        container_name: config.name.clone(),
        hostname: config.hostname.clone(),
        dns_servers: config.dns.iter().filter_map(|ip| ip.parse().ok()).collect(),
        ..SetupRequest::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::example;
    use crate::model::status;

    const ADDRESS: [u8; 4] = [10, 88, 0, 9];

    fn engine(root: &Path) -> Result<Engine> {
        Engine::open(Config {
            network_config_dir: root.join("networks"),
            ..Config::below(root)
        })
    }

    fn port() -> PortMapping {
        PortMapping {
            host_ip: String::new(),
            container_port: 80,
            host_port: 8080,
            range: 1,
            protocol: network::Protocol::Tcp,
        }
    }

    /// A container with a port and an address, in the middle of being started.
    fn half_started(engine: &Engine, boot: &str) -> Result<Container> {
        let mut container = example("a");
        container.state.boot_id = boot.into();
        container.state.ports = vec![port()];
        let own = PerNetworkOptions {
            static_ips: vec![ADDRESS.into()],
            static_mac: "02:00:00:00:00:01".into(),
            interface_name: "eth0".into(),
            ..PerNetworkOptions::default()
        };
        let network = network::config::default_network();
        container.state.network_status = provisional(&[(network, own)]);
        engine.store.transaction(|rows| {
            rows.insert_container(&container)?;
            rows.insert_lease("podman", ADDRESS.into(), "a")
        })?;
        Ok(container)
    }

    #[test]
    fn what_was_leased_is_written_as_the_back_end_says_it() -> Result<()> {
        let root = tempfile::tempdir()?;
        let container = half_started(&engine(root.path())?, "now")?;
        let text = serde_json::to_string(&container.state.network_status);
        assert_eq!(
            text.map_err(std::io::Error::from)?,
            r#"{"podman":{"interfaces":{"eth0":{"subnets":[{"ipnet":"10.88.0.9/16","gateway":"10.88.0.1"}],"mac_address":"02:00:00:00:00:01"}},"dns_server_ips":[],"dns_search_domains":[]}}"#
        );
        Ok(())
    }

    #[test]
    fn ports_and_addresses_belong_to_this_boot() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let other = half_started(&engine, "now")?;
        assert_eq!(other.state.status, status::Status::Created);
        let rows = engine.store.rows();
        let wanted = [port()];
        assert!(matches!(
            check_ports(&rows, "b", &wanted, "now"),
            Err(Error::Conflict(_))
        ));
        check_ports(&rows, "a", &wanted, "now")?;
        check_ports(&rows, "b", &wanted, "later")?;
        release_earlier_boots(&rows, "now")?;
        assert_eq!(rows.leases("podman")?.len(), 1);
        release_earlier_boots(&rows, "later")?;
        assert!(rows.leases("podman")?.is_empty());
        Ok(())
    }

    #[test]
    fn namespace_and_leases_go_whatever_the_back_end_says() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let container = half_started(&engine, &proc::boot_id())?;
        make_namespace(&engine.netns("a"))?;
        assert!(network::netns::exists(&engine.netns("a")));
        unplug(&engine.config, &container)?;
        release(&engine, "a")?;
        assert!(!network::netns::exists(&engine.netns("a")));
        assert!(engine.store.rows().leases("podman")?.is_empty());
        Ok(())
    }
}
