//! Attaches a network namespace to networks by hand, to try this crate in a throw-away host:
//! `netplug up NETNS ID NETWORK[,NETWORK…] IP|- MAC|- [PORT…]` prints network.status,
//! `netplug down …` with the same arguments undoes it. `-` for IP leases the first free address.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::Path;

use network::{
    Backend as _, LeaseRequest, Netavark, NetworkDirectory, PerNetworkOptions, SetupRequest, netns,
    port, reserve,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, path, id, names, ip, mac, ports @ ..] = &arguments[..] else {
        return Err("usage: netplug up|down NETNS ID NETWORK[,NETWORK…] IP|- MAC|- [PORT…]".into());
    };
    let path = Path::new(path);
    let directory = NetworkDirectory::new("/etc/containers/networks");
    let mut request = SetupRequest {
        container_id: id.clone(),
        container_name: format!("name-{id}"),
        hostname: format!("host-{id}"),
        port_mappings: port::parse_all(ports)?,
        ..SetupRequest::default()
    };
    let asked = |text: &str| (text != "-").then(|| text.to_owned());
    for (index, name) in names.split(',').enumerate() {
        let network = directory.get(name)?;
        let ips: Vec<_> = match asked(ip).filter(|_| index == 0) {
            Some(ip) => vec![ip.parse()?],
            None => Vec::new(),
        };
        let mac = asked(mac)
            .filter(|_| index == 0)
            .map(|mac| mac.parse())
            .transpose()?;
        let lease = network::lease(
            &network,
            &LeaseRequest {
                ips: &ips,
                mac,
                holder: &|_| None,
                last: &[],
            },
        )?;
        let options = PerNetworkOptions {
            static_ips: lease.ips,
            static_mac: lease.mac.to_string(),
            interface_name: format!("eth{index}"),
            ..PerNetworkOptions::default()
        };
        request.networks.push((network, options));
    }
    let netavark = Netavark::find("/run/cryopod/networks")?;
    if verb == "down" {
        netavark.teardown(path, &request)?;
        netns::delete(path)?;
        return Ok(());
    }
    reserve::choose_host_ports(&mut request.port_mappings)?;
    let _held = reserve::reserve(&request.port_mappings)?;
    netns::create(path)?;
    match netavark.setup(path, &request) {
        Ok(status) => println!("{}", serde_json::to_string(&status)?),
        Err(error) => {
            netns::delete(path)?;
            return Err(error.into());
        }
    }
    Ok(())
}
