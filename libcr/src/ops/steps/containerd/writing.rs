//! Writes a checkpoint as containerd's: an index and its blobs, for whoever takes blobs.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use prost::Message as _;
use serde_json::json;

use super::source::Parts;
use super::{changes, specification};
use crate::archive::layout;
use crate::criu::rehost;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::containerd::{
    Any, CHANGES, CRIU, CheckpointOptions, INDEX, Index, OPTIONS, OPTIONS_TYPE, REF_NAME,
    RUNTIME_NAME, SNAPSHOTTER, SPEC, SPEC_TYPE,
};
use crate::image::digest_of;
use crate::image::manifest::{CONFIG, Descriptor, MANIFEST, Platform};
use crate::ops::steps::included_image::{self, BaseImage};
use crate::sys::dir::at;
use crate::sys::machine;

/// What goes into it, as `ctr container checkpoint` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// `--rw`: what the container changed.
    pub rw: bool,
    /// `--image`: the image below.
    pub image: bool,
    /// `--task`: memory and processes.
    pub task: bool,
    /// `--binds`: what is in directories of this host that are mounted into it.
    pub binds: bool,
}

/// A checkpoint of containerd: blobs, and last the index that names them.
#[derive(Debug)]
pub struct ContainerdImage {
    /// The index.
    pub index: Descriptor,
    /// Its bytes.
    pub index_bytes: Vec<u8>,
    /// The image below, where it travels along: its descriptor and its name.
    pub base: Option<(Descriptor, String)>,
    blobs: Vec<Blob>,
    base_image: Option<BaseImage>,
}

#[derive(Debug)]
struct Blob {
    descriptor: Descriptor,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Bytes(Vec<u8>),
    File(Arc<File>),
}

/// A blob to be pushed or written.
pub type OpenBlob<'a> = (&'a Descriptor, Result<Box<dyn Read + Send>>);

impl ContainerdImage {
    /// All blobs but the index, each with a stream of its bytes; those that others need come first.
    pub fn blobs(&self) -> impl Iterator<Item = OpenBlob<'_>> {
        let base = self.base_image.iter().flat_map(BaseImage::layers);
        let own = self.blobs.iter().map(|blob| {
            let stream: Box<dyn Read + Send> = match &blob.content {
                Content::Bytes(bytes) => Box::new(io::Cursor::new(bytes.clone())),
                Content::File(file) => Box::new(FromStart(Arc::clone(file), 0)),
            };
            (&blob.descriptor, Ok(stream))
        });
        base.chain(own)
    }
}

/// Reads a file without moving its position.
struct FromStart(Arc<File>, u64);

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read_at(buffer, self.1)?;
        self.1 += count as u64;
        Ok(count)
    }
}

/// Makes it. Files without a name hold the large blobs until it is dropped.
///
/// # Errors
/// [`Error::Invalid`] for what containerd can't thaw; when the disk takes no more.
pub fn write(engine: &Engine, parts: &Parts, wanted: Wanted) -> Result<ContainerdImage> {
    let options = parts.manifest.as_ref().map(|manifest| &manifest.options);
    if wanted.task && options.is_some_and(|options| options.tcp_established) {
        return Err(Error::Invalid(
            "the checkpoint holds established TCP connections, which ctr can't restore: freeze it with --tcp-close, or leave out --task".into(),
        ));
    }
    if wanted.task && parts.dump.runtime != "runc" {
        return Err(Error::Invalid(format!(
            "the checkpoint was made under {}, and containerd can restore under runc alone (it calls a runtime with --no-subreaper): freeze a container of --runtime runc, or leave out the memory with --rw --image",
            parts.dump.runtime
        )));
    }
    let (spec, mounted) = specification::adapt(parts, wanted)?;
    let name = parts.dump.image_name().to_owned();
    let mut index = Index {
        schema_version: 2,
        media_type: INDEX.to_owned(),
        ..Index::default()
    };
    let (mut blobs, mut base, mut base_image) = (Vec::new(), None, None);
    if wanted.image {
        let image = included_image::base_layers(engine, &parts.base)?;
        let mut descriptor = bytes(MANIFEST, image.manifest.clone(), &mut blobs);
        bytes(CONFIG, image.config.clone(), &mut blobs);
        base = Some((descriptor.clone(), name.clone()));
        descriptor
            .annotations
            .insert(REF_NAME.to_owned(), name.clone());
        index.manifests.push(descriptor);
        base_image = Some(image);
    }
    if wanted.rw {
        let (layer, file) = changes::layer(engine, parts, &mounted)?;
        let content = Content::File(Arc::new(file));
        add(
            &mut index,
            &mut blobs,
            (CHANGES, layer.digest, layer.size),
            content,
        );
    }
    if wanted.task {
        let (file, digest, size) = criu_tar(engine, parts)?;
        let content = Content::File(Arc::new(file));
        add(&mut index, &mut blobs, (CRIU, digest, size), content);
    }
    let spec = serde_json::to_vec(&spec).map_err(io::Error::other)?;
    any(&mut index, &mut blobs, SPEC, SPEC_TYPE, spec);
    if wanted.task {
        let options = CheckpointOptions {
            exit: options.is_none_or(|options| !options.leave_running),
            open_tcp: false,
            file_locks: options.is_some_and(|options| options.file_locks),
        };
        let value = options.encode_to_vec();
        any(&mut index, &mut blobs, OPTIONS, OPTIONS_TYPE, value);
    }
    for (key, value) in [
        (RUNTIME_NAME, "io.containerd.runc.v2"),
        (SNAPSHOTTER, "overlayfs"),
        (REF_NAME, &name),
    ] {
        index.annotations.insert(key.to_owned(), value.to_owned());
    }
    let index_bytes = serde_json::to_vec(&index).map_err(io::Error::other)?;
    Ok(ContainerdImage {
        index: Descriptor {
            media_type: INDEX.to_owned(),
            digest: digest_of(&index_bytes),
            size: index_bytes.len() as u64,
            ..Descriptor::default()
        },
        index_bytes,
        base,
        blobs,
        base_image,
    })
}

