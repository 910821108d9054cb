//! Brings the image that an archive carries into the stores, before the container is made on it.
//!
//! Nothing of it is believed: its manifest is the one that the archive's own description names, each
//! blob is what its digest and size say, each layer unpacks to its diff id, and there is nothing
//! else. It gets no name: what an archive calls an image is believed of none.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use crate::archive::layout;
use crate::archive::manifest::IncludedImage;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::archive::{ArchivedImage, ImageArchive};
use crate::image::manifest::Manifest;
use crate::image::{ImageError, digest_of};
use crate::model::id;
use crate::model::image::Image;
use crate::ops::steps::image_lock::{self, ImageLock};
use crate::ops::steps::{checkpoint_image, image_sweep};
use crate::storage::StorageError;
use crate::store::Rows;
use crate::sys::dir::{at, remove_dir_if_present};
use crate::sys::fault;

/// An image whose layers and blobs are there, and whose row is to be written with the container's.
#[derive(Debug)]
pub struct Brought {
    image: Image,
    /// While it is held nobody takes away what no image has.
    _adding: ImageLock,
}

impl Brought {
    /// Writes its row.
    ///
    /// # Errors
    /// Of the database.
    pub fn insert(&self, rows: &Rows<'_>) -> Result<(), crate::store::StoreError> {
        rows.insert_image(&self.image)?;
        rows.insert_image_event("loadfromarchive", &self.image.id, "a checkpoint")
    }
}

/// Refuses what can be the description of no image, before anything is unpacked for it.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong.
pub fn check(described: &IncludedImage) -> Result<()> {
    const MOST_LAYERS: usize = 1000;
    let is_digest = |text: &str| text.strip_prefix("sha256:").is_some_and(id::is_full_id);
    if !id::is_full_id(&described.id) || !is_digest(&described.digest) {
        return Err(wrong("its id and digest are none"));
    }
    if described.diff_ids.len() > MOST_LAYERS || !described.diff_ids.iter().all(|id| is_digest(id))
    {
        return Err(wrong("what is said of its layers can't be"));
    }
    Ok(())
}

/// Takes the image out of `unpacked`, where the archive's `image/` is, which goes.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong with it; no image has what was kept of it then.
pub fn bring(engine: &Engine, unpacked: &Path, expected: &IncludedImage) -> Result<Brought> {
    let adding = image_lock::adding(engine)?;
    let directory = unpacked.join(layout::IMAGE);
    let image = take(engine, &directory, expected).map_err(refused)?;
    fault::point("image-kept");
    remove_dir_if_present(&directory)?;
    Ok(Brought {
        image,
        _adding: adding,
    })
}

/// What is wrong with what the archive says, in words that tell where; what the host says stays.
fn refused(error: Error) -> Error {
    let of_host = match &error {
        // What a stream with a digest says at its end is said of the archive.
        Error::Image(ImageError::Io { source, .. })
        | Error::Storage(StorageError::Io { source, .. }) => {
            source.kind() != io::ErrorKind::InvalidData
        }
        Error::Image(_) | Error::Storage(_) => false,
        _ => true,
    };
    if of_host { error } else { wrong(error) }
}

fn wrong(what: impl std::fmt::Display) -> Error {
    Error::Invalid(format!("the image in the checkpoint is refused: {what}"))
}

fn take(engine: &Engine, directory: &Path, expected: &IncludedImage) -> Result<Image> {
    if !directory.is_dir() {
        return Err(wrong("it is not there"));
    }
    let archive = ImageArchive::open(directory, &engine.config.root.join("images"))?;
    let [archived] = archive.images.as_slice() else {
        let number = archive.images.len();
        return Err(wrong(format!("{number} images where one belongs")));
    };
    let manifest = agreed(archived, expected)?;
    nothing_else(directory, &manifest, expected)?;
    keep(engine, &archive, archived)
}

