//! Lists of containers.

use jiff::Timestamp;
use libcr::Engine;
use libcr::model::container::{Container, NetworkMode};
use libcr::ops::lifecycle::figures::go::human_duration;
use libcr::ops::lifecycle::ps as known;
use serde::Deserialize;
use serde_json::{Value, json};

use super::containers::Id;
use crate::docker::containers::list::status;
use crate::shared::filter::ContainerFilter;
use crate::shared::listing;
use crate::varlink::call::Call;
use crate::varlink::engine::conditions;
use crate::varlink::failed::Failed;
use crate::varlink::service::Nothing;

pub fn containers(engine: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    let all: Vec<Value> = known::list(engine)?.iter().map(described).collect();
    Ok(json!({ "containers": all }))
}

pub fn container(engine: &Engine, _: &Call, asked: Id) -> Result<Value, Failed> {
    let id = engine.find(&asked.id)?.config.id;
    let all = known::list(engine)?;
    let found = all.iter().find(|one| one.config.id == id);
    let found = found.ok_or(libcr::Error::NoSuchContainer(asked.id))?;
    Ok(json!({ "container": described(found) }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ByStatus {
    status: Vec<String>,
}

pub fn by_status(engine: &Engine, _: &Call, asked: ByStatus) -> Result<Value, Failed> {
    let wanted = asked.status.into_iter().map(|word| ("status".into(), word));
    let filter = ContainerFilter::new(wanted.collect())?;
    let mut found = known::list(engine)?;
    found.retain(|one| filter.fits(engine, one));
    let all: Vec<Value> = found.iter().map(described).collect();
    // The capital letter is Podman's.
    Ok(json!({ "containerS": all }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ByContext {
    all: bool,
    latest: bool,
    args: Vec<String>,
}

pub fn by_context(engine: &Engine, _: &Call, asked: ByContext) -> Result<Value, Failed> {
    let mut ids = Vec::new();
    if asked.all {
        let all = known::list(engine)?.into_iter();
        ids.extend(all.map(|one| one.config.id));
    } else if asked.latest {
        ids.extend(known::latest(engine)?.map(|one| one.config.id));
    } else {
        for word in &asked.args {
            ids.push(engine.find(word)?.config.id);
        }
    }
    Ok(json!({ "containers": ids }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ps {
    opts: PsOpts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
struct PsOpts {
    all: bool,
    filters: Vec<String>,
    last: Option<usize>,
    latest: bool,
    // How it is shown is the client's affair.
    #[serde(rename = "noTrunc")]
    _no_trunc: bool,
    pod: bool,
    #[serde(rename = "quiet")]
    _quiet: bool,
    size: bool,
    sort: Option<String>,
    #[serde(rename = "sync")]
    _sync: bool,
}

pub fn ps(engine: &Engine, _: &Call, asked: Ps) -> Result<Value, Failed> {
    let opts = asked.opts;
    let filter = ContainerFilter::new(conditions(&opts.filters))?;
    let last = if opts.latest { Some(1) } else { opts.last };
    let last = last.filter(|last| *last > 0);
    let mut found = listing::containers(engine, &filter, opts.all, last)?;
    match opts.sort.as_deref() {
        None | Some("" | "created") => {}
        Some("id") => found.sort_by(|a, b| a.config.id.cmp(&b.config.id)),
        Some("names") => found.sort_by(|a, b| a.config.name.cmp(&b.config.name)),
        Some("image") => {
            found.sort_by(|a, b| {
                a.config
                    .rootfs
                    .image_name()
                    .cmp(b.config.rootfs.image_name())
            });
        }
        Some("status") => {
            found.sort_by(|a, b| a.state.status.as_str().cmp(b.state.status.as_str()));
        }
        Some(other) => {
            return Err(Failed::invalid(format!(
                "invalid option for sort {other:?}"
            )));
        }
    }
    let now = Timestamp::now();
    let all: Vec<Value> = found.iter().map(|one| row(one, now)).collect();
    Ok(json!({ "containers": all }))
}

fn since(time: &str, now: Timestamp) -> String {
    let then = listing::seconds(Some(time), now.as_second());
    human_duration(now.as_second().saturating_sub(then))
}

/// `PsContainer`. Sizes and namespaces are what Podman gave without asking for them.
fn row(one: &Container, now: Timestamp) -> Value {
    let (config, state) = (&one.config, &one.state);
    let ports: Vec<String> = ports(one)
        .into_iter()
        .map(|[ip, host, inside, protocol]| format!("{ip}:{host}->{inside}/{protocol}"))
        .collect();
    let time = |time: &Option<String>| time.clone().unwrap_or_default();
    let mounts: Vec<String> = mounts(one).into_iter().map(|(_, _, to, _)| to).collect();
    json!({
        "id": config.id,
        "image": config.rootfs.image_name(),
        "command": config.process.arguments().join(" "),
        "created": format!("{} ago", since(&config.created, now)),
        "ports": ports.join(", "),
        "names": config.name,
        "isInfra": false,
        "status": status(one, now),
        "state": state.status.as_str(),
        "pidNum": state.pid.filter(|_| state.status.is_alive()).unwrap_or(0),
        "rootFsSize": 0,
        "rwSize": 0,
        "pod": "",
        "createdAt": config.created,
        "exitedAt": time(&state.finished_at),
        "startedAt": time(&state.started_at),
        "labels": config.labels,
        "nsPid": "",
        "cgroup": "",
        "ipc": "",
        "mnt": "",
        "net": "",
        "pidNs": "",
        "user": "",
        "uts": "",
        "mounts": mounts.join(","),
    })
}

/// `Container`.
fn described(one: &Container) -> Value {
    let (config, state) = (&one.config, &one.state);
    let ports: Vec<Value> = ports(one)
        .into_iter()
        .map(|[ip, host, inside, protocol]| {
            json!({
                "host_port": host, "host_ip": ip, "protocol": protocol, "container_port": inside,
            })
        })
        .collect();
    let mounts: Vec<Value> = mounts(one)
        .into_iter()
        .map(|(kind, source, destination, options)| {
            json!({
                "destination": destination, "type": kind, "source": source, "options": options,
            })
        })
        .collect();
    let running = state.status.is_alive();
    json!({
        "id": config.id,
        "image": config.rootfs.image_name(),
        "imageid": config.rootfs.image_id().unwrap_or_default(),
        "command": config.process.arguments(),
        "createdat": config.created,
        "runningfor": since(&config.created, Timestamp::now()),
        "status": state.status.as_str(),
        "ports": ports,
        "rootfssize": 0,
        "rwsize": 0,
        "names": config.name,
        "labels": config.labels,
        "mounts": mounts,
        "containerrunning": running,
        "namespaces": {
            "user": "", "uts": "", "pidns": "", "pid": state.pid.filter(|_| running).unwrap_or(0).to_string(),
            "cgroup": "", "net": network(&config.network), "mnt": "", "ipc": "",
        },
    })
}

fn network(mode: &NetworkMode) -> String {
    mode.word().into_owned()
}

/// Address and port of the host, port of the container, protocol.
fn ports(one: &Container) -> Vec<[String; 4]> {
    let mut ports = Vec::new();
    for mapping in one.ports() {
        let ip = if mapping.host_ip.is_empty() {
            "0.0.0.0"
        } else {
            &mapping.host_ip
        };
        for (outside, inside) in mapping.pairs() {
            ports.push([
                ip.to_owned(),
                outside.to_string(),
                inside.to_string(),
                mapping.protocol.as_str().to_owned(),
            ]);
        }
    }
    ports
}

/// Kind, source, destination and options.
fn mounts(one: &Container) -> Vec<(&'static str, String, String, Vec<String>)> {
    let binds = one.config.volumes.iter().map(|bind| {
        let (source, destination) = (bind.source.clone(), bind.destination.clone());
        ("bind", source, destination, bind.options.clone())
    });
    let named = one.config.named_volumes.iter().map(|volume| {
        let (source, destination) = (volume.name.clone(), volume.destination.clone());
        ("volume", source, destination, volume.options.clone())
    });
    binds.chain(named).collect()
}
