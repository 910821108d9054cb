//! Sandboxes: pods with an infra container.

use std::collections::BTreeMap;

use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::pods::create::{PodCreateOptions, create};
use libcr::ops::pods::{self, PodFacts, list as pod_list, rm, start, stop as pod_stop};
use libcr::{Engine, Error};

use super::container::status_of;
use super::door::Door;
use super::identity::{self, Sandbox, given, nanoseconds};
use super::messages::{
    Empty, Id, LinuxPodSandboxStatus, ListPodSandboxRequest, ListPodSandboxResponse,
    NAMESPACE_CONTAINER, NAMESPACE_NODE, NAMESPACE_POD, Namespace, NamespaceOption, PodSandbox,
    PodSandboxConfig, PodSandboxFilter, PodSandboxMetadata, PodSandboxNetworkStatus,
    PodSandboxStatus, PodSandboxStatusResponse, PortMapping, RunPodSandboxRequest,
    SANDBOX_NOTREADY, SANDBOX_READY, StatusOfRequest,
};
use super::{Refusal, runtime};
use crate::shared::options::publish;

/// `RunPodSandbox`: a pod whose infra container runs; nothing of it is left after a failure.
pub async fn run(door: Door, request: RunPodSandboxRequest) -> Result<Id, Refusal> {
    let handler = request.runtime_handler;
    runtime::find(&door, &handler).await?;
    let config = request
        .config
        .ok_or_else(|| Refusal::invalid("the request has no configuration of a sandbox"))?;
    let (options, _) = options(&config, &handler)?;
    let run = move |engine: &Engine| {
        let id = create(engine, &options)?;
        let failure = match start::start(engine, &id) {
            Ok(report) => report.failures.into_iter().next(),
            Err(error) => Some(error),
        };
        let Some(failure) = failure else {
            return Ok(Id { id });
        };
        take_back(engine, &id);
        Err(failure.into())
    };
    door.run_with(&handler, run).await
}

/// Removes a sandbox that did not become what was asked for.
pub fn take_back(engine: &Engine, id: &str) {
    if let Err(error) = rm::rm(engine, id, true, Some(0)) {
        tracing::warn!(%error, pod = id, "cannot remove a sandbox that was only half made");
    }
}

/// The engine's options, and what Kubernetes knows of it.
pub fn options(
    config: &PodSandboxConfig,
    handler: &str,
) -> Result<(PodCreateOptions, Sandbox), Refusal> {
    let none = PodSandboxMetadata::default();
    let metadata = config.metadata.as_ref().unwrap_or(&none);
    if metadata.name.is_empty() {
        return Err(Refusal::invalid("the sandbox has no name"));
    }
    if config.windows.is_some() {
        return Err(Refusal::unsupported("Windows"));
    }
    let linux = config.linux.clone().unwrap_or_default();
    let security = linux.security_context.unwrap_or_default();
    let namespaces = security.namespace_options.unwrap_or_default();
    let share = share(&namespaces)?;
    let host_network = namespaces.network == NAMESPACE_NODE;
    // With the host's network it is the host's.
    let dns = config.dns_config.clone().filter(|_| !host_network);
    let dns = dns.unwrap_or_default();
    let pair = |(name, value): (&String, &String)| format!("{name}={value}");
    let identity = Sandbox {
        name: metadata.name.clone(),
        uid: metadata.uid.clone(),
        namespace: metadata.namespace.clone(),
        attempt: metadata.attempt,
        annotations: config.annotations.clone(),
        log_directory: config.log_directory.clone(),
        handler: handler.to_owned(),
        namespaces: [namespaces.network, namespaces.pid, namespaces.ipc],
    };
    let hostname = if config.hostname.is_empty() {
        metadata.name.clone()
    } else {
        config.hostname.clone()
    };
    let ports = config.port_mappings.iter();
    let options = PodCreateOptions {
        name: Some(name(metadata)),
        labels: identity::labels(&config.labels, &identity)?,
        share: Some(share),
        hostname: Some(hostname),
        networks: Vec::from_iter(host_network.then(|| "host".to_owned())),
        publish: ports
            .filter(|port| port.host_port != 0 && !host_network)
            .map(published)
            .collect::<Result<_, _>>()?,
        dns: dns.servers,
        dns_search: dns.searches,
        dns_options: dns.options,
        sysctls: linux.sysctls.iter().map(pair).collect(),
        cgroup_parent: Some(linux.cgroup_parent),
        // Kubernetes makes another sandbox in place of one that has ended.
        stays_down: true,
        ..PodCreateOptions::default()
    };
    Ok((options, identity))
}

/// Names of sandboxes are unique by all that identifies them, as those of pods are.
pub fn name(metadata: &PodSandboxMetadata) -> String {
    let PodSandboxMetadata {
        name,
        uid,
        namespace,
        attempt,
    } = metadata;
    format!("k8s_{name}_{namespace}_{uid}_{attempt}")
}

