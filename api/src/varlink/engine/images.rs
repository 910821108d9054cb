//! Images.

use std::fs::File;
use std::path::Path;

use libcr::Engine;
use libcr::ops::images::import::{ImageImport, import as make};
use libcr::ops::images::load::load as read;
use libcr::ops::images::{Access, Credentials, inspect as one, pull as bring, push as send};
use libcr::ops::images::{remove as gone, tag as names};
use serde::Deserialize;
use serde_json::{Value, json};

use super::containers::{Name, conditions, path_of};
use super::{create, shown};
use crate::shared::images::fitting;
use crate::varlink::archive::{Passed, Use, read_from};
use crate::varlink::call::{Call, Telling};
use crate::varlink::failed::Failed;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct List {
    filter: Vec<String>,
}

pub fn list(engine: &Engine, _: &Call, asked: List) -> Result<Value, Failed> {
    let found = fitting(engine, &conditions(&asked.filter))?;
    let all: Vec<Value> = found
        .iter()
        .map(|(image, users)| shown::image(image, *users))
        .collect();
    Ok(json!({ "images": all }))
}

pub fn inspect(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    Ok(json!({ "image": one::inspect(engine, &asked.name)? }))
}

/// How a registry is reached.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Registry {
    authfile: Option<String>,
    cert_dir: Option<String>,
    creds: Option<String>,
    tls_verify: Option<bool>,
}

impl Registry {
    fn read(self) -> Result<Access, Failed> {
        let credentials = self.creds.as_deref().map(Credentials::parse).transpose();
        Ok(Access {
            credentials: credentials.map_err(libcr::Error::from)?,
            ..create::access(self.authfile, self.cert_dir, self.tls_verify)?
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    name: String,
    #[serde(default)]
    policy: Option<String>,
    #[serde(default)]
    access: Registry,
}

pub fn pull(engine: &Engine, call: &Call, asked: Pull) -> Result<Value, Failed> {
    let policy = bring::PullPolicy::parse(asked.policy.as_deref().unwrap_or("always"))?;
    let access = asked.access.read()?;
    let image = bring::pull(engine, &asked.name, policy, &access, &Telling::new(call))?;
    Ok(json!({ "id": image.id }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    name: String,
    #[serde(default)]
    destination: Option<String>,
    #[serde(default)]
    access: Registry,
}

pub fn push(engine: &Engine, call: &Call, asked: Push) -> Result<Value, Failed> {
    let access = asked.access.read()?;
    let destination = asked.destination.as_deref();
    let digest = send::push(
        engine,
        &asked.name,
        destination,
        &access,
        &Telling::new(call),
    )?;
    Ok(json!({ "digest": digest }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Load {
    archive: Option<i64>,
    path: Option<String>,
}

pub fn load(engine: &Engine, call: &Call, asked: Load) -> Result<Value, Failed> {
    let names = with_archive(call, asked.archive, asked.path, |path| {
        Ok(read(engine, path)?)
    })?;
    Ok(json!({ "names": names }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Import {
    archive: Option<i64>,
    path: Option<String>,
    name: Option<String>,
    change: Vec<String>,
    message: Option<String>,
}

pub fn import(engine: &Engine, call: &Call, asked: Import) -> Result<Value, Failed> {
    let options = ImageImport {
        name: asked.name,
        changes: asked.change,
        message: asked.message,
        platform: [None, None, None],
    };
    let id = with_archive(call, asked.archive, asked.path, |path| {
        let file = File::open(path)
            .map_err(|error| Failed::invalid(format!("cannot open {}: {error}", path.display())))?;
        Ok(make(engine, file, &options)?)
    })?;
    Ok(json!({ "id": id }))
}

/// Work with an archive from a descriptor or a path.
fn with_archive<T>(
    call: &Call,
    archive: Option<i64>,
    path: Option<String>,
    work: impl FnOnce(&Path) -> Result<T, Failed>,
) -> Result<T, Failed> {
    match (archive, path) {
        (Some(index), None) => {
            let client = Passed::new(call.descriptor("archive", index)?, Use::Read)?;
            read_from(&client, &call.cancel, work)
        }
        (None, Some(path)) => work(&path_of("path", path)?),
        _ => Err(Failed::invalid(
            "exactly one of a descriptor and a path must be given",
        )),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    name: String,
    tag: String,
}

pub fn tag(engine: &Engine, _: &Call, asked: Tag) -> Result<Value, Failed> {
    let given = names::tag(engine, &asked.name, &[asked.tag])?;
    Ok(json!({ "name": given.concat() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Untag {
    name: String,
    #[serde(default)]
    tag: Option<String>,
}

pub fn untag(engine: &Engine, _: &Call, asked: Untag) -> Result<Value, Failed> {
    names::untag(engine, &asked.name, asked.tag.as_slice())?;
    Ok(json!({}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    name: String,
    #[serde(default)]
    force: bool,
}

pub fn remove(engine: &Engine, _: &Call, asked: Remove) -> Result<Value, Failed> {
    let removed = gone::remove(engine, &asked.name, asked.force)?;
    Ok(json!({ "untagged": removed.untagged, "deleted": removed.deleted }))
}
