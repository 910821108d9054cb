//! Archives that lie about what is where, are damaged or made to harm.

use std::os::unix::fs::FileExt;

use super::*;

#[test]
fn a_wrong_table_is_not_believed() {
    let place = Place::new();
    let plain = fs::read(place.sample(Compression::None)).unwrap();
    let pieces: Vec<_> = plain.chunks(1_000_000).collect();
    let (bytes, rows) = frames(&pieces);
    let right = with_table(bytes.clone(), &rows);
    let browser = open(&place.file("right", &right)).unwrap();
    assert!(read(&browser) < bytes.len() as u64 / 2);
    let mut wrong = Vec::new();
    // Contents exchanged, though their sum is right; frames moved; one left out, one added.
    let mut exchanged = rows.clone();
    exchanged[3].1 -= 512;
    exchanged[4].1 += 512;
    wrong.push(exchanged);
    let mut moved = rows.clone();
    moved[3].0 -= 1;
    moved[4].0 += 1;
    wrong.push(moved);
    wrong.push(rows[1..].to_vec());
    wrong.push([&rows[..], &[(13, 0)]].concat());
    let mut joined = rows.clone();
    let (compressed, content) = joined.remove(4);
    joined[3].0 += compressed;
    joined[3].1 += content;
    wrong.push(joined.clone());
    joined[3].1 -= content;
    wrong.push(joined);
    for rows in wrong {
        let path = place.file("wrong", &with_table(bytes.clone(), &rows));
        let mut browser = open(&path).unwrap();
        assert_eq!(names(&browser), NAMES);
        assert!(read(&browser) >= bytes.len() as u64, "believed");
        assert!(browser.read(PAGES, u64::MAX).unwrap().unwrap() == *MEMORY);
    }
}

#[test]
fn a_table_into_the_middle_of_a_frame_is_found_out() {
    // A frame that zstd can't compress has its content as it is: frames in a frame.
    let place = Place::new();
    let plain = fs::read(place.sample(Compression::None)).unwrap();
    let noise = random(3000, 2);
    let (inner, inner_rows) = frames(&[&noise, &plain]);
    let raw = [&random(100_000, 3)[..], &inner[..inner_rows[0].0 as usize]].concat();
    let (outer, _) = frames(&[&raw]);
    let needle = &inner[..100];
    let at = outer.windows(100).position(|window| window == needle);
    let at = at.expect("not stored as it is");
    let content = |bytes: &[u8]| {
        let size = zstd::zstd_safe::get_frame_content_size(bytes).unwrap();
        u32::try_from(size.unwrap()).unwrap()
    };
    let rows = [
        (u32::try_from(at).unwrap(), content(&outer)),
        (u32::try_from(outer.len() - at).unwrap(), content(&inner)),
    ];
    let path = place.file("inner", &with_table(outer, &rows));
    // The table agrees with the headers, and the first frame does not end there.
    assert!(
        Frames::open(Arc::new(fs::File::open(&path).unwrap()))
            .unwrap()
            .is_some()
    );
    assert!(matches!(
        open(&path),
        Err(ArchiveError::NotAnArchive { .. })
    ));
}

#[test]
fn damaged_frames_are_told() {
    let place = Place::new();
    let path = place.sample(Compression::Zstd(1));
    let bytes = fs::read(&path).unwrap();
    let at = bytes.len() / 2;
    let mut changed = bytes.clone();
    changed[at] ^= 1;
    let path = place.file("changed", &changed);
    // Listed without it; what is asked of it is an error that names the member.
    let mut browser = open(&path).unwrap();
    assert_eq!(names(&browser), NAMES);
    let error = browser.read(PAGES, u64::MAX).unwrap_err().to_string();
    assert!(
        error.contains(" is damaged: ") && error.ends_with(", within checkpoint/pages-1.img"),
        "{error}"
    );
    assert!(browser.read("config.dump", 10).unwrap().is_some());
    // The content's length in a frame's header, and in the table accordingly.
    let plain = fs::read(place.sample(Compression::None)).unwrap();
    let (first, rest) = plain.split_at(plain.len() / 2);
    for change in [1_i64, -1, 70_000] {
        let (mut bytes, mut rows) = frames(&[first, rest]);
        let says = u32::try_from(i64::from(rows[0].1) + change).unwrap();
        rows[0].1 = says;
        // Magic number, a descriptor that announces four bytes of length, window.
        assert_eq!(bytes[4] & 0xe0, 0x80);
        bytes[6..10].copy_from_slice(&says.to_le_bytes());
        let error = open(&place.file("says", &with_table(bytes, &rows))).unwrap_err();
        assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
    }
}

