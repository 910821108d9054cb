//! Volumes.

use std::collections::BTreeMap;

use libcr::Engine;
use libcr::ops::volumes::create::{CreateVolumeOptions, create as make};
use libcr::ops::volumes::list::VolumeFilter;
use libcr::ops::volumes::{inspect as one, list as known};
use serde::Deserialize;
use serde_json::{Value, json};

use super::containers::{Name, conditions};
use super::shown;
use crate::varlink::call::Call;
use crate::varlink::failed::Failed;
use crate::varlink::volumes::remove as gone;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct List {
    filter: Vec<String>,
}

pub fn list(engine: &Engine, _: &Call, asked: List) -> Result<Value, Failed> {
    let filter = VolumeFilter::new(conditions(&asked.filter))?;
    let found = known::list(engine, &filter)?;
    let all: Vec<Value> = found
        .iter()
        .map(|volume| shown::volume(engine, volume))
        .collect();
    Ok(json!({ "volumes": all }))
}

pub fn inspect(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    Ok(json!({ "volume": one::inspect(engine, &asked.name)? }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Create {
    name: Option<String>,
    options: Options,
}

/// In the order of the description.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    driver: String,
    gid: Option<u32>,
    ignore: bool,
    label: BTreeMap<String, String>,
    opt: BTreeMap<String, String>,
    uid: Option<u32>,
}

pub fn create(engine: &Engine, _: &Call, asked: Create) -> Result<Value, Failed> {
    let flags = asked.options;
    let options = CreateVolumeOptions {
        name: asked.name,
        driver: flags.driver,
        labels: flags.label,
        options: flags.opt,
        uid: flags.uid,
        gid: flags.gid,
        ignore: flags.ignore,
    };
    Ok(json!({ "name": make(engine, &options)? }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    name: String,
    #[serde(default)]
    force: bool,
}

pub fn remove(engine: &Engine, _: &Call, asked: Remove) -> Result<Value, Failed> {
    gone(engine, &asked.name, asked.force)?;
    Ok(json!({}))
}
