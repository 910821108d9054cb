//! Gathers the blobs of an image that is going to travel, and writes them.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::archive::manifest::IncludedImage;
use crate::archive::{Writer, layout};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::blobs::BlobStore;
use crate::image::digest_of;
use crate::image::layer::{LayerCompression, LayerWriter};
use crate::image::manifest::{CONFIG, Descriptor, MANIFEST, Manifest};
use crate::model::container::Container;
use crate::model::image::Image;
use crate::ops::steps::checkpoint_image;
use crate::seal::Recipients;
use crate::storage::tree::TarPlan;

/// How layers that are made again are compressed: always alike, so that they are always the same.
const REBUILT: LayerCompression = LayerCompression::Zstd(3);

/// An image that can be written into an archive.
#[derive(Debug, Clone)]
pub struct BaseImage {
    /// What the archive says of it.
    pub included: IncludedImage,
    /// Its manifest, JSON.
    pub manifest: Vec<u8>,
    /// Its configuration, JSON.
    pub config: Vec<u8>,
    layers: Vec<BaseLayer>,
}

/// A layer of it.
#[derive(Debug, Clone)]
struct BaseLayer {
    descriptor: Descriptor,
    diff_id: String,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    /// In the store of blobs, as it came.
    Kept(BlobStore),
    /// Made again; a file without a name.
    Rebuilt(Arc<File>),
}

/// The image that a container runs on.
///
/// # Errors
/// [`Error::Invalid`] for one that runs on a plain directory; as [`base_layers`].
pub fn of(engine: &Engine, container: &Container) -> Result<BaseImage> {
    let config = &container.config;
    let Some(id) = config.rootfs.image_id() else {
        return Err(Error::Invalid(format!(
            "--include-image: container {} runs on a directory of this host (--rootfs), not on an image",
            config.name
        )));
    };
    let image = engine.store.rows().images_with_prefix(id)?.pop();
    let image = image.ok_or_else(|| Error::NoSuchImage(id.to_owned()))?;
    base_layers(engine, &image)
}

/// The blobs of an image, lowest layer first: as they came where they are kept, else made again.
///
/// # Errors
/// When a layer is gone or the disk is full.
pub fn base_layers(engine: &Engine, image: &Image) -> Result<BaseImage> {
    let blobs = engine.blobs()?;
    let manifest = checkpoint_image::manifest(engine, image).ok();
    let kept = manifest.filter(|manifest| {
        let there = |layer: &Descriptor| blobs.size(&layer.digest) == Some(layer.size);
        manifest.layers.len() == image.diff_ids.len() && manifest.layers.iter().all(there)
    });
    let base = match kept {
        Some(manifest) => kept_image(&blobs, image, manifest)?,
        None => rebuilt_image(engine, &blobs, image)?,
    };
    Ok(base)
}

fn kept_image(blobs: &BlobStore, image: &Image, manifest: Manifest) -> Result<BaseImage> {
    let layers = manifest.layers.into_iter().zip(&image.diff_ids);
    let layers = layers.map(|(descriptor, diff_id)| BaseLayer {
        descriptor,
        diff_id: diff_id.clone(),
        content: Content::Kept(blobs.clone()),
    });
    Ok(BaseImage::new(
        blobs.read(&image.digest)?,
        blobs.read(&format!("sha256:{}", image.id))?,
        layers.collect(),
    ))
}

