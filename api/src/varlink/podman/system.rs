//! The engine itself.

use libcr::Engine;
use libcr::ops::system;
use serde_json::{Value, json};

use crate::BUILT;
use crate::varlink::call::Call;
use crate::varlink::failed::Failed;
use crate::varlink::service::Nothing;

/// What Podman 1.9 said.
const REMOTE_API: u32 = 1;
#[expect(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub fn version(_: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    let own = system::version();
    Ok(json!({
        "version": own["Client"]["Version"],
        "go_version": "",
        "git_commit": "",
        "built": BUILT,
        "os_arch": own["Client"]["OsArch"],
        "remote_api_version": REMOTE_API,
    }))
}

pub fn info(engine: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    let info = system::info(engine)?;
    let (host, store) = (&info["host"], &info["store"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(json!({ "info": {
        "host": {
            "buildah_version": "",
            "distribution": { "distribution": "", "version": "" },
            "mem_free": host["memFree"],
            "mem_total": host["memTotal"],
            "swap_free": 0,
            "swap_total": 0,
            "arch": host["arch"],
            "cpus": host["cpus"],
            "hostname": host["hostname"],
            "kernel": host["kernel"],
            "os": host["os"],
            "uptime": "",
            "eventlogger": "file",
        },
        "registries": { "search": [], "insecure": [], "blocked": [] },
        "store": {
            "containers": store["containerStore"]["number"],
            "images": store["imageStore"]["number"],
            "graph_driver_name": store["graphDriverName"],
            "graph_driver_options": "",
            "graph_root": text(&store["graphRoot"]),
            "graph_status": {
                "backing_filesystem": "", "native_overlay_diff": "true", "supports_d_type": "true",
            },
            "run_root": text(&store["runRoot"]),
        },
        "podman": {
            "compiler": "rustc",
            "go_version": "",
            "podman_version": info["version"]["Version"],
            "git_commit": "",
        },
    } }))
}
