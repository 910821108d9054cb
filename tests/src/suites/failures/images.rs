//! A checkpoint's images: damaged, incomplete, of another CRIU, processor or security module. One
//! frozen container for all: each damage is made to a copy, and the whole images still thaw.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{CriuSetting, Holder, Tests, python, tests};
use crate::harness::{Host, command};

pub const TESTS: Tests = tests![once damaged, once memory_cut_short, once processor];

/// What is done to the images in a directory, and what the thaw says.
struct Damage {
    what: fn(&Path),
    cause: &'static str,
    remedy: &'static str,
}

const AGAIN: &str = "copy the checkpoint again from where it came";

fn remove(directory: &Path, name: &str) {
    fs::remove_file(directory.join(name)).unwrap();
}

fn cut(directory: &Path, name: &str, length: u64) {
    let file = fs::File::options()
        .write(true)
        .open(directory.join(name))
        .unwrap();
    file.set_len(length).unwrap();
}

fn flip(directory: &Path, name: &str, offset: usize) {
    let path = directory.join(name);
    let mut bytes = fs::read(&path).unwrap();
    bytes[offset] ^= 0xff;
    fs::write(&path, bytes).unwrap();
}

/// Changes an image: a Python expression with the first entry as `entry`.
fn edit(directory: &Path, name: &str, change: &str) {
    const SCRIPT: &str = r"
import sys, pycriu.images as images
path, change = sys.argv[1:]
with open(path, 'rb') as file:
    image = images.load(file)
exec(change, {'entry': image['entries'][0]})
with open(path, 'wb') as file:
    images.dump(image, file)
";
    let path = directory.join(name).display().to_string();
    python(SCRIPT, &[&path, change]);
}

const DAMAGES: &[Damage] = &[
    Damage {
        what: |images| remove(images, "core-1.img"),
        cause: "the checkpoint is not complete: an image file is missing",
        remedy: AGAIN,
    },
    Damage {
        what: |images| remove(images, "pages-1.img"),
        cause: "the memory of a process (pages-*.img) is missing",
        remedy: AGAIN,
    },
    Damage {
        what: |images| {
            let all = fs::read_dir(images).unwrap().flatten();
            let names = all.map(|entry| entry.file_name().into_string().unwrap());
            names
                .filter(|name| name.starts_with("mountpoints-"))
                .for_each(|name| remove(images, &name));
        },
        cause: "the checkpoint is not complete: mountpoints-*.img is missing",
        remedy: AGAIN,
    },
    Damage {
        what: |images| remove(images, "descriptors.json"),
        cause: "the checkpoint is not complete: descriptors.json is missing",
        remedy: AGAIN,
    },
    // CRIU 4.2.1 crashes without these two.
    Damage {
        what: |images| remove(images, "pstree.img"),
        cause: "CRIU was killed, or crashed, before it said why",
        remedy: "the checkpoint is damaged",
    },
    Damage {
        what: |images| remove(images, "files.img"),
        cause: "CRIU crashed: an image file is missing or damaged",
        remedy: "make a new checkpoint",
    },
    Damage {
        what: |images| cut(images, "core-1.img", 0),
        cause: "the checkpoint is damaged: an image file is cut short or empty",
        remedy: AGAIN,
    },
    Damage {
        what: |images| cut(images, "core-1.img", 100),
        cause: "the checkpoint is damaged: core-1.img is cut short",
        remedy: AGAIN,
    },
    Damage {
        what: |images| flip(images, "core-1.img", 1),
        cause: "the checkpoint is damaged: core-1.img is not what its name says",
        remedy: AGAIN,
    },
    Damage {
        what: |images| flip(images, "mm-1.img", 15),
        cause: "the checkpoint is damaged: mm-1.img cannot be read",
        remedy: AGAIN,
    },
    Damage {
        what: |images| edit(images, "inventory.img", "entry['img_version'] = 3"),
        cause: "the checkpoint's images are of version 3, which this CRIU does not know",
        remedy: "install the CRIU version that made them",
    },
    Damage {
        what: |images| {
            edit(images, "inventory.img", "entry['lsmtype'] = 'APPARMOR'");
            let profile = "creds = entry['thread_core']['creds']; creds['lsm_profile'] = 'absent'";
            edit(images, "core-1.img", profile);
        },
        cause: "the processes were confined by a security module (AppArmor, SELinux)",
        remedy: "restore on a host that has it",
    },
];

