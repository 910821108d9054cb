//! Puts tar members into a directory and nowhere else.
//!
//! The one place that creates files from archives; layers and restored trees differ by policy only.
//! Existing entries are replaced, never written through: a file, link or device is unlinked before
//! its successor is made, so that no hard or symbolic link in the tree can redirect data.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::StorageError;
use super::apply::{Limits, Whiteouts};
use super::contained::{self, Contained, is_directory, is_whiteout, split};
use super::node::{Attrs, Kind};
use super::tar::reader::{Member, TarReader};
use super::xattr;

/// Runs of zeros of this length become holes.
const HOLE: usize = 4096;

/// Most memory for what is remembered of directories until the end, bytes: names and attributes.
const REMEMBERED: usize = 128 << 20;

/// An unpacking in progress.
pub(super) struct Unpacker<'d> {
    root: Contained<'d>,
    whiteouts: Whiteouts,
    devices: bool,
    limits: Limits,
    /// Whose everything will be, whoever had it.
    pub(super) owner: Option<(u32, u32)>,
    /// Other names for members and all that is below them.
    pub(super) renames: BTreeMap<Vec<u8>, Vec<u8>>,
    members: u64,
    bytes: u64,
    /// Directories get their attributes last, when nothing is created in them any more.
    directories: BTreeMap<Vec<u8>, Attrs>,
    /// Bytes of memory that this and the next take, about.
    remembered: usize,
    /// What this archive made, where an opaque mark must spare it.
    made: HashSet<Vec<u8>>,
}

impl<'d> Unpacker<'d> {
    pub(super) fn new(
        root: &'d impl AsFd,
        whiteouts: Whiteouts,
        devices: bool,
        limits: Limits,
    ) -> Self {
        Self {
            root: Contained::new(root),
            whiteouts,
            devices,
            limits,
            owner: None,
            renames: BTreeMap::new(),
            members: 0,
            bytes: 0,
            directories: BTreeMap::new(),
            remembered: 0,
            made: HashSet::new(),
        }
    }

    /// Bytes of file data unpacked so far, holes not counted.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Unpacks all members, then gives the directories their attributes.
    pub(super) fn run<R: Read>(&mut self, tar: &mut TarReader<R>) -> Result<(), StorageError> {
        while let Some(mut member) = tar.next_member()? {
            if let Some(owner) = self.owner {
                member.attrs.chown(owner);
            }
            if !self.renames.is_empty() {
                member.path = self.renamed(&member.path)?;
                if let Kind::HardLink { target } = &mut member.kind {
                    *target = self.renamed(target)?;
                }
            }
            self.count(&member)?;
            self.member(&member, tar)?;
        }
        self.finish()
    }

    /// The name that a member gets: the longest beginning of it that has another counts.
    fn renamed(&self, path: &[u8]) -> Result<Vec<u8>, StorageError> {
        let components = split(path)?;
        for length in (1..=components.len()).rev() {
            let (known, rest) = components.split_at(length);
            if let Some(other) = self.renames.get(&known.join(&b'/')) {
                let mut all = vec![other.as_slice()];
                all.extend(rest);
                return Ok(all.join(&b'/'));
            }
        }
        Ok(path.to_vec())
    }

    fn count(&mut self, member: &Member) -> Result<(), StorageError> {
        self.members += 1;
        let stored: u64 = member.segments.iter().map(|(_, length)| length).sum();
        self.bytes = self.bytes.saturating_add(stored);
        let whiteouts = self.whiteouts == Whiteouts::Delete;
        if whiteouts || member.kind == Kind::Directory {
            let attributes = member.attrs.xattrs.iter();
            let bytes = attributes.map(|(name, value)| name.len() + value.len() + 64);
            let bytes = bytes.sum::<usize>() + 2 * member.path.len() + 256;
            self.remembered = self.remembered.saturating_add(bytes);
        }
        for (what, count, limit) in [
            ("members", self.members, self.limits.members),
            ("bytes", self.bytes, self.limits.bytes),
            (
                "bytes of names and attributes of directories",
                self.remembered as u64,
                REMEMBERED as u64,
            ),
        ] {
            if count > limit {
                return Err(StorageError::Limit { what, limit });
            }
        }
        Ok(())
    }

