//! Tests of `layer`: need root and a filesystem with attributes under the temporary directory,
//! and leave nothing behind.

use std::io::Write;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

use tar::{Builder, EntryType, Header};

use super::*;

fn layer(names: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, content) in names {
        let mut header = Header::new_ustar();
        header.set_entry_type(*kind);
        header.set_mode(if *kind == EntryType::Directory {
            0o755
        } else {
            0o644
        });
        header.set_size(content.len() as u64);
        header.set_uid(0);
        header.set_gid(0);
        builder
            .append_data(&mut header, name, content.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap()
}

fn partials(root: &Path) -> usize {
    let is_partial = |name: &str| name.starts_with(PARTIAL);
    fs::read_dir(root)
        .unwrap()
        .filter(|entry| is_partial(&entry.as_ref().unwrap().file_name().to_string_lossy()))
        .count()
}

#[test]
fn a_layer_is_imported_once_whatever_its_compression() {
    let root = tempfile::tempdir().unwrap();
    let store = LayerStore::open(root.path().join("layers")).unwrap();
    let mut tar = layer(&[("etc/motd", EntryType::Regular, "hello")]);
    tar.extend([0; 5000]);
    let expected = format!("sha256:{}", hex_text(&Sha256::digest(&tar)));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&tar).unwrap();
    let zstd = zstd::encode_all(&tar[..], 1).unwrap();
    for bytes in [tar.clone(), gzip.finish().unwrap(), zstd] {
        let layer = store.import(&bytes[..]).unwrap();
        assert_eq!(layer.diff_id, expected);
        assert_eq!((layer.size, layer.tar_size), (5, tar.len() as u64));
    }
    assert_eq!(store.list().unwrap().join(" "), expected);
    let path = store.path(&expected).unwrap();
    assert_eq!(fs::read_to_string(path.join("etc/motd")).unwrap(), "hello");
    // containers/storage's mode of every root, whatever the tar says.
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o555);
    let other = format!("sha256:{}", "0".repeat(64));
    let wrong = store.import_verified(&tar[..], &other);
    assert!(matches!(wrong, Err(StorageError::DigestMismatch { .. })));
    assert_eq!(partials(&store.root), 0);
    store.remove(&expected).unwrap();
    assert!(matches!(
        store.remove(&expected),
        Err(StorageError::NoSuchLayer { .. })
    ));
    assert!(store.list().unwrap().is_empty());
    assert_eq!(partials(&store.root), 0);
    assert!(matches!(
        store.path("sha256:../x"),
        Err(StorageError::BadDiffId { .. })
    ));
}

#[test]
fn whiteouts_become_overlay_marks() {
    let root = tempfile::tempdir().unwrap();
    let store = LayerStore::open(root.path()).unwrap();
    let tar = layer(&[
        ("etc/.wh.gone", EntryType::Regular, ""),
        ("opaque/.wh..wh..opq", EntryType::Regular, ""),
        // Hidden and made anew in one layer: a directory must hide what is below it.
        (".wh.again", EntryType::Regular, ""),
        ("again/", EntryType::Directory, ""),
        ("anew/", EntryType::Directory, ""),
        (".wh.anew", EntryType::Regular, ""),
        (".wh..wh.plnk", EntryType::Regular, ""),
    ]);
    let layer = store.import(&tar[..]).unwrap();
    let path = store.path(&layer.diff_id).unwrap();
    let gone = fs::symlink_metadata(path.join("etc/gone")).unwrap();
    assert!(gone.file_type().is_char_device() && gone.rdev() == 0);
    let directory = File::open(&path).unwrap();
    for name in ["opaque", "again", "anew"] {
        let fd = std::os::fd::AsFd::as_fd(&directory);
        assert!(
            super::super::xattr::is_opaque(fd, name.as_bytes()).unwrap(),
            "{name}"
        );
    }
    assert!(!path.join(".wh..wh.plnk").exists());
}

#[test]
fn nothing_remains_of_a_failed_or_killed_import() {
    let root = tempfile::tempdir().unwrap();
    let store = LayerStore::open(root.path()).unwrap();
    let tar = layer(&[("a", EntryType::Regular, "data that is cut off")]);
    assert!(store.import(&tar[..520]).is_err());
    assert!(
        store
            .import(&b"BZh9"[..])
            .unwrap_err()
            .to_string()
            .contains("bzip2")
    );
    assert_eq!(partials(root.path()), 0);
    // One died, one lives.
    fs::create_dir_all(root.path().join(".partial-dead/x")).unwrap();
    let (alive, held) = store.partial().unwrap();
    LayerStore::open(root.path()).unwrap();
    assert!(alive.path().exists());
    assert_eq!(partials(root.path()), 1);
    drop((alive, held));
    assert_eq!(partials(root.path()), 0);
}

#[test]
fn an_archive_cannot_bring_overlay_attributes() {
    let root = tempfile::tempdir().unwrap();
    let store = LayerStore::open(root.path()).unwrap();
    let mut builder = Builder::new(Vec::new());
    let records = [
        ("SCHILY.xattr.trusted.overlay.redirect", &b"/etc"[..]),
        ("SCHILY.xattr.trusted.kept", b"1"),
        ("SCHILY.xattr.user.kept", b"2"),
        ("SCHILY.xattr.security.selinux", b"system_u"),
    ];
    builder.append_pax_extensions(records).unwrap();
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Directory);
    header.set_size(0);
    header.set_mode(0o700);
    header.set_uid(0);
    header.set_gid(0);
    builder.append_data(&mut header, "dir", &b""[..]).unwrap();
    let layer = store.import(&builder.into_inner().unwrap()[..]).unwrap();
    let path = store.path(&layer.diff_id).unwrap();
    let directory = File::open(&path).unwrap();
    let names = super::super::xattr::list(std::os::fd::AsFd::as_fd(&directory), b"dir").unwrap();
    assert_eq!(names, [&b"trusted.kept"[..], b"user.kept"]);
}
