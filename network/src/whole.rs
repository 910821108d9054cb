//! Writes a file whole or not at all: beside, synced, renamed.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::error::Error;

/// Writes `NAME` in `directory` with a line break at its end, mode 0644, in the place of one that is
/// there. One writer at a time: the caller holds a lock.
///
/// # Errors
/// [`Error::Io`]; then what was there is there still.
pub(crate) fn write(directory: &Path, name: &str, text: &[u8]) -> Result<(), Error> {
    let path = directory.join(name);
    // No network has a name that begins with a dot.
    let partial = directory.join(format!(".{name}.partial"));
    let write = || -> io::Result<()> {
        let mut file = File::create(&partial)?;
        file.write_all(text)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&partial, &path)?;
        File::open(directory)?.sync_all()
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&partial);
        Error::io("write", &path)(error)
    })
}
