//! Which files of the root changed: told where that costs little.

use super::members::Members;
use crate::archive::layout;
use crate::model::shown::Shown;
use crate::storage::fingerprint::fingerprints;

/// The largest tar of changes that is read to count them.
const CHEAP: u64 = 8 << 20;
/// What it may be unpacked, where it is compressed once more.
const UNPACKED: u64 = 64 << 20;
/// OCI's mark of a file that a layer deletes, and of a directory whose content it hides.
const WHITEOUT: &str = ".wh.";
const OPAQUE: &str = ".wh..wh..opq";

/// Counts the changes of the root file system, and names what they delete where engines write that
/// into the same tar.
pub(super) fn tell(members: &mut Members, shown: &mut Shown) {
    let Some(len) = members.len(layout::ROOTFS_DIFF) else {
        return;
    };
    if len > CHEAP {
        return;
    }
    let Some(tar) = members.read(layout::ROOTFS_DIFF, CHEAP, &mut shown.unclear) else {
        return;
    };
    match fingerprints(tar.as_slice(), UNPACKED) {
        Ok(paths) => {
            let mut changed = 0;
            for path in paths.keys() {
                let (directory, name) = path.rsplit_once('/').unwrap_or_default();
                match name.strip_prefix(WHITEOUT) {
                    _ if name == OPAQUE || path == "/" => {}
                    Some(deleted) => shown.deleted_files.push(format!("{directory}/{deleted}")),
                    None => changed += 1,
                }
            }
            shown.changed_files = Some(changed);
        }
        Err(error) => shown
            .unclear
            .push(format!("{}: {error}", layout::ROOTFS_DIFF)),
    }
}
