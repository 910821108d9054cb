//! `image prune`: images that nobody needs go.

use super::list::list;
use super::remove::remove;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::image::Image;

/// An image that was to go.
#[derive(Debug)]
pub struct Pruned {
    /// Its id.
    pub id: String,
    /// Bytes of its layers, unpacked.
    pub size: u64,
    /// Why it is still there.
    pub failed: Option<Error>,
}

/// Those that no container was made from, and which have no name, or are wanted gone with theirs
/// (`all`).
///
/// # Errors
/// The database's.
pub fn candidates(engine: &Engine, all: bool) -> Result<Vec<Image>> {
    let unused = list(engine)?.into_iter().filter(|(_, users)| *users == 0);
    let images = unused.map(|(image, _)| image);
    Ok(images
        .filter(|image| all || image.names.is_empty())
        .collect())
}

/// Removes images; one that somebody removed or began to use since is none of them.
pub fn prune(engine: &Engine, images: Vec<Image>) -> Vec<Pruned> {
    let mut pruned = Vec::new();
    for image in images {
        let failed = match remove(engine, &image.id, true) {
            Ok(_) => None,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {
                continue;
            }
            Err(error) => Some(error),
        };
        pruned.push(Pruned {
            id: image.id,
            size: image.size,
            failed,
        });
    }
    pruned
}
