//! A tar of a tree whose length is known before its first byte is written.
//!
//! So it can be a member of another archive in one pass, without a copy on disk. The tree must not
//! change between planning and writing: what can't be archived truthfully any more is an error.
//! The order is the same for the same tree.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{FileType, OFlags, ResolveFlags, SeekFrom};
use rustix::io::Errno;

use super::StorageError;
use super::contained::{names, open_in, split};
use super::diff::{RootfsDiff, bytes, decode_name, is_criu_mount_point};
use super::node::{Attrs, Kind, Node};
use super::tar::header::{padding, render};
use super::xattr::is_opaque;

/// Two blocks of zeros end an archive.
const END: [u8; 1024] = [0; 1024];

/// What is going to be written.
#[derive(Debug)]
pub struct TarPlan {
    root: OwnedFd,
    members: Vec<Planned>,
    length: u64,
}

#[derive(Debug)]
struct Planned {
    /// Relative to the root directory.
    source: Vec<u8>,
    /// As it is going to be in the archive.
    name: Vec<u8>,
    node: Node,
}

impl TarPlan {
    /// Plans `rootfs-diff.tar`: names relative without `./`, contents from the upper directory.
    pub fn of_diff(diff: &RootfsDiff) -> Result<Self, StorageError> {
        let root = diff.upper.try_clone().map_err(|source| StorageError::Io {
            doing: "open upper directory".into(),
            source,
        })?;
        let mut plan = Self::new(root.into());
        let mut links = HashMap::new();
        for entry in &diff.entries {
            let path = bytes(&entry.path);
            plan.push(path, path.to_vec(), entry.node.clone(), &mut links);
        }
        Ok(plan)
    }

    /// Plans a tar of everything in `directory`, itself included, with `prefix` before each name:
    /// `./` for `devshm-checkpoint.tar` and volumes. Sockets are passed over.
    pub fn of_tree(directory: &Path, prefix: &str) -> Result<Self, StorageError> {
        let root = File::open(directory).map_err(StorageError::io("open", directory))?;
        Self::walk(root.into(), prefix.as_bytes(), true)
    }

    /// Plans a tar of an open directory, called `name` there; without a name, of what is in it alone.
    pub fn of_directory(directory: OwnedFd, name: &[u8]) -> Result<Self, StorageError> {
        if name.is_empty() {
            return Self::walk(directory, b"", false);
        }
        Self::walk(directory, &[name, b"/"].concat(), true)
    }

    /// Plans a tar of `source` in an open directory, which is no directory itself, called `name`
    /// there.
    pub fn of_file(directory: OwnedFd, source: &[u8], name: &[u8]) -> Result<Self, StorageError> {
        let mut plan = Self::new(directory);
        if let Some(mut node) = Node::read(plan.root.as_fd(), source)? {
            // The other names are not in it.
            node.shared = None;
            plan.push(source, name.to_vec(), node, &mut HashMap::new());
        }
        Ok(plan)
    }

    fn walk(root: OwnedFd, prefix: &[u8], itself: bool) -> Result<Self, StorageError> {
        let mut plan = Self::new(root);
        let mut links = HashMap::new();
        let mut todo = vec![Vec::new()];
        while let Some(path) = todo.pop() {
            let wrap = |errno| StorageError::errno("read", &path)(errno);
            let (above, name) = match path.iter().rposition(|byte| *byte == b'/') {
                Some(slash) => (&path[..slash], &path[slash + 1..]),
                None => (&b""[..], path.as_slice()),
            };
            let parent = plan
                .open(above, OFlags::RDONLY | OFlags::DIRECTORY)
                .map_err(wrap)?;
            let Some(node) = Node::read(parent.as_fd(), name)? else {
                continue;
            };
            let is_directory = node.kind == Kind::Directory;
            if itself || !path.is_empty() {
                plan.push(&path, [prefix, &path].concat(), node, &mut links);
            }
            if is_directory {
                let here = plan
                    .open(&path, OFlags::RDONLY | OFlags::DIRECTORY)
                    .map_err(wrap)?;
                for name in names(here.as_fd()).map_err(wrap)?.into_iter().rev() {
                    // A volume may be mounted at /tmp.
                    if path.is_empty() && is_criu_mount_point(&name) {
                        continue;
                    }
                    todo.push(if path.is_empty() {
                        name
                    } else {
                        [&path[..], &name].join(&b'/')
                    });
                }
            }
        }
        Ok(plan)
    }

