//! The rules that netavark keeps in nftables, table `inet netavark` (its src/firewall/nft.rs), as far
//! as it can be told whom they are for: a chain `nv_ID_SUBNET` a subnet, and a chain of the same name
//! with `_dnat` for published ports. The table is shared by all engines of a host, and nothing in a
//! rule says whose it is but the address.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::process::{Command, Stdio};

use ipnetwork::IpNetwork;
use serde_json::Value;

use crate::error::Error;

/// Where rules of all subnets jump to those of published ports.
const PORTS: &str = "NETAVARK-HOSTPORT-DNAT";

/// A rule, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    chain: String,
    handle: u64,
    jump: Option<String>,
    forward: Option<IpAddr>,
    /// Protocol, first and last port.
    ports: Option<(String, u64, u64)>,
    subnets: Vec<IpNetwork>,
}

/// What is in the table now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    chains: BTreeSet<String>,
    rules: Vec<Rule>,
}

impl Rules {
    /// Reads the table; nothing where there is none, or no `nft` to read it with.
    ///
    /// # Errors
    /// [`Error::Io`] where `nft` answers something else than its JSON.
    pub fn read() -> Result<Self, Error> {
        let output = Command::new("nft")
            .args(["-j", "list", "table", "inet", "netavark"])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        match output {
            Ok(output) if output.status.success() => Self::parse(&output.stdout),
            Ok(_) => Ok(Self::default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::io("run", "nft")(error)),
        }
    }

    fn parse(text: &[u8]) -> Result<Self, Error> {
        let wrong = |error: serde_json::Error| Error::io("read rules of", "nft")(error);
        let document: Value = serde_json::from_slice(text).map_err(wrong)?;
        let mut found = Self::default();
        for object in document["nftables"].as_array().into_iter().flatten() {
            if let Some(name) = object["chain"]["name"].as_str() {
                found.chains.insert(name.to_owned());
            }
            found.rules.extend(rule(&object["rule"]));
        }
        Ok(found)
    }

    /// Addresses that published ports lead to.
    pub fn forwards(&self) -> BTreeSet<IpAddr> {
        self.rules.iter().filter_map(|rule| rule.forward).collect()
    }

    /// Subnets that have a chain, with its name.
    pub fn subnets(&self) -> Vec<(String, IpNetwork)> {
        let own = self.chains.iter().filter(|name| is_of_subnet(name));
        own.filter_map(|name| {
            let mut rules = self.rules.iter().filter(|rule| rule.chain == *name);
            let subnet = rules.find_map(|rule| rule.subnets.first().copied())?;
            // The other one is that of multicast.
            Some((name.clone(), subnet)).filter(|_| !subnet.ip().is_multicast())
        })
        .collect()
    }

    /// Commands that remove what leads published ports to an address.
    fn without_forward(&self, address: IpAddr) -> String {
        let goes = |rule: &Rule| rule.forward == Some(address);
        let chains: BTreeSet<&str> = self
            .rules
            .iter()
            .filter(|rule| goes(rule))
            .map(|rule| rule.chain.as_str())
            .collect();
        let stays = |chain: &str| -> Vec<&(String, u64, u64)> {
            let rules = self.rules.iter();
            rules
                .filter(|rule| rule.chain == chain && rule.forward.is_some() && !goes(rule))
                .filter_map(|rule| rule.ports.as_ref())
                .collect()
        };
        let useless = |rule: &Rule| {
            let own = chains.iter().copied().find(|chain| {
                let marks = rule.chain == *chain && rule.forward.is_none();
                marks || rule.chain == PORTS && rule.jump.as_deref() == Some(*chain)
            });
            let (Some(chain), Some(ports)) = (own, &rule.ports) else {
                return false;
            };
            !stays(chain).into_iter().any(|other| meet(ports, other))
        };
        let doomed = self.rules.iter();
        doomed
            .filter(|rule| goes(rule) || useless(rule))
            .map(delete)
            .collect()
    }

    /// Commands that remove all of a subnet.
    fn without_subnet(&self, chain: &str, subnet: IpNetwork) -> String {
        let ports = format!("{chain}_dnat");
        let own = [chain, ports.as_str()];
        let goes = |rule: &&Rule| {
            let is_inside = own.contains(&rule.chain.as_str());
            let leads_in = rule.jump.as_deref().is_some_and(|jump| own.contains(&jump));
            is_inside || leads_in || rule.subnets.contains(&subnet)
        };
        let rules = self.rules.iter().filter(goes).map(delete);
        let chains = own.iter().filter(|name| self.chains.contains(**name));
        let chains = chains.map(|name| format!("delete chain inet netavark {name}\n"));
        rules.chain(chains).collect()
    }
}

/// Removes the rules that lead published ports to an address.
///
/// # Errors
/// [`Error::Io`] when `nft` refuses.
pub fn remove_forward(address: IpAddr) -> Result<(), Error> {
    run(&Rules::read()?.without_forward(address))
}

/// Removes the chains of a subnet and the rules that lead there.
///
/// # Errors
/// As [`remove_forward`].
pub fn remove_subnet(chain: &str, subnet: IpNetwork) -> Result<(), Error> {
    run(&Rules::read()?.without_subnet(chain, subnet))
}

