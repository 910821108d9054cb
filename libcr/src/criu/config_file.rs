//! The CRIU configuration that a bundle names by its annotation `org.criu.config`.
//!
//! It carries the options that no flag of the OCI runtimes reaches. Where a runtime sets the same
//! option itself, its own wins. Format: <https://criu.org/Configuration_files>.

use std::io;
use std::path::Path;

use crate::sys::dir::write_for_this_boot;

/// What CRIU is to be told beside the runtime's flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// Keep cgroups out of the images: the runtime and the engine own them. Otherwise a dump costs
    /// 100 ms and more, and a thaw goes into the old container's cgroup.
    pub leave_cgroups: bool,
    /// More options, each a line without its `--`, such as `network-lock nftables`.
    pub options: Vec<String>,
}

impl Default for ConfigFile {
    fn default() -> Self {
        Self {
            leave_cgroups: true,
            options: Vec::new(),
        }
    }
}

impl ConfigFile {
    /// The text of the file.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for an option with a line break, which would be two.
    pub fn text(&self) -> io::Result<String> {
        let mut text = String::from("# Written by cryopod for this container; read by CRIU.\n");
        if self.leave_cgroups {
            text.push_str("cgroup-dump-controller none\n");
        }
        for option in &self.options {
            if option.contains(['\n', '\r', '\0']) {
                let why = format!("a CRIU option must be one line: {option:?}");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
            }
            text.push_str(option);
            text.push('\n');
        }
        Ok(text)
    }

    /// Writes the file, mode 0600. It is written anew before CRIU is asked anything.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        write_for_this_boot(path, self.text()?.as_bytes(), 0o600)
    }
}

/// What all of CRIU's runs on this host read first (criu(8), CONFIGURATION FILES).
const OF_THE_HOST: &str = "/etc/criu/default.conf";

/// Largest unlinked file that CRIU puts into its images, bytes on disk: what the host's configuration
/// says, else CRIU's default of 1 MiB (`DEFAULT_GHOST_LIMIT`).
pub fn ghost_limit() -> u64 {
    let text = std::fs::read_to_string(OF_THE_HOST).unwrap_or_default();
    ghost_limit_in(&text).unwrap_or(1 << 20)
}

fn ghost_limit_in(text: &str) -> Option<u64> {
    let mut lines = text.lines().rev();
    let value = lines.find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        (words.next() == Some("ghost-limit")).then(|| words.next().map(str::to_owned))
    })??;
    let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let shift = match value.get(digits.len()..)? {
        "" => 0,
        "K" | "k" => 10,
        "M" | "m" => 20,
        "G" | "g" => 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_shl(shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_of_unlinked_files() {
        for (text, limit) in [
            ("", None),
            ("tcp-close\nghost-limit 1G\n", Some(1 << 30)),
            ("ghost-limit 5M\nghost-limit 300\n", Some(300)),
            ("# ghost-limit 1G\n", None),
            ("ghost-limit much\n", None),
        ] {
            assert_eq!(ghost_limit_in(text), limit, "{text:?}");
        }
    }

    #[test]
    fn lines() {
        let config = ConfigFile {
            options: vec!["network-lock nftables".into()],
            ..ConfigFile::default()
        };
        let text = config.text().unwrap();
        assert!(text.ends_with("cgroup-dump-controller none\nnetwork-lock nftables\n"));
        let config = ConfigFile {
            options: vec!["a\nb".into()],
            ..ConfigFile::default()
        };
        assert!(config.text().is_err());
    }
}
