//! The image of the measured containers: busybox for a shell, and the workload.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The name under which both engines know it.
pub const NAME: &str = "localhost/bench:latest";

/// Writes its root as a tar file into `directory` and returns the path.
///
/// # Errors
/// When `WORKLOAD` doesn't name the compiled workload or the host has no static busybox.
pub fn make(directory: &Path) -> Result<PathBuf> {
    let root = directory.join("image-root");
    for path in ["bin", "etc", "proc", "sys", "dev", "run", "root", "tmp"] {
        fs::create_dir_all(root.join(path))?;
    }
    let workload = std::env::var("WORKLOAD").context("WORKLOAD names no compiled workload")?;
    fs::copy("/bin/busybox", root.join("bin/busybox")).context("no /bin/busybox")?;
    fs::copy(&workload, root.join("bin/workload")).with_context(|| format!("no {workload}"))?;
    for applet in ["sh", "true", "grep", "sleep"] {
        symlink("busybox", root.join("bin").join(applet))?;
    }
    fs::write(root.join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")?;
    fs::write(root.join("etc/group"), "root:x:0:\n")?;
    let archive = directory.join("image.tar");
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(&root).arg("-cf").arg(&archive).arg(".");
    if !tar.status().context("cannot run tar")?.success() {
        bail!("tar cannot write {}", archive.display());
    }
    Ok(archive)
}
