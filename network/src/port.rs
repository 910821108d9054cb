//! The `-p` option: `[[IP:][HOSTPORT]:]CONTAINERPORT[/PROTOCOL]`, ports also as ranges, an IPv6
//! address in brackets. Order of checks and texts are Podman's (pkg/specgenutil/util.go), tried
//! against 5.8. Pure: free ports are chosen in [`crate::reserve`].

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::types::{PortMapping, Protocol};

/// Why a `-p` is refused, in Podman's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PortError {
    message: String,
}

fn bad<T>(message: impl Into<String>) -> Result<T, PortError> {
    Err(PortError {
        message: message.into(),
    })
}

const FORMAT: &str = "invalid port format - format is [[hostIP:]hostPort:]containerPort";

/// Reads one `-p`. A host port that is left out comes back as 0.
pub fn parse(text: &str) -> Result<PortMapping, PortError> {
    let (ports, protocol) = match text.split('/').collect::<Vec<_>>()[..] {
        [ports] => (ports, Protocol::Tcp),
        [_, ""] => return bad("must provide a non-empty protocol to publish"),
        [ports, word] => (ports, protocol(word)?),
        _ => return bad("invalid port format - protocol can only be specified once"),
    };
    let (ip, host, container) = split(ports)?;
    if container.is_empty() {
        return bad("must provide a non-empty container port to publish");
    }
    let host_ip = match ip {
        None => String::new(),
        Some("") => return bad("must provide a non-empty container host IP to publish"),
        Some(ip) => match ip.parse::<IpAddr>() {
            Ok(ip) => ip.to_string(),
            Err(_) => return bad(format!("cannot parse {ip:?} as an IP address")),
        },
    };
    let (container_port, range) = range(container, "container")?;
    let host_port = match host {
        None | Some("") => 0,
        Some(host) => {
            let (first, length) = self::range(host, "host")?;
            if length != range {
                return bad(format!(
                    "host and container port ranges have different lengths: {length} vs {range}"
                ));
            }
            first
        }
    };
    Ok(PortMapping {
        host_ip,
        container_port,
        host_port,
        range,
        protocol,
    })
}

/// Reads all `-p` of a command line: equal ones are taken once, neighbours become one range. The order
/// is by address, protocol and port, fixed host ports before those still to be chosen.
pub fn parse_all<S: AsRef<str>>(texts: &[S]) -> Result<Vec<PortMapping>, PortError> {
    let mut fixed: BTreeMap<(String, Protocol), Vec<(u16, u16)>> = BTreeMap::new();
    let mut open: Vec<PortMapping> = Vec::new();
    for text in texts {
        let port = parse(text.as_ref())?;
        if port.host_port == 0 {
            if !open.contains(&port) {
                open.push(port);
            }
            continue;
        }
        fixed
            .entry((port.host_ip, port.protocol))
            .or_default()
            .extend((0..port.range).map(|i| (port.host_port + i, port.container_port + i)));
    }
    let mut mappings: Vec<PortMapping> = Vec::new();
    for ((host_ip, protocol), mut pairs) in fixed {
        pairs.sort_unstable();
        pairs.dedup();
        let from = mappings.len();
        for (host_port, container_port) in pairs {
            let next = |m: &PortMapping, first: u16| u32::from(first) + u32::from(m.range);
            if let Some(m) = mappings.get_mut(from..).and_then(<[_]>::last_mut)
                && next(m, m.host_port) == u32::from(host_port)
                && next(m, m.container_port) == u32::from(container_port)
            {
                m.range += 1;
                continue;
            }
            mappings.push(PortMapping {
                host_ip: host_ip.clone(),
                container_port,
                host_port,
                range: 1,
                protocol,
            });
        }
    }
    mappings.append(&mut open);
    Ok(mappings)
}

fn protocol(word: &str) -> Result<Protocol, PortError> {
    match word.to_ascii_lowercase().as_str() {
        "tcp" => Ok(Protocol::Tcp),
        "udp" => Ok(Protocol::Udp),
        "sctp" => Ok(Protocol::Sctp),
        _ => bad(format!("unrecognized protocol {word:?} in port mapping")),
    }
}

type Parts<'a> = (Option<&'a str>, Option<&'a str>, &'a str);

fn split(text: &str) -> Result<Parts<'_>, PortError> {
    if let Some((ip, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let Some(rest) = rest.strip_prefix(':') else {
            return bad("invalid port format - IPv6 address must be followed by a colon (':')");
        };
        return match rest.split(':').collect::<Vec<_>>()[..] {
            [host, container] => Ok((Some(ip), Some(host), container)),
            [_] => bad(
                "invalid port format - must provide host and destination port if specifying an IP",
            ),
            _ => bad(
                "invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort",
            ),
        };
    }
    match text.split(':').collect::<Vec<_>>()[..] {
        [container] => Ok((None, None, container)),
        [host, container] => Ok((None, Some(host), container)),
        [ip, host, container] => Ok((Some(ip), Some(host), container)),
        _ => bad(FORMAT),
    }
}

/// First port and number of ports of `80` or `80-85`.
fn range(text: &str, whose: &str) -> Result<(u16, u16), PortError> {
    let told = |error: PortError| PortError {
        message: format!("parsing {whose} port: {}", error.message),
    };
    bounds(text).map_err(told)
}

fn bounds(text: &str) -> Result<(u16, u16), PortError> {
    match text.split('-').collect::<Vec<_>>()[..] {
        [one] => Ok((number(one)?, 1)),
        ["", _] => bad("port numbers cannot be negative"),
        [_, ""] => bad("must provide ending number for port range"),
        [first, last] => {
            let (first, last) = (number(first)?, number(last)?);
            if last <= first {
                return bad(format!(
                    "the end port of a range must be higher than the start port - {last} is not higher than {first}"
                ));
            }
            Ok((first, last - first + 1))
        }
        _ => bad("invalid port format - port ranges are formatted as startPort-stopPort"),
    }
}

fn number(text: &str) -> Result<u16, PortError> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return bad(format!(
            "invalid port number: strconv.Atoi: parsing {text:?}: invalid syntax"
        ));
    }
    let Ok(number) = digits.parse::<i64>() else {
        return bad(format!(
            "invalid port number: strconv.Atoi: parsing {text:?}: value out of range"
        ));
    };
    match u16::try_from(number) {
        Ok(port) if port > 0 => Ok(port),
        _ => bad(format!(
            "port numbers must be between 1 and 65535 (inclusive), got {number}"
        )),
    }
}

#[cfg(test)]
mod tests;
