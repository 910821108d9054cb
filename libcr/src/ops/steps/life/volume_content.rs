//! What a new volume gets at its first mount: the files that the image has at the mount's
//! destination, and that directory's owner and mode. As in Podman.
//!
//! The content of a volume is its containers': nothing here follows a link out of it.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use cap_std::fs::Dir;
use rustix::fs::{FlockOperation, Mode, OFlags, ResolveFlags, flock, openat2};
use rustix::io::Errno;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{ContainerConfig, VolumeMount};
use crate::model::volume::Volume;
use crate::ops::steps::life::volumes::ensure;
use crate::runtime::user;
use crate::storage::apply::{ApplyOptions, apply_tree};
use crate::storage::tree::TarPlan;
use crate::store::StoreError;
use crate::sys::dir::at;

/// Makes the directories of a container's volumes, and fills those that wait for their first
/// mount. `root` is the container's root file system.
pub fn prepare(engine: &Engine, config: &ContainerConfig, root: &Dir) -> Result<()> {
    for mount in &config.named_volumes {
        let volume = find(engine, &mount.name)?;
        let data = ensure(engine, &volume)?;
        if volume.needs_copy_up || volume.needs_chown {
            first_mount(engine, config, mount, root, &data)?;
        }
    }
    Ok(())
}

fn find(engine: &Engine, name: &str) -> Result<Volume> {
    let found = engine.store.rows().volume(name)?;
    Ok(found.ok_or_else(|| StoreError::NoSuchVolume(name.to_owned()))?)
}

fn first_mount(
    engine: &Engine,
    config: &ContainerConfig,
    mount: &VolumeMount,
    root: &Dir,
    data: &Path,
) -> Result<()> {
    // Two containers may start on it at once: the other waits until it is whole.
    let directory = engine.volume_dir(&mount.name);
    let lock = File::open(&directory).map_err(at("open", &directory))?;
    rustix::io::retry_on_intr(|| flock(&lock, FlockOperation::LockExclusive))
        .map_err(std::io::Error::from)?;
    let volume = find(engine, &mount.name)?;
    if volume.copying {
        clear(data)?;
    }
    let place = destination(root, &mount.destination)?;
    let nocopy = mount.options.iter().any(|option| option == "nocopy")
        || volume.options.contains_key("nocopy");
    let copied = volume.needs_copy_up && !nocopy;
    if let Some(place) = place.as_ref().filter(|_| copied && is_empty(data)) {
        change(engine, &mount.name, |volume| volume.copying = true)?;
        copy(place, data)?;
    }
    if volume.needs_chown {
        adopt(place.as_ref(), data, config, root)?;
    } else {
        std::os::unix::fs::chown(data, volume.uid, volume.gid)?;
    }
    change(engine, &mount.name, |volume| {
        volume.copying = false;
        volume.needs_copy_up &= !copied;
        volume.needs_chown = false;
    })
}

/// Others may change other members of the row meanwhile.
fn change(engine: &Engine, name: &str, change: impl FnOnce(&mut Volume)) -> Result<()> {
    engine.store.transaction(|rows| {
        let found = rows.volume(name)?;
        let mut volume = found.ok_or_else(|| StoreError::NoSuchVolume(name.to_owned()))?;
        change(&mut volume);
        Ok(rows.update_volume(&volume)?)
    })
}

/// The directory that is at a mount's destination in the container; links in it stay inside.
fn destination(root: &Dir, path: &str) -> Result<Option<File>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    match openat2(root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT) {
        Ok(directory) => Ok(Some(directory.into())),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
        Err(error) => Err(at("open", path.as_ref())(error.into()).into()),
    }
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none())
}

fn clear(directory: &Path) -> Result<()> {
    for entry in fs::read_dir(directory).map_err(at("read", directory))? {
        let entry = entry.map_err(at("read", directory))?;
        let path = entry.path();
        let removed = if entry.file_type()?.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(at("remove", &path))?;
    }
    Ok(())
}

