//! Volumes as containers need them: made with the container that asks for them, found by it,
//! removed with it or by name. What is in them is `volume_content`'s.
//!
//! A volume is its row: directories are made after it, whenever somebody looks for them, so that no
//! crash leaves one that nobody knows. A removal renames the directory into
//! `<root>/volumes/.removed/<created>/` in the transaction that deletes the row; [`sweep`] brings
//! back what was renamed by a transaction that never was, and removes the rest.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::ContainerConfig;
use crate::model::volume::Volume;
use crate::store::{Rows, StoreError};
use crate::sys::dir::{at, remove_dir_if_present};
use crate::sys::{fault, machine};

/// Where directories of removed volumes go before their content does; no volume has such a name.
pub const REMOVED: &str = ".removed";

/// The volumes that a container sees, each once, with the directory of its content.
///
/// # Errors
/// [`StoreError::NoSuchVolume`].
pub fn directories(engine: &Engine, config: &ContainerConfig) -> Result<Vec<(String, PathBuf)>> {
    let found = |name: &str| {
        let volume = engine.store.rows().volume(name)?;
        let volume = volume.ok_or_else(|| StoreError::NoSuchVolume(name.to_owned()))?;
        Ok((name.to_owned(), ensure(engine, &volume)?))
    };
    names(config).into_iter().map(found).collect()
}

/// Which of a container's volumes are there already, before an import that brings their content.
pub fn present(engine: &Engine, config: &ContainerConfig) -> Result<Vec<String>> {
    let mut present = Vec::new();
    for name in names(config) {
        if engine.store.rows().volume(name)?.is_some() {
            present.push(name.to_owned());
        }
    }
    Ok(present)
}

fn names(config: &ContainerConfig) -> BTreeSet<&str> {
    let mounts = config.named_volumes.iter();
    mounts.map(|mount| mount.name.as_str()).collect()
}

/// The volume that a user's word names: its name, or the beginning of one name alone.
///
/// # Errors
/// [`StoreError::NoSuchVolume`]; [`Error::Conflict`] where several begin so.
pub fn find(engine: &Engine, word: &str) -> Result<Volume> {
    let rows = engine.store.rows();
    if let Some(volume) = rows.volume(word)? {
        return Ok(volume);
    }
    let mut found = rows.volumes_with_prefix(word)?;
    match found.len() {
        1 if !word.is_empty() => Ok(found.remove(0)),
        0 | 1 => Err(StoreError::NoSuchVolume(word.to_owned()).into()),
        _ => Err(Error::Conflict(format!(
            "more than one result for volume name \"{word}\": volume already exists"
        ))),
    }
}

/// Inserts the volumes that a new container wants and that aren't there, in the transaction that
/// then inserts the container.
pub fn insert_missing(rows: &Rows<'_>, config: &ContainerConfig) -> Result<(), StoreError> {
    insert(rows, config, |volume| volume)
}

/// As [`insert_missing`] for an imported container: what is inserted goes with the container's
/// removal until [`settle`]. `filled`: which have their content from the archive: nothing is copied
/// from the image.
///
/// # Errors
/// [`StoreError::VolumeExists`] for one that is there, unless not `filled`: then it is used as it is.
pub fn insert_imported(
    rows: &Rows<'_>,
    config: &ContainerConfig,
    filled: impl Fn(&str) -> bool,
) -> Result<(), StoreError> {
    for name in names(config) {
        if filled(name) && rows.volume(name)?.is_some() {
            return Err(StoreError::VolumeExists(name.to_owned()));
        }
    }
    insert(rows, config, |volume| Volume {
        goes_with: Some(config.id.clone()),
        needs_copy_up: !filled(&volume.name),
        needs_chown: !filled(&volume.name),
        ..volume
    })
}

fn insert(
    rows: &Rows<'_>,
    config: &ContainerConfig,
    finish: impl Fn(Volume) -> Volume,
) -> Result<(), StoreError> {
    for mount in &config.named_volumes {
        if rows.volume(&mount.name)?.is_none() {
            rows.insert_volume(&finish(Volume::for_mount(mount, machine::now())))?;
            rows.insert_volume_event("create", &mount.name)?;
        }
    }
    Ok(())
}

/// The import has succeeded: its volumes stay when the container goes. In the transaction that ends
/// it.
pub fn settle(rows: &Rows<'_>, container: &str) -> Result<(), StoreError> {
    for volume in rows.volumes_going_with(container)? {
        rows.update_volume(&Volume {
            goes_with: None,
            ..volume
        })?;
    }
    Ok(())
}

/// Writes down, before a container's removal begins, that its anonymous volumes go with it, or
/// that they stay.
pub fn take_anonymous(engine: &Engine, config: &ContainerConfig, take: bool) -> Result<()> {
    if config.named_volumes.is_empty() {
        return Ok(());
    }
    engine.store.transaction(|rows| {
        for name in names(config) {
            if let Some(volume) = rows.volume(name)?.filter(|volume| volume.anonymous) {
                rows.update_volume(&Volume {
                    goes_with: take.then(|| config.id.clone()),
                    ..volume
                })?;
            }
        }
        Ok(())
    })
}