/// What the containers of a sandbox share, in the words of `--share`.
fn share(namespaces: &NamespaceOption) -> Result<String, Refusal> {
    let wrong = |kind: &str, mode: i32| {
        Refusal::unsupported(&format!("the {kind} namespace mode {mode} of a sandbox"))
    };
    if !matches!(namespaces.network, NAMESPACE_POD | NAMESPACE_NODE) {
        return Err(wrong("network", namespaces.network));
    }
    // A user namespace of its own is mode 0 of a message that is there.
    if namespaces
        .userns
        .is_some_and(|userns| userns.mode != NAMESPACE_NODE)
    {
        return Err(Refusal::unsupported("a user namespace"));
    }
    let mut kinds = vec!["net", "uts"];
    for (word, mode) in [("ipc", namespaces.ipc), ("pid", namespaces.pid)] {
        match mode {
            NAMESPACE_POD => kinds.push(word),
            NAMESPACE_CONTAINER => {}
            other => return Err(wrong(word, other)),
        }
    }
    Ok(kinds.join(","))
}

fn published(port: &PortMapping) -> Result<String, Refusal> {
    let protocol = match port.protocol {
        0 => "tcp",
        1 => "udp",
        2 => "sctp",
        other => return Err(Refusal::invalid(&format!("invalid protocol {other}"))),
    };
    let number = |port: i32| {
        u16::try_from(port).map_err(|_| Refusal::invalid(&format!("invalid port {port}")))
    };
    let (host, inside) = (number(port.host_port)?, number(port.container_port)?);
    Ok(publish(
        &port.host_ip,
        &host.to_string(),
        &inside.to_string(),
        protocol,
    ))
}

/// `StopPodSandbox`: whatever still runs in it is killed. One that is gone is stopped.
pub async fn stop(door: Door, request: Id) -> Result<Empty, Refusal> {
    given(&request.id)?;
    let stop = move |engine: &Engine| {
        done(pod_stop::stop(engine, &request.id, Some(0)).map(|report| report.failures))
    };
    door.run(stop).await
}

/// `RemovePodSandbox`, with all that is in it. One that is gone is removed.
pub async fn remove(door: Door, request: Id) -> Result<Empty, Refusal> {
    given(&request.id)?;
    let remove = move |engine: &Engine| {
        let logs = match engine.find_pod(&request.id) {
            Ok(pod) => pods::facts(engine, pod)?.containers,
            Err(_) => Vec::new(),
        };
        // First, and again where it fails: a link to what is gone would stay for ever.
        for container in &logs {
            super::container::forget_log(engine, container);
        }
        let removed =
            done(rm::rm(engine, &request.id, true, Some(0)).map(|report| report.failures));
        if removed.is_err() {
            for container in &logs {
                super::container::remember_log(engine, container);
            }
        }
        removed
    };
    door.run(remove).await
}

/// What is gone already is fine.
fn done(report: libcr::Result<Vec<Error>>) -> Result<Empty, Refusal> {
    match report.map(|failures| failures.into_iter().next()) {
        Ok(None) => Ok(Empty {}),
        Ok(Some(failure)) => Err(failure.into()),
        Err(error) => {
            let refusal = Refusal::from(error);
            if refusal.is_not_found() {
                return Ok(Empty {});
            }
            Err(refusal)
        }
    }
}

/// A sandbox that Kubernetes knows.
pub fn known(engine: &Engine, id: &str) -> Result<(PodFacts, Sandbox), Refusal> {
    let facts = pods::facts(engine, engine.find_pod(given(id)?)?)?;
    let sandbox = identity::read(&facts.pod.labels)
        .ok_or_else(|| Refusal::not_found(&format!("the pod {id} is no sandbox")))?;
    Ok((facts, sandbox))
}

/// Refuses a sandbox that has ended or is paused: nothing brings it back, and a container made in it
/// could never start.
///
/// # Errors
/// When it doesn't run.
pub fn check_running(facts: &PodFacts) -> Result<(), Refusal> {
    if state(facts) == SANDBOX_READY {
        return Ok(());
    }
    Err(Refusal::wrong_state(&format!(
        "sandbox {} is not running: remove it and run another one",
        facts.pod.id
    )))
}

/// All of them.
pub fn all(engine: &Engine) -> Result<Vec<(PodFacts, Sandbox)>, Refusal> {
    let with_identity = |facts: PodFacts| {
        let sandbox = identity::read(&facts.pod.labels)?;
        Some((facts, sandbox))
    };
    let all = pod_list::list(engine)?;
    Ok(all.into_iter().filter_map(with_identity).collect())
}

/// `PodSandboxStatus`.
pub async fn status(
    door: Door,
    request: StatusOfRequest,
) -> Result<PodSandboxStatusResponse, Refusal> {
    let status = move |engine: &Engine| {
        let (facts, sandbox) = known(engine, &request.id)?;
        let mut info = BTreeMap::new();
        if request.verbose {
            let whole = pods::inspect::inspect(engine, &facts.pod.id)?;
            info.insert("info".to_owned(), whole.to_string());
        }
        Ok(PodSandboxStatusResponse {
            containers_statuses: members(&facts),
            status: Some(described(&facts, &sandbox)),
            info,
            timestamp: identity::now(),
        })
    };
    door.run(status).await
}

