//! Tests of `apply`: need root and a filesystem with attributes under the temporary directory,
//! and leave nothing behind.

use std::fs;
use std::fs::File;
use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};
use std::path::Path;

use tar::{Builder, EntryType, Header};

use super::*;

fn header(kind: EntryType, path: &str, size: u64) -> Header {
    let mut header = Header::new_gnu();
    // set_path refuses what hostile archives hold.
    header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o640);
    header.set_uid(7);
    header.set_gid(8);
    header.set_mtime(1_000_000);
    header.set_size(size);
    header.set_cksum();
    header
}

/// A tar of (type, name, content or link target).
fn tar_of(members: &[(EntryType, &str, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (kind, path, content) in members {
        let link = matches!(kind, EntryType::Symlink | EntryType::Link);
        let mut header = header(*kind, path, if link { 0 } else { content.len() as u64 });
        if link {
            header.as_old_mut().linkname[..content.len()].copy_from_slice(content.as_bytes());
            header.set_cksum();
        }
        builder
            .append(&header, if link { &b""[..] } else { content.as_bytes() })
            .unwrap();
    }
    builder.into_inner().unwrap()
}

fn apply(root: &Path, tar: &[u8], options: &ApplyOptions) -> Result<u64, StorageError> {
    apply_tree(&File::open(root).unwrap(), tar, options)
}

#[test]
fn nothing_leaves_the_directory() {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("root");
    fs::create_dir(&root).unwrap();
    fs::write(outer.path().join("secret"), "secret").unwrap();
    let plain = ApplyOptions::default();
    // Refused.
    for bad in ["../secret", "a/../../secret", "..", "/.."] {
        let tar = tar_of(&[(EntryType::Regular, bad, "evil")]);
        assert!(
            matches!(
                apply(&root, &tar, &plain),
                Err(StorageError::HostilePath { .. })
            ),
            "{bad}"
        );
    }
    let tar = tar_of(&[(EntryType::Link, "stolen", "../secret")]);
    assert!(apply(&root, &tar, &plain).is_err());
    // Contained.
    let tar = tar_of(&[
        (EntryType::Symlink, "up", "../"),
        (EntryType::Regular, "up/secret", "evil"),
        (
            EntryType::Symlink,
            "absolute",
            outer.path().to_str().unwrap(),
        ),
        (EntryType::Symlink, "file", "../secret"),
        (EntryType::Regular, "file", "evil"),
        (EntryType::Regular, "/etc/name", "inside"),
    ]);
    apply(&root, &tar, &plain).unwrap();
    let tar = tar_of(&[(EntryType::Regular, "absolute/secret", "evil")]);
    drop(apply(&root, &tar, &plain));
    let tar = tar_of(&[(EntryType::Link, "stolen", "up/../secret")]);
    assert!(apply(&root, &tar, &plain).is_err());
    assert_eq!(
        fs::read_to_string(outer.path().join("secret")).unwrap(),
        "secret"
    );
    assert_eq!(fs::read_to_string(root.join("secret")).unwrap(), "evil");
    assert_eq!(fs::read_to_string(root.join("etc/name")).unwrap(), "inside");
    assert!(
        !fs::symlink_metadata(root.join("file"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 2);
}

#[test]
fn a_hard_link_never_redirects_a_write() {
    let root = tempfile::tempdir().unwrap();
    let tar = tar_of(&[
        (EntryType::Regular, "a", "one"),
        (EntryType::Link, "b", "a"),
        (EntryType::Link, "b", "a"),
        (EntryType::Link, "a", "a"),
        (EntryType::Regular, "b", "two"),
    ]);
    apply(root.path(), &tar, &ApplyOptions::default()).unwrap();
    assert_eq!(fs::read_to_string(root.path().join("a")).unwrap(), "one");
    assert_eq!(fs::read_to_string(root.path().join("b")).unwrap(), "two");
}

#[test]
fn types_replace_each_other_and_metadata_is_set() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("dir/sub")).unwrap();
    fs::write(root.path().join("file"), "x").unwrap();
    symlink("/", root.path().join("link")).unwrap();
    let tar = tar_of(&[
        (EntryType::Directory, "./", ""),
        (EntryType::Regular, "dir", "now a file"),
        (EntryType::Directory, "file/", ""),
        (EntryType::Directory, "link/", ""),
        (EntryType::Regular, "link/in", "in"),
        (EntryType::Fifo, "pipe", ""),
    ]);
    apply(root.path(), &tar, &ApplyOptions::default()).unwrap();
    let meta = |name: &str| fs::symlink_metadata(root.path().join(name)).unwrap();
    assert!(meta("dir").is_file() && meta("file").is_dir() && meta("link").is_dir());
    assert!(meta("pipe").file_type().is_fifo());
    for name in [".", "dir", "file", "link", "link/in", "pipe"] {
        let meta = meta(name);
        let found = (meta.mode() & 0o7777, meta.uid(), meta.gid(), meta.mtime());
        assert_eq!(found, (0o640, 7, 8, 1_000_000), "{name}");
    }
}

#[test]
fn devices_and_limits_are_the_callers() {
    let root = tempfile::tempdir().unwrap();
    let mut null = header(EntryType::Char, "null", 0);
    null.set_device_major(1).unwrap();
    null.set_device_minor(3).unwrap();
    null.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&null, &b""[..]).unwrap();
    let tar = builder.into_inner().unwrap();
    let refused = apply(root.path(), &tar, &ApplyOptions::default());
    assert!(matches!(refused, Err(StorageError::Device { .. })));
    apply(
        root.path(),
        &tar,
        &ApplyOptions {
            devices: true,
            ..Default::default()
        },
    )
    .unwrap();
    let meta = fs::metadata(root.path().join("null")).unwrap();
    assert_eq!(meta.rdev(), rustix::fs::makedev(1, 3));
    let tar = tar_of(&[
        (EntryType::Regular, "a", "12345"),
        (EntryType::Regular, "b", "12345"),
    ]);
    for limits in [
        Limits {
            members: 1,
            bytes: 99,
        },
        Limits {
            members: 9,
            bytes: 9,
        },
    ] {
        let options = ApplyOptions {
            limits,
            ..Default::default()
        };
        assert!(matches!(
            apply(root.path(), &tar, &options),
            Err(StorageError::Limit { .. })
        ));
    }
}

#[test]
fn whiteouts_delete_what_was_there_before_only() {
    let root = tempfile::tempdir().unwrap();
    for path in ["gone", "kept", "opaque/old", "opaque/sub/old"] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "old").unwrap();
    }
    let tar = tar_of(&[
        (EntryType::Regular, ".wh.gone", ""),
        (EntryType::Regular, "opaque/sub/new", "new"),
        (EntryType::Regular, "opaque/.wh..wh..opq", ""),
    ]);
    let options = ApplyOptions {
        whiteouts: Whiteouts::Delete,
        ..Default::default()
    };
    apply(root.path(), &tar, &options).unwrap();
    let exists = |path: &str| root.path().join(path).exists();
    assert!(!exists("gone") && exists("kept") && !exists("opaque/old"));
    assert!(exists("opaque/sub/new"));
    let literal = tar_of(&[(EntryType::Regular, ".wh.kept", "")]);
    apply(root.path(), &literal, &ApplyOptions::default()).unwrap();
    assert!(exists("kept") && exists(".wh.kept"));
    let bad = tar_of(&[(EntryType::Regular, "x/.wh...", "")]);
    assert!(apply(root.path(), &bad, &options).is_err());
}

