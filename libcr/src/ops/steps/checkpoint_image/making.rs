//! Makes a checkpoint image: layers while the archive is written, then configuration, manifest and
//! row. Until the row is there, what was written belongs to nobody and is swept.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::{dialect, memory};
use crate::archive::{self, Compression, Form, Part, Parts, Writer};
use crate::engine::Engine;
use crate::error::Result;
use crate::image::ImageError;
use crate::image::blobs::BlobStore;
use crate::image::layer::{LayerCompression, LayerWriter, StoredLayer};
use crate::image::manifest::{CONFIG, Descriptor, MANIFEST, Manifest};
use crate::image::reference::Reference;
use crate::model::container::Container;
use crate::model::image::Image;
use crate::ops::steps::image_lock::{self, ImageLock};
use crate::seal::Recipients;
use crate::store::{Rows, StoreError};
use crate::sys::machine;

/// A layer of an image that is being made, or one of an earlier image that is in it too.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub(super) stored: StoredLayer,
    /// The generation of memory that it holds.
    pub(super) generation: Option<String>,
}

pub(super) type Layers = Arc<Mutex<Vec<Layer>>>;

/// Nobody panics with the list half changed.
pub(super) fn lock(layers: &Layers) -> MutexGuard<'_, Vec<Layer>> {
    layers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An image whose layers are being written.
#[derive(Debug)]
pub struct ImageInTheMaking {
    name: String,
    blobs: BlobStore,
    layers: Layers,
    memory: Mutex<Option<memory::Pending>>,
    /// Its layers are encrypted, each time anew: it shares none.
    encrypted: bool,
    /// While it is held nobody takes away what no image has.
    _adding: ImageLock,
}

impl ImageInTheMaking {
    /// Begins an image that will have this name, and the archive that goes into it.
    ///
    /// # Errors
    /// [`ImageError::Reference`] for a name that can be none.
    pub fn begin(engine: &Engine, name: &str, form: &Form) -> Result<(Self, Writer)> {
        let blobs = engine.blobs()?;
        let making = Self {
            name: full_name(name)?,
            layers: Layers::default(),
            memory: Mutex::default(),
            encrypted: !form.recipients.is_empty(),
            _adding: image_lock::adding(engine)?,
            blobs,
        };
        let parts = LayerParts {
            blobs: making.blobs.clone(),
            compression: match form.compression {
                Compression::None => LayerCompression::None,
                Compression::Gzip => LayerCompression::Gzip,
                Compression::Zstd(level) => LayerCompression::Zstd(level),
            },
            recipients: form.recipients.clone(),
            layers: Arc::clone(&making.layers),
        };
        Ok((making, Writer::to_parts(Box::new(parts))?))
    }

    /// Writes CRIU's images, their memory in layers of its own.
    ///
    /// # Errors
    /// When something can't be read or written.
    pub fn append_images(
        &self,
        engine: &Engine,
        container: &Container,
        images: &Path,
        writer: &mut Writer,
    ) -> Result<()> {
        if self.encrypted {
            return Ok(writer.append_images(archive::layout::CHECKPOINT, images)?);
        }
        let id = &container.config.id;
        let pending = memory::append(engine, id, images, writer, &self.layers)?;
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Some(pending);
        Ok(())
    }

    /// Gives the image its name, once the archive is finished.
    ///
    /// # Errors
    /// When the disk takes no more; there is no image then.
    pub fn finish(
        self,
        engine: &Engine,
        container: &Container,
        archived: &archive::Manifest,
        summary: &archive::Summary,
    ) -> Result<Image> {
        let annotations = dialect::annotations(&container.config, archived);
        let created = &archived.created;
        self.finish_as(engine, created, annotations, summary, |_| Ok(()))
    }

