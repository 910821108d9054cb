//! Networks.

use std::net::IpAddr;

use libcr::Engine;
use libcr::ops::networks::connect::{self, ConnectOptions};
use libcr::ops::networks::create::{CreateRequest, SubnetRequest, create as make};
use libcr::ops::networks::list::NetworkFilter;
use libcr::ops::networks::{inspect as one, list as known, remove as gone};
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::libpod::networks::{parsed, pruned};
use crate::shared::fields::Fields;

/// A network in Docker's shape.
fn shown(facts: &Value) -> Value {
    let subnets = facts["subnets"].as_array().into_iter().flatten();
    let config: Vec<Value> = subnets
        .map(|subnet| json!({ "Subnet": subnet["subnet"], "Gateway": subnet["gateway"] }))
        .collect();
    let mut containers = Map::new();
    for (id, user) in facts["containers"].as_object().into_iter().flatten() {
        let interfaces = user["interfaces"].as_object();
        let first = interfaces
            .and_then(|all| all.values().next())
            .unwrap_or(&Value::Null);
        let address = first["subnets"][0]["ipnet"].as_str().unwrap_or_default();
        containers.insert(
            id.clone(),
            json!({
                "Name": user["name"], "EndpointID": "", "MacAddress": first["mac_address"],
                "IPv4Address": address, "IPv6Address": "",
            }),
        );
    }
    let or_empty = |value: &Value| {
        if value.is_null() {
            json!({})
        } else {
            value.clone()
        }
    };
    json!({
        "Name": facts["name"],
        "Id": facts["id"],
        "Created": facts["created"],
        "Scope": "local",
        "Driver": facts["driver"],
        "EnableIPv6": facts["ipv6_enabled"],
        "IPAM": { "Driver": "default", "Options": {}, "Config": config },
        "Internal": facts["internal"],
        "Attachable": false,
        "Ingress": false,
        "ConfigFrom": { "Network": "" },
        "ConfigOnly": false,
        "Containers": containers,
        "Options": or_empty(&facts["options"]),
        "Labels": or_empty(&facts["labels"]),
    })
}

/// `GET /networks`.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut filters = call.query.filters()?;
    let kinds: Vec<(String, String)> = filters
        .extract_if(.., |(key, _)| matches!(key.as_str(), "type" | "scope"))
        .collect();
    let none = kinds.iter().any(|(key, value)| match key.as_str() {
        "scope" => value != "local",
        _ => !matches!(value.as_str(), "custom" | "builtin"),
    });
    let filter = NetworkFilter::new(filters)?;
    let mut all = Vec::new();
    for network in known::list(engine, &filter)? {
        let builtin = network.name == "podman";
        let fits = kinds
            .iter()
            .all(|(key, value)| key != "type" || (value == "builtin") == builtin);
        if fits && !none {
            all.push(shown(&one::inspect(engine, &network.name)?));
        }
    }
    Ok(Reply::ok(&all))
}

/// Docker's name for the default network.
fn name_of(call: &Call) -> &str {
    match call.name() {
        "bridge" | "default" => "podman",
        name => name,
    }
}

/// `GET /networks/{name}`.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&shown(&one::inspect(engine, name_of(call))?)))
}

/// `POST /networks/create`.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    body.ignore(&["CheckDuplicate", "Scope", "EnableIPv4"]);
    let mut ipam = body.object("IPAM")?;
    ipam.only("Driver", &["default", "host-local"])?;
    let mut subnets = Vec::new();
    for mut config in ipam.list("Config")? {
        if let Some(subnet) = parsed("Subnet", config.text("Subnet")?.as_deref())? {
            subnets.push(SubnetRequest {
                subnet,
                gateway: parsed("Gateway", config.text("Gateway")?.as_deref())?,
                range: None,
            });
        }
        config.finish()?;
    }
    ipam.finish()?;
    let request = CreateRequest {
        name: body.text("Name")?,
        driver: body
            .text("Driver")?
            .filter(|driver| driver != "default")
            .unwrap_or_default(),
        subnets,
        ipv6: body.flag("EnableIPv6")?,
        internal: body.flag("Internal")?,
        labels: body.map("Labels")?,
        options: body.map("Options")?,
        ..CreateRequest::default()
    };
    body.ignore(&["Attachable"]);
    body.finish()?;
    let made = make(engine, &request, false)?;
    Ok(Reply::json(201, &json!({ "Id": made.id, "Warning": "" })))
}

/// `DELETE /networks/{name}`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    gone::remove(engine, name_of(call))?;
    Ok(Reply::status(204))
}

/// `POST …/connect`.
pub fn connect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let container = body.text("Container")?.unwrap_or_default();
    let mut endpoint = body.object("EndpointConfig")?;
    let mut addresses = endpoint.object("IPAMConfig")?;
    let mut ips = Vec::new();
    for key in ["IPv4Address", "IPv6Address"] {
        ips.extend(parsed::<IpAddr>(key, addresses.text(key)?.as_deref())?);
    }
    addresses.finish()?;
    let options = ConnectOptions {
        aliases: endpoint.texts("Aliases")?,
        ips,
        mac: parsed("MacAddress", endpoint.text("MacAddress")?.as_deref())?,
    };
    endpoint.finish()?;
    body.finish()?;
    connect::connect(engine, name_of(call), &container, &options)?;
    Ok(Reply::status(200))
}

/// `POST …/disconnect`.
pub fn disconnect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let container = body.text("Container")?.unwrap_or_default();
    body.ignore(&["Force"]);
    body.finish()?;
    connect::disconnect(engine, name_of(call), &container)?;
    Ok(Reply::status(200))
}

/// `POST /networks/prune`.
pub fn prune(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(
        &json!({ "NetworksDeleted": pruned(engine, call)? }),
    ))
}
