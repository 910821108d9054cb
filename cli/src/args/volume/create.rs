//! `volume create`.

use crate::args::selection::at_most_one;
use crate::output::CliError;
use clap::Args;
use std::collections::BTreeMap;

/// Flags of `volume create`.
#[derive(Debug, Default, Args)]
pub struct VolumeCreate {
    /// Specify volume driver name
    #[arg(short, long, value_name = "DRIVER", default_value = "local")]
    pub driver: String,
    /// Set the GID of the volume owner
    #[arg(long, value_name = "GID")]
    pub gid: Option<u32>,
    /// Don't fail if volume already exists
    #[arg(long)]
    pub ignore: bool,
    /// Set metadata for a volume
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    pub label: Vec<String>,
    /// Set driver specific options
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    pub opt: Vec<String>,
    /// Set the UID of the volume owner
    #[arg(long, value_name = "UID")]
    pub uid: Option<u32>,
    /// The volume.
    #[arg(value_name = "[NAME]")]
    pub names: Vec<String>,
}

impl VolumeCreate {
    /// At most one name, and labels that have one; Podman's messages.
    pub fn validate(&self) -> Result<Option<&str>, CliError> {
        let name = at_most_one(&self.names)?;
        let nameless = |text: &&String| text.is_empty() || text.starts_with('=');
        if let Some(text) = self.label.iter().find(nameless) {
            return Err(CliError::usage(format!(
                "unable to process labels: invalid label format: \"{text}\""
            )));
        }
        if let Some(text) = self.opt.iter().find(nameless) {
            return Err(CliError::usage(format!(
                "unable to process options: invalid label format: \"{text}\""
            )));
        }
        Ok(name)
    }

    /// `KEY=VALUE` and `KEY` as a map.
    pub fn map(texts: &[String]) -> BTreeMap<String, String> {
        let pair = |text: &String| {
            let (key, value) = text.split_once('=').unwrap_or((text, ""));
            (key.to_owned(), value.to_owned())
        };
        texts.iter().map(pair).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::VolumeCreate;

    #[test]
    fn podmans_words() {
        let text = |flags: VolumeCreate| flags.validate().unwrap_err().to_string();
        assert_eq!(
            text(VolumeCreate {
                names: vec!["a".into(), "b".into()],
                ..VolumeCreate::default()
            }),
            "accepts at most 1 arg(s), received 2"
        );
        assert_eq!(
            text(VolumeCreate {
                label: vec![String::new()],
                ..VolumeCreate::default()
            }),
            "unable to process labels: invalid label format: \"\""
        );
    }
}
