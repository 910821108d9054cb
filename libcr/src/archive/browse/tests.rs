//! The same answers from every kind of archive, however little of it is read.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::archive::{Compression, Limits, Manifest, Writer};

#[path = "tests_hostile.rs"]
mod hostile;

const COMPRESSIONS: [Compression; 3] = [Compression::None, Compression::Gzip, Compression::Zstd(1)];
const PAGES: &str = "checkpoint/pages-1.img";

fn random(len: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new()
        .update(&seed.to_le_bytes())
        .finalize_xof()
        .fill(&mut bytes);
    bytes
}

fn range(member: &str, offset: u64, len: usize) -> Range {
    Range {
        member: member.to_owned(),
        offset,
        len,
    }
}

/// What is in [`PAGES`].
static MEMORY: LazyLock<Vec<u8>> = LazyLock::new(|| random(9 << 20, 1));

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.root.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// An archive of ours.
    fn sample(&self, compression: Compression) -> PathBuf {
        let images = self.root.path().join("images");
        fs::create_dir_all(&images).unwrap();
        fs::write(images.join("core-1.img"), b"core").unwrap();
        fs::write(images.join("tcp-stream.img"), b"tcp").unwrap();
        fs::write(images.join("pages-1.img"), &*MEMORY).unwrap();
        let path = self.root.path().join(format!("{compression:?}.tar"));
        let mut writer = Writer::create(&path, compression).unwrap();
        let manifest = Manifest {
            format_version: 1,
            ..Manifest::default()
        };
        writer.append_manifest(&manifest).unwrap();
        writer.append_bytes(layout::CONFIG_DUMP, b"{1}").unwrap();
        writer.append_bytes(layout::SPEC_DUMP, b"{2}").unwrap();
        writer.append_directory(layout::ARTIFACTS).unwrap();
        let diff = vec![0; 5 << 20];
        writer.append_bytes(layout::ROOTFS_DIFF, &diff).unwrap();
        writer.append_images(layout::CHECKPOINT, &images).unwrap();
        writer.finish().unwrap();
        path
    }

    /// As other engines compress it: one frame, and no table.
    fn one_frame(&self) -> PathBuf {
        let plain = fs::read(self.sample(Compression::None)).unwrap();
        self.file("one-frame.tar", &zstd::encode_all(&plain[..], 1).unwrap())
    }
}

/// Frames of these contents, and the table that they should have.
fn frames(contents: &[&[u8]]) -> (Vec<u8>, Vec<(u32, u32)>) {
    let mut bytes = Vec::new();
    let mut rows = Vec::new();
    for content in contents {
        let mut compressor = zstd::bulk::Compressor::new(1).unwrap();
        let flag = zstd::zstd_safe::CParameter::ChecksumFlag(true);
        compressor.set_parameter(flag).unwrap();
        let frame = compressor.compress(content).unwrap();
        rows.push((
            u32::try_from(frame.len()).unwrap(),
            u32::try_from(content.len()).unwrap(),
        ));
        bytes.extend(frame);
    }
    (bytes, rows)
}

fn with_table(mut bytes: Vec<u8>, rows: &[(u32, u32)]) -> Vec<u8> {
    let count = u32::try_from(rows.len()).unwrap();
    bytes.extend(0x184d_2a5e_u32.to_le_bytes());
    bytes.extend((count * 8 + 9).to_le_bytes());
    for (compressed, content) in rows {
        bytes.extend(compressed.to_le_bytes());
        bytes.extend(content.to_le_bytes());
    }
    bytes.extend(count.to_le_bytes());
    bytes.push(0);
    bytes.extend(0x8f92_eab1_u32.to_le_bytes());
    bytes
}

/// A tar of these files, with zeros in them.
fn tar(files: &[(&str, u8, u64)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, kind, len) in files {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(tar::EntryType::new(*kind));
        header.set_size(*len);
        header.set_cksum();
        bytes.extend(header.as_bytes());
        let len = usize::try_from(len.next_multiple_of(512)).unwrap();
        bytes.resize(bytes.len() + len, 0);
    }
    bytes.extend([0; 1024]);
    bytes
}

fn open(path: &Path) -> Result<Browser, ArchiveError> {
    Browser::open(path, Limits::default())
}

fn names(browser: &Browser) -> Vec<&str> {
    let members = browser.members().iter();
    members.map(|entry| entry.name.as_str()).collect()
}

fn read(browser: &Browser) -> u64 {
    browser.listing.source.flow().read
}

const NAMES: [&str; 8] = [
    "cryopod.json",
    "config.dump",
    "spec.dump",
    "rootfs-diff.tar",
    "checkpoint/core-1.img",
    "checkpoint/tcp-stream.img",
    PAGES,
    "cryopod.sums",
];

