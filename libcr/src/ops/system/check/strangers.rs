//! What carries the id of a container that the database doesn't know: left by an engine that was
//! killed and whose row was lost, or by hands.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::damage::DamageReport;
use crate::model::id::{is_full_id, short};
use crate::monitor::client;
use crate::ops::steps::life::tear_down::kill_all;
use crate::runtime::Runtime;
use crate::sys::cgroup::{self, Cgroup};
use crate::sys::dir::{remove_dir_if_present, remove_file_if_present};
use crate::sys::{mount, proc};

use super::collected::Collected;
use super::world::{RUNTIMES, Thing, is_of_root, is_ours};
use super::{CheckOptions, keep_aside, try_lock};

pub(super) fn check(
    engine: &Engine,
    id: &str,
    things: &[Thing],
    options: &CheckOptions,
    report: &mut DamageReport,
) -> Result<()> {
    let is_lock = |thing: &Thing| matches!(thing, Thing::Lock { .. });
    let Some(lock) = try_lock(engine, id)? else {
        // Somebody makes it or removes it at this moment.
        return Ok(());
    };
    let rows = engine.store.rows();
    let operations = rows.operations()?;
    let is_known = rows.container(id)?.is_some();
    if is_known || operations.iter().any(|one| one.container == id) {
        return Ok(());
    }
    let mut found = Collected::default();
    // Processes first: while they run nothing else of it may go.
    let cgroup_is_ours = !is_anothers(engine, id);
    let lives = cgroup_is_ours && !Cgroup::at(&cgroup::path_of(id)).processes().is_empty();
    let mut ordered: Vec<&Thing> = things.iter().collect();
    ordered.sort_by_key(|thing| !matches!(thing, Thing::Cgroup));
    for thing in ordered.into_iter().filter(|thing| !is_lock(thing)) {
        if is_there(engine, id, thing) && (cgroup_is_ours || !matches!(thing, Thing::Cgroup)) {
            tell(engine, id, thing, lives, &mut found);
        }
    }
    let locks = things.iter().filter(|thing| is_lock(thing));
    if locks.clone().any(|lock| is_there(engine, id, lock)) {
        let what = format!(
            "there is a lock for container {}, which is not known",
            word(id)
        );
        found.repairable_if(!lives, "containers", what, "removes it", move || {
            forget(engine, id)
        });
    }
    found.settle(options, report);
    if options.repair {
        cgroup::remove_parent_if_empty(None);
    }
    // One that was made for this look goes again.
    let is_own = |thing: &&Thing| matches!(thing, Thing::Lock { name, .. } if name == id);
    if !locks.filter(is_own).any(|lock| is_there(engine, id, lock)) {
        engine.forget_lock(id)?;
    }
    drop(lock);
    Ok(())
}

fn forget(engine: &Engine, id: &str) -> Result<()> {
    crate::ops::steps::life::health::forget(engine, id)?;
    engine.forget_lock(id)
}

/// A name that is no id may be anything.
fn word(id: &str) -> &str {
    if is_full_id(id) { short(id) } else { id }
}

/// The cgroups of all roots lie side by side: one whose runtime or monitor works for another root
/// is not ours to judge.
fn is_anothers(engine: &Engine, id: &str) -> bool {
    let by_runtime = RUNTIMES
        .iter()
        .filter_map(|name| Runtime::find(name).ok())
        .any(|runtime| runtime.bundle_of(id).is_some() && !is_ours(engine, &runtime, id));
    // What can't be looked at is nobody's to take down.
    let by_monitor = || {
        client::find(id).map_or(true, |found| {
            found.iter().any(|pid| !is_of_root(engine, *pid))
        })
    };
    by_runtime || by_monitor()
}

