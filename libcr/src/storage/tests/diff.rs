//! Tests of `diff`: need root and a filesystem with attributes under the temporary directory,
//! and leave nothing behind.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use proptest::prelude::*;

use super::*;
use crate::storage::{overlay, tree::TarPlan};

struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(overlay::unmount(&self.0));
    }
}

fn at(tree: &tempfile::TempDir, path: &str) -> PathBuf {
    tree.path().join(path)
}

fn write(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn what_a_container_does_is_found_and_can_be_put_onto_a_fresh_root() {
    let tree = tempfile::tempdir().unwrap();
    for name in [
        "low", "top", "upper", "work", "merged", "upper2", "work2", "merged2",
    ] {
        fs::create_dir(at(&tree, name)).unwrap();
    }
    for name in [
        "etc/motd",
        "etc/hosts",
        "dir/a",
        "dir/b",
        "tree/x",
        "file",
        "same",
        "links/one",
    ] {
        write(&at(&tree, "low").join(name), "low");
    }
    write(&at(&tree, "top/dir/c"), "top");
    symlink("/etc", at(&tree, "low/link")).unwrap();
    let lowers = [at(&tree, "top"), at(&tree, "low")];
    overlay::inherit_root(&lowers, &at(&tree, "upper")).unwrap();
    let merged = at(&tree, "merged");
    let _guard = Mounted(merged.clone());
    overlay::mount(
        &lowers,
        &at(&tree, "upper"),
        &at(&tree, "work"),
        &merged,
        None,
    )
    .unwrap();
    assert!(
        RootfsDiff::scan(&at(&tree, "upper"), &lowers)
            .unwrap()
            .is_empty()
    );

    write(&merged.join("etc/motd"), "changed");
    write(&merged.join("etc/hosts"), "by the engine");
    write(&merged.join("run/pid"), "1");
    write(&merged.join("new/sub/file"), "new");
    fs::remove_file(merged.join("same")).unwrap();
    fs::remove_dir_all(merged.join("dir")).unwrap();
    write(&merged.join("dir/only"), "only");
    fs::remove_dir_all(merged.join("tree")).unwrap();
    fs::write(merged.join("tree"), "a file now").unwrap();
    fs::remove_file(merged.join("file")).unwrap();
    write(&merged.join("file/inside"), "a directory now");
    fs::hard_link(merged.join("new/sub/file"), merged.join("new/second")).unwrap();
    fs::set_permissions(merged.join("links"), fs::Permissions::from_mode(0o700)).unwrap();
    let odd = path_of(b"odd-\xff");
    fs::write(merged.join(&odd), "odd").unwrap();
    std::os::unix::net::UnixListener::bind(merged.join("socket")).unwrap();

    let diff = RootfsDiff::scan(&at(&tree, "upper"), &lowers).unwrap();
    let changes: BTreeMap<&[u8], Change> = diff
        .entries
        .iter()
        .map(|entry| (bytes(&entry.path), entry.change))
        .collect();
    for added in [
        &b"new"[..],
        b"new/second",
        b"dir/only",
        b"file/inside",
        b"run/pid",
        b"odd-\xff",
    ] {
        assert_eq!(
            changes[added],
            Change::Added,
            "{}",
            String::from_utf8_lossy(added)
        );
    }
    for modified in [&b"etc/motd"[..], b"tree", b"file", b"links", b"dir"] {
        assert_eq!(changes[modified], Change::Modified);
    }
    for absent in [&b"run"[..], b"etc/hosts", b"socket", b"links/one"] {
        assert!(
            !changes.contains_key(absent),
            "{}",
            String::from_utf8_lossy(absent)
        );
    }
    assert_eq!(
        diff.deleted_files(),
        ["/dir/a", "/dir/b", "/dir/c", "/same"]
    );

    // And onto another container's fresh root.
    let plan = TarPlan::of_diff(&diff).unwrap();
    let mut tar = Vec::new();
    plan.write_to(&mut tar).unwrap();
    assert_eq!(tar.len() as u64, plan.len());
    let merged2 = at(&tree, "merged2");
    let _guard = Mounted(merged2.clone());
    overlay::inherit_root(&lowers, &at(&tree, "upper2")).unwrap();
    overlay::mount(
        &lowers,
        &at(&tree, "upper2"),
        &at(&tree, "work2"),
        &merged2,
        None,
    )
    .unwrap();
    let root = File::open(&merged2).unwrap();
    let options = crate::storage::apply::ApplyOptions::default();
    crate::storage::apply::apply_tree(&root, &tar[..], &options).unwrap();
    let deleted = serde_json::to_vec(&diff.deleted_files()).unwrap();
    crate::storage::apply::delete_listed(&root, std::io::Cursor::new(deleted)).unwrap();
    fs::remove_file(merged.join("socket")).unwrap();
    write(&merged.join("etc/hosts"), "low");
    // `run` itself is the engine's; GNU diff compares names, types and contents.
    let same = std::process::Command::new("diff")
        .args(["-r", "--no-dereference"])
        .args([&merged, &merged2])
        .output()
        .unwrap();
    assert!(
        same.status.success(),
        "{}",
        String::from_utf8_lossy(&same.stdout)
    );
    let again = RootfsDiff::scan(&at(&tree, "upper2"), &lowers).unwrap();
    assert_eq!(again.deleted_files(), diff.deleted_files());
    let mode = fs::metadata(merged2.join("links"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o700);
}

#[test]
fn marks_of_other_overlay_options_are_refused() {
    let tree = tempfile::tempdir().unwrap();
    fs::write(at(&tree, "file"), "").unwrap();
    let directory = File::open(tree.path()).unwrap();
    xattr::set(directory.as_fd(), b"file", b"trusted.overlay.metacopy", b"").unwrap();
    let error = RootfsDiff::scan(tree.path(), &[]).unwrap_err();
    assert!(
        matches!(error, StorageError::ForeignOverlay { .. }),
        "{error}"
    );
}

#[test]
fn podmans_readers_see_ordinary_names() {
    assert_eq!(encode_name("etc/mötd".as_bytes()), "etc/mötd");
    assert_eq!(encode_name(b"a\xff"), "a\u{efff}");
}

proptest! {
    #[test]
    fn any_name_goes_through_json_and_back(name in prop::collection::vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(decode_name(&encode_name(&name)), name);
    }

    #[test]
    fn escape_characters_themselves_go_through(name in "[\u{ef7e}-\u{f002}a]{0,8}") {
        prop_assert_eq!(decode_name(&encode_name(name.as_bytes())), name.into_bytes());
    }
}
