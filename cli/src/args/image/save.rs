//! `save`.

use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `save`.
#[derive(Debug, Default, Args)]
pub struct Save {
    /// Accepted; layers are saved as they were brought in
    #[arg(long, hide = true)]
    pub compress: bool,
    /// Save image to oci-archive, docker-archive
    #[arg(long, value_name = "FORMAT", default_value = "docker-archive")]
    pub format: String,
    /// Interpret additional arguments as images not tags and create a multi-image-archive
    #[arg(short, long)]
    pub multi_image_archive: bool,
    /// Write to a specified file (default: stdout, which must be redirected)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Suppress the output
    #[arg(short, long)]
    pub quiet: bool,
    /// The images.
    #[arg(value_name = "IMAGE [IMAGE...]")]
    pub names: Vec<String>,
}

impl Save {
    /// Podman's rules and messages.
    pub fn validate(&self) -> Result<(), CliError> {
        if self.names.is_empty() {
            return Err(CliError::usage(
                "requires at least 1 arg(s), only received 0",
            ));
        }
        match self.format.as_str() {
            "docker-archive" | "oci-archive" => {}
            "oci-dir" | "docker-dir" => {
                return Err(CliError::usage(format!(
                    "--format {} is not supported: save an oci-archive and unpack it with tar",
                    self.format
                )));
            }
            other => return Err(CliError::usage(format!("unknown format \"{other}\""))),
        }
        if let Some(path) = self.output.as_ref().map(|path| path.to_string_lossy())
            && path.contains(':')
        {
            return Err(CliError::usage(format!(
                "invalid filename (should not contain ':') \"{path}\""
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Save;

    #[test]
    fn formats_and_names() {
        let save = |format: &str, names: &[&str], output: Option<&str>| Save {
            format: format.to_owned(),
            names: names.iter().map(ToString::to_string).collect(),
            output: output.map(Into::into),
            ..Save::default()
        };
        for format in ["docker-archive", "oci-archive"] {
            assert!(save(format, &["a", "b"], None).validate().is_ok());
        }
        for bad in [
            save("zip", &["a"], None),
            save("oci-dir", &["a"], None),
            save("oci-archive", &[], None),
            save("oci-archive", &["a"], Some("a:b")),
        ] {
            assert!(bad.validate().is_err(), "{bad:?}");
        }
    }
}