/// Copies a tree with owners, modes, times, attributes and hard links.
fn copy(from: &File, to: &Path) -> Result<()> {
    use std::os::fd::AsRawFd;
    let from = format!("/proc/self/fd/{}", from.as_raw_fd());
    let plan = TarPlan::of_tree(Path::new(&from), "./")?;
    let to = File::open(to).map_err(at("open", to))?;
    let (reader, mut writer) = std::io::pipe()?;
    let options = ApplyOptions {
        // They are the image's, and the mount lets nobody open them.
        devices: true,
        ..ApplyOptions::default()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("content".into());
        let written = thread.spawn_scoped(scope, move || plan.write_to(&mut writer))?;
        let applied = apply_tree(&to, reader, &options);
        let written = written.join().unwrap_or(Ok(()));
        // A reader that gave up makes the writer fail: its own reason is the one to tell.
        applied?;
        Ok(written?)
    })
}

/// Gives the content's root owner and mode of the directory that it is mounted on; where there is
/// none, it is the container's user's.
fn adopt(place: Option<&File>, data: &Path, config: &ContainerConfig, root: &Dir) -> Result<()> {
    let directory = File::open(data).map_err(at("open", data))?;
    if let Some(place) = place {
        let facts = place.metadata()?;
        fchown(&directory, Some(facts.uid()), Some(facts.gid()))?;
        directory.set_permissions(Permissions::from_mode(facts.mode() & 0o7777))?;
    } else if config.imported_spec.is_none() {
        let owner = user::resolve(root, &config.process.user)?;
        fchown(&directory, Some(owner.uid), Some(owner.gid))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::example;
    use crate::ops::steps::life::volumes::insert_missing;

    struct Fixture {
        _root: tempfile::TempDir,
        engine: Engine,
        image: Dir,
        config: ContainerConfig,
    }

    fn fixture(options: &[&str]) -> Result<Fixture> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config::below(root.path()))?;
        let tree = root.path().join("image");
        fs::create_dir_all(tree.join("data/sub"))?;
        fs::write(tree.join("data/sub/file"), "from the image")?;
        fs::set_permissions(tree.join("data"), Permissions::from_mode(0o2750))?;
        let mut config = example("c").config;
        config.named_volumes = vec![VolumeMount {
            name: "v".into(),
            destination: "/data".into(),
            options: options.iter().map(ToString::to_string).collect(),
            anonymous: false,
            sub_path: String::new(),
        }];
        engine
            .store
            .transaction(|rows| insert_missing(rows, &config))?;
        let image = Dir::open_ambient_dir(&tree, cap_std::ambient_authority())?;
        Ok(Fixture {
            _root: root,
            engine,
            image,
            config,
        })
    }

    #[test]
    fn the_first_mount_fills_a_volume_and_no_other() -> Result<()> {
        let Fixture {
            engine,
            image,
            config,
            ..
        } = &fixture(&[])?;
        prepare(engine, config, image)?;
        let file = engine.volume_data("v").join("sub/file");
        assert_eq!(fs::read_to_string(&file)?, "from the image");
        let mode = engine.volume_data("v").metadata()?.mode() & 0o7777;
        assert_eq!(mode, 0o2750);
        fs::remove_dir_all(engine.volume_data("v").join("sub"))?;
        prepare(engine, config, image)?;
        assert!(!file.exists());
        Ok(())
    }

    #[test]
    fn what_a_killed_engine_had_copied_is_copied_anew() -> Result<()> {
        let Fixture {
            engine,
            image,
            config,
            ..
        } = &fixture(&[])?;
        let data = ensure(engine, &find(engine, "v")?)?;
        change(engine, "v", |volume| volume.copying = true)?;
        fs::write(data.join("half"), "")?;
        prepare(engine, config, image)?;
        assert!(!data.join("half").exists() && data.join("sub/file").exists());
        Ok(())
    }

    #[test]
    fn content_that_is_there_or_not_wanted_stays_as_it_is() -> Result<()> {
        let used = fixture(&[])?;
        let data = ensure(&used.engine, &find(&used.engine, "v")?)?;
        fs::write(data.join("own"), "")?;
        prepare(&used.engine, &used.config, &used.image)?;
        assert!(data.join("own").exists() && !data.join("sub").exists());
        let bare = fixture(&["nocopy"])?;
        prepare(&bare.engine, &bare.config, &bare.image)?;
        assert!(is_empty(&bare.engine.volume_data("v")));
        assert!(find(&bare.engine, "v")?.needs_copy_up);
        Ok(())
    }
}
