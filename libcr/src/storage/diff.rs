//! What a container changed in its root: read from the upper directory of its overlay mount.
//!
//! The container must not write meanwhile. The upper directory must come from a mount with
//! `super::overlay`'s options; marks of other options that hide content are an error.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use super::StorageError;
use super::contained::{is_directory, is_whiteout, names, open_in};
use super::node::{Kind, Node};
use super::xattr;

/// Paths of which Podman says nothing in a diff: mount points and files that engines make. Only
/// these very paths, not what is below them.
const SKIPPED: [&[u8]; 12] = [
    b"dev",
    b"proc",
    b"sys",
    b"run",
    b"run/notify",
    b"run/.containerenv",
    b"run/secrets",
    b"run/podman-init",
    b"etc/hostname",
    b"etc/hosts",
    b"etc/resolv.conf",
    b"etc/mtab",
];

/// A directory that CRIU makes in the container for the moment of a dump, to see what a mount point
/// hides (criu/mount.c, `get_clean_mnt`): in /tmp, or in the root where there is none.
pub fn is_criu_mount_point(path: &[u8]) -> bool {
    let name = path.strip_prefix(b"tmp/").unwrap_or(path);
    let end = name.strip_prefix(b"cr-tmpfs.").unwrap_or_default();
    end.len() == 6 && end.iter().all(u8::is_ascii_alphanumeric)
}

/// A directory below the root, and the numbers of the lowers that shine through there, topmost first.
type Shown = (Vec<u8>, Vec<usize>);

/// How an entry differs from the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The image has nothing there.
    Added,
    /// The image has something else there, perhaps of another type.
    Modified,
}

/// A path that has to be carried.
#[derive(Debug, Clone)]
pub struct DiffEntry {
    /// Relative to the root, without leading `/`; empty for the root itself.
    pub path: PathBuf,
    /// How it differs.
    pub change: Change,
    pub(super) node: Node,
}

/// The difference between an image and a container's root.
#[derive(Debug)]
pub struct RootfsDiff {
    /// New and changed paths; a directory before what is in it, siblings sorted by bytes.
    pub entries: Vec<DiffEntry>,
    /// Paths of the image that are gone, relative to the root, each the topmost of its kind.
    pub deleted: Vec<PathBuf>,
    /// The upper directory, from which contents are read.
    pub(super) upper: File,
}

impl RootfsDiff {
    /// Compares `upper` with `lowers` (the topmost first).
    ///
    /// Directories are carried when they are new or their mode, owner, time or attributes changed;
    /// the root itself for all but its time. Sockets are passed over, as no tar can hold them.
    pub fn scan(upper: &Path, lowers: &[PathBuf]) -> Result<Self, StorageError> {
        let open = |path: &Path| File::open(path).map_err(StorageError::io("open", path));
        let lowers = Lowers {
            roots: lowers
                .iter()
                .map(|path| open(path))
                .collect::<Result<_, _>>()?,
        };
        let mut diff = Self {
            entries: Vec::new(),
            deleted: Vec::new(),
            upper: open(upper)?,
        };
        let all: Vec<usize> = (0..lowers.roots.len()).collect();
        diff.root(&lowers, &all)?;
        let mut todo = vec![(Vec::new(), all)];
        while let Some((path, active)) = todo.pop() {
            let below = diff.directory(&path, &active, &lowers)?;
            todo.extend(below.into_iter().rev());
        }
        diff.entries.sort_by(|a, b| a.path.cmp(&b.path));
        diff.deleted.sort();
        Ok(diff)
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.deleted.is_empty()
    }

    /// The content of `deleted.files`: a JSON array of absolute paths, names that are not UTF-8
    /// through [`encode_name`].
    pub fn deleted_files(&self) -> Vec<String> {
        self.deleted
            .iter()
            .map(|path| format!("/{}", encode_name(bytes(path))))
            .collect()
    }

    fn root(&mut self, lowers: &Lowers, all: &[usize]) -> Result<(), StorageError> {
        let Some(node) = Node::read(self.upper.as_fd(), b"")? else {
            return Ok(());
        };
        let Some(top) = all.first() else {
            return Ok(());
        };
        let image = Node::read(lowers.roots[*top].as_fd(), b"")?;
        let same = image.is_some_and(|image| {
            let mut attrs = image.attrs;
            attrs.mtime = node.attrs.mtime;
            attrs == node.attrs
        });
        if !same {
            self.entries.push(DiffEntry {
                path: PathBuf::new(),
                change: Change::Modified,
                node,
            });
        }
        Ok(())
    }

