//! Makes a checkpoint image of one of containerd's: the same blobs as members of an archive.

use std::io;

use serde_json::Value;

use super::criu_tar;
use crate::archive::{Form, Writer, layout, podman};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::ImageError;
use crate::image::archive::ImageArchive;
use crate::image::containerd::ContainerdCheckpoint;
use crate::image::manifest::Descriptor;
use crate::image::reference::Reference;
use crate::model::id;
use crate::model::image::Image;
use crate::ops::steps::checkpoint_image::{ImageInTheMaking, foreign_annotations};
use crate::ops::steps::image_sweep;
use crate::ops::steps::included_image;
use crate::ops::steps::thawing::imported_spec;
use crate::sys::machine;

/// The name of an image that came without one.
const NAMELESS: &str = "localhost/containerd/checkpoint";

/// Keeps a checkpoint of containerd as a checkpoint image, and the image below it, which gets no
/// name where it is not here yet; returns the image's names.
///
/// # Errors
/// [`Error::NoSuchImage`] when the image below is neither in the archive nor here;
/// [`Error::Invalid`], [`ImageError`] for what is damaged or hostile. Nothing is kept then.
pub fn keep(
    engine: &Engine,
    archive: &ImageArchive,
    checkpoint: &ContainerdCheckpoint,
) -> Result<Vec<String>> {
    let made = make(engine, archive, checkpoint);
    if made.is_err() {
        // Layers and blobs that no image has.
        if let Err(error) = image_sweep::sweep(engine) {
            tracing::warn!(%error, "what is left of a refused checkpoint");
        }
    }
    made
}

fn make(
    engine: &Engine,
    archive: &ImageArchive,
    checkpoint: &ContainerdCheckpoint,
) -> Result<Vec<String>> {
    let spec: Value = serde_json::from_slice(&checkpoint.spec)
        .map_err(|error| refused(&format!("its specification can't be read: {error}")))?;
    let (base, is_new) = match &checkpoint.base {
        Some(archived) => (included_image::keep(engine, archive, archived)?, true),
        None => (named(engine, &checkpoint.base_name)?, false),
    };
    let runtime = match checkpoint.runtime.as_str() {
        "" => "runc",
        name => name,
    };
    let dump = podman::ContainerConfig {
        id: checkpoint.digest.trim_start_matches("sha256:").to_owned(),
        name: name(&spec, &checkpoint.digest),
        rootfs_image_id: base.id.clone(),
        rootfs_image_name: checkpoint.base_name.clone(),
        runtime: runtime.to_owned(),
        created_time: machine::now(),
        ..podman::ContainerConfig::default()
    };
    let mut tags = checkpoint.tags.iter().map(String::as_str);
    // `ctr task checkpoint` gives a time for a tag, with colons.
    let tag = tags.find(|tag| Reference::parse(tag).is_ok());
    let tag = tag.unwrap_or(NAMELESS);
    let (making, mut writer) = ImageInTheMaking::begin(engine, tag, &Form::default())?;
    let config = dump.to_json().map_err(io::Error::other)?;
    writer.append_bytes(layout::CONFIG_DUMP, &config)?;
    writer.append_bytes(layout::SPEC_DUMP, &checkpoint.spec)?;
    if let Some(changes) = &checkpoint.changes {
        writer.next_part()?;
        copy(archive, changes, &mut writer)?;
    }
    writer.next_part()?;
    let images = archive.checkpoint_blob(&checkpoint.criu)?;
    criu_tar::copy(images, &mut writer, imported_spec::has_own_network(&spec))?;
    let summary = writer.finish()?;
    let annotations = foreign_annotations(&dump.name, runtime, "containerd", &checkpoint.base_name);
    let image = making.finish_as(engine, &machine::now(), annotations, &summary, |rows| {
        if is_new {
            rows.insert_image(&base)?;
        }
        Ok(())
    })?;
    Ok(image.names)
}

/// The layer as it is: compressed with gzip, by which its whiteouts are known (`storage/apply.rs`).
fn copy(archive: &ImageArchive, changes: &Descriptor, writer: &mut Writer) -> Result<()> {
    let mut stream = archive.checkpoint_blob(changes)?;
    Ok(
        writer.append_reader_exact(layout::ROOTFS_DIFF, changes.size, |sink| {
            io::copy(&mut stream, sink).map(drop)
        })?,
    )
}

/// The image that has this name here.
fn named(engine: &Engine, name: &str) -> Result<Image> {
    let absent = || {
        Error::NoSuchImage(format!(
            "{name} is neither in the checkpoint of containerd nor on this host: load it first, or make the checkpoint with --image"
        ))
    };
    let reference = Reference::parse(name).map_err(ImageError::from)?;
    for candidate in reference.candidates() {
        if let Some(image) = engine.store.rows().image_named(&candidate.to_string())? {
            return Ok(image);
        }
    }
    Err(absent())
}

/// The name of the container: containerd's index doesn't say it, but the path of its cgroup ends
/// with it.
fn name(spec: &Value, digest: &str) -> String {
    let path = spec["linux"]["cgroupsPath"].as_str().unwrap_or_default();
    let last = path.rsplit(['/', ':']).next().unwrap_or_default();
    if id::check_name(last).is_ok() {
        return last.to_owned();
    }
    format!(
        "containerd-{}",
        id::short(digest.trim_start_matches("sha256:"))
    )
}

fn refused(why: &str) -> Error {
    Error::Invalid(format!("the checkpoint of containerd is refused: {why}"))
}

#[cfg(test)]
#[path = "hostile_tests.rs"]
mod tests;
