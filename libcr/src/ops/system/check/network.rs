//! Namespaces, addresses, rules and interfaces.
//!
//! What is shared with other engines (netavark's table of rules, bridges) is judged by addresses: a
//! rule is left over when nobody on this host has the address that it is for.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use network::netavark::Kept;
use network::types::PerNetworkOptions;
use network::{Networks, SetupRequest, rules};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{Container, NetworkMode};
use crate::model::id::short;
use crate::ops::steps::life::netplug::attach;
use crate::ops::steps::life::netplug::networks::{networks, networks_of};
use crate::store::soundness::LeaseRow;
use crate::sys::cgroup::Cgroup;
use crate::sys::{cgroup, proc};

use super::collected::Collected;
use super::{CheckOptions, try_lock};

const CHECK: &str = "network";

/// How long something that others may be making is looked at for the second time afterwards.
const MOMENT: Duration = Duration::from_millis(50);

/// What a container that lives must have.
pub(super) fn living<'a>(
    engine: &'a Engine,
    container: &'a Container,
    found: &mut Collected<'a>,
) -> Result<()> {
    let (config, state) = (&container.config, &container.state);
    let (id, name) = (config.id.as_str(), &config.name);
    if !config.network.is_own() {
        return Ok(());
    }
    let netns = engine.netns(id);
    if let Some(pid) = state.pid
        && network::netns::identity(&netns) != proc::namespace(pid, "net")
    {
        let what = format!(
            "the network namespace of {name} is not at {}",
            netns.display()
        );
        found.repairable(CHECK, what, "binds it there", move || {
            Ok(network::netns::bind(pid, &engine.netns(id))?)
        });
        return Ok(());
    }
    for table in network::silence::leftovers(&netns) {
        let what = format!("rules {table} of a dump or a thaw still keep packets from {name}");
        found.repairable(CHECK, what, "removes them", move || {
            Ok(network::silence::remove(&engine.netns(id), &table)?)
        });
    }
    leases(engine, container, found)?;
    if state.network_status.is_empty() || may_change_its_network(container) {
        return Ok(());
    }
    let there = network::host::addresses_at(&netns).unwrap_or_default();
    let has = addresses(container);
    if let Some(missing) = has.iter().find(|ip| !there.contains(ip)) {
        let what = format!("{name} has address {missing}, but no interface of it does");
        reload(engine, container, what, found);
        return Ok(());
    }
    let by_netavark = matches!(
        networks_of(&engine.config, state),
        Networks::Netavark { .. }
    );
    let driver = engine
        .config
        .run_root
        .join("networks/firewall/firewall-driver");
    let nftables = std::fs::read_to_string(driver).is_ok_and(|word| word.trim() == "nftables");
    if !state.ports.is_empty() && by_netavark && nftables {
        let forwards = rules::Rules::read()?.forwards();
        if !has.iter().any(|ip| forwards.contains(ip)) {
            let what = format!("no rule leads to the published ports of {name}");
            reload(engine, container, what, found);
        }
    }
    Ok(())
}

fn reload<'a>(
    engine: &'a Engine,
    container: &'a Container,
    what: String,
    found: &mut Collected<'a>,
) {
    found.repairable(CHECK, what, "sets its network up anew", move || {
        attach::reload(engine, &mut container.clone())
    });
}

/// One that may is free to have other addresses than it was given.
fn may_change_its_network(container: &Container) -> bool {
    let security = &container.config.security;
    let is_admin = |name: &String| {
        let name = name.to_ascii_uppercase();
        matches!(name.trim_start_matches("CAP_"), "NET_ADMIN" | "ALL")
    };
    security.privileged || security.cap_add.iter().any(is_admin)
}

fn addresses(container: &Container) -> BTreeSet<IpAddr> {
    let blocks = container.state.network_status.values();
    blocks.flat_map(network::StatusBlock::addresses).collect()
}

