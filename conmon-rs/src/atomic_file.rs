//! Small files that appear whole or not at all: written beside, synced, renamed.
//! For files that another process polls for (pid file, exit status, flush mark).
#![forbid(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::MonitorError;

/// Replaces `path` by `content`. The file beside it is `.NAME.tmp`; its directory must exist.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), MonitorError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.tmp"));
    let written = (|| {
        let mut file: File = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o644)
            .open(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    })();
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        MonitorError::file("writing", path)(error)
    })
}

/// Removes a file that may not be there.
pub(crate) fn remove_stale(path: &Path) -> Result<(), MonitorError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(MonitorError::file("removing", path)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_and_leaves_nothing_beside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("exit");
        write(&path, b"1").unwrap();
        write(&path, b"137").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"137");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        remove_stale(&path).unwrap();
        remove_stale(&path).unwrap();
        let error = write(&dir.path().join("no/exit"), b"1")
            .unwrap_err()
            .to_string();
        assert!(error.contains("no/exit"), "{error}");
    }
}
