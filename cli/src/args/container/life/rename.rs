//! `rename`.

use crate::args::selection::plain;
use crate::output::CliError;
use clap::Args;

/// Flags of `rename`: none.
#[derive(Debug, Args)]
pub struct Rename {
    /// The container and its new name.
    #[arg(value_name = "CONTAINER NAME")]
    pub names: Vec<String>,
}

impl Rename {
    /// The container and its new name.
    pub fn validate(&self) -> Result<(String, &str), CliError> {
        match self.names.as_slice() {
            [container, name] => Ok((plain(container), name)),
            other => Err(CliError::usage(format!(
                "accepts 2 arg(s), received {}",
                other.len()
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rename;

    #[test]
    fn two_words() {
        let rename = |names: &[&str]| Rename {
            names: names.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(
            rename(&["/a", "b"]).validate().unwrap(),
            ("a".to_owned(), "b")
        );
        for names in [&[][..], &["a"], &["a", "b", "c"]] {
            let said = rename(names).validate().unwrap_err().to_string();
            assert_eq!(said, format!("accepts 2 arg(s), received {}", names.len()));
        }
    }
}
