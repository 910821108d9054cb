//! `rmi`: a name, and with the last one the image and the layers that no other image has. `image
//! prune`: that of all that nobody uses.

use std::collections::BTreeSet;

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::id;
use crate::model::image::Image;
use crate::ops::steps::image_sweep::without_image;
use crate::ops::steps::{image_lock, image_lookup, image_sweep};
use crate::store::Rows;
use crate::sys::fault;

/// What `rmi` removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removed {
    /// Names taken away.
    pub untagged: Vec<String>,
    /// Ids of images that are gone.
    pub deleted: Vec<String>,
}

/// Removes an image's name, or the image itself when it is named by id or has no other name.
///
/// # Errors
/// [`Error::Conflict`] while containers use it, or it has several names and `force` is not given.
pub fn remove(engine: &Engine, word: &str, force: bool) -> Result<Removed> {
    // One transaction from looking it up to its end: nobody makes a container of it in between.
    let gone = engine
        .store
        .transaction(|rows| remove_rows(engine, *rows, word, force))?;
    let (image, mut doomed) = match gone {
        Gone::Name(name) => {
            return Ok(Removed {
                untagged: vec![name],
                deleted: Vec::new(),
            });
        }
        Gone::Image { image, doomed } => (image, doomed),
    };
    fault::point("unlisted");
    let alone = image_lock::removing(engine)?;
    if alone.is_some() {
        // Also what killed engines left.
        doomed = without_image(engine, engine.layers()?.list()?)?;
    }
    image_sweep::remove_layers(engine, &doomed)?;
    fault::point("layers-removed");
    let blobs = engine.blobs()?;
    blobs.remove(&format!("sha256:{}", image.id))?;
    if image.digest != format!("sha256:{}", image.id) {
        blobs.remove(&image.digest)?;
    }
    if alone.is_some() {
        image_sweep::sweep_blobs(engine)?;
    }
    tracing::debug!(image = id::short(&image.id), "image removed");
    Ok(Removed {
        untagged: image.names,
        deleted: vec![image.id],
    })
}

/// What is no longer in the database.
enum Gone {
    /// One name of an image that has others.
    Name(String),
    /// An image; the layers that no other has.
    Image {
        image: Image,
        doomed: BTreeSet<String>,
    },
}

/// Runs in a transaction of the store that `engine` has opened: what it reads through the engine
/// is read in that transaction too.
fn remove_rows(engine: &Engine, rows: Rows<'_>, word: &str, force: bool) -> Result<Gone> {
    let (image, name) = image_lookup::find(engine, word)?;
    let by_id = image.id.starts_with(word.trim_start_matches("sha256:"));
    if !by_id && image.names.len() > 1 {
        rows.delete_image_name(&name)?;
        rows.insert_image_event("untag", &image.id, &name)?;
        return Ok(Gone::Name(name));
    }
    if by_id && image.names.len() > 1 && !force {
        return Err(Error::Conflict(format!(
            "unable to delete image \"{}\" by ID with more than one tag ({:?}): please force removal",
            image.id, image.names
        )));
    }
    let users = rows.containers_of_image(&image.id)?;
    if let Some(user) = users.first() {
        return Err(Error::Conflict(format!(
            "image used by {}: image is in use by a container: consider listing external containers and force-removing image",
            user.config.id
        )));
    }
    rows.delete_image(&image.id)?;
    for name in &image.names {
        rows.insert_image_event("untag", &image.id, name)?;
    }
    rows.insert_image_event("remove", &image.id, &name)?;
    let doomed = without_image(engine, image.diff_ids.clone())?;
    Ok(Gone::Image { image, doomed })
}

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
    let rows = engine.store.rows();
    let mut unused = Vec::new();
    for image in rows.images()? {
        let wanted = all || image.names.is_empty();
        if wanted && rows.containers_of_image(&image.id)?.is_empty() {
            unused.push(image);
        }
    }
    Ok(unused)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::{Rootfs, example};

    fn engine(root: &std::path::Path) -> Result<Engine> {
        Engine::open(Config::below(root))
    }

    fn image(id: &str, layers: &[String]) -> Image {
        Image {
            id: id.repeat(64),
            digest: format!("sha256:{}", id.repeat(64)),
            diff_ids: layers.to_vec(),
            names: vec![format!("localhost/{id}:latest")],
            size: 0,
            created: "2026-01-01T00:00:00Z".into(),
            config: serde_json::Value::Null,
        }
    }

    #[test]
    fn a_layer_goes_once_and_with_its_last_image() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let layers = engine.layers()?;
        let shared = layers.import(&[0_u8; 1024][..])?.diff_id;
        let gone = format!("sha256:{}", "e".repeat(64));
        let first = image("a", &[shared.clone(), gone.clone(), shared.clone()]);
        let second = image("b", &[shared.clone(), shared.clone()]);
        engine.store.transaction(|rows| {
            rows.insert_image(&first)?;
            rows.insert_image(&second)
        })?;
        assert_eq!(
            remove(&engine, "localhost/a:latest", false)?.deleted,
            [first.id]
        );
        assert_eq!(layers.list()?, [shared]);
        remove(&engine, "b", false)?;
        assert!(layers.list()?.is_empty());
        Ok(())
    }

    #[test]
    fn an_image_in_use_stays() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let used = image("a", &[]);
        let mut container = example("c");
        container.config.rootfs = Rootfs::Image {
            id: used.id.clone(),
            name: used.names[0].clone(),
            raw_name: "a".into(),
        };
        engine.store.transaction(|rows| {
            rows.insert_image(&used)?;
            rows.insert_container(&container)
        })?;
        let refused = remove(&engine, "localhost/a:latest", true);
        assert!(matches!(refused, Err(Error::Conflict(_))));
        assert_eq!(engine.store.rows().images()?.len(), 1);
        Ok(())
    }
}
