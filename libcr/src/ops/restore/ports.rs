//! Ports of this host that an archive takes, as Podman lets it: told in words, since the user may not
//! expect those that belong to services.

use network::types::PortMapping;

/// Ports below belong to services.
const FIRST_FREE_FOR_ALL: u16 = 1024;
/// How many are told.
const MOST_TOLD: usize = 10;

/// All of them, as the user reads them: `8080/tcp, 90-99/udp`.
pub(super) fn told(ports: &[PortMapping]) -> String {
    list(ports.iter())
}

/// The warning where some belong to services.
pub(super) fn warning(ports: &[PortMapping]) -> Option<String> {
    let of_services = |mapping: &&PortMapping| (1..FIRST_FREE_FOR_ALL).contains(&mapping.host_port);
    let low = list(ports.iter().filter(of_services));
    (!low.is_empty()).then(|| {
        format!(
            "the archive publishes ports of this host that belong to services: {low}; --publish chooses others"
        )
    })
}

fn list<'a>(ports: impl Iterator<Item = &'a PortMapping>) -> String {
    let words: Vec<String> = ports.take(MOST_TOLD).map(shown).collect();
    words.join(", ")
}

fn shown(mapping: &PortMapping) -> String {
    let range = mapping.range.max(1) - 1;
    let last = mapping.host_port.saturating_add(range);
    let host = match (mapping.host_port, range) {
        (0, _) => "a free port".to_owned(),
        (port, 0) => port.to_string(),
        (port, _) => format!("{port}-{last}"),
    };
    format!("{host}/{}", mapping.protocol.as_str())
}