#[test]
fn what_unpacking_refuses_is_refused() {
    let place = Place::new();
    for (files, refusal) in [
        (&[("../x", b'0', 0)][..], Refusal::Parent),
        (&[("/etc/passwd", b'0', 0)], Refusal::Absolute),
        (&[("a\x1b[2J", b'0', 0)], Refusal::Name),
        (&[("fifo", b'6', 0)], Refusal::Type { kind: '6' }),
        (&[("a", b'0', 3), ("./a", b'0', 0)], Refusal::Duplicate),
        (&[("ctr.log", b'5', 0)], Refusal::WrongKind),
        (
            &[("a", b'0', 9), ("cryopod.json", b'0', 9)],
            Refusal::Misplaced,
        ),
        (
            &[("cryopod.sums", b'0', 9), ("a", b'0', 0)],
            Refusal::Misplaced,
        ),
        (
            &[("stats-dump", b'0', (1 << 20) + 1)],
            Refusal::TooLarge {
                size: (1 << 20) + 1,
                limit: 1 << 20,
            },
        ),
    ] {
        let plain = tar(files);
        let (bytes, rows) = frames(&[&plain]);
        for bytes in [
            with_table(bytes, &rows),
            zstd::encode_all(&plain[..], 1).unwrap(),
            plain,
        ] {
            match open(&place.file("hostile", &bytes)) {
                Err(ArchiveError::Refused { refusal: found, .. }) => assert_eq!(found, refusal),
                other => panic!("{files:?}: {other:?}"),
            }
        }
    }
    let many = tar(&[("a", b'0', 0), ("b", b'0', 0), ("c", b'0', 0)]);
    let limits = Limits {
        entries: 2,
        ..Limits::default()
    };
    let error = Browser::open(&place.file("many", &many), limits).unwrap_err();
    assert!(error.to_string().contains("one more than the 2 members"));
}

#[test]
fn zeros_without_end_are_passed_over_or_refused() {
    let place = Place::new();
    let plain = tar(&[("a", b'0', 0), (PAGES, b'0', 64 << 20), ("b", b'0', 0)]);
    let limits = Limits {
        ratio_from: 1 << 20,
        ..Limits::default()
    };
    let browse = |bytes: &[u8]| Browser::open(&place.file("bomb", bytes), limits);
    let one_frame = zstd::encode_all(&plain[..], 1).unwrap();
    match browse(&one_frame) {
        Err(ArchiveError::Refused { refusal, .. }) => {
            assert_eq!(refusal, Refusal::Bomb { limit: 1000 });
        }
        other => panic!("{other:?}"),
    }
    // Where they need not be unpacked, they harm nobody; those that are unpacked are counted.
    let pieces: Vec<_> = plain.chunks(256 << 10).collect();
    let (bytes, rows) = frames(&pieces);
    assert_eq!(
        names(&browse(&with_table(bytes, &rows)).unwrap()),
        ["a", PAGES, "b"]
    );
    let empty: Vec<_> = (0..20_000).map(|number| format!("f{number}")).collect();
    let empty: Vec<_> = empty.iter().map(|name| (&name[..], b'0', 2000)).collect();
    let plain = tar(&empty);
    let pieces: Vec<_> = plain.chunks(16 << 20).collect();
    let (bytes, rows) = frames(&pieces);
    let limits = Limits {
        ratio: 20,
        ..limits
    };
    match Browser::open(&place.file("bomb", &with_table(bytes, &rows)), limits) {
        Err(ArchiveError::Refused { refusal, .. }) => {
            assert_eq!(refusal, Refusal::Bomb { limit: 20 });
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_size_that_nothing_follows_takes_no_memory() {
    let place = Place::new();
    let mut plain = tar(&[("config.dump", b'0', 0), ("ctr.log", b'0', 0)]);
    let mut header = tar::Header::from_byte_slice(&plain[512..1024]).clone();
    header.set_size(1 << 60);
    header.set_cksum();
    plain[512..1024].copy_from_slice(header.as_bytes());
    for bytes in [zstd::encode_all(&plain[..], 1).unwrap(), plain.clone()] {
        let browser = open(&place.file("lie", &bytes)).unwrap();
        assert_eq!(names(&browser), ["config.dump"]);
        assert!(!browser.is_whole());
    }
    // A file that is as long as it says, for it has a hole.
    let path = place.file("hole", &plain[..1024]);
    let file = fs::File::options().write(true).open(&path).unwrap();
    let mut header = tar::Header::from_byte_slice(&plain[512..1024]).clone();
    header.set_size(1 << 42);
    header.set_cksum();
    file.write_all_at(header.as_bytes(), 512).unwrap();
    file.set_len((1 << 42) + 2048).unwrap();
    let mut browser = open(&path).unwrap();
    assert!(browser.is_whole());
    assert_eq!(
        browser
            .read_ranges(&[range("ctr.log", 1 << 41, 3)])
            .unwrap(),
        [[0; 3]]
    );
    assert!(browser.read("ctr.log", 1 << 30).is_err());
}
