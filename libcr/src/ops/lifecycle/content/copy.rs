//! `cp` and the archives of the REST APIs: files and directories into a container and out of it, in
//! whatever state it is, as tar streams.
//!
//! Paths in a container mean what they mean in it: a link never leads out of its root. A container
//! that runs is seen with all that is mounted in it, one that doesn't with its volumes and bind mounts.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::life::view::{self, View};
use crate::runtime::user;
use crate::storage::StorageError;
use crate::storage::apply::{ApplyOptions, apply_renamed, apply_tree};
use crate::storage::located::{Found, locate};
use crate::storage::tree::TarPlan;
use crate::sys::dir::at;

/// One end of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// A path of this host.
    Here(PathBuf),
    /// A path in a container: its name or id, and the path.
    In(String, PathBuf),
}

/// How a copy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyOptions {
    /// What is copied into a container belongs to the user that runs in it; else to whom it belonged.
    /// What is copied out always belongs to the caller. A change of owner takes set-id bits and file
    /// capabilities away, as chown(2) does.
    pub archive: bool,
    /// A directory may replace a file.
    pub overwrite: bool,
}

/// An end that is open.
struct Opened {
    root: OwnedFd,
    /// Keeps the root of a container there.
    _view: Option<View>,
    path: PathBuf,
    /// As it is told: `on container X`.
    place: String,
    /// Who runs in the container.
    user: Option<(u32, u32)>,
}

impl Opened {
    fn open(engine: &Engine, end: &End, access: view::Access) -> Result<Self> {
        match end {
            End::Here(path) => Self::here(path),
            End::In(word, path) => {
                let container = engine.find(word)?;
                let view = view::open(engine, &container.config.id, access)?;
                let root = view.root()?;
                let directory = Dir::from_std_file(File::from(root.try_clone()?));
                let owner = user::resolve(&directory, &container.config.process.user)?;
                Ok(Self {
                    root,
                    _view: Some(view),
                    path: path.clone(),
                    place: format!("on container {word}"),
                    user: Some((owner.uid, owner.gid)),
                })
            }
        }
    }

    fn here(typed: &Path) -> Result<Self> {
        let mut path = std::path::absolute(typed).map_err(at("find", typed))?;
        // A dot or a slash at its end says something.
        if ends_in_dot(typed) {
            path.push(".");
        } else if ends_in_slash(typed) {
            path.push("");
        }
        Ok(Self {
            root: File::open("/").map_err(at("open", "/".as_ref()))?.into(),
            _view: None,
            path,
            place: "on the host".into(),
            user: None,
        })
    }

    /// Both ends. A container is opened once, and two of them in the order of their ids: whoever
    /// copies the other way at the same time must not wait for this one, which waits for him.
    fn both(engine: &Engine, from: &End, to: &End) -> Result<(Self, Self)> {
        let id = |end: &End| match end {
            End::Here(_) => Ok(None),
            End::In(word, _) => engine.find(word).map(|found| Some(found.config.id)),
        };
        let (one, other) = (id(from)?, id(to)?);
        if one.is_some() && one == other {
            let target = Self::open(engine, to, view::Access::Write)?;
            let path = match from {
                End::Here(path) | End::In(_, path) => path.clone(),
            };
            let source = Self {
                root: target.root.try_clone()?,
                _view: None,
                path,
                place: target.place.clone(),
                user: target.user,
            };
            return Ok((source, target));
        }
        if one <= other {
            let source = Self::open(engine, from, view::Access::Read)?;
            return Ok((source, Self::open(engine, to, view::Access::Write)?));
        }
        let target = Self::open(engine, to, view::Access::Write)?;
        Ok((Self::open(engine, from, view::Access::Read)?, target))
    }

    fn locate(&self) -> Result<Found> {
        locate(self.root.as_fd(), &self.path).map_err(Into::into)
    }

    fn missing(&self) -> Error {
        Error::NoSuchPath(format!(
            "\"{}\" could not be found {}: no such file or directory",
            self.path.display(),
            self.place
        ))
    }
}

fn ends_in_slash(path: &Path) -> bool {
    path.as_os_str().as_bytes().ends_with(b"/")
}

fn ends_in_dot(path: &Path) -> bool {
    let bytes = path.as_os_str().as_bytes();
    bytes == b"." || bytes.ends_with(b"/.")
}

/// What a path in a container leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathFacts {
    /// Its name as the path has it; of a link its own. Empty for the root.
    pub name: Vec<u8>,
    /// The same after all links.
    pub target: Vec<u8>,
    /// Bytes.
    pub size: u64,
    /// Type and permissions, as stat(2) has them.
    pub mode: u32,
    /// When its content was changed: seconds since 1970, and nanoseconds.
    pub modified: (i64, i64),
}

/// Looks at a path of a container, or of this host.
///
/// # Errors
/// [`Error::NoSuchPath`].
pub fn facts(engine: &Engine, of: &End) -> Result<PathFacts> {
    let opened = Opened::open(engine, of, view::Access::Read)?;
    let found = opened.locate()?;
    let Some(stat) = found.stat.filter(|_| found.exists) else {
        return Err(opened.missing());
    };
    Ok(PathFacts {
        name: found.shown,
        target: found.name,
        size: u64::try_from(stat.st_size).unwrap_or(0),
        mode: stat.st_mode,
        modified: (
            stat.st_mtime,
            i64::try_from(stat.st_mtime_nsec).unwrap_or(0),
        ),
    })
}

