//! The golden archives as files, and unpacked ones to look into and to spoil.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::harness::{Host, command};

/// All dialects that there are fixtures of.
pub const DIALECTS: [&str; 6] = [
    "podman3",
    "podman4",
    "podman5",
    "podman6",
    "containerd",
    "crio",
];

/// The path of a file among the fixtures.
pub fn path(name: &str) -> String {
    format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The archive of a dialect that one runtime's dump is in.
pub fn fixture(dialect: &str, runtime: &str) -> String {
    let compression = match dialect {
        "podman3" | "podman4" => "gz",
        _ => "zst",
    };
    path(&format!("archives/{dialect}-{runtime}.tar.{compression}"))
}

/// An archive's members in a directory of the test.
pub struct Unpacked {
    directory: PathBuf,
}

impl Unpacked {
    /// Unpacks; whatever was unpacked before is gone.
    pub fn of(host: &Host, archive: &str) -> Self {
        let directory = host.path("unpacked");
        if directory.exists() {
            fs::remove_dir_all(&directory).unwrap();
        }
        fs::create_dir(&directory).unwrap();
        let unpacked = Self { directory };
        unpacked.tar(&["-xf", archive]);
        unpacked
    }

    /// Packs what there is now, as a plain tar.
    pub fn pack(&self) -> String {
        let archive = self.directory.with_extension("tar");
        let archive = archive.display().to_string();
        self.tar(&["-cf", &archive, "--sort=name", "."]);
        archive
    }

    /// Where a member is.
    pub fn path(&self, member: &str) -> PathBuf {
        self.directory.join(member)
    }

    /// The log, whatever its name.
    pub fn log(&self) -> String {
        let names = ["ctr.log", "container.log", "io.kubernetes.cri-o.LogPath"];
        let found = names
            .iter()
            .find_map(|name| fs::read_to_string(self.directory.join(name)).ok());
        found.expect("the archive has a log")
    }

    /// A file that the container changed or made.
    pub fn changed(&self, name: &str) -> String {
        self.tar(&["-xOf", "rootfs-diff.tar", name])
    }

    /// A member that is JSON.
    pub fn json(&self, member: &str) -> Value {
        serde_json::from_slice(&fs::read(self.directory.join(member)).unwrap()).unwrap()
    }

    /// Changes a member that is JSON.
    pub fn edit(&self, member: &str, change: impl FnOnce(&mut Value)) {
        let mut value = self.json(member);
        change(&mut value);
        self.write(member, &value.to_string());
    }

    /// Writes a member.
    pub fn write(&self, member: &str, text: &str) {
        fs::write(self.directory.join(member), text).unwrap();
    }

    /// Removes a member.
    pub fn remove(&self, member: &str) {
        fs::remove_file(self.directory.join(member)).unwrap();
    }

    /// Makes a member a symbolic link.
    pub fn link(&self, member: &str, target: &str) {
        let path = self.directory.join(member);
        let _ = fs::remove_file(&path);
        symlink(target, path).unwrap();
    }

    /// Makes the changes of the root file system one file of this name.
    pub fn changes_with(&self, name: &str, compressed: bool) {
        self.write("evil", "evil\n");
        let flags = if compressed { "-czf" } else { "-cf" };
        let rename = format!("--transform=flags=r;s|.*|{name}|");
        self.tar(&[flags, "rootfs-diff.tar", "-P", &rename, "evil"]);
        self.remove("evil");
    }

    #[track_caller]
    fn tar(&self, words: &[&str]) -> String {
        let mut tar = Command::new("tar");
        tar.arg("-C").arg(&self.directory);
        // The directory holds for what follows it; archives named relatively are in it too.
        tar.current_dir(&self.directory).args(words);
        let done = command::run(&mut tar, "");
        assert_eq!(done.code, 0, "{done}");
        done.stdout
    }
}
