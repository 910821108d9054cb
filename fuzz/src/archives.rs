//! Whole archives: read, unpacked, looked into, each in the ways that the engine does it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use libcr::archive::{ArchiveError, Browser, Contents, Header, Limits, Reader, Selection, layout};
use libcr::ops::checkpoints::show::{self, ShowOptions, Subject};

use crate::{choice, scratch};

/// So small that inputs reach them.
const LIMITS: Limits = Limits {
    entries: 100,
    json: 64 << 10,
    small: 16 << 10,
    list: 64 << 10,
    other: 256 << 10,
    total: 4 << 20,
    ratio: 100,
    ratio_from: 1 << 20,
};

/// A whole archive. The checksums of a tar's headers are mended first, which no fuzzer would hit.
///
/// # Panics
/// When a rule is broken.
pub fn archive_reader(data: &[u8]) {
    let data = mended(data);
    let choice = choice(&data);
    let selection = Selection {
        durable: false,
        rootfs: choice & 0x10 == 0,
        volumes: choice & 0x20 == 0,
        log: choice & 0x40 == 0,
        pages: choice & 0x400 == 0,
        image: choice & 0x800 == 0,
        pre_checkpoints_only: choice & 0x380 == 0x380,
    };
    let header = read_header(&data);
    let unpacked = unpack(&data, selection);
    if let Ok((found, ..)) = &unpacked
        && let Ok(header) = &header
    {
        assert_eq!(found.config_dump, header.config_dump);
        assert_eq!(found.spec_dump, header.spec_dump);
        assert_eq!(found.manifest, header.manifest);
    }
    browse(&data, unpacked.as_ref().ok());
    if choice.is_multiple_of(8) && is_plain(&data) {
        let plain = unpacked.map(|(_, contents, files)| (contents.files, files));
        for compressed in [zstd(&data), gzip(&data)] {
            let again = unpack(&compressed, selection);
            let again = again.map(|(_, contents, files)| (contents.files, files));
            assert_eq!(plain.as_ref().ok(), again.as_ref().ok(), "{again:?}");
        }
    }
}

type Files = BTreeMap<String, Vec<u8>>;

fn read_header(data: &[u8]) -> Result<Header, ArchiveError> {
    reader(data)?.read_header(None)
}

fn reader(data: &[u8]) -> Result<Reader, ArchiveError> {
    Reader::from_stream(Cursor::new(data.to_vec()), "archive".to_owned(), LIMITS)
}

/// As an import does it; what is there then is what may be there.
fn unpack(data: &[u8], selection: Selection) -> Result<(Header, Contents, Files), ArchiveError> {
    let outside = scratch();
    let inside = outside.path().join("inside");
    fs::create_dir(&inside).expect("a directory can be made");
    let staging = Dir::open_ambient_dir(&inside, ambient_authority()).expect("it is there");
    let mut result = reader(data);
    let result = result.as_mut().map_err(|_| ()).map(|reader| {
        let mut reader = std::mem::replace(reader, self::reader(data)?);
        let header = reader.read_header(Some((&staging, selection)))?;
        Ok((header, reader.unpack(&staging, selection)?))
    });
    let files = harmless(&inside);
    let beside: Vec<_> = fs::read_dir(outside.path()).expect("it is there").collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
    let (header, contents) = match result {
        Ok(result) => result?,
        Err(()) => return Err(reader(data).expect_err("it failed before")),
    };
    let named: BTreeMap<_, _> = contents.files.iter().cloned().collect();
    assert_eq!(named.len(), contents.files.len());
    let there = files
        .iter()
        .map(|(name, bytes)| (name.clone(), bytes.len() as u64));
    assert_eq!(named, there.collect());
    assert!(contents.bytes() <= LIMITS.total);
    Ok((header, contents, files))
}

/// The plain files in a directory, all of which are the owner's alone, a directory deep at most,
/// beside links to earlier images.
fn harmless(inside: &Path) -> Files {
    let mut files = Files::new();
    for entry in fs::read_dir(inside).expect("it is there").flatten() {
        let name = entry.file_name().into_string().expect("names are UTF-8");
        let facts = entry.metadata().expect("it is there");
        if facts.is_file() {
            files.insert(name, content(&entry.path()));
            continue;
        }
        assert!(facts.is_dir(), "{name:?}");
        for entry in fs::read_dir(entry.path()).expect("it is there").flatten() {
            let below = entry.file_name().into_string().expect("names are UTF-8");
            let (name, facts) = (
                format!("{name}/{below}"),
                entry.metadata().expect("it is there"),
            );
            if facts.is_symlink() {
                let target = fs::read_link(entry.path()).expect("it is a link");
                let target = target.into_os_string().into_encoded_bytes();
                assert!(layout::parent_target(&name, &target).is_some(), "{name:?}");
                continue;
            }
            assert!(facts.is_file(), "{name:?}");
            files.insert(name, content(&entry.path()));
        }
    }
    files
}

fn content(path: &Path) -> Vec<u8> {
    let mode = path.metadata().expect("it is there").permissions().mode();
    assert_eq!(mode & 0o7777, 0o600, "{}", path.display());
    fs::read(path).expect("it is ours")
}

/// Looked into by its members, and by `checkpoint show`, which understands all of them.
fn browse(data: &[u8], unpacked: Option<&(Header, Contents, Files)>) {
    let directory = scratch();
    let path = directory.path().join("archive");
    fs::write(&path, data).expect("there is room");
    if let Ok(mut browser) = Browser::open(&path, LIMITS) {
        let members: Vec<_> = browser.members().to_vec();
        for member in &members {
            let read = browser.read(&member.name, 64 << 10);
            if let Ok(Some(bytes)) = &read {
                assert_eq!(bytes.len() as u64, member.len);
            }
            // With a seek table that lies, frames are passed over that hold something else.
            let Some((_, _, files)) = unpacked.filter(|_| !data.starts_with(&ZSTD)) else {
                continue;
            };
            if let Some(bytes) = files.get(&member.name) {
                match read {
                    Ok(read) => assert_eq!(read.as_ref(), Some(bytes), "{}", member.name),
                    Err(error) => assert!(member.len > 64 << 10, "{error}"),
                }
            }
        }
    }
    let options = ShowOptions {
        environment: true,
        ..ShowOptions::default()
    };
    let _ = show::show(None, &Subject::File(path), &options);
}

/// First bytes of a zstd frame (RFC 8878) and of a gzip stream (RFC 1952).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const GZIP: [u8; 2] = [0x1f, 0x8b];

fn is_plain(data: &[u8]) -> bool {
    // A tar's first 100 bytes are a name, so nothing that is recognised as compressed is one.
    data.get(257..262) == Some(b"ustar") && !data.starts_with(&ZSTD) && !data.starts_with(&GZIP)
}

fn zstd(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 1).expect("memory takes all")
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// With the right checksum in each header of a plain tar, as far as one follows the other.
pub(crate) fn mended(data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    if data.starts_with(&ZSTD) || data.starts_with(&GZIP) {
        return data;
    }
    let mut at = 0;
    while let Some(block) = data
        .get_mut(at..at + 512)
        .filter(|block| block.iter().any(|&b| b != 0))
    {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let size = block[124..136]
            .iter()
            .copied()
            .take_while(u8::is_ascii_digit);
        let size = size.fold(0_usize, |sum, digit| {
            sum.saturating_mul(8)
                .saturating_add(usize::from(digit - b'0'))
        });
        at = at
            .saturating_add(512)
            .saturating_add(size.checked_next_multiple_of(512).unwrap_or(size));
        if at > data.len() {
            break;
        }
    }
    data
}