/// The image with layers made from what was unpacked of them.
fn rebuilt_image(engine: &Engine, blobs: &BlobStore, image: &Image) -> Result<BaseImage> {
    let store = engine.layers()?;
    let mut layers = Vec::with_capacity(image.diff_ids.len());
    for diff_id in &image.diff_ids {
        let plan = TarPlan::of_layer(&store.path(diff_id)?)?;
        let mut writer = LayerWriter::begin(blobs, REBUILT, &Recipients::default())?;
        plan.write_to(&mut writer)?;
        let (stored, file) = writer.finish_nameless()?;
        layers.push(BaseLayer {
            descriptor: Descriptor {
                media_type: stored.media_type,
                digest: stored.digest,
                size: stored.size,
                ..Descriptor::default()
            },
            diff_id: stored.diff_id,
            content: Content::Rebuilt(Arc::new(file)),
        });
    }
    let diff_ids: Vec<&String> = layers.iter().map(|layer| &layer.diff_id).collect();
    let mut config = image.config.clone();
    config["rootfs"] = json!({ "type": "layers", "diff_ids": diff_ids });
    let config = json_bytes(&config)?;
    let manifest = Manifest {
        schema_version: 2,
        media_type: MANIFEST.to_owned(),
        config: Descriptor {
            media_type: CONFIG.to_owned(),
            digest: digest_of(&config),
            size: config.len() as u64,
            ..Descriptor::default()
        },
        layers: layers
            .iter()
            .map(|layer| layer.descriptor.clone())
            .collect(),
        annotations: std::collections::BTreeMap::new(),
    };
    let manifest = serde_json::to_vec(&manifest).map_err(io::Error::other)?;
    Ok(BaseImage::new(manifest, config, layers))
}

fn json_bytes(value: &Value) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(value).map_err(io::Error::other)?)
}

impl BaseImage {
    fn new(manifest: Vec<u8>, config: Vec<u8>, layers: Vec<BaseLayer>) -> Self {
        let sizes = layers.iter().map(|layer| layer.descriptor.size);
        let included = IncludedImage {
            digest: digest_of(&manifest),
            id: digest_of(&config).trim_start_matches("sha256:").to_owned(),
            diff_ids: layers.iter().map(|layer| layer.diff_id.clone()).collect(),
            size: sizes.sum::<u64>() + (manifest.len() + config.len()) as u64,
        };
        Self {
            included,
            manifest,
            config,
            layers,
        }
    }

    /// Its layers as they are named by the manifest, each once.
    pub fn layers(&self) -> impl Iterator<Item = (&Descriptor, Result<Box<dyn Read + Send>>)> {
        let mut seen = std::collections::BTreeSet::new();
        let once = move |layer: &&BaseLayer| seen.insert(layer.descriptor.digest.clone());
        let layers = self.layers.iter().filter(once);
        layers.map(|layer| (&layer.descriptor, layer.open()))
    }

    /// The index of a layout that holds nothing else.
    fn index(&self) -> Result<Vec<u8>> {
        json_bytes(&json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [{
                "mediaType": MANIFEST,
                "digest": self.included.digest,
                "size": self.manifest.len(),
            }],
        }))
    }
}

impl BaseLayer {
    fn open(&self) -> Result<Box<dyn Read + Send>> {
        Ok(match &self.content {
            Content::Kept(blobs) => Box::new(blobs.open_blob(&self.descriptor.digest)?),
            Content::Rebuilt(file) => Box::new(FromStart {
                file: Arc::clone(file),
                at: 0,
            }),
        })
    }
}

/// Reads a file that others read too.
struct FromStart {
    file: Arc<File>,
    at: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// Writes the image into an archive: its documents in one part, and a part for each layer.
///
/// # Errors
/// When a kept blob isn't what its name says any more, or the disk takes no more.
pub fn append(writer: &mut Writer, image: &BaseImage) -> Result<()> {
    let name = |digest: &str| layout::image_blob(digest.trim_start_matches("sha256:"));
    writer.next_part()?;
    writer.append_bytes(layout::IMAGE_LAYOUT, br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    writer.append_bytes(layout::IMAGE_INDEX, &image.index()?)?;
    writer.append_bytes(&name(&image.included.digest), &image.manifest)?;
    writer.append_bytes(&name(&image.included.id), &image.config)?;
    for (descriptor, content) in image.layers() {
        let mut content = content?;
        writer.next_packed_part()?;
        writer.append_reader_exact(&name(&descriptor.digest), descriptor.size, |sink| {
            io::copy(&mut content, sink).map(drop)
        })?;
    }
    Ok(())
}
