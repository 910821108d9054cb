//! `diff`: what a container changed in its root file system.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Rootfs;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::rootfs;
use crate::storage::diff::{Change, RootfsDiff, encode_name};

/// What became of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The image has something else there, or what is below it changed.
    Modified,
    /// The image has nothing there.
    Added,
    /// Only the image has it.
    Deleted,
}

impl Kind {
    /// `C`, `A`, `D`.
    pub fn letter(self) -> char {
        match self {
            Self::Modified => 'C',
            Self::Added => 'A',
            Self::Deleted => 'D',
        }
    }
}

/// All that a container changed, by absolute path, names that are no UTF-8 through [`encode_name`].
/// The container is not stopped: what it changes meanwhile may be in or not.
///
/// # Errors
/// [`Error::Invalid`] for a container without an image: there is nothing to compare with.
pub fn diff(engine: &Engine, word: &str) -> Result<BTreeMap<String, Kind>> {
    let id = engine.find(word)?.config.id;
    // A restore replaces the files.
    let (_lock, container) = claim(engine, &id)?;
    if matches!(container.config.rootfs, Rootfs::Directory(_)) {
        return Err(Error::Invalid(format!(
            "container {id} was made of a directory: it has no image to compare with"
        )));
    }
    let upper = rootfs::paths(engine, &container.config).upper;
    if !upper.exists() {
        return Ok(BTreeMap::new());
    }
    let lowers = rootfs::lowers(engine, &container.config)?;
    Ok(of(&RootfsDiff::scan(&upper, &lowers)?))
}

fn of(diff: &RootfsDiff) -> BTreeMap<String, Kind> {
    let mut found = BTreeMap::new();
    for path in &diff.deleted {
        found.insert(absolute(path), Kind::Deleted);
    }
    for entry in &diff.entries {
        let kind = match entry.change {
            Change::Added => Kind::Added,
            Change::Modified => Kind::Modified,
        };
        found.insert(absolute(&entry.path), kind);
    }
    // As Podman has it, a directory changes with what is in it, also where its own time does not.
    let paths = diff.entries.iter().map(|entry| entry.path.as_path());
    for path in paths.chain(diff.deleted.iter().map(AsRef::as_ref)) {
        for above in path.ancestors().skip(1) {
            found.entry(absolute(above)).or_insert(Kind::Modified);
        }
    }
    found.remove("/");
    found
}

fn absolute(path: &Path) -> String {
    format!("/{}", encode_name(path.as_os_str().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn directories_change_with_what_is_in_them() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (upper, lower) = (folder.path().join("upper"), folder.path().join("lower"));
        for directory in [upper.join("a/b"), lower.join("a/b")] {
            fs::create_dir_all(&directory)?;
        }
        fs::write(lower.join("a/b/old"), "1")?;
        fs::write(upper.join("a/b/old"), "22")?;
        fs::create_dir(upper.join("new"))?;
        fs::write(upper.join("new/file"), "")?;
        // As if nothing had touched them: overlayfs copies a directory up with its times.
        let time = fs::FileTimes::new().set_modified(fs::metadata(lower.join("a"))?.modified()?);
        fs::File::open(upper.join("a"))?.set_times(time)?;
        let found = of(&RootfsDiff::scan(&upper, &[lower])?);
        let found: Vec<(&str, char)> = found
            .iter()
            .map(|(path, kind)| (path.as_str(), kind.letter()))
            .collect();
        let expected = [
            ("/a", 'C'),
            ("/a/b", 'C'),
            ("/a/b/old", 'C'),
            ("/new", 'A'),
            ("/new/file", 'A'),
        ];
        assert_eq!(found, expected);
        Ok(())
    }
}
