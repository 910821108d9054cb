//! Configurations and manifests by their digest: `<root>/images/blobs/sha256/<64 hex digits>`, as in
//! an OCI image layout. Layers are not kept here.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::{ImageError, digest_hex, digest_of};
use crate::sys::dir;

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
        Ok(Self { root })
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

#[cfg(test)]
mod tests {
    use super::*;

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