/// Writes a file or a directory of a container to `out` as a tar, whose names begin with the last
/// one of the path. An error of `out` ends it.
///
/// # Errors
/// [`Error::NoSuchPath`]; [`StorageError::Changed`] when a file shrank meanwhile.
pub fn read(engine: &Engine, from: &End, out: &mut impl Write) -> Result<()> {
    let opened = Opened::open(engine, from, view::Access::Read)?;
    let found = opened.locate()?;
    let name = found.shown.clone();
    plan(&opened, found, &name)?.write_to(out)?;
    Ok(())
}

/// Unpacks a tar, plain or compressed, into a directory of a container.
///
/// # Errors
/// [`Error::NoSuchPath`]; [`Error::Invalid`] when it is no directory; for an archive that is none.
pub fn write(engine: &Engine, to: &End, tar: impl Read, options: CopyOptions) -> Result<()> {
    write_renamed(engine, to, tar, options, &BTreeMap::new())
}

/// As [`write()`], with other names for some members of the tar, and for all that is below them.
///
/// # Errors
/// The same.
pub fn write_renamed(
    engine: &Engine,
    to: &End,
    tar: impl Read,
    options: CopyOptions,
    renames: &BTreeMap<String, String>,
) -> Result<()> {
    let opened = Opened::open(engine, to, view::Access::Write)?;
    match opened.locate()? {
        Found {
            directory: Some(directory),
            ..
        } => {
            apply_renamed(&directory, tar, &applied(&opened, options), renames)?;
            Ok(())
        }
        Found { exists: true, .. } => Err(Error::Invalid(
            "destination must be a directory when copying from stdin".into(),
        )),
        _ => Err(opened.missing()),
    }
}

/// Copies a file or a directory from one end to the other, as cp(1) does it: into a directory that is
/// there, under its own name; with `/.` at the end of its path, what is in it.
///
/// # Errors
/// [`Error::NoSuchPath`]; [`Error::Invalid`] for a directory where a file is.
pub fn copy(engine: &Engine, from: &End, to: &End, options: CopyOptions) -> Result<()> {
    let (source, target) = Opened::both(engine, from, to)?;
    let found = source.locate()?;
    if !found.exists {
        return Err(source.missing());
    }
    let (into, name) = place(&source, &found, &target, options)?;
    let plan = plan(&source, found, &name)?;
    let (reader, writer) = io::pipe()?;
    std::thread::scope(|scope| {
        let writing = std::thread::Builder::new().name("copy".into());
        let writing = writing.spawn_scoped(scope, move || {
            plan.write_to(&mut BufWriter::with_capacity(1 << 17, writer))
        })?;
        let applied = apply_tree(&into, BufReader::new(reader), &applied(&target, options));
        let written = writing.join().unwrap_or_else(|_| Err(thread_died()));
        // Who reads knows why there was nobody to write to.
        match (applied, written) {
            (Err(error), Ok(())) => Err(error.into()),
            (Ok(_), written) => Ok(written?),
            (Err(error), Err(written)) if is_closed(&written) => Err(error.into()),
            (Err(_), Err(written)) => Err(written.into()),
        }
    })
}

fn thread_died() -> StorageError {
    StorageError::Io {
        doing: "copy".into(),
        source: io::Error::other("its thread died"),
    }
}

/// The directory that a copy goes into, and its name there: none for what is in a directory.
fn place(
    source: &Opened,
    found: &Found,
    target: &Opened,
    options: CopyOptions,
) -> Result<(OwnedFd, Vec<u8>)> {
    let is_directory = found.directory.is_some();
    let there = target.locate()?;
    if let Some(into) = there.directory {
        let contents = is_directory && ends_in_dot(&source.path);
        let name = if contents {
            Vec::new()
        } else {
            found.shown.clone()
        };
        return Ok((into, name));
    }
    let refused = |text: String| Err(Error::Invalid(text));
    if there.exists && is_directory && !options.overwrite {
        return refused("destination must be a directory when copying a directory".into());
    }
    if !is_directory && ends_in_slash(&target.path) {
        if there.exists {
            let path = target.path.display();
            return refused(format!("\"{path}\" {} is not a directory", target.place));
        }
        return Err(target.missing());
    }
    match there.parent {
        Some(parent) => Ok((parent, there.name)),
        None => Err(target.missing()),
    }
}

fn is_closed(error: &StorageError) -> bool {
    matches!(error, StorageError::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
}

fn applied(target: &Opened, options: CopyOptions) -> ApplyOptions {
    let caller = (
        rustix::process::geteuid().as_raw(),
        rustix::process::getegid().as_raw(),
    );
    let owner = match target.user {
        None => Some(caller),
        Some(user) => options.archive.then_some(user),
    };
    ApplyOptions {
        owner,
        ..ApplyOptions::default()
    }
}

/// A tar of what was found, called `name` there; of what is in it alone where that is empty.
fn plan(opened: &Opened, found: Found, name: &[u8]) -> Result<TarPlan> {
    match (found.directory, found.parent) {
        (Some(directory), _) => Ok(TarPlan::of_directory(directory, name)?),
        (None, Some(parent)) if found.exists => Ok(TarPlan::of_file(parent, &found.name, name)?),
        _ => Err(opened.missing()),
    }
}