fn bytes(media_type: &str, content: Vec<u8>, blobs: &mut Vec<Blob>) -> Descriptor {
    let descriptor = Descriptor {
        media_type: media_type.to_owned(),
        digest: digest_of(&content),
        size: content.len() as u64,
        ..Descriptor::default()
    };
    blobs.push(Blob {
        descriptor: descriptor.clone(),
        content: Content::Bytes(content),
    });
    descriptor
}

fn add(
    index: &mut Index,
    blobs: &mut Vec<Blob>,
    (media_type, digest, size): (&str, String, u64),
    content: Content,
) {
    let descriptor = Descriptor {
        media_type: media_type.to_owned(),
        digest,
        size,
        platform: Some(Platform {
            architecture: machine::architecture().to_owned(),
            os: "linux".to_owned(),
        }),
        ..Descriptor::default()
    };
    index.manifests.push(descriptor.clone());
    blobs.push(Blob {
        descriptor,
        content,
    });
}

fn any(index: &mut Index, blobs: &mut Vec<Blob>, media_type: &str, type_url: &str, value: Vec<u8>) {
    let content = Any {
        type_url: type_url.to_owned(),
        value,
    };
    let content = content.encode_to_vec();
    let (digest, size) = (digest_of(&content), content.len() as u64);
    let what = (media_type, digest, size);
    add(index, blobs, what, Content::Bytes(content));
}

/// CRIU's images as one flat tar, the same for the same images. The network namespace is left out, as
/// containerd does: its container gets one of its own.
fn criu_tar(engine: &Engine, parts: &Parts) -> Result<(File, String, u64)> {
    let directory = parts.directory.join(layout::CHECKPOINT);
    let mut names = Vec::new();
    for entry in fs::read_dir(&directory).map_err(at("read", &directory))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    if names.iter().any(|name| name == layout::PARENT_LINK) {
        return Err(Error::Invalid(
            "the checkpoint builds upon a pre-checkpoint, which containerd doesn't know: freeze it whole".into(),
        ));
    }
    let mut builder = tar::Builder::new(engine.blobs()?.writer()?);
    for name in names.iter().filter(|name| !name.starts_with("netns-")) {
        let path = directory.join(name);
        let mut file = File::open(&path).map_err(at("open", &path))?;
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o600);
        header.set_mtime(0);
        if name == "files.img" {
            let files = fs::read(&path).map_err(at("read", &path))?;
            let files = rehost::any_root_mode(&files).unwrap_or(files);
            header.set_size(files.len() as u64);
            builder.append_data(&mut header, name, files.as_slice())?;
            continue;
        }
        let size = file.metadata().map_err(at("look at", &path))?.len();
        header.set_size(size);
        builder.append_data(&mut header, name, (&mut file).take(size))?;
    }
    let mut blob = builder.into_inner()?;
    blob.flush()?;
    Ok(blob.finish_nameless()?)
}

/// The index of a layout that holds the checkpoint under this name, and the image below under its
/// own, so that one import brings both.
pub(super) fn layout_index(image: &ContainerdImage, name: &str) -> Result<Vec<u8>> {
    let base = image.base.as_ref();
    let base = base.map(|(descriptor, name)| (descriptor, name.as_str()));
    let entry = |(descriptor, name): (&Descriptor, &str)| {
        json!({
            "mediaType": descriptor.media_type,
            "digest": descriptor.digest,
            "size": descriptor.size,
            "annotations": { "io.containerd.image.name": name, REF_NAME: name },
        })
    };
    let all = base.into_iter().chain([(&image.index, name)]);
    let index = json!({
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": all.map(entry).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_vec(&index).map_err(io::Error::other)?)
}
