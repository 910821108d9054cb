//! Images, their layers and blobs, and what imports left.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::digest_of;
use crate::model::id::short;
use crate::model::image::Image;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::remove;
use crate::ops::steps::thawing::unpack;
use crate::ops::steps::{checkpoint_image, image_sweep};
use crate::storage::StorageError;
use crate::storage::layer::LayerStore;

use super::CheckOptions;
use super::collected::Collected;
use super::world::names;

const CHECK: &str = "storage";

pub(super) fn check<'a>(
    engine: &'a Engine,
    options: &CheckOptions,
    found: &mut Collected<'a>,
) -> Result<()> {
    // What is there before what is known: a layer is there before its image.
    let layers = LayerStore::at(engine.config.root.join("layers"));
    let there: BTreeSet<String> = layers.list().unwrap_or_default().into_iter().collect();
    let blobs = engine.config.root.join("images/blobs/sha256");
    let kept = names(&blobs);
    let images = engine.store.rows().images()?;
    let mut broken = BTreeSet::new();
    for image in &images {
        if let Some(damage) = damage_of(engine, image, &there, options) {
            broken.insert(image.id.clone());
            damaged(engine, image.clone(), &damage, found)?;
        } else if !options.quick {
            kept_blobs(engine, image, found)?;
        }
    }
    let used: BTreeSet<&String> = images.iter().flat_map(|image| &image.diff_ids).collect();
    for diff_id in there.iter().filter(|diff_id| !used.contains(diff_id)) {
        let hex = diff_id.trim_start_matches("sha256:");
        let path = engine.config.root.join("layers").join(hex);
        if is_older(&path, options.max_age) {
            let what = format!("layer {} is of no image", short(hex));
            let diff_id = diff_id.clone();
            found.repairable(CHECK, what, "removes it", move || {
                remove_layer(engine, &diff_id)
            });
        }
    }
    let known = image_sweep::known_blobs(engine)?;
    // What is being written begins with a dot, and is swept by who opens the store.
    let whole = kept.into_iter().filter(|name| !name.starts_with('.'));
    for name in whole.filter(|name| !known.contains(&format!("sha256:{name}"))) {
        let path = blobs.join(&name);
        if is_older(&path, options.max_age) {
            let what = format!("blob {} is of no image", short(&name));
            found.repairable(CHECK, what, "removes it", move || {
                Ok(crate::sys::dir::remove_file_if_present(&path)?)
            });
        }
    }
    for path in layers.forgotten()? {
        let what = format!("{} is of an import that was cut short", path.display());
        found.repairable(CHECK, what, "removes it", move || engine.layers().map(drop));
    }
    for path in unpack::forgotten(engine)? {
        let what = format!("{} is of a restore that was cut short", path.display());
        found.repairable("containers", what, "removes it", move || {
            unpack::sweep(engine)
        });
    }
    Ok(())
}

fn damage_of(
    engine: &Engine,
    image: &Image,
    layers: &BTreeSet<String>,
    options: &CheckOptions,
) -> Option<String> {
    let gone = |digest: &str| {
        let hex = digest.trim_start_matches("sha256:");
        Some(format!("its layer {} is gone", short(hex)))
    };
    let stored = checkpoint_image::layers(engine, image);
    if let Some(stored) = &stored {
        let blobs = engine.blobs().ok()?;
        if let Some(missing) = stored.iter().find(|digest| blobs.size(digest).is_none()) {
            return gone(missing);
        }
    } else if let Some(missing) = image.diff_ids.iter().find(|id| !layers.contains(*id)) {
        return gone(missing);
    }
    if options.quick {
        return None;
    }
    for digest in stored.into_iter().flatten() {
        let read = engine
            .blobs()
            .and_then(|blobs| Ok(blobs.open_blob(&digest)?))
            .and_then(|mut blob| Ok(std::io::copy(&mut blob, &mut std::io::sink())?));
        if let Err(error) = read {
            return Some(error.to_string());
        }
    }
    let config = format!("sha256:{}", image.id);
    let blobs = engine.config.root.join("images/blobs/sha256");
    for digest in [&config, &image.digest] {
        let path = blobs.join(digest.trim_start_matches("sha256:"));
        match fs::read(&path) {
            Ok(bytes) if digest_of(&bytes) == *digest => {}
            Ok(_) => return Some(format!("{} was changed", path.display())),
            // An imported tarball has a configuration and no manifest.
            Err(_) if digest == &image.digest && image.digest == config => {}
            Err(error) => {
                let reason = crate::sys::dir::reason(&error);
                return Some(format!("{}: {reason}", path.display()));
            }
        }
    }
    None
}

