//! Volumes.

use std::collections::BTreeMap;

use libcr::ops::volumes::create::{CreateVolumeOptions, create as make};
use libcr::ops::volumes::list::VolumeFilter;
use libcr::ops::volumes::{inspect as one, list as known, remove as gone};
use libcr::{Engine, ErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::containers::Name;
use crate::varlink::call::Call;
use crate::varlink::failed::Failed;
use crate::varlink::service::Nothing;
use crate::varlink::volumes::remove as remove_one;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Create {
    options: CreateOpts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
struct CreateOpts {
    volume_name: String,
    driver: String,
    labels: BTreeMap<String, String>,
    options: BTreeMap<String, String>,
}

pub fn create(engine: &Engine, _: &Call, asked: Create) -> Result<Value, Failed> {
    let opts = asked.options;
    let options = CreateVolumeOptions {
        name: Some(opts.volume_name).filter(|name| !name.is_empty()),
        driver: opts.driver,
        labels: opts.labels,
        options: opts.options,
        ..CreateVolumeOptions::default()
    };
    Ok(json!({ "volumeName": make(engine, &options)? }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Remove {
    options: RemoveOpts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RemoveOpts {
    volumes: Vec<String>,
    all: bool,
    force: bool,
}

/// Those that went, and why others stayed.
pub fn remove(engine: &Engine, _: &Call, asked: Remove) -> Result<Value, Failed> {
    let opts = asked.options;
    let mut names = opts.volumes;
    if opts.all {
        let all = known::list(engine, &VolumeFilter::default())?;
        names = all.into_iter().map(|volume| volume.name).collect();
    }
    let (mut successes, mut failures) = (Vec::new(), Map::new());
    for name in names {
        match remove_one(engine, &name, opts.force) {
            Ok(()) => successes.push(name),
            Err(error) => {
                failures.insert(name, libcr::error::one_line(&error).into());
            }
        }
    }
    Ok(json!({ "successes": successes, "failures": failures }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Get {
    args: Vec<String>,
    all: bool,
}

pub fn get(engine: &Engine, _: &Call, asked: Get) -> Result<Value, Failed> {
    let mut volumes = known::list(engine, &VolumeFilter::default())?;
    if !asked.all {
        for name in &asked.args {
            // What isn't there is an error, not an empty list.
            one::inspect(engine, name)?;
        }
        volumes.retain(|volume| asked.args.contains(&volume.name));
    }
    let all: Vec<Value> = volumes
        .iter()
        .map(|volume| {
            json!({
                "name": volume.name,
                "labels": volume.labels,
                "mountPoint": engine.volume_data(&volume.name),
                "driver": libcr::model::volume::LOCAL_DRIVER,
                "options": volume.options,
            })
        })
        .collect();
    Ok(json!({ "volumes": all }))
}

pub fn inspect(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let found = one::inspect(engine, &asked.name)?;
    Ok(json!({ "volume": found.to_string() }))
}

pub fn prune(engine: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    let filter = VolumeFilter::new(vec![("dangling".into(), "true".into())])?;
    let (mut names, mut errors) = (Vec::new(), Vec::new());
    for volume in known::list(engine, &filter)? {
        match gone::remove(engine, &volume.name) {
            Ok(()) => names.push(volume.name),
            // Somebody removed it, or began to use it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {}
            Err(error) => errors.push(libcr::error::one_line(&error)),
        }
    }
    Ok(json!({ "prunedNames": names, "prunedErrors": errors }))
}
