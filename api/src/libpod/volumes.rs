//! Volumes.

use libcr::ops::volumes::create::{CreateVolumeOptions, create as make};
use libcr::ops::volumes::list::VolumeFilter;
use libcr::ops::volumes::{inspect as one, list as known, remove as gone};
use libcr::{Engine, ErrorKind};
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::fields::Fields;

/// `POST /volumes/create`.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let mut labels = body.map("Labels")?;
    labels.extend(body.map("Label")?);
    let options = CreateVolumeOptions {
        name: body.text("Name")?,
        driver: body.text("Driver")?.unwrap_or_default(),
        labels,
        options: body.map("Options")?,
        uid: body.count("UID")?,
        gid: body.count("GID")?,
        ignore: body.flag("IgnoreIfExists")?,
    };
    body.finish()?;
    let name = make(engine, &options)?;
    Ok(Reply::json(201, &one::inspect(engine, &name)?))
}

/// `GET /volumes/json`.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let filter = VolumeFilter::new(call.query.filters()?)?;
    let volumes = known::list(engine, &filter)?;
    let all: Vec<Value> = volumes
        .iter()
        .map(|volume| one::describe(engine, volume))
        .collect();
    Ok(Reply::ok(&all))
}

/// `GET …/json`.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&one::inspect(engine, call.name())?))
}

/// `GET …/exists`.
pub fn exists(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    if known::exists(engine, call.name())? {
        return Ok(Reply::status(204));
    }
    Err(Failure::new(
        404,
        format!(
            "no volume with name {:?} found: no such volume",
            call.name()
        ),
    ))
}

/// `DELETE /volumes/{name}`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    if call.query.flag("force")? {
        for user in gone::users(engine, call.name())? {
            let options = libcr::ops::lifecycle::rm::RmOptions {
                force: true,
                ..Default::default()
            };
            libcr::ops::lifecycle::rm::rm(engine, &user, options)?;
        }
    }
    gone::remove(engine, call.name())?;
    Ok(Reply::status(204))
}

/// `POST /volumes/prune`.
pub fn prune(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&pruned(engine, call)?))
}

/// The volumes that went.
pub fn pruned(engine: &Engine, call: &Call) -> Result<Vec<Value>, Failure> {
    let mut filters = call.query.filters()?;
    // Docker's newer clients say with it that named ones are meant too.
    filters.retain(|(key, _)| key != "all");
    filters.push(("dangling".into(), "true".into()));
    let filter = VolumeFilter::new(filters)?;
    let mut removed = Vec::new();
    for volume in known::list(engine, &filter)? {
        match gone::remove(engine, &volume.name) {
            Ok(()) => removed.push(json!({ "Id": volume.name, "Size": 0 })),
            // Somebody removed it, or began to use it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(removed)
}
