//! Images.

use hyper::body::Incoming;
use jiff::Timestamp;
use libcr::model::image::Image;
use libcr::ops::images::import::ImageImport;
use libcr::ops::images::{inspect, list as known, remove};
use libcr::{Engine, ErrorKind};
use serde_json::{Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::images::{chosen, digests, import_body, labels, load_body, saved, steps};

/// `GET /images/json`.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let images = chosen(engine, call)?;
    let all: Vec<Value> = images
        .iter()
        .map(|(image, users)| listed(image, *users))
        .collect();
    Ok(Reply::ok(&all))
}

fn listed(image: &Image, users: usize) -> Value {
    let created: Timestamp = image.created.parse().unwrap_or_default();
    let names = if image.names.is_empty() {
        Value::Null
    } else {
        json!(image.names)
    };
    json!({
        "Id": image.id,
        "ParentId": "",
        "RepoTags": names,
        "RepoDigests": digests(image),
        "Created": created.as_second(),
        "Size": image.size,
        "SharedSize": 0,
        "VirtualSize": image.size,
        "Labels": labels(image),
        "Containers": users,
        "Dangling": image.names.is_empty(),
        "Arch": image.config["architecture"],
        "Digest": image.digest,
        "History": image.names,
        "Names": image.names,
        "IsManifestList": false,
        "Os": image.config["os"],
    })
}

/// `GET …/json`.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let name = call.name();
    match inspect::inspect(engine, name) {
        Ok(facts) => Ok(Reply::ok(&facts)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::new(
            404,
            format!("failed to find image {name}: {name}: image not known"),
        )),
        Err(error) => Err(error.into()),
    }
}

/// `GET …/history`.
pub fn history(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&steps(engine, call.name(), "")?))
}

/// `GET …/exists`.
pub fn exists(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let name = call.name();
    match known::find(engine, name) {
        Ok(_) => Ok(Reply::status(204)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::new(
            404,
            format!("failed to find image {name}: {name}: image not known"),
        )),
        Err(error) => Err(error.into()),
    }
}

/// `GET …/get`.
pub async fn save(call: Call) -> Result<Reply, Failure> {
    one_format(&call)?;
    let word = call.name().to_owned();
    saved(&call, vec![word]).await
}

/// `GET /images/export`.
pub async fn save_several(call: Call) -> Result<Reply, Failure> {
    one_format(&call)?;
    let words = call.query.texts("references");
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    if words.is_empty() {
        return Err(Failure::bad("no images to export"));
    }
    saved(&call, words).await
}

// The archive is both of Docker's form and an OCI layout.
fn one_format(call: &Call) -> Result<(), Failure> {
    match call.query.text("format") {
        None | Some("docker-archive" | "oci-archive" | "oci-dir") => Ok(()),
        Some("docker-dir") => Err(Failure::unsupported("format docker-dir")),
        Some(other) => Err(Failure::bad(format!("unknown format {other:?}"))),
    }
}

/// `POST /images/load`.
pub async fn load(call: Call, body: Incoming) -> Result<Reply, Failure> {
    let names = load_body(&call, body).await?;
    Ok(Reply::ok(&json!({ "Names": names })))
}

/// `POST /images/import`.
pub async fn import(call: Call, body: Incoming) -> Result<Reply, Failure> {
    if call.query.text("url").is_some() {
        return Err(Failure::unsupported("importing from a URL"));
    }
    let options = ImageImport {
        name: call.query.text("reference").map(str::to_owned),
        changes: call
            .query
            .texts("changes")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        message: call.query.text("message").map(str::to_owned),
        platform: ["arch", "os", "variant"].map(|key| call.query.text(key).map(str::to_owned)),
    };
    let id = import_body(&call, body, options).await?;
    Ok(Reply::ok(&json!({ "Id": id })))
}

/// `DELETE /images/{name}`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let removed = remove::remove(engine, call.name(), call.query.flag("force")?)?;
    Ok(Reply::ok(&json!({
        "Deleted": removed.deleted,
        "Untagged": removed.untagged,
        "Errors": [],
        "ExitCode": 0,
    })))
}

/// `DELETE /images/remove`: several, of which some may fail.
pub fn remove_several(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let (force, ignore) = (call.query.flag("force")?, call.query.flag("ignore")?);
    let mut names: Vec<String> = call
        .query
        .texts("images")
        .into_iter()
        .map(str::to_owned)
        .collect();
    if call.query.flag("all")? {
        names = known::list(engine)?
            .into_iter()
            .map(|(image, _)| image.id)
            .collect();
    } else if names.is_empty() {
        return Err(Failure::bad("no image name or ID given"));
    }
    let (mut deleted, mut untagged, mut errors, mut code) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for name in &names {
        match remove::remove(engine, name, force) {
            Ok(removed) => {
                deleted.extend(removed.deleted);
                untagged.extend(removed.untagged);
            }
            Err(error) if error.kind() == ErrorKind::NotFound && ignore => {}
            Err(error) => {
                // Podman's exit codes: 1 for what isn't there, 2 for what is in use.
                code = match error.kind() {
                    ErrorKind::NotFound => 1,
                    ErrorKind::Conflict => 2,
                    _ => 125,
                };
                errors.push(error.to_string());
            }
        }
    }
    Ok(Reply::ok(&json!({
        "Deleted": deleted, "Untagged": untagged, "Errors": errors, "ExitCode": code,
    })))
}

/// `POST /images/prune`.
pub fn prune(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let all = call.query.flag("all")?;
    let mut images = Vec::new();
    for (image, users) in chosen(engine, call)? {
        if users == 0 && (all || image.names.is_empty()) {
            images.push(image);
        }
    }
    let pruned = remove::prune(engine, images).into_iter();
    let removed: Vec<Value> = pruned
        .map(|one| match one.failed {
            None => json!({ "Id": one.id, "Size": one.size }),
            Some(error) => json!({ "Id": one.id, "Err": error.to_string(), "Size": 0 }),
        })
        .collect();
    Ok(Reply::ok(&removed))
}
