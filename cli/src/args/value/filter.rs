//! `--filter KEY=VALUE`.

use crate::output::CliError;

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// What is compared.
    pub key: String,
    /// With what. `label` holds `NAME` or `NAME=VALUE`.
    pub value: String,
}

/// Splits a text at its first `=`, with Podman's message where there is none.
pub fn split(text: &str) -> Result<Filter, CliError> {
    match text.split_once('=') {
        Some((key, value)) => Ok(Filter {
            key: key.to_owned(),
            value: value.to_owned(),
        }),
        None => Err(CliError::usage(format!("invalid filter \"{text}\""))),
    }
}

/// The same for each text; refuses keys not in `known`.
pub fn parse(texts: &[String], known: &[&str]) -> Result<Vec<Filter>, CliError> {
    let one = |text: &String| {
        let filter = split(text)?;
        if known.contains(&filter.key.as_str()) {
            return Ok(filter);
        }
        let key = filter.key;
        Err(CliError::usage(format!("{key} is an invalid filter")))
    };
    texts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn value_may_hold_an_equals_sign() {
        let filters = parse(&["label=a=b".to_owned()], &["label"]).unwrap();
        assert_eq!(
            (filters[0].key.as_str(), filters[0].value.as_str()),
            ("label", "a=b")
        );
    }
}
