//! Verbs that Docker has in other words than libpod.

use libcr::model::status::Status;
use libcr::ops::lifecycle::{ps, rm, stop as halt};
use libcr::{Engine, ErrorKind};
use serde_json::{Map, Value, json};

use super::checkpoints;
use crate::http::{Call, Failure, Reply};
use crate::libpod::verbs::timeout;
use crate::shared::attach::start_container;
use crate::shared::fields::Fields;
use crate::shared::filter::ContainerFilter;

/// `POST …/start`: dockerode sends in the body what others have in the query.
pub fn start(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let of_body = (body.text("checkpoint")?, body.text("checkpoint-dir")?);
    let of_query = |key: &str| call.query.text(key).map(str::to_owned);
    let name = of_query("checkpoint").or(of_body.0);
    let directory = of_query("checkpoint-dir").or(of_body.1);
    match name {
        Some(name) => checkpoints::start(engine, call, &name, directory.as_deref()),
        None => start_container(engine, call),
    }
}

/// `POST …/stop`.
pub fn stop(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let id = engine.find(call.name())?.config.id;
    let all = ps::list(engine)?;
    let alive = all
        .iter()
        .any(|one| one.config.id == id && one.state.status.is_alive());
    if let Some(signal) = call.query.text("signal").filter(|_| alive) {
        libcr::ops::lifecycle::kill::kill(engine, &id, signal)?;
    }
    halt::stop(engine, &id, timeout(call)?)?;
    Ok(Reply::status(if alive { 204 } else { 304 }))
}

/// `DELETE /containers/{name}`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    if call.query.docker_flag("link") {
        return Err(Failure::unsupported("removing a link"));
    }
    let force = call.query.docker_flag("force");
    let options = rm::RmOptions {
        force,
        // Docker doesn't ask nicely.
        timeout: force.then_some(0),
        volumes: call.query.docker_flag("v"),
    };
    rm::rm(engine, call.name(), options)?;
    Ok(Reply::status(204))
}

/// `POST /containers/prune`.
pub fn prune(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let filter = ContainerFilter::new(call.query.filters()?)?;
    let mut removed = Vec::new();
    for one in ps::list(engine)? {
        if !matches!(one.state.status, Status::Created | Status::Exited)
            || !filter.fits(engine, &one)
        {
            continue;
        }
        match rm::rm(engine, &one.config.id, rm::RmOptions::default()) {
            Ok(id) => removed.push(id),
            // Somebody removed it, or started it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::WrongState) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Reply::ok(
        &json!({ "ContainersDeleted": removed, "SpaceReclaimed": 0 }),
    ))
}
