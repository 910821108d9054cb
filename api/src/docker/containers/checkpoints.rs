//! Checkpoints as Docker has them: named, of one container, in the engine's catalogue or in a
//! directory of the caller's.

use std::path::PathBuf;

use libcr::model::catalogue::CheckpointPlace;
use libcr::ops::checkpoint::{CheckpointOptions, checkpoint};
use libcr::ops::checkpoints::{list as known, remove as gone};
use libcr::ops::restore::{RestoreOptions, restore};
use libcr::{Engine, Error, ErrorKind};
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::fields::Fields;

/// `POST …/checkpoints`.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let name = body.text("CheckpointID")?.unwrap_or_default();
    let directory = body.text("CheckpointDir")?;
    let exit = body.flag("Exit")?;
    body.finish()?;
    let options = CheckpointOptions {
        named: Some(place(&name, directory.as_deref())?),
        leave_running: !exit,
        ..CheckpointOptions::default()
    };
    checkpoint(engine, call.name(), &options, &call.cancel)?;
    Ok(Reply::status(201))
}

/// Which checkpoint is meant.
fn place(name: &str, directory: Option<&str>) -> Result<CheckpointPlace, Failure> {
    let usual = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    if name.is_empty() {
        return Err(Failure::bad("checkpoint id should not be empty"));
    }
    if !name.starts_with(|letter: char| letter.is_ascii_alphanumeric()) || !name.chars().all(usual)
    {
        return Err(Failure::bad(format!(
            "invalid checkpoint ID {name:?}: only [a-zA-Z0-9][a-zA-Z0-9_.-]* are allowed"
        )));
    }
    Ok(CheckpointPlace {
        name: name.to_owned(),
        directory: directory.map(parent).transpose()?,
    })
}

/// The caller's directory.
fn parent(directory: &str) -> Result<PathBuf, Failure> {
    let path = PathBuf::from(directory);
    let climbs = path.components().any(|part| part.as_os_str() == "..");
    if !path.is_absolute() || climbs {
        return Err(Failure::bad(format!(
            "invalid checkpoint directory {directory:?}: it must be absolute and without `..`"
        )));
    }
    Ok(path)
}

/// `GET …/checkpoints`: objects with a name for Docker, names for PouchContainer's clients.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut directory = call.query.text("dir");
    if call.is_pouch {
        directory = directory.or_else(|| call.query.text("checkpointdir"));
    }
    let directory = directory.map(parent).transpose()?;
    let id = engine.find(call.name())?.config.id;
    let found = match &directory {
        Some(directory) if !directory.exists() => Vec::new(),
        directory => known::list(engine, Some(&id), directory.as_deref())?,
    };
    if call.is_pouch {
        let names: Vec<&str> = found.iter().map(|one| &*one.checkpoint.name).collect();
        return Ok(match directory {
            Some(directory) if !directory.exists() => Reply::ok(&Value::Null),
            _ => Reply::ok(&names),
        });
    }
    let all: Vec<Value> = found
        .iter()
        .map(|one| json!({ "Name": one.checkpoint.name }))
        .collect();
    Ok(Reply::ok(&all))
}

/// `DELETE …/checkpoints/{checkpoint}`.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let name = call.names.get(1).map_or("", String::as_str);
    let place = place(name, call.query.text("dir"))?;
    gone::remove(engine, call.name(), &place)?;
    Ok(Reply::status(204))
}

/// `POST …/start?checkpoint=`: thaws it.
pub fn start(
    engine: &Engine,
    call: &Call,
    name: &str,
    directory: Option<&str>,
) -> Result<Reply, Failure> {
    let options = RestoreOptions {
        named: Some(place(name, directory)?),
        ..RestoreOptions::default()
    };
    match restore(engine, call.name(), &options, &call.cancel) {
        Ok(_) => Ok(Reply::status(204)),
        Err(Error::WrongState(text)) if text.contains("running") => Ok(Reply::status(304)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::from(error)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_directories_that_lead_nowhere_else() {
        for bad in ["", "../a", "a/b", ".a", "a b", "a\0"] {
            assert_eq!(place(bad, None).unwrap_err().status, 400, "{bad:?}");
        }
        for bad in ["a", "/a/../b", "../a"] {
            assert_eq!(place("a", Some(bad)).unwrap_err().status, 400, "{bad:?}");
        }
        assert!(place("cp_0.1-a", Some("/mnt/a")).is_ok());
    }
}
