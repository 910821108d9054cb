//! Trees of files in an archive: the changes of a root, a volume's content, the list of deletions.

use std::fs::{self, File};
use std::io::Cursor;

use libcr::storage::apply::{self, ApplyOptions, Limits, Whiteouts};

use crate::archives::mended;
use crate::{choice, parts, scratch};

/// A tar of files (0) over some that are there, and a JSON list of what is deleted (1).
///
/// # Panics
/// When a rule is broken.
pub fn inner_tar(data: &[u8]) {
    let outside = scratch();
    let inside = outside.path().join("inside");
    fs::create_dir_all(inside.join("etc/old")).expect("directories can be made");
    fs::write(inside.join("etc/old/file"), "old").expect("there is room");
    fs::write(outside.path().join("sentinel"), "untouched").expect("there is room");
    std::os::unix::fs::symlink("..", inside.join("up")).expect("a link can be made");
    std::os::unix::fs::symlink(outside.path(), inside.join("away")).expect("a link can be made");
    let directory = File::open(&inside).expect("it is there");
    let choice = choice(data);
    let options = ApplyOptions {
        whiteouts: match choice % 3 {
            0 => Whiteouts::Literal,
            1 => Whiteouts::Delete,
            _ => Whiteouts::Overlay,
        },
        devices: false,
        limits: Limits {
            members: 100,
            bytes: 1 << 20,
        },
        owner: (choice & 8 == 8).then_some((1000, 1000)),
    };
    for (name, bytes) in parts::split(data) {
        if name & 1 == 0 {
            let _ = apply::apply_changes(&directory, Cursor::new(mended(bytes)), &options);
        } else {
            let _ = apply::delete_listed(&directory, Cursor::new(bytes));
        }
    }
    let sentinel = fs::read_to_string(outside.path().join("sentinel"));
    assert_eq!(sentinel.ok().as_deref(), Some("untouched"));
    let beside = fs::read_dir(outside.path()).expect("it is there").count();
    assert_eq!(beside, 2, "something was made outside");
}
