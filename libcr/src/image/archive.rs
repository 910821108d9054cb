//! Reads images out of docker-archives, OCI archives and OCI layout directories.
//!
//! Formats: OCI image-layout and image-spec; docker-archive as `docker save` writes it
//! (`manifest.json`, a list of Config, RepoTags, Layers). The source may be compressed as a whole or
//! be a pipe: then it is spooled to a nameless file first. Only documents are read here; layers are
//! streamed when asked for.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde::Deserialize;

use super::blobs::BlobStore;
use super::compression::{Checked, plain};
use super::config::listed_diff_ids;
use super::containerd::{self, ContainerdCheckpoint};
use super::manifest::{Descriptor, Manifest};
use super::members::Members;
use super::{ImageError, digest_hex, digest_of};

/// Largest configuration, manifest or index.
const DOCUMENT_LIMIT: u64 = 8 << 20;
/// Most bytes of all configurations and manifests of an archive, which are kept.
const DOCUMENTS_LIMIT: usize = 64 << 20;
/// Most layers of an image: more than the kernel can mount above each other.
const LAYERS_LIMIT: usize = 1000;
/// How deep an index may lie in an index.
const INDEX_DEPTH: usize = 4;

/// An archive whose documents have been read and verified.
#[derive(Debug)]
pub struct ImageArchive {
    members: Members,
    /// The images in it, in its order.
    pub images: Vec<ArchivedImage>,
    /// The checkpoints of containerd in it, in its order.
    pub checkpoints: Vec<ContainerdCheckpoint>,
}

/// An image in an archive.
#[derive(Debug, Clone)]
pub struct ArchivedImage {
    /// Names as the archive has them; normalise with [`super::reference::Reference`].
    pub tags: Vec<String>,
    /// `sha256:…` of the configuration: the image's id.
    pub config_digest: String,
    /// The configuration's bytes (OCI or Docker, the keys are the same).
    pub config: Vec<u8>,
    /// The manifest's bytes; a docker-archive has none.
    pub manifest: Option<Vec<u8>>,
    /// Layers, the lowest first.
    pub layers: Vec<LayerBlob>,
}

/// A layer in an archive.
#[derive(Debug, Clone)]
pub struct LayerBlob {
    /// `sha256:…` of the uncompressed tar, from the configuration.
    pub diff_id: String,
    /// As the manifest says; for a docker-archive that of a plain tar layer. Whether it is really
    /// compressed is found out while reading.
    pub media_type: String,
    /// Length in the archive in bytes.
    pub size: u64,
    member: String,
    digest: Option<String>,
}

#[derive(Deserialize)]
struct DockerEntry {
    #[serde(rename = "Config")]
    config: String,
    #[serde(rename = "RepoTags", default)]
    tags: Option<Vec<String>>,
    #[serde(rename = "Layers", default)]
    layers: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Descriptor>,
}

impl ImageArchive {
    /// Opens a file, a pipe or a directory. `scratch` is a directory for the nameless copy of a
    /// source that is compressed or can't seek.
    ///
    /// # Errors
    /// [`ImageError::Absent`]; [`ImageError::NoFormat`] for what is no image archive;
    /// [`ImageError::Archive`], [`ImageError::DigestMismatch`] and [`ImageError::TooLarge`] for one
    /// that is damaged.
    pub fn open(path: &Path, scratch: &Path) -> Result<Self, ImageError> {
        let meta = std::fs::metadata(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ImageError::Absent {
                path: path.display().to_string(),
            },
            _ => ImageError::io("stat", path)(source),
        })?;
        let shown = path.display();
        if meta.is_dir() {
            return Self::read(Members::directory(path)?, &shown.to_string());
        }
        let file = File::open(path).map_err(ImageError::io("open", path))?;
        let members = spool(file, meta.is_file(), scratch).and_then(Members::tar);
        match members {
            Ok(members) => Self::read(members, &shown.to_string()),
            Err(ImageError::Archive { reason }) => Err(ImageError::NoFormat {
                attempts: ["oci-archive", "docker-archive"]
                    .iter()
                    .map(|format| format!("{format}: {shown}: {reason}"))
                    .chain([format!("oci: {shown}: not a directory")])
                    .collect(),
            }),
            Err(error) => Err(error),
        }
    }

    fn read(members: Members, shown: &str) -> Result<Self, ImageError> {
        // Docker ≥ 25 saves both: the OCI index is the richer one but may lack names.
        let mut checkpoints = Vec::new();
        let images = if members.has("manifest.json") {
            docker(&members)?
        } else if members.has("index.json") {
            oci(&members, &mut checkpoints)?
        } else {
            return Err(ImageError::NoFormat {
                attempts: vec![
                    format!("oci: {shown}: no index.json"),
                    format!("docker-archive: {shown}: no manifest.json"),
                ],
            });
        };
        if images.is_empty() && checkpoints.is_empty() {
            return Err(ImageError::archive("it holds no image"));
        }
        Ok(Self {
            members,
            images,
            checkpoints,
        })
    }

    pub(super) fn members(&self) -> &Members {
        &self.members
    }

    /// A layer as a plain tar stream.
    ///
    /// Reading fails with [`io::ErrorKind::InvalidData`] at the end when the blob isn't what its
    /// digest says. A docker-archive names no digest of blobs: whoever unpacks compares the
    /// [`LayerBlob::diff_id`] in any case.
    pub fn layer(&self, layer: &LayerBlob) -> Result<Box<dyn Read + Send>, ImageError> {
        let (stream, _) = self.members.open(&layer.member)?;
        let stream: Box<dyn Read + Send> = match &layer.digest {
            Some(digest) => Box::new(Checked::new(stream, digest)),
            None => stream,
        };
        plain(stream).map(|(_, stream)| stream)
    }

    /// Copies a layer as it is, compressed or not, into the store of blobs.
    ///
    /// # Errors
    /// [`ImageError::DigestMismatch`] when it isn't what its digest says; one of a docker-archive,
    /// which has none, is [`ImageError::Archive`].
    pub fn copy_layer(&self, layer: &LayerBlob, blobs: &BlobStore) -> Result<(), ImageError> {
        let Some(digest) = &layer.digest else {
            return Err(ImageError::archive("a layer without a digest"));
        };
        if blobs.size(digest) == Some(layer.size) {
            return Ok(());
        }
        let (mut stream, _) = self.members.open(&layer.member)?;
        let mut writer = blobs.writer()?;
        io::copy(&mut stream, &mut writer).map_err(|source| ImageError::Io {
            doing: format!("copy layer {digest}"),
            source,
        })?;
        writer.finish_as(digest).map(drop)
    }
}

