//! Writes the archive of a pod: whole under its name, or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{FlockOperation, flock};

use super::{CONTAINERS, INDEX, Index};
use crate::archive::{ArchiveError, io_error};
use crate::sys::dir::{partial_path, sync_parent};

/// Bytes of a tar block.
const BLOCK: u64 = 512;
/// A block of nothing: where a header will be, and, twice, the end.
const ZEROS: [u8; 512] = [0; 512];

/// The archive of a pod in the making. Dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub struct PodWriter {
    target: Target,
    index: Index,
    /// Containers whose archive was begun.
    begun: usize,
    archive: String,
    finished: bool,
}

#[derive(Debug)]
enum Target {
    File {
        file: File,
        path: PathBuf,
        /// Where the header of the current member is.
        header: u64,
    },
    /// An empty directory of the caller's.
    Directory(PathBuf),
}

impl PodWriter {
    /// Begins an archive that will be at `path`, replacing what is there when it is finished.
    ///
    /// # Errors
    /// [`ArchiveError::Busy`] when another process is at it, [`ArchiveError::Io`] otherwise.
    pub fn create(path: &Path, index: Index) -> Result<Self, ArchiveError> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let archive = path.display().to_string();
        let doing = format!("cannot write {archive}");
        if fs::metadata(&path).is_ok_and(|facts| !facts.is_file()) {
            let why = io::Error::other("the archive of a pod needs a file");
            return Err(io_error(doing)(why));
        }
        let partial = partial_path(&path);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
            .open(&partial)
            .map_err(io_error(&doing))?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(ArchiveError::Busy { archive });
        }
        let mut writer = Self {
            target: Target::File {
                file,
                path,
                header: 0,
            },
            index,
            begun: 0,
            archive,
            finished: false,
        };
        writer.begin().map_err(io_error(doing))?;
        Ok(writer)
    }

    /// Begins an archive in an empty directory.
    ///
    /// # Errors
    /// [`ArchiveError::Io`], also when the directory is not empty.
    pub fn create_in(directory: &Path, index: Index) -> Result<Self, ArchiveError> {
        let archive = directory.display().to_string();
        let doing = format!("cannot write into {archive}");
        let mut entries = fs::read_dir(directory).map_err(io_error(&doing))?;
        if entries.next().is_some() {
            let why = io::Error::from(io::ErrorKind::DirectoryNotEmpty);
            return Err(io_error(doing)(why));
        }
        let writer = Self {
            target: Target::Directory(directory.to_owned()),
            index,
            begun: 0,
            archive,
            finished: false,
        };
        fs::DirBuilder::new()
            .mode(0o700)
            .create(directory.join(CONTAINERS))
            .map_err(io_error(doing))?;
        Ok(writer)
    }

    /// Writes down when its containers stood still, and the number of their last process. Before
    /// the first of them.
    pub fn frozen_at(&mut self, time: String, last_pid: Option<u32>) {
        self.index.frozen_at = time;
        self.index.pod.last_pid = last_pid;
    }

    fn begin(&mut self) -> io::Result<()> {
        if let Target::File { file, .. } = &mut self.target {
            file.set_len(0)?;
        }
        Ok(())
    }

    /// Where the archive of the next container goes; [`Self::end_container`] when that is written.
    ///
    /// # Errors
    /// [`ArchiveError::Io`].
    pub fn container(&mut self) -> Result<File, ArchiveError> {
        let doing = format!("cannot write {}", self.archive);
        let stream = self.next_stream();
        stream.map_err(io_error(doing))
    }

    fn next_stream(&mut self) -> io::Result<File> {
        if self.begun == 0 && matches!(self.target, Target::File { .. }) {
            let json = self.json()?;
            self.member(INDEX, &json)?;
        }
        let entry = self.index.containers.get(self.begun);
        let name = entry
            .ok_or_else(|| io::Error::other("the index names no further container"))?
            .archive
            .clone();
        self.begun += 1;
        match &mut self.target {
            Target::File { file, header, .. } => {
                *header = file.stream_position()?;
                file.write_all(&ZEROS)?;
                // The same open file: where the copy writes, this one goes on.
                file.try_clone()
            }
            Target::Directory(directory) => OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(directory.join(name)),
        }
    }

    /// The archive of a container is whole.
    ///
    /// # Errors
    /// [`ArchiveError::Io`].
    pub fn end_container(&mut self) -> Result<(), ArchiveError> {
        let doing = format!("cannot write {}", self.archive);
        self.close_member().map_err(io_error(doing))
    }

    fn close_member(&mut self) -> io::Result<()> {
        let number = self.begun.saturating_sub(1);
        let Some(entry) = self.index.containers.get(number) else {
            return Ok(());
        };
        if let Target::File { file, header, .. } = &mut self.target {
            let end = file.stream_position()?;
            let length = end.saturating_sub(*header + BLOCK);
            pad(file, length)?;
            let next = file.stream_position()?;
            file.seek(SeekFrom::Start(*header))?;
            file.write_all(head(&entry.archive, length)?.as_bytes())?;
            file.seek(SeekFrom::Start(next))?;
        }
        Ok(())
    }

    fn member(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if let Target::File { file, .. } = &mut self.target {
            let length = bytes.len() as u64;
            file.write_all(head(name, length)?.as_bytes())?;
            file.write_all(bytes)?;
            pad(file, length)?;
        }
        Ok(())
    }

    fn json(&self) -> io::Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(&self.index)?;
        json.push(b'\n');
        Ok(json)
    }

    /// Puts it on disk and gives it its name.
    ///
    /// # Errors
    /// [`ArchiveError::Io`]; nothing partial is left then.
    pub fn finish(mut self) -> Result<(), ArchiveError> {
        let doing = format!("cannot write {}", self.archive);
        self.end().map_err(io_error(doing))?;
        self.finished = true;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if self.begun != self.index.containers.len() {
            return Err(io::Error::other("the archive of a container is missing"));
        }
        let json = self.json()?;
        match &mut self.target {
            Target::File { file, path, .. } => {
                file.write_all(&ZEROS)?;
                file.write_all(&ZEROS)?;
                file.sync_all()?;
                fs::rename(partial_path(path), &*path)?;
                sync_parent(path)
            }
            Target::Directory(directory) => {
                rustix::fs::syncfs(File::open(&*directory)?)?;
                let index = directory.join(INDEX);
                let partial = partial_path(&index);
                let mut file = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(&partial)?;
                file.write_all(&json)?;
                file.sync_all()?;
                fs::rename(&partial, &index)?;
                sync_parent(&index)
            }
        }
    }
}

impl Drop for PodWriter {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let removed = match &self.target {
            Target::File { path, .. } => fs::remove_file(partial_path(path)),
            // It was empty: what is in it is ours.
            Target::Directory(directory) => {
                let _ = fs::remove_file(partial_path(&directory.join(INDEX)));
                fs::remove_dir_all(directory.join(CONTAINERS))
            }
        };
        if let Err(error) = removed.or_else(gone) {
            tracing::warn!(%error, "what is left of the archive of a pod");
        }
    }
}

fn gone(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound {
        Ok(())
    } else {
        Err(error)
    }
}

fn pad(file: &mut File, length: u64) -> io::Result<()> {
    let rest = (BLOCK - length % BLOCK) % BLOCK;
    io::copy(&mut io::Read::take(io::repeat(0), rest), file)?;
    Ok(())
}

fn seconds() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

fn head(name: &str, length: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_gnu();
    header.set_path(name)?;
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(seconds());
    header.set_size(length);
    header.set_cksum();
    Ok(header)
}
