//! A container's own directory: what must be in it, and what is left there of operations that have no
//! row any more.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, Rootfs};
use crate::monitor::client;
use crate::ops::steps::life::rootfs;
use crate::sys::dir::{remove_dir_if_present, remove_file_if_present};

use super::collected::Collected;
use super::keep_aside;
use super::world::names;

const CHECK: &str = "containers";

/// How long a monitor may take to make its log file anew.
const REOPENING: Duration = Duration::from_secs(5);

/// Looks at a container that no operation is at work on.
pub(super) fn check<'a>(engine: &'a Engine, container: &'a Container, found: &mut Collected<'a>) {
    let config = &container.config;
    let (id, name) = (config.id.as_str(), config.name.as_str());
    let lives = container.state.status.is_alive();
    if !engine.bundle(id).is_dir() {
        let what = format!("the directory of {name} is gone, and what it changed with it");
        if lives {
            found.by_hand(CHECK, what, format!("remove it: cryopod rm -f {name}"));
        } else {
            let remedy = "makes an empty one, so that it starts from its image";
            found.repairable(CHECK, what, remedy, move || {
                rootfs::make_container_dir(engine, id)?;
                if keeps_log(container) {
                    std::fs::File::create(engine.log_file(id))?;
                }
                forget_images(engine, id)
            });
        }
        return;
    }
    match &config.rootfs {
        Rootfs::Directory(path) if !path.is_dir() => {
            let what = format!("{}, the root of {name}, is gone", path.display());
            let remedy = format!("bring it back, or remove the container: cryopod rm {name}");
            found.by_hand(CHECK, what, remedy);
        }
        Rootfs::Image { id: image, .. } => {
            let known = engine.store.rows().images_with_prefix(image);
            if known.is_ok_and(|images| images.is_empty()) {
                let what = format!("the image of {name} is not known any more");
                let remedy = "load it again: cryopod load".to_owned();
                found.by_hand("storage", what, remedy);
            }
        }
        Rootfs::Directory(_) => {}
    }
    leftovers(engine, container, found);
    if keeps_log(container) && !engine.log_file(id).exists() {
        let what = format!("{name} has no log file");
        found.repairable(CHECK, what, "makes an empty one", move || {
            if !lives {
                std::fs::File::create(engine.log_file(id))?;
                return Ok(());
            }
            client::reopen_log(&engine.monitor_paths(id))?;
            let deadline = Instant::now() + REOPENING;
            while !engine.log_file(id).exists() {
                if Instant::now() >= deadline {
                    let text = "its monitor does not make one";
                    return Err(Error::RuntimeFailed(text.into()));
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            Ok(())
        });
    }
}

/// Whether there must be a log file.
fn keeps_log(container: &Container) -> bool {
    container.config.log_driver == "k8s-file" && container.state.started_at.is_some()
}

/// What only an operation in flight has; there is none.
fn leftovers<'a>(engine: &'a Engine, container: &'a Container, found: &mut Collected<'a>) {
    let config = &container.config;
    let lives = container.state.status.is_alive();
    let directory = engine.container_dir(&config.id);
    for name in names(&directory) {
        let path = directory.join(&name);
        match name.as_str() {
            "upper.before-restore" => {
                let what = format!(
                    "what {} had changed before a restore is still set aside",
                    config.name
                );
                if !lives && !directory.join("upper").exists() {
                    found.repairable(CHECK, what, "brings it back", move || {
                        rootfs::put_back(engine, config)
                    });
                } else {
                    found.repairable(CHECK, what, "moves it to lost+found", move || {
                        keep_aside(engine, &path)
                    });
                }
            }
            "upper.discarded" => gone(CHECK, path, "what a restore has replaced", found),
            // Written without the container's lock.
            "healthcheck.log.partial" => {}
            _ if name.ends_with(".partial") => gone(CHECK, path, "half of a file", found),
            _ => {}
        }
    }
    let bundle = engine.bundle(&config.id);
    for name in names(&bundle) {
        if name.ends_with(".partial") {
            partial(engine, bundle.join(name), lives, CHECK, found);
        }
    }
}

/// Something half made that no operation owns. Images that look whole may be all there is of a
/// container that doesn't run.
pub(super) fn partial<'a>(
    engine: &'a Engine,
    path: std::path::PathBuf,
    lives: bool,
    check: &'static str,
    found: &mut Collected<'a>,
) {
    let whole = |images: &Path| images.join("inventory.img").exists();
    let inner = path.join("checkpoint.partial");
    let precious = whole(&path) || whole(&inner) || whole(&path.join("checkpoint"));
    if precious && !lives {
        let what = format!("{} is of no operation, and may be whole", path.display());
        found.repairable(check, what, "moves it to lost+found", move || {
            keep_aside(engine, &path)
        });
    } else {
        gone(check, path, "half of something that nobody makes", found);
    }
}

/// Something that is of no use to anybody.
pub(super) fn gone(
    check: &'static str,
    path: std::path::PathBuf,
    is: &str,
    found: &mut Collected<'_>,
) {
    let what = format!("{} is {is}", path.display());
    found.repairable(
        check,
        what,
        "removes it",
        move || match std::fs::symlink_metadata(&path) {
            Ok(facts) if facts.is_dir() => Ok(remove_dir_if_present(&path)?),
            _ => Ok(remove_file_if_present(&path)?),
        },
    );
}

/// The checkpoint of a container is gone: its record says so from now on.
pub(super) fn forget_images(engine: &Engine, id: &str) -> Result<()> {
    let mut container = engine.reload(id)?;
    if container.state.status.is_alive() {
        return Err(Error::WrongState("it runs by now".into()));
    }
    container.state.checkpointed_at = None;
    container.state.checkpoint_images = None;
    Ok(engine
        .store
        .transaction(|rows| rows.update_state(id, &container.state))?)
}
