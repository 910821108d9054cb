//! What a tree's tar holds, by path, so that two can be compared without unpacking either.

use std::collections::BTreeMap;
use std::io::Read;

use super::StorageError;
use super::decompress::Plain;
use super::diff::encode_name;
use super::node::Kind;
use super::tar::reader::TarReader;

/// Most members that are looked at.
const MEMBER_LIMIT: usize = 4 << 20;
const BUFFER: usize = 128 << 10;

/// BLAKE3 of a member's type, permissions, owner, attributes and data, and for all but directories
/// of its time (a directory's changes with every file that comes or goes in it).
pub type Fingerprint = [u8; 32];

/// The members of a tar, plain or compressed, by absolute path; of its plain form at most `limit`
/// bytes are read.
///
/// # Errors
/// [`StorageError::Tar`] when it is none, or holds more members than anybody's root does.
pub fn fingerprints(
    tar: impl Read,
    limit: u64,
) -> Result<BTreeMap<String, Fingerprint>, StorageError> {
    let mut tar = TarReader::new(Plain::open(tar)?.take(limit));
    let mut found = BTreeMap::new();
    let mut buffer = vec![0; BUFFER];
    while let Some(mut member) = tar.next_member()? {
        if member.kind == Kind::Directory {
            member.attrs.mtime = (0, 0);
        }
        let facts = format!("{:?}{:?}{:?}", member.kind, member.attrs, member.segments);
        let mut hasher = blake3::Hasher::new();
        hasher.update(facts.as_bytes());
        loop {
            let read = tar.read(&mut buffer).map_err(|source| StorageError::Io {
                doing: "read a tar archive".into(),
                source,
            })?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
        }
        if found.len() == MEMBER_LIMIT {
            return Err(StorageError::tar("it has too many members"));
        }
        let name = encode_name(&member.path);
        let name = name.trim_start_matches("./").trim_matches('/');
        found.insert(format!("/{name}"), *hasher.finalize().as_bytes());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::tree::TarPlan;
    use std::fs;

    #[test]
    fn what_changed_has_another_fingerprint() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let path = |name: &str| root.path().join(name);
        fs::create_dir(path("directory"))?;
        for name in ["directory/a", "b", "c"] {
            fs::write(path(name), vec![b'x'; 300_000])?;
        }
        let taken = || -> Result<BTreeMap<String, Fingerprint>, Box<dyn std::error::Error>> {
            let mut tar = Vec::new();
            TarPlan::of_tree(root.path(), "./")?.write_to(&mut tar)?;
            Ok(fingerprints(tar.as_slice(), u64::MAX)?)
        };
        let before = taken()?;
        assert!(before.contains_key("/directory/a"), "{:?}", before.keys());
        assert_eq!(before, taken()?);
        // Same length, same time.
        let time = fs::metadata(path("b"))?.modified()?;
        let mut content = vec![b'x'; 300_000];
        content[299_999] = b'y';
        fs::write(path("b"), content)?;
        fs::File::options()
            .write(true)
            .open(path("b"))?
            .set_modified(time)?;
        fs::remove_file(path("directory/a"))?;
        let after = taken()?;
        assert_ne!(before["/b"], after["/b"]);
        assert_eq!(before["/c"], after["/c"]);
        assert_eq!(before["/directory"], after["/directory"]);
        assert!(!after.contains_key("/directory/a"));
        assert!(fingerprints(&[1_u8; 512][..], u64::MAX).is_err());
        Ok(())
    }
}
