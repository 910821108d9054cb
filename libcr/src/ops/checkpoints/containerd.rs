//! `checkpoint push --format containerd`: a checkpoint of ours as containerd's `ctr` takes it.

use std::path::Path;

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::catalogue::CheckpointPlace;
use crate::ops::steps::containerd::{self, ContainerdImage, Parts};
use crate::ops::steps::transfer::send::send_parts;
use crate::ops::steps::transfer::{Access, name};
use crate::ops::steps::{catalogue, image_lock, image_lookup};
use crate::progress::Progress;

pub use crate::ops::steps::containerd::{Destination, OpenBlob, Wanted};

/// What is pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source<'a> {
    /// A container frozen in its bundle, a checkpoint image, or the path of an archive, in this order.
    Word(&'a str),
    /// A checkpoint of the catalogue.
    Named(&'a str, CheckpointPlace),
}

/// Makes containerd's checkpoint of one of ours: an index and blobs.
///
/// # Errors
/// [`Error::NoSuchContainerOrImage`]; [`Error::Invalid`] for what is no checkpoint or can't be one
/// of containerd.
pub fn convert(engine: &Engine, source: &Source<'_>, wanted: Wanted) -> Result<ContainerdImage> {
    let _adding = image_lock::adding(engine)?;
    let parts = parts(engine, source)?;
    containerd::write(engine, &parts, wanted)
}

/// Writes it as an image layout, where it is called `name`.
///
/// # Errors
/// As [`convert`]; [`Error::Conflict`] for a directory that has a layout already.
pub fn export(
    engine: &Engine,
    source: &Source<'_>,
    wanted: Wanted,
    name: &str,
    destination: &Destination,
) -> Result<String> {
    let image = convert(engine, source, wanted)?;
    containerd::write_layout(&image, name, destination)?;
    Ok(image.index.digest)
}

/// Sends it to a registry as `destination`, and returns the digest of its index.
///
/// # Errors
/// As [`convert`]; [`Error::Push`] with what the registry says.
pub fn push(
    engine: &Engine,
    source: &Source<'_>,
    wanted: Wanted,
    destination: &str,
    access: &Access,
    progress: &dyn Progress,
) -> Result<String> {
    let to = name::destination(destination)?;
    let image = convert(engine, source, wanted)?;
    let blobs: Vec<_> = image.blobs().map(|(descriptor, _)| descriptor).collect();
    let open = |digest: &str| {
        let mut all = image.blobs();
        let found = all.find(|(descriptor, _)| descriptor.digest == digest);
        found.map_or_else(
            || Err(Error::Invalid(format!("there is no blob {digest}"))),
            |(_, stream)| stream,
        )
    };
    let index = (
        image.index.media_type.as_str(),
        image.index_bytes.as_slice(),
    );
    send_parts(&blobs, &open, index, &to, access, progress)?;
    Ok(image.index.digest.clone())
}

fn parts(engine: &Engine, source: &Source<'_>) -> Result<Parts> {
    let word = match source {
        Source::Named(container, place) => {
            let container = engine.find(container)?;
            let found = catalogue::existing(engine, &container, place)?;
            return Parts::of_container(engine, &container, Some(found.directory));
        }
        Source::Word(word) => *word,
    };
    let _lock;
    match engine.find(word) {
        Ok(container) => {
            _lock = engine.lock(&container.config.id)?;
            return Parts::of_container(engine, &container, None);
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    match image_lookup::find(engine, word) {
        Ok((image, name)) => return Parts::of_image(engine, &image, &name),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let path = Path::new(word);
    if path.is_file() {
        return Parts::of_archive(engine, path);
    }
    Err(Error::NoSuchContainerOrImage(word.to_owned()))
}