/// The file itself where it is plain and can seek, else a copy that is both.
fn spool(mut file: File, seekable: bool, scratch: &Path) -> Result<File, ImageError> {
    let wrap = |source| ImageError::Io {
        doing: "read archive".into(),
        source,
    };
    if seekable {
        let mut magic = [0; 6];
        let count = file.read_at(&mut magic, 0).map_err(wrap)?;
        let (compressed, _) = plain(Box::new(io::Cursor::new(magic[..count].to_vec())))?;
        if count == 0 {
            return Err(ImageError::archive("it is empty"));
        }
        if !compressed {
            return Ok(file);
        }
        file.rewind().map_err(wrap)?;
    }
    let (_, mut stream) = plain(Box::new(file))?;
    let mut copy =
        tempfile::tempfile_in(scratch).map_err(ImageError::io("create a file in", scratch))?;
    match io::copy(&mut stream, &mut copy) {
        Ok(0) => Err(ImageError::archive("it is empty")),
        Ok(_) => Ok(copy),
        Err(error) if error.raw_os_error().is_some() => Err(wrap(error)),
        Err(error) => Err(ImageError::archive(error.to_string())),
    }
}

pub(super) fn parse<'b, T: Deserialize<'b>>(name: &str, bytes: &'b [u8]) -> Result<T, ImageError> {
    serde_json::from_slice(bytes).map_err(|error| ImageError::archive(format!("{name}: {error}")))
}

/// Counts what is kept of one more image.
fn keep(kept: &mut usize, image: &ArchivedImage) -> Result<(), ImageError> {
    *kept += image.config.len() + image.manifest.as_ref().map_or(0, Vec::len);
    if *kept > DOCUMENTS_LIMIT {
        return Err(ImageError::TooLarge {
            name: "all configurations together".into(),
            limit: DOCUMENTS_LIMIT as u64,
        });
    }
    Ok(())
}

/// The diff-ids that a configuration lists.
fn diff_ids(config: &[u8]) -> Result<Vec<String>, ImageError> {
    let ids = listed_diff_ids(config)
        .map_err(|error| ImageError::archive(format!("image configuration: {error}")))?;
    ids.iter().try_for_each(|id| digest_hex(id).map(drop))?;
    Ok(ids)
}

fn same_number(layers: usize, ids: usize) -> Result<(), ImageError> {
    if layers > LAYERS_LIMIT {
        return Err(ImageError::archive(format!("it has {layers} layers")));
    }
    if layers == ids {
        return Ok(());
    }
    Err(ImageError::archive(format!(
        "{layers} layers, but the configuration lists {ids}"
    )))
}

