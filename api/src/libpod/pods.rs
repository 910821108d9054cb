//! Pods.

use libcr::ops::lifecycle::create::CreateOptions;
use libcr::ops::pods::create::{PodCreateOptions, create as make};
use libcr::ops::pods::{self, PodFacts, PodReport};
use libcr::{Engine, Error, ErrorKind};
use serde_json::{Map, Value, json};

use super::containers::create::{namespace_of_its_own, networks, ports};
use super::verbs::timeout;
use crate::http::{Call, Failure, Reply};
use crate::shared::fields::Fields;
use crate::shared::options::pairs;

/// Members that change nothing here.
const IGNORED: &[&str] = &[
    "pod_devices",
    "infra_conmon_pid_file",
    "no_manage_resolv_conf",
    "no_manage_hosts",
    "serviceContainerID",
    "idmappings",
    "restart_policy",
];

/// `POST /pods/create`: Podman's PodSpecGenerator.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let options = options(Fields::new(call.json::<Map<String, Value>>()?))?;
    let id = make(engine, &options)?;
    Ok(Reply::json(201, &json!({ "Id": id })))
}

fn options(mut spec: Fields) -> Result<PodCreateOptions, Failure> {
    spec.ignore(IGNORED);
    for namespace in ["pidns", "utsns", "ipcns", "userns"] {
        namespace_of_its_own(&mut spec, namespace)?;
    }
    let share = spec.texts("shared_namespaces")?;
    let has_parent = spec.value("share_parent");
    let command = spec.words("infra_command")?.unwrap_or_default();
    let mut of_infra = CreateOptions::default();
    networks(&mut spec, &mut of_infra)?;
    ports(&mut spec, &mut of_infra)?;
    let options = PodCreateOptions {
        name: spec.text("name")?,
        labels: pairs(spec.map("labels")?),
        no_infra: spec.flag("no_infra")?,
        infra_name: spec.text("infra_name")?,
        infra_image: spec.text("infra_image")?,
        infra_command: (!command.is_empty()).then(|| command.join(" ")),
        share: (!share.is_empty()).then(|| share.join(",")),
        no_share_parent: has_parent == Some(Value::Bool(false)),
        exit_policy: spec.text("exit_policy")?,
        hostname: spec.text("hostname")?,
        networks: of_infra.networks,
        publish: of_infra.publish,
        add_hosts: spec.texts("hostadd")?,
        dns: spec.texts("dns_server")?,
        dns_search: spec.texts("dns_search")?,
        dns_options: spec.texts("dns_option")?,
        sysctls: pairs(spec.map("sysctl")?),
        shm_size: spec.count("shm_size")?.filter(|size| *size > 0),
        create_command: spec.texts("pod_create_command")?,
        ..PodCreateOptions::default()
    };
    spec.finish()?;
    Ok(options)
}

/// `GET /pods/json`.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let found = chosen(engine, call)?;
    Ok(Reply::ok(&found.iter().map(listed).collect::<Vec<_>>()))
}

/// Those that fit the filters: of one key any, of several keys all.
fn chosen(engine: &Engine, call: &Call) -> Result<Vec<PodFacts>, Failure> {
    let filters = call.query.filters()?;
    let mut found = pods::list::list(engine)?;
    for (key, _) in &filters {
        let mut failure = None;
        found.retain(|one| {
            let mut same = filters.iter().filter(|(other, _)| other == key);
            same.any(|(_, value)| {
                let fits = fits(one, key, value);
                if fits.is_none() {
                    failure = Some(Failure::bad(format!("{key} is an invalid filter")));
                }
                fits.unwrap_or(false)
            })
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
    }
    Ok(found)
}

/// `None`: there is no such filter.
fn fits(one: &PodFacts, key: &str, value: &str) -> Option<bool> {
    let pod = &one.pod;
    Some(match key {
        "id" => pod.id.starts_with(value),
        "name" => pod.name.contains(value),
        "status" => one.status().as_str().eq_ignore_ascii_case(value),
        "label" => {
            let (name, wanted) = value
                .split_once('=')
                .map_or((value, None), |(name, wanted)| (name, Some(wanted)));
            let found = pod.labels.get(name);
            found.is_some_and(|found| wanted.is_none_or(|wanted| wanted == found))
        }
        "ctr-number" => one.containers.len().to_string() == value,
        "network" => one.networks().iter().any(|network| network == value),
        "ctr-ids" | "ctr-names" | "ctr-status" => one.containers.iter().any(|member| match key {
            "ctr-ids" => member.config.id.starts_with(value),
            "ctr-names" => member.config.name.contains(value),
            _ => member.state.status.as_str() == value,
        }),
        _ => return None,
    })
}

/// A pod of a list (entities.ListPodsReport).
fn listed(one: &PodFacts) -> Value {
    let pod = &one.pod;
    let containers: Vec<Value> = one
        .containers
        .iter()
        .map(|member| {
            json!({
                "Id": member.config.id,
                "Names": member.config.name,
                "Status": member.state.status.as_str(),
                "RestartCount": member.state.restart_count,
            })
        })
        .collect();
    json!({
        "Cgroup": if pod.own_cgroup { "/cryopod" } else { "" },
        "Containers": containers,
        "Created": pod.created,
        "Id": pod.id,
        "InfraId": pod.infra.as_deref().unwrap_or_default(),
        "Name": pod.name,
        "Namespace": "",
        "Networks": one.networks(),
        "Status": one.status().as_str(),
        "Labels": pod.labels,
    })
}

/// `GET …/json`.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&pods::inspect::inspect(engine, call.name())?))
}

/// `GET …/exists`.
pub fn exists(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    if pods::list::exists(engine, call.name())? {
        return Ok(Reply::status(204));
    }
    Err(Failure::new(404, "no such pod"))
}

/// What became of a pod: 409 where it failed for some of its containers.
fn reported(call: &Call, report: &PodReport) -> Reply {
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    let status = if failures.is_empty() { 200 } else { 409 };
    let failures = if failures.is_empty() {
        Value::Null
    } else {
        json!(failures)
    };
    let told = json!({ "Errs": failures, "Id": report.id, "RawInput": call.name() });
    Reply::json(status, &told)
}

/// How it is, by Podman's word.
fn status(engine: &Engine, call: &Call) -> Result<&'static str, Failure> {
    let pod = engine.find_pod(call.name())?;
    Ok(pods::facts(engine, pod)?.status().as_str())
}