fn leases<'a>(
    engine: &'a Engine,
    container: &'a Container,
    found: &mut Collected<'a>,
) -> Result<()> {
    let (id, name) = (container.config.id.as_str(), &container.config.name);
    let all = engine.store.rows().all_leases()?;
    let held: Vec<LeaseRow> = all
        .into_iter()
        .filter(|lease| lease.container == id)
        .collect();
    let status = &container.state.network_status;
    for (network, block) in status {
        for ip in block.addresses() {
            let is_it =
                |lease: &LeaseRow| lease.network == *network && lease.address.parse() == Ok(ip);
            if held.iter().any(is_it) {
                continue;
            }
            let what = format!("{name} has address {ip} on {network}, but holds no lease of it");
            found.repairable(CHECK, what, "leases it", move || {
                Ok(engine
                    .store
                    .transaction(|rows| rows.insert_lease(network, ip, id))?)
            });
        }
    }
    for lease in held {
        let block = status.get(&lease.network);
        let has = block.is_some_and(|block| {
            let has = block.addresses();
            has.iter().any(|ip| lease.address.parse() == Ok(*ip))
        });
        if !has {
            let what = format!(
                "{name} holds a lease of {} on {}, but hasn't got that address",
                lease.address, lease.network
            );
            found.repairable(CHECK, what, "gives it back", move || {
                Ok(engine
                    .store
                    .transaction(|rows| rows.release_lease(&lease))?)
            });
        }
    }
    Ok(())
}

/// What is of no single container.
pub(super) fn check_shared<'a>(
    engine: &'a Engine,
    _options: &CheckOptions,
    found: &mut Collected<'a>,
) -> Result<()> {
    for one in kept(engine) {
        stale(engine, one, found)?;
    }
    firewall(engine, found)?;
    bridges(engine, found);
    Ok(())
}

/// What netavark keeps of a container that isn't there or doesn't run.
fn stale<'a>(engine: &'a Engine, one: Kept, found: &mut Collected<'a>) -> Result<()> {
    // Most live.
    if is_wanted(engine, &one.container)? {
        return Ok(());
    }
    let still = with_lock(engine, &one.container, || {
        Ok(!is_wanted(engine, &one.container)? && kept(engine).contains(&one))
    })?;
    if still != Some(true) {
        return Ok(());
    }
    let addresses: Vec<String> = one.addresses.iter().map(IpAddr::to_string).collect();
    let what = format!(
        "netavark has container {} on a network with address {}, but it doesn't run",
        short(&one.container),
        addresses.join(" and ")
    );
    // Processes of a container whose row is lost.
    let lives = !Cgroup::at(&cgroup::path_of(&one.container))
        .processes()
        .is_empty();
    found.repairable_if(!lives, CHECK, what, "takes it off", move || {
        with_lock(engine, &one.container, || {
            if is_wanted(engine, &one.container)? {
                return Ok(());
            }
            take_off(engine, &one)
        })
        .map(drop)
    });
    Ok(())
}

fn kept(engine: &Engine) -> Vec<Kept> {
    network::netavark::kept(&engine.config.run_root.join("networks"))
}

/// Does something with the lock of an id held, which may be of no container; `None` where somebody
/// has it.
fn with_lock<T>(engine: &Engine, id: &str, work: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
    let Some(_lock) = try_lock(engine, id)? else {
        return Ok(None);
    };
    let done = work();
    if engine.store.rows().container(id)?.is_none() {
        engine.forget_lock(id)?;
    }
    done.map(Some)
}

/// A container that lives, or that somebody is at work on.
fn is_wanted(engine: &Engine, id: &str) -> Result<bool> {
    let rows = engine.store.rows();
    if rows.operations()?.iter().any(|one| one.container == id) {
        return Ok(true);
    }
    let container = rows.container(id)?;
    Ok(container.is_some_and(|container| container.state.status.is_alive()))
}

fn take_off(engine: &Engine, kept: &Kept) -> Result<()> {
    let known = networks(&engine.config);
    let netns = engine.netns(&kept.container);
    if let (Networks::Netavark { .. }, Ok(network)) = (&known, known.get(&kept.network)) {
        let options = PerNetworkOptions {
            static_ips: kept.addresses.clone(),
            interface_name: "eth0".to_owned(),
            ..PerNetworkOptions::default()
        };
        let request = SetupRequest {
            container_id: kept.container.clone(),
            networks: vec![(network, options)],
            port_mappings: kept.ports.clone(),
            ..SetupRequest::default()
        };
        let torn_down = known.backend()?.teardown(&netns, &request);
        network::netns::delete(&netns)?;
        torn_down?;
    }
    for address in &kept.addresses {
        rules::remove_forward(*address)?;
    }
    // Of a network that is gone, or that was taken off without it.
    if let Some(file) = &kept.file {
        crate::sys::dir::remove_file_if_present(file)?;
    }
    Ok(())
}

