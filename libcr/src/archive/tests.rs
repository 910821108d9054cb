//! Round trips, and archives that were cut, changed or made to harm.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use proptest::prelude::*;

use super::super::browse::{Browser, Range};
use super::super::{Compression, Limits, Refusal, Writer};
use super::*;

#[path = "tests_hostile.rs"]
mod hostile;

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn staging(&self, name: &str) -> Dir {
        fs::create_dir_all(self.path(name)).unwrap();
        Dir::open_ambient_dir(self.path(name), cap_std::ambient_authority()).unwrap()
    }

    fn sample(&self, compression: Compression) -> PathBuf {
        let images = self.path("images");
        fs::create_dir_all(&images).unwrap();
        fs::write(images.join("core-1.img"), b"core").unwrap();
        fs::write(images.join("tcp-stream.img"), b"tcp").unwrap();
        fs::write(images.join("pages-1.img"), vec![7; 3 * 1024 * 1024 + 5]).unwrap();
        drop(std::os::unix::fs::symlink(
            "../pre-checkpoint",
            images.join("parent"),
        ));
        let path = self.path("sample.tar");
        let mut writer = Writer::create(&path, compression).unwrap();
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            ..Manifest::default()
        };
        writer.append_manifest(&manifest).unwrap();
        writer.append_bytes(layout::CONFIG_DUMP, b"{}").unwrap();
        writer.append_bytes(layout::SPEC_DUMP, b"{}").unwrap();
        writer
            .append_bytes(layout::NETWORK_STATUS, b"null")
            .unwrap();
        writer.append_directory(layout::ARTIFACTS).unwrap();
        writer.append_images(layout::CHECKPOINT, &images).unwrap();
        writer
            .append_reader_exact(layout::ROOTFS_DIFF, 6, |sink| sink.write_all(b"diff!!"))
            .unwrap();
        let volume = layout::volume(&"v".repeat(200));
        writer.append_bytes(&volume, b"volume").unwrap();
        writer.finish().unwrap();
        path
    }
}

fn unpack(bytes: Vec<u8>, place: &Place) -> Result<Contents, ArchiveError> {
    let reader = Reader::from_stream(Cursor::new(bytes), "test".into(), Limits::default())?;
    let staging = tempfile::tempdir_in(place.root.path()).unwrap();
    let dir = Dir::open_ambient_dir(staging.path(), cap_std::ambient_authority()).unwrap();
    reader.unpack(&dir, Selection::default())
}

/// A tar of raw headers: nothing is checked on the way in.
#[derive(Default)]
struct Raw(Vec<u8>);