    /// Compares one directory's children and returns the directories among them, each with the
    /// lowers that shine through there.
    fn directory(
        &mut self,
        path: &[u8],
        active: &[usize],
        lowers: &Lowers,
    ) -> Result<Vec<Shown>, StorageError> {
        let wrap = |errno| StorageError::errno("read", path)(errno);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let directory = open_in(self.upper.as_fd(), path, flags, resolve).map_err(wrap)?;
        let directory = directory.as_fd();
        let mut below = Vec::new();
        for name in names(directory).map_err(wrap)? {
            let child = join(path, &name);
            if is_criu_mount_point(&child) {
                continue;
            }
            let skipped = SKIPPED.contains(&child.as_slice());
            let wrap = |errno| StorageError::errno("read", &child)(errno);
            let stat =
                rustix::fs::statat(directory, &name, AtFlags::SYMLINK_NOFOLLOW).map_err(wrap)?;
            let image = lowers.find(active, &child)?;
            if is_whiteout(&stat) {
                if image.is_some() && !skipped {
                    self.deleted.push(path_of(&child));
                }
                continue;
            }
            refuse_foreign(directory, &name, &child)?;
            let Some(node) = Node::read(directory, &name)? else {
                continue;
            };
            let mut change = if image.is_some() {
                Change::Modified
            } else {
                Change::Added
            };
            if node.kind != Kind::Directory {
                if !skipped {
                    self.entries.push(DiffEntry {
                        path: path_of(&child),
                        change,
                        node,
                    });
                }
                continue;
            }
            let mut through = Vec::new();
            if let Some(image) = image.filter(|image| is_directory(&image.stat)) {
                through = image.through;
                if xattr::is_opaque(directory, &name).map_err(wrap)? {
                    let here = open_in(directory, &name, flags, resolve).map_err(wrap)?;
                    let kept = names(here.as_fd()).map_err(wrap)?;
                    for gone in lowers.children(&through, &child)? {
                        if !kept.contains(&gone) {
                            self.deleted.push(path_of(&join(&child, &gone)));
                        }
                    }
                }
                let top = lowers.node(through[0], &child)?;
                if top.is_some_and(|top| top.attrs == node.attrs) {
                    below.push((child, through));
                    continue;
                }
                change = Change::Modified;
            }
            if !skipped {
                self.entries.push(DiffEntry {
                    path: path_of(&child),
                    change,
                    node,
                });
            }
            below.push((child, through));
        }
        Ok(below)
    }
}

/// Marks by which overlayfs keeps a file's content elsewhere.
fn refuse_foreign(
    directory: std::os::fd::BorrowedFd<'_>,
    name: &[u8],
    path: &[u8],
) -> Result<(), StorageError> {
    for attribute in [
        &b"trusted.overlay.redirect"[..],
        b"trusted.overlay.metacopy",
    ] {
        let value = xattr::get(directory, name, attribute);
        if value.map_err(StorageError::errno("read", path))?.is_some() {
            return Err(StorageError::ForeignOverlay {
                path: String::from_utf8_lossy(path).into_owned(),
                attribute: String::from_utf8_lossy(attribute).into_owned(),
            });
        }
    }
    Ok(())
}

/// The image's layers, asked by path. Its directories on the way to a path have been found to be
/// directories before, so no link is followed.
struct Lowers {
    roots: Vec<File>,
}

/// What the image has at a path.
struct Found {
    stat: Stat,
    /// For a directory: the layers whose content shows there, the topmost first.
    through: Vec<usize>,
}

impl Lowers {
    fn find(&self, active: &[usize], path: &[u8]) -> Result<Option<Found>, StorageError> {
        let wrap = |errno| StorageError::errno("read", path)(errno);
        let mut found: Option<Found> = None;
        for index in active {
            let root = self.roots[*index].as_fd();
            let stat = match rustix::fs::statat(root, path, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(Errno::NOENT | Errno::NOTDIR) => continue,
                Err(errno) => return Err(wrap(errno)),
            };
            if is_whiteout(&stat) || (found.is_some() && !is_directory(&stat)) {
                break;
            }
            let ends = !is_directory(&stat) || xattr::is_opaque(root, path).map_err(wrap)?;
            found
                .get_or_insert(Found {
                    stat,
                    through: Vec::new(),
                })
                .through
                .push(*index);
            if ends {
                break;
            }
        }
        Ok(found)
    }

    fn node(&self, index: usize, path: &[u8]) -> Result<Option<Node>, StorageError> {
        Node::read(self.roots[index].as_fd(), path)
    }

    /// The names that the image shows in a directory.
    fn children(&self, through: &[usize], path: &[u8]) -> Result<Vec<Vec<u8>>, StorageError> {
        let mut all = Vec::new();
        for index in through {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY;
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
            let listed = open_in(self.roots[*index].as_fd(), path, flags, resolve)
                .and_then(|directory| names(directory.as_fd()));
            all.extend(listed.map_err(StorageError::errno("read", path))?);
        }
        all.sort_unstable();
        all.dedup();
        let mut shown = Vec::with_capacity(all.len());
        for name in all {
            if self.find(through, &join(path, &name))?.is_some() {
                shown.push(name);
            }
        }
        Ok(shown)
    }
}

/// First code point that stands for a byte: the private use area's end, as MirBSD's OPTU-8 has it.
const ESCAPE: u32 = 0xEF00;

/// Writes a name's bytes as text without loss: bytes that aren't UTF-8 become U+EF80–U+EFFF, and so
/// do the bytes of a character of that range itself. Engines that don't know it find no such file.
pub fn encode_name(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    let escape = |text: &mut String, bytes: &[u8]| {
        text.extend(
            bytes
                .iter()
                .filter_map(|byte| char::from_u32(ESCAPE + u32::from(*byte))),
        );
    };
    for chunk in name.utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_escape(character) {
                escape(&mut text, character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                text.push(character);
            }
        }
        escape(&mut text, chunk.invalid());
    }
    text
}

/// Undoes [`encode_name`].
pub fn decode_name(text: &str) -> Vec<u8> {
    let mut name = Vec::with_capacity(text.len());
    for character in text.chars() {
        match u8::try_from(u32::from(character).wrapping_sub(ESCAPE)) {
            Ok(byte) if is_escape(character) => name.push(byte),
            _ => name.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    name
}

fn is_escape(character: char) -> bool {
    ('\u{EF80}'..='\u{EFFF}').contains(&character)
}

fn join(path: &[u8], name: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        name.to_vec()
    } else {
        [path, name].join(&b'/')
    }
}

fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

pub(super) fn bytes(path: &Path) -> &[u8] {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes()
}

#[cfg(test)]
#[path = "tests/diff.rs"]
mod tests;