#[test]
fn deletions_stay_inside() {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("root");
    fs::create_dir_all(root.join("tree/sub")).unwrap();
    fs::create_dir_all(root.join("run")).unwrap();
    fs::write(outer.path().join("secret"), "secret").unwrap();
    fs::write(root.join("run/pid"), "1").unwrap();
    fs::write(root.join("\u{ef80}"), "x").unwrap();
    symlink("/run", root.join("var-run")).unwrap();
    symlink("../secret", root.join("link")).unwrap();
    symlink("../..", root.join("up")).unwrap();
    let directory = File::open(&root).unwrap();
    let delete = |list: &str| delete_listed(&directory, std::io::Cursor::new(list.to_owned()));
    for bad in ["/../secret", "a/..", "/", ".", "", "a\0b"] {
        let list = serde_json::json!(["/run", bad]).to_string();
        assert!(delete(&list).is_err(), "{bad}");
    }
    for bad in [
        "",
        "{}",
        "[",
        "[1]",
        "[\"/run\"] x",
        "[\"/run\",[[[[\"a\"]]]]]",
    ] {
        let said = delete(bad).unwrap_err().to_string();
        assert!(said.contains("cannot read deleted.files"), "{bad}: {said}");
    }
    assert!(
        root.join("run").exists(),
        "nothing is deleted before all is checked"
    );
    let list = serde_json::json!([
        "/tree",
        "/var-run/pid",
        "/link",
        "/up/secret",
        "/absent/x",
        "/\u{ef80}",
    ]);
    delete(&list.to_string()).unwrap();
    assert!(!root.join("tree").exists() && !root.join("run/pid").exists());
    assert!(root.join("run").exists() && fs::symlink_metadata(root.join("link")).is_err());
    assert!(fs::symlink_metadata(root.join("\u{ef80}")).is_err());
    assert!(outer.path().join("secret").exists());
}

#[test]
fn changes_are_a_layer_when_they_are_compressed() {
    use std::io::{Cursor, Write};

    let tar = tar_of(&[
        (EntryType::Regular, "dir/.wh.old", ""),
        (EntryType::Regular, ".wh.gone", ""),
        (EntryType::Regular, "new", "new"),
    ]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&tar).unwrap();
    for (bytes, layer) in [(tar, false), (gzip.finish().unwrap(), true)] {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("dir")).unwrap();
        fs::create_dir_all(root.path().join("gone/below")).unwrap();
        fs::write(root.path().join("dir/old"), "old").unwrap();
        let directory = File::open(root.path()).unwrap();
        apply_changes(&directory, Cursor::new(bytes), &ApplyOptions::default()).unwrap();
        let there = |name: &str| root.path().join(name).symlink_metadata().is_ok();
        assert!(there("new"));
        assert_eq!(there("dir/old"), !layer);
        assert_eq!(there("gone"), !layer);
        assert_eq!(there("dir/.wh.old"), !layer);
        assert_eq!(there(".wh.gone"), !layer);
    }
}