    fn member<R: Read>(
        &mut self,
        member: &Member,
        tar: &mut TarReader<R>,
    ) -> Result<(), StorageError> {
        let components = split(&member.path)?;
        let path = components.join(&b'/');
        let Some((name, above)) = components.split_last() else {
            if member.kind == Kind::Directory {
                self.directories.insert(path, member.attrs.clone());
                return Ok(());
            }
            return Err(StorageError::HostilePath {
                name: String::from_utf8_lossy(&member.path).into_owned(),
                reason: "it replaces the directory itself",
            });
        };
        let parent = self.root.directory_made(above)?;
        let parent = parent.as_fd();
        if self.whiteouts != Whiteouts::Literal
            && let Some(hidden) = name.strip_prefix(b".wh.")
        {
            return self.whiteout(parent, above, hidden);
        }
        let wrap = |doing: &'static str| StorageError::errno(doing, &path);
        let existing = contained::lstat(parent, name).map_err(wrap("look up"))?;
        if member.kind == Kind::Directory {
            if !existing.as_ref().is_some_and(is_directory) {
                contained::remove(parent, name)?;
                rustix::fs::mkdirat(parent, *name, Mode::from_raw_mode(0o700))
                    .map_err(wrap("create directory"))?;
                if self.whiteouts == Whiteouts::Overlay
                    && existing.as_ref().is_some_and(is_whiteout)
                {
                    xattr::set(parent, name, xattr::OPAQUE, b"y")?;
                }
            }
            self.note(&path);
            self.directories.insert(path, member.attrs.clone());
            return Ok(());
        }
        if let Kind::HardLink { target } = &member.kind {
            self.hard_link(target, &components, parent, name)?;
            self.note(&path);
            return Ok(());
        }
        if existing.is_some() {
            contained::remove(parent, name)?;
        }
        match &member.kind {
            Kind::File { size } => write_file(parent, name, *size, member, tar)?,
            Kind::Symlink { target } => {
                rustix::fs::symlinkat(target.as_slice(), parent, *name)
                    .map_err(wrap("create link"))?;
            }
            Kind::Character { major, minor } | Kind::Block { major, minor } => {
                if !self.devices {
                    return Err(StorageError::Device {
                        name: String::from_utf8_lossy(&member.path).into_owned(),
                    });
                }
                let kind = match member.kind {
                    Kind::Block { .. } => FileType::BlockDevice,
                    _ => FileType::CharacterDevice,
                };
                let device = rustix::fs::makedev(*major, *minor);
                rustix::fs::mknodat(parent, *name, kind, Mode::from_raw_mode(0o600), device)
                    .map_err(wrap("create device"))?;
            }
            Kind::Fifo => {
                rustix::fs::mknodat(parent, *name, FileType::Fifo, Mode::from_raw_mode(0o600), 0)
                    .map_err(wrap("create pipe"))?;
            }
            Kind::Directory | Kind::HardLink { .. } => {}
        }
        member
            .attrs
            .apply(parent, name, matches!(member.kind, Kind::Symlink { .. }))?;
        self.note(&path);
        Ok(())
    }

    /// Remembers what was made where an opaque mark could come later, with all that is above it.
    fn note(&mut self, path: &[u8]) {
        if self.whiteouts != Whiteouts::Delete {
            return;
        }
        let mut end = path.len();
        while self.made.insert(path[..end].to_vec()) {
            match path[..end].iter().rposition(|byte| *byte == b'/') {
                Some(slash) => end = slash,
                None => break,
            }
        }
    }

    fn hard_link(
        &self,
        target: &[u8],
        components: &[&[u8]],
        parent: std::os::fd::BorrowedFd<'_>,
        name: &[u8],
    ) -> Result<(), StorageError> {
        let target = split(target)?;
        if target == components {
            return Ok(());
        }
        let joined = target.join(&b'/');
        let wrap = || StorageError::errno("create hard link to", &joined);
        let (last, above) = target
            .split_last()
            .ok_or_else(|| StorageError::tar("a hard link has no target"))?;
        let source = self.root.directory(above).map_err(wrap())?;
        let stat = contained::lstat(source.as_fd(), last).map_err(wrap())?;
        let stat = stat.ok_or(Errno::NOENT).map_err(wrap())?;
        if is_directory(&stat) {
            return Err(wrap()(Errno::ISDIR));
        }
        // Two names of one file already: unlinking the target's name would lose it.
        if contained::lstat(parent, name)
            .map_err(wrap())?
            .is_some_and(|here| (here.st_dev, here.st_ino) == (stat.st_dev, stat.st_ino))
        {
            return Ok(());
        }
        contained::remove(parent, name)?;
        rustix::fs::linkat(&source, *last, parent, name, AtFlags::empty()).map_err(wrap())
    }