/// Those of its containers that Kubernetes knows.
pub fn members(facts: &PodFacts) -> Vec<super::messages::ContainerStatus> {
    facts.containers.iter().filter_map(status_of).collect()
}

/// A sandbox as `PodSandboxStatus` has it.
pub fn described(facts: &PodFacts, sandbox: &Sandbox) -> PodSandboxStatus {
    let [network, pid, ipc] = sandbox.namespaces;
    PodSandboxStatus {
        id: facts.pod.id.clone(),
        metadata: Some(metadata(sandbox)),
        state: state(facts),
        created_at: nanoseconds(Some(&facts.pod.created)),
        network: Some(addresses(facts.infra())),
        linux: Some(LinuxPodSandboxStatus {
            namespaces: Some(Namespace {
                options: Some(NamespaceOption {
                    network,
                    pid,
                    ipc,
                    ..NamespaceOption::default()
                }),
            }),
        }),
        labels: identity::shown(&facts.pod.labels),
        annotations: sandbox.annotations.clone(),
        runtime_handler: sandbox.handler.clone(),
    }
}

/// What identifies it.
pub fn metadata(sandbox: &Sandbox) -> PodSandboxMetadata {
    PodSandboxMetadata {
        name: sandbox.name.clone(),
        uid: sandbox.uid.clone(),
        namespace: sandbox.namespace.clone(),
        attempt: sandbox.attempt,
    }
}

/// It is ready while its infra container runs.
fn state(facts: &PodFacts) -> i32 {
    match facts.infra().map(|infra| infra.state.status) {
        Some(Status::Running) => SANDBOX_READY,
        _ => SANDBOX_NOTREADY,
    }
}

fn addresses(infra: Option<&Container>) -> PodSandboxNetworkStatus {
    let Some(infra) = infra.filter(|infra| infra.state.status.is_alive()) else {
        return PodSandboxNetworkStatus::default();
    };
    let interfaces = infra.state.network_status.values();
    let interfaces = interfaces.flat_map(|block| block.interfaces.values());
    let mut all = interfaces
        .flat_map(|interface| &interface.subnets)
        .map(|subnet| subnet.ipnet.ip().to_string());
    PodSandboxNetworkStatus {
        ip: all.next().unwrap_or_default(),
        additional_ips: all.map(|id| Id { id }).collect(),
    }
}

/// `ListPodSandbox`.
pub async fn list(
    door: Door,
    request: ListPodSandboxRequest,
) -> Result<ListPodSandboxResponse, Refusal> {
    let filter = request.filter.unwrap_or_default();
    let list = move |engine: &Engine| {
        let items = all(engine)?
            .into_iter()
            .map(|(facts, sandbox)| item(&facts, &sandbox))
            .filter(|item| fits(item, &filter));
        Ok(ListPodSandboxResponse {
            items: items.collect(),
        })
    };
    door.run(list).await
}

fn item(facts: &PodFacts, sandbox: &Sandbox) -> PodSandbox {
    PodSandbox {
        id: facts.pod.id.clone(),
        metadata: Some(metadata(sandbox)),
        state: state(facts),
        created_at: nanoseconds(Some(&facts.pod.created)),
        labels: identity::shown(&facts.pod.labels),
        annotations: sandbox.annotations.clone(),
        runtime_handler: sandbox.handler.clone(),
    }
}

fn fits(item: &PodSandbox, filter: &PodSandboxFilter) -> bool {
    item.id.starts_with(&filter.id)
        && filter.state.is_none_or(|state| state.state == item.state)
        && identity::fits(&item.labels, &filter.label_selector)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> PodSandboxConfig {
        PodSandboxConfig {
            metadata: Some(PodSandboxMetadata {
                name: "web".into(),
                uid: "u1".into(),
                namespace: "default".into(),
                attempt: 2,
            }),
            ..PodSandboxConfig::default()
        }
    }

    #[test]
    fn a_pod_of_the_engine() {
        let mut asked = config();
        asked.port_mappings = vec![PortMapping {
            protocol: 1,
            container_port: 53,
            host_port: 5353,
            host_ip: String::new(),
        }];
        let (made, _) = options(&asked, "runc").unwrap();
        assert_eq!(made.name.as_deref(), Some("k8s_web_default_u1_2"));
        assert_eq!(made.share.as_deref(), Some("net,uts,ipc,pid"));
        assert_eq!(made.hostname.as_deref(), Some("web"));
        assert_eq!(made.publish, ["5353:53/udp"]);
        asked.port_mappings[0].host_port = 70_000;
        assert!(options(&asked, "").is_err());
    }

    #[test]
    fn what_cannot_be_had_is_refused() {
        let no_name = PodSandboxConfig::default();
        assert!(options(&no_name, "").is_err());
        let host_pid = NamespaceOption {
            pid: NAMESPACE_NODE,
            ..NamespaceOption::default()
        };
        assert!(share(&host_pid).is_err());
    }
}
