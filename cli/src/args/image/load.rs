//! `import` and `load`: images from files.

use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Apply an instruction to the created image: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR
    #[arg(short, long, value_name = "INSTRUCTION")]
    pub change: Vec<String>,
    /// Set commit message for imported image
    #[arg(short, long, value_name = "MESSAGE")]
    pub message: Option<String>,
    /// Suppress output
    #[arg(short, long)]
    pub quiet: bool,
    /// The tar file (`-` for standard input) and the image's name.
    #[arg(value_name = "PATH [REFERENCE]")]
    pub names: Vec<String>,
}

impl Import {
    /// The tar file and the reference, if one was given.
    pub fn validate(&self) -> Result<(&str, Option<&str>), CliError> {
        match self.names.as_slice() {
            [path] => Ok((path, None)),
            [path, reference] => Ok((path, Some(reference))),
            other => Err(CliError::usage(format!(
                "accepts between 1 and 2 arg(s), received {}",
                other.len()
            ))),
        }
    }
}

/// Flags of `load`.
#[derive(Debug, Args)]
pub struct Load {
    /// Read from specified archive file (default: stdin)
    #[arg(short, long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Suppress the output
    #[arg(short, long)]
    pub quiet: bool,
}

#[cfg(test)]
mod tests {
    use super::Import;

    #[test]
    fn one_or_two_arguments() {
        let import = |names: &[&str]| Import {
            change: Vec::new(),
            message: None,
            quiet: false,
            names: names.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(import(&["a"]).validate().unwrap(), ("a", None));
        assert_eq!(import(&["a", "b"]).validate().unwrap(), ("a", Some("b")));
        assert_eq!(
            import(&[]).validate().unwrap_err().to_string(),
            "accepts between 1 and 2 arg(s), received 0"
        );
    }
}
