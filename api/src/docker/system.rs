//! The engine itself.

use libcr::Engine;
use libcr::ops::events::StoredEvent;
use libcr::ops::images::list as images;
use libcr::ops::lifecycle::ps;
use libcr::ops::system::{self, VERSION};
use libcr::ops::volumes;
use serde_json::{Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::events::{attributes, times};
use crate::{BUILT, DOCKER_API, DOCKER_API_MIN};

/// What Docker tells events of, as far as the engine has it.
const SUBJECTS: [&str; 4] = ["container", "image", "network", "volume"];

/// `GET /version`.
pub fn version(engine: &Engine, _: &Call) -> Result<Reply, Failure> {
    let info = system::info(engine)?;
    let host = &info["host"];
    let name = host["ociRuntime"]["name"].as_str().unwrap_or_default();
    Ok(Reply::ok(&json!({
        "Platform": { "Name": "Cryopod" },
        "Components": [
            {
                "Name": "Engine",
                "Version": VERSION,
                "Details": {
                    "ApiVersion": DOCKER_API,
                    "Arch": host["arch"],
                    "BuildTime": BUILT,
                    "Experimental": "true",
                    "GitCommit": "",
                    "GoVersion": "",
                    "KernelVersion": host["kernel"],
                    "MinAPIVersion": DOCKER_API_MIN,
                    "Os": "linux",
                },
            },
            { "Name": name, "Version": host["ociRuntime"]["version"], "Details": {} },
        ],
        "Version": VERSION,
        "ApiVersion": DOCKER_API,
        "MinAPIVersion": DOCKER_API_MIN,
        "GitCommit": "",
        "GoVersion": "",
        "Os": "linux",
        "Arch": host["arch"],
        "KernelVersion": host["kernel"],
        "Experimental": true,
        "BuildTime": BUILT,
    })))
}

/// `GET /info`.
pub fn info(engine: &Engine, _: &Call) -> Result<Reply, Failure> {
    let info = system::info(engine)?;
    let (host, store) = (&info["host"], &info["store"]);
    let counts = &store["containerStore"];
    let runtime = host["ociRuntime"]["name"].as_str().unwrap_or_default();
    Ok(Reply::ok(&json!({
        "ID": host["hostname"],
        "Containers": counts["number"],
        "ContainersRunning": counts["running"],
        "ContainersPaused": counts["paused"],
        "ContainersStopped": counts["stopped"],
        "Images": store["imageStore"]["number"],
        "Driver": store["graphDriverName"],
        "DriverStatus": [],
        "Plugins": { "Volume": ["local"], "Network": ["bridge", "macvlan", "ipvlan"], "Log": ["k8s-file", "journald", "none"] },
        "MemoryLimit": true,
        "PidsLimit": true,
        "LoggingDriver": "json-file",
        "CgroupDriver": host["cgroupManager"],
        "CgroupVersion": host["cgroupVersion"].as_str().unwrap_or_default().trim_start_matches('v'),
        "KernelVersion": host["kernel"],
        "OperatingSystem": "linux",
        "OSType": "linux",
        "Architecture": host["arch"],
        "NCPU": host["cpus"],
        "MemTotal": host["memTotal"],
        "DockerRootDir": store["graphRoot"],
        "Name": host["hostname"],
        "Labels": [],
        "ExperimentalBuild": true,
        "ServerVersion": VERSION,
        "Runtimes": { runtime: { "path": host["ociRuntime"]["path"] } },
        "DefaultRuntime": runtime,
        "Swarm": { "LocalNodeState": "inactive" },
        "SecurityOptions": ["name=seccomp,profile=default"],
        "Warnings": [],
    })))
}

/// `GET /system/df`.
pub fn df(engine: &Engine, _: &Call) -> Result<Reply, Failure> {
    let images = images::list(engine)?;
    let total: u64 = images.iter().map(|(image, _)| image.size).sum();
    let of_images: Vec<Value> = images
        .iter()
        .map(|(image, users)| super::images::listed(image, *users))
        .collect();
    let containers = ps::list(engine)?;
    let of_containers: Vec<Value> = containers
        .iter()
        .map(|one| {
            json!({
                "Id": one.config.id, "Names": [format!("/{}", one.config.name)],
                "Image": one.config.rootfs.image_name(), "State": one.state.status.as_str(),
                "SizeRw": 0, "SizeRootFs": 0,
            })
        })
        .collect();
    let filter = volumes::list::VolumeFilter::default();
    let mut of_volumes = Vec::new();
    for volume in volumes::list::list(engine, &filter)? {
        let mut facts = super::volumes::shown(&volumes::inspect::describe(engine, &volume));
        let users = volumes::remove::users(engine, &volume.name)?.len();
        facts["UsageData"] = json!({ "RefCount": users, "Size": -1 });
        of_volumes.push(facts);
    }
    Ok(Reply::ok(&json!({
        "LayersSize": total, "Images": of_images, "Containers": of_containers, "Volumes": of_volumes,
        "BuildCache": [],
    })))
}

/// An event in Docker's words.
pub fn event(event: &StoredEvent) -> Option<Value> {
    let action = match (event.subject.as_str(), event.kind.as_str()) {
        ("container", "died") => "die",
        ("container" | "network" | "volume", "remove") => "destroy",
        ("image", "remove") => "delete",
        ("image", "loadfromarchive") => "load",
        // Podman's own: clients end on what Docker doesn't have.
        ("container", "init" | "cleanup" | "sync") => return None,
        (subject, _) if !SUBJECTS.contains(&subject) => return None,
        (_, kind) => kind,
    };
    let (seconds, nanoseconds) = times(event);
    let id = if event.id.is_empty() {
        &event.name
    } else {
        &event.id
    };
    Some(json!({
        "status": action, "id": id, "from": event.image, "Type": event.subject, "Action": action,
        "Actor": { "ID": id, "Attributes": attributes(event) },
        "scope": "local", "time": seconds, "timeNano": nanoseconds,
    }))
}