fn is_there(engine: &Engine, id: &str, thing: &Thing) -> bool {
    match thing {
        Thing::Cgroup => Cgroup::at(&cgroup::path_of(id)).exists(),
        Thing::Runtime(runtime) => is_ours(engine, runtime, id),
        Thing::Monitor(pid) => client::find(id).map_or(true, |found| found.contains(pid)),
        Thing::Mount(point) => mount::is_mounted(point).unwrap_or(true),
        Thing::Namespace => is_present(&engine.netns(id)),
        Thing::Attachment(attached) => network::Cni::new(engine.config.root.join("cni"))
            .attached()
            .contains(attached),
        Thing::Directory(path) | Thing::RunFiles(path) => is_present(path),
        Thing::Lock { name, inode } => {
            // Not one of the same name that was made since: by this look, perhaps.
            let path = engine.config.run_root.join("locks").join(name);
            std::fs::metadata(path).is_ok_and(|facts| facts.ino() == *inode)
        }
    }
}

fn is_present(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn tell<'a>(
    engine: &'a Engine,
    id: &'a str,
    thing: &'a Thing,
    lives: bool,
    found: &mut Collected<'a>,
) {
    let of = format!("container {}, which is not known", word(id));
    match thing {
        Thing::Cgroup => {
            let group = Cgroup::at(&cgroup::path_of(id));
            let count = group.processes().len();
            let (check, what, remedy) = if lives {
                let what = format!("processes run in the cgroup of {of}: {count}");
                ("processes", what, "ends them and removes the cgroup")
            } else {
                (
                    "cgroups",
                    format!("there is a cgroup of {of}"),
                    "removes it",
                )
            };
            found.repairable_if(!lives, check, what, remedy, move || {
                if lives {
                    kill_all(&group)?;
                    // Its monitor writes down how it ended, for nobody.
                    client::wait_until_gone(id, Duration::from_secs(5));
                    engine.monitor_paths(id).clear()?;
                }
                group.remove()?;
                cgroup::remove_parent_if_empty(None);
                Ok(())
            });
        }
        Thing::Runtime(runtime) => {
            let what = format!("{} knows {of}", runtime.name);
            let remedy = "makes it forget the container";
            found.repairable_if(!lives, "processes", what, remedy, move || {
                Ok(runtime.delete(id)?)
            });
        }
        Thing::Monitor(pid) => {
            let what = format!("monitor {pid} is there for {of}");
            found.repairable_if(!lives, "processes", what, "ends it", move || {
                // The number is a monitor's still: nobody may be hit who has it by now.
                if client::find(id)?.contains(pid) {
                    proc::kill_and_wait(*pid);
                }
                Ok(())
            });
        }
        Thing::Mount(point) => {
            let what = format!("{} is mounted for {of}", point.display());
            found.repairable_if(!lives, "mounts", what, "unmounts it", move || {
                Ok(mount::unmount(point)?)
            });
        }
        Thing::Namespace => {
            let what = format!("there is a network namespace of {of}");
            found.repairable_if(!lives, "network", what, "removes it", move || {
                Ok(network::netns::delete(&engine.netns(id))?)
            });
        }
        Thing::Attachment(attached) => {
            let what = format!("CNI's plugins have {of} on network {}", attached.network);
            found.repairable_if(!lives, "network", what, "takes it off", move || {
                let cni = network::Cni::new(engine.config.root.join("cni"));
                Ok(cni.detach_stranger(&engine.netns(id), attached)?)
            });
        }
        Thing::Directory(path) => {
            let what = format!("{} is of {of}", path.display());
            let remedy = "moves it to lost+found";
            let check = if path.starts_with(engine.config.root.join("checkpoints")) {
                "checkpoints"
            } else {
                "containers"
            };
            found.repairable_if(!lives, check, what, remedy, move || {
                if mounted_below(path) {
                    let text = format!("something is mounted in {}", path.display());
                    return Err(Error::WrongState(text));
                }
                keep_aside(engine, path)
            });
        }
        Thing::RunFiles(path) => {
            let what = format!("{} is of {of}", path.display());
            found.repairable_if(!lives, "containers", what, "removes it", move || {
                if path.is_dir() {
                    Ok(remove_dir_if_present(path)?)
                } else {
                    Ok(remove_file_if_present(path)?)
                }
            });
        }
        Thing::Lock { .. } => {}
    }
}

fn mounted_below(path: &Path) -> bool {
    mount::points().iter().any(|point| point.starts_with(path))
}