/// Removes the volumes that go with a container: the inverse of [`insert_imported`], and a part of
/// the container's removal. One that another container uses too stays.
pub fn discard(engine: &Engine, container: &str) -> Result<()> {
    for volume in engine.store.rows().volumes_going_with(container)? {
        remove(engine, &volume.name, |rows, others| {
            let leaving = others.iter().all(|user| user == container);
            if leaving {
                rows.delete_volume_user(&volume.name, container)?;
            } else {
                rows.update_volume(&Volume {
                    goes_with: None,
                    ..volume.clone()
                })?;
            }
            Ok(leaving)
        })?;
    }
    Ok(())
}

/// Removes a volume that no container uses.
///
/// # Errors
/// [`StoreError::NoSuchVolume`]; [`Error::Conflict`] naming the containers that use it.
pub fn remove_unused(engine: &Engine, name: &str) -> Result<()> {
    remove(engine, name, |rows, users| {
        if rows.volume(name)?.is_none() {
            return Err(StoreError::NoSuchVolume(name.to_owned()).into());
        }
        if users.is_empty() {
            return Ok(true);
        }
        Err(Error::Conflict(format!(
            "volume {name} is being used by the following container(s): {}: volume is being used",
            users.join(", ")
        )))
    })
}

/// Removes a volume's row and directory where `may` agrees; it is given the volume's users.
fn remove(
    engine: &Engine,
    name: &str,
    may: impl FnOnce(&Rows<'_>, &[String]) -> Result<bool>,
) -> Result<()> {
    let mut moved = None;
    let removed = engine.store.transaction(|rows| {
        if may(rows, &rows.users_of_volume(name)?)?
            && let Some(volume) = rows.volume(name)?
        {
            rows.delete_volume(name)?;
            rows.insert_volume_event("remove", name)?;
            moved = move_away(engine, &volume)?;
            fault::point("volume-moved");
        }
        Ok(())
    });
    match (removed, moved) {
        (Ok(()), Some(doomed)) => {
            fault::point("volume-unlisted");
            delete(&doomed)
        }
        (Err(error), Some(doomed)) => {
            let directory = engine.volume_dir(name);
            fs::rename(&doomed, &directory).map_err(at("rename", &doomed))?;
            Err(error)
        }
        (result, None) => result,
    }
}

fn move_away(engine: &Engine, volume: &Volume) -> Result<Option<PathBuf>> {
    let directory = engine.volume_dir(&volume.name);
    let parent = engine.volume_dir(REMOVED).join(&volume.created);
    let doomed = parent.join(&volume.name);
    loop {
        fs::create_dir_all(&parent).map_err(at("make", &parent))?;
        match fs::rename(&directory, &doomed) {
            Ok(()) => return Ok(Some(doomed)),
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(at("rename", &directory)(error).into());
            }
            Err(_) if !directory.exists() => {
                remove_empty(&parent);
                return Ok(None);
            }
            // Somebody who was done removed the parent just now.
            Err(_) => {}
        }
    }
}

fn delete(doomed: &Path) -> Result<()> {
    remove_dir_if_present(doomed)?;
    if let Some(parent) = doomed.parent() {
        remove_empty(parent);
    }
    Ok(())
}

/// Removes `.removed/<created>` and `.removed` unless there is something of others in them.
fn remove_empty(created: &Path) {
    for directory in created.ancestors().take(2) {
        if fs::remove_dir(directory).is_err() {
            break;
        }
    }
}

/// The directory of a volume's content; made where it isn't there yet.
pub fn ensure(engine: &Engine, volume: &Volume) -> Result<PathBuf> {
    let data = engine.volume_data(&volume.name);
    if data.exists() {
        return Ok(data);
    }
    let all = engine.config.root.join("volumes");
    fs::create_dir_all(&all).map_err(at("make", &all))?;
    // Whatever is in a volume, setuid programs too, is for root and its containers alone.
    fs::set_permissions(&all, Permissions::from_mode(0o700)).map_err(at("protect", &all))?;
    fs::create_dir_all(&data).map_err(at("make", &data))?;
    fs::set_permissions(&data, Permissions::from_mode(0o755)).map_err(at("protect", &data))?;
    std::os::unix::fs::chown(&data, volume.uid, volume.gid)
        .map_err(at("change owner of", &data))?;
    Ok(data)
}

