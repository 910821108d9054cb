//! `top`.

use crate::args::selection::plain;
use crate::output::CliError;
use clap::Args;

/// Flags of `top`. They end at the container: what follows may be options of ps(1).
#[derive(Debug, Default, Args)]
pub struct Top {
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The container, and descriptors or options of ps(1).
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "CONTAINER [FORMAT-DESCRIPTORS|ARGS...]"
    )]
    pub words: Vec<String>,
}

impl Top {
    /// The container (none with `--latest`) and what is asked of it.
    pub fn validate(&self) -> Result<(Option<String>, &[String]), CliError> {
        match (self.latest, self.words.split_first()) {
            (true, _) => Ok((None, &self.words)),
            (false, Some((container, rest))) => Ok((Some(plain(container)), rest)),
            (false, None) => Err(CliError::usage(
                "you must provide the name or id of a running container",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Top;

    #[test]
    fn container_and_words() {
        let top = |latest, words: &[&str]| Top {
            latest,
            words: words.iter().map(ToString::to_string).collect(),
        };
        let flags = top(false, &["/a", "-ef"]);
        let (container, rest) = flags.validate().unwrap();
        assert_eq!(
            (container, rest),
            (Some("a".into()), &["-ef".to_owned()][..])
        );
        let flags = top(true, &["pid"]);
        assert_eq!(flags.validate().unwrap(), (None, &["pid".to_owned()][..]));
        assert!(top(false, &[]).validate().is_err());
    }
}
