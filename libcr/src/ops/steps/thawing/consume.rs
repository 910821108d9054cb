//! A checkpoint that was thawed without `--keep` is used up: it would be stale the next moment.

use std::path::Path;

use crate::archive::layout;
use crate::error::Result;
use crate::ops::steps::freezing::place;
use crate::ops::steps::life::rootfs;
use crate::sys::dir::{remove_dir_if_present, remove_file_if_present};
use crate::sys::fault;

/// Removes the checkpoint of a bundle and CRIU's logs, as Podman does.
pub fn checkpoint(bundle: &Path) -> Result<()> {
    rootfs::forget_criu_root(bundle)?;
    for name in [layout::CHECKPOINT, "checkpoint.partial"] {
        remove_dir_if_present(&bundle.join(name))?;
    }
    fault::point("images-consumed");
    place::forget_chain(bundle)?;
    let files = [
        layout::DEV_SHM,
        layout::NETWORK_STATUS,
        layout::ROOTFS_DIFF,
        layout::DELETED_FILES,
        "dump.log",
        "restore.log",
        "stats-dump",
        "stats-restore",
        "lazy-pages.log",
        "lazy-pages.socket",
    ];
    for name in files {
        remove_file_if_present(&bundle.join(name))?;
    }
    Ok(())
}
