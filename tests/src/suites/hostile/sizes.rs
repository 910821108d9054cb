//! More than there is room for: sizes, counts, what is cut off, and what unpacks to more than it is.

use super::tape::{Block, file, gzip, long_name, seek_table, sized, tar, zstd_frame};
use super::{Case, case};

const GIB: u64 = 1 << 30;

pub(super) const CASES: &[Case] = &[
    case(
        "empty-file",
        "nothing",
        "is not a checkpoint archive: it is empty",
        |_| Vec::new(),
    ),
    case(
        "short-file",
        "a file shorter than a header",
        "it is too short to be one",
        |_| b"x".to_vec(),
    ),
    case("other-file", "a program", "it is not a tar", |_| {
        b"\x7fELF".repeat(1000)
    }),
    case(
        "only-zeros",
        "an end without a beginning",
        "it has no members",
        |_| vec![0; 10_240],
    ),
    case(
        "within-a-header",
        "cut off in a header",
        "is truncated",
        |honest| {
            let mut bytes = tar(&honest.podmans());
            bytes.truncate(700);
            bytes
        },
    ),
    case(
        "within-a-member",
        "cut off in a file",
        "is truncated",
        |honest| {
            let mut bytes = tar(&honest.podmans());
            bytes.truncate(bytes.len() / 2);
            bytes
        },
    ),
    case(
        "no-end-mark",
        "cut off between two files",
        "is truncated",
        |honest| {
            let mut bytes = tar(&honest.podmans());
            bytes.truncate(bytes.len() - 1024);
            bytes
        },
    ),
    case(
        "more-after-the-end",
        "17 MiB after the end",
        "there is more after its end",
        |honest| {
            let mut bytes = tar(&honest.podmans());
            bytes.resize(bytes.len() + (17 << 20), b'x');
            bytes
        },
    ),
    case(
        "large-configuration",
        "five megabytes of JSON",
        "\"config.dump\" has 5242880 bytes, more than the 4194304 allowed",
        |honest| honest.with("config.dump", vec![b' '; 5 << 20]),
    ),
    case(
        "large-specification",
        "the same for the specification",
        "\"spec.dump\" has 5242880 bytes, more than the 4194304 allowed",
        |honest| honest.with("spec.dump", vec![b' '; 5 << 20]),
    ),
    case(
        "large-network-status",
        "two megabytes of addresses",
        "\"network.status\" has 2097152 bytes, more than the 1048576 allowed",
        |honest| honest.with("network.status", vec![b' '; 2 << 20]),
    ),
    case(
        "large-list-of-deletions",
        "a list that no memory should be given for",
        "\"deleted.files\" has 134217728 bytes, more than the 67108864 allowed",
        |honest| {
            let mut members = honest.podmans();
            members.retain(|member| member.name != b"deleted.files");
            members.push(sized("deleted.files", 128 << 20));
            tar(&members)
        },
    ),
    case(
        "large-unknown-member",
        "much of what nobody needs",
        "\"junk\" has 2147483648 bytes, more than the 1073741824 allowed",
        |honest| honest.plus(&[sized("junk", 2 * GIB)]),
    ),
    case(
        "log-larger-than-the-disk",
        "a log of an exabyte",
        "\"ctr.log\" has 1152921504606846976 bytes, more than the",
        |honest| {
            let mut members = honest.podmans();
            members.retain(|member| member.name != b"ctr.log");
            members.push(sized("ctr.log", 1 << 60));
            tar(&members)
        },
    ),
    case(
        "memory-larger-than-the-file",
        "a gigabyte by the header alone",
        "is truncated: it ends within checkpoint/pages-9.img",
        |honest| {
            let mut bytes = honest.plus(&[sized("checkpoint/pages-9.img", GIB)]);
            bytes.truncate(bytes.len() - 1024);
            bytes
        },
    ),
    case(
        "too-many-names",
        "names that fill the memory",
        "is one more than the 1000000 members allowed",
        |honest| {
            let mut bytes = tar(&honest.podmans());
            bytes.truncate(bytes.len() - 1024);
            let part = "a".repeat(200);
            for number in 0..18_000 {
                let name = format!("{}{number}", format!("{part}/").repeat(19));
                bytes.extend(long_name(name).bytes());
                bytes.extend(file("x", "").bytes());
            }
            bytes.resize(bytes.len() + 1024, 0);
            zstd_frame(20, &[Block::Raw(&bytes)])
        },
    ),
    case(
        "zstd-bomb",
        "17 GiB out of half a megabyte",
        "than",
        |honest| {
            let mut start = tar(&honest.podmans());
            start.truncate(start.len() - 1024);
            let headers: Vec<Vec<u8>> = (0..17)
                .map(|number| sized(&format!("junk{number}"), GIB).bytes())
                .collect();
            let mut blocks = vec![Block::Raw(&start)];
            for header in &headers {
                blocks.extend([Block::Raw(header), Block::Zeros(GIB)]);
            }
            zstd_frame(20, &blocks)
        },
    ),
    case(
        "zstd-window-of-two-gigabytes",
        "memory for a window of 2 GiB",
        "too much memory",
        |honest| zstd_frame(31, &[Block::Raw(&tar(&honest.podmans()))]),
    ),
    case(
        "zstd-garbage",
        "no frame after the magic number",
        "is not a checkpoint archive",
        |_| [&[0x28, 0xb5, 0x2f, 0xfd][..], &[0xff; 4000]].concat(),
    ),
    case(
        "zstd-cut-off",
        "cut off in a frame",
        "is truncated",
        |honest| {
            let mut bytes = zstd_frame(20, &[Block::Raw(&tar(&honest.podmans()))]);
            bytes.truncate(bytes.len() / 2);
            bytes
        },
    ),
    case(
        "skippable-frame-of-four-gigabytes",
        "a frame that is passed over, longer than the file",
        "it ends before its first member",
        |_| {
            let mut bytes = 0x184D_2A50_u32.to_le_bytes().to_vec();
            bytes.extend(u32::MAX.to_le_bytes());
            bytes.resize(1 << 20, 0);
            bytes
        },
    ),
    case(
        "many-frames",
        "half a million empty frames in front",
        "has an absolute name",
        |honest| {
            let mut bytes = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0].repeat(500_000);
            let evil = honest.plus(&[file("/evil", "x")]);
            bytes.extend(zstd_frame(20, &[Block::Raw(&evil)]));
            bytes
        },
    ),
    case(
        "seek-table-that-lies",
        "a table that hides what is in the frames",
        "has an absolute name",
        |honest| {
            let frame = zstd_frame(20, &[Block::Raw(&honest.plus(&[file("/evil", "x")]))]);
            let len = u32::try_from(frame.len()).expect("a short frame");
            [frame, seek_table(len, 512)].concat()
        },
    ),
    case(
        "seek-table-of-absurd-frames",
        "a table with frames of four gigabytes",
        "has an absolute name",
        |honest| {
            let frame = zstd_frame(20, &[Block::Raw(&honest.plus(&[file("/evil", "x")]))]);
            [frame, seek_table(u32::MAX, u32::MAX)].concat()
        },
    ),
    case(
        "compressed-twice",
        "a compressed file in a compressed file",
        "it is not a tar",
        |honest| {
            let inner = zstd_frame(20, &[Block::Raw(&tar(&honest.podmans()))]);
            zstd_frame(20, &[Block::Raw(&inner)])
        },
    ),
    case(
        "gzip-cut-off",
        "cut off in gzip",
        "is truncated",
        |honest| {
            let mut bytes = gzip(&tar(&honest.podmans()), true);
            bytes.truncate(bytes.len() / 2);
            bytes
        },
    ),
    case(
        "gzip-with-a-wrong-checksum",
        "a stream that was changed",
        "is damaged",
        |honest| gzip(&tar(&honest.podmans()), false),
    ),
    case(
        "gzip-that-says-an-exabyte",
        "a size that gzip would never reach",
        "more than the",
        |honest| {
            gzip(
                &honest.plus(&[sized("checkpoint/pages-9.img", 1 << 60)]),
                true,
            )
        },
    ),
    case(
        "bzip2",
        "a compression that is not read",
        "compressed with bzip2, which is not",
        |_| b"BZh91AY&SY".repeat(100),
    ),
    case("xz", "another", "compressed with xz, which is not", |_| {
        b"\xfd7zXZ\0".repeat(100)
    }),
];
