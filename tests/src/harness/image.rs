//! The test image: a busybox root with the workload in it and a few files that tests change.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::command;

/// The name under which every engine knows the image.
pub const IMAGE: &str = "localhost/test:latest";
/// The image with Debian's programs in it: python3, nginx, redis-server.
pub const PROGRAMS: &str = "localhost/programs:latest";
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
    make_tree(&root.join("opt/tree"));
    pack(&root, &directory.join("image.tar"))
}

/// Files of every kind that a container changes, deletes, or replaces by another type.
fn make_tree(tree: &Path) {
    for name in [
        "deleted-directory/below",
        "directory",
        "directory-to-file/below",
        "directory-to-link/below",
        "directory-anew",
    ] {
        fs::create_dir_all(tree.join(name)).expect("a directory for the image");
        fs::write(tree.join(name).join("inside"), name).expect("a file for the image");
    }
    for name in [
        "modified",
        "mode",
        "owner",
        "deleted",
        "file-to-directory",
        "file-to-link",
        "file-to-fifo",
        "linked-1",
    ] {
        fs::write(tree.join(name), name).expect("a file for the image");
    }
    fs::hard_link(tree.join("linked-1"), tree.join("linked-2")).expect("a second name");
    symlink("directory", tree.join("link-to-directory")).expect("a link for the image");
}

/// Programs of the host's Debian that the second image has.
const DEBIAN: [&str; 3] = [
    "/usr/bin/python3",
    "/usr/sbin/nginx",
    "/usr/bin/redis-server",
];

/// Writes the root of [`PROGRAMS`] as a tar file into `directory` and returns its path: the first
/// image's, three programs of the host with the libraries that they load, and Python's modules.
///
/// # Panics
/// When one of them is missing or the disk refuses.
pub fn make_programs(directory: &Path) -> PathBuf {
    let root = directory.join("image-root");
    let script = format!(
        r#"set -e
        modules=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
        list() {{
            for program in {programs}; do echo "$program"; done
            find "$modules" -type f ! -path '*/__pycache__/*' ! -path '*/test/*'
        }}
        list | while read -r file; do
            case $file in *.so|*.so.*|*/bin/*|*/sbin/*) ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || :;; esac
            echo "$file"
        done | sort -u | while read -r file; do
            mkdir -p "{root}${{file%/*}}"
            cp -L "$file" "{root}$file"
        done
        mkdir -p {root}/var/lib/nginx {root}/var/log/nginx"#,
        programs = DEBIAN.join(" "),
        root = root.display(),
    );
    let done = command::run(Command::new("bash").args(["-c", &script]), "");
    assert_eq!(done.code, 0, "{done}");
    pack(&root, &directory.join("programs.tar"))
}

fn pack(root: &Path, archive: &Path) -> PathBuf {
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(root).arg("-cf").arg(archive).arg(".");
    let done = command::run(&mut tar, "");
    assert_eq!(done.code, 0, "{done}");
    archive.to_owned()
}
