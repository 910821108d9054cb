//! What is in a container: files in and out as tars, all of them, and what it changed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::body::Incoming;
use jiff::Timestamp;
use libcr::Engine;
use libcr::ops::lifecycle::content::copy::{
    CopyOptions, End, PathFacts, facts, read, write_renamed,
};
use libcr::ops::lifecycle::content::diff::{Kind, diff};
use libcr::ops::lifecycle::content::export::export as all_of;
use rustix::fs::FileType;
use serde_json::{Value, json};

use crate::http::body::piped;
use crate::http::stream::{Sink, from_thread};
use crate::http::{Call, Failure, Reply};
use crate::shared::images::{both, named};

/// What is sent of a tar at a time.
pub const PIECE: usize = 64 << 10;
/// The header that says what a path leads to.
const FACTS: &str = "X-Docker-Container-Path-Stat";
/// Content type of a tar.
pub const TAR: &str = "application/x-tar";

/// A client's end as a file. It fails once the client is gone.
pub struct Body<'a>(pub &'a mut Sink);

impl Write for Body<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.send(Bytes::copy_from_slice(bytes)) {
            Ok(bytes.len())
        } else {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `GET …/archive?path=`, and what the path leads to for `HEAD`.
///
/// # Errors
/// 404 for what isn't there.
pub async fn get(call: Call) -> Result<Reply, Failure> {
    let place = place(&call)?;
    let path = place.1.clone();
    let from = End::In(place.0, place.1);
    let end = from.clone();
    let found = call
        .context
        .run(move |engine| Ok(facts(engine, &end)?))
        .await?;
    let header = STANDARD.encode(described(&found, &path, call.is_libpod).to_string());
    if call.is_head {
        return Ok(Reply::status(200).with(FACTS, header));
    }
    let work = move |engine: &Engine, sink: &mut Sink| {
        let mut out = BufWriter::with_capacity(PIECE, Body(sink));
        read(engine, &from, &mut out)?;
        Ok(out.flush().map_err(libcr::Error::from)?)
    };
    let reply = from_thread(&call.context, call.cancel.clone(), TAR, work).await?;
    Ok(reply.with(FACTS, header))
}

/// Container and path of a request.
fn place(call: &Call) -> Result<(String, PathBuf), Failure> {
    let path = call
        .query
        .text("path")
        .ok_or_else(|| Failure::bad("path: missing parameter"))?;
    Ok((call.name().to_owned(), PathBuf::from(path)))
}

/// As Go has it (os.FileMode), with the names that both interfaces share.
fn described(found: &PathFacts, path: &std::path::Path, is_libpod: bool) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let name = if found.name.is_empty() {
        "/".to_owned()
    } else {
        text(&found.name)
    };
    let (seconds, nanoseconds) = found.modified;
    let modified = Timestamp::new(seconds, i32::try_from(nanoseconds).unwrap_or(0));
    let mut value = json!({
        "name": name,
        "size": found.size,
        "mode": go_mode(found.mode),
        "mtime": modified.unwrap_or_default().to_string(),
        "linkTarget": "",
    });
    if is_libpod {
        // Where it is after all links, for Podman's client.
        let above = path.parent().unwrap_or(path);
        let target = if found.target.is_empty() {
            path.to_owned()
        } else {
            above.join(text(&found.target))
        };
        value["linkTarget"] = target.display().to_string().into();
        value["isDir"] = (FileType::from_raw_mode(found.mode) == FileType::Directory).into();
        value["isStream"] = false.into();
    }
    value
}

/// Go's bits of a mode of stat(2).
fn go_mode(mode: u32) -> u32 {
    let kind = match FileType::from_raw_mode(mode) {
        FileType::Directory => 1 << 31,
        FileType::Symlink => 1 << 27,
        FileType::BlockDevice => 1 << 26,
        FileType::CharacterDevice => 1 << 26 | 1 << 21,
        FileType::Fifo => 1 << 25,
        FileType::Socket => 1 << 24,
        _ => 0,
    };
    let special = [(0o4000, 23), (0o2000, 22), (0o1000, 20)];
    let special = special
        .iter()
        .filter(|(bit, _)| mode & bit != 0)
        .map(|(_, place)| 1 << place)
        .sum::<u32>();
    kind | special | mode & 0o777
}

