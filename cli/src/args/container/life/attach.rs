//! `attach`.

use crate::args::selection::plain;
use crate::args::value::detach;
use crate::output::CliError;
use clap::{ArgAction, Args};

/// Flags of `attach`.
#[derive(Debug, Default, Args)]
pub struct Attach {
    /// Select the key sequence for detaching a container
    #[arg(long, value_name = "KEYS", default_value = detach::DEFAULT)]
    pub detach_keys: String,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Do not attach STDIN
    #[arg(long)]
    pub no_stdin: bool,
    /// Proxy received signals to the process
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value = "true",
        default_missing_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub sig_proxy: bool,
    /// The container.
    #[arg(value_name = "CONTAINER")]
    pub names: Vec<String>,
}

impl Attach {
    /// The container; none with `--latest`. Podman's messages.
    pub fn validate(&self) -> Result<Option<String>, CliError> {
        match (self.names.as_slice(), self.latest) {
            ([_, _, ..], _) => Err(CliError::usage(
                "`cryopod attach` accepts at most one argument",
            )),
            ([], false) => Err(CliError::usage(
                "\"cryopod attach\" requires a name, id, or the \"--latest\" flag",
            )),
            ([_], true) => Err(CliError::usage(
                "--latest and containers cannot be used together",
            )),
            ([], true) => Ok(None),
            ([name], false) => Ok(Some(plain(name))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Attach;

    #[test]
    fn podmans_words() {
        let attach = |latest, names: &[&str]| {
            let names = names.iter().map(ToString::to_string).collect();
            let flags = Attach {
                latest,
                names,
                ..Attach::default()
            };
            flags.validate().map_err(|error| error.to_string())
        };
        assert_eq!(attach(false, &["/a"]), Ok(Some("a".into())));
        assert_eq!(attach(true, &[]), Ok(None));
        for (latest, names, words) in [
            (false, &[][..], "requires a name, id"),
            (false, &["a", "b"][..], "accepts at most one argument"),
            (true, &["a"][..], "cannot be used together"),
        ] {
            assert!(attach(latest, names).is_err_and(|said| said.contains(words)));
        }
    }
}
