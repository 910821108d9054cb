//! `info` and `version`: what the engine is and runs on, in Podman's fields.

use serde_json::{Value, json};

use crate::criu;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::status::Status;
use crate::ops::steps::life::netplug::networks::networks;
use crate::ops::steps::life::observe::look;
use crate::sys::{cgroup, machine};

/// The version of this engine.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What `version` prints.
pub fn version() -> Value {
    json!({
        "Client": {
            "APIVersion": "5.8.0",
            "Version": VERSION,
            "GoVersion": "",
            "GitCommit": "",
            "BuiltTime": "",
            "Built": 0,
            "OsArch": format!("linux/{}", machine::architecture()),
            "Os": "linux",
        }
    })
}

/// What `info` prints.
pub fn info(engine: &Engine) -> Result<Value> {
    let mut containers = engine.store.rows().containers()?;
    for container in &mut containers {
        look(engine, container);
    }
    let count = |status| {
        containers
            .iter()
            .filter(|container| container.state.status == status)
            .count()
    };
    let (running, paused) = (count(Status::Running), count(Status::Paused));
    let (total, available) = machine::memory();
    let runtime = engine.default_runtime();
    let runtime = match &runtime {
        Ok(runtime) => json!({
            "name": runtime.name,
            "path": runtime.path,
            "package": "",
            "version": runtime.version().unwrap_or_default(),
        }),
        Err(error) => {
            json!({ "name": "", "path": "", "package": "", "version": error.to_string() })
        }
    };
    let criu = match criu::features::Features::find() {
        Ok(found) => json!({ "path": found.program, "version": found.version }),
        Err(error) => json!({ "path": "", "error": error.to_string() }),
    };
    Ok(json!({
        "host": {
            "arch": machine::architecture(),
            "cgroupControllers": cgroup::controllers(),
            "cgroupManager": "cgroupfs",
            "cgroupVersion": if cgroup::is_unified() { "v2" } else { "v1" },
            "conmon": { "package": "", "path": engine.monitor, "version": format!("conmon-rs version {VERSION}") },
            "criu": criu,
            "cpus": std::thread::available_parallelism().map_or(1, usize::from),
            "hostname": machine::host_name(),
            "kernel": machine::kernel(),
            "logDriver": "k8s-file",
            "memFree": available,
            "memTotal": total,
            "networkBackend": networks(&engine.config).word(),
            "ociRuntime": runtime,
            "os": "linux",
            "security": { "rootless": false },
        },
        "store": {
            "configFile": "",
            "containerStore": {
                "number": containers.len(),
                "paused": paused,
                "running": running,
                "stopped": containers.len() - running - paused,
            },
            "graphDriverName": "overlay",
            "graphRoot": engine.config.root,
            "imageStore": { "number": engine.store.rows().images()?.len() },
            "runRoot": engine.config.run_root,
            "volumePath": engine.config.root.join("volumes"),
        },
        "version": version()["Client"].clone(),
    }))
}
