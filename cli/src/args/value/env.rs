//! `--env` and `--env-file`. `NAME` alone takes the caller's value (or is left out when there is
//! none), `NAME*` takes every variable of the caller that starts so.

use crate::output::CliError;
use crate::output::error::system_words;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Refuses what has no name.
pub fn check(text: &str) -> Result<(), CliError> {
    if text.is_empty() || text.starts_with('=') {
        return Err(CliError::usage(format!("invalid variable: \"{text}\"")));
    }
    Ok(())
}

/// Files first, then `--env`; what comes later wins. `host` is the caller's environment.
pub fn collect(
    files: &[PathBuf],
    variables: &[String],
    host: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, CliError> {
    let mut all = BTreeMap::new();
    for file in files {
        for line in read(file)? {
            add(&line, host, &mut all)?;
        }
    }
    for text in variables {
        add(text, host, &mut all)?;
    }
    Ok(all)
}

/// The caller's environment, but for what is not Unicode.
pub fn of_caller() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn read(file: &Path) -> Result<Vec<String>, CliError> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let words = system_words(&error);
        CliError::usage(format!(
            "parsing file \"{0}\": open {0}: {words}",
            file.display()
        ))
    })?;
    Ok(text
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

fn add(
    text: &str,
    host: &BTreeMap<String, String>,
    all: &mut BTreeMap<String, String>,
) -> Result<(), CliError> {
    check(text)?;
    match (text.split_once('='), text.strip_suffix('*')) {
        (Some((name, value)), _) => {
            all.insert(name.to_owned(), value.to_owned());
        }
        (None, Some(start)) => {
            let taken = host.iter().filter(|(name, _)| name.starts_with(start));
            all.extend(taken.map(|(name, value)| (name.clone(), value.clone())));
        }
        (None, None) => {
            if let Some(value) = host.get(text) {
                all.insert(text.to_owned(), value.clone());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::collect;
    use std::collections::BTreeMap;

    #[test]
    fn files_flags_and_the_callers_own() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("env");
        std::fs::write(&file, "# no\n\n  A=file\nB=b=c\nHOSTED\n").unwrap();
        let host: BTreeMap<String, String> = [("HOSTED", "h"), ("LC_A", "1"), ("LC_B", "2")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let flags = ["A=flag", "LC_*", "GONE"].map(str::to_owned);
        let all = collect(&[file], &flags, &host).unwrap();
        let seen: Vec<_> = all
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(seen, ["A=flag", "B=b=c", "HOSTED=h", "LC_A=1", "LC_B=2"]);
        assert!(collect(&["/no/such".into()], &[], &host).is_err());
        assert!(collect(&[], &["=x".to_owned()], &host).is_err());
    }
}
