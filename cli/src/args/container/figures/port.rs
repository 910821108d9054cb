//! `port`.

use crate::args::selection::plain;
use crate::output::CliError;
use clap::Args;

/// Flags of `port`.
#[derive(Debug, Default, Args)]
pub struct Port {
    /// Display port information for all containers
    #[arg(short, long)]
    pub all: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The container, and a port in it.
    #[arg(value_name = "CONTAINER [PORT]")]
    pub words: Vec<String>,
}

/// Whose ports.
#[derive(Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of all that run.
    All,
    /// Those of the one created last.
    Latest,
    /// Those of the named one.
    Named(String),
}

impl Port {
    /// Whose ports, and which one, if not all: `80`, `80/udp`. Podman's messages.
    pub fn validate(&self) -> Result<(Whose, Option<&str>), CliError> {
        let usage = |text: &str| Err(CliError::usage(text));
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        match (self.all, self.latest, words.as_slice()) {
            (_, _, [_, _, _, ..]) => usage("`port` accepts at most 2 arguments"),
            (true, true, _) => usage("--all and --latest cannot be used together"),
            (true, _, []) => Ok((Whose::All, None)),
            (true, ..) => usage("no arguments are needed with --all"),
            (_, true, []) => Ok((Whose::Latest, None)),
            (_, true, [port]) => Ok((Whose::Latest, Some(port))),
            (_, true, _) => usage("--latest and containers cannot be used together"),
            (_, _, []) => usage("you must supply a running container name or id"),
            (_, _, [name, rest @ ..]) => Ok((Whose::Named(plain(name)), rest.first().copied())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Port, Whose};

    #[test]
    fn whose_and_which() {
        let port = |all, latest, words: &[&str]| Port {
            all,
            latest,
            words: words.iter().map(ToString::to_string).collect(),
        };
        let flags = port(false, false, &["/a", "80/udp"]);
        assert_eq!(
            flags.validate().unwrap(),
            (Whose::Named("a".into()), Some("80/udp"))
        );
        assert_eq!(
            port(false, true, &["80"]).validate().unwrap(),
            (Whose::Latest, Some("80"))
        );
        assert_eq!(
            port(true, false, &[]).validate().unwrap(),
            (Whose::All, None)
        );
        for (flags, said) in [
            (
                port(false, false, &[]),
                "you must supply a running container name or id",
            ),
            (
                port(true, false, &["a"]),
                "no arguments are needed with --all",
            ),
            (
                port(false, false, &["a", "1", "2"]),
                "`port` accepts at most 2 arguments",
            ),
        ] {
            assert_eq!(flags.validate().unwrap_err().to_string(), said);
        }
    }
}