impl Raw {
    fn add(mut self, name: &str, kind: u8, target: &str, data: &[u8]) -> Self {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_entry_type(tar::EntryType::new(kind));
        header.set_mode(0o644);
        header.set_size(data.len() as u64);
        header.set_cksum();
        self.0.extend(header.as_bytes());
        self.0.extend(data);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn foreign() -> Self {
        Self::default()
            .add("config.dump", b'0', "", b"{}")
            .add("spec.dump", b'0', "", b"{}")
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }
}

fn refusal(bytes: Vec<u8>) -> Refusal {
    match unpack(bytes, &Place::new()) {
        Err(ArchiveError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn what_was_written_comes_back() {
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd(1)] {
        let place = Place::new();
        let path = place.sample(compression);
        assert!(!place.path("sample.tar.partial").exists());
        let mut reader = Reader::open(&path, Limits::default()).unwrap();
        let header = reader.read_header(None).unwrap();
        assert_eq!(header.manifest.unwrap().format_version, FORMAT_VERSION);
        assert_eq!(header.network_status.unwrap(), b"null");
        let contents = reader
            .unpack(&place.staging("out"), Selection::default())
            .unwrap();
        assert!(contents.verified);
        assert!(contents.has("checkpoint/core-1.img"));
        assert_eq!(contents.volumes(), ["v".repeat(200)]);
        assert_eq!(
            fs::read(place.path("out/checkpoint/pages-1.img")).unwrap(),
            fs::read(place.path("images/pages-1.img")).unwrap()
        );
        assert_eq!(
            fs::read_link(place.path("out/checkpoint/parent"))
                .unwrap()
                .to_str(),
            Some("../pre-checkpoint")
        );
        assert_eq!(
            fs::read(place.path("out/rootfs-diff.tar")).unwrap(),
            b"diff!!"
        );
        assert_eq!(fs::read(place.path("out/network.status")).unwrap(), b"null");
        assert!(!place.path("out/config.dump").exists());
        assert!(!place.path("out/artifacts").exists());
    }
}

#[test]
fn selection_leaves_out() {
    let place = Place::new();
    let path = place.sample(Compression::None);
    let reader = Reader::open(&path, Limits::default()).unwrap();
    let selection = Selection {
        pages: true,
        pre_checkpoints_only: false,
        rootfs: false,
        volumes: false,
        image: false,
        log: false,
        durable: true,
    };
    let contents = reader.unpack(&place.staging("out"), selection).unwrap();
    assert!(contents.verified);
    assert!(!contents.has(layout::ROOTFS_DIFF) && contents.volumes().is_empty());
    assert!(!place.path("out/rootfs-diff.tar").exists());
}

#[test]
fn gnu_tar_reads_it() {
    let place = Place::new();
    let path = place.sample(Compression::None);
    let output = std::process::Command::new("tar")
        .arg("tvf")
        .arg(&path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{text}"
    );
    assert!(
        text.contains("checkpoint/parent -> ../pre-checkpoint"),
        "{text}"
    );
    assert!(
        text.contains(&format!("volumes/{}.tar", "v".repeat(200))),
        "{text}"
    );
    let line = |what: &str| text.lines().position(|line| line.contains(what)).unwrap();
    assert!(line("checkpoint/parent") < line("checkpoint/pages-1.img"));
    assert!(line("checkpoint/tcp-stream.img") < line("checkpoint/pages-1.img"));
    assert!(
        text.lines().next().unwrap().ends_with("cryopod.json"),
        "{text}"
    );
    assert!(
        text.lines().last().unwrap().ends_with("cryopod.sums"),
        "{text}"
    );
}

#[test]
fn cut_anywhere_is_an_error() {
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd(1)] {
        let place = Place::new();
        let bytes = fs::read(place.sample(compression)).unwrap();
        let step = (bytes.len() / 40).max(1);
        let steps = (0..bytes.len())
            .step_by(step)
            .chain(bytes.len().saturating_sub(20)..bytes.len());
        for len in steps {
            let Err(error) = unpack(bytes[..len].to_vec(), &place) else {
                panic!("{compression:?} cut to {len} of {}", bytes.len());
            };
            match (len, &error) {
                (0, ArchiveError::Empty { .. })
                | (_, ArchiveError::Truncated { .. } | ArchiveError::NotAnArchive { .. }) => {}
                (len, error) => panic!("{compression:?} cut to {len}: {error}"),
            }
        }
    }
}

#[test]
fn only_the_seek_table_can_be_cut_off_whole() {
    let place = Place::new();
    let bytes = fs::read(place.sample(Compression::Zstd(1))).unwrap();
    // Two frames of eight bytes each in the table, header and footer.
    let table = bytes.len() - (8 + 2 * 8 + 9);
    assert_eq!(bytes[table..table + 4], [0x5e, 0x2a, 0x4d, 0x18]);
    for len in table - 3..bytes.len() {
        match unpack(bytes[..len].to_vec(), &place) {
            Ok(contents) => assert!(len == table && contents.verified),
            Err(ArchiveError::Truncated { .. }) => assert_ne!(len, table),
            Err(error) => panic!("cut to {len}: {error}"),
        }
    }
}

#[test]
fn a_changed_byte_shows() {
    let place = Place::new();
    let bytes = fs::read(place.sample(Compression::None)).unwrap();
    let at = bytes
        .windows(6)
        .position(|window| window == b"diff!!")
        .unwrap();
    let mut changed = bytes.clone();
    changed[at] ^= 1;
    let error = unpack(changed, &place).unwrap_err();
    assert_eq!(
        error.to_string(),
        "test is damaged: rootfs-diff.tar is not what was written"
    );
    let compressed = fs::read(place.sample(Compression::Zstd(1))).unwrap();
    for at in (0..compressed.len()).step_by(compressed.len() / 25) {
        let mut changed = compressed.clone();
        changed[at] ^= 0x40;
        // A changed window size or the like harms nothing; changed content always shows.
        match unpack(changed, &place) {
            Ok(contents) => assert!(contents.verified),
            Err(error) => drop(error),
        }
    }
}

#[test]
fn ours_without_the_last_member_is_truncated() {
    let manifest = Manifest {
        format_version: FORMAT_VERSION,
        ..Manifest::default()
    };
    let manifest = manifest.to_json().unwrap();
    let raw = |sums: &[u8]| {
        Raw::default()
            .add("cryopod.json", b'0', "", &manifest)
            .add("config.dump", b'0', "", b"{}")
            .add("spec.dump", b'0', "", b"{}")
            .add("cryopod.sums", b'0', "", sums)
    };
    let without = Raw::default()
        .add("cryopod.json", b'0', "", &manifest)
        .add("config.dump", b'0', "", b"{}")
        .add("spec.dump", b'0', "", b"{}");
    let place = Place::new();
    let error = unpack(without.end(), &place).unwrap_err();
    assert_eq!(
        error.to_string(),
        "test is truncated: its last member, cryopod.sums, is missing"
    );
    let error = unpack(raw(b"nonsense").end(), &place).unwrap_err();
    assert_eq!(
        error.to_string(),
        "test is damaged: cryopod.sums can't be read"
    );
    let error = unpack(raw(b"").end(), &place).unwrap_err();
    assert_eq!(
        error.to_string(),
        "test is damaged: cryopod.json was added later"
    );
    assert_eq!(
        refusal(raw(b"").add("ctr.log", b'0', "", b"x").end()),
        Refusal::Misplaced
    );
    let late = Raw::foreign().add("cryopod.json", b'0', "", &manifest);
    assert_eq!(refusal(late.end()), Refusal::Misplaced);
}

#[test]
fn foreign_order_and_extras() {
    let foreign = Raw::default()
        .add("./", b'5', "", b"")
        .add("bind.mounts", b'0', "", b"[]")
        .add("checkpoint/", b'5', "", b"")
        .add("checkpoint/core-1.img", b'0', "", b"core")
        .add("config.dump", b'0', "", b"{}")
        .add("io.kubernetes.cri-o.LogPath", b'0', "", b"line\n")
        .add("spec.dump", b'0', "", b"{}")
        .add("stats-dump", b'0', "", b"x")
        .add("status.dump", b'0', "", b"{}")
        .end();
    let place = Place::new();
    let contents = unpack(foreign.clone(), &place).unwrap();
    assert!(!contents.verified);
    let names: Vec<_> = contents
        .files
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["checkpoint/core-1.img", "ctr.log", "stats-dump"]);
    let mut reader =
        Reader::from_stream(Cursor::new(foreign), "test".into(), Limits::default()).unwrap();
    reader.read_header(None).unwrap();
    let error = reader
        .unpack(&place.staging("out"), Selection::default())
        .unwrap_err();
    assert!(matches!(error, ArchiveError::HeaderOnly { .. }));
}

#[test]
fn selection_holds_before_the_header_too() {
    // Podman's archive of a pre-checkpoint: what the second archive has too comes first.
    let archive = Raw::default()
        .add("devshm-checkpoint.tar", b'0', "", &[0; 1024])
        .add("pre-checkpoint/pages-1.img", b'0', "", b"pages")
        .add("config.dump", b'0', "", b"{}")
        .add("spec.dump", b'0', "", b"{}")
        .end();
    let place = Place::new();
    let staging = place.staging("out");
    let selection = Selection {
        pre_checkpoints_only: true,
        ..Selection::default()
    };
    let mut reader =
        Reader::from_stream(Cursor::new(archive), "test".into(), Limits::default()).unwrap();
    reader.read_header(Some((&staging, selection))).unwrap();
    let contents = reader.unpack(&staging, selection).unwrap();
    assert!(contents.has("pre-checkpoint/pages-1.img"));
    assert!(!place.path("out/devshm-checkpoint.tar").exists());
}

#[test]
fn what_is_no_archive_says_so() {
    let place = Place::new();
    let message = |bytes: &[u8]| unpack(bytes.to_vec(), &place).unwrap_err().to_string();
    assert_eq!(
        message(b""),
        "test is not a checkpoint archive: it is empty"
    );
    assert_eq!(
        message(b"hello"),
        "test is not a checkpoint archive: it is too short to be one"
    );
    let text = "It is not a tar, for sure. ".repeat(50);
    let plain =
        "test is not a checkpoint archive: it is not a tar, nor one compressed with zstd or gzip";
    assert_eq!(message(text.as_bytes()), plain);
    assert_eq!(
        message(&zstd::encode_all(text.as_bytes(), 1).unwrap()),
        plain
    );
    assert_eq!(
        message(&[0; 10240]),
        "test is not a checkpoint archive: it has no members"
    );
    let other = Raw::default().add("README", b'0', "", b"hi").end();
    assert_eq!(
        message(&other),
        "test is not a checkpoint archive: it has no config.dump"
    );
    assert!(message(b"BZh91AY&SY").contains("bzip2, which is not supported"));
    let absent = Reader::open(&place.path("absent"), Limits::default())
        .unwrap_err()
        .to_string();
    assert!(
        absent.starts_with("failed to open checkpoint archive ")
            && absent.ends_with(": no such file or directory"),
        "{absent}"
    );
    let directory = Reader::open(place.root.path(), Limits::default())
        .unwrap_err()
        .to_string();
    assert!(directory.ends_with("it is a directory"), "{directory}");
    let later = Raw::default()
        .add("cryopod.json", b'0', "", br#"{"formatVersion":7}"#)
        .end();
    assert!(message(&later).contains("archive format 7"));
}

#[test]
fn an_unfinished_archive_leaves_nothing() {
    let place = Place::new();
    let path = place.path("a.tar");
    fs::write(&path, b"old").unwrap();
    let mut writer = Writer::create(&path, Compression::default()).unwrap();
    assert!(matches!(
        Writer::create(&path, Compression::default()),
        Err(ArchiveError::Busy { .. })
    ));
    let short = writer.append_reader_exact("ctr.log", 9, |sink| sink.write_all(b"short"));
    assert!(short.unwrap_err().to_string().contains("4 bytes fewer"));
    assert!(writer.append_bytes("x", b"").is_err());
    assert!(writer.finish().is_err());
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(place.root.path()).unwrap().count(), 1);
    fs::write(place.path("a.tar.partial"), b"left by a crash").unwrap();
    let writer = Writer::create(&path, Compression::None).unwrap();
    writer.finish().unwrap();
    assert_eq!(fs::read_dir(place.root.path()).unwrap().count(), 1);
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_members_round_trip(files in prop::collection::btree_map("[a-z]{1,40}", prop::collection::vec(any::<u8>(), 0..3000), 0..8)) {
        let place = Place::new();
        let path = place.path("a.tar");
        let mut writer = Writer::create(&path, Compression::default()).unwrap();
        writer.append_manifest(&Manifest { format_version: 1, ..Manifest::default() }).unwrap();
        writer.append_bytes(layout::CONFIG_DUMP, b"{}").unwrap();
        writer.append_bytes(layout::SPEC_DUMP, b"{}").unwrap();
        for (name, bytes) in &files {
            writer.append_bytes(&format!("checkpoint/{name}"), bytes).unwrap();
        }
        writer.finish().unwrap();
        let reader = Reader::open(&path, Limits::default()).unwrap();
        let contents = reader.unpack(&place.staging("out"), Selection::default()).unwrap();
        prop_assert!(contents.verified);
        let back: BTreeMap<_, _> = contents.files.iter().map(|(name, _)| {
            let bytes = fs::read(place.path("out").join(name)).unwrap();
            (name.trim_start_matches("checkpoint/").to_owned(), bytes)
        }).collect();
        prop_assert_eq!(back, files);
    }

    #[test]
    fn no_bytes_panic(changes in prop::collection::vec((0_usize..6144, any::<u8>()), 1..20)) {
        let mut bytes = Raw::foreign().add("checkpoint/", b'5', "", b"")
            .add("checkpoint/a", b'x', "", b"12 path=ab\n").add("x", b'0', "", b"data").end();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        drop(unpack(bytes, &Place::new()));
    }

    #[test]
    fn random_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(unpack(bytes, &Place::new()).is_err());
    }
}

