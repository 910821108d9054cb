//! `tag`, `untag`.

use crate::output::CliError;
use clap::Args;

/// Flags of `tag`: none.
#[derive(Debug, Args)]
pub struct Tag {
    /// The image and its further names.
    #[arg(value_name = "IMAGE TARGET_NAME [TARGET_NAME...]")]
    pub names: Vec<String>,
}

impl Tag {
    /// The image and names for it.
    pub fn validate(&self) -> Result<(&str, &[String]), CliError> {
        match self.names.split_first() {
            Some((image, names)) if !names.is_empty() => Ok((image, names)),
            _ => Err(CliError::usage(format!(
                "requires at least 2 arg(s), only received {}",
                self.names.len()
            ))),
        }
    }
}

/// Flags of `untag`: none.
#[derive(Debug, Args)]
pub struct Untag {
    /// The image and names of it.
    #[arg(value_name = "IMAGE [IMAGE...]")]
    pub names: Vec<String>,
}

impl Untag {
    /// The image and names of it, none for all.
    pub fn validate(&self) -> Result<(&str, &[String]), CliError> {
        let Some((image, names)) = self.names.split_first() else {
            return Err(CliError::usage(
                "requires at least 1 arg(s), only received 0",
            ));
        };
        Ok((image, names))
    }
}

#[cfg(test)]
mod tests {
    use super::{Tag, Untag};

    #[test]
    fn an_image_and_names() {
        let words = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let tag = |names: &[&str]| Tag {
            names: words(names),
        };
        assert_eq!(tag(&["a", "b"]).validate().unwrap().0, "a");
        assert!(tag(&["a"]).validate().is_err());
        let untag = |names: &[&str]| Untag {
            names: words(names),
        };
        assert!(untag(&["a"]).validate().unwrap().1.is_empty());
        assert!(untag(&[]).validate().is_err());
    }
}