    /// Plans the tar of an unpacked layer: its whiteouts and opaque directories become OCI's
    /// (image-spec, layer.md), so that it unpacks to the same again.
    pub fn of_layer(directory: &Path) -> Result<Self, StorageError> {
        let mut plan = Self::of_tree(directory, "")?;
        let found = std::mem::take(&mut plan.members);
        plan.length = END.len() as u64;
        for mut member in found {
            let (above, name) = match member.source.iter().rposition(|byte| *byte == b'/') {
                Some(slash) => member.source.split_at(slash + 1),
                None => (&b""[..], member.source.as_slice()),
            };
            if matches!(member.node.kind, Kind::Character { major: 0, minor: 0 }) {
                member.name = [above, b".wh.", name].concat();
                member.node.kind = Kind::File { size: 0 };
            }
            let mark = plan.opaque_mark(&member)?;
            plan.add(member);
            if let Some(mark) = mark {
                plan.add(mark);
            }
        }
        Ok(plan)
    }

    /// The same without what says how the root and these directories are.
    #[must_use]
    pub fn without(mut self, directories: &[String]) -> Self {
        let members = std::mem::take(&mut self.members);
        self.length = END.len() as u64;
        for member in members {
            let said = directories
                .iter()
                .any(|one| one.as_bytes() == member.source);
            let stays = !said && !member.source.is_empty();
            if stays || member.node.kind != Kind::Directory {
                self.add(member);
            }
        }
        self
    }

    /// The same after OCI's whiteouts for paths of a `deleted.files` member.
    ///
    /// # Errors
    /// [`StorageError::HostilePath`] for a path that leads out.
    pub fn with_deleted(mut self, paths: &[String]) -> Result<Self, StorageError> {
        let members = std::mem::take(&mut self.members);
        for path in paths {
            let path = decode_name(path);
            let components = split(&path)?;
            let Some((name, above)) = components.split_last() else {
                continue;
            };
            let mut whiteout = above.join(&b'/');
            if !above.is_empty() {
                whiteout.push(b'/');
            }
            whiteout.extend_from_slice(b".wh.");
            whiteout.extend_from_slice(name);
            self.add(Planned {
                source: Vec::new(),
                name: whiteout,
                node: Node {
                    kind: Kind::File { size: 0 },
                    attrs: Attrs {
                        mode: 0o600,
                        uid: 0,
                        gid: 0,
                        mtime: (0, 0),
                        xattrs: Vec::new(),
                    },
                    shared: None,
                },
            });
        }
        self.members.extend(members);
        Ok(self)
    }

    /// What says in a tar that nothing below a directory is seen through it.
    fn opaque_mark(&self, member: &Planned) -> Result<Option<Planned>, StorageError> {
        if member.node.kind != Kind::Directory || member.source.is_empty() {
            return Ok(None);
        }
        let wrap = |errno| StorageError::errno("read", &member.source)(errno);
        let directory = self
            .open(&member.source, OFlags::RDONLY | OFlags::DIRECTORY)
            .map_err(wrap)?;
        if !is_opaque(directory.as_fd(), b"").map_err(wrap)? {
            return Ok(None);
        }
        let mut node = member.node.clone();
        node.kind = Kind::File { size: 0 };
        node.attrs.xattrs.clear();
        Ok(Some(Planned {
            source: member.source.clone(),
            name: [&member.name[..], b".wh..wh..opq"].concat(),
            node,
        }))
    }

