//! Tests of `overlay`: need root and a filesystem with attributes under the temporary directory,
//! and leave nothing behind.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::*;

struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(unmount(&self.0));
    }
}

fn tree(names: &[&str]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for name in names {
        fs::create_dir(tree.path().join(name)).unwrap();
    }
    tree
}

#[test]
fn mounts_and_unmounts_any_number_of_times() {
    let tree = tree(&["a", "b", "upper", "work", "merged"]);
    let at = |name: &str| tree.path().join(name);
    fs::write(at("a").join("f"), "top").unwrap();
    fs::write(at("b").join("f"), "bottom").unwrap();
    fs::set_permissions(at("a"), fs::Permissions::from_mode(0o711)).unwrap();
    let _guard = Mounted(at("merged"));
    inherit_root(&[at("a"), at("b")], &at("upper")).unwrap();
    assert!(!is_mounted(&at("merged")).unwrap());
    mount(
        &[at("a"), at("b")],
        &at("upper"),
        &at("work"),
        &at("merged"),
        None,
    )
    .unwrap();
    assert!(is_mounted(&at("merged")).unwrap());
    assert_eq!(fs::read_to_string(at("merged").join("f")).unwrap(), "top");
    assert_eq!(fs::metadata(at("merged")).unwrap().mode() & 0o7777, 0o711);
    fs::write(at("merged").join("new"), "x").unwrap();
    assert!(at("upper").join("new").exists());
    unmount(&at("merged")).unwrap();
    unmount(&at("merged")).unwrap();
    unmount(&at("absent")).unwrap();
    assert!(!is_mounted(&at("merged")).unwrap() && !is_mounted(&at("absent")).unwrap());
}

#[test]
fn read_only_with_one_layer_or_several() {
    let tree = tree(&["a", "b", "merged"]);
    let at = |name: &str| tree.path().join(name);
    let _guard = Mounted(at("merged"));
    for lowers in [vec![at("a")], vec![at("a"), at("b")]] {
        mount_read_only(&lowers, &at("merged"), None).unwrap();
        let error = fs::write(at("merged").join("x"), "x").unwrap_err();
        assert_eq!(error.raw_os_error(), Some(Errno::ROFS.raw_os_error()));
        unmount(&at("merged")).unwrap();
    }
}

#[test]
fn long_lists_and_awkward_names() {
    let tree = tree(&["upper, with: \\all", "work", "mer ged"]);
    let at = |name: &str| tree.path().join(name);
    let lowers: Vec<PathBuf> = (0..100)
        .map(|number| at(&format!("{}{number}", "long".repeat(20))))
        .collect();
    for (number, lower) in lowers.iter().enumerate() {
        fs::create_dir(lower).unwrap();
        fs::write(lower.join(number.to_string()), "x").unwrap();
    }
    let _guard = Mounted(at("mer ged"));
    mount(
        &lowers,
        &at("upper, with: \\all"),
        &at("work"),
        &at("mer ged"),
        None,
    )
    .unwrap();
    assert!(is_mounted(&at("mer ged")).unwrap());
    assert_eq!(fs::read_dir(at("mer ged")).unwrap().count(), 100);
    unmount(&at("mer ged")).unwrap();
    let many = vec![lowers[0].clone(); 400];
    let error = mount(
        &many,
        &at("upper, with: \\all"),
        &at("work"),
        &at("mer ged"),
        None,
    );
    assert!(matches!(
        error,
        Err(StorageError::TooManyLayers { layers: 400 })
    ));
}
