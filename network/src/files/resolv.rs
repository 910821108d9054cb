//! The text of a container's /etc/resolv.conf (resolv.conf(5)). What Podman writes, checked against
//! 5.8: servers of the network before the user's before the host's; search domains and options of the
//! user replace the host's.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::Path;

use crate::error::Error;
use crate::types::StatusBlock;

/// Used when nothing else is left, as Podman does.
const FALLBACK_V4: [&str; 2] = ["8.8.8.8", "8.8.4.4"];
const FALLBACK_V6: [&str; 2] = ["2001:4860:4860::8888", "2001:4860:4860::8844"];

/// `--dns`, `--dns-search` and `--dns-option`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DnsOptions {
    /// Name servers.
    pub servers: Vec<IpAddr>,
    /// Search domains; `.` alone means none.
    pub search: Vec<String>,
    /// Resolver options, `ndots:2`.
    pub options: Vec<String>,
}

/// What goes into the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolv<'a> {
    /// Text of the host's file ([`read_host`]).
    pub host: &'a str,
    /// The user's wishes.
    pub user: DnsOptions,
    /// Name servers of the container's networks ([`StatusBlock::dns_server_ips`]). If there are any,
    /// the user's go to them, not into this file.
    pub network_servers: Vec<IpAddr>,
    /// Search domains of the container's networks.
    pub network_search: Vec<String>,
    /// The container has a network namespace of its own: the host's loopback servers are out of reach.
    pub private: bool,
    /// It has IPv6 there: the host's IPv6 servers are of use.
    pub ipv6: bool,
}

impl Resolv<'_> {
    /// Takes over servers and search domains of what netavark answered.
    pub fn add_status(&mut self, block: &StatusBlock) {
        self.network_servers.extend(&block.dns_server_ips);
        for domain in &block.dns_search_domains {
            if !self.network_search.contains(domain) {
                self.network_search.push(domain.clone());
            }
        }
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let host = HostFile::parse(self.host);
        let mut servers: Vec<String> = if self.network_servers.is_empty() {
            self.user.servers.iter().map(ToString::to_string).collect()
        } else {
            self.network_servers
                .iter()
                .map(ToString::to_string)
                .collect()
        };
        if servers.is_empty() {
            servers = host
                .servers
                .iter()
                .filter(|server| self.reaches(server))
                .map(|&server| server.to_owned())
                .collect();
        }
        if servers.is_empty() {
            let v6 = self.ipv6.then_some(FALLBACK_V6).into_iter().flatten();
            servers = FALLBACK_V4
                .into_iter()
                .chain(v6)
                .map(str::to_owned)
                .collect();
        }

        let mut search = self.network_search.clone();
        if self.user.search.is_empty() {
            search.extend(host.search.iter().map(|&word| word.to_owned()));
        } else if self.user.search != ["."] {
            search.extend_from_slice(&self.user.search);
        }
        let options = if self.user.options.is_empty() {
            host.options.iter().map(|&word| word.to_owned()).collect()
        } else {
            self.user.options.clone()
        };

        let mut text = String::new();
        // Writing to a String can't fail.
        if !search.is_empty() {
            let _ = writeln!(text, "search {}", search.join(" "));
        }
        for server in servers {
            let _ = writeln!(text, "nameserver {server}");
        }
        if !options.is_empty() {
            let _ = writeln!(text, "options {}", options.join(" "));
        }
        text
    }

    /// Whether a server of the host answers from within the container. Link-local ones carry a zone,
    /// an interface of the host.
    fn reaches(&self, server: &str) -> bool {
        if !self.private {
            return true;
        }
        match server.parse::<IpAddr>() {
            Ok(ip) => !ip.is_loopback() && (ip.is_ipv4() || self.ipv6),
            Err(_) => false,
        }
    }
}

/// The host's resolv.conf. If its only server is systemd-resolved's stub on 127.0.0.53, the file where
/// resolved lists the real ones. No file is an empty one.
pub fn read_host() -> Result<String, Error> {
    let read = |path: &str| match fs::read(path) {
        Ok(text) => Ok(String::from_utf8_lossy(&text).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::io("read", Path::new(path))(error)),
    };
    let text = read("/etc/resolv.conf")?;
    if HostFile::parse(&text).servers == ["127.0.0.53"] {
        let resolved = read("/run/systemd/resolve/resolv.conf")?;
        if !resolved.is_empty() {
            return Ok(resolved);
        }
    }
    Ok(text)
}

#[derive(Default)]
struct HostFile<'a> {
    servers: Vec<&'a str>,
    search: Vec<&'a str>,
    options: Vec<&'a str>,
}

impl<'a> HostFile<'a> {
    /// The last `search` or `domain` line counts, `nameserver` and `options` add up.
    fn parse(text: &'a str) -> Self {
        let mut file = Self::default();
        for line in text.lines() {
            let line = line.split(['#', ';']).next().unwrap_or_default();
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => file.servers.extend(words.next()),
                Some("search" | "domain") => file.search = words.collect(),
                Some("options") => file.options.extend(words),
                _ => (),
            }
        }
        file.search.retain(|word| *word != ".");
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "# c\nnameserver 127.0.0.53\nnameserver ::1\nnameserver 1.2.3.4\nnameserver 2001:db8::1\nnameserver fe80::1%eth0\nsearch foo.bar example.com\noptions edns0 trust-ad\n";

    fn private(host: &str) -> Resolv<'_> {
        Resolv {
            host,
            private: true,
            ..Resolv::default()
        }
    }

    #[test]
    fn only_what_is_in_reach() {
        assert_eq!(
            private(HOST).text(),
            "search foo.bar example.com\nnameserver 1.2.3.4\noptions edns0 trust-ad\n"
        );
        let mut resolv = private(HOST);
        resolv.ipv6 = true;
        assert!(resolv.text().contains("nameserver 2001:db8::1\noptions"));
        resolv.private = false;
        assert!(resolv.text().contains("nameserver fe80::1%eth0"));
        assert_eq!(
            private("nameserver 127.0.0.53\n").text(),
            "nameserver 8.8.8.8\nnameserver 8.8.4.4\n"
        );
    }

    #[test]
    fn the_users_wishes() {
        let mut resolv = private(HOST);
        resolv.user.servers = vec!["9.9.9.9".parse().unwrap()];
        assert_eq!(
            resolv.text(),
            "search foo.bar example.com\nnameserver 9.9.9.9\noptions edns0 trust-ad\n"
        );
        resolv.user.search = vec!["a.b".to_owned()];
        resolv.user.options = vec!["ndots:2".to_owned()];
        assert_eq!(
            resolv.text(),
            "search a.b\nnameserver 9.9.9.9\noptions ndots:2\n"
        );
        resolv.user.search = vec![".".to_owned()];
        assert!(!resolv.text().contains("search"));
    }

    #[test]
    fn the_networks_dns_comes_first() {
        let mut resolv = private("nameserver 1.2.3.4\nsearch foo.bar example.com\n");
        resolv.user.servers = vec!["9.9.9.9".parse().unwrap()];
        let block: StatusBlock = serde_json::from_str(
            r#"{"dns_server_ips":["10.77.0.1"],"dns_search_domains":["dns.podman"]}"#,
        )
        .unwrap();
        resolv.add_status(&block);
        assert_eq!(
            resolv.text(),
            "search dns.podman foo.bar example.com\nnameserver 10.77.0.1\n"
        );
    }
}
