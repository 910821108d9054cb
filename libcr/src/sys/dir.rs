//! Files that are either wholly there or not at all: written beside, synced, renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// Puts the path into the text of an I/O error, so that the line people see names the file.
pub fn at<'a>(doing: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> io::Error + 'a {
    move |error| {
        let text = format!("{doing} {}: {}", path.display(), reason(&error));
        io::Error::new(error.kind(), text)
    }
}

/// The text of an I/O error as people read it: `No such file or directory`, without the
/// ` (os error 2)` that the standard library adds, wherever in the text it stands.
pub fn reason(error: &io::Error) -> String {
    const NUMBER: &str = " (os error ";
    let text = error.to_string();
    let mut rest = text.as_str();
    let mut plain = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once(NUMBER) {
        plain.push_str(before);
        let digits = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
        // Anything else of that look is somebody's own text and stays.
        rest = if let Some(end) = digits.strip_prefix(')') {
            end
        } else {
            plain.push_str(NUMBER);
            after
        };
    }
    plain + rest
}

/// Opens a file for reading whatever it is, and waits for nobody: a FIFO without a writer opens at once,
/// and a terminal becomes nobody's own. What it is, is to be asked of the open file: a path may lead to
/// something else a moment later.
pub fn open_at_once(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Writes `bytes` to `path` with permission bits `mode`, so that a crash at any instant leaves
/// either the old content or the new one: a `.partial` file beside it is synced and renamed.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    write_beside(path, bytes, mode, true)
}

/// As [`write_atomic`], but only for as long as this boot lasts: nothing is put on disk. For files
/// that are written anew before each use and mean nothing after a power cut.
pub fn write_for_this_boot(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    write_beside(path, bytes, mode, false)
}

fn write_beside(path: &Path, bytes: &[u8], mode: u32, durable: bool) -> io::Result<()> {
    let partial = partial_path(path);
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&partial)?;
        file.write_all(bytes)?;
        if !durable {
            return fs::rename(&partial, path);
        }
        file.sync_all()?;
        fs::rename(&partial, path)?;
        sync_parent(path)
    };
    write()
        .inspect_err(|_| drop(fs::remove_file(&partial)))
        .map_err(at("write", path))
}

/// The name beside `path` under which its next content is prepared.
pub fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

/// Makes a rename or a removal in the directory of `path` durable.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

/// Removes a file; that it was not there is fine.
pub fn remove_file_if_present(path: &Path) -> io::Result<()> {
    absent_is_fine(fs::remove_file(path), path)
}

/// Removes a directory and what is in it; that it was not there is fine.
///
/// Never crosses into another mount's content on purpose: callers unmount first.
pub fn remove_dir_if_present(path: &Path) -> io::Result<()> {
    absent_is_fine(fs::remove_dir_all(path), path)
}

fn absent_is_fine(result: io::Result<()>, path: &Path) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at("remove", path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::ArchiveError;
    use crate::criu::CriuError;
    use crate::image::ImageError;
    use crate::monitor::MonitorError;
    use crate::runtime::seccomp::SeccompError;
    use crate::storage::StorageError;
    use crate::store::StoreError;
    use crate::sys::command::CommandError;

    #[test]
    fn nobody_waits_for_a_fifo() -> io::Result<()> {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let place = tempfile::tempdir()?;
        let path = place.path().join("fifo");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
        assert!(!open_at_once(&path)?.metadata()?.is_file());
        Ok(())
    }

    fn absent() -> io::Error {
        io::Error::from_raw_os_error(2)
    }

    #[test]
    fn the_number_goes_and_everything_else_stays() {
        assert_eq!(reason(&absent()), "No such file or directory");
        let wrapped = io::Error::other(format!("read a: {}: twice {}", absent(), absent()));
        let text = "read a: No such file or directory: twice No such file or directory";
        assert_eq!(reason(&wrapped), text);
        for own in ["a (os error x) b", "x (os error ", "plain"] {
            assert_eq!(reason(&io::Error::other(own)), own);
        }
        let error = at("read", Path::new("/a"))(absent());
        assert_eq!(error.to_string(), "read /a: No such file or directory");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn no_error_of_ours_shows_the_number() {
        let doing = || "read a".to_owned();
        let errors: [crate::Error; 9] = [
            absent().into(),
            at("read", Path::new("a"))(absent()).into(),
            ArchiveError::Io {
                doing: doing(),
                source: absent(),
            }
            .into(),
            StorageError::Io {
                doing: doing(),
                source: absent(),
            }
            .into(),
            ImageError::Io {
                doing: doing(),
                source: absent(),
            }
            .into(),
            CriuError::Io(absent()).into(),
            StoreError::File(absent()).into(),
            MonitorError::File(absent()).into(),
            CommandError::Start {
                program: doing(),
                source: absent(),
            }
            .into(),
        ];
        for error in errors {
            let text = error.to_string();
            assert!(text.ends_with("No such file or directory"), "{text}");
        }
        let seccomp = SeccompError::Read {
            path: doing(),
            source: absent(),
        };
        assert!(!seccomp.to_string().contains("(os error"), "{seccomp}");
    }
}