/// Deals with directories of volumes whose removal was cut short: see above.
pub fn sweep(engine: &Engine) -> Result<()> {
    let removed = engine.volume_dir(REMOVED);
    for created in entries(&removed) {
        for doomed in entries(&removed.join(&created)) {
            let path = removed.join(&created).join(&doomed);
            // Who is at it right now holds the transaction.
            let stays = engine.store.transaction(|rows| {
                let volume = rows.volume(&doomed)?;
                let stays = volume.is_some_and(|volume| volume.created == created);
                let directory = engine.volume_dir(&doomed);
                if stays && path.exists() && !directory.exists() {
                    fs::rename(&path, &directory).map_err(at("rename", &path))?;
                }
                Ok::<_, Error>(stays)
            })?;
            if !stays {
                delete(&path)?;
            }
        }
        remove_empty(&removed.join(&created));
    }
    Ok(())
}

fn entries(directory: &Path) -> Vec<String> {
    let list = fs::read_dir(directory).into_iter().flatten().flatten();
    list.filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::{Container, VolumeMount, example};

    fn engine(root: &Path) -> Result<Engine> {
        Engine::open(Config::below(root))
    }

    fn user(id: &str, name: &str, anonymous: bool) -> Container {
        let mut container = example(id);
        container.config.named_volumes = vec![VolumeMount {
            name: name.into(),
            destination: "/data".into(),
            options: Vec::new(),
            anonymous,
            sub_path: String::new(),
        }];
        container
    }

    fn create(engine: &Engine, container: &Container) -> Result<()> {
        engine.store.transaction(|rows| {
            insert_missing(rows, &container.config)?;
            Ok::<_, Error>(rows.insert_container(container)?)
        })
    }

    #[test]
    fn a_volume_in_use_stays_and_one_that_is_not_goes() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let container = user("a", "v", false);
        create(&engine, &container)?;
        let found = directories(&engine, &container.config)?;
        assert_eq!(found, [("v".to_owned(), engine.volume_data("v"))]);
        fs::write(found[0].1.join("f"), "x")?;
        let refused = remove_unused(&engine, "v").map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err(
                "volume v is being used by the following container(s): a: volume is being used"
                    .into()
            )
        );
        assert!(engine.volume_data("v").join("f").exists());
        engine
            .store
            .transaction(|rows| rows.delete_container("a"))?;
        remove_unused(&engine, "v")?;
        assert!(entries(&engine.config.root.join("volumes")).is_empty());
        let refused = remove_unused(&engine, "v").map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err("no volume with name \"v\" found: no such volume".into())
        );
        Ok(())
    }

    #[test]
    fn what_goes_with_a_container_and_what_another_still_needs() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let (first, second) = (user("a", "v", true), user("b", "v", false));
        create(&engine, &first)?;
        create(&engine, &second)?;
        take_anonymous(&engine, &first.config, true)?;
        discard(&engine, "a")?;
        assert!(engine.store.rows().volume("v")?.is_some());
        engine
            .store
            .transaction(|rows| rows.delete_container("a"))?;
        take_anonymous(&engine, &second.config, true)?;
        discard(&engine, "b")?;
        assert!(engine.store.rows().volume("v")?.is_none());
        Ok(())
    }

    #[test]
    fn an_import_takes_its_volumes_back_until_it_is_settled() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let container = user("a", "v", false);
        let import = |filled| {
            engine.store.transaction(|rows| {
                insert_imported(rows, &container.config, |_| filled)?;
                rows.insert_container(&container)
            })
        };
        import(true)?;
        directories(&engine, &container.config)?;
        discard(&engine, "a")?;
        assert!(present(&engine, &container.config)?.is_empty());
        assert!(!engine.volume_dir("v").exists());
        engine
            .store
            .transaction(|rows| rows.delete_container("a"))?;
        import(true)?;
        engine.store.transaction(|rows| {
            settle(rows, "a")?;
            rows.delete_container("a")
        })?;
        discard(&engine, "a")?;
        assert_eq!(present(&engine, &container.config)?, ["v"]);
        assert!(matches!(import(true), Err(StoreError::VolumeExists(_))));
        import(false)?;
        Ok(())
    }

    #[test]
    fn a_removal_that_was_cut_short_is_undone_or_completed() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let container = user("a", "v", false);
        create(&engine, &container)?;
        let data = ensure(
            &engine,
            &engine.store.rows().volume("v")?.unwrap_or_default(),
        )?;
        fs::write(data.join("f"), "x")?;
        // Killed between rename and commit.
        let volume = engine.store.rows().volume("v")?.unwrap_or_default();
        move_away(&engine, &volume)?;
        assert!(!data.exists());
        sweep(&engine)?;
        assert!(data.join("f").exists());
        // Killed after the commit, and the name used again since.
        move_away(&engine, &volume)?;
        engine.store.transaction(|rows| {
            rows.update_volume(&Volume {
                created: "later".into(),
                ..volume
            })
        })?;
        sweep(&engine)?;
        assert!(entries(&engine.volume_dir(REMOVED)).is_empty());
        assert!(!data.exists());
        Ok(())
    }
}
