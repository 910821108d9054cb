//! Which CRIU is installed and whether it and the kernel can do what is asked.
//!
//! Runs `criu` and reads what it prints; starts nothing that touches a container.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{CriuError, kernel_config};
use crate::sys::command::{self, CommandError};
use crate::sys::machine;

/// The oldest CRIU that will do: 3.17.
pub const OLDEST: u32 = 31_700;

/// The installed CRIU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features {
    /// Path of the program.
    pub program: PathBuf,
    /// 40201 for 4.2.1.
    pub version: u32,
}

impl Features {
    /// Finds `criu` in PATH, and in the system's directories for programs of root.
    ///
    /// # Errors
    /// [`CriuError::Missing`], [`CriuError::Version`], [`CriuError::TooOld`].
    pub fn find() -> Result<Self, CriuError> {
        Self::of(Self::locate()?)
    }

    /// Path of the program.
    ///
    /// # Errors
    /// [`CriuError::Missing`].
    pub fn locate() -> Result<PathBuf, CriuError> {
        let search = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&search)
            .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
            .map(|directory| directory.join("criu"))
            .find(|path| is_executable(path))
            .ok_or(CriuError::Missing)
    }

    /// The facts on this program.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn of(program: PathBuf) -> Result<Self, CriuError> {
        let output = command::run(Command::new(&program).arg("--version")).map_err(refused)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = parse_version(&text).ok_or_else(|| CriuError::Version {
            output: text.trim().to_owned(),
        })?;
        if version < OLDEST {
            return Err(CriuError::TooOld {
                needed: OLDEST,
                found: version,
            });
        }
        Ok(Self { program, version })
    }

    /// Whether kernel and privileges do for CRIU: `criu check`.
    ///
    /// # Errors
    /// [`CriuError::Check`] with CRIU's reason.
    pub fn check(&self) -> Result<(), CriuError> {
        command::run(Command::new(&self.program).arg("check"))
            .map(drop)
            .map_err(refused)
    }

    /// Whether memory can be tracked, which pre-dumps need: `criu check --feature mem_dirty_track`.
    /// Some milliseconds; CRIU keeps what it found in /run/criu.kdat.
    ///
    /// Without it nothing may be dumped in steps: a runtime that is asked to all the same leaves out
    /// pages that did change, and thaws stale memory without a word.
    pub fn tracks_memory(&self) -> bool {
        self.has("mem_dirty_track")
    }

    /// As [`Self::tracks_memory`], with the reason when it can't be done.
    ///
    /// # Errors
    /// [`CriuError::MemoryTracking`] with Podman's words, the kernel and its missing option.
    pub fn require_memory_tracking(&self) -> Result<(), CriuError> {
        if self.tracks_memory() {
            return Ok(());
        }
        Err(CriuError::MemoryTracking {
            reason: kernel_config::why_no_tracking(
                &machine::kernel(),
                &kernel_config::option("CONFIG_MEM_SOFT_DIRTY"),
            ),
        })
    }

    /// Whether `criu check --feature NAME` says yes; false for names that it doesn't know.
    pub fn has(&self, feature: &str) -> bool {
        let mut check = Command::new(&self.program);
        check.args(["check", "--feature", feature]);
        command::run(&mut check).is_ok()
    }

    /// The version as people write it: `4.2.1`.
    pub fn version_text(&self) -> String {
        version_text(self.version)
    }
}

/// `4.2.1` for 40201; a last part of zero is left out.
pub fn version_text(version: u32) -> String {
    let (major, minor, patch) = (version / 10_000, version / 100 % 100, version % 100);
    if patch == 0 {
        format!("{major}.{minor}")
    } else {
        format!("{major}.{minor}.{patch}")
    }
}

/// 40201 for `Version: 4.2.1`, 31701 for `3.17.1-3`; nothing when there is no number.
fn parse_version(text: &str) -> Option<u32> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Version:"))?;
    let mut parts = line
        .trim()
        .split(['.', '-', '+', '~', ' '])
        .map_while(|part| part.parse::<u32>().ok());
    let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next().unwrap_or(0));
    let fits = major < 1000 && minor < 100 && patch < 100;
    fits.then_some(major * 10_000 + minor * 100 + patch)
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn refused(error: CommandError) -> CriuError {
    match error {
        CommandError::Start { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            CriuError::Missing
        }
        CommandError::Start { source, .. } => CriuError::Io(source),
        CommandError::Failed { status, stderr, .. } => {
            let errors: Vec<&str> = stderr
                .lines()
                .filter(|line| line.contains("Error") && !line.contains("rlimit"))
                .collect();
            let reason = match (errors.is_empty(), stderr.is_empty()) {
                (false, _) => errors.join("; "),
                (true, false) => stderr,
                (true, true) => status.to_string(),
            };
            CriuError::Check { reason }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(script: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("criu");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        (directory, path)
    }

    #[test]
    fn versions() {
        assert_eq!(parse_version("Version: 4.2.1\n"), Some(40_201));
        assert_eq!(parse_version("Version: 3.17\nGitID: v3.17\n"), Some(31_700));
        assert_eq!(parse_version("Version: 4.1.1-1+deb13u1\n"), Some(40_101));
        assert_eq!(parse_version("Version: 4\n"), None);
        assert_eq!(parse_version("usage"), None);
        assert_eq!(version_text(40_201), "4.2.1");
        assert_eq!(version_text(40_200), "4.2");
    }

    #[test]
    fn what_a_program_says() {
        let (_keep, path) = program(
            r#"case "$*" in
            --version) echo "Version: 4.2.1";;
            check) echo "Error (criu/util.c:1): rlimit: EPERM" >&2; echo "Error (criu/cr-check.c:9): no tun" >&2; exit 1;;
            "check --feature mem_dirty_track") exit 1;;
            *) exit 0;; esac"#,
        );
        let features = Features::of(path).unwrap();
        assert_eq!(features.version, 40_201);
        assert!(!features.tracks_memory());
        let refused = features.require_memory_tracking().unwrap_err().to_string();
        assert!(
            refused.starts_with(
                "system (architecture/kernel/CRIU) does not support memory tracking: "
            ) && refused.contains("CONFIG_MEM_SOFT_DIRTY"),
            "{refused}"
        );
        assert!(features.has("other"));
        assert_eq!(
            features.check().unwrap_err().to_string(),
            "this system cannot checkpoint: criu check fails: Error (criu/cr-check.c:9): no tun"
        );
        let (_keep, able) = program("echo 'Version: 4.2.1'");
        Features::of(able)
            .unwrap()
            .require_memory_tracking()
            .unwrap();
        let (_keep, old) = program("echo 'Version: 3.11'");
        let error = Features::of(old).unwrap_err().to_string();
        assert_eq!(
            error,
            "checkpoint/restore requires at least CRIU 31700, current version is 31100"
        );
        let error = Features::of("/nowhere/criu".into())
            .unwrap_err()
            .to_string();
        assert!(error.contains("install the package `criu`"));
    }
}
