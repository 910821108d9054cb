//! What a directory of CRIU images holds, and the one change that is made to it.
//!
//! Images of a foreign archive are untrusted: every length is checked, links are not followed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use prost::Message;
use rustix::fs::OFlags;

use super::messages::{Inventory, OpenFile, Place, Process};
use super::wire::Damage;
use super::{CriuError, wire};
use crate::sys::dir::{at, write_atomic};

/// No image that is read here comes near: a core image has a few KB, pstree 50 bytes a process.
pub(super) const IMAGE_LIMIT: u64 = 64 << 20;

/// Field numbers of `core_entry`: `tc`, and in it `cg_set`; `thread_core`, and in it `cg_set`.
const TASK_CGROUP: [u64; 2] = [3, 9];
const THREAD_CGROUP: [u64; 2] = [5, 16];

/// What can be said of a checkpoint before it is thawed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFacts {
    /// Version of the image format.
    pub image_version: u32,
    /// The dumped processes, the root first.
    pub processes: Vec<Process>,
    /// Bytes of memory pages (`pages-*.img`).
    pub memory: u64,
    /// Bytes of all images.
    pub bytes: u64,
    /// Whether there are established TCP connections in it.
    pub tcp_established: bool,
    /// Whether there are file locks in it.
    pub file_locks: bool,
    /// Whether cgroup state is in it, which restore would try to bring back.
    pub cgroups: bool,
    /// Whether it needs the images of an earlier pre-dump.
    pub parent: bool,
    /// Linux security module of the host: 0 none, 1 SELinux, 2 AppArmor.
    pub lsm: u32,
}

/// Id of the run of CRIU that made the images in a directory; none where there are none, or where CRIU
/// wrote none.
pub fn run_id(images: &Path) -> Option<String> {
    let inventory = images.join("inventory.img");
    let entries: Vec<Inventory> = decode(&inventory, wire::INVENTORY).ok()?;
    entries.into_iter().find_map(|entry| entry.dump_criu_run_id)
}

impl ImageFacts {
    /// Reads `inventory.img` and `pstree.img` and counts the rest of the directory.
    ///
    /// # Errors
    /// [`CriuError::Io`] when one is missing, [`CriuError::Image`] when one is something else.
    pub fn read(images: &Path) -> Result<Self, CriuError> {
        let (inventory, processes) = (images.join("inventory.img"), images.join("pstree.img"));
        let mut files = Vec::new();
        for entry in fs::read_dir(images).map_err(at("read", images))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let facts = entry.metadata()?;
            files.push((name, if facts.is_dir() { 0 } else { facts.len() }));
        }
        let mut facts = Self::of(
            (&inventory, &read_image(&inventory)?),
            (&processes, &read_image(&processes)?),
            &files,
        )?;
        if facts.memory == 0 && super::generations::above(images).is_some() {
            // Damage is for those to tell who look into the memory itself.
            let memory = super::generations::Memory::read(images);
            facts.memory = memory.map_or(0, |memory| memory.bytes());
            facts.bytes = facts.bytes.saturating_add(facts.memory);
        }
        Ok(facts)
    }

    /// The same of images that are somewhere else: `inventory.img` and `pstree.img` with the paths
    /// that messages name, and names and bytes of all files.
    ///
    /// # Errors
    /// [`CriuError::Image`] when one is something else.
    pub fn of(
        inventory: (&Path, &[u8]),
        processes: (&Path, &[u8]),
        files: &[(String, u64)],
    ) -> Result<Self, CriuError> {
        let entries: Vec<Inventory> = decode_bytes(inventory.0, inventory.1, wire::INVENTORY)?;
        let [entry] = entries.as_slice() else {
            return Err(wrong(inventory.0, "it has not one entry"));
        };
        let tree: Vec<Process> = decode_bytes(processes.0, processes.1, wire::PSTREE)?;
        if tree.is_empty() {
            return Err(wrong(processes.0, "it has no process"));
        }
        let mut facts = Self {
            image_version: entry.img_version,
            processes: tree,
            memory: 0,
            bytes: 0,
            tcp_established: false,
            file_locks: false,
            cgroups: false,
            parent: false,
            lsm: entry.lsm.unwrap_or(0),
        };
        for (name, len) in files {
            let len = *len;
            facts.bytes = facts.bytes.saturating_add(len);
            match name
                .split_once(['-', '.'])
                .map_or(&**name, |(kind, _)| kind)
            {
                "pages" => facts.memory = facts.memory.saturating_add(len),
                "tcp" if name.starts_with("tcp-stream-") => facts.tcp_established = true,
                "filelocks" => facts.file_locks |= len > wire::HEADER as u64,
                "cgroup" => facts.cgroups |= len > wire::HEADER as u64,
                "parent" => facts.parent = true,
                _ => {}
            }
        }
        Ok(facts)
    }
}

