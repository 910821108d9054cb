//! The trees in the archive: rootfs-diff.tar, deleted.files, the volume's tar, devshm-checkpoint.tar.
//! They are read when the container is being made; what was made is removed again.

use serde_json::json;

use super::tape::{Member, file, gzip, link, long_name, of_type, pax, sized, tar, zstd};
use super::{Case, Honest, case};

const DIFF: &str = "rootfs-diff.tar";
const DELETED: &str = "deleted.files";
const VOLUME: &str = "volumes/hostile-data.tar";
const SHM: &str = "devshm-checkpoint.tar";

fn tree(honest: &Honest, which: &str, members: &[Member]) -> Vec<u8> {
    honest.with(which, tar(members))
}

pub(super) const CASES: &[Case] = &[
    case(
        "changes-that-climb",
        "a changed file outside of the root",
        "refusing path \"../../evil\"",
        |honest| tree(honest, DIFF, &[file("../../evil", "x")]),
    ),
    case(
        "changes-that-climb-in-a-pax-header",
        "the same in a pax header",
        "it contains ..",
        |honest| {
            tree(
                honest,
                DIFF,
                &[pax(&[("path", b"a/../../evil")]), file("a", "x")],
            )
        },
    ),
    case(
        "changes-linked-from-outside",
        "a hard link to a file of this host",
        "refusing path",
        |honest| {
            tree(
                honest,
                DIFF,
                &[link(b'1', "passwd", "../../../../../../../etc/passwd")],
            )
        },
    ),
    case(
        "changes-that-replace-the-root",
        "a file in the place of the root",
        "it replaces the directory itself",
        |honest| tree(honest, DIFF, &[file("./", "x")]),
    ),
    case(
        "changes-with-a-device",
        "a disk of this host",
        "refusing device node \"disk\"",
        |honest| tree(honest, DIFF, &[of_type("disk", b'4')]),
    ),
    case(
        "changes-with-an-unknown-type",
        "a type that tar doesn't have",
        "of unknown type 's'",
        |honest| tree(honest, DIFF, &[of_type("x", b's')]),
    ),
    case(
        "changes-larger-than-the-disk",
        "an exabyte in a compressed tree",
        "exceeds the limit of",
        |honest| honest.with(DIFF, gzip(&tar(&[sized("x", 1 << 60)]), true)),
    ),
    case(
        "changes-with-a-negative-size",
        "a size below zero",
        "a number in a header is negative",
        |honest| {
            let mut member = sized("x", 0);
            member.size = Some([0xff; 12]);
            tree(honest, DIFF, &[member])
        },
    ),
    case(
        "changes-cut-off",
        "a tree that ends in a file",
        "it ends early",
        |honest| {
            let mut bytes = tar(&[file("x", vec![b'x'; 10_000])]);
            bytes.truncate(2000);
            honest.with(DIFF, bytes)
        },
    ),
    case(
        "changes-that-are-no-tar",
        "something else",
        "invalid tar archive",
        |honest| honest.with(DIFF, vec![b'x'; 1000]),
    ),
    case(
        "changes-with-a-chain-of-headers",
        "headers about headers",
        "too many extended headers",
        |honest| {
            let mut chain: Vec<Member> = (0..1000).map(|_| pax(&[("path", b"a")])).collect();
            chain.push(file("a", "x"));
            tree(honest, DIFF, &chain)
        },
    ),
    case(
        "changes-with-long-attributes",
        "memory for extended attributes",
        "extended attributes are too long",
        |honest| {
            let value = vec![b'x'; 500 << 10];
            tree(
                honest,
                DIFF,
                &[pax(&[("SCHILY.xattr.user.a", &value)]), file("a", "x")],
            )
        },
    ),
    case(
        "changes-with-many-attributes",
        "memory for attributes of directories, kept to the end",
        "names and attributes of directories",
        |honest| {
            let value = vec![0; 200 << 10];
            let mut members = Vec::new();
            for number in 0..700 {
                members.push(pax(&[("SCHILY.xattr.user.a", &value)]));
                members.push(of_type(format!("d{number}"), b'5'));
            }
            honest.with(DIFF, zstd(&tar(&members)))
        },
    ),
    case(
        "changes-with-a-name-too-long",
        "a name that no file system takes",
        "it is longer than any path",
        |honest| {
            tree(
                honest,
                DIFF,
                &[long_name("a/".repeat(5000) + "b"), file("b", "x")],
            )
        },
    ),
    case(
        "deletions-that-climb",
        "remove a file of this host (a CVE elsewhere)",
        "refusing path \"/../../../var/tmp/hostile-canary/alive\"",
        |honest| {
            honest.with(
                DELETED,
                json!(["/../../../var/tmp/hostile-canary/alive"]).to_string(),
            )
        },
    ),
    case(
        "deletion-of-the-root",
        "remove everything",
        "it is the directory itself",
        |honest| honest.with(DELETED, json!(["/"]).to_string()),
    ),
    case(
        "deletion-of-nothing",
        "an empty path",
        "it is the directory itself",
        |honest| honest.with(DELETED, json!([""]).to_string()),
    ),
    case(
        "deletion-with-a-zero-byte",
        "a path that C programs read to its half",
        "it contains a zero byte",
        |honest| honest.with(DELETED, json!(["/etc\u{0}x"]).to_string()),
    ),
    case(
        "deletions-that-are-no-list",
        "an object",
        "cannot read deleted.files",
        |honest| honest.with(DELETED, "{\"/etc\": 1}"),
    ),
    case(
        "deletions-that-are-deep",
        "lists in lists",
        "cannot read deleted.files",
        |honest| honest.with(DELETED, "[".repeat(1 << 20)),
    ),
    case(
        "many-deletions",
        "memory for 15 million paths",
        "exceeds the limit of 4000000 deleted files",
        |honest| {
            let mut list = b"[".to_vec();
            list.extend(b"\"a\",".repeat(15_000_000));
            list.extend(b"\"a\"]");
            honest.with(DELETED, list)
        },
    ),
    case(
        "volume-with-a-device",
        "a disk of this host in a volume",
        "refusing device node",
        |honest| tree(honest, VOLUME, &[of_type("mem", b'3')]),
    ),
    case(
        "volume-files-that-climb",
        "a file outside of the volume",
        "refusing path \"../../../evil\"",
        |honest| tree(honest, VOLUME, &[file("../../../evil", "x")]),
    ),
    case(
        "dev-shm-that-climbs",
        "a file outside of /dev/shm",
        "refusing path",
        |honest| tree(honest, SHM, &[file("../evil", "x")]),
    ),
    case(
        "dev-shm-with-a-device",
        "a device in /dev/shm",
        "refusing device node",
        |honest| tree(honest, SHM, &[of_type("mem", b'3')]),
    ),
];
