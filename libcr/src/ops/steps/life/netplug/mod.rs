//! Attaches a container to its networks with kept or new addresses, and takes it off.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use network::types::{
    NetAddress, NetInterface, Network, PerNetworkOptions, PortMapping, StatusBlock,
};
use network::{Backend, LeaseRequest, Netavark, NetworkDirectory, SetupRequest};

use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, ContainerConfig, NetworkMode};
use crate::model::id;
use crate::net::{self, SavedAddresses};
use crate::store::Rows;
use crate::sys::proc;

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

/// What a container was given and its back end has not made yet.
#[derive(Debug, Default)]
pub struct Leased {
    request: SetupRequest,
    networks: Vec<Network>,
    warnings: Vec<String>,
}

/// Leases the container's addresses and takes its ports.
///
/// What the back end is going to be asked for is in the record before it is asked, so that
/// `unplug` can take it off after this process was killed on the way.
pub fn lease(engine: &Engine, container: &mut Container, saved: &SavedAddresses) -> Result<Leased> {
    let Container { config, state } = container;
    let id = &config.id;
    let NetworkMode::Bridge { networks: wanted } = &config.network else {
        return Ok(Leased::default());
    };
    let directory = NetworkDirectory::new(&engine.config.network_config_dir);
    let networks = wanted
        .iter()
        .map(|(name, _)| directory.get(name))
        .collect::<Result<Vec<_>, _>>()?;
    // Host ports that are taken are found before anything is made.
    let mut ports = config.ports.clone();
    network::reserve::choose_host_ports(&mut ports)?;
    drop(network::reserve::reserve(&ports)?);

    state.boot_id = proc::boot_id();
    let (leased, warnings) = engine.store.transaction(|rows| {
        release_earlier_boots(rows, &state.boot_id)?;
        rows.release_leases(id)?;
        check_ports(rows, id, &ports, &state.boot_id)?;
        let leased = lease_all(rows, config, wanted, &networks, saved)?;
        state.network_status = provisional(&leased.0);
        state.ports.clone_from(&ports);
        rows.update_state(id, state)?;
        Ok::<_, Error>(leased)
    })?;
    let request = SetupRequest {
        networks: leased,
        port_mappings: ports,
        ..request(config)
    };
    Ok(Leased {
        request,
        networks,
        warnings,
    })
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
                Ok(backend(places)?.setup(&netns, &leased.request)?)
            }
            NetworkMode::None => make_namespace(&netns).map(|()| Status::default()),
            NetworkMode::Host => Ok(Status::default()),
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
    if !container.state.network_status.is_empty() && network::netns::exists(&netns) {
        let directory = NetworkDirectory::new(&places.network_config_dir);
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
                    ..PerNetworkOptions::default()
                };
                Some((network, options))
            });
        let request = SetupRequest {
            networks: known.collect(),
            port_mappings: container.state.ports.clone(),
            ..request(&container.config)
        };
        let torn_down = backend(places)
            .and_then(|backend| backend.teardown(&netns, &request).map_err(Error::from));
        if let Err(error) = torn_down {
            // The namespace goes in any case, and its interfaces with it; the leases too.
            tracing::warn!(container = id, %error, "network teardown");
        }
    }
    Ok(network::netns::delete(&netns)?)
}

/// Gives the addresses of a container back.
pub fn release(engine: &Engine, id: &str) -> Result<()> {
    Ok(engine.store.transaction(|rows| rows.release_leases(id))?)
}

/// What the back end is going to give, as its answer will say it, less what only it knows (DNS).
fn provisional(leased: &[(Network, PerNetworkOptions)]) -> BTreeMap<String, StatusBlock> {
    let block = |network: &Network, own: &PerNetworkOptions| {
        let subnets = own.static_ips.iter().filter_map(|ip| {
            let mut subnets = network.subnets.iter();
            let subnet = subnets.find(|subnet| subnet.subnet.contains(*ip))?;
            Some(NetAddress {
                ipnet: format!("{ip}/{}", subnet.subnet.prefix()).parse().ok()?,
                gateway: subnet.gateway,
            })
        });
        let interface = NetInterface {
            subnets: subnets.collect(),
            mac_address: own.static_mac.clone(),
        };
        StatusBlock {
            interfaces: BTreeMap::from([(own.interface_name.clone(), interface)]),
            ..StatusBlock::default()
        }
    };
    leased
        .iter()
        .map(|(network, own)| (network.name.clone(), block(network, own)))
        .collect()
}

/// Containers of an earlier boot hold nothing, though nobody has looked at their records since.
fn release_earlier_boots(rows: &Rows<'_>, boot: &str) -> Result<()> {
    for other in rows.containers()? {
        if other.state.boot_id != boot {
            rows.release_leases(&other.config.id)?;
        }
    }
    Ok(())
}