    /// `.wh.NAME` hides NAME of the layers below, `.wh..wh..opq` all that they have in this directory
    /// (OCI image specification, "Whiteouts").
    fn whiteout(
        &mut self,
        parent: std::os::fd::BorrowedFd<'_>,
        above: &[&[u8]],
        hidden: &[u8],
    ) -> Result<(), StorageError> {
        let overlay = self.whiteouts == Whiteouts::Overlay;
        let path = |name: &[u8]| {
            above
                .iter()
                .copied()
                .chain([name])
                .collect::<Vec<_>>()
                .join(&b'/')
        };
        let shown = || String::from_utf8_lossy(hidden).into_owned();
        if hidden == b".wh..opq" {
            if overlay {
                return xattr::set(parent, b"", xattr::OPAQUE, b"y");
            }
            let names = contained::names(parent)
                .map_err(StorageError::errno("list", &above.join(&b'/')))?;
            for name in names.iter().filter(|name| !self.made.contains(&path(name))) {
                contained::remove(parent, name)?;
            }
            return Ok(());
        }
        if hidden.starts_with(b".wh.") {
            // Marks of AUFS for its own use, without meaning for a layer.
            return Ok(());
        }
        if hidden.is_empty() || hidden == b"." || hidden == b".." {
            let reason = "it marks nothing that could be deleted";
            return Err(StorageError::HostilePath {
                name: format!(".wh.{}", shown()),
                reason,
            });
        }
        if !overlay {
            if !self.made.contains(&path(hidden)) {
                contained::remove(parent, hidden)?;
            }
            return Ok(());
        }
        let wrap = StorageError::errno("create whiteout of", hidden);
        match contained::lstat(parent, hidden) {
            // The layer itself has the name: what is below is hidden by it, or must be made so.
            Ok(Some(stat)) if is_directory(&stat) => {
                xattr::set(parent, hidden, xattr::OPAQUE, b"y")
            }
            Ok(Some(_)) => Ok(()),
            Ok(None) => {
                let (kind, mode) = (FileType::CharacterDevice, Mode::empty());
                rustix::fs::mknodat(parent, hidden, kind, mode, 0).map_err(wrap)
            }
            Err(errno) => Err(wrap(errno)),
        }
    }

    fn finish(&mut self) -> Result<(), StorageError> {
        for (path, attrs) in std::mem::take(&mut self.directories).into_iter().rev() {
            let components = split(&path)?;
            let Some((name, above)) = components.split_last() else {
                attrs.apply(self.root.root(), b"", false)?;
                continue;
            };
            // A later member may have replaced it or what is above it: then its attributes are moot.
            let Ok(parent) = self.root.directory(above) else {
                continue;
            };
            let parent = parent.as_fd();
            if contained::lstat(parent, name)
                .is_ok_and(|stat| stat.as_ref().is_some_and(is_directory))
            {
                attrs.apply(parent, name, false)?;
            }
        }
        Ok(())
    }
}

/// Creates a file and writes its data, leaving holes where the data is zero.
fn write_file<R: Read>(
    parent: std::os::fd::BorrowedFd<'_>,
    name: &[u8],
    size: u64,
    member: &Member,
    tar: &mut TarReader<R>,
) -> Result<(), StorageError> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(parent, name, flags, Mode::from_raw_mode(0o600))
        .map_err(StorageError::errno("create", name))?;
    let file = File::from(file);
    let wrap = |source| StorageError::Io {
        doing: format!("write {}", String::from_utf8_lossy(name)),
        source,
    };
    let largest = member
        .segments
        .iter()
        .map(|(_, length)| *length)
        .max()
        .unwrap_or(0);
    let mut buffer = vec![
        0_u8;
        usize::try_from(largest)
            .unwrap_or(usize::MAX)
            .min(128 * 1024)
    ];
    for (offset, length) in &member.segments {
        let (mut at, end) = (*offset, offset + length);
        while at < end {
            let want = usize::try_from(end - at)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            tar.read_exact(&mut buffer[..want])
                .map_err(|source| match source.kind() {
                    std::io::ErrorKind::UnexpectedEof => StorageError::tar("it ends early"),
                    _ => StorageError::Io {
                        doing: "read archive".into(),
                        source,
                    },
                })?;
            let mut start = 0;
            while start < want {
                // Extend over chunks that are all data or all zero, one write each.
                let zero = |from: usize| {
                    buffer[from..(from + HOLE).min(want)]
                        .iter()
                        .all(|byte| *byte == 0)
                };
                let hole = zero(start);
                let mut stop = (start + HOLE).min(want);
                while stop < want && zero(stop) == hole {
                    stop = (stop + HOLE).min(want);
                }
                if !hole {
                    file.write_all_at(&buffer[start..stop], at + start as u64)
                        .map_err(wrap)?;
                }
                start = stop;
            }
            at += want as u64;
        }
    }
    file.set_len(size).map_err(wrap)
}
