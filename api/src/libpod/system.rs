//! The engine itself: ping, version, info, df, events.

use libcr::Engine;
use libcr::ops::events::StoredEvent;
use libcr::ops::images::list as images;
use libcr::ops::lifecycle::ps;
use libcr::ops::system::{self, VERSION};
use libcr::ops::volumes;
use serde_json::{Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::events::{attributes, times};
use crate::{BUILT, DOCKER_API, DOCKER_API_MIN, LIBPOD_API};

/// `GET /_ping`: a client decides by its headers.
#[expect(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub fn ping(_: &Engine, _: &Call) -> Result<Reply, Failure> {
    Ok(Reply::text("OK")
        .with("Builder-Version", "1")
        .with("BuildKit-Version", "")
        .with("Libpod-Buildah-Version", "")
        .with("Cache-Control", "no-cache")
        .with("Pragma", "no-cache"))
}

/// `GET /version`.
pub fn version(engine: &Engine, _: &Call) -> Result<Reply, Failure> {
    let info = system::info(engine)?;
    let host = &info["host"];
    let runtime = &host["ociRuntime"];
    Ok(Reply::ok(&json!({
        "Platform": { "Name": format!("linux/{}", text(&host["arch"])) },
        "Components": [
            {
                "Name": "Podman Engine",
                "Version": VERSION,
                "Details": {
                    "APIVersion": LIBPOD_API,
                    "Arch": host["arch"],
                    "BuildTime": BUILT,
                    "Experimental": "true",
                    "GitCommit": "",
                    "GoVersion": "",
                    "KernelVersion": host["kernel"],
                    "MinAPIVersion": "4.0.0",
                    "Os": "linux",
                },
            },
            { "Name": "Conmon", "Version": host["conmon"]["version"], "Details": { "Package": "" } },
            {
                "Name": format!("OCI Runtime ({})", text(&runtime["name"])),
                "Version": runtime["version"],
                "Details": { "Package": "" },
            },
        ],
        "Version": VERSION,
        "ApiVersion": DOCKER_API,
        "MinAPIVersion": DOCKER_API_MIN,
        "GitCommit": "",
        "GoVersion": "",
        "Os": "linux",
        "Arch": host["arch"],
        "KernelVersion": host["kernel"],
        "BuildTime": BUILT,
        "Experimental": true,
    })))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// `GET /info`.
pub fn info(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut info = system::info(engine)?;
    info["host"]["remoteSocket"] = json!({ "path": call.context.socket, "exists": true });
    info["host"]["serviceIsRemote"] = false.into();
    info["version"]["APIVersion"] = LIBPOD_API.into();
    Ok(Reply::ok(&info))
}

/// `GET /system/df`.
pub fn df(engine: &Engine, _: &Call) -> Result<Reply, Failure> {
    let images = images::list(engine)?;
    let total: u64 = images.iter().map(|(image, _)| image.size).sum();
    let of_images: Vec<Value> = images
        .iter()
        .map(|(image, users)| {
            let name = image.names.first().map_or("<none>:<none>", String::as_str);
            let (repository, tag) = crate::shared::images::split(name);
            json!({
                "Repository": repository, "Tag": tag, "ImageID": image.id, "Created": image.created,
                "Size": image.size, "SharedSize": 0, "UniqueSize": image.size, "Containers": users,
            })
        })
        .collect();
    let containers = ps::list(engine)?;
    let of_containers: Vec<Value> = containers
        .iter()
        .map(|one| {
            json!({
                "ContainerID": one.config.id,
                "Image": one.config.rootfs.image_id().unwrap_or_default(),
                "Command": one.config.process.arguments(),
                "LocalVolumes": one.config.named_volumes.len(),
                "Size": 0, "RWSize": 0,
                "Created": one.config.created,
                "Status": one.state.status.as_str(),
                "Names": one.config.name,
            })
        })
        .collect();
    let mut of_volumes = Vec::new();
    for volume in volumes::list::list(engine, &volumes::list::VolumeFilter::default())? {
        let links = volumes::remove::users(engine, &volume.name)?.len();
        of_volumes.push(json!({
            "VolumeName": volume.name, "Links": links, "Size": 0, "ReclaimableSize": 0,
        }));
    }
    Ok(Reply::ok(&json!({
        "ImagesSize": total,
        "Images": of_images,
        "Containers": of_containers,
        "Volumes": of_volumes,
    })))
}

/// An event: Docker's form with Podman's words.
#[expect(clippy::unnecessary_wraps, reason = "Docker's leaves some out")]
pub fn event(event: &StoredEvent) -> Option<Value> {
    let (seconds, nanoseconds) = times(event);
    let mut attributes = attributes(event);
    if let Some((status, streak)) = event.health() {
        attributes.insert("health_failing_streak".into(), streak.to_string().into());
        attributes.insert("health_log".into(), "".into());
        return Some(json!({
            "status": event.kind, "id": event.id, "from": event.image, "Type": event.subject,
            "Action": event.kind, "Actor": { "ID": event.id, "Attributes": attributes },
            "scope": "local", "time": seconds, "timeNano": nanoseconds, "HealthStatus": status,
        }));
    }
    Some(json!({
        "status": event.kind, "id": event.id, "from": event.image, "Type": event.subject,
        "Action": event.kind, "Actor": { "ID": event.id, "Attributes": attributes },
        "scope": "local", "time": seconds, "timeNano": nanoseconds,
    }))
}
