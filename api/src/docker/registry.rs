//! Images between this host and registries.

use libcr::ErrorKind;
use libcr::ops::images::list::find;
use libcr::ops::images::pull::{PullPolicy, pull as bring};
use libcr::ops::images::push::push as send;
use serde_json::json;

use crate::http::{Call, Failure, Reply};
use crate::shared::images::split;
use crate::shared::transfer::{self, Words, access, own_platform};

/// Where names without a registry are, for Docker.
const HUB: &str = "docker.io";

/// `POST /images/create?fromImage=`.
///
/// # Errors
/// 404 for what no registry has, and what the registry says.
pub async fn pull(call: Call, asked: String) -> Result<Reply, Failure> {
    let platform = call.query.text("platform").unwrap_or_default();
    let mut parts = platform.split('/').filter(|part| !part.is_empty());
    let (system, architecture) = (parts.next(), parts.next());
    own_platform(architecture, system)?;
    let name = full(&asked);
    let access = access(&call, &name)?;
    transfer::answer(&call, Words::Docker, false, move |engine, progress| {
        let before = find(engine, &name).ok();
        let image = match bring(engine, &name, PullPolicy::Always, &access, progress) {
            Ok(image) => image,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Failure::from(error).with_status(404));
            }
            Err(error) => return Err(error.into()),
        };
        let known = before.is_some_and(|before| before.digest == image.digest);
        let status = if known {
            format!("Status: Image is up to date for {asked}")
        } else {
            format!("Status: Downloaded newer image for {asked}")
        };
        Ok(vec![
            json!({ "status": format!("Digest: {}", image.digest) }),
            json!({ "status": status }),
        ])
    })
    .await
}

/// `busybox` is Docker Hub's; `localhost/busybox` is none that a registry would have.
fn full(name: &str) -> String {
    let first = name.split('/').next().unwrap_or_default();
    let has_registry = name.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    if has_registry {
        name.to_owned()
    } else {
        format!("{HUB}/{name}")
    }
}

/// `POST /images/{name}/push`.
///
/// # Errors
/// 404 for an image that isn't here, and what the registry says.
pub async fn push(call: Call) -> Result<Reply, Failure> {
    let name = match call.query.text("tag") {
        Some(tag) => format!("{}:{tag}", call.name()),
        None => call.name().to_owned(),
    };
    let access = access(&call, &name)?;
    transfer::answer(&call, Words::Docker, false, move |engine, progress| {
        let digest = send(engine, &name, None, &access, progress)?;
        let (_, tag) = split(&name);
        let size = find(engine, &name)?.size;
        Ok(vec![
            json!({ "status": format!("{tag}: digest: {digest} size: {size}") }),
            json!({ "progressDetail": {}, "aux": { "Tag": tag, "Digest": digest, "Size": size } }),
        ])
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_docker_hubs() {
        for (name, whole) in [
            ("busybox:1", "docker.io/busybox:1"),
            ("me/busybox", "docker.io/me/busybox"),
            ("localhost/a:1", "localhost/a:1"),
            ("localhost:5000/a", "localhost:5000/a"),
            ("quay.io/a/b", "quay.io/a/b"),
        ] {
            assert_eq!(full(name), whole);
        }
    }
}