#[track_caller]
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    let done = command::run(Command::new("cp").arg("-a").args([from, to]), "");
    assert_eq!(done.code, 0, "{done}");
}

#[track_caller]
fn all_damages(host: &Host, damages: &[Damage]) {
    let mut holder = Holder::start(host, &[], &[]);
    let (whole, spoilt) = (host.path("whole"), host.path("spoilt"));
    let images = whole.display().to_string();
    holder.freeze(&["--image-path", &images]);
    let options = ["--image-path", &spoilt.display().to_string()];
    for damage in damages {
        copy(&whole, &spoilt);
        (damage.what)(&spoilt);
        holder.stays_frozen(&options, damage.cause, damage.remedy);
    }
    copy(&whole, &spoilt);
    holder.thaw(&options);
    holder.end();
}

fn damaged(host: &Host) {
    all_damages(host, DAMAGES);
    // The closed connections of a checkpoint are a matter of an option.
    host.ok(&["rm", super::NAME]);
    let _ = fs::remove_dir_all(host.path("shared"));
    let mut holder = Holder::start(host, &[], &[]);
    let images = host.path("closed");
    let options = ["--image-path", &images.display().to_string()];
    holder.freeze(&options);
    edit(&images, "inventory.img", "entry['tcp_close'] = True");
    let cause = "the checkpoint was made with its TCP connections closed";
    holder.stays_frozen(&options, cause, "restore with --tcp-close");
    holder.thaw(&[&options[..], &["--tcp-close"]].concat());
    holder.end();
}

/// CRIU 4.2.1 reads beyond the end again and again, for ever: the engine counts before it asks CRIU.
fn memory_cut_short(host: &Host) {
    let mut holder = Holder::start(host, &[], &[]);
    holder.freeze(&[]);
    let id = host.inspect(super::NAME)["Id"].as_str().unwrap().to_owned();
    let images = Path::new("/var/lib/cryopod/containers")
        .join(id)
        .join("bundle/checkpoint");
    let whole = fs::read(images.join("pages-1.img")).unwrap();
    cut(&images, "pages-1.img", 4096);
    let done = host.run(&["container", "restore", super::NAME]);
    let cause = "pagemap-1.img: at byte ";
    super::explained(&done, "restore", cause, AGAIN);
    let preview = host.run(&["container", "restore", "--dry-run", super::NAME]);
    assert_eq!(preview.code, 125, "{preview}");
    assert!(preview.stdout.contains(cause), "{preview}");
    fs::write(images.join("pages-1.img"), whole).unwrap();
    holder.thaw(&[]);
    holder.end();
}

/// CRIU compares processors when it is told to.
fn processor(host: &Host) {
    let setting = CriuSetting::begin("cpu-cap cpu");
    all_damages(
        host,
        &[
            Damage {
                what: |images| {
                    let all = "cpu = entry['x86_entry'][0]; cpu['capability'] = [0xffffffff for _ in cpu['capability']]";
                    edit(images, "cpuinfo.img", all);
                },
                cause: "this processor lacks features that the frozen processes use",
                remedy: "restore on a host that has at least the processor features",
            },
            Damage {
                what: |images| remove(images, "cpuinfo.img"),
                cause: "the checkpoint is not complete: cpuinfo.img is missing",
                remedy: AGAIN,
            },
        ],
    );
    drop(setting);
}