/// Keeps layers and blobs of an image that came with a checkpoint, each verified; it has no name, and
/// its row is not written.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Image`], [`Error::Storage`] with what is wrong with it.
pub fn keep(engine: &Engine, archive: &ImageArchive, archived: &ArchivedImage) -> Result<Image> {
    let bytes = archived.manifest.as_deref();
    let bytes = bytes.ok_or_else(|| wrong("it has no manifest"))?;
    let manifest = Manifest::from_json("image manifest", bytes)?;
    if checkpoint_image::is_checkpoint(&manifest.annotations) {
        return Err(wrong("it is a checkpoint itself"));
    }
    let (layers, blobs) = (engine.layers()?, engine.blobs()?);
    let mut size = 0;
    for (blob, descriptor) in archived.layers.iter().zip(&manifest.layers) {
        if blob.size != descriptor.size {
            return Err(wrong(format!(
                "layer {} has {} bytes, its manifest says {}",
                descriptor.digest, blob.size, descriptor.size
            )));
        }
        if layers.path(&blob.diff_id).is_err() {
            layers.import_verified(archive.layer(blob)?, &blob.diff_id)?;
        }
        // Kept as it came, so that it travels on as the same.
        archive.copy_layer(blob, &blobs)?;
        size += blob.size;
    }
    let config: serde_json::Value = serde_json::from_slice(&archived.config).map_err(wrong)?;
    let diff_ids = archived.layers.iter().map(|layer| layer.diff_id.clone());
    blobs.write(&archived.config)?;
    Ok(Image {
        id: archived
            .config_digest
            .trim_start_matches("sha256:")
            .to_owned(),
        digest: blobs.write(bytes)?,
        diff_ids: diff_ids.collect(),
        names: Vec::new(),
        size,
        created: Image::created_in(&config),
        config,
    })
}

/// It is the image that the archive's description names.
fn agreed(archived: &ArchivedImage, expected: &IncludedImage) -> Result<Manifest> {
    let bytes = archived.manifest.as_deref();
    let bytes = bytes.ok_or_else(|| wrong("it has no manifest"))?;
    let digest = digest_of(bytes);
    if digest != expected.digest {
        return Err(wrong(format!(
            "its manifest is {digest}, {} says {}",
            layout::MANIFEST,
            expected.digest
        )));
    }
    if archived.config_digest != format!("sha256:{}", expected.id) {
        return Err(wrong(format!(
            "its configuration is {}, {} says {}",
            archived.config_digest,
            layout::MANIFEST,
            expected.id
        )));
    }
    let mut layers = archived.layers.iter().map(|layer| &layer.diff_id);
    if !layers.by_ref().eq(&expected.diff_ids) {
        return Err(wrong(format!(
            "its configuration lists other layers than {}",
            layout::MANIFEST
        )));
    }
    Ok(Manifest::from_json("image manifest", bytes)?)
}

/// No blob but those of the image.
fn nothing_else(directory: &Path, manifest: &Manifest, expected: &IncludedImage) -> Result<()> {
    let blobs = directory.join("blobs/sha256");
    let layers = manifest.layers.iter().map(|layer| layer.digest.as_str());
    let known: BTreeSet<String> = layers
        .chain([expected.digest.as_str(), expected.id.as_str()])
        .map(|digest| digest.trim_start_matches("sha256:").to_owned())
        .collect();
    for entry in fs::read_dir(&blobs).map_err(at("list", &blobs))? {
        let name = entry.map_err(at("list", &blobs))?.file_name();
        let name = name.to_string_lossy();
        if !known.contains(name.as_ref()) {
            return Err(wrong(format!("blob {name} belongs to nothing in it")));
        }
    }
    Ok(())
}

/// Takes away an image that was brought for a container that there isn't, unless another container
/// or somebody by a name has it.
///
/// # Errors
/// Of the database or the disk.
pub fn forget(engine: &Engine, id: &str) -> Result<()> {
    engine.store.transaction(|rows| {
        let image = rows.images_with_prefix(id)?.pop();
        let Some(image) = image.filter(|image| image.id == id && image.names.is_empty()) else {
            return Ok(());
        };
        if rows.containers_of_image(id)?.is_empty() {
            rows.delete_image(&image.id)?;
            rows.insert_image_event("remove", &image.id, &image.id)?;
        }
        Ok::<_, Error>(())
    })?;
    image_sweep::sweep(engine)
}

#[cfg(test)]
#[path = "hostile_tests.rs"]
mod tests;