/// Bytes of memory pages in a directory of images.
pub fn memory_bytes(images: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(images).map_err(at("read", images))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("pages-") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// Permissions of the first process's root directory when it was dumped, which CRIU insists on.
///
/// Engines differ: containers/storage gives it 0555, containerd what the image's layer says.
/// Nothing where the images don't say.
///
/// # Errors
/// [`CriuError::Io`] when an image is missing, [`CriuError::Image`] when one is something else.
pub fn root_mode(images: &Path) -> Result<Option<u32>, CriuError> {
    let processes: Vec<Process> = decode(&images.join("pstree.img"), wire::PSTREE)?;
    let Some(first) = processes.first() else {
        return Ok(None);
    };
    let places: Vec<Place> = decode(&images.join(format!("fs-{}.img", first.pid)), wire::FS)?;
    let files: Vec<OpenFile> = decode(&images.join("files.img"), wire::FILES)?;
    let root = places.first().map(|place| place.root_id);
    let found = files.iter().find(|file| Some(file.id) == root);
    let mode = found.and_then(|file| file.regular?.mode);
    Ok(mode.map(|mode| mode & 0o7777))
}

/// Takes the cgroup state out of the images, so that the processes stay in the cgroup that the
/// runtime puts them into: `cgroup.img` loses its entries and every `core-*.img` its `cg_set`.
///
/// All else is kept byte by byte. Each file is changed at once or not at all, and doing it twice
/// does nothing more, so after an interruption it is simply done again. Returns whether anything
/// was changed.
///
/// # Errors
/// [`CriuError::Image`] when a file is not what its name says.
pub fn empty_cgroup_state(images: &Path) -> Result<bool, CriuError> {
    let mut changed = false;
    let mut names = Vec::new();
    for entry in fs::read_dir(images).map_err(at("read", images))? {
        let name = entry?.file_name();
        if let Some(name) = name.to_str().filter(|name| is_core(name)) {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    for name in names {
        let path = images.join(name);
        let bytes = read_image(&path)?;
        let new = without_cgroup(&bytes).map_err(|why| wrong(&path, why))?;
        changed |= replace(&path, &bytes, &new)?;
    }
    // Last: a cgroup.img that still has entries says that the work is not finished.
    let path = images.join("cgroup.img");
    match read_image(&path) {
        Ok(bytes) => {
            wire::entries(&bytes, wire::CGROUP).map_err(|why| wrong(&path, why))?;
            changed |= replace(&path, &bytes, &bytes[..wire::HEADER])?;
        }
        Err(CriuError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(changed)
}

/// `core-PID.img`.
fn is_core(name: &str) -> bool {
    let pid = name
        .strip_prefix("core-")
        .and_then(|rest| rest.strip_suffix(".img"));
    pid.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()))
}

fn without_cgroup(bytes: &[u8]) -> Result<Vec<u8>, Damage> {
    let mut entries = Vec::new();
    for entry in wire::Entries::of(bytes, wire::CORE)? {
        let (at, entry) = entry?;
        let new = wire::without(entry, &TASK_CGROUP)
            .and_then(|entry| wire::without(&entry, &THREAD_CGROUP))
            .ok_or(undecodable(at))?;
        entries.push(new);
    }
    if entries.is_empty() {
        return Err("it has no entry".into());
    }
    wire::image(wire::CORE, entries.iter().map(Vec::as_slice)).ok_or("it is too large".into())
}

/// An entry whose bytes are no message of its kind.
pub(super) fn undecodable(at: u64) -> Damage {
    Damage {
        at: Some(at),
        why: "an entry can't be decoded",
    }
}

pub(super) fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<bool, CriuError> {
    if old == new {
        return Ok(false);
    }
    write_atomic(path, new, 0o600)?;
    Ok(true)
}

pub(super) fn decode<M: Message + Default>(
    path: &Path,
    magics: &[u32],
) -> Result<Vec<M>, CriuError> {
    decode_bytes(path, &read_image(path)?, magics)
}

/// The entries of an image in memory; `path` is what messages call it.
fn decode_bytes<M: Message + Default>(
    path: &Path,
    bytes: &[u8],
    magics: &[u32],
) -> Result<Vec<M>, CriuError> {
    wire::Entries::of(bytes, magics)
        .map_err(|damage| wrong(path, damage))?
        .map(|entry| {
            let (at, entry) = entry.map_err(|damage| wrong(path, damage))?;
            M::decode(entry).map_err(|_| wrong(path, undecodable(at)))
        })
        .collect()
}

pub(super) fn read_image(path: &Path) -> Result<Vec<u8>, CriuError> {
    let flags =
        i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(io::Error::other)?;
    let file: File = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(at("read", path))?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > IMAGE_LIMIT {
        return Err(wrong(path, "it is no file of reasonable size"));
    }
    let mut bytes = Vec::new();
    file.take(IMAGE_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(at("read", path))?;
    Ok(bytes)
}

pub(super) fn wrong(path: &Path, damage: impl Into<Damage>) -> CriuError {
    let Damage { at, why } = damage.into();
    CriuError::Image {
        path: path.to_owned(),
        offset: at,
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From a dump by runc 1.3.6 with CRIU 4.2.1 of `sh` and a `sleep`; the emptied cores are what
    /// pycriu makes of them when `cg_set` is removed.
    const FILES: [(&str, &[u8]); 5] = [
        ("inventory.img", include_bytes!("testdata/inventory.img")),
        ("pstree.img", include_bytes!("testdata/pstree.img")),
        ("cgroup.img", include_bytes!("testdata/cgroup.img")),
        ("core-1.img", include_bytes!("testdata/core-1.img")),
        ("core-6.img", include_bytes!("testdata/core-6.img")),
    ];

    fn sample() -> tempfile::TempDir {
        let images = tempfile::tempdir().unwrap();
        for (name, bytes) in FILES {
            fs::write(images.path().join(name), bytes).unwrap();
        }
        fs::write(images.path().join("pages-1.img"), [0; 8192]).unwrap();
        images
    }

    #[test]
    fn facts_of_a_real_dump() {
        let images = sample();
        let facts = ImageFacts::read(images.path()).unwrap();
        assert_eq!(facts.image_version, 2);
        let pids: Vec<_> = facts
            .processes
            .iter()
            .map(|process| (process.pid, process.ppid))
            .collect();
        assert_eq!(pids, [(1, 0), (6, 1)]);
        assert_eq!(facts.processes[0].threads, [1]);
        assert_eq!(facts.memory, 8192);
        assert_eq!(memory_bytes(images.path()).unwrap(), 8192);
        assert!(facts.cgroups && !facts.tcp_established && !facts.file_locks && !facts.parent);
        fs::write(images.path().join("tcp-stream-1f.img"), b"x").unwrap();
        assert!(ImageFacts::read(images.path()).unwrap().tcp_established);
        fs::remove_file(images.path().join("inventory.img")).unwrap();
        let error = ImageFacts::read(images.path()).unwrap_err().to_string();
        assert!(
            error.contains("inventory.img") && error.contains("No such file"),
            "{error}"
        );
    }

    #[test]
    fn the_roots_permissions_are_found() {
        let images = sample();
        assert!(root_mode(images.path()).is_err());
        // From a dump of containerd 2.1.
        let fs_image = include_bytes!("testdata/fs-1.img");
        fs::write(images.path().join("fs-1.img"), fs_image).unwrap();
        let files = include_bytes!("testdata/files.img");
        fs::write(images.path().join("files.img"), files).unwrap();
        assert_eq!(root_mode(images.path()).unwrap(), Some(0o755));
        fs::write(images.path().join("files.img"), &files[..8]).unwrap();
        assert_eq!(root_mode(images.path()).unwrap(), None);
    }

    #[test]
    fn cgroup_state_goes_as_pycriu_removes_it() {
        let images = sample();
        assert!(empty_cgroup_state(images.path()).unwrap());
        let read = |name: &str| fs::read(images.path().join(name)).unwrap();
        assert_eq!(
            read("core-1.img"),
            include_bytes!("testdata/core-1.emptied.img")
        );
        assert_eq!(
            read("core-6.img"),
            include_bytes!("testdata/core-6.emptied.img")
        );
        assert_eq!(read("cgroup.img"), FILES[2].1[..8]);
        assert!(!ImageFacts::read(images.path()).unwrap().cgroups);
        assert!(!empty_cgroup_state(images.path()).unwrap());
        assert_eq!(fs::read_dir(images.path()).unwrap().count(), 6);
        fs::remove_file(images.path().join("cgroup.img")).unwrap();
        assert!(!empty_cgroup_state(images.path()).unwrap());
    }

    #[test]
    fn broken_images_are_errors() {
        for (name, bytes) in FILES {
            for len in 0..bytes.len() {
                // An image that ends between entries is one with fewer entries.
                let whole = len > 8 && wire::entries(&bytes[..len], wire::PSTREE).is_ok()
                    || len == 8 && name == "cgroup.img";
                let images = sample();
                fs::write(images.path().join(name), &bytes[..len]).unwrap();
                let failed = empty_cgroup_state(images.path()).is_err()
                    || ImageFacts::read(images.path()).is_err();
                assert!(failed || whole, "{name} cut to {len}");
            }
        }
        let images = sample();
        fs::remove_file(images.path().join("core-1.img")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", images.path().join("core-1.img")).unwrap();
        assert!(empty_cgroup_state(images.path()).is_err());
    }
}
