//! `network ls`.

use crate::args::network::NetworkList;
use crate::commands::{Opener, Outcome};
use crate::output::json::{self, is_json};
use crate::output::template::{Headings, JSON_FACE, Schema};
use crate::output::{human, print};
use libcr::ops::networks::list;
use serde_json::Value;

const SCHEMA: Schema = Schema(&[("*", "networks.ListPrintReports")]);

const STANDARD: &str = "table {{.ID}} {{.Name}} {{.Driver}}";

const HEADINGS: Headings = Headings(&[
    ("ID", "NETWORK ID"),
    ("Name", "NAME"),
    ("Driver", "DRIVER"),
    ("Labels", "LABELS"),
    ("NetworkInterface", "NETWORK INTERFACE"),
    ("Created", "CREATED"),
    ("Subnets", "SUBNETS"),
    ("IPv6Enabled", "IPV6 ENABLED"),
    ("Internal", "INTERNAL"),
    ("DNSEnabled", "DNS ENABLED"),
]);

/// Lists networks.
pub fn run(opener: &Opener, flags: &NetworkList) -> Outcome {
    let filter = flags.validate()?;
    let networks = list::list(&opener.open()?, &filter)?;
    if flags.quiet && flags.format.is_none() {
        return networks
            .iter()
            .try_for_each(|network| print::line(&network.name))
            .map(|()| 0);
    }
    let all: Vec<Value> = networks
        .iter()
        .map(|network| serde_json::to_value(network).unwrap_or_default())
        .collect();
    let format = flags.format.as_deref().unwrap_or(STANDARD);
    if is_json(format) {
        return print::line(&json::pretty(&all, 5).unwrap_or_default()).map(|()| 0);
    }
    let rows: Vec<Value> = all
        .into_iter()
        .map(|facts| as_row(facts, flags.no_trunc))
        .collect();
    print::rows("ls", format, &rows, SCHEMA, HEADINGS, flags.noheading).map(|()| 0)
}

// Go's names of the fields, which JSON has in another form.
fn as_row(facts: Value, whole: bool) -> Value {
    let labels = facts["labels"].as_object().into_iter().flatten();
    let labels: Vec<String> = labels
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    let mut row = serde_json::json!({
        "ID": human::id(facts["id"].as_str().unwrap_or_default(), whole),
        "Labels": labels.join(","),
    });
    for (go, own) in [
        ("Name", "name"),
        ("Driver", "driver"),
        ("NetworkInterface", "network_interface"),
        ("Created", "created"),
        ("Subnets", "subnets"),
        ("IPv6Enabled", "ipv6_enabled"),
        ("Internal", "internal"),
        ("DNSEnabled", "dns_enabled"),
        ("Options", "options"),
        ("IPAMOptions", "ipam_options"),
    ] {
        row[go] = facts[own].clone();
    }
    row[JSON_FACE] = facts;
    row
}
