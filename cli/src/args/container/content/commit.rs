//! `commit`.

use crate::args::selection::plain;
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `commit`.
#[derive(Debug, Default, Args)]
pub struct Commit {
    /// Set the author for the image committed
    #[arg(short, long, value_name = "AUTHOR")]
    pub author: Option<String>,
    /// Apply an instruction to the created image: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR
    #[arg(short, long, value_name = "INSTRUCTION")]
    pub change: Vec<String>,
    /// Format of the image manifest and metadata
    #[arg(short, long, value_name = "FORMAT", default_value = "oci")]
    pub format: String,
    /// File to write the image ID to
    #[arg(long, value_name = "FILE")]
    pub iidfile: Option<PathBuf>,
    /// Set commit message for imported image
    #[arg(short, long, value_name = "MESSAGE")]
    pub message: Option<String>,
    /// Pause container during commit
    #[arg(short, long)]
    pub pause: bool,
    /// Suppress output
    #[arg(short, long)]
    pub quiet: bool,
    /// The container and the image's name.
    #[arg(value_name = "CONTAINER [IMAGE]")]
    pub names: Vec<String>,
}

impl Commit {
    /// The container, and the image's name if it has one.
    pub fn validate(&self) -> Result<(String, Option<&str>), CliError> {
        let names = match self.names.as_slice() {
            [container] => (plain(container), None),
            [container, image] => (plain(container), Some(image.as_str())),
            other => {
                return Err(CliError::usage(format!(
                    "accepts between 1 and 2 arg(s), received {}",
                    other.len()
                )));
            }
        };
        if self.format != "oci" {
            return Err(CliError::usage(format!(
                "unrecognized image format \"{}\": images are of the format oci",
                self.format
            )));
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::Commit;

    #[test]
    fn one_or_two_names() {
        let commit = |names: &[&str], format: &str| Commit {
            names: names.iter().map(ToString::to_string).collect(),
            format: format.into(),
            ..Commit::default()
        };
        let flags = commit(&["/a", "b"], "oci");
        assert_eq!(flags.validate().unwrap(), ("a".to_owned(), Some("b")));
        assert_eq!(
            commit(&[], "oci").validate().unwrap_err().to_string(),
            "accepts between 1 and 2 arg(s), received 0"
        );
        assert!(commit(&["a"], "docker").validate().is_err());
    }
}
