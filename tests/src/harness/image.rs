//! The test image: a busybox root with the workload in it and a few files that tests change.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::command;

/// The name under which every engine knows the image.
pub const IMAGE: &str = "localhost/test:latest";
/// A file of the image whose path must not exist on the host.
pub const ONLY_IN_IMAGE: &str = "/opt/cryopod-test/settings";

/// Writes the image's root as a tar file into `directory` and returns its path.
///
/// # Panics
/// When busybox or the workload is missing or the disk refuses.
pub fn make_root(directory: &Path) -> PathBuf {
    let root = directory.join("image-root");
    for path in [
        "bin",
        "etc",
        "opt/cryopod-test",
        "data",
        "proc",
        "sys",
        "dev",
        "run",
        "root",
    ] {
        fs::create_dir_all(root.join(path)).expect("a directory for the image");
    }
    fs::create_dir_all(root.join("tmp")).expect("a directory for the image");
    fs::set_permissions(root.join("tmp"), fs::Permissions::from_mode(0o1777))
        .expect("mode of /tmp");
    fs::copy("/bin/busybox", root.join("bin/busybox")).expect("busybox-static in the host");
    let workload = std::env::var("WORKLOAD").expect("WORKLOAD names the compiled workload");
    fs::copy(&workload, root.join("bin/workload")).expect("the compiled workload");
    let applets = command::run(Command::new("/bin/busybox").arg("--list"), "");
    for applet in applets.stdout.lines().filter(|name| *name != "busybox") {
        symlink("busybox", root.join("bin").join(applet)).expect("a link for an applet");
    }
    let write = |path: &str, text: &str| {
        fs::write(root.join(path.trim_start_matches('/')), text).expect("a file for the image");
    };
    write(
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\nguest:x:1000:1000::/:/bin/sh\n",
    );
    write("/etc/group", "root:x:0:\nguest:x:1000:\n");
    write("/etc/motd", "as in the image\n");
    write("/etc/issue", "as in the image\n");
    write(ONLY_IN_IMAGE, "as in the image\n");
    let archive = directory.join("image.tar");
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(&root).arg("-cf").arg(&archive).arg(".");
    let done = command::run(&mut tar, "");
    assert_eq!(done.code, 0, "{done}");
    archive
}
