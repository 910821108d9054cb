//! What there is to know of host-local, the plugin that gives addresses: its range sets, of each of
//! which it gives one address, and its own record of who has which
//! (containernetworking/plugins, plugins/ipam/host-local).

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use ipnetwork::IpNetwork;
use serde::Deserialize;
use serde_json::Value;

use crate::cni::conflist::{Conflist, ipam_type, read_file};
use crate::types::{LeaseRange, Subnet};

/// Where it keeps its record unless `dataDir` says otherwise.
const DATA_DIRECTORY: &str = "/var/lib/cni/networks";

/// A file of its record is the id of a container and the name of an interface.
const MOST_BYTES: u64 = 4096;

/// The `ipam` object of a plugin.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Ipam {
    ranges: Option<Vec<Vec<Range>>>,
    data_dir: String,
    /// The older form, one range beside `type`.
    #[serde(flatten)]
    range: Range,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Range {
    subnet: String,
    gateway: String,
    #[serde(rename = "rangeStart")]
    start: String,
    #[serde(rename = "rangeEnd")]
    end: String,
}

/// The range sets of a plugin that leaves addresses to host-local; none for any other. A gateway that
/// is not named is the first address where there is to be one, as the bridge plugin has it.
pub(super) fn range_sets(plugin: &Value, has_gateway: bool) -> Result<Vec<Vec<Subnet>>, String> {
    let Some(ipam) = ipam(plugin)? else {
        return Ok(Vec::new());
    };
    let older = (!ipam.range.subnet.is_empty()).then(|| vec![ipam.range]);
    let sets = older.into_iter().chain(ipam.ranges.unwrap_or_default());
    sets.map(|set| set.iter().map(|range| subnet(range, has_gateway)).collect())
        .collect()
}

/// Those of the leased addresses that host-local can give: one a range set, while a network is leased
/// one a subnet. What lies in none is left to its refusal.
pub(super) fn one_a_set(leased: &[IpAddr], sets: &[Vec<Subnet>]) -> Vec<IpAddr> {
    let mut served = BTreeSet::new();
    let mut given = leased.to_vec();
    given.retain(|ip| {
        let holds = |set: &Vec<Subnet>| set.iter().any(|subnet| subnet.subnet.contains(*ip));
        sets.iter()
            .position(holds)
            .is_none_or(|set| served.insert(set))
    });
    given
}

/// The container that has this address, if host-local knows of one.
pub(super) fn holder(conflist: &Conflist, ip: IpAddr) -> Option<String> {
    let ipam = ipam(conflist.plugins.first()?).ok()??;
    let directory = match ipam.data_dir.as_str() {
        "" => Path::new(DATA_DIRECTORY),
        other => Path::new(other),
    };
    let file = directory.join(&conflist.name).join(ip.to_string());
    let (text, _) = read_file(&file, MOST_BYTES).ok()??;
    let text = String::from_utf8(text).ok()?;
    let id = text.lines().next()?.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

fn ipam(plugin: &Value) -> Result<Option<Ipam>, String> {
    if ipam_type(plugin) != "host-local" {
        return Ok(None);
    }
    let ipam = Ipam::deserialize(&plugin["ipam"]).map_err(|error| format!("ipam: {error}"))?;
    Ok(Some(ipam))
}

fn subnet(range: &Range, has_gateway: bool) -> Result<Subnet, String> {
    let address = |text: &str, what: &str| match text {
        "" => Ok(None),
        text => text
            .parse::<IpAddr>()
            .map(Some)
            .map_err(|_| format!("failed to parse {what} ip {text}")),
    };
    let subnet: IpNetwork = range
        .subnet
        .parse()
        .map_err(|_| format!("invalid CIDR address: {}", range.subnet))?;
    // The network's address, whatever host part was written.
    let subnet = IpNetwork::new(subnet.network(), subnet.prefix())
        .map_err(|error| format!("{}: {error}", range.subnet))?;
    let gateway = address(&range.gateway, "gateway")?;
    let start_ip = address(&range.start, "range start")?;
    let end_ip = address(&range.end, "range end")?;
    Ok(Subnet {
        subnet,
        gateway: gateway.or_else(|| has_gateway.then(|| first_address(subnet)).flatten()),
        lease_range: (start_ip.is_some() || end_ip.is_some())
            .then_some(LeaseRange { start_ip, end_ip }),
    })
}

fn first_address(subnet: IpNetwork) -> Option<IpAddr> {
    let first = match subnet.network() {
        IpAddr::V4(ip) => IpAddr::V4(u32::from(ip).checked_add(1)?.into()),
        IpAddr::V6(ip) => IpAddr::V6(u128::from(ip).checked_add(1)?.into()),
    };
    subnet.contains(first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;

    fn plugin(ipam: &Value) -> Value {
        json!({"type": "bridge", "ipam": ipam})
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn both_forms_of_ranges() {
        let old = plugin(&json!({"type": "host-local", "subnet": "10.1.2.3/16",
            "rangeStart": "10.1.0.9", "ranges": [[{"subnet": "fd00::/64"}]]}));
        let sets = range_sets(&old, true).unwrap();
        assert_eq!(sets[0][0].subnet.to_string(), "10.1.0.0/16");
        assert_eq!(sets[0][0].gateway, Some(ip("10.1.0.1")));
        let range = sets[0][0].lease_range.as_ref().unwrap();
        assert_eq!((range.start_ip, range.end_ip), (Some(ip("10.1.0.9")), None));
        assert_eq!(sets[1][0].gateway, Some(ip("fd00::1")));
        assert_eq!(range_sets(&old, false).unwrap()[1][0].gateway, None);
        let other = plugin(&json!({"type": "static", "subnet": "x"}));
        assert!(range_sets(&other, true).unwrap().is_empty());
        for bad in [
            json!({"subnet": "10.1.0.0/33"}),
            json!({"subnet": "10.1.0.0/16", "gateway": "10.1"}),
            json!({"subnet": "10.1.0.0/16", "rangeEnd": "x"}),
        ] {
            let bad = plugin(&json!({"type": "host-local", "ranges": [[bad]]}));
            assert!(range_sets(&bad, true).is_err());
        }
    }

    #[test]
    fn one_address_a_range_set() {
        let two = plugin(&json!({"type": "host-local", "ranges":
            [[{"subnet": "10.1.0.0/24"}, {"subnet": "10.2.0.0/24"}], [{"subnet": "fd00::/64"}]]}));
        let sets = range_sets(&two, true).unwrap();
        let leased = [
            ip("10.2.0.2"),
            ip("10.1.0.2"),
            ip("fd00::2"),
            ip("192.0.2.1"),
        ];
        let given = [ip("10.2.0.2"), ip("fd00::2"), ip("192.0.2.1")];
        assert_eq!(one_a_set(&leased, &sets), given);
    }

    #[test]
    fn its_record_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let conf = dir.path().join("a.conflist");
        let text = json!({"name": "a", "plugins": [plugin(&json!({"type": "host-local",
            "subnet": "10.1.0.0/16", "dataDir": dir.path()}))]});
        fs::write(&conf, text.to_string()).unwrap();
        let conflist = Conflist::read(&conf).unwrap().unwrap();
        assert_eq!(holder(&conflist, ip("10.1.0.2")), None);
        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/10.1.0.2"), "abc\r\neth0").unwrap();
        assert_eq!(holder(&conflist, ip("10.1.0.2")).unwrap(), "abc");
    }
}
