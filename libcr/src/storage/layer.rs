//! The store of unpacked image layers: `<root>/layers/<64 hex digits of the diff-id>/`.
//!
//! A layer is there wholly or not at all: it is unpacked into `.partial-*`, which its process holds
//! a `flock` on, synced and renamed. `.lock` is held only while a partial directory is created or
//! swept. Nothing here counts who uses a layer: that is the database's.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;
use rustix::io::Errno;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::StorageError;
use super::apply::{Limits, Whiteouts};
use super::decompress::Plain;
use super::tar::reader::TarReader;
use super::unpack::Unpacker;
use crate::sys::machine;

const PARTIAL: &str = ".partial-";
/// Most members of a layer.
const MOST_FILES: u64 = 10_000_000;
/// Most bytes behind a layer's end mark: padding up to a record.
const MOST_TRAILER: u64 = 16 << 20;
/// Mode of the root directory of every layer.
const ROOT_MODE: u32 = 0o555;

/// A layer in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// `sha256:` and the hexadecimal digest of the uncompressed tar.
    pub diff_id: String,
    /// Bytes of file data in it, holes not counted.
    pub size: u64,
    /// Length of the uncompressed tar in bytes.
    pub tar_size: u64,
}

/// The store.
#[derive(Debug, Clone)]
pub struct LayerStore {
    root: PathBuf,
}

