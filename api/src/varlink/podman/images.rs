//! Images.

use std::fs::File;
use std::path::PathBuf;

use libcr::model::image::Image;
use libcr::ops::images::import::{ImageImport, import as make};
use libcr::ops::images::load::load as read;
use libcr::ops::images::{Access, Credentials, inspect as one, list as known};
use libcr::ops::images::{pull as bring, push as send, remove as gone, tag as names};
use libcr::{Engine, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};

use super::containers::{Id, Name};
use crate::shared::images::{digests, fitting, labels};
use crate::varlink::call::Call;
use crate::varlink::engine::{conditions, path_of};
use crate::varlink::failed::Failed;
use crate::varlink::service::Nothing;

pub fn list(engine: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    let all = known::list(engine)?;
    Ok(json!({ "images": described_all(&all) }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    filters: Vec<String>,
}

pub fn filtered(engine: &Engine, _: &Call, asked: Filters) -> Result<Value, Failed> {
    let found = fitting(engine, &conditions(&asked.filters))?;
    Ok(json!({ "images": described_all(&found) }))
}

fn described_all(images: &[(Image, usize)]) -> Vec<Value> {
    let all = images.iter();
    all.map(|(image, users)| described(image, *users)).collect()
}

fn described(image: &Image, users: usize) -> Value {
    json!({
        "id": image.id,
        "digest": image.digest,
        "digests": [image.digest],
        "parentId": "",
        "repoTags": image.names,
        "repoDigests": digests(image),
        "created": image.created,
        "size": image.size,
        "virtualSize": image.size,
        "containers": users,
        "labels": labels(image),
        "isParent": false,
        "topLayer": image.diff_ids.last().map_or("", String::as_str).trim_start_matches("sha256:"),
        "readOnly": false,
        "history": image.names,
    })
}

pub fn get(engine: &Engine, _: &Call, asked: Id) -> Result<Value, Failed> {
    let found = known::find(engine, &asked.id)?;
    let all = known::list(engine)?;
    let users = all.iter().find(|(image, _)| image.id == found.id);
    let users = users.map_or(0, |(_, users)| *users);
    Ok(json!({ "image": described(&found, users) }))
}

/// 0: it is there; 1: it isn't.
pub fn exists(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let found = match known::find(engine, &asked.name) {
        Ok(_) => 0,
        Err(error) if error.kind() == ErrorKind::NotFound => 1,
        Err(error) => return Err(error.into()),
    };
    Ok(json!({ "exists": found }))
}

pub fn inspect(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let found = one::inspect(engine, &asked.name)?;
    Ok(json!({ "image": found.to_string() }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pull {
    name: String,
    creds: AuthConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AuthConfig {
    username: String,
    password: String,
}

/// `MoreResponse`: what goes on, and in the end the id.
fn told(logs: &[String], id: &str) -> Value {
    json!({ "reply": { "logs": logs, "id": id } })
}

/// Lines of progress as this interface has them.
#[derive(Debug)]
struct Lines<'a>(&'a Call);

impl libcr::progress::Progress for Lines<'_> {
    fn step(&self, _: &str, _: libcr::progress::Step) {}
    fn bytes(&self, _: &str, _: u64, _: Option<u64>) {}
    fn say(&self, line: &str) {
        if self.0.more {
            // The work waits for nobody who only watches.
            let _ = self.0.replies.try_send(told(&[line.to_owned()], ""));
        }
    }
    fn cancelled(&self) -> bool {
        self.0.cancel.is_cancelled()
    }
}

pub fn pull(engine: &Engine, call: &Call, asked: Pull) -> Result<Value, Failed> {
    let creds = asked.creds;
    let words = format!("{}:{}", creds.username, creds.password);
    let credentials = (!creds.username.is_empty()).then(|| Credentials::parse(&words));
    let access = Access {
        credentials: credentials.transpose().map_err(libcr::Error::from)?,
        ..Access::default()
    };
    let policy = bring::PullPolicy::Always;
    let image = bring::pull(engine, &asked.name, policy, &access, &Lines(call))?;
    Ok(told(&[], &image.id))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Push {
    name: String,
    tag: String,
    /// Layers go as they are kept.
    #[serde(rename = "compress")]
    _compress: bool,
    format: String,
    #[serde(rename = "removeSignatures")]
    _remove_signatures: bool,
    sign_by: String,
}

pub fn push(engine: &Engine, call: &Call, asked: Push) -> Result<Value, Failed> {
    if !asked.sign_by.is_empty() {
        return Err(Failed::invalid("signBy is not supported yet"));
    }
    if !matches!(asked.format.as_str(), "" | "oci") {
        return Err(Failed::invalid(format!(
            "format {:?} is not supported yet",
            asked.format
        )));
    }
    let destination = Some(asked.tag.as_str()).filter(|tag| !tag.is_empty());
    send::push(
        engine,
        &asked.name,
        destination,
        &Access::default(),
        &Lines(call),
    )?;
    Ok(told(&[], &known::find(engine, &asked.name)?.id))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Load {
    /// The archive says it.
    #[serde(rename = "name")]
    _name: String,
    input_file: String,
    #[serde(rename = "quiet")]
    _quiet: bool,
    delete_file: bool,
}

pub fn load(engine: &Engine, _: &Call, asked: Load) -> Result<Value, Failed> {
    let path = path_of("inputFile", asked.input_file)?;
    let names = read(engine, &path)?;
    if asked.delete_file {
        delete(&path)?;
    }
    let first = names.first().map_or("", String::as_str);
    Ok(told(&names, first))
}

fn delete(path: &PathBuf) -> Result<(), Failed> {
    std::fs::remove_file(path).map_err(|error| {
        Failed::new(
            ErrorKind::Failed,
            format!("cannot remove {}: {error}", path.display()),
        )
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Import {
    source: String,
    reference: String,
    message: String,
    changes: Vec<String>,
    delete: bool,
}

pub fn import(engine: &Engine, _: &Call, asked: Import) -> Result<Value, Failed> {
    let path = path_of("source", asked.source)?;
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let options = ImageImport {
        name: some(asked.reference),
        changes: asked.changes,
        message: some(asked.message),
        platform: [None, None, None],
    };
    let file = File::open(&path)
        .map_err(|error| Failed::invalid(format!("cannot open {}: {error}", path.display())))?;
    let id = make(engine, file, &options)?;
    if asked.delete {
        delete(&path)?;
    }
    Ok(json!({ "image": id }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tag {
    name: String,
    tagged: String,
}

pub fn tag(engine: &Engine, _: &Call, asked: Tag) -> Result<Value, Failed> {
    let id = known::find(engine, &asked.name)?.id;
    names::tag(engine, &asked.name, &[asked.tagged])?;
    Ok(json!({ "image": id }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Untag {
    name: String,
    tag: String,
}

pub fn untag(engine: &Engine, _: &Call, asked: Untag) -> Result<Value, Failed> {
    let id = known::find(engine, &asked.name)?.id;
    names::untag(engine, &asked.name, &[asked.tag])?;
    Ok(json!({ "image": id }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Remove {
    name: String,
    force: bool,
}

pub fn remove(engine: &Engine, _: &Call, asked: Remove) -> Result<Value, Failed> {
    let id = known::find(engine, &asked.name)?.id;
    gone::remove(engine, &asked.name, asked.force)?;
    Ok(json!({ "image": id }))
}

pub fn remove_told(engine: &Engine, _: &Call, asked: Remove) -> Result<Value, Failed> {
    let removed = gone::remove(engine, &asked.name, asked.force)?;
    Ok(json!({ "response": {
        "untagged": removed.untagged,
        "deleted": removed.deleted.first().map_or("", String::as_str),
    } }))
}

pub fn delete_unused(engine: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    let images = known::list(engine)?;
    Ok(json!({ "images": prune_all(engine, images, true)? }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prune {
    all: bool,
    filter: Vec<String>,
}

pub fn prune(engine: &Engine, _: &Call, asked: Prune) -> Result<Value, Failed> {
    let images = fitting(engine, &conditions(&asked.filter))?;
    Ok(json!({ "pruned": prune_all(engine, images, asked.all)? }))
}

/// Removes those that nobody uses; without `all` only those without a name.
fn prune_all(
    engine: &Engine,
    images: Vec<(Image, usize)>,
    all: bool,
) -> Result<Vec<String>, Failed> {
    let mut removed = Vec::new();
    for (image, users) in images {
        if users > 0 || !(all || image.names.is_empty()) {
            continue;
        }
        match gone::remove(engine, &image.id, true) {
            Ok(_) => removed.push(image.id),
            // Somebody removed it, or uses it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(removed)
}
