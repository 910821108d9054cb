//! Tests of `tree`: need root and a filesystem with attributes under the temporary directory,
//! and leave nothing behind.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};

use proptest::prelude::*;

use super::*;
use crate::storage::apply::{ApplyOptions, apply_tree};
use crate::storage::xattr;

fn written(plan: &TarPlan) -> Vec<u8> {
    let mut tar = Vec::new();
    plan.write_to(&mut tar).unwrap();
    assert_eq!(tar.len() as u64, plan.len());
    tar
}

fn round_trip(from: &Path) -> tempfile::TempDir {
    let tar = written(&TarPlan::of_tree(from, "./").unwrap());
    let to = tempfile::tempdir().unwrap();
    let options = ApplyOptions {
        devices: true,
        ..Default::default()
    };
    apply_tree(&File::open(to.path()).unwrap(), &tar[..], &options).unwrap();
    to
}

/// Everything that must survive, by path.
fn facts(root: &Path) -> BTreeMap<Vec<u8>, String> {
    let mut facts = BTreeMap::new();
    let mut todo = vec![std::path::PathBuf::new()];
    let directory = File::open(root).unwrap();
    while let Some(path) = todo.pop() {
        let full = root.join(&path);
        let meta = fs::symlink_metadata(&full).unwrap();
        let content = if meta.is_file() {
            format!("{:?}", fs::read(&full).unwrap())
        } else if meta.is_symlink() {
            format!("{:?}", fs::read_link(&full).unwrap())
        } else {
            String::new()
        };
        let attrs = xattr::portable(directory.as_fd(), path.as_os_str().as_bytes()).unwrap();
        let links = if meta.is_dir() { 0 } else { meta.nlink() };
        facts.insert(
            path.as_os_str().as_bytes().to_vec(),
            format!(
                "{:o} {} {} {}.{} {} {links} {attrs:?} {content}",
                meta.mode(),
                meta.uid(),
                meta.gid(),
                meta.mtime(),
                meta.mtime_nsec(),
                meta.rdev()
            ),
        );
        if meta.is_dir() {
            todo.extend(
                fs::read_dir(&full)
                    .unwrap()
                    .map(|e| path.join(e.unwrap().file_name())),
            );
        }
    }
    facts
}