impl LayerStore {
    /// Opens the store in `root` (`<root>/layers`), creating it with mode 0700, and removes what
    /// imports that died left behind.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, StorageError> {
        let store = Self { root: root.into() };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&store.root)
            .map_err(StorageError::io("create", &store.root))?;
        store.sweep()?;
        Ok(store)
    }

    /// The store in `root` as it is, for looking: nothing is made or removed, and it need not be there.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Unpacks a layer tar, plain or compressed with gzip or zstd, in one pass.
    ///
    /// The diff-id is computed on the way. When the layer is in the store already, the new copy is
    /// dropped. On an error nothing remains.
    pub fn import(&self, tar: impl Read) -> Result<Layer, StorageError> {
        self.import_as(tar, None)
    }

    /// The same, and [`StorageError::DigestMismatch`] unless its diff-id is `expected`.
    pub fn import_verified(&self, tar: impl Read, expected: &str) -> Result<Layer, StorageError> {
        hex(expected)?;
        self.import_as(tar, Some(expected))
    }

    fn import_as(&self, tar: impl Read, expected: Option<&str>) -> Result<Layer, StorageError> {
        let (partial, directory) = self.partial()?;
        let hashed = Hashed {
            stream: Plain::open(tar)?,
            hash: Sha256::new(),
            length: 0,
        };
        let mut tar = TarReader::new(hashed);
        let limits = Limits {
            members: MOST_FILES,
            bytes: machine::free_space(&self.root).map_err(StorageError::io("use", &self.root))?,
        };
        let mut unpacker = Unpacker::new(&directory, Whiteouts::Overlay, true, limits);
        unpacker.run(&mut tar)?;
        let mut rest = tar.into_inner();
        // What follows the end marker belongs to the digest, and damage there must be found.
        let mut trailer = (&mut rest).take(MOST_TRAILER);
        let count = io::copy(&mut trailer, &mut io::sink()).map_err(|source| StorageError::Io {
            doing: "read archive".into(),
            source,
        })?;
        if count == MOST_TRAILER {
            return Err(StorageError::tar("there is more after its end"));
        }
        let digest = hex_text(&rest.hash.finalize());
        let diff_id = format!("sha256:{digest}");
        if let Some(expected) = expected.filter(|expected| *expected != diff_id) {
            return Err(StorageError::DigestMismatch {
                expected: expected.to_owned(),
                actual: diff_id,
            });
        }
        let layer = Layer {
            diff_id,
            size: unpacker.bytes(),
            tar_size: rest.length,
        };
        // Whatever the tar says of its root: containers/storage gives every container's root this
        // mode, and CRIU insists on the mode of what a process has open.
        rustix::fs::fchmod(&directory, rustix::fs::Mode::from_raw_mode(ROOT_MODE))
            .map_err(|errno| StorageError::io("protect", &self.root)(errno.into()))?;
        rustix::fs::syncfs(&directory)
            .map_err(|errno| StorageError::io("sync", &self.root)(errno.into()))?;
        let place = self.root.join(&digest);
        match fs::rename(partial.path(), &place) {
            Ok(()) => {
                // Renamed: nothing left for the guard to remove.
                let _ = partial.keep();
                self.sync()?;
            }
            Err(error) if place.is_dir() => {
                tracing::debug!(layer = %layer.diff_id, %error, "layer is in the store already");
            }
            Err(error) => return Err(StorageError::io("create", &place)(error)),
        }
        Ok(layer)
    }

    /// Where the layer is, to be a lower directory of an overlay mount.
    ///
    /// # Errors
    /// [`StorageError::NoSuchLayer`], or [`StorageError::BadDiffId`] for text that is no digest.
    pub fn path(&self, diff_id: &str) -> Result<PathBuf, StorageError> {
        let path = self.root.join(hex(diff_id)?);
        if path.is_dir() {
            return Ok(path);
        }
        Err(StorageError::NoSuchLayer {
            diff_id: diff_id.to_owned(),
        })
    }

    /// Removes a layer. At once gone from the list, also when the removal itself is interrupted.
    pub fn remove(&self, diff_id: &str) -> Result<(), StorageError> {
        let path = self.path(diff_id)?;
        let (partial, _held) = self.partial()?;
        let doomed = partial.path().join("layer");
        fs::rename(&path, &doomed).map_err(StorageError::io("remove", &path))?;
        self.sync()?;
        partial.close().map_err(StorageError::io("remove", &path))
    }

    /// The diff-ids of all layers, sorted.
    pub fn list(&self) -> Result<Vec<String>, StorageError> {
        let wrap = || StorageError::io("list", &self.root);
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(wrap())? {
            let name = entry.map_err(wrap())?.file_name();
            let diff_id = format!("sha256:{}", name.to_string_lossy());
            if hex(&diff_id).is_ok() {
                ids.push(diff_id);
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// A directory of our own to prepare something in, and the open directory that holds its lock.
    fn partial(&self) -> Result<(TempDir, File), StorageError> {
        let wrap = || StorageError::io("create a directory in", &self.root);
        let _guard = self.lock()?;
        let partial = tempfile::Builder::new()
            .prefix(PARTIAL)
            .tempdir_in(&self.root)
            .map_err(wrap())?;
        fs::set_permissions(partial.path(), fs::Permissions::from_mode(0o755)).map_err(wrap())?;
        let directory = File::open(partial.path()).map_err(wrap())?;
        rustix::fs::flock(&directory, FlockOperation::LockExclusive)
            .map_err(|errno| wrap()(errno.into()))?;
        Ok((partial, directory))
    }

    /// Removes partial directories that no living process holds.
    fn sweep(&self) -> Result<(), StorageError> {
        let wrap = || StorageError::io("sweep", &self.root);
        let _guard = self.lock()?;
        for (path, _held) in self.unheld()? {
            tracing::info!(path = %path.display(), "removing an unfinished layer");
            crate::sys::dir::remove_dir_if_present(&path).map_err(wrap())?;
        }
        Ok(())
    }

    /// Partial directories that no living process holds.
    pub fn forgotten(&self) -> Result<Vec<PathBuf>, StorageError> {
        if !self.root.is_dir() {
            return Ok(Vec::new());
        }
        let _guard = self.lock()?;
        let unheld = self.unheld()?;
        Ok(unheld.into_iter().map(|(path, _)| path).collect())
    }

    /// The same with the lock on each; the caller holds that of the store.
    fn unheld(&self) -> Result<Vec<(PathBuf, File)>, StorageError> {
        let wrap = || StorageError::io("sweep", &self.root);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(wrap())? {
            let entry = entry.map_err(wrap())?;
            if !entry.file_name().to_string_lossy().starts_with(PARTIAL) {
                continue;
            }
            let directory = match File::open(entry.path()) {
                // Its owner has just renamed or removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                result => result.map_err(wrap())?,
            };
            match rustix::fs::flock(&directory, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => found.push((entry.path(), directory)),
                Err(Errno::WOULDBLOCK) => {}
                Err(errno) => return Err(wrap()(errno.into())),
            }
        }
        Ok(found)
    }

    fn lock(&self) -> Result<File, StorageError> {
        let path = self.root.join(".lock");
        let lock = || -> io::Result<File> {
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)?;
            rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
            Ok(file)
        };
        lock().map_err(StorageError::io("lock", &path))
    }

    fn sync(&self) -> Result<(), StorageError> {
        File::open(&self.root)
            .and_then(|directory| directory.sync_all())
            .map_err(StorageError::io("sync", &self.root))
    }
}

fn hex_text(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The digits of a diff-id.
fn hex(diff_id: &str) -> Result<&Path, StorageError> {
    let digits = diff_id.strip_prefix("sha256:").filter(|digits| {
        digits.len() == 64
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    });
    digits
        .map(Path::new)
        .ok_or_else(|| StorageError::BadDiffId {
            diff_id: diff_id.to_owned(),
        })
}

/// A stream that is hashed and counted while it is read.
struct Hashed<R> {
    stream: R,
    hash: Sha256,
    length: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.length += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
#[path = "tests/layer.rs"]
mod tests;