/// `POST …/start`.
pub fn start(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    if status(engine, call)? == "Running" {
        return Ok(Reply::status(304));
    }
    Ok(reported(call, &pods::start::start(engine, call.name())?))
}

/// `POST …/stop`.
pub fn stop(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let timeout = timeout(call)?;
    if !matches!(status(engine, call)?, "Running" | "Degraded" | "Paused") {
        return Ok(Reply::status(304));
    }
    Ok(reported(
        call,
        &pods::stop::stop(engine, call.name(), timeout)?,
    ))
}

/// `POST …/restart`.
pub fn restart(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(reported(
        call,
        &pods::restart::restart(engine, call.name())?,
    ))
}

/// `POST …/kill`.
pub fn kill(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let signal = call.query.text("signal").unwrap_or("KILL");
    Ok(reported(
        call,
        &pods::kill::kill(engine, call.name(), signal)?,
    ))
}

/// `POST …/pause`.
pub fn pause(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(reported(call, &pods::pause::pause(engine, call.name())?))
}

/// `POST …/unpause`.
pub fn unpause(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(reported(call, &pods::pause::unpause(engine, call.name())?))
}

/// `DELETE …`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let force = call.query.flag("force")?;
    let report = pods::rm::rm(engine, call.name(), force, timeout(call)?)?;
    let mut failures = report.failures.into_iter();
    match failures.next() {
        None => Ok(Reply::ok(
            &json!({ "Err": null, "Id": report.id, "RemovedCtrs": {} }),
        )),
        Some(failure) => Err(failure.into()),
    }
}

/// `POST /pods/prune`: removes those of which nothing runs any more.
pub fn prune(engine: &Engine, _: &Call) -> Result<Reply, Failure> {
    let mut removed = Vec::new();
    for one in pods::list::list(engine)? {
        if !pods::list::has_ended(&one) {
            continue;
        }
        let id = &one.pod.id;
        let failure = match pods::rm::rm(engine, id, false, None) {
            Ok(report) => report.failures.into_iter().next(),
            Err(error) => Some(error),
        };
        match failure {
            None => removed.push(json!({ "Err": null, "Id": id })),
            // Somebody removed it, or started it, since.
            Some(error) if is_overtaken(&error) => {}
            Some(error) => removed.push(json!({ "Err": error.to_string(), "Id": id })),
        }
    }
    Ok(Reply::ok(&removed))
}

fn is_overtaken(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::WrongState)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_podmans_client_sends() {
        let sent = r#"{
            "name": "p", "labels": {"a": "b"}, "no_infra": false, "infra_name": "p-infra",
            "hostname": "h", "exit_policy": "continue", "shared_namespaces": ["ipc", "net"],
            "share_parent": false, "pidns": {}, "userns": {}, "netns": {"nsmode": "bridge"},
            "Networks": {"n": {"static_ips": ["10.0.0.5"]}},
            "portmappings": [{"container_port": 80, "host_port": 8080}]
        }"#;
        let read = options(Fields::new(serde_json::from_str(sent).unwrap())).unwrap();
        assert_eq!(read.share.as_deref(), Some("ipc,net"));
        assert!(read.no_share_parent && !read.no_infra);
        assert_eq!(read.networks, ["n:ip=10.0.0.5"]);
        assert_eq!(read.publish, ["8080:80"]);
        assert_eq!(read.labels, ["a=b"]);
    }
}
