//! Verbs that are one call each.

use libcr::model::status::Status;
use libcr::ops::lifecycle::change::rename;
use libcr::ops::lifecycle::{healthcheck, inspect, kill, pause, ps, restart, rm, stop};
use libcr::{Engine, ErrorKind};
use serde_json::{Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::filter::ContainerFilter;

/// `GET …/json`.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    Ok(Reply::ok(&inspect::inspect(engine, call.name())?))
}

/// `GET …/exists`.
pub fn exists(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    match engine.find(call.name()) {
        Ok(_) => Ok(Reply::status(204)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Failure::new(404, "no such container"))
        }
        Err(error) => Err(error.into()),
    }
}

/// The time that a client gives a container to end.
pub fn timeout(call: &Call) -> Result<Option<u32>, Failure> {
    let key = if call.query.text("timeout").is_some() {
        "timeout"
    } else {
        "t"
    };
    // Below zero means for ever; so does the longest time there is, near enough.
    let seconds = call.query.number::<i64>(key)?;
    Ok(seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)))
}

/// `POST …/stop`.
pub fn stop(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let timeout = timeout(call)?;
    let alive = is_alive(engine, call.name())?;
    stop::stop(engine, call.name(), timeout)?;
    Ok(Reply::status(if alive { 204 } else { 304 }))
}

fn is_alive(engine: &Engine, word: &str) -> Result<bool, Failure> {
    let id = engine.find(word)?.config.id;
    let all = ps::list(engine)?;
    let found = all.iter().find(|one| one.config.id == id);
    Ok(found.is_some_and(|one| one.state.status.is_alive()))
}

/// `POST …/restart`.
pub fn restart(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    restart::restart(engine, call.name(), timeout(call)?)?;
    Ok(Reply::status(204))
}

/// `POST …/rename?name=`.
pub fn rename(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let new = call
        .query
        .text("name")
        .ok_or_else(|| Failure::bad("Neither old nor new names may be empty"))?;
    rename::rename(engine, call.name(), new.trim_start_matches('/'))?;
    Ok(Reply::status(204))
}

/// `POST …/kill`.
pub fn kill(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let signal = call.query.text("signal").unwrap_or("KILL");
    kill::kill(engine, call.name(), signal)?;
    Ok(Reply::status(204))
}

/// `POST …/pause`.
pub fn pause(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    pause::pause(engine, call.name())?;
    Ok(Reply::status(204))
}

/// `POST …/unpause`.
pub fn unpause(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    pause::unpause(engine, call.name())?;
    Ok(Reply::status(204))
}

/// `GET …/healthcheck`.
pub fn healthcheck(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    healthcheck::run(engine, call.name())?;
    let state = inspect::inspect(engine, call.name())?;
    Ok(Reply::ok(&state["State"]["Health"]))
}

/// `DELETE /containers/{name}`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let query = &call.query;
    let options = rm::RmOptions {
        force: query.flag("force")?,
        timeout: timeout(call)?,
        volumes: query.flag("v")? || query.flag("volumes")?,
    };
    match rm::rm(engine, call.name(), options) {
        Ok(id) => Ok(Reply::ok(&json!([{ "Id": id }]))),
        Err(error) if error.kind() == ErrorKind::NotFound && query.flag("ignore")? => {
            Ok(Reply::ok(&json!([])))
        }
        // Podman's words here are others than everywhere else.
        Err(libcr::Error::NoSuchContainer(word)) => Err(Failure::new(
            404,
            format!("no container with ID or name {word:?} found: no such container"),
        )),
        Err(error) => Err(error.into()),
    }
}

/// `POST /containers/prune`.
pub fn prune(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let filter = ContainerFilter::new(call.query.filters()?)?;
    let mut removed: Vec<Value> = Vec::new();
    for one in ps::list(engine)? {
        let idle = matches!(one.state.status, Status::Created | Status::Exited);
        if !idle || !filter.fits(engine, &one) {
            continue;
        }
        let id = one.config.id;
        match rm::rm(engine, &id, rm::RmOptions::default()) {
            Ok(id) => removed.push(json!({ "Id": id, "Size": 0 })),
            // Somebody removed it, or started it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::WrongState) => {}
            Err(error) => {
                removed.push(json!({ "Id": id, "Err": error.to_string(), "Size": 0 }));
            }
        }
    }
    Ok(Reply::ok(&removed))
}