fn docker(members: &Members) -> Result<Vec<ArchivedImage>, ImageError> {
    let bytes = members.document("manifest.json", DOCUMENT_LIMIT)?;
    let entries: Vec<DockerEntry> = parse("manifest.json", &bytes)?;
    let mut images = Vec::new();
    let mut kept = 0;
    for entry in entries {
        let config = members.document(&entry.config, DOCUMENT_LIMIT)?;
        let config_digest = digest_of(&config);
        // Both Docker's and Podman's archives name the configuration by its digest.
        let named = entry
            .config
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".json");
        let expected = format!("sha256:{named}");
        if digest_hex(&expected).is_ok() && expected != config_digest {
            return Err(ImageError::DigestMismatch {
                expected,
                actual: config_digest,
            });
        }
        let blobs = entry.layers.unwrap_or_default();
        let ids = diff_ids(&config)?;
        same_number(blobs.len(), ids.len())?;
        let mut layers = Vec::with_capacity(ids.len());
        for (member, diff_id) in blobs.into_iter().zip(ids) {
            let (_, size) = members.open(&member)?;
            let media_type = "application/vnd.oci.image.layer.v1.tar".to_owned();
            layers.push(LayerBlob {
                diff_id,
                media_type,
                size,
                member,
                digest: None,
            });
        }
        let tags = entry.tags.unwrap_or_default();
        let image = ArchivedImage {
            tags,
            config_digest,
            config,
            manifest: None,
            layers,
        };
        keep(&mut kept, &image)?;
        images.push(image);
    }
    Ok(images)
}

fn oci(
    members: &Members,
    checkpoints: &mut Vec<ContainerdCheckpoint>,
) -> Result<Vec<ArchivedImage>, ImageError> {
    let bytes = members.document("index.json", DOCUMENT_LIMIT)?;
    let index: Index = parse("index.json", &bytes)?;
    let mut images: Vec<ArchivedImage> = Vec::new();
    let mut kept = 0;
    for descriptor in index.manifests {
        let tag = |key: &str| descriptor.annotations.get(key).cloned();
        let tag =
            tag("io.containerd.image.name").or_else(|| tag("org.opencontainers.image.ref.name"));
        let tags: Vec<String> = tag.iter().cloned().collect();
        if let Some(found) = containerd::read(members, &descriptor, &tags, INDEX_DEPTH)? {
            checkpoints.push(found);
            continue;
        }
        let mut image = oci_image(members, &descriptor, INDEX_DEPTH)?;
        image.tags.extend(tag);
        keep(&mut kept, &image)?;
        // One manifest with several names stands in the index several times.
        match images
            .iter_mut()
            .find(|other| other.config_digest == image.config_digest)
        {
            Some(other) => other.tags.append(&mut image.tags),
            None => images.push(image),
        }
    }
    Ok(images)
}

pub(super) fn blob(members: &Members, digest: &str) -> Result<Vec<u8>, ImageError> {
    let bytes = members.document(
        &format!("blobs/sha256/{}", digest_hex(digest)?),
        DOCUMENT_LIMIT,
    )?;
    let actual = digest_of(&bytes);
    if actual == digest {
        return Ok(bytes);
    }
    Err(ImageError::DigestMismatch {
        expected: digest.to_owned(),
        actual,
    })
}

pub(super) fn oci_image(
    members: &Members,
    descriptor: &Descriptor,
    depth: usize,
) -> Result<ArchivedImage, ImageError> {
    let bytes = blob(members, &descriptor.digest)?;
    let is_index = descriptor.media_type.ends_with("image.index.v1+json")
        || descriptor.media_type.ends_with("manifest.list.v2+json");
    if is_index {
        let index: Index = parse("image index", &bytes)?;
        let ours = index.manifests.iter().find(|manifest| {
            let platform = manifest.platform.as_ref();
            platform.is_none_or(|platform| {
                platform.os == "linux"
                    && platform.architecture == crate::sys::machine::architecture()
            })
        });
        let ours = ours.filter(|_| depth > 0).ok_or_else(|| {
            let architecture = crate::sys::machine::architecture();
            ImageError::archive(format!("no image for linux/{architecture} in it"))
        })?;
        return oci_image(members, ours, depth - 1);
    }
    let manifest = Manifest::from_json("image manifest", &bytes)?;
    let config = blob(members, &manifest.config.digest)?;
    let ids = diff_ids(&config)?;
    same_number(manifest.layers.len(), ids.len())?;
    let mut layers = Vec::with_capacity(ids.len());
    for (layer, diff_id) in manifest.layers.into_iter().zip(ids) {
        let member = format!("blobs/sha256/{}", digest_hex(&layer.digest)?);
        let (_, size) = members.open(&member)?;
        let (media_type, digest) = (layer.media_type, Some(layer.digest));
        layers.push(LayerBlob {
            diff_id,
            media_type,
            size,
            member,
            digest,
        });
    }
    Ok(ArchivedImage {
        tags: Vec::new(),
        config_digest: manifest.config.digest,
        config,
        manifest: Some(bytes),
        layers,
    })
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
