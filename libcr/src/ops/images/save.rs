//! `save`: images of this host as one archive, which is an OCI archive and a docker-archive at once
//! (as Docker writes it since version 25): blobs by their digests, listed by both `index.json` and
//! `manifest.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use serde_json::{Value, json};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::manifest::{Descriptor, MANIFEST, Manifest};
use crate::image::reference::Reference;
use crate::model::image::Image;
use crate::ops::steps::image_lookup;

/// What says that it is an OCI layout.
const VERSION: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;
/// Media type of an OCI index.
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// An image with the names that it is saved under, none where it was called by its id.
struct Saved {
    image: Image,
    names: BTreeSet<String>,
    bytes: Vec<u8>,
    manifest: Manifest,
}

/// Writes the images that these words name, each once.
///
/// # Errors
/// [`Error::NoSuchImage`], and [`Error::Invalid`] for one whose layers were not kept, before a byte is
/// written; what `out` says.
pub fn save(engine: &Engine, words: &[String], out: impl Write) -> Result<()> {
    let chosen = chosen(engine, words)?;
    let blobs = engine.blobs()?;
    let mut builder = tar::Builder::new(out);
    let mut append = |name: &str, size: u64, content: &mut dyn Read| {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_size(size);
        builder.append_data(&mut header, name, content.take(size))
    };
    append("oci-layout", VERSION.len() as u64, &mut &VERSION[..])?;
    let mut done = BTreeSet::new();
    for one in &chosen {
        for blob in one.blobs() {
            if done.insert(blob.digest.clone()) {
                let mut content = blobs.open_blob(&blob.digest)?;
                append(&place(&blob.digest), blob.size, &mut content)?;
            }
        }
        if done.insert(one.image.digest.clone()) {
            let size = one.bytes.len() as u64;
            append(&place(&one.image.digest), size, &mut one.bytes.as_slice())?;
        }
    }
    let lists = [
        ("index.json", index(&chosen)),
        ("manifest.json", docker(&chosen)),
    ];
    for (name, list) in lists {
        let bytes = serde_json::to_vec(&list).map_err(io::Error::other)?;
        append(name, bytes.len() as u64, &mut bytes.as_slice())?;
    }
    builder.into_inner()?.flush()?;
    Ok(())
}

impl Saved {
    fn blobs(&self) -> impl Iterator<Item = &Descriptor> {
        std::iter::once(&self.manifest.config).chain(&self.manifest.layers)
    }
}

fn chosen(engine: &Engine, words: &[String]) -> Result<Vec<Saved>> {
    let blobs = engine.blobs()?;
    let mut chosen: Vec<Saved> = Vec::new();
    for word in words {
        let (image, name) = image_lookup::find(engine, word)?;
        let by_id = image.id.starts_with(word.trim_start_matches("sha256:"));
        let name = (image.names.contains(&name) && !by_id).then_some(name);
        if let Some(known) = chosen.iter_mut().find(|one| one.image.id == image.id) {
            known.names.extend(name);
            continue;
        }
        let bytes = blobs.read(&image.digest)?;
        let manifest = Manifest::from_json("image manifest", &bytes)?;
        let one = Saved {
            names: name.into_iter().collect(),
            image,
            bytes,
            manifest,
        };
        let missing = one
            .blobs()
            .find(|blob| blobs.size(&blob.digest) != Some(blob.size));
        if let Some(missing) = missing {
            return Err(Error::Invalid(format!(
                "blob {} of {word} is not kept on this host: load or pull the image again first",
                missing.digest
            )));
        }
        chosen.push(one);
    }
    Ok(chosen)
}

/// Where a blob lies in the archive.
fn place(digest: &str) -> String {
    format!("blobs/sha256/{}", digest.trim_start_matches("sha256:"))
}

/// The list of an OCI layout: an entry for each name of an image.
fn index(chosen: &[Saved]) -> Value {
    let mut manifests = Vec::new();
    for one in chosen {
        let kind = match one.manifest.media_type.as_str() {
            "" => MANIFEST,
            kind => kind,
        };
        let entry = |annotations: BTreeMap<&str, &str>| {
            json!({
                "mediaType": kind,
                "digest": one.image.digest,
                "size": one.bytes.len(),
                "annotations": annotations,
            })
        };
        if one.names.is_empty() {
            manifests.push(entry(BTreeMap::new()));
        }
        for name in &one.names {
            manifests.push(entry(BTreeMap::from([
                ("io.containerd.image.name", name.as_str()),
                ("org.opencontainers.image.ref.name", name.as_str()),
            ])));
        }
    }
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests })
}

/// The list of a docker-archive, whose names have a tag each.
fn docker(chosen: &[Saved]) -> Value {
    let entry = |one: &Saved| {
        let tagged = |name: &&String| Reference::parse(name).is_ok_and(|name| name.tag.is_some());
        let names: Vec<&String> = one.names.iter().filter(tagged).collect();
        let layers = one.manifest.layers.iter();
        json!({
            "Config": place(&one.manifest.config.digest),
            "RepoTags": names,
            "Layers": layers.map(|layer| place(&layer.digest)).collect::<Vec<_>>(),
        })
    };
    chosen.iter().map(entry).collect()
}
