//! Members that no checkpoint has: names that lead elsewhere, links, other types, headers that lie.

use super::tape::{Member, file, link, long_name, of_type, pax, sized, tar};
use super::{Case, case};

pub(super) const CASES: &[Case] = &[
    case(
        "absolute-name",
        "write a file by its absolute name",
        "has an absolute name",
        |honest| honest.plus(&[file("/var/tmp/hostile-canary/evil", "x")]),
    ),
    case(
        "parent-name",
        "leave the directory by `..`",
        "has `..` in its name",
        |honest| {
            honest.plus(&[file(
                "checkpoint/../../../../../../var/tmp/hostile-canary/evil",
                "x",
            )])
        },
    ),
    case(
        "parent-first",
        "leave the directory by `..` before anything else is read",
        "member \"../evil\" has `..`",
        |honest| honest.after(&[file("../evil", "x")]),
    ),
    case(
        "parent-in-a-volume",
        "a volume's tar beside the volumes",
        "has `..` in its name",
        |honest| honest.plus(&[file("volumes/../../evil.tar", "x")]),
    ),
    case(
        "parent-in-a-long-name",
        "`..` hidden in a GNU long name",
        "has `..` in its name",
        |honest| {
            honest.plus(&[
                long_name(format!("{}../../evil", "a/".repeat(100))),
                file("harmless", "x"),
            ])
        },
    ),
    case(
        "absolute-in-a-pax-header",
        "an absolute name in a pax header over a harmless one",
        "has an absolute name",
        |honest| {
            honest.plus(&[
                pax(&[("path", b"/etc/cron.d/evil")]),
                file("checkpoint/x.img", "x"),
            ])
        },
    ),
    case(
        "empty-name",
        "no name at all",
        "has a name that no file",
        |honest| honest.plus(&[file("", "x")]),
    ),
    case(
        "zero-byte-in-a-name",
        "a name that C programs read to its half",
        "has a name that no file",
        |honest| {
            honest.plus(&[
                pax(&[("path", b"checkpoint/a\0.img")]),
                file("checkpoint/b.img", "x"),
            ])
        },
    ),
    case(
        "escape-codes-in-a-name",
        "a name that clears the terminal",
        "checkpoint/\\u{1b}[2J",
        |honest| honest.plus(&[file("checkpoint/\x1b[2J", "x")]),
    ),
    case(
        "line-break-in-a-name",
        "a name that looks like a message of its own",
        "has a name that no file",
        |honest| honest.plus(&[file("checkpoint/a\nError: all is well", "x")]),
    ),
    case(
        "name-that-is-no-text",
        "bytes that are not UTF-8",
        "has a name that no file",
        |honest| honest.plus(&[file(b"checkpoint/\xff\xfe", "x")]),
    ),
    case(
        "long-part",
        "a part of a name that no file system takes",
        "has a name that no file",
        |honest| honest.plus(&[long_name("a".repeat(300)), file("b", "x")]),
    ),
    case(
        "deep-name",
        "2100 directories in each other",
        "has a name that no file",
        |honest| honest.plus(&[long_name("a/".repeat(2100) + "b"), file("b", "x")]),
    ),
    case(
        "megabyte-name",
        "a name of a megabyte, and a message as long",
        "aaaa…\" has a name that no file",
        |honest| honest.plus(&[long_name("a".repeat((1 << 20) - 8)), file("b", "x")]),
    ),
    case(
        "twice",
        "the second of two files wins",
        "is there twice",
        |honest| honest.plus(&[file("config.dump", "{}")]),
    ),
    case(
        "twice-by-a-dot",
        "the same file by another spelling",
        "is there twice",
        |honest| honest.plus(&[file("./checkpoint//inventory.img", "x")]),
    ),
    case(
        "two-logs",
        "the log under the names of two engines",
        "is there twice",
        |honest| honest.plus(&[file("container.log", "x")]),
    ),
    case(
        "other-case",
        "names that only a careless reader takes for the known ones",
        "it has no config.dump",
        |honest| {
            let mut members = honest.podmans();
            for member in &mut members {
                if member.name == b"config.dump" {
                    member.name = b"CONFIG.DUMP".to_vec();
                }
            }
            tar(&members)
        },
    ),
    case(
        "no-specification",
        "leave out what is checked",
        "it has no spec.dump",
        |honest| honest.without("spec.dump"),
    ),
    case(
        "file-for-a-directory",
        "the directory of images is a file",
        "is a directory where a file belongs, or a file",
        |honest| honest.after(&[file("checkpoint", "x")]),
    ),
    case(
        "directory-for-a-file",
        "the configuration is a directory",
        "is a directory where a file belongs, or a file",
        |honest| honest.after(&[of_type("config.dump", b'5')]),
    ),
    case(
        "directory-with-data",
        "a directory that has bytes",
        "is a directory where a file belongs, or a file",
        |honest| {
            let mut directory = file("artifacts2", "x");
            directory.kind = b'5';
            honest.plus(&[directory])
        },
    ),
    case(
        "link-for-the-configuration",
        "read /etc/passwd as the configuration",
        "is a link to \"/etc/passwd\"",
        |honest| honest.after(&[link(b'2', "config.dump", "/etc/passwd")]),
    ),
    case(
        "link-for-the-log",
        "show /etc/shadow as the log (ctr.log)",
        "is a link to \"/etc/shadow\"",
        |honest| honest.after(&[link(b'2', "ctr.log", "/etc/shadow")]),
    ),
    case(
        "link-for-containerds-log",
        "the same with containerd's name (container.log), a CVE there",
        "is a link to \"/etc/shadow\"",
        |honest| honest.after(&[link(b'2', "container.log", "/etc/shadow")]),
    ),
    case(
        "hard-link-to-a-file",
        "a hard link to a file of this host",
        "is a link to \"/etc/passwd\"",
        |honest| honest.after(&[link(b'1', "checkpoint/core-9.img", "/etc/passwd")]),
    ),
    case(
        "link-for-the-images",
        "a link for the directory, then a file through it",
        "is a link to \"/var/tmp/hostile-canary\"",
        |honest| {
            honest.after(&[
                link(b'2', "checkpoint", "/var/tmp/hostile-canary"),
                file("checkpoint/evil", "x"),
            ])
        },
    ),
    case(
        "link-for-the-volumes",
        "the same with the directory of volumes",
        "is a link to \"/etc\"",
        |honest| honest.after(&[link(b'2', "volumes", "/etc"), file("volumes/x.tar", "x")]),
    ),
    case(
        "parent-link-outside",
        "let CRIU read the images of another directory",
        "is a link to \"../../../../etc\"",
        |honest| honest.plus(&[link(b'2', "checkpoint/parent", "../../../../etc")]),
    ),
    case(
        "parent-link-in-a-circle",
        "let CRIU go around in a chain of images for ever",
        "is a link to \"../pre-checkpoint-2\"",
        |honest| {
            honest.plus(&[
                link(b'2', "pre-checkpoint-2/parent", "../pre-checkpoint-1"),
                link(b'2', "pre-checkpoint-1/parent", "../pre-checkpoint-2"),
            ])
        },
    ),
    case(
        "parent-link-that-is-hard",
        "the one link that is allowed, as a hard link",
        "is a link to \"../pre-checkpoint\"",
        |honest| honest.plus(&[link(b'1', "checkpoint/parent", "../pre-checkpoint")]),
    ),
    case(
        "fifo",
        "a FIFO, which a reader waits for",
        "tar type '6'",
        |honest| honest.plus(&[of_type("checkpoint/fifo", b'6')]),
    ),
    case(
        "character-device",
        "a device of this host",
        "tar type '3'",
        |honest| honest.plus(&[of_type("checkpoint/mem", b'3')]),
    ),
    case(
        "block-device",
        "a disk of this host",
        "tar type '4'",
        |honest| honest.plus(&[of_type("checkpoint/disk", b'4')]),
    ),
    case(
        "unknown-type",
        "a type that tar doesn't have",
        "tar type 's'",
        |honest| honest.plus(&[of_type("checkpoint/socket", b's')]),
    ),
    case(
        "sparse-gnu",
        "a file of a petabyte that is a hole",
        "tar type 'S'",
        |honest| honest.plus(&[of_type("checkpoint/pages-9.img", b'S')]),
    ),
    case(
        "sparse-pax",
        "the same in pax's way",
        "tar type 'S'",
        |honest| {
            honest.plus(&[
                pax(&[
                    ("GNU.sparse.major", b"1"),
                    ("GNU.sparse.realsize", b"1125899906842624"),
                ]),
                file("checkpoint/pages-9.img", ""),
            ])
        },
    ),
    case(
        "second-volume",
        "the rest of a file of another archive",
        "tar type 'M'",
        |honest| honest.plus(&[of_type("checkpoint/pages-9.img", b'M')]),
    ),
    case(
        "size-in-a-pax-header",
        "a size beside the header's",
        "checkpoint/x.img\" has 1152921504606846976 bytes, more than",
        |honest| {
            honest.plus(&[
                pax(&[("size", b"1152921504606846976")]),
                file("checkpoint/x.img", ""),
            ])
        },
    ),
    case(
        "size-that-is-none-in-a-pax-header",
        "a size with letters",
        "the size in a pax header",
        |honest| honest.plus(&[pax(&[("size", b"12x")]), file("checkpoint/x.img", "")]),
    ),
    case(
        "broken-pax-header",
        "a record longer than its header",
        "a pax header",
        |honest| {
            let mut broken = pax(&[]);
            broken.data = b"999 path=a\n".to_vec();
            honest.plus(&[broken, file("checkpoint/x.img", "")])
        },
    ),
    case(
        "huge-pax-header",
        "two megabytes of pax records",
        "a tar extension header of absurd length",
        |honest| {
            let value = vec![b'x'; 2 << 20];
            honest.plus(&[pax(&[("comment", &value)]), file("checkpoint/x.img", "")])
        },
    ),
    case(
        "long-name-of-a-terabyte",
        "memory for a name of a terabyte",
        "a tar extension header of absurd length",
        |honest| {
            let mut name = sized("././@LongLink", 1 << 40);
            name.kind = b'L';
            honest.plus(&[name])
        },
    ),
    case(
        "chain-of-extension-headers",
        "headers about headers about headers",
        "a chain of tar extension headers",
        |honest| {
            let mut chain: Vec<Member> = (0..1000).map(|_| pax(&[("path", b"a")])).collect();
            chain.push(file("a", "x"));
            honest.plus(&chain)
        },
    ),
    case(
        "negative-size",
        "a size below zero in base 256",
        "checkpoint/x.img\" has 18446744073709551104 bytes, more than",
        |honest| {
            let mut member = sized("checkpoint/x.img", 0);
            let mut field = [0xff; 12];
            field[10] = 0xfe;
            field[11] = 0;
            member.size = Some(field);
            honest.plus(&[member])
        },
    ),
    case(
        "size-that-overflows",
        "a size that wraps around when it is rounded up",
        "checkpoint/x.img\" has 18446744073709551615 bytes, more than",
        |honest| honest.plus(&[sized("checkpoint/x.img", u64::MAX)]),
    ),
    case(
        "size-that-is-none",
        "a size with letters",
        "the size in a tar header",
        |honest| {
            let mut member = sized("checkpoint/x.img", 0);
            member.size = Some(*b"zzzzzzzzzzz\0");
            honest.plus(&[member])
        },
    ),
    case(
        "wrong-checksum",
        "a header that was changed",
        "a tar header, after",
        |honest| {
            let mut bytes = honest.plus(&[file("artifacts3/x", "x")]);
            let at = bytes
                .windows(10)
                .position(|part| part == b"artifacts3")
                .expect("it is there");
            bytes[at] = b'b';
            bytes
        },
    ),
];
