//! `checkpoint.json` in a checkpoint's directory, and the figures in it.
//!
//! In a directory of the user's it is untrusted: bounded, no link followed, ids and names checked.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use crate::archive::layout;
use crate::criu;
use crate::error::{Error, Result};
use crate::model::catalogue::NamedCheckpoint;
use crate::model::id;
use crate::sys::dir::{at, write_atomic};

/// The file's name.
pub const NAME: &str = "checkpoint.json";
/// A record has a few hundred bytes.
const LIMIT: u64 = 64 << 10;

/// Writes `checkpoint.json` into a checkpoint's directory.
pub fn write(directory: &Path, checkpoint: &NamedCheckpoint) -> Result<()> {
    let text = serde_json::to_vec_pretty(checkpoint).map_err(io::Error::other)?;
    Ok(write_atomic(&directory.join(NAME), &text, 0o600)?)
}

/// What PouchContainer has in a checkpoint's directory: whose it is.
const MARKER: &str = "config.json";

/// Writes PouchContainer's `config.json`, which nothing here reads.
pub fn mark(directory: &Path, checkpoint: &NamedCheckpoint) -> Result<()> {
    let marker = serde_json::json!({
        "ContainerID": checkpoint.container,
        "CheckpointName": checkpoint.name,
    });
    let text = marker.to_string();
    Ok(write_atomic(
        &directory.join(MARKER),
        text.as_bytes(),
        0o600,
    )?)
}

/// Reads `checkpoint.json` from a checkpoint's directory.
///
/// # Errors
/// [`Error::Invalid`] when it is something else.
pub fn read(directory: &Path) -> Result<NamedCheckpoint> {
    let path = directory.join(NAME);
    let wrong =
        |why: String| Error::Invalid(format!("{} is no checkpoint's: {why}", path.display()));
    let flags =
        i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(io::Error::other)?;
    let file: File = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(&path)
        .map_err(at("read", &path))?;
    if !file.metadata()?.is_file() {
        return Err(wrong("it is no file".into()));
    }
    let mut text = Vec::new();
    file.take(LIMIT + 1)
        .read_to_end(&mut text)
        .map_err(at("read", &path))?;
    if text.len() as u64 > LIMIT {
        return Err(wrong("it is too large".into()));
    }
    let checkpoint: NamedCheckpoint =
        serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    id::check_id(&checkpoint.id)?;
    id::check_id(&checkpoint.container)?;
    Ok(checkpoint)
}

/// Bytes of memory in a checkpoint's directory, and bytes of all its files.
pub fn measure(directory: &Path) -> Result<(u64, u64)> {
    let memory = criu::images::memory_bytes(&directory.join(layout::CHECKPOINT))?;
    Ok((
        memory,
        bytes_below(directory).map_err(at("read", directory))?,
    ))
}

/// Bytes of all files in a directory and below.
pub fn bytes_below(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        // Of the entry itself: a link's target is not part of the checkpoint.
        let facts = entry.metadata()?;
        bytes += if facts.is_dir() {
            bytes_below(&entry.path())?
        } else {
            facts.len()
        };
    }
    Ok(bytes)
}
