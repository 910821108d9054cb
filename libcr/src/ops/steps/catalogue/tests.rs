//! Places of checkpoints, with directories made by hand.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::config::Config;
use crate::model::container::example;

fn engine(root: &Path) -> Result<(Engine, Container)> {
    let engine = Engine::open(Config::below(root))?;
    let mut container = example("a");
    container.config.id = "a".repeat(64);
    engine
        .store
        .transaction(|rows| rows.insert_container(&container))?;
    Ok((engine, container))
}

fn place(name: &str, directory: Option<&Path>) -> CheckpointPlace {
    CheckpointPlace {
        name: name.into(),
        directory: directory.map(Path::to_owned),
    }
}

fn record_of(destination: &Destination, container: &Container) -> NamedCheckpoint {
    NamedCheckpoint {
        id: destination.id.clone(),
        name: destination.name.clone(),
        container: container.config.id.clone(),
        container_name: container.config.name.clone(),
        runtime: container.config.runtime.clone(),
        arch: machine::architecture().to_owned(),
        created: machine::now(),
        ..NamedCheckpoint::default()
    }
}

/// Makes a checkpoint with one page of memory.
fn make(engine: &Engine, container: &Container, place: &CheckpointPlace) -> Result<Destination> {
    let destination = destination(engine, container, place)?;
    destination.prepare()?;
    let images = destination.partial.join("checkpoint");
    fs::create_dir(&images)?;
    fs::write(images.join("pages-1.img"), [0; 4096])?;
    let checkpoint = record_of(&destination, container);
    destination.publish(&checkpoint)?;
    destination.publish(&checkpoint)?;
    if destination.listed {
        engine
            .store
            .transaction(|rows| rows.insert_checkpoint(&checkpoint))?;
    }
    Ok(destination)
}

#[test]
fn made_found_and_not_made_twice() -> Result<()> {
    let root = tempfile::tempdir()?;
    let (engine, container) = engine(root.path())?;
    let given = root.path().join("made/on/the/way");
    for directory in [None, Some(given.as_path())] {
        let wanted = place("one", directory);
        let missing = existing(&engine, &container, &wanted).unwrap_err();
        assert_eq!(
            missing.to_string(),
            format!(
                "checkpoint one does not exist for container {}",
                container.config.name
            )
        );
        assert_eq!(missing.kind(), crate::ErrorKind::NotFound);
        let made = make(&engine, &container, &wanted)?;
        let found = existing(&engine, &container, &wanted)?;
        assert_eq!(found.directory, made.directory);
        assert_eq!(found.checkpoint.id, made.id);
        check_fits(&container, &found.checkpoint)?;
        let (memory, size) = record::measure(&found.directory)?;
        assert!(memory == 4096 && size > 4096, "{memory} {size}");
        let taken = destination(&engine, &container, &wanted).unwrap_err();
        assert_eq!(
            taken.to_string(),
            format!(
                "checkpoint with name one already exists for container {}",
                container.config.name
            )
        );
        assert_eq!(taken.kind(), crate::ErrorKind::Conflict);
        assert!(!made.partial.exists());
    }
    assert_eq!(directory::list(&given, None)?.len(), 1);
    assert_eq!(directory::list(&given, Some(&"b".repeat(64)))?.len(), 0);
    Ok(())
}

#[test]
fn names_that_are_none() -> Result<()> {
    let root = tempfile::tempdir()?;
    let (engine, container) = engine(root.path())?;
    for name in ["", "../up", ".hidden", "a/b", "-x", "é"] {
        let wrong = place(name, None);
        assert!(matches!(
            destination(&engine, &container, &wrong),
            Err(Error::Invalid(_))
        ));
        assert!(matches!(
            existing(&engine, &container, &wrong),
            Err(Error::Invalid(_))
        ));
    }
    Ok(())
}

#[test]
fn directories_that_are_not_to_be_trusted() -> Result<()> {
    let root = tempfile::tempdir()?;
    let (engine, container) = engine(root.path())?;
    let path = |name: &str| root.path().join(name);
    for name in ["open", "plain", "sticky"] {
        fs::create_dir(path(name))?;
    }
    fs::set_permissions(path("open"), fs::Permissions::from_mode(0o777))?;
    fs::set_permissions(path("sticky"), fs::Permissions::from_mode(0o1777))?;
    fs::write(path("file"), "")?;
    symlink(path("plain"), path("link"))?;
    let refused = [
        (PathBuf::from("relative"), "absolute"),
        (path("plain/../plain"), "`..`"),
        (path("link"), "symbolic link"),
        (root.path().join("link/"), "symbolic link"),
        (root.path().join("link/."), "symbolic link"),
        (path("file"), "not a directory"),
        (path("open"), "others may write"),
    ];
    for (given, why) in refused {
        let wanted = place("one", Some(&given));
        for error in [
            destination(&engine, &container, &wanted).unwrap_err(),
            existing(&engine, &container, &wanted).unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(
                text.contains("--checkpoint-dir") && text.contains(why),
                "{text}"
            );
        }
    }
    make(&engine, &container, &place("one", Some(&path("sticky"))))?;
    // What is below must be as trustworthy.
    symlink(path("sticky/one"), path("plain/one"))?;
    let linked = existing(&engine, &container, &place("one", Some(&path("plain"))));
    assert!(linked.unwrap_err().to_string().contains("symbolic link"));
    let error = destination(&engine, &container, &place("one", Some(&path("plain")))).unwrap_err();
    assert!(error.to_string().contains("exists and is not a directory"));
    assert!(directory::list(&path("plain"), None)?.is_empty());
    fs::write(path("sticky/one/checkpoint.json"), "{\"id\":\"../..\"}")?;
    assert!(existing(&engine, &container, &place("one", Some(&path("sticky")))).is_err());
    Ok(())
}

#[test]
fn what_a_killed_engine_left_goes() -> Result<()> {
    let root = tempfile::tempdir()?;
    let (engine, container) = engine(root.path())?;
    let kept = make(&engine, &container, &place("kept", None))?;
    let half = destination(&engine, &container, &place("half", None))?;
    half.prepare()?;
    let lost = own_directory(&engine, &container.config.id).join("c".repeat(64));
    fs::create_dir(&lost)?;
    sweep(&engine, &container.config.id)?;
    assert!(kept.directory.exists() && !half.partial.exists() && !lost.exists());
    directory::remove(&kept.directory)?;
    remove_all(&engine, &container.config.id)?;
    assert!(!own_directory(&engine, &container.config.id).exists());
    sweep(&engine, &container.config.id)
}

#[test]
fn what_fits() -> Result<()> {
    let root = tempfile::tempdir()?;
    let (engine, container) = engine(root.path())?;
    let destination = destination(&engine, &container, &place("one", None))?;
    let made = record_of(&destination, &container);
    check_fits(&container, &made)?;
    let differing: [fn(&mut NamedCheckpoint); 3] = [
        |other| {
            other.container = "b".repeat(64);
            other.image = "c".repeat(64);
        },
        |other| other.runtime = "other".into(),
        |other| other.arch = "other".into(),
    ];
    for change in differing {
        let mut other = made.clone();
        change(&mut other);
        assert!(check_fits(&container, &other).is_err());
    }
    Ok(())
}
