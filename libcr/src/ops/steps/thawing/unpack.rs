//! An archive becomes the directory of a new container: read in one pass, checked while read,
//! unpacked beside and renamed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use rustix::fs::{FlockOperation, flock};

use crate::archive::{Header, Limits, Opening, PartSource, Reader, Selection};
use crate::engine::Engine;
use crate::error::Result;
use crate::model::id;
use crate::seal::Keys;
use crate::sys::dir::{at, remove_dir_if_present};
use crate::sys::machine;

const PREFIX: &str = ".import-";

/// A directory that an archive is being unpacked to. Dropped, it goes.
#[derive(Debug)]
pub struct Staging {
    path: PathBuf,
    handle: Dir,
    // Held while this process lives: how a sweep tells a forgotten directory from one in use.
    _lock: File,
}

impl Staging {
    /// Makes one beside the containers' directories.
    pub fn make(engine: &Engine) -> Result<Self> {
        let name = format!(
            "{PREFIX}{}",
            id::short(&id::from_random(machine::random()?))
        );
        let path = engine.config.root.join("containers").join(name);
        // Between its making and its lock no sweep may see it.
        let _no_sweep = lock_containers(engine)?;
        fs::create_dir(&path).map_err(at("make", &path))?;
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let lock = File::open(&path).map_err(at("open", &path))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(std::io::Error::from)?;
        let handle =
            Dir::open_ambient_dir(&path, ambient_authority()).map_err(at("open", &path))?;
        Ok(Self {
            path,
            handle,
            _lock: lock,
        })
    }

    /// What is unpacked goes below this handle.
    pub fn handle(&self) -> &Dir {
        &self.handle
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name at last: the bundle of a container.
    pub fn promote(self, bundle: &Path) -> Result<()> {
        fs::rename(&self.path, bundle).map_err(at("rename", &self.path))?;
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = remove_dir_if_present(&self.path) {
            tracing::warn!(%error, "staging directory");
        }
    }
}

fn lock_containers(engine: &Engine) -> Result<File> {
    let containers = engine.config.root.join("containers");
    let directory = File::open(&containers).map_err(at("open", &containers))?;
    flock(&directory, FlockOperation::LockExclusive).map_err(std::io::Error::from)?;
    Ok(directory)
}

/// Removes directories of imports whose process is gone.
pub fn sweep(engine: &Engine) -> Result<()> {
    for (path, _held) in unheld(engine)? {
        remove_dir_if_present(&path)?;
    }
    Ok(())
}

/// Directories of imports whose process is gone.
pub fn forgotten(engine: &Engine) -> Result<Vec<PathBuf>> {
    let unheld = unheld(engine)?;
    Ok(unheld.into_iter().map(|(path, _)| path).collect())
}

fn unheld(engine: &Engine) -> Result<Vec<(PathBuf, File)>> {
    let containers = engine.config.root.join("containers");
    let entries = fs::read_dir(&containers).map_err(at("list", &containers))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let is_staging = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with(PREFIX)
    };
    let staging: Vec<PathBuf> = paths.filter(is_staging).collect();
    if staging.is_empty() {
        return Ok(Vec::new());
    }
    let _nobody_makes_one = lock_containers(engine)?;
    let held = |path: PathBuf| {
        let directory = File::open(&path).ok()?;
        flock(&directory, FlockOperation::NonBlockingLockExclusive).ok()?;
        Some((path, directory))
    };
    Ok(staging.into_iter().filter_map(held).collect())
}

/// Bytes that what an archive says of itself may take: with less, nothing can be read.
const LEAST_SPACE: u64 = 1 << 18;

/// Opens an archive and reads what it says of itself; nothing is made but in `staging`.
///
/// The file system's free space bounds what it may unpack to.
pub fn open(
    path: &Path,
    keys: &Keys,
    staging: &Staging,
    selection: Selection,
) -> Result<(Reader, Header)> {
    let opening = opening(staging, keys)?;
    let reader = if path == Path::new("-") {
        Reader::from_stream(std::io::stdin(), "standard input".to_owned(), opening)?
    } else {
        Reader::open(path, opening)?
    };
    with_header(reader, staging, selection)
}

/// The same of an archive in parts, which messages call `name`.
pub fn open_parts(
    parts: PartSource,
    name: &str,
    keys: &Keys,
    staging: &Staging,
    selection: Selection,
) -> Result<(Reader, Header)> {
    let reader = Reader::from_parts(parts, name.to_owned(), opening(staging, keys)?)?;
    with_header(reader, staging, selection)
}

fn opening(staging: &Staging, keys: &Keys) -> Result<Opening> {
    let free = machine::free_space(staging.path())?;
    if free < LEAST_SPACE {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        return Err(at("unpack into", staging.path())(full).into());
    }
    let limits = Limits {
        total: free,
        ..Limits::default()
    };
    Ok(Opening {
        limits,
        keys: keys.clone(),
    })
}

fn with_header(
    mut reader: Reader,
    staging: &Staging,
    selection: Selection,
) -> Result<(Reader, Header)> {
    let header = reader.read_header(Some((staging.handle(), selection)))?;
    Ok((reader, header))
}