#[test]
fn every_kind_of_archive_answers_the_same() {
    let place = Place::new();
    let mut paths = COMPRESSIONS.map(|one| place.sample(one)).to_vec();
    paths.push(place.one_frame());
    for path in paths {
        let mut browser = open(&path).unwrap();
        assert_eq!(names(&browser), NAMES);
        assert!(browser.is_whole());
        assert_eq!(browser.size(), fs::metadata(&path).unwrap().len());
        let pages = &browser.members()[6];
        assert_eq!(pages.kind, Kind::Checkpoint);
        assert_eq!(pages.len, 9 << 20);
        for (name, bytes) in [
            ("config.dump", &b"{1}"[..]),
            ("checkpoint/core-1.img", b"core"),
            (PAGES, &MEMORY[..]),
            ("config.dump", b"{1}"),
        ] {
            let found = browser.read(name, 9 << 20).unwrap().unwrap();
            assert!(found == bytes, "{name} of {}", path.display());
        }
        assert_eq!(browser.read("checkpoint", 10).unwrap(), None);
        assert_eq!(browser.read("absent", 10).unwrap(), None);
        // Over the ends of frames, backwards, twice, one within the other, and none at all.
        let wanted = [
            range(PAGES, (9 << 20) - 5, 5),
            range(PAGES, 1 << 20, 5 << 20),
            range("rootfs-diff.tar", 7, 3),
            range(PAGES, 3 << 20, 4096),
            range(PAGES, 3 << 20, 4096),
            range(PAGES, 9 << 20, 0),
            range("spec.dump", 1, 2),
            range(PAGES, (6 << 20) - 2, 4),
            range("checkpoint/tcp-stream.img", 0, 3),
        ];
        let found = browser.read_ranges(&wanted).unwrap();
        assert_eq!(found.len(), wanted.len());
        for (range, bytes) in wanted.iter().zip(found) {
            let from = usize::try_from(range.offset).unwrap();
            let expected = match range.member.as_str() {
                PAGES => &MEMORY[from..from + range.len],
                "spec.dump" => b"2}",
                "rootfs-diff.tar" => &[0, 0, 0],
                _ => b"tcp",
            };
            assert!(bytes == expected, "{range:?} of {}", path.display());
        }
    }
}

#[test]
fn memory_pages_are_not_read() {
    let place = Place::new();
    for compression in [Compression::None, Compression::Zstd(1)] {
        let mut browser = open(&place.sample(compression)).unwrap();
        browser.read("checkpoint/core-1.img", 100).unwrap().unwrap();
        // Two frames of memory at most beside a few small ones of zeros.
        let before = read(&browser);
        assert!(before < 5 << 20, "{compression:?}: {before}");
        let wanted = [range(PAGES, 5 << 20, 4096)];
        assert_eq!(browser.read_ranges(&wanted).unwrap()[0].len(), 4096);
        let more = read(&browser) - before;
        assert!(more < (2 << 20) + 1000, "{compression:?}: {more}");
    }
}

#[test]
fn small_members_are_kept_from_the_one_pass() {
    let place = Place::new();
    for path in [place.one_frame(), place.sample(Compression::Gzip)] {
        let mut browser = open(&path).unwrap();
        let kept: Vec<_> = browser
            .members()
            .iter()
            .zip(&browser.listing.places)
            .filter(|(_, place)| place.kept.is_none())
            .map(|(entry, _)| entry.name.as_str())
            .collect();
        assert_eq!(kept, ["rootfs-diff.tar", PAGES]);
        let all = read(&browser);
        assert!(all > 8 << 20);
        browser.read("checkpoint/core-1.img", 100).unwrap().unwrap();
        assert_eq!(read(&browser), all);
        // The second pass ends where nothing more is wanted.
        browser.read_ranges(&[range(PAGES, 5, 10)]).unwrap();
        assert!(read(&browser) < 3 << 20);
    }
}

#[test]
fn what_can_not_be_read_says_so() {
    let place = Place::new();
    let path = place.sample(Compression::default());
    let mut browser = open(&path).unwrap();
    let archive = path.display();
    let mut message = |wanted| browser.read_ranges(&[wanted]).unwrap_err().to_string();
    assert_eq!(
        message(range(PAGES, 9 << 20, 1)),
        format!("{archive} is damaged: {PAGES} has 9437184 bytes, too few for 1 at offset 9437184")
    );
    assert_eq!(
        message(range("config.dump", u64::MAX, usize::MAX)),
        format!(
            "{archive} is damaged: config.dump has 3 bytes, too few for {} at offset {}",
            usize::MAX,
            u64::MAX
        )
    );
    assert_eq!(
        message(range("a\nb", 0, 1)),
        format!("{archive} is damaged: it has no \"a\\nb\"")
    );
    assert_eq!(
        browser.read("config.dump", 2).unwrap_err().to_string(),
        format!("{archive} refused: member \"config.dump\" has 3 bytes, more than the 2 allowed")
    );
    assert!(matches!(
        open(&place.file("empty", b"")),
        Err(ArchiveError::Empty { .. })
    ));
    assert!(matches!(
        open(&place.file("text", &[b'x'; 600])),
        Err(ArchiveError::NotAnArchive { .. })
    ));
    assert!(matches!(
        open(place.root.path()),
        Err(ArchiveError::NotAnArchive { .. })
    ));
    let absent = open(&place.root.path().join("absent")).unwrap_err();
    assert!(absent.to_string().ends_with(": no such file or directory"));
    let fifo = place.root.path().join("fifo");
    let status = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(status.unwrap().success());
    assert!(
        open(&fifo)
            .unwrap_err()
            .to_string()
            .ends_with("it is not a file")
    );
}

