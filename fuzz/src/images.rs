//! CRIU's images, each by itself and all of them together, from memory and from a directory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use libcr::criu::contents::{self, Contents, ImageSource, Look, Part};
use libcr::criu::{CriuError, ImageFacts, images, stats};

use crate::{parts, scratch};

/// The images that can be told apart by a byte, in the order of the corpus: new ones go to the end.
pub const NAMES: [&str; 48] = [
    "inventory.img",
    "pstree.img",
    "core-1.img",
    "core-2.img",
    "core-6.img",
    "ids-1.img",
    "ids-2.img",
    "mm-1.img",
    "mm-2.img",
    "fs-1.img",
    "fs-2.img",
    "files.img",
    "fdinfo-2.img",
    "fdinfo-3.img",
    "pagemap-1.img",
    "pagemap-2.img",
    "pages-1.img",
    "pages-2.img",
    "pagemap-shmem-1.img",
    "pagemap-shmem-2.img",
    "cgroup.img",
    "creds-1.img",
    "creds-2.img",
    "remap-fpath.img",
    "memfd.img",
    "tcp-stream-1.img",
    "filelocks.img",
    "stats-dump",
    "reg-files.img",
    "pipes.img",
    "fifo.img",
    "inetsk.img",
    "unixsk.img",
    "eventfd.img",
    "eventpoll.img",
    "inotify.img",
    "signalfd.img",
    "packetsk.img",
    "tty.img",
    "fanotify.img",
    "netlinksk.img",
    "ns-files.img",
    "tunfile.img",
    "ext-files.img",
    "timerfd.img",
    "seccomp.img",
    "tty-info.img",
    "mountpoints-13.img",
];

/// The directory that the images build upon: a byte with its highest bit names one there.
const PARENT: &str = "pre-checkpoint";

/// Images in memory.
struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    fn of(data: &[u8]) -> Self {
        let mut files = BTreeMap::new();
        for (choice, bytes) in parts::split(data) {
            let Some(name) = NAMES.get(usize::from(choice & 0x7f)) else {
                continue;
            };
            let name = if choice & 0x80 == 0 {
                (*name).to_owned()
            } else {
                contents::join(PARENT, name)
            };
            files.insert(name, bytes.to_vec());
        }
        Self { files }
    }

    fn has_parent(&self) -> bool {
        self.files.keys().any(|name| name.starts_with(PARENT))
    }

    /// The same as files.
    fn write(&self, directory: &Path) {
        if self.has_parent() {
            fs::create_dir(directory.join(PARENT)).expect("a directory can be made");
            let link = directory.join("parent");
            std::os::unix::fs::symlink(PARENT, link).expect("a link can be made");
        }
        for (name, bytes) in &self.files {
            fs::write(directory.join(name), bytes).expect("there is room");
        }
    }
}

impl ImageSource for Memory {
    fn root(&self) -> String {
        String::new()
    }

    fn parent(&self, directory: &str) -> Option<String> {
        (directory.is_empty() && self.has_parent()).then(|| PARENT.to_owned())
    }

    fn list(&self, directory: &str) -> Vec<(String, u64)> {
        let list = self.files.iter().filter_map(|(name, bytes)| {
            let name = if directory.is_empty() {
                Some(&**name).filter(|name| !name.contains('/'))
            } else {
                name.strip_prefix(directory)?.strip_prefix('/')
            };
            Some((name?.to_owned(), bytes.len() as u64))
        });
        list.collect()
    }

    fn shown(&self, image: &str) -> PathBuf {
        image.into()
    }

    fn read(&mut self, image: &str, limit: u64) -> Result<Option<Vec<u8>>, CriuError> {
        let bytes = self.files.get(image).cloned();
        Ok(bytes.filter(|bytes| bytes.len() as u64 <= limit))
    }

    fn read_parts(&mut self, wanted: &[Part]) -> Result<Vec<Vec<u8>>, CriuError> {
        let part = |part: &Part| {
            let bytes = self.files.get(&part.image).map_or(&[][..], |bytes| bytes);
            let from = usize::try_from(part.offset).unwrap_or(usize::MAX);
            let bytes = bytes.get(from..).unwrap_or_default();
            bytes[..part.len.min(bytes.len())].to_vec()
        };
        Ok(wanted.iter().map(part).collect())
    }
}

/// Images of a checkpoint, each a part of the input whose first byte is a place in [`NAMES`].
///
/// # Panics
/// When a rule is broken.
pub fn criu_images(data: &[u8]) {
    let mut memory = Memory::of(data);
    let look = Look::into(&mut memory, true);
    assert_eq!(look, Look::into(&mut memory, true));
    let file = |name: &str| memory.files.get(name).map_or(&[][..], |bytes| bytes);
    let _ = stats::parse_dump(file("stats-dump"), Path::new("stats-dump"));
    let of = ImageFacts::of(
        (Path::new("inventory.img"), file("inventory.img")),
        (Path::new("pstree.img"), file("pstree.img")),
        &memory.list(""),
    );

    let directory = scratch();
    let path = directory.path();
    memory.write(path);
    let read = ImageFacts::read(path);
    assert!(read.is_err() || of.is_ok());
    let _ = images::run_id(path);
    let _ = images::root_mode(path);
    let _ = contents::check_pages(path);
    if let Ok(contents) = Contents::read(path) {
        for task in &contents.tasks {
            if let Ok(memory) = contents.memory(task.pid)
                && memory.pages() < 1 << 16
            {
                let counts = memory.compare(&memory);
                let whole = counts.is_ok_and(|counts| counts.same == memory.pages());
                assert!(whole, "memory differs from itself");
            }
        }
        let _ = contents.shared();
    }
    if images::empty_cgroup_state(path).is_ok() {
        let again = images::empty_cgroup_state(path).expect("it went well before");
        assert!(!again, "nothing was left to take out");
        assert!(!ImageFacts::read(path).is_ok_and(|facts| facts.cgroups));
    }
}
