//! Images between this host and registries, and their names.

use libcr::Engine;
use libcr::ops::images::pull::{PullPolicy, pull as bring};
use libcr::ops::images::push::push as send;
use libcr::ops::images::tag as names;
use serde_json::json;

use crate::http::{Call, Failure, Reply};
use crate::shared::transfer::{self, Words, access, own_platform};

/// `POST /images/pull`.
///
/// # Errors
/// 400 without a reference, 404 for what no registry has, and what the registry says.
pub async fn pull(call: Call) -> Result<Reply, Failure> {
    let query = &call.query;
    let name = query
        .text("reference")
        .ok_or_else(|| Failure::bad("reference parameter cannot be empty"))?
        .to_owned();
    let policy = PullPolicy::parse(query.text("policy").unwrap_or("always"))?;
    if query.flag("allTags")? {
        return Err(Failure::unsupported("pulling all tags"));
    }
    own_platform(query.text("arch"), query.text("os"))?;
    let quiet = query.flag("quiet")?;
    let words = if query.flag("compatMode")? {
        Words::Docker
    } else {
        Words::Libpod
    };
    let access = access(&call, &name)?;
    transfer::answer(&call, words, quiet, move |engine, progress| {
        let image = bring(engine, &name, policy, &access, progress)?;
        Ok(vec![json!({ "images": [image.id], "id": image.id })])
    })
    .await
}

/// `POST /images/{name}/push`.
///
/// # Errors
/// 404 for an image that isn't here, and what the registry says.
pub async fn push(call: Call) -> Result<Reply, Failure> {
    let query = &call.query;
    let name = call.name().to_owned();
    let destination = query.text("destination").map(str::to_owned);
    if let Some(format) = query.text("compressionFormat") {
        return Err(Failure::unsupported(&format!(
            "compressing layers anew while they are pushed ({format})"
        )));
    }
    // As Podman's server: who doesn't ask hears nothing.
    let quiet = query.maybe_flag("quiet")?.unwrap_or(true);
    let access = access(&call, destination.as_deref().unwrap_or(&name))?;
    transfer::answer(&call, Words::Libpod, quiet, move |engine, progress| {
        let digest = send(engine, &name, destination.as_deref(), &access, progress)?;
        Ok(vec![json!({ "manifestdigest": digest })])
    })
    .await
}

/// `repo` and `tag` of a query as one name.
pub fn name_of(call: &Call) -> Result<Option<String>, Failure> {
    let (repository, tag) = (call.query.text("repo"), call.query.text("tag"));
    match (repository, tag) {
        (Some(repository), Some(tag)) => Ok(Some(format!("{repository}:{tag}"))),
        (Some(repository), None) => Ok(Some(repository.to_owned())),
        (None, Some(_)) => Err(Failure::bad("repo parameter is required to tag an image")),
        (None, None) => Ok(None),
    }
}

/// `POST /images/{name}/tag`, of both interfaces.
pub fn tag(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let new =
        name_of(call)?.ok_or_else(|| Failure::bad("repo parameter is required to tag an image"))?;
    names::tag(engine, call.name(), &[new])?;
    Ok(Reply::status(201))
}

/// `POST /images/{name}/untag`.
pub fn untag(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    names::untag(engine, call.name(), name_of(call)?.as_slice())?;
    Ok(Reply::status(201))
}