/// Rules in netavark's table for addresses that nobody has.
fn firewall<'a>(engine: &'a Engine, found: &mut Collected<'a>) -> Result<()> {
    let there = rules::Rules::read()?;
    let (forwards, subnets) = (there.forwards(), there.subnets());
    if forwards.is_empty() && subnets.is_empty() {
        return Ok(());
    }
    let leased = leased(engine)?;
    let is_leased = |ip: &IpAddr| leased.contains(ip);
    let in_use = |ips: &BTreeSet<IpAddr>, subnet: &network::IpNetwork| {
        ips.iter().any(|ip| subnet.contains(*ip))
    };
    if forwards.iter().all(is_leased) && subnets.iter().all(|(_, subnet)| in_use(&leased, subnet)) {
        return Ok(());
    }
    // Others' containers have no lease here. What they are just setting up has its address soon.
    std::thread::sleep(MOMENT);
    let mut used = network::host::addresses_of_processes();
    used.extend(self::leased(engine)?);
    let namespaces = engine.netns("x");
    for directory in [
        PathBuf::from("/run/netns"),
        namespaces.parent().unwrap_or(&namespaces).to_owned(),
    ] {
        used.extend(network::host::addresses_in(&directory).into_keys());
    }
    let still = rules::Rules::read()?;
    let (forwards_now, subnets_now) = (still.forwards(), still.subnets());
    for address in forwards {
        if !used.contains(&address) && forwards_now.contains(&address) {
            let what = format!("a rule leads published ports to {address}, which nobody has");
            found.repairable(CHECK, what, "removes it", move || {
                Ok(rules::remove_forward(address)?)
            });
        }
    }
    for (chain, subnet) in subnets {
        if !in_use(&used, &subnet) && subnets_now.contains(&(chain.clone(), subnet)) {
            let what = format!("there are rules for {subnet}, where nobody has an address");
            found.repairable(CHECK, what, "removes them", move || {
                Ok(rules::remove_subnet(&chain, subnet)?)
            });
        }
    }
    Ok(())
}

fn leased(engine: &Engine) -> Result<BTreeSet<IpAddr>> {
    let leases = engine.store.rows().all_leases()?;
    let addresses = leases.iter().filter_map(|lease| lease.address.parse().ok());
    Ok(addresses.collect())
}

/// netavark removes a bridge with its last container.
fn bridges<'a>(engine: &'a Engine, found: &mut Collected<'a>) {
    let known = networks(&engine.config);
    let Networks::Netavark { .. } = known else {
        return;
    };
    let all = known.list().unwrap_or_default();
    let unmanaged = |network: &network::Network| {
        network
            .options
            .get("mode")
            .is_some_and(|m| m == "unmanaged")
    };
    let suspects: Vec<String> = all
        .into_iter()
        .filter(|network| network.driver == "bridge" && !unmanaged(network))
        .map(|network| network.network_interface)
        .filter(|bridge| network::host::is_idle_bridge(bridge))
        .collect();
    if suspects.is_empty() {
        return;
    }
    std::thread::sleep(MOMENT);
    for bridge in suspects {
        if network::host::is_idle_bridge(&bridge) {
            let what = format!("bridge {bridge} is there, and nobody is on it");
            found.repairable(CHECK, what, "removes it", move || {
                Ok(network::host::remove_idle_bridge(&bridge)?)
            });
        }
    }
}

/// What CNI's plugins were told of a container that doesn't live.
pub(super) fn attached<'a>(
    engine: &'a Engine,
    container: &'a Container,
    found: &mut Collected<'a>,
) {
    let NetworkMode::Bridge { .. } = &container.config.network else {
        return;
    };
    let cni = || network::Cni::new(engine.config.root.join("cni"));
    let id = &container.config.id;
    let own = cni().attached();
    for attached in own.into_iter().filter(|one| one.container == *id) {
        let what = format!(
            "CNI's plugins have {} on network {}, but it doesn't run",
            container.config.name, attached.network
        );
        found.repairable(CHECK, what, "takes it off", move || {
            Ok(cni().detach_stranger(&engine.netns(id), &attached)?)
        });
    }
}
