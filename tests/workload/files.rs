//! Open files: positions and flags, locks, deleted ones, a tmpfs, a root that is read-only.

use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use crate::held::{Check, check, holds, noise, same};
use crate::kernel_unsafe::{self as kernel, Lock};

fn open(path: impl AsRef<Path>) -> Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// Position, append mode, a shared position, a working directory and a mask of one's own.
pub fn positions() -> Result<Check> {
    fs::create_dir_all("/data/deep/deeper")?;
    std::env::set_current_dir("/data/deep/deeper")?;
    kernel::set_umask(0o027);
    kernel::be_nice(5);
    let mut file = open("positions")?;
    file.write_all(b"0123456789")?;
    file.seek(SeekFrom::Start(4))?;
    let mut again = File::from(kernel::duplicate(&file)?);
    let mut log = File::options().append(true).create(true).open("log")?;
    log.write_all(b"before ")?;
    check(move || {
        let mut two = [0; 2];
        file.read_exact(&mut two)?;
        same("what comes next", &two, b"45")?;
        again.read_exact(&mut two)?;
        same("what comes next in its twin", &two, b"67")?;
        log.write_all(b"after")?;
        same(
            "the log",
            fs::read_to_string("log")?.as_str(),
            "before after",
        )?;
        fs::write("/data/deep/deeper/masked", "")?;
        same(
            "a new file's mode",
            fs::metadata("masked")?.mode() & 0o777,
            0o640,
        )?;
        Ok("position 4, umask 027".into())
    })
}

const LOCKS: [(Lock, &str); 3] = [
    (Lock::Whole, "/data/whole"),
    (Lock::Posix, "/data/posix"),
    (Lock::OpenFile, "/data/open-file"),
];

/// Locks that keep another process out.
pub fn locks() -> Result<Check> {
    let mut held = Vec::new();
    for (kind, path) in LOCKS {
        let file = open(path)?;
        kernel::lock(&file, kind)?;
        held.push(file);
    }
    let other = || {
        let output = Command::new(std::env::current_exe()?)
            .arg("try-locks")
            .output()?;
        Ok::<_, std::io::Error>(
            String::from_utf8_lossy(&output.stdout)
                .trim_end()
                .to_owned(),
        )
    };
    same("another process before", other()?.as_str(), "kept out: 3")?;
    check(move || {
        same("another process", other()?.as_str(), "kept out: 3")?;
        held.clear();
        same(
            "another process, unlocked",
            other()?.as_str(),
            "kept out: 0",
        )?;
        Ok("flock, fcntl, open file".into())
    })
}

/// Says how many of the locks another process holds.
pub fn try_locks() -> Result<()> {
    let mut refused = 0;
    for (kind, path) in LOCKS {
        let file = open(path)?;
        refused += u32::from(kernel::lock(&file, kind).is_err());
    }
    crate::say(&format!("kept out: {refused}"))
}

/// Open files whose names are gone, one in the root, one in a mounted file system.
pub fn deleted() -> Result<Check> {
    let content = noise(11, 300_000);
    let mut files = Vec::new();
    for path in ["/data/deleted", "/dev/shm/deleted"] {
        let mut file = open(path)?;
        file.write_all(&content)?;
        file.seek(SeekFrom::Start(1000))?;
        fs::remove_file(path)?;
        files.push((path, file));
    }
    // Its name is someone else's now.
    fs::write("/data/deleted", "another")?;
    check(move || {
        for (path, file) in &mut files {
            same("its links", file.metadata()?.nlink(), 0)?;
            let mut rest = Vec::new();
            file.read_to_end(&mut rest)?;
            holds(&format!("{path} has its content"), rest == content[1000..])?;
            file.write_all(b"more")?;
            same("its size", file.metadata()?.len(), 300_004)?;
        }
        same(
            "the new file",
            fs::read_to_string("/data/deleted")?.as_str(),
            "another",
        )?;
        Ok("two".into())
    })
}

/// What a tmpfs at /scratch holds.
pub fn tmpfs() -> Result<Check> {
    let mounted = || -> Result<String> {
        let text = fs::read_to_string("/proc/self/mountinfo")?;
        let line = text
            .lines()
            .find(|line| line.split(' ').nth(4) == Some("/scratch"));
        Ok(line
            .and_then(|line| Some(line.split_once(" - ")?.1.to_owned()))
            .unwrap_or_default())
    };
    let options = mounted()?;
    let content = noise(13, 500_000);
    fs::create_dir("/scratch/directory")?;
    fs::write("/scratch/directory/file", &content)?;
    fs::set_permissions("/scratch/directory", Permissions::from_mode(0o1750))?;
    std::os::unix::fs::lchown("/scratch/directory/file", Some(1000), Some(1001))?;
    std::os::unix::fs::symlink("directory/file", "/scratch/link")?;
    let sparse = open("/scratch/sparse")?;
    sparse.write_at(b"end", 50 << 20)?;
    let mut file = open("/scratch/directory/file")?;
    file.seek(SeekFrom::End(-5))?;
    check(move || {
        same("the mount", mounted()?, options)?;
        holds(
            "the file has its content",
            fs::read("/scratch/link")? == content,
        )?;
        same(
            "the directory's mode",
            fs::metadata("/scratch/directory")?.mode() & 0o7777,
            0o1750,
        )?;
        let data = fs::metadata("/scratch/directory/file")?;
        same("the file's owner", (data.uid(), data.gid()), (1000, 1001))?;
        let mut rest = Vec::new();
        file.read_to_end(&mut rest)?;
        same(
            "what comes next",
            rest.as_slice(),
            &content[content.len() - 5..],
        )?;
        let mut end = [0; 3];
        sparse.read_exact_at(&mut end, 50 << 20)?;
        same("the sparse file's end", &end, b"end")?;
        holds("it is sparse", sparse.metadata()?.blocks() < 2048)?;
        Ok("content, modes, owners, holes".into())
    })
}

/// A root that nobody may write to.
pub fn read_only() -> Result<Check> {
    let refused = || {
        let kind = fs::write("/etc/new", "").map_err(|error| error.kind());
        same(
            "writing to the root",
            kind,
            Err(ErrorKind::ReadOnlyFilesystem),
        )
    };
    refused()?;
    let mut file = File::open("/etc/motd")?;
    file.seek(SeekFrom::Start(3))?;
    check(move || {
        refused()?;
        let mut rest = String::new();
        file.read_to_string(&mut rest)?;
        same("what comes next", rest.as_str(), "in the image\n")?;
        Ok("still read-only".into())
    })
}
