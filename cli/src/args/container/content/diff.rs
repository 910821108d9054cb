//! `diff`.

use crate::args::selection::plain;
use crate::output::CliError;
use clap::Args;

/// Flags of `diff`.
#[derive(Debug, Default, Args)]
pub struct Diff {
    /// Change the output format (json)
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The container.
    #[arg(value_name = "CONTAINER")]
    pub names: Vec<String>,
}

impl Diff {
    /// The container (none with `--latest`), and whether JSON is wanted. Podman's messages.
    pub fn validate(&self) -> Result<(Option<String>, bool), CliError> {
        let usage = |text: &str| Err(CliError::usage(text));
        let name = match (self.latest, self.names.as_slice()) {
            (true, []) => None,
            (true, _) => return usage("--latest and containers cannot be used together"),
            (false, [name]) => Some(plain(name)),
            (false, []) => {
                return usage("\"cryopod diff\" requires a name, id, or the \"--latest\" flag");
            }
            (false, _) => {
                return usage("a container is compared with its image: name one container");
            }
        };
        match self.format.as_deref() {
            None | Some("") => Ok((name, false)),
            Some("json") => Ok((name, true)),
            Some(_) => usage("only supported value for '--format' is 'json'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Diff;

    #[test]
    fn podmans_words() {
        let diff = |format: Option<&str>, names: &[&str]| Diff {
            format: format.map(str::to_owned),
            latest: false,
            names: names.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(
            diff(Some("json"), &["a"]).validate().unwrap(),
            (Some("a".into()), true)
        );
        for (flags, said) in [
            (
                diff(Some("{{.}}"), &["a"]),
                "only supported value for '--format' is 'json'",
            ),
            (diff(None, &[]), "requires a name, id"),
            (diff(None, &["a", "b"]), "compared with its image"),
        ] {
            assert!(flags.validate().unwrap_err().to_string().contains(said));
        }
    }
}