/// Speed on this machine, printed; run with `--nocapture` to see it.
#[test]
fn speed() {
    let shm = tempfile::tempdir_in("/dev/shm").unwrap();
    let size: u64 = std::env::var("ARCHIVE_SPEED_MB").map_or(16, |text| text.parse().unwrap());
    let mut data = tempfile::tempfile_in(shm.path()).unwrap();
    let mut random = blake3::Hasher::new().finalize_xof();
    let mut block = vec![0; 1 << 20];
    for _ in 0..size {
        random.fill(&mut block);
        data.write_all(&block).unwrap();
    }
    for compression in [
        Compression::None,
        Compression::Zstd(1),
        Compression::Zstd(3),
    ] {
        let path = shm.path().join("a.tar");
        let start = std::time::Instant::now();
        data.seek(SeekFrom::Start(0)).unwrap();
        let mut writer = Writer::create(&path, compression).unwrap();
        writer
            .append_manifest(&Manifest {
                format_version: 1,
                ..Manifest::default()
            })
            .unwrap();
        writer.append_bytes(layout::CONFIG_DUMP, b"{}").unwrap();
        writer.append_bytes(layout::SPEC_DUMP, b"{}").unwrap();
        writer
            .append_file("checkpoint/pages-1.img", &mut data, size << 20)
            .unwrap();
        writer.finish().unwrap();
        let wrote = start.elapsed().as_secs_f64();
        let start = std::time::Instant::now();
        let mut browser = Browser::open(&path, Limits::default()).unwrap();
        let range = |offset| Range {
            member: "checkpoint/pages-1.img".to_owned(),
            offset,
            len: 4096,
        };
        let ranges = [range(0), range((size << 20) - 4096), range(size << 19)];
        let pages = browser.read_ranges(&ranges).unwrap();
        assert!(browser.is_whole() && pages[1] == block[block.len() - 4096..]);
        let looked = start.elapsed().as_secs_f64() * 1000.0;
        let start = std::time::Instant::now();
        let out = tempfile::tempdir_in(shm.path()).unwrap();
        let dir = Dir::open_ambient_dir(out.path(), cap_std::ambient_authority()).unwrap();
        let contents = Reader::open(&path, Limits::default())
            .unwrap()
            .unpack(&dir, Selection::default())
            .unwrap();
        let read = start.elapsed().as_secs_f64();
        assert!(contents.verified);
        let mb = f64::from(u32::try_from(size).unwrap());
        println!(
            "{compression:?}: write {:.0} MB/s, look into {looked:.1} ms, read {:.0} MB/s",
            mb / wrote,
            mb / read
        );
    }
}
