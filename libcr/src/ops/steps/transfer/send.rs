//! Sends an image of this host to a registry: the blobs that are not there yet, then the manifest,
//! as it is here to the byte, so that the digest is the same.

use std::collections::BTreeSet;
use std::io::{self, Read};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::manifest::{Descriptor, MANIFEST, Manifest};
use crate::image::reference::Reference;
use crate::model::image::Image;
use crate::ops::steps::checkpoint_image;
use crate::progress::Progress;
use crate::registry::{Begun, Client};

use super::{Access, name, still_wanted};

/// Most repositories that a blob is asked for in; each is a request.
const SOURCES: usize = 8;

/// Sends it to the place in a registry that a word names, notes the event, and returns the digest of
/// its manifest.
///
/// # Errors
/// [`Error::Push`] with what the registry says; [`Error::Invalid`] for an image whose layers were
/// not kept.
pub fn push_image(
    engine: &Engine,
    image: &Image,
    destination: &str,
    access: &Access,
    progress: &dyn Progress,
) -> Result<String> {
    let to = name::destination(destination)?;
    let digest = sent(engine, image, &to, access, progress).map_err(|error| failed(&to, error))?;
    engine
        .store
        .transaction(|rows| rows.insert_image_event("push", &image.id, &to.to_string()))?;
    Ok(digest)
}

fn failed(to: &Reference, error: Error) -> Error {
    Error::Push {
        name: to.to_string(),
        source: Box::new(error),
    }
}

fn sent(
    engine: &Engine,
    image: &Image,
    to: &Reference,
    access: &Access,
    progress: &dyn Progress,
) -> Result<String> {
    let blobs = engine.blobs()?;
    let bytes = blobs.read(&image.digest)?;
    let manifest = Manifest::from_json("image manifest", &bytes)?;
    let all = std::iter::once(&manifest.config).chain(&manifest.layers);
    let all: Vec<&Descriptor> = all.collect();
    let missing = all
        .iter()
        .find(|blob| blobs.size(&blob.digest) != Some(blob.size));
    if let Some(missing) = missing {
        return Err(Error::Invalid(format!(
            "blob {} of it is not kept on this host: load or pull the image again first",
            missing.digest
        )));
    }
    let sources = sources(engine, to)?;
    let names = sources.iter().map(|(name, _)| name.clone()).collect();
    let client = access.connect(to, "pull,push", names)?;
    let mut done = BTreeSet::new();
    // The layers first: with its configuration an image would look whole.
    for blob in all.iter().rev() {
        if done.insert(&blob.digest) {
            let open = |digest: &str| Ok(Box::new(blobs.open_blob(digest)?) as Stream);
            one(&client, &open, blob, &sources, progress)?;
        }
    }
    let reference = to.digest.as_ref().or(to.tag.as_ref());
    let reference = reference.map_or("latest", String::as_str);
    progress.say("Writing manifest to image destination");
    if client.manifest_digest(reference)?.as_ref() != Some(&image.digest) {
        let kind = match manifest.media_type.as_str() {
            "" => MANIFEST,
            kind => kind,
        };
        client.put_manifest(reference, kind, &bytes)?;
    }
    Ok(image.digest.clone())
}

/// Sends blobs that are no image of this host, each opened by its digest, and the index that names
/// them. Manifests among them are sent as such too: who follows the index asks for them so.
///
/// # Errors
/// [`Error::Push`] with what the registry says.
pub fn send_parts(
    blobs: &[&Descriptor],
    open: &dyn Fn(&str) -> Result<Stream>,
    (kind, index): (&str, &[u8]),
    to: &Reference,
    access: &Access,
    progress: &dyn Progress,
) -> Result<()> {
    let send = || -> Result<()> {
        let client = access.connect(to, "pull,push", Vec::new())?;
        let mut done = BTreeSet::new();
        for blob in blobs {
            if done.insert(&blob.digest) {
                one(&client, open, blob, &[], progress)?;
            }
        }
        for blob in blobs.iter().filter(|blob| blob.media_type == MANIFEST) {
            let mut bytes = Vec::new();
            open(&blob.digest)?.read_to_end(&mut bytes)?;
            client.put_manifest(&blob.digest, MANIFEST, &bytes)?;
        }
        let reference = to.digest.as_ref().or(to.tag.as_ref());
        let reference = reference.map_or("latest", String::as_str);
        progress.say("Writing manifest to image destination");
        client.put_manifest(reference, kind, index)?;
        Ok(())
    };
    send().map_err(|error| failed(to, error))
}

/// The bytes of a blob.
pub type Stream = Box<dyn Read + Send>;

fn one(
    client: &Client,
    open: &dyn Fn(&str) -> Result<Stream>,
    blob: &Descriptor,
    sources: &[(String, BTreeSet<String>)],
    progress: &dyn Progress,
) -> Result<()> {
    let (digest, size) = (&blob.digest, blob.size);
    still_wanted(digest, progress)?;
    if client.has_blob(digest)? {
        progress.say(&format!("Copying blob {digest} skipped: already exists"));
        return Ok(());
    }
    let having = sources.iter().filter(|(_, has)| has.contains(digest));
    let mut begun = None;
    for (name, _) in having.take(SOURCES) {
        begun = Some(client.begin_blob(digest, Some(name))?);
        if begun == Some(Begun::Mounted) {
            progress.say(&format!("Copying blob {digest} mounted from {name}"));
            return Ok(());
        }
    }
    let begun = match begun {
        // Asked for one that it had not, the registry offers a place for it.
        Some(begun) => begun,
        None => client.begin_blob(digest, None)?,
    };
    progress.say(&format!("Copying blob {digest}"));
    let mut open = || open(digest).map_err(io::Error::other);
    let mut told = |sent: u64| progress.bytes(digest, sent, Some(size));
    Ok(client.send_blob(digest, size, begun, &mut open, &mut told)?)
}

/// Other repositories of the same registry that images here are called by, and the blobs that they
/// have there if they came from there.
fn sources(engine: &Engine, to: &Reference) -> Result<Vec<(String, BTreeSet<String>)>> {
    let mut found: Vec<(String, BTreeSet<String>)> = Vec::new();
    for image in engine.store.rows().images()? {
        let Ok(manifest) = checkpoint_image::manifest(engine, &image) else {
            continue;
        };
        let parsed = image
            .names
            .iter()
            .filter_map(|name| Reference::parse(name).ok());
        for name in parsed.filter(|name| name.domain == to.domain && name.path != to.path) {
            let digests = manifest.layers.iter().map(|layer| layer.digest.clone());
            match found.iter_mut().find(|(path, _)| *path == name.path) {
                Some((_, has)) => has.extend(digests),
                None => found.push((name.path, digests.collect())),
            }
        }
    }
    Ok(found)
}