    /// The same of an archive that another engine made; `also` writes what belongs to it, in the same
    /// transaction.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn finish_as(
        self,
        engine: &Engine,
        created: &str,
        annotations: BTreeMap<String, String>,
        summary: &archive::Summary,
        also: impl FnOnce(&Rows<'_>) -> Result<(), StoreError>,
    ) -> Result<Image> {
        let layers = std::mem::take(&mut *lock(&self.layers));
        let diff_ids = layers.iter().map(|layer| layer.stored.diff_id.clone());
        let diff_ids: Vec<String> = diff_ids.collect();
        let history = layers
            .iter()
            .map(|_| json!({ "created": created, "created_by": "cryopod container checkpoint" }));
        let config = json!({
            "created": created,
            "architecture": machine::architecture(),
            "os": "linux",
            "config": { "WorkingDir": "/" },
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
            "history": history.collect::<Vec<_>>(),
        });
        let bytes = config.to_string().into_bytes();
        let config_digest = self.blobs.write(&bytes)?;
        let manifest = Manifest {
            schema_version: 2,
            media_type: MANIFEST.to_owned(),
            config: Descriptor {
                media_type: CONFIG.to_owned(),
                digest: config_digest.clone(),
                size: bytes.len() as u64,
                ..Descriptor::default()
            },
            layers: layers.iter().map(descriptor).collect(),
            annotations,
        };
        let bytes = serde_json::to_vec(&manifest).map_err(io::Error::other)?;
        let image = Image {
            id: config_digest.trim_start_matches("sha256:").to_owned(),
            digest: self.blobs.write(&bytes)?,
            diff_ids,
            names: vec![self.name],
            size: layers.iter().map(|layer| layer.stored.unpacked).sum(),
            created: created.to_owned(),
            config,
        };
        engine.store.transaction(|rows| {
            also(rows)?;
            rows.insert_image(&image)?;
            let mut names = image.names.iter();
            names.try_for_each(|name| rows.insert_image_event("tag", &image.id, name))
        })?;
        let pending = self.memory.into_inner();
        if let Some(pending) = pending.unwrap_or_else(PoisonError::into_inner)
            && let Err(error) = pending.keep(engine, &layers, &summary.sums)
        {
            // The next image reads this one for it.
            tracing::warn!(%error, "the index of the image's memory");
        }
        Ok(image)
    }
}

/// The name that an image of this word will have, in full.
fn full_name(word: &str) -> Result<String> {
    let reference = Reference::parse(word).map_err(ImageError::from)?;
    Ok(reference.local().to_string())
}

fn descriptor(layer: &Layer) -> Descriptor {
    let annotation = |name: &String| (dialect::GENERATION.to_owned(), name.clone());
    Descriptor {
        media_type: layer.stored.media_type.clone(),
        digest: layer.stored.digest.clone(),
        size: layer.stored.size,
        annotations: layer.generation.iter().map(annotation).collect(),
        ..Descriptor::default()
    }
}

struct LayerParts {
    blobs: BlobStore,
    compression: LayerCompression,
    recipients: Recipients,
    layers: Layers,
}

impl Parts for LayerParts {
    fn begin(&mut self) -> io::Result<Box<dyn Part>> {
        self.layer(self.compression)
    }

    fn begin_packed(&mut self) -> io::Result<Box<dyn Part>> {
        self.layer(LayerCompression::None)
    }
}

impl LayerParts {
    fn layer(&self, compression: LayerCompression) -> io::Result<Box<dyn Part>> {
        let layer = LayerWriter::begin(&self.blobs, compression, &self.recipients)
            .map_err(io::Error::other)?;
        Ok(Box::new(LayerPart {
            layer,
            layers: Arc::clone(&self.layers),
        }))
    }
}

struct LayerPart {
    layer: LayerWriter,
    layers: Layers,
}

impl Write for LayerPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.layer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.layer.flush()
    }
}

impl Part for LayerPart {
    fn end(self: Box<Self>) -> io::Result<()> {
        let stored = self.layer.finish()?;
        lock(&self.layers).push(Layer {
            stored,
            generation: None,
        });
        Ok(())
    }
}