/// All commands or none.
fn run(commands: &str) -> Result<(), Error> {
    if commands.is_empty() {
        return Ok(());
    }
    let wrong = |source: io::Error| Error::io("remove rules with", "nft")(source);
    let mut child = Command::new("nft")
        .args(["-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(wrong)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(commands.as_bytes()).map_err(wrong)?;
    }
    let output = child.wait_with_output().map_err(wrong)?;
    if output.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    let why = why.lines().next().unwrap_or("it says nothing");
    Err(wrong(io::Error::other(format!("nft: {why}"))))
}

fn delete(rule: &Rule) -> String {
    let Rule { chain, handle, .. } = rule;
    format!("delete rule inet netavark {chain} handle {handle}\n")
}

/// `nv_ID_SUBNET_nmMASK`: letters that `nft` takes without quotes, whatever made them.
fn is_of_subnet(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.starts_with("nv_") && !name.ends_with("_dnat") && name.chars().all(plain)
}

fn meet(one: &(String, u64, u64), other: &(String, u64, u64)) -> bool {
    one.0 == other.0 && one.1 <= other.2 && other.1 <= one.2
}

fn rule(value: &Value) -> Option<Rule> {
    let chain = value["chain"].as_str()?.to_owned();
    let handle = value["handle"].as_u64()?;
    let mut rule = Rule {
        chain,
        handle,
        jump: None,
        forward: None,
        ports: None,
        subnets: Vec::new(),
    };
    for part in value["expr"].as_array()? {
        if let Some(target) = part["jump"]["target"].as_str() {
            rule.jump = Some(target.to_owned());
        }
        if let Some(address) = part["dnat"]["addr"].as_str() {
            rule.forward = address.parse().ok();
        }
        let (left, right) = (&part["match"]["left"]["payload"], &part["match"]["right"]);
        if left["field"] == "dport"
            && let Some(protocol) = left["protocol"].as_str()
        {
            let single = right.as_u64().map(|port| (port, port));
            let range = &right["range"];
            let range = || Some((range[0].as_u64()?, range[1].as_u64()?));
            rule.ports = single
                .or_else(range)
                .map(|(first, last)| (protocol.to_owned(), first, last));
        }
        let prefix = &right["prefix"];
        if let (Some(address), Some(length)) = (prefix["addr"].as_str(), prefix["len"].as_u64()) {
            rule.subnets
                .extend(format!("{address}/{length}").parse::<IpNetwork>());
        }
    }
    Some(rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn port(protocol: &str, right: &Value) -> Value {
        json!({"match": {"op": "==", "left": {"payload": {"protocol": protocol, "field": "dport"}}, "right": right}})
    }

    fn from(length: u64) -> Value {
        json!({"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
            "right": {"prefix": {"addr": "10.88.0.0", "len": length}}}})
    }

    /// Two containers with a port each, as netavark 1.17 writes it.
    fn rules() -> Rules {
        let chain = "nv_2f259bab_10_88_0_0_nm16";
        let ports = format!("{chain}_dnat");
        let to = |address: &str, port: u64| json!({"dnat": {"family": "ip", "addr": address, "port": port}});
        let jump = |target: &str| json!({"jump": {"target": target}});
        let mark = jump("NETAVARK-HOSTPORT-SETMARK");
        let range = json!({"range": [9000, 9001]});
        let lines = [
            (PORTS, vec![port("tcp", &json!(8080)), jump(&ports)]),
            (PORTS, vec![port("udp", &range), jump(&ports)]),
            ("POSTROUTING", vec![from(16), jump(chain)]),
            (chain, vec![from(16), json!({"accept": null})]),
            (
                &ports,
                vec![from(16), port("tcp", &json!(8080)), mark.clone()],
            ),
            (&ports, vec![port("tcp", &json!(8080)), to("10.88.0.2", 80)]),
            (&ports, vec![from(16), port("udp", &range), mark]),
            (&ports, vec![port("udp", &json!(9000)), to("10.88.0.3", 70)]),
            (&ports, vec![port("udp", &json!(9001)), to("10.88.0.3", 71)]),
        ];
        let mut objects: Vec<Value> = [chain, &ports, PORTS, "POSTROUTING"]
            .iter()
            .map(|name| json!({"chain": {"name": name}}))
            .collect();
        for (handle, (chain, expr)) in lines.iter().enumerate() {
            objects.push(json!({"rule": {"chain": chain, "handle": handle, "expr": expr}}));
        }
        Rules::parse(json!({"nftables": objects}).to_string().as_bytes()).unwrap()
    }

    fn handles(commands: &str) -> Vec<&str> {
        let lines = commands.lines();
        lines
            .filter_map(|line| line.split_once("handle "))
            .map(|(_, handle)| handle)
            .collect()
    }

    #[test]
    fn what_leads_where_is_read() {
        let rules = rules();
        let forwards: Vec<String> = rules.forwards().iter().map(IpAddr::to_string).collect();
        assert_eq!(forwards, ["10.88.0.2", "10.88.0.3"]);
        let subnets = rules.subnets();
        assert_eq!(subnets.len(), 1);
        assert_eq!(subnets[0].1.to_string(), "10.88.0.0/16");
    }

    #[test]
    fn only_what_is_for_the_address_goes() {
        let rules = rules();
        let ip = |text: &str| text.parse().unwrap();
        assert_eq!(
            handles(&rules.without_forward(ip("10.88.0.2"))),
            ["0", "4", "5"]
        );
        assert_eq!(
            handles(&rules.without_forward(ip("10.88.0.3"))),
            ["1", "6", "7", "8"]
        );
        assert!(rules.without_forward(ip("10.88.0.9")).is_empty());
        let (chain, subnet) = &rules.subnets()[0];
        let all = rules.without_subnet(chain, *subnet);
        assert_eq!(handles(&all).len(), 9);
        assert!(all.ends_with("delete chain inet netavark nv_2f259bab_10_88_0_0_nm16_dnat\n"));
    }
}
