//! Digests, manifest, and what belongs together: an archive of ours that is not what was written.

use serde_json::{Value, json};

use super::honest::replace;
use super::tape::{Member, file, tar};
use super::{Case, Honest, case};

const SUMS: &str = "cryopod.sums";
const MANIFEST: &str = "cryopod.json";

/// Our archive, with its digests changed.
fn sums(honest: &Honest, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut members = honest.ours();
    let text = members.last().expect("digests").data.clone();
    let text = change(String::from_utf8(text).expect("text"));
    replace(&mut members, SUMS, text.as_bytes());
    tar(&members)
}

/// Our archive, with its manifest changed.
fn manifest(honest: &Honest, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = honest.json(MANIFEST);
    change(&mut value);
    let mut members = honest.ours();
    replace(&mut members, MANIFEST, value.to_string().as_bytes());
    tar(&members)
}

/// The line of a member.
fn line_of<'a>(text: &'a str, member: &str) -> &'a str {
    let mut lines = text.split_inclusive('\n');
    lines
        .find(|line| line.trim_end().ends_with(member))
        .expect("its line")
}

fn changed(honest: &Honest, change: impl FnOnce(&mut Vec<Member>)) -> Vec<u8> {
    let mut members = honest.ours();
    change(&mut members);
    tar(&members)
}

pub(super) const CASES: &[Case] = &[
    case(
        "digests-missing",
        "an archive whose end was cut off with care",
        "cryopod.sums, is missing",
        |honest| changed(honest, |members| drop(members.pop())),
    ),
    case(
        "content-changed",
        "a changed file of the container",
        "rootfs-diff.tar is not what was written",
        |honest| {
            changed(honest, |members| {
                let diff = members
                    .iter_mut()
                    .find(|member| member.name == b"rootfs-diff.tar");
                *diff.expect("a member").data.last_mut().expect("a byte") ^= 1;
            })
        },
    ),
    case(
        "memory-changed",
        "a byte of memory",
        "is not what was written",
        |honest| {
            changed(honest, |members| {
                let pages = members
                    .iter_mut()
                    .find(|member| member.name.starts_with(b"checkpoint/pages-"));
                pages.expect("a member").data[0] ^= 1;
            })
        },
    ),
    case(
        "member-added",
        "a file that was added later",
        "checkpoint/evil.img was added later",
        |honest| {
            changed(honest, |members| {
                let last = members.len() - 1;
                members.insert(last, file("checkpoint/evil.img", "x"));
            })
        },
    ),
    case(
        "member-removed",
        "a file that was taken out",
        "deleted.files is missing",
        |honest| {
            changed(honest, |members| {
                members.retain(|member| member.name != b"deleted.files");
            })
        },
    ),
    case(
        "digest-wrong",
        "another digest",
        "config.dump is not what was written",
        |honest| {
            sums(honest, |text| {
                let line = line_of(&text, "config.dump");
                let other = format!("{}{}", "0".repeat(64), &line[64..]);
                text.replace(line, &other)
            })
        },
    ),
    case(
        "digest-twice",
        "a wrong digest and the right one",
        "config.dump has two digests",
        |honest| {
            sums(honest, |text| {
                let line = line_of(&text, "config.dump");
                format!("{}{}{text}", "0".repeat(64), &line[64..])
            })
        },
    ),
    case(
        "digest-too-many",
        "a digest of what is not there",
        "evil is missing",
        |honest| {
            sums(honest, |text| {
                format!("{}  1  evil\n{text}", "0".repeat(64))
            })
        },
    ),
    case(
        "digest-of-another-kind",
        "a digest that we don't know",
        "cryopod.sums can't be read",
        |honest| sums(honest, |text| format!("md5:{text}")),
    ),
    case(
        "digests-not-last",
        "a file after what seals the archive",
        "is in the wrong place",
        |honest| {
            changed(honest, |members| {
                members.push(file("checkpoint/evil.img", "x"));
            })
        },
    ),
    case(
        "manifest-not-first",
        "a manifest after what it describes",
        "is in the wrong place",
        |honest| changed(honest, |members| members.swap(0, 1)),
    ),
    case(
        "later-version",
        "a version that we don't know",
        "has archive format 99",
        |honest| manifest(honest, |manifest| manifest["formatVersion"] = json!(99)),
    ),
    case(
        "version-zero",
        "a version that there never was",
        "has archive format 0",
        |honest| manifest(honest, |manifest| manifest["formatVersion"] = json!(0)),
    ),
    case(
        "sizes-that-lie",
        "sizes that overflow when they are added",
        "not enough space",
        |honest| {
            manifest(honest, |manifest| {
                for key in ["images", "volumes", "log"] {
                    manifest["sizes"][key] = json!(u64::MAX);
                }
            })
        },
    ),
    case(
        "other-architecture",
        "programs of another processor",
        "the checkpoint was made on riscv64",
        |honest| {
            manifest(honest, |manifest| {
                manifest["host"]["arch"] = json!("riscv64");
            })
        },
    ),
    case(
        "no-inventory",
        "images without their list",
        "the archive has no checkpoint/inventory.img",
        |honest| honest.without("checkpoint/inventory.img"),
    ),
    case(
        "network-status-that-is-none",
        "addresses that are none",
        "cannot read",
        |honest| honest.with("network.status", "{\"podman\": [}"),
    ),
    case(
        "network-status-that-lies",
        "an address with a line break",
        "cannot read",
        |honest| {
            honest.with("network.status", json!({"podman": {"interfaces": {"eth0": {"mac_address": "x", "subnets": [{"ipnet": "10.88.0.5\n/16"}]}}}}).to_string())
        },
    ),
    case(
        "images-that-are-none",
        "CRIU images of zeros",
        "Error: ",
        |honest| honest.with("checkpoint/inventory.img", vec![0; 4096]),
    ),
];
