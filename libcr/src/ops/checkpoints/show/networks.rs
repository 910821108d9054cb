//! `network.status` in the forms that engines have given it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::archive::layout;
use crate::model::shown::{Network, Shown};

/// Adds the addresses of networks whose names the configuration told, and networks that it did not.
pub(super) fn tell(status: Option<&[u8]>, shown: &mut Shown) {
    let Some(status) = status else { return };
    let found = match serde_json::from_slice(status) {
        // Podman 4 and later, and this engine: by name.
        Ok(Value::Object(networks)) => networks
            .iter()
            .flat_map(|(name, block)| of_block(name, block))
            .collect(),
        // Podman 3: results of CNI plugins, in the order of the networks.
        Ok(Value::Array(results)) => {
            let names = shown.networks.iter().map(|network| network.name.clone());
            let names = names.chain(std::iter::repeat(String::new()));
            let pairs = results.iter().zip(names);
            pairs
                .flat_map(|(result, name)| of_cni(&name, result))
                .collect()
        }
        Ok(Value::Null) => Vec::new(),
        Ok(_) => {
            let what = format!(
                "{}: it is of a form that is not known",
                layout::NETWORK_STATUS
            );
            shown.unclear.push(what);
            Vec::new()
        }
        Err(error) => {
            let what = format!("{}: {error}", layout::NETWORK_STATUS);
            shown.unclear.push(what);
            Vec::new()
        }
    };
    let found: Vec<Network> = found;
    let known: BTreeSet<&str> = found.iter().map(|other| other.name.as_str()).collect();
    shown
        .networks
        .retain(|network| !known.contains(network.name.as_str()));
    shown.networks.extend(found);
}

fn of_block(name: &str, block: &Value) -> Vec<Network> {
    let interfaces = block["interfaces"].as_object().into_iter().flatten();
    let of = |(interface, facts): (&String, &Value)| Network {
        name: name.to_owned(),
        interface: interface.clone(),
        addresses: texts(&facts["subnets"], "ipnet"),
        mac: text(&facts["mac_address"]),
    };
    interfaces.map(of).collect()
}

fn of_cni(name: &str, result: &Value) -> Vec<Network> {
    // Interfaces of the host are among them, without a sandbox.
    let interfaces = result["interfaces"].as_array().into_iter().flatten();
    let inside = interfaces.filter(|one| !text(&one["sandbox"]).is_empty());
    let of = |facts: &Value| Network {
        name: name.to_owned(),
        interface: text(&facts["name"]),
        addresses: texts(&result["ips"], "address"),
        mac: text(&facts["mac"]),
    };
    inside.map(of).collect()
}

fn texts(list: &Value, key: &str) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(|one| Some(one[key].as_str()?.to_owned()))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