fn odd(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

#[test]
fn every_kind_of_node_goes_both_ways() {
    let tree = tempfile::tempdir().unwrap();
    let at = |name: &str| tree.path().join(name);
    fs::write(at("file"), "content").unwrap();
    fs::hard_link(at("file"), at("hard")).unwrap();
    symlink("x".repeat(300), at("link")).unwrap();
    symlink(odd(&[b'\xfe'; 200]), at("odd-link")).unwrap();
    fs::write(tree.path().join(odd(b"odd-\xff")), "odd").unwrap();
    fs::write(tree.path().join(odd(&[b'\xfd'; 150])), "long and odd").unwrap();
    fs::create_dir_all(at("deep").join("ü/".repeat(60))).unwrap();
    let directory = File::open(tree.path()).unwrap();
    let (kind, mode) = (
        FileType::CharacterDevice,
        rustix::fs::Mode::from_raw_mode(0o660),
    );
    rustix::fs::mknodat(&directory, "device", kind, mode, rustix::fs::makedev(1, 3)).unwrap();
    rustix::fs::mknodat(&directory, "pipe", FileType::Fifo, mode, 0).unwrap();
    for (name, value) in [("user.a=b%3D", &b"\0\xff\n"[..]), ("user.empty", b"")] {
        xattr::set(directory.as_fd(), b"file", name.as_bytes(), value).unwrap();
    }
    xattr::set(directory.as_fd(), b"device", b"trusted.x", b"y").unwrap();
    // CAP_NET_RAW, permitted and effective (linux/capability.h, revision 2).
    let capability = [
        1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    std::os::unix::fs::chown(at("pipe"), Some(3_000_000), Some(4_000_000)).unwrap();
    fs::write(at("setuid"), "").unwrap();
    rustix::fs::chmod(at("setuid"), rustix::fs::Mode::from_raw_mode(0o6755)).unwrap();
    xattr::set(
        directory.as_fd(),
        b"setuid",
        b"security.capability",
        &capability,
    )
    .unwrap();
    let old = fs::FileTimes::new()
        .set_modified(std::time::UNIX_EPOCH - std::time::Duration::from_millis(1250));
    File::open(at("setuid")).unwrap().set_times(old).unwrap();
    let to = round_trip(tree.path());
    assert_eq!(facts(tree.path()), facts(to.path()));
    let archive = at("archive");
    fs::write(
        &archive,
        written(&TarPlan::of_tree(to.path(), "./").unwrap()),
    )
    .unwrap();
    let output = std::process::Command::new("tar")
        .arg("-tf")
        .arg(&archive)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stdout.starts_with(b"./\n"));
}

#[test]
fn holes_stay_holes() {
    let tree = tempfile::tempdir().unwrap();
    let file = File::create(tree.path().join("sparse")).unwrap();
    file.write_all_at(b"middle", 5 << 20).unwrap();
    file.set_len(16 << 20).unwrap();
    let to = round_trip(tree.path());
    let meta = fs::metadata(to.path().join("sparse")).unwrap();
    assert_eq!(meta.len(), 16 << 20);
    assert!(meta.blocks() * 512 < 1 << 20, "{} blocks", meta.blocks());
    let same = fs::read(tree.path().join("sparse")).unwrap()
        == fs::read(to.path().join("sparse")).unwrap();
    assert!(same);
}

#[test]
fn changes_after_planning_are_errors_or_cut() {
    let tree = tempfile::tempdir().unwrap();
    let path = tree.path().join("file");
    fs::write(&path, "12345").unwrap();
    let plan = TarPlan::of_tree(tree.path(), "./").unwrap();
    assert_eq!(plan.members(), 2);
    fs::write(&path, "1234567").unwrap();
    written(&plan);
    let fails = || {
        matches!(
            plan.write_to(&mut io::sink()),
            Err(StorageError::Changed { .. })
        )
    };
    fs::write(&path, "1234").unwrap();
    assert!(fails());
    fs::remove_file(&path).unwrap();
    assert!(fails());
    symlink("/etc/passwd", &path).unwrap();
    assert!(fails());
}

#[test]
fn the_order_is_always_the_same() {
    let tree = tempfile::tempdir().unwrap();
    for name in ["b/x", "a/y", "a/x", "a.", "c"] {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let plan = TarPlan::of_tree(tree.path(), "./").unwrap();
    let names: Vec<_> = plan
        .members
        .iter()
        .map(|member| member.name.as_slice())
        .collect();
    let expected = [
        "./", "./a/", "./a/x", "./a/y", "./a.", "./b/", "./b/x", "./c",
    ];
    assert_eq!(names, expected.map(str::as_bytes));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_tree_goes_both_ways(
        files in prop::collection::vec(
            (
                prop::collection::vec(
                    prop::collection::vec(any::<u8>(), 1..60)
                        .prop_filter("a name", |name| {
                            !name.contains(&b'/') && !name.contains(&0) && name[0] != b'.'
                        }),
                    1..5,
                ),
                prop::collection::vec(any::<u8>(), 0..2000),
                0_usize..20_000,
                (0_u32..0o10000, 0_u32..5_000_000, -5_000_000_000_i64..20_000_000_000, 0_u32..1_000_000_000),
                prop::collection::vec(("[a-z=%.]{1,20}", prop::collection::vec(any::<u8>(), 0..50)), 0..3),
            ),
            0..8,
        )
    ) {
        let tree = tempfile::tempdir().unwrap();
        let root = File::open(tree.path()).unwrap();
        for (names, data, zeros, (mode, owner, seconds, nanoseconds), attributes) in files {
            let path = names.iter().fold(tree.path().to_owned(), |path, name| path.join(odd(name)));
            // A name that is a file already can't be a directory, and the other way round.
            if fs::create_dir_all(path.parent().unwrap()).is_err() || path.is_dir() {
                continue;
            }
            fs::write(&path, [&data[..], &vec![0; zeros], &data].concat()).unwrap();
            let mut xattrs: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
            for (name, value) in attributes {
                let name = format!("user.{name}").into_bytes();
                xattrs.retain(|(other, _)| *other != name);
                xattrs.push((name, value));
            }
            let attrs = Attrs {
                mode, uid: owner, gid: owner / 2,
                // ext4's times end in 2446 and start in 1901.
                mtime: (seconds.clamp(-2_000_000_000, 15_000_000_000), nanoseconds),
                xattrs,
            };
            attrs.apply(root.as_fd(), &names.join(&b'/'), false).unwrap();
        }
        let to = round_trip(tree.path());
        prop_assert_eq!(facts(tree.path()), facts(to.path()));
    }
}