/// Rules of netavark bind no port on the host, so two containers could publish the same one:
/// what the others have is looked up, whatever their status: one that is being started or that
/// nobody has cleaned up after has its rules too.
fn check_ports(rows: &Rows<'_>, id: &str, wanted: &[PortMapping], boot: &str) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let span = |ports: &PortMapping| {
        u32::from(ports.host_port)..u32::from(ports.host_port) + u32::from(ports.range.max(1))
    };
    let same_place = |a: &PortMapping, b: &PortMapping| {
        let everywhere = |ip: &str| matches!(ip, "" | "0.0.0.0" | "::");
        let (first, second) = (span(a), span(b));
        a.protocol == b.protocol
            && (a.host_ip == b.host_ip || everywhere(&a.host_ip) || everywhere(&b.host_ip))
            && first.start < second.end
            && second.start < first.end
    };
    for other in rows.containers()? {
        if other.config.id == id || other.state.boot_id != boot {
            continue;
        }
        let clash = wanted
            .iter()
            .find(|own| other.state.ports.iter().any(|has| same_place(own, has)));
        if let Some(ports) = clash {
            return Err(Error::Conflict(format!(
                "host port {}/{} is published by container {} already",
                ports.host_port,
                ports.protocol.as_str(),
                other.config.name
            )));
        }
    }
    Ok(())
}

fn make_namespace(path: &Path) -> Result<()> {
    // One that a killed engine left has nobody in it.
    network::netns::delete(path)?;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(crate::sys::dir::at("make", parent))?;
    }
    Ok(network::netns::create(path)?)
}

fn backend(places: &Config) -> Result<Netavark> {
    Ok(Netavark::find(places.run_root.join("networks"))?)
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

type Given = (Vec<(Network, PerNetworkOptions)>, Vec<String>);

fn lease_all(
    rows: &Rows<'_>,
    config: &ContainerConfig,
    wanted: &[(String, PerNetworkOptions)],
    networks: &[Network],
    saved: &SavedAddresses,
) -> Result<Given> {
    let (mut leased, mut warnings) = (Vec::new(), Vec::new());
    for (network, (name, options)) in networks.iter().zip(wanted) {
        let had = saved.networks.get(name);
        let wish = net::wish(options, had);
        let held = rows.leases(name)?;
        let last = last_leases(rows, network)?;
        let holder = |ip: &IpAddr| held.get(ip).cloned();
        let ask = |ips: &[IpAddr]| {
            network::lease(
                network,
                &LeaseRequest {
                    ips,
                    mac: wish.mac,
                    holder: &holder,
                    last: &last,
                },
            )
        };
        let lease = match ask(&wish.ips) {
            Err(network::Error::AddressTaken { ip, holder }) if had.is_some() => {
                let holder = name_of(rows, &holder)?;
                if saved.required {
                    return Err(Error::Conflict(format!(
                        "address {ip} of container {} is held by container {holder}, and open connections need it: stop {holder} first, or restore without --tcp-established",
                        config.name
                    )));
                }
                warnings.push(format!(
                    "address {ip} on network {name} is held by container {holder}: container {} got another one",
                    config.name
                ));
                ask(&options.static_ips)?
            }
            // The network of this host has other subnets than that of the checkpoint's host.
            Err(network::Error::AddressOutside { ip, .. }) if had.is_some() && !saved.required => {
                warnings.push(format!(
                    "address {ip} is in no subnet of network {name} here: container {} got another one",
                    config.name
                ));
                ask(&options.static_ips)?
            }
            lease => lease?,
        };
        for ip in &lease.ips {
            rows.insert_lease(name, *ip, &config.id)?;
            if let Some(subnet) = network
                .subnets
                .iter()
                .find(|subnet| subnet.subnet.contains(*ip))
            {
                rows.set_last_lease(name, &subnet.subnet.to_string(), *ip)?;
            }
        }
        let mut own = options.clone();
        own.static_ips = lease.ips;
        own.static_mac = lease.mac.to_string();
        own.interface_name = wish.interface;
        leased.push((network.clone(), own));
    }
    Ok((leased, warnings))
}

fn last_leases(rows: &Rows<'_>, network: &Network) -> Result<Vec<IpAddr>> {
    let mut last = Vec::new();
    for subnet in &network.subnets {
        last.extend(rows.last_lease(&network.name, &subnet.subnet.to_string())?);
    }
    Ok(last)
}

fn name_of(rows: &Rows<'_>, holder: &str) -> Result<String> {
    let found = rows.container(holder)?;
    Ok(found.map_or_else(
        || id::short(holder).to_owned(),
        |container| container.config.name,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::example;
    use crate::model::status;

    const ADDRESS: [u8; 4] = [10, 88, 0, 9];

    fn engine(root: &Path) -> Result<Engine> {
        Engine::open(Config {
            root: root.join("lib"),
            run_root: root.join("run"),
            network_config_dir: root.join("networks"),
            ..Config::default()
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
