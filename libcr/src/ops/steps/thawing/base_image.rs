//! The image below an archived container, on this host: by id, by its manifest, by its layers, last
//! by its name.
//!
//! Ids differ between hosts that made the same image in different ways; layers don't.

use crate::archive::{Manifest, podman};
use crate::engine::Engine;
use crate::error::{Error, Result, one_line};
use crate::image::reference::Reference;
use crate::model::id;
use crate::model::image::Image;
use crate::store::Rows;

/// Finds it; returns it with the name it goes by, and a warning where image and name don't agree.
///
/// What an archive calls the image is believed of none but the image that has this name here; no
/// name is ever given to an image.
///
/// # Errors
/// [`Error::NoSuchImage`] with what to load.
pub fn find(
    engine: &Engine,
    dump: &podman::ContainerConfig,
    manifest: Option<&Manifest>,
) -> Result<(Image, String, Option<String>)> {
    let rows = engine.store.rows();
    let wanted_name = dump.image_name();
    let named = named(&rows, wanted_name)?;
    let described = manifest.and_then(|manifest| manifest.image.as_ref());
    let layers = described
        .map(|image| &image.diff_ids)
        .filter(|layers| !layers.is_empty());
    let digest = described.map(|image| image.digest.as_str());
    let digest = digest.filter(|digest| is_digest(digest));
    let mut image = same(&rows, dump, digest, layers.map(Vec::as_slice))?;
    if let (None, Some(included)) = (&image, described.and_then(|it| it.included.as_ref())) {
        // Brought by another checkpoint of the same container, with layers that were made again.
        let all = rows.images()?;
        image = all.into_iter().find(|image| image.id == included.id);
    }
    if let Some(image) = image {
        let own = image.names.first().cloned();
        let own = own.unwrap_or_else(|| image.id.clone());
        let (name, warning) = match named {
            Some((other, _)) if other.id != image.id => {
                let warning = format!(
                    "image {wanted_name} here is another than the checkpoint's, which is {}",
                    id::short(&image.id)
                );
                (own, Some(warning))
            }
            Some(_) => (wanted_name.to_owned(), None),
            // Nobody here has called it that.
            None => (own, None),
        };
        return Ok((image, name, warning));
    }
    let wanted_id = wanted_id(dump);
    match named {
        // Without its layers, the name is all there is to go by.
        Some((image, name)) if layers.is_none() => {
            let warning = format!(
                "image {wanted_name} here has another id than the checkpoint's ({wanted_id}): taken for the same by its name"
            );
            Ok((image, name, Some(warning)))
        }
        _ => Err(Error::NoSuchImage(format!(
            "{wanted_name} ({wanted_id}) is not on this host, and the checkpoint needs it: bring it with `cryopod load` first"
        ))),
    }
}

/// The same for an archive that anybody may have written and that a request names by its path alone:
/// only an image that is without doubt the one that the archive is of.
///
/// Names are what an attacker chooses: an archive that calls its image `registry/bank:1` would get
/// whatever has that name here (containerd's CVE-2026-50195 went on to give its own the name). So none
/// is looked at, and the image is known by its id from here on. Where the archive describes layers,
/// they have to be those of this image: no honest archive says two things.
///
/// # Errors
/// [`Error::NoSuchImage`] with what to bring; [`Error::Invalid`] for two images in one.
pub fn exact(
    engine: &Engine,
    dump: &podman::ContainerConfig,
    manifest: Option<&Manifest>,
) -> Result<Image> {
    let described = manifest.and_then(|manifest| manifest.image.as_ref());
    let layers = described
        .map(|image| image.diff_ids.as_slice())
        .filter(|layers| !layers.is_empty());
    let digest = described.map(|image| image.digest.as_str());
    let digest = digest.filter(|digest| is_digest(digest));
    let Some(image) = same(&engine.store.rows(), dump, digest, layers)? else {
        return Err(Error::NoSuchImage(format!(
            "the image below the checkpoint ({}, called {} there) is not on this host: pull it by its digest first",
            wanted_id(dump),
            one_line(&dump.image_name())
        )));
    };
    match layers {
        Some(layers) if layers != image.diff_ids => Err(Error::Invalid(format!(
            "the checkpoint names image {} and describes the layers of another one",
            id::short(&image.id)
        ))),
        _ => Ok(image),
    }
}

/// The beginning of what an archive knows its image by, for people.
fn wanted_id(dump: &podman::ContainerConfig) -> &str {
    dump.image_id()
        .or(dump.image_digest())
        .map_or("no id", |id| {
            id::short(id.strip_prefix("sha256:").unwrap_or(id))
        })
}

/// Whether text is `sha256:` and 64 hexadecimal digits.
pub fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(id::is_full_id)
}

/// Whether `name` is one that the image with this id has here.
///
/// # Errors
/// Of the database.
pub fn is_called(engine: &Engine, image: &str, name: &str) -> Result<bool> {
    let found = named(&engine.store.rows(), name)?;
    Ok(found.is_some_and(|(found, _)| found.id == image))
}

/// The image that can be no other: by id, by its manifest's digest, by its layers.
fn same(
    rows: &Rows<'_>,
    dump: &podman::ContainerConfig,
    digest: Option<&str>,
    layers: Option<&[String]>,
) -> Result<Option<Image>> {
    if let Some(id) = dump.image_id()
        && let Some(image) = rows.images_with_prefix(id)?.pop()
    {
        return Ok(Some(image));
    }
    let bare = dump.image_id().map(|id| format!("sha256:{id}"));
    let is_same = |image: &Image| {
        [dump.image_digest(), digest].contains(&Some(image.digest.as_str()))
            // What some engines call an id is the digest of the manifest.
            || bare.as_deref() == Some(image.digest.as_str())
            || layers.is_some_and(|layers| image.diff_ids == layers)
    };
    Ok(rows.images()?.into_iter().find(is_same))
}

/// The image that has the name here, and the full name.
fn named(rows: &Rows<'_>, name: &str) -> Result<Option<(Image, String)>> {
    let Ok(reference) = Reference::parse(name) else {
        return Ok(None);
    };
    for candidate in reference.candidates() {
        let candidate = candidate.to_string();
        if let Some(image) = rows.image_named(&candidate)? {
            return Ok(Some((image, candidate)));
        }
    }
    Ok(None)
}
