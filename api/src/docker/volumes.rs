//! Volumes.

use libcr::Engine;
use libcr::ops::volumes::create::{CreateVolumeOptions, create as make};
use libcr::ops::volumes::list::VolumeFilter;
use libcr::ops::volumes::{inspect as one, list as known, remove as gone};
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::fields::Fields;

/// A volume in Docker's shape.
pub fn shown(facts: &Value) -> Value {
    json!({
        "CreatedAt": facts["CreatedAt"],
        "Driver": facts["Driver"],
        "Labels": facts["Labels"],
        "Mountpoint": facts["Mountpoint"],
        "Name": facts["Name"],
        "Options": facts["Options"],
        "Scope": "local",
    })
}

/// `POST /volumes/create`: one that is there is fine.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let options = CreateVolumeOptions {
        name: body.text("Name")?,
        driver: body
            .text("Driver")?
            .filter(|driver| driver != "default")
            .unwrap_or_default(),
        labels: body.map("Labels")?,
        options: body.map("DriverOpts")?,
        ignore: true,
        ..CreateVolumeOptions::default()
    };
    body.finish()?;
    let name = make(engine, &options)?;
    Ok(Reply::json(201, &shown(&one::inspect(engine, &name)?)))
}

/// `GET /volumes`.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let filter = VolumeFilter::new(call.query.filters()?)?;
    let volumes = known::list(engine, &filter)?;
    let all: Vec<Value> = volumes
        .iter()
        .map(|volume| shown(&one::describe(engine, volume)))
        .collect();
    Ok(Reply::ok(&json!({ "Volumes": all, "Warnings": [] })))
}

/// `GET /volumes/{name}`.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&shown(&one::inspect(engine, call.name())?)))
}

/// `DELETE /volumes/{name}`; `force` only means that one that isn't there is fine.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let force = call.query.docker_flag("force");
    if !force || known::exists(engine, call.name())? {
        gone::remove(engine, call.name())?;
    }
    Ok(Reply::status(204))
}

/// `POST /volumes/prune`.
pub fn prune(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let removed = crate::libpod::volumes::pruned(engine, call)?;
    let names: Vec<&Value> = removed.iter().map(|one| &one["Id"]).collect();
    Ok(Reply::ok(
        &json!({ "VolumesDeleted": names, "SpaceReclaimed": 0 }),
    ))
}
