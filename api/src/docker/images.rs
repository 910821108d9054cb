//! Images.

use hyper::body::Incoming;
use jiff::Timestamp;
use libcr::Engine;
use libcr::model::image::Image;
use libcr::ops::images::import::ImageImport;
use libcr::ops::images::{inspect as one, remove as gone};
use serde_json::{Value, json};

use super::registry;
use crate::http::{Call, Failure, Reply, body};
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

/// An image of a list.
pub fn listed(image: &Image, users: usize) -> Value {
    let created: Timestamp = image.created.parse().unwrap_or_default();
    json!({
        "Id": format!("sha256:{}", image.id),
        "ParentId": "",
        "RepoTags": image.names,
        "RepoDigests": digests(image),
        "Created": created.as_second(),
        "Size": image.size,
        "SharedSize": -1,
        "VirtualSize": image.size,
        "Labels": labels(image),
        "Containers": users,
    })
}

/// `GET …/json`.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut facts = one::inspect(engine, call.name())?;
    let id = facts["Id"].as_str().unwrap_or_default();
    facts["Id"] = format!("sha256:{id}").into();
    Ok(Reply::ok(&facts))
}

/// `GET …/history`.
pub fn history(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&steps(engine, call.name(), "sha256:")?))
}

/// `POST /images/create`: an import (`fromSrc=-`), or a pull.
pub async fn create(call: Call, incoming: Incoming) -> Result<Reply, Failure> {
    let text = |key: &str| call.query.text(key).map(str::to_owned);
    let with_tag = |name: String| match text("tag") {
        Some(tag) if tag.starts_with("sha256:") => format!("{name}@{tag}"),
        Some(tag) => format!("{name}:{tag}"),
        None => name,
    };
    let line = |id: &str| {
        let line = json!({ "status": format!("sha256:{id}"), "id": id });
        Reply::bytes(200, "application/json", format!("{line}\n").into_bytes())
    };
    if let Some(source) = text("fromSrc") {
        if source != "-" {
            return Err(Failure::unsupported("importing from a URL"));
        }
        let options = ImageImport {
            name: text("repo").map(with_tag),
            changes: call
                .query
                .texts("changes")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            message: text("message"),
            platform: [None, None, None],
        };
        let id = import_body(&call, incoming, options).await?;
        return Ok(line(&id));
    }
    drop(body::whole(incoming, body::NONE_LIMIT).await?);
    let name = text("fromImage").ok_or_else(|| Failure::bad("fromImage or fromSrc is needed"))?;
    let name = with_tag(name);
    registry::pull(call, name).await
}

/// `GET …/get`.
pub async fn save(call: Call) -> Result<Reply, Failure> {
    let word = call.name().to_owned();
    saved(&call, vec![word]).await
}

/// `GET /images/get`.
pub async fn save_several(call: Call) -> Result<Reply, Failure> {
    let words = call.query.texts("names");
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    if words.is_empty() {
        return Err(Failure::bad("names: missing parameter"));
    }
    saved(&call, words).await
}

/// `POST /images/load`.
pub async fn load(call: Call, incoming: Incoming) -> Result<Reply, Failure> {
    let mut lines = String::new();
    for name in load_body(&call, incoming).await? {
        let line = json!({ "stream": format!("Loaded image: {name}\n") });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    Ok(Reply::bytes(200, "application/json", lines.into_bytes()))
}

/// `DELETE /images/{name}`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let removed = gone::remove(engine, call.name(), call.query.docker_flag("force"))?;
    let untagged = removed
        .untagged
        .iter()
        .map(|name| json!({ "Untagged": name }));
    let deleted = removed
        .deleted
        .iter()
        .map(|id| json!({ "Deleted": format!("sha256:{id}") }));
    let all: Vec<Value> = untagged.chain(deleted).collect();
    Ok(Reply::ok(&all))
}

/// `POST /images/prune`: those without a name; with `dangling=false` all.
pub fn prune(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let filters = call.query.filters()?;
    let all = filters
        .iter()
        .any(|(key, value)| key == "dangling" && matches!(value.as_str(), "false" | "0"));
    let (mut removed, mut size) = (Vec::new(), 0);
    for one in gone::prune(engine, gone::candidates(engine, all)?) {
        if let Some(error) = one.failed {
            return Err(error.into());
        }
        removed.push(json!({ "Deleted": format!("sha256:{}", one.id) }));
        size += one.size;
    }
    Ok(Reply::ok(
        &json!({ "ImagesDeleted": removed, "SpaceReclaimed": size }),
    ))
}
