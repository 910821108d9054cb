//! `import`: a root file system's tar becomes an image of one layer.

use std::io::Read;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::config::{self, ImportOptions};
use crate::image::reference::Reference;
use crate::model::image::Image;
use crate::ops::steps::{image_lock, keep_layer};
use crate::sys::{fault, machine};

/// What `import` is told beside the tar.
#[derive(Debug, Clone, Default)]
pub struct ImageImport {
    /// Name of the image; `None`: it has only its id.
    pub name: Option<String>,
    /// `--change`: `CMD …`, `ENV …`, ….
    pub changes: Vec<String>,
    /// `--message`.
    pub message: Option<String>,
    /// `--arch`, `--os`, `--variant`.
    pub platform: [Option<String>; 3],
}

/// Imports a tar, plain or compressed, and returns the image's id.
pub fn import(engine: &Engine, tar: impl Read, options: &ImageImport) -> Result<String> {
    let name = options.name.as_deref().map(Reference::parse).transpose();
    let name = name
        .map_err(crate::image::ImageError::from)?
        .map(|name| name.local().to_string());
    let _adding = image_lock::adding(engine)?;
    let (layer, blob) = keep_layer::import(engine, tar, None)?;
    fault::point("layer-kept");
    let [architecture, os, variant] = options.platform.clone();
    let created = machine::now();
    let built = config::import_config(&ImportOptions {
        diff_id: layer.diff_id.clone(),
        blob,
        changes: options.changes.clone(),
        message: options.message.clone(),
        architecture,
        os,
        variant,
        created: created.clone(),
    })?;
    let blobs = engine.blobs()?;
    blobs.write(&built.config)?;
    blobs.write(&built.manifest)?;
    let image = Image {
        id: built.id,
        digest: built.manifest_digest,
        diff_ids: vec![layer.diff_id],
        names: name.into_iter().collect(),
        size: layer.tar_size,
        created,
        config: serde_json::from_slice(&built.config)
            .map_err(|error| Error::Invalid(error.to_string()))?,
    };
    fault::point("blobs-kept");
    engine.store.transaction(|rows| {
        rows.insert_image_anew(&image)?;
        // Podman's word: it has none for the import itself.
        let mut names = image.names.iter();
        names.try_for_each(|name| rows.insert_image_event("tag", &image.id, name))
    })?;
    Ok(image.id)
}
