//! File trees: every kind of change that a container can make to its root, and a listing that two
//! trees can be compared by.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata, Permissions};
use std::io::Result;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};

use crate::held::noise;
use crate::kernel_unsafe as kernel;

/// Changes what the test image has below /opt and adds what it has not.
pub fn scribble(devices: bool) -> Result<()> {
    modify()?;
    replace()?;
    add()?;
    if devices {
        kernel::make_node(Path::new("/data/null"), 0o020_666, (1 << 8) | 3)?;
        kernel::make_node(Path::new("/data/loop"), 0o060_640, (7 << 8) | 5)?;
    }
    Ok(())
}

fn modify() -> Result<()> {
    let tree = Path::new("/opt/tree");
    fs::write(tree.join("modified"), "longer than it was in the image")?;
    fs::set_permissions(tree.join("mode"), Permissions::from_mode(0o4711))?;
    lchown(tree.join("owner"), Some(1234), Some(70000))?;
    fs::remove_file(tree.join("deleted"))?;
    fs::remove_dir_all(tree.join("deleted-directory"))?;
    fs::set_permissions(tree.join("directory"), Permissions::from_mode(0o2701))?;
    lchown(tree.join("directory"), Some(1000), Some(1000))?;
    kernel::set_attribute(&tree.join("modified"), c"user.note", b"changed \0 bytes")?;
    kernel::set_attribute(&tree.join("directory"), c"user.note", b"of a directory")?;
    // One of two names of one file in the image goes; a third name comes.
    fs::remove_file(tree.join("linked-2"))?;
    fs::hard_link(tree.join("linked-1"), tree.join("linked-3"))?;
    Ok(())
}

/// Each type of the image's becomes another one.
fn replace() -> Result<()> {
    let tree = Path::new("/opt/tree");
    let at = |name: &str| tree.join(name);
    fs::remove_file(at("file-to-directory"))?;
    fs::create_dir(at("file-to-directory"))?;
    fs::write(at("file-to-directory/inside"), "new")?;
    fs::remove_dir_all(at("directory-to-file"))?;
    fs::write(at("directory-to-file"), "a file now")?;
    fs::remove_dir_all(at("directory-to-link"))?;
    symlink("directory", at("directory-to-link"))?;
    fs::remove_file(at("link-to-directory"))?;
    fs::create_dir(at("link-to-directory"))?;
    fs::write(at("link-to-directory/inside"), "not in the link's target")?;
    fs::remove_file(at("file-to-link"))?;
    symlink("/etc/passwd", at("file-to-link"))?;
    fs::remove_file(at("file-to-fifo"))?;
    kernel::make_node(&at("file-to-fifo"), 0o010_622, 0)?;
    // Gone and made anew: nothing of what was in it may come back.
    fs::remove_dir_all(at("directory-anew"))?;
    fs::create_dir(at("directory-anew"))?;
    fs::write(at("directory-anew/other"), "new")
}

fn add() -> Result<()> {
    let data = Path::new("/data");
    fs::create_dir_all(data.join("a/b/c"))?;
    fs::set_permissions(data.join("a/b"), Permissions::from_mode(0o1777))?;
    fs::write(data.join("a/b/c/large"), noise(17, 3_000_000))?;
    fs::write(data.join("empty"), "")?;
    fs::create_dir(data.join("empty-directory"))?;
    fs::set_permissions(data.join("empty-directory"), Permissions::from_mode(0o000))?;
    fs::hard_link(data.join("a/b/c/large"), data.join("large-too"))?;
    fs::hard_link(data.join("a/b/c/large"), data.join("a/large-as-well"))?;
    let sparse = File::create(data.join("sparse"))?;
    sparse.set_len(200 << 20)?;
    sparse.write_at(b"in the middle", 100 << 20)?;
    File::create(data.join("all-hole"))?.set_len(30 << 20)?;
    kernel::make_node(&data.join("fifo"), 0o010_640, 0)?;
    symlink("nowhere/at/all", data.join("dangling"))?;
    lchown(data.join("dangling"), Some(1000), Some(1000))?;
    kernel::set_attribute(&data.join("empty"), c"user.empty", b"")?;
    kernel::set_attribute(&data.join("empty"), c"user.large", &noise(19, 2000))?;
    for name in [
        &b"caf\xe9"[..],
        b"\xff\xfe",
        b"line\nbreak",
        b" ",
        b"-rf",
        "日本".as_bytes(),
    ] {
        fs::write(data.join(OsStr::from_bytes(name)), name)?;
    }
    let odd: PathBuf = data.join(OsStr::from_bytes(b"directory \x80"));
    fs::create_dir(&odd)?;
    symlink(
        OsStr::from_bytes(b"to \xf0"),
        odd.join(OsStr::from_bytes(b"link \xf0")),
    )?;
    fs::write(data.join("n".repeat(255)), "a long name")
}

/// Prints a line for each path below the directory, on one file system, sorted.
pub fn list(directory: &str) -> Result<()> {
    let root = fs::symlink_metadata(directory)?;
    let mut todo = vec![PathBuf::from(directory)];
    let mut found = Vec::new();
    while let Some(path) = todo.pop() {
        let data = fs::symlink_metadata(&path)?;
        // What is mounted (/etc/hosts) is made anew by the engine.
        if data.dev() != root.dev() {
            continue;
        }
        if data.is_dir() {
            for entry in fs::read_dir(&path)? {
                todo.push(entry?.path());
            }
        }
        found.push((path, data));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let mut names: HashMap<(u64, u64), &Path> = HashMap::new();
    for (path, data) in &found {
        let first = *names.entry((data.dev(), data.ino())).or_insert(path);
        crate::say(&line(path, first, data)?)?;
    }
    Ok(())
}

fn line(path: &Path, first: &Path, data: &Metadata) -> Result<String> {
    let kind = data.file_type();
    let mut words = vec![path.as_os_str().as_bytes().escape_ascii().to_string()];
    words.push(format!("{:o} {}:{}", data.mode(), data.uid(), data.gid()));
    if !kind.is_dir() {
        words.push(format!("links={}", data.nlink()));
        words.push(format!("time={}.{:09}", data.mtime(), data.mtime_nsec()));
        if first != path {
            words.push(format!(
                "same as {}",
                first.as_os_str().as_bytes().escape_ascii()
            ));
        }
    }
    if kind.is_file() {
        let content = fs::read(path)?;
        let sum = content.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        // Blocks of small files are the file system's affair; holes are ours.
        let kept = if data.blocks() * 512 < data.len() / 2 {
            "sparse"
        } else {
            "full"
        };
        words.push(format!("size={} {kept} sum={sum:016x}", data.len()));
    }
    if kind.is_symlink() {
        words.push(format!(
            "to {}",
            fs::read_link(path)?.as_os_str().as_bytes().escape_ascii()
        ));
    }
    if kind.is_char_device() || kind.is_block_device() {
        words.push(format!("device {:x}", data.rdev()));
    }
    for (name, value) in kernel::attributes(path)? {
        let name = name.to_string_lossy().into_owned();
        words.push(format!("{name}={}", value.escape_ascii()));
    }
    Ok(words.join(" "))
}
