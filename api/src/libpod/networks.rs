//! Networks.

use std::net::IpAddr;

use libcr::ops::networks::connect::{self, ConnectOptions};
use libcr::ops::networks::create::{CreateRequest, LeaseRange, SubnetRequest, create as make};
use libcr::ops::networks::list::NetworkFilter;
use libcr::ops::networks::{inspect as one, list as known, remove as gone};
use libcr::{Engine, ErrorKind};
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::fields::Fields;

/// `POST /networks/create`: Podman's Network.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    body.ignore(&["created", "id", "dns_enabled"]);
    let mut ipam = body.map("ipam_options")?;
    let mut subnets = Vec::new();
    for mut subnet in body.list("subnets")? {
        let mut range = subnet.object("lease_range")?;
        let (start, end) = (range.text("start_ip")?, range.text("end_ip")?);
        range.finish()?;
        let range = (start.is_some() || end.is_some()).then_some((start, end));
        subnets.push(SubnetRequest {
            subnet: parsed("subnet", subnet.text("subnet")?.as_deref())?
                .ok_or_else(|| Failure::bad("a subnet has no range"))?,
            gateway: parsed("gateway", subnet.text("gateway")?.as_deref())?,
            range: match range {
                None => None,
                Some((start, end)) => Some(LeaseRange {
                    start_ip: parsed("start_ip", start.as_deref())?,
                    end_ip: parsed("end_ip", end.as_deref())?,
                }),
            },
        });
        subnet.finish()?;
    }
    let mut servers = Vec::new();
    for text in body.texts("network_dns_servers")? {
        servers.extend(parsed::<IpAddr>("network_dns_servers", Some(&text))?);
    }
    let request = CreateRequest {
        name: body.text("name")?,
        driver: body.text("driver")?.unwrap_or_default(),
        interface: body.text("network_interface")?,
        subnets,
        ipv6: body.flag("ipv6_enabled")?,
        internal: body.flag("internal")?,
        dns_servers: servers,
        labels: body.map("labels")?,
        options: body.map("options")?,
        ipam_driver: ipam.remove("driver"),
        ..CreateRequest::default()
    };
    body.finish()?;
    let made = make(engine, &request, call.query.flag("ignoreIfExists")?)?;
    Ok(Reply::ok(&made))
}

/// A value that is written as text.
pub fn parsed<T: std::str::FromStr>(key: &str, text: Option<&str>) -> Result<Option<T>, Failure> {
    let value = text.map(str::parse).transpose();
    value.map_err(|_| Failure::bad(format!("invalid {key} {:?}", text.unwrap_or_default())))
}

/// `GET /networks/json`.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let filter = NetworkFilter::new(call.query.filters()?)?;
    Ok(Reply::ok(&known::list(engine, &filter)?))
}

/// `GET …/json`.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&one::inspect(engine, call.name())?))
}

/// `GET …/exists`.
pub fn exists(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    if known::exists(engine, call.name())? {
        return Ok(Reply::status(204));
    }
    Err(Failure::new(
        404,
        format!(
            "unable to find network with name or ID {}: network not found",
            call.name()
        ),
    ))
}

/// `DELETE /networks/{name}`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let name = call.name();
    if call.query.flag("force")? {
        for user in gone::users(engine, name)? {
            let options = libcr::ops::lifecycle::rm::RmOptions {
                force: true,
                ..Default::default()
            };
            libcr::ops::lifecycle::rm::rm(engine, &user, options)?;
        }
    }
    gone::remove(engine, name)?;
    Ok(Reply::ok(&json!([{ "Name": name, "Err": null }])))
}

/// `POST …/connect`.
pub fn connect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let container = body.text("container")?.unwrap_or_default();
    let mut ips = Vec::new();
    for text in body.texts("static_ips")? {
        ips.extend(parsed::<IpAddr>("static_ips", Some(&text))?);
    }
    let options = ConnectOptions {
        aliases: body.texts("aliases")?,
        ips,
        mac: parsed("static_mac", body.text("static_mac")?.as_deref())?,
    };
    body.finish()?;
    connect::connect(engine, call.name(), &container, &options)?;
    Ok(Reply::ok(&json!("OK")))
}

/// `POST …/disconnect`.
pub fn disconnect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let container = body.text("Container")?.unwrap_or_default();
    body.ignore(&["Force"]);
    body.finish()?;
    connect::disconnect(engine, call.name(), &container)?;
    Ok(Reply::ok(&json!("OK")))
}

/// `POST /networks/prune`.
pub fn prune(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let names = pruned(engine, call)?.into_iter();
    let all: Vec<Value> = names
        .map(|name| json!({ "Name": name, "Error": null }))
        .collect();
    Ok(Reply::ok(&all))
}

/// The networks that went.
pub fn pruned(engine: &Engine, call: &Call) -> Result<Vec<String>, Failure> {
    let mut filters = call.query.filters()?;
    filters.push(("dangling".into(), "true".into()));
    let filter = NetworkFilter::new(filters)?;
    let mut removed = Vec::new();
    for network in known::list(engine, &filter)? {
        match gone::remove(engine, &network.name) {
            Ok(()) => removed.push(network.name),
            // Somebody removed it, or began to use it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(removed)
}
