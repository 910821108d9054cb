//! What the runtime is and how it is.

use std::collections::BTreeMap;

use libcr::ops::system;

use super::Refusal;
use super::door::Door;
use super::messages::{
    Empty, LinuxRuntimeConfiguration, RuntimeCondition, RuntimeConfigResponse, RuntimeHandler,
    RuntimeStatus, StatusRequest, StatusResponse, VersionResponse,
};

/// The OCI runtimes that a pod may ask for by name.
const HANDLERS: [&str; 2] = ["crun", "runc"];

/// `Version`.
pub async fn version(_: Door, _: Empty) -> Result<VersionResponse, Refusal> {
    Ok(VersionResponse {
        version: "0.1.0".into(),
        runtime_name: "cryopod".into(),
        runtime_version: system::VERSION.into(),
        runtime_api_version: "v1".into(),
    })
}

/// `Status`.
pub async fn status(door: Door, request: StatusRequest) -> Result<StatusResponse, Refusal> {
    let info = door.run(|engine| Ok(system::info(engine)?)).await?;
    let runtime = info["host"]["ociRuntime"]["path"].as_str().unwrap_or("");
    let network = info["host"]["networkBackend"].as_str().unwrap_or("");
    let condition = |kind: &str, there: bool, lacks: &str| RuntimeCondition {
        kind: kind.into(),
        status: there,
        reason: if there { "" } else { lacks }.into(),
        message: if there {
            String::new()
        } else {
            format!("{lacks} on this host")
        },
    };
    let conditions = vec![
        condition("RuntimeReady", !runtime.is_empty(), "NoOCIRuntime"),
        condition("NetworkReady", !network.is_empty(), "NoNetworkBackend"),
    ];
    let mut handlers = vec![String::new()];
    for name in HANDLERS {
        if find(&door, name).await.is_ok() {
            handlers.push(name.into());
        }
    }
    let verbose = request.verbose.then(|| ("info".into(), info.to_string()));
    Ok(StatusResponse {
        status: Some(RuntimeStatus { conditions }),
        info: BTreeMap::from_iter(verbose),
        runtime_handlers: handlers
            .into_iter()
            .map(|name| RuntimeHandler { name })
            .collect(),
    })
}

/// `RuntimeConfig`: cgroups are made with the kernel's own file system.
pub async fn configuration(_: Door, _: Empty) -> Result<RuntimeConfigResponse, Refusal> {
    Ok(RuntimeConfigResponse {
        linux: Some(LinuxRuntimeConfiguration { cgroup_driver: 1 }),
    })
}

/// `UpdateRuntimeConfig`: the address ranges of a node are of no interest here: networks have theirs.
pub async fn update(_: Door, _: Empty) -> Result<Empty, Refusal> {
    Ok(Empty {})
}

/// The runtime of a handler; empty: the usual one.
///
/// # Errors
/// For one that is not known here.
pub async fn find(door: &Door, handler: &str) -> Result<(), Refusal> {
    if handler.is_empty() {
        return Ok(());
    }
    let refuse = || Refusal::invalid(&format!("no runtime for {handler:?} is configured"));
    if !HANDLERS.contains(&handler) && door.runtime() != Some(handler) {
        return Err(refuse());
    }
    door.run_with(handler, move |engine| {
        engine.default_runtime().map(drop).map_err(Refusal::from)
    })
    .await
    .map_err(|_| refuse())
}
