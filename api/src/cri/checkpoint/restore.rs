//! `RestorePod` of KEP-5823: a sandbox as the request describes it, with containers of the archive of a
//! pod that wait for `StartContainer`. All of them, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use libcr::Engine;
use libcr::ops::pods::create::plan;
use libcr::ops::restore::{PodArchive, prepare_pod};

use crate::cri::door::Door;
use crate::cri::messages::{
    ContainerConfig, PodSandboxConfig, RestorePodRequest, RestorePodResponse, RestoredContainer,
};
use crate::cri::{Refusal, container, runtime, sandbox};

/// Answers. A client that no longer waits takes it back.
pub async fn pod(door: Door, request: RestorePodRequest) -> Result<RestorePodResponse, Refusal> {
    door.may_restore("RestorePod")?;
    if door.deadline.is_none() {
        return Err(Refusal::invalid("a restore of a pod needs a deadline"));
    }
    if let Some(option) = request.options.keys().next() {
        return Err(Refusal::invalid(&format!("unknown option {option:?}")));
    }
    let path = PathBuf::from(&request.checkpoint_path);
    if !path.is_absolute() {
        return Err(Refusal::invalid(&format!(
            "invalid checkpoint path {:?}: it must be absolute",
            request.checkpoint_path
        )));
    }
    let config = request
        .config
        .ok_or_else(|| Refusal::invalid("the request has no configuration of a sandbox"))?;
    let handler = request.runtime_handler;
    runtime::find(&door, &handler).await?;
    let wanted = by_name(request.container_configs)?;
    let of_work = handler.clone();
    door.run_cancelled_with(&handler, move |engine, cancel| {
        let archive = PodArchive::open(engine, &path)?;
        let names: Vec<&str> = archive
            .members
            .iter()
            .map(|member| name_of(&member.name))
            .collect();
        let configs = in_order(&names, &wanted)?;
        let (id, containers) = make(engine, &config, &of_work, &configs, |planned, options| {
            prepare_pod(engine, &archive, planned, options, cancel)
        })?;
        let restored = names.iter().zip(containers);
        Ok(RestorePodResponse {
            pod_sandbox_id: id,
            restored_containers: restored
                .map(|(name, container_id)| RestoredContainer {
                    name: (*name).to_owned(),
                    container_id,
                })
                .collect(),
        })
    })
    .await
}

fn make(
    engine: &Engine,
    config: &PodSandboxConfig,
    handler: &str,
    configs: &[&ContainerConfig],
    prepare: impl FnOnce(
        libcr::ops::pods::create::Planned,
        &[libcr::ops::lifecycle::create::CreateOptions],
    ) -> libcr::Result<Vec<String>>,
) -> Result<(String, Vec<String>), Refusal> {
    let (options, of) = sandbox::options(config, handler)?;
    let planned = plan(engine, &options)?;
    let id = planned.pod.id.clone();
    let mut made = Vec::new();
    let mut logs = Vec::new();
    for config in configs {
        let one = container::options(config, &id, &of)?;
        made.push(one.options);
        logs.push(one.log_path);
    }
    let containers = prepare(planned, &made)?;
    for (container, log) in containers.iter().zip(&logs) {
        if let Err(refusal) = container::expose_log_at(engine, container, log) {
            for made in containers.iter().filter_map(|id| engine.find(id).ok()) {
                container::forget_log(engine, &made);
            }
            sandbox::take_back(engine, &id);
            return Err(refusal);
        }
    }
    Ok((id, containers))
}

/// Configurations by the names of their containers.
fn by_name(configs: Vec<ContainerConfig>) -> Result<BTreeMap<String, ContainerConfig>, Refusal> {
    let mut wanted = BTreeMap::new();
    for config in configs {
        let name = config.metadata.clone().unwrap_or_default().name;
        if wanted.insert(name.clone(), config).is_some() {
            return Err(Refusal::invalid(&format!(
                "two containers are called {name:?}"
            )));
        }
    }
    Ok(wanted)
}

/// The configuration of each container of the archive; neither may have one that the other hasn't.
fn in_order<'a>(
    names: &[&str],
    wanted: &'a BTreeMap<String, ContainerConfig>,
) -> Result<Vec<&'a ContainerConfig>, Refusal> {
    let found: Option<Vec<_>> = names.iter().map(|name| wanted.get(*name)).collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    found
        .filter(|found| found.len() == wanted.len() && different.len() == wanted.len())
        .ok_or_else(|| {
            let asked: Vec<&str> = wanted.keys().map(String::as_str).collect();
            Refusal::invalid(&format!(
                "the archive holds containers {names:?}, the request names {asked:?}"
            ))
        })
}

/// The name that Kubernetes gave a container, of the one that it has here: `k8s_NAME_POD_…`. Its names
/// have no `_`.
fn name_of(name: &str) -> &str {
    let of_kubernetes = name.strip_prefix("k8s_");
    of_kubernetes
        .and_then(|rest| rest.split('_').next())
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cri::messages::ContainerMetadata;

    fn config(name: &str) -> ContainerConfig {
        ContainerConfig {
            metadata: Some(ContainerMetadata {
                name: name.into(),
                attempt: 0,
            }),
            ..ContainerConfig::default()
        }
    }

    #[test]
    fn exactly_those_of_the_archive() {
        let wanted = by_name(vec![config("app"), config("side")]).unwrap();
        let names = ["side", name_of("k8s_app_web_default_u-1_0")];
        let found = in_order(&names, &wanted).unwrap();
        assert_eq!(found[1].metadata.clone().unwrap().name, "app");
        assert!(in_order(&["app"], &wanted).is_err());
        assert!(in_order(&["app", "app"], &wanted).is_err());
        assert!(in_order(&["app", "side", "more"], &wanted).is_err());
        assert!(by_name(vec![config("app"), config("app")]).is_err());
        assert_eq!(name_of("plain"), "plain");
    }
}
