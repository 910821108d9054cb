//! Blobs by their digest: `<root>/images/blobs/sha256/<64 hex digits>`, as in an OCI image layout:
//! configurations, manifests, and the layers of checkpoint images, which are read from here and
//! never unpacked into the store of layers.
//!
//! What is being written is `.partial-*`, which its process holds a `flock` on; what is forgotten of
//! these is swept when the store is opened.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::PathBuf;

use rustix::fs::FlockOperation;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::compression::Checked;
use super::{ImageError, digest_hex, digest_of, digest_text};
use crate::sys::dir;

const PARTIAL: &str = ".partial-";

/// The store.
#[derive(Debug, Clone)]
pub struct BlobStore {
    root: PathBuf,
}

impl BlobStore {
    /// Opens `<root>/images`, creating what is missing.
    pub fn open(images: impl Into<PathBuf>) -> Result<Self, ImageError> {
        let root = images.into().join("blobs/sha256");
        fs::create_dir_all(&root).map_err(ImageError::io("create", &root))?;
        let store = Self { root };
        store.sweep()?;
        Ok(store)
    }

    /// Removes what writers that died left.
    fn sweep(&self) -> Result<(), ImageError> {
        let entries = fs::read_dir(&self.root).map_err(ImageError::io("list", &self.root))?;
        for entry in entries.flatten() {
            let partial = entry.file_name().to_string_lossy().starts_with(PARTIAL);
            let Some(file) = partial.then(|| File::open(entry.path()).ok()).flatten() else {
                continue;
            };
            if rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
                dir::remove_file_if_present(&entry.path())
                    .map_err(ImageError::io("remove", &entry.path()))?;
            }
        }
        Ok(())
    }

    /// Begins a blob whose digest will be known at its end.
    ///
    /// # Errors
    /// [`ImageError::Io`] when there is no place for it.
    pub fn writer(&self) -> Result<BlobWriter, ImageError> {
        let file = tempfile::Builder::new()
            .prefix(PARTIAL)
            .tempfile_in(&self.root)
            .map_err(ImageError::io("create a blob in", &self.root))?;
        rustix::fs::flock(file.as_file(), FlockOperation::NonBlockingLockExclusive)
            .map_err(|errno| ImageError::io("lock a blob in", &self.root)(errno.into()))?;
        Ok(BlobWriter {
            root: self.root.clone(),
            file,
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// The bytes of a digest as a stream. Reading fails with [`io::ErrorKind::InvalidData`] at its
    /// end when they are not what the digest says.
    ///
    /// # Errors
    /// [`ImageError::NoSuchBlob`].
    pub fn open_blob(&self, digest: &str) -> Result<impl Read + Send + use<>, ImageError> {
        let path = self.root.join(digest_hex(digest)?);
        let file = File::open(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ImageError::NoSuchBlob {
                digest: digest.to_owned(),
            },
            _ => ImageError::io("read", &path)(source),
        })?;
        Ok(Checked::new(file, digest))
    }

    /// Bytes of a blob; `None` when it isn't there.
    pub fn size(&self, digest: &str) -> Option<u64> {
        let path = self.root.join(digest_hex(digest).ok()?);
        let facts = fs::metadata(path).ok()?;
        facts.is_file().then_some(facts.len())
    }

    /// Keeps bytes and returns their digest, `sha256:…`.
    pub fn write(&self, bytes: &[u8]) -> Result<String, ImageError> {
        let digest = digest_of(bytes);
        let path = self.root.join(digest_hex(&digest)?);
        // What is there may be from a disk that lost it: believed only when it is right.
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok(digest);
        }
        dir::write_atomic(&path, bytes, 0o644).map_err(|source| ImageError::Io {
            doing: format!("keep blob {digest}"),
            source,
        })?;
        Ok(digest)
    }

    /// The bytes of a digest.
    ///
    /// # Errors
    /// [`ImageError::NoSuchBlob`], or [`ImageError::DigestMismatch`] when they were damaged.
    pub fn read(&self, digest: &str) -> Result<Vec<u8>, ImageError> {
        let path = self.root.join(digest_hex(digest)?);
        let bytes = fs::read(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ImageError::NoSuchBlob {
                digest: digest.to_owned(),
            },
            _ => ImageError::io("read", &path)(source),
        })?;
        let actual = digest_of(&bytes);
        if actual == digest {
            return Ok(bytes);
        }
        Err(ImageError::DigestMismatch {
            expected: digest.to_owned(),
            actual,
        })
    }

    /// The digests of all that is kept.
    pub fn list(&self) -> Result<Vec<String>, ImageError> {
        let wrap = || ImageError::io("list", &self.root);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(wrap())? {
            let name = entry.map_err(wrap())?.file_name();
            let digest = format!("sha256:{}", name.to_string_lossy());
            if digest_hex(&digest).is_ok() {
                found.push(digest);
            }
        }
        Ok(found)
    }

    /// Removes a blob; that it was not there is fine.
    pub fn remove(&self, digest: &str) -> Result<(), ImageError> {
        let path = self.root.join(digest_hex(digest)?);
        dir::remove_file_if_present(&path).map_err(|source| ImageError::Io {
            doing: "remove blob".into(),
            source,
        })
    }
}