/// The layers of an ordinary image as they are kept to be pushed: it runs without them.
fn kept_blobs<'a>(engine: &'a Engine, image: &Image, found: &mut Collected<'a>) -> Result<()> {
    let Ok(manifest) = checkpoint_image::manifest(engine, image) else {
        return Ok(());
    };
    if checkpoint_image::is_checkpoint(&manifest.annotations) {
        return Ok(());
    }
    let blobs = engine.blobs()?;
    for layer in manifest.layers {
        let Ok(mut blob) = blobs.open_blob(&layer.digest) else {
            continue;
        };
        let Err(error) = std::io::copy(&mut blob, &mut std::io::sink()) else {
            continue;
        };
        let name = image
            .names
            .first()
            .map_or(image.id.as_str(), String::as_str);
        let what = format!("a blob of image {name}, which can't be pushed so, is damaged: {error}");
        let remedy = "removes it; load or pull the image again then to push it";
        found.repairable(CHECK, what, remedy, move || {
            Ok(engine.blobs()?.remove(&layer.digest)?)
        });
    }
    Ok(())
}

/// As in Podman: a damaged image is removed; with `force` its containers too.
fn damaged<'a>(
    engine: &'a Engine,
    image: Image,
    damage: &str,
    found: &mut Collected<'a>,
) -> Result<()> {
    let users = engine.store.rows().containers_of_image(&image.id)?;
    // What is left of a checkpoint may be all there is of its processes.
    let only_copy = checkpoint_image::layers(engine, &image).is_some();
    let manifest = checkpoint_image::manifest(engine, &image);
    let kept = manifest.map(|manifest| manifest.layers).unwrap_or_default();
    let kept: Vec<String> = kept.into_iter().map(|layer| layer.digest).collect();
    let name = image.names.first().cloned();
    let name = name.unwrap_or_else(|| short(&image.id).to_owned());
    let what = format!("image {name} is damaged: {damage}");
    let remedy = if users.is_empty() {
        "removes the image; load it again then".to_owned()
    } else {
        let names: Vec<&str> = users.iter().map(|user| user.config.name.as_str()).collect();
        format!(
            "removes the image and its containers ({}); loading it again mends it too",
            names.join(", ")
        )
    };
    found.repairable_if(
        users.is_empty() && !only_copy,
        CHECK,
        what,
        &remedy,
        move || {
            for user in &users {
                let (_lock, mut container) = match claim(engine, &user.config.id) {
                    Err(Error::NoSuchContainer(_)) => continue,
                    claimed => claimed?,
                };
                if container.state.status.is_alive() {
                    end::stop(engine, &mut container, Some(0))?;
                }
                remove::remove_with(engine, &container, false)?;
            }
            engine.store.transaction(|rows| {
                if let Some(user) = rows.containers_of_image(&image.id)?.first() {
                    let text = format!("container {} uses it by now", user.config.name);
                    return Err(Error::Conflict(text));
                }
                rows.delete_image(&image.id)?;
                rows.insert_image_event("remove", &image.id, &name)?;
                Ok(())
            })?;
            // Its blobs and the layers that no other image has.
            let blobs = engine.blobs()?;
            let known = image_sweep::known_blobs(engine)?;
            for digest in kept.iter().filter(|digest| !known.contains(*digest)) {
                blobs.remove(digest)?;
            }
            blobs.remove(&format!("sha256:{}", image.id))?;
            blobs.remove(&image.digest)?;
            for diff_id in &image.diff_ids {
                remove_layer(engine, diff_id)?;
            }
            Ok(())
        },
    );
    Ok(())
}

/// In a transaction: no image gets it meanwhile.
fn remove_layer(engine: &Engine, diff_id: &String) -> Result<()> {
    engine.store.transaction(|rows| {
        let images = rows.images()?;
        if images.iter().any(|image| image.diff_ids.contains(diff_id)) {
            return Ok(());
        }
        match engine.layers()?.remove(diff_id) {
            Ok(()) | Err(StorageError::NoSuchLayer { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    })
}

/// Whether it got its name so long ago; one that is gone is not.
fn is_older(path: &Path, age: Duration) -> bool {
    let Ok(facts) = path.symlink_metadata() else {
        return false;
    };
    let named = u64::try_from(facts.ctime()).unwrap_or(0);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    now.saturating_sub(Duration::from_secs(named)) >= age
}