#[test]
fn what_is_cut_off_is_listed_up_to_there() {
    let place = Place::new();
    let mut paths = COMPRESSIONS.map(|one| place.sample(one)).to_vec();
    paths.push(place.one_frame());
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let mut lists = 0;
        for part in 1..12 {
            let len = bytes.len() * part / 12;
            let Ok(mut browser) = open(&place.file("cut", &bytes[..len])) else {
                continue;
            };
            lists += 1;
            assert!(!browser.is_whole());
            let entries = browser.members().to_vec();
            assert_eq!(names(&browser), NAMES[..entries.len()]);
            for entry in entries {
                let bytes = browser.read(&entry.name, u64::MAX).unwrap().unwrap();
                assert_eq!(bytes.len() as u64, entry.len);
            }
        }
        assert!(lists >= 9, "{}: {lists}", path.display());
        let almost = open(&place.file("cut", &bytes[..bytes.len() - 1])).unwrap();
        assert!(!almost.is_whole());
        // The last block of zstd has the end of the pages too.
        assert!(names(&almost).len() >= 6);
    }
}

#[test]
fn a_file_that_shrinks_is_truncated() {
    let place = Place::new();
    for compression in COMPRESSIONS {
        let path = place.sample(compression);
        let mut browser = open(&path).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_len(100_000).unwrap();
        let error = browser.read(PAGES, u64::MAX).unwrap_err();
        assert!(
            matches!(error, ArchiveError::Truncated { .. }),
            "{compression:?}: {error}"
        );
    }
}

#[test]
fn archives_of_other_engines_are_looked_into() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/archives");
    let mut seen = 0;
    for entry in fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let mut browser = open(&path).unwrap();
        assert!(browser.is_whole(), "{}", path.display());
        for name in [layout::CONFIG_DUMP, layout::SPEC_DUMP] {
            assert!(browser.read(name, 1 << 20).unwrap().is_some());
        }
        let inventory = browser.read("checkpoint/inventory.img", 1 << 20).unwrap();
        assert!(inventory.is_some_and(|bytes| bytes.len() > 8));
        seen += 1;
    }
    assert!(seen > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_ranges_of_any_archive(
        lens in prop::collection::vec(0_usize..70_000, 1..6),
        wanted in prop::collection::vec((0_usize..6, 0_usize..70_000, 0_usize..70_000), 0..12),
        frame in 1_000_usize..200_000,
    ) {
        let place = Place::new();
        let files: Vec<_> = (0_u64..).zip(&lens).map(|(seed, len)| random(*len, seed)).collect();
        let mut plain = Vec::new();
        for (number, file) in files.iter().enumerate() {
            let name = format!("checkpoint/pages-{number}.img");
            let header = tar(&[(&name, b'0', file.len() as u64)]);
            plain.extend(&header[..512]);
            plain.extend(file);
            plain.resize(plain.len().next_multiple_of(512), 0);
        }
        plain.extend([0; 1024]);
        let (bytes, rows) = frames(&plain.chunks(frame).collect::<Vec<_>>());
        let wanted: Vec<_> = wanted.into_iter().map(|(number, offset, len)| {
            let number = number % files.len();
            let offset = offset.min(files[number].len());
            (number, offset, len.min(files[number].len() - offset))
        }).collect();
        let ranges: Vec<_> = wanted.iter().map(|(number, offset, len)| {
            range(&format!("checkpoint/pages-{number}.img"), *offset as u64, *len)
        }).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&plain).unwrap();
        for bytes in [with_table(bytes, &rows), gzip.finish().unwrap(), plain] {
            let mut browser = open(&place.file("any", &bytes)).unwrap();
            let found = browser.read_ranges(&ranges).unwrap();
            prop_assert_eq!(found.len(), wanted.len());
            for (bytes, (number, offset, len)) in found.iter().zip(&wanted) {
                prop_assert!(bytes[..] == files[*number][*offset..offset + len]);
            }
        }
    }

    #[test]
    fn no_change_panics(changes in prop::collection::vec((0_usize..4096, any::<u8>()), 1..8)) {
        let place = Place::new();
        let plain = tar(&[("config.dump", b'0', 700), (PAGES, b'0', 3000), ("z", b'0', 1)]);
        let (bytes, rows) = frames(&plain.chunks(1000).collect::<Vec<_>>());
        let mut bytes = with_table(bytes, &rows);
        let len = bytes.len();
        for (at, byte) in changes {
            bytes[at % len] = byte;
        }
        if let Ok(mut browser) = open(&place.file("changed", &bytes)) {
            drop(browser.read_ranges(&[range(PAGES, 1, 2000)]));
        }
    }
}
