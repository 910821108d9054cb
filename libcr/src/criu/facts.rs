//! What this host's CRIU is and can do, asked once and kept in the run directory until the program
//! or the kernel is another: each question starts CRIU, which takes longer than many a freeze step.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::CriuError;
use super::features::Features;
use crate::sys::dir::write_for_this_boot;
use crate::sys::machine;

/// The first CRIU whose unlocking finds the table that its locking made in another PID namespace.
const NFTABLES_SINCE: u32 = 40_200;

/// The first CRIU that can be told not to lock the network: 3.19.
const UNLOCKED_SINCE: u32 = 31_900;

/// The installed CRIU, on this kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// 40201 for 4.2.1.
    pub version: u32,
    /// It can keep packets from a container by rules of nftables, by itself. By iptables it starts
    /// up to ten programs, while the container stands still.
    pub locks_by_nftables: bool,
    /// Which program on which kernel this was asked of.
    asked: Asked,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    program: PathBuf,
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    kernel: String,
}

impl Facts {
    /// The facts, from `<run>/criu.json` where they are of this program and kernel.
    ///
    /// # Errors
    /// As [`Features::find`].
    pub fn find(run_root: &Path) -> Result<Self, CriuError> {
        Self::of(Features::locate()?, run_root)
    }

    /// It knows `network-lock skip`.
    pub fn can_leave_network_unlocked(&self) -> bool {
        self.version >= UNLOCKED_SINCE
    }

    fn of(program: PathBuf, run_root: &Path) -> Result<Self, CriuError> {
        let file = std::fs::metadata(&program)?;
        let asked = Asked {
            program,
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            kernel: machine::kernel(),
        };
        let path = run_root.join("criu.json");
        let known = std::fs::read(&path)
            .ok()
            .and_then(|text| serde_json::from_slice::<Self>(&text).ok());
        if let Some(known) = known.filter(|known| known.asked == asked) {
            return Ok(known);
        }
        let features = Features::of(asked.program.clone())?;
        let facts = Self {
            version: features.version,
            locks_by_nftables: features.version >= NFTABLES_SINCE
                && features.has("network_lock_nftables"),
            asked,
        };
        let text = serde_json::to_vec(&facts).unwrap_or_default();
        let kept = std::fs::create_dir_all(run_root)
            .and_then(|()| write_for_this_boot(&path, &text, 0o600));
        if let Err(error) = kept {
            tracing::debug!(%error, "CRIU is asked again next time");
        }
        Ok(facts)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn asked_once_and_again_of_another_program() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let (program, run) = (directory.path().join("criu"), directory.path().join("run"));
        let asked = directory.path().join("asked");
        let install = |version: &str, nftables: u8| {
            let script = format!(
                "#!/bin/sh\necho >> {}\ncase \"$*\" in --version) echo Version: {version};; *) exit {nftables};; esac\n",
                asked.display()
            );
            std::fs::write(&program, script)?;
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))
        };
        let times = || std::fs::read_to_string(&asked).map_or(0, |text| text.lines().count());
        install("4.2.1", 0)?;
        for _ in 0..3 {
            let facts = Facts::of(program.clone(), &run)?;
            assert_eq!((facts.version, facts.locks_by_nftables), (40_201, true));
        }
        assert_eq!(times(), 2);
        install("4.2.1-other", 1)?;
        assert!(!Facts::of(program.clone(), &run)?.locks_by_nftables);
        install("4.1", 0)?;
        assert!(!Facts::of(program.clone(), &run)?.locks_by_nftables);
        std::fs::write(run.join("criu.json"), "{")?;
        assert_eq!(Facts::of(program, &run)?.version, 40_100);
        Ok(())
    }
}
