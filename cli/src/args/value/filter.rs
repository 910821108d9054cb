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

/// Splits each text at its first `=` and refuses keys not in `known`, with Podman's messages.
pub fn parse(texts: &[String], known: &[&str]) -> Result<Vec<Filter>, CliError> {
    texts
        .iter()
        .map(|text| {
            let (key, value) = text
                .split_once('=')
                .ok_or_else(|| CliError::usage(format!("invalid filter \"{text}\"")))?;
            if !known.contains(&key) {
                return Err(CliError::usage(format!("{key} is an invalid filter")));
            }
            Ok(Filter {
                key: key.to_owned(),
                value: value.to_owned(),
            })
        })
        .collect()
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
