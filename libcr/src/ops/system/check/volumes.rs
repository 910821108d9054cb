//! Volumes: rows and directories.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::id::short;
use crate::model::volume::Volume;
use crate::ops::steps::life::volumes;

use super::collected::Collected;
use super::world::names;
use super::{CheckOptions, keep_aside};

const CHECK: &str = "storage";

pub(super) fn check<'a>(
    engine: &'a Engine,
    _options: &CheckOptions,
    found: &mut Collected<'a>,
) -> Result<()> {
    let all = engine.config.root.join("volumes");
    // Directories before rows: a volume is a row first.
    let directories = names(&all);
    for volume in engine.store.rows().volumes()? {
        let Volume { name, .. } = &volume;
        // Before its first mount it needs no directory.
        if !volume.needs_copy_up && !engine.volume_data(name).is_dir() {
            let what = format!("the directory of volume {name} is gone, and what was in it");
            let volume = volume.clone();
            found.repairable(CHECK, what, "makes an empty one", move || {
                volumes::ensure(engine, &volume).map(drop)
            });
        }
        if let Some(owner) = &volume.goes_with
            && engine.store.rows().container(owner)?.is_none()
            && !is_busy(engine, owner)?
        {
            let what = format!(
                "volume {name} goes with container {}, which is not known",
                short(owner)
            );
            let owner = owner.clone();
            found.repairable(CHECK, what, "keeps it by itself", move || {
                Ok(engine
                    .store
                    .transaction(|rows| volumes::settle(rows, &owner))?)
            });
        }
    }
    for name in directories {
        let path = all.join(&name);
        if name == volumes::REMOVED {
            let what = "content of removed volumes is still there".to_owned();
            if path.is_dir() {
                found.repairable(CHECK, what, "removes it", move || volumes::sweep(engine));
            }
        } else if is_orphan(engine, &name)? {
            let what = format!("{} is of no volume", path.display());
            found.repairable(CHECK, what, "moves it to lost+found", move || {
                engine.store.transaction(|rows| {
                    // Nobody makes or removes a volume meanwhile.
                    if rows.volume(&name)?.is_some() {
                        return Ok::<_, Error>(());
                    }
                    keep_aside(engine, &path)
                })
            });
        }
    }
    Ok(())
}

fn is_orphan(engine: &Engine, name: &str) -> Result<bool> {
    if engine.store.rows().volume(name)?.is_some() {
        return Ok(false);
    }
    // Whoever is removing it renames its directory in a transaction: this one is after that.
    engine.store.transaction(|rows| {
        let known = rows.volume(name)?.is_some();
        Ok(!known && engine.volume_dir(name).symlink_metadata().is_ok())
    })
}

fn is_busy(engine: &Engine, container: &str) -> Result<bool> {
    let operations = engine.store.rows().operations()?;
    Ok(operations.iter().any(|one| one.container == container))
}