/// A blob in the making; dropped, it goes.
#[derive(Debug)]
pub struct BlobWriter {
    root: PathBuf,
    file: NamedTempFile,
    hash: Sha256,
    size: u64,
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl BlobWriter {
    /// Puts the blob on disk under its name, and returns its digest and its length in bytes.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn finish(self) -> io::Result<(String, u64)> {
        let digest = digest_text(&self.hash.finalize());
        let path = self.root.join(digest.trim_start_matches("sha256:"));
        self.file.as_file().sync_all()?;
        // What is there already may be from a disk that lost it.
        self.file.persist(&path).map_err(|error| error.error)?;
        dir::sync_parent(&path)?;
        Ok((digest, self.size))
    }

    /// The whole blob as a file without a name, its digest and its length: the store doesn't keep it.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn finish_nameless(mut self) -> io::Result<(File, String, u64)> {
        self.file.flush()?;
        let digest = digest_text(&self.hash.finalize());
        Ok((self.file.into_file(), digest, self.size))
    }

    /// As [`Self::finish`], unless it is another blob than `expected`.
    ///
    /// # Errors
    /// [`ImageError::DigestMismatch`]; nothing is kept then.
    pub fn finish_as(self, expected: &str) -> Result<u64, ImageError> {
        let actual = digest_text(&self.hash.clone().finalize());
        if actual != expected {
            let expected = expected.to_owned();
            return Err(ImageError::DigestMismatch { expected, actual });
        }
        let (_, size) = self.finish().map_err(|source| ImageError::Io {
            doing: format!("keep blob {expected}"),
            source,
        })?;
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_kept_when_it_is_whole() {
        let root = tempfile::tempdir().unwrap();
        let store = BlobStore::open(root.path()).unwrap();
        let mut writer = store.writer().unwrap();
        writer.write_all(b"hello").unwrap();
        // In use: another opening leaves it alone.
        BlobStore::open(root.path()).unwrap();
        let (digest, size) = writer.finish().unwrap();
        assert_eq!((size, store.size(&digest)), (5, Some(5)));
        let mut text = String::new();
        store
            .open_blob(&digest)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "hello");
        let mut other = store.writer().unwrap();
        other.write_all(b"hollo").unwrap();
        assert!(matches!(
            other.finish_as(&digest),
            Err(ImageError::DigestMismatch { .. })
        ));
        fs::write(root.path().join("blobs/sha256").join(&digest[7..]), "hollo").unwrap();
        let read = store.open_blob(&digest).unwrap().read_to_string(&mut text);
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let left = root.path().join("blobs/sha256/.partial-x");
        fs::write(&left, "x").unwrap();
        let store = BlobStore::open(root.path()).unwrap();
        assert!(!left.exists());
        assert!(store.size("sha256:../x").is_none());
    }

    #[test]
    fn blobs_are_kept_verified_and_removed() {
        let root = tempfile::tempdir().unwrap();
        let store = BlobStore::open(root.path()).unwrap();
        let digest = store.write(b"hello").unwrap();
        assert_eq!(store.write(b"hello").unwrap(), digest);
        assert_eq!(store.read(&digest).unwrap(), b"hello");
        let path = root.path().join("blobs/sha256").join(&digest[7..]);
        fs::write(&path, "other").unwrap();
        assert!(matches!(
            store.read(&digest),
            Err(ImageError::DigestMismatch { .. })
        ));
        store.write(b"hello").unwrap();
        assert_eq!(store.read(&digest).unwrap(), b"hello");
        assert_eq!(store.list().unwrap(), [digest.as_str()]);
        store.remove(&digest).unwrap();
        store.remove(&digest).unwrap();
        assert!(matches!(
            store.read(&digest),
            Err(ImageError::NoSuchBlob { .. })
        ));
        assert!(matches!(
            store.read("sha256:../../x"),
            Err(ImageError::BadDigest { .. })
        ));
    }
}