    /// The length of the archive in bytes.
    #[expect(
        clippy::len_without_is_empty,
        reason = "an archive always has its end marker"
    )]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// How many members it has.
    pub fn members(&self) -> usize {
        self.members.len()
    }

    /// Writes exactly [`TarPlan::len`] bytes.
    ///
    /// A file that grew is cut at its planned length; one that shrank or is of another type now is
    /// [`StorageError::Changed`].
    pub fn write_to(&self, out: &mut impl Write) -> Result<(), StorageError> {
        for member in &self.members {
            let header = render(&member.name, &member.node.kind, &member.node.attrs);
            out.write_all(&header).map_err(written)?;
            if let Kind::File { size } = member.node.kind
                && size > 0
            {
                self.write_data(&member.source, size, out)?;
                zeros(padding(size), out)?;
            }
        }
        out.write_all(&END).map_err(written)
    }

    fn new(root: OwnedFd) -> Self {
        Self {
            root,
            members: Vec::new(),
            length: END.len() as u64,
        }
    }

    fn push(
        &mut self,
        path: &[u8],
        mut name: Vec<u8>,
        mut node: Node,
        links: &mut HashMap<(u64, u64), Vec<u8>>,
    ) {
        if node.kind == Kind::Directory && !name.ends_with(b"/") {
            name.extend_from_slice(if name.is_empty() { b"./" } else { b"/" });
        }
        if let Some(inode) = node.shared {
            match links.get(&inode) {
                Some(first) => {
                    node.kind = Kind::HardLink {
                        target: first.clone(),
                    }
                }
                None => drop(links.insert(inode, name.clone())),
            }
        }
        self.add(Planned {
            source: path.to_vec(),
            name,
            node,
        });
    }

    fn add(&mut self, member: Planned) {
        let node = &member.node;
        self.length += render(&member.name, &node.kind, &node.attrs).len() as u64;
        if let Kind::File { size } = node.kind {
            self.length += size + padding(size);
        }
        self.members.push(member);
    }

    fn open(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        open_in(self.root.as_fd(), path, flags, resolve)
    }

    fn write_data(&self, path: &[u8], size: u64, out: &mut impl Write) -> Result<(), StorageError> {
        let wrap = |errno| StorageError::errno("read", path)(errno);
        let changed = || StorageError::Changed {
            path: String::from_utf8_lossy(path).into_owned(),
        };
        // Not blocking: a pipe that took the file's place must not hold us.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = match self.open(path, flags) {
            Err(Errno::NOENT | Errno::LOOP | Errno::NXIO) => return Err(changed()),
            result => result.map_err(wrap)?,
        };
        let stat = rustix::fs::fstat(&file).map_err(wrap)?;
        let now = u64::try_from(stat.st_size).unwrap_or(0);
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile || now < size {
            return Err(changed());
        }
        let file = File::from(file);
        let mut buffer = vec![0_u8; usize::try_from(size).unwrap_or(usize::MAX).min(256 * 1024)];
        let mut at = 0;
        while at < size {
            let data = match rustix::fs::seek(&file, SeekFrom::Data(at)) {
                Ok(data) => data.min(size),
                Err(Errno::NXIO) => size,
                // Filesystems without holes.
                Err(_) => at,
            };
            zeros(data - at, out)?;
            at = data;
            if at == size {
                break;
            }
            let hole =
                rustix::fs::seek(&file, SeekFrom::Hole(at)).map_or(size, |hole| hole.min(size));
            while at < hole {
                let want = usize::try_from(hole - at)
                    .unwrap_or(usize::MAX)
                    .min(buffer.len());
                match file.read_at(&mut buffer[..want], at) {
                    Ok(0) => return Err(changed()),
                    Ok(count) => {
                        out.write_all(&buffer[..count]).map_err(written)?;
                        at += count as u64;
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(source) => {
                        let doing = format!("read {}", String::from_utf8_lossy(path));
                        return Err(StorageError::Io { doing, source });
                    }
                }
            }
        }
        Ok(())
    }
}

fn zeros(count: u64, out: &mut impl Write) -> Result<(), StorageError> {
    io::copy(&mut io::repeat(0).take(count), out)
        .map(drop)
        .map_err(written)
}

fn written(source: io::Error) -> StorageError {
    StorageError::Io {
        doing: "write archive".into(),
        source,
    }
}

#[cfg(test)]
#[path = "tests/tree.rs"]
mod tests;
