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

#[cfg(test)]
mod tests {
    use super::*;

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