/// `PUT …/archive?path=`: unpacks the body.
///
/// # Errors
/// 404 for a path that isn't there, 400 for one that is no directory or a body that is no tar.
pub async fn put(call: Call, body: Incoming) -> Result<Reply, Failure> {
    let (container, path) = place(&call)?;
    let flag = |key: &str| {
        if call.is_libpod {
            call.query.flag(key)
        } else {
            Ok(call.query.docker_flag(key))
        }
    };
    let options = CopyOptions {
        archive: flag("copyUIDGID")?,
        overwrite: !flag("noOverwriteDirNonDir")?,
    };
    let renames: BTreeMap<String, String> = match call.query.text("rename") {
        Some(text) => serde_json::from_str(text).map_err(|_| call.query.wrong("rename"))?,
        None => BTreeMap::new(),
    };
    let to = End::In(container, path);
    let (end, fill) = piped(body)?;
    let work = call.context.run(move |engine| {
        let shown = end.path().display().to_string();
        write_renamed(engine, &to, end.into_file(), options, &renames)
            .map_err(|error| named(error.into(), &shown))
    });
    both(work, fill).await?;
    Ok(Reply::status(200))
}

/// `GET …/export`: its root file system.
///
/// # Errors
/// 404.
pub async fn export(call: Call) -> Result<Reply, Failure> {
    let name = call.name().to_owned();
    let work = move |engine: &Engine, sink: &mut Sink| {
        let mut out = BufWriter::with_capacity(PIECE, Body(sink));
        all_of(engine, &name, &mut out)?;
        Ok(out.flush().map_err(libcr::Error::from)?)
    };
    from_thread(&call.context, call.cancel.clone(), TAR, work).await
}

/// `GET …/changes`.
///
/// # Errors
/// 404.
pub fn changes(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut found = diff(engine, call.name())?;
    if !call.is_libpod {
        hide_own(&mut found);
    }
    let all: Vec<Value> = found
        .iter()
        .map(|(path, kind)| {
            let number = match kind {
                Kind::Modified => 0,
                Kind::Added => 1,
                Kind::Deleted => 2,
            };
            json!({ "Path": path, "Kind": number })
        })
        .collect();
    Ok(Reply::ok(&all))
}

/// What every container has of the engine: Docker's clients see nothing of that.
const OWN: &[&str] = &[
    "/dev",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/mtab",
    "/proc",
    "/run/.containerenv",
    "/run/secrets",
    "/sys",
];

/// Takes the engine's own out, and the directories where nothing else changed.
fn hide_own(found: &mut BTreeMap<String, Kind>) {
    let above: BTreeSet<&str> = OWN
        .iter()
        .filter(|path| found.contains_key(**path))
        .filter_map(|path| Some(path.rsplit_once('/')?.0))
        .collect();
    found.retain(|path, _| {
        !OWN.iter().any(|own| {
            let rest = path.strip_prefix(own);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    });
    for directory in above {
        let below = format!("{directory}/");
        if found.get(directory) == Some(&Kind::Modified)
            && !found.keys().any(|path| path.starts_with(&below))
        {
            found.remove(directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_as_go_has_them() {
        // From os.FileMode's constants: ModeDir 1<<31, ModeSymlink 1<<27, ModeSticky 1<<20.
        assert_eq!(go_mode(0o040_755), 0x8000_01ed);
        assert_eq!(go_mode(0o100_644), 0o644);
        assert_eq!(go_mode(0o120_777), 0x0800_01ff);
        assert_eq!(go_mode(0o041_777), 0x8010_01ff);
        assert_eq!(go_mode(0o104_755), 0x0080_01ed);
        assert_eq!(go_mode(0o020_666), 0x0420_01b6);
    }

    #[test]
    fn the_engines_own_changes_are_hidden() {
        let kinds = [
            ("/etc", Kind::Modified),
            ("/etc/hosts", Kind::Added),
            ("/run", Kind::Modified),
            ("/run/.containerenv", Kind::Added),
            ("/run/other", Kind::Added),
            ("/dev", Kind::Added),
            ("/test", Kind::Added),
        ];
        let mut found = kinds.map(|(path, kind)| (path.to_owned(), kind)).into();
        hide_own(&mut found);
        let left: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(left, ["/run", "/run/other", "/test"]);
    }

    #[test]
    fn a_link_is_told_by_its_own_name() {
        let found = PathFacts {
            name: b"link".to_vec(),
            target: b"file".to_vec(),
            size: 3,
            mode: 0o100_600,
            modified: (0, 5),
        };
        let docker = described(&found, "/a/link".as_ref(), false);
        assert_eq!(
            (&docker["name"], &docker["linkTarget"]),
            (&json!("link"), &json!(""))
        );
        assert_eq!(docker["mtime"], "1970-01-01T00:00:00.000000005Z");
        let libpod = described(&found, "/a/link".as_ref(), true);
        assert_eq!(libpod["linkTarget"], "/a/file");
        assert_eq!(libpod["isDir"], false);
    }
}
