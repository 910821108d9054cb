//! Which containers a command is about: names, `--all`, `--latest`, files with ids. The checks are
//! Podman's (cmd/podman/validate/args.go), in its order.

use crate::output::CliError;
use crate::output::error::system_words;
use std::path::{Path, PathBuf};

/// The containers a command line points at, once checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Every container that the verb applies to.
    All,
    /// The one created last.
    Latest,
    /// These names, ids or id prefixes, as typed.
    Names(Vec<String>),
}

/// Which of the flags a verb has; those it lacks are `false`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// `--all`.
    pub all: bool,
    /// `--latest`.
    pub latest: bool,
    /// The names given, those from id files included.
    pub names: &'a [String],
    /// `--filter`, which stands for names.
    pub filtered: bool,
}

impl Asked<'_> {
    /// Judges the combination with Podman's messages.
    pub fn select(self) -> Result<Selection, CliError> {
        let usage = |text: &str| Err(CliError::usage(text));
        if self.all && self.latest {
            return usage("--all and --latest cannot be used together");
        }
        if self.all && !self.names.is_empty() {
            return usage("no arguments are needed with --all");
        }
        if self.latest && !self.names.is_empty() {
            return usage("--latest and containers cannot be used together");
        }
        if self.all || (self.filtered && self.names.is_empty()) {
            return Ok(Selection::All);
        }
        if self.latest {
            return Ok(Selection::Latest);
        }
        if self.names.is_empty() {
            return usage("you must provide at least one name or id");
        }
        Ok(Selection::Names(
            self.names.iter().map(|name| plain(name)).collect(),
        ))
    }
}

/// The one name that a command takes.
pub fn exactly_one(names: &[String]) -> Result<&str, CliError> {
    match names {
        [name] => Ok(name),
        other => Err(CliError::usage(format!(
            "accepts 1 arg(s), received {}",
            other.len()
        ))),
    }
}

/// The one name that a command may take.
pub fn at_most_one(names: &[String]) -> Result<Option<&str>, CliError> {
    match names {
        [] => Ok(None),
        [name] => Ok(Some(name)),
        other => Err(CliError::usage(format!(
            "accepts at most 1 arg(s), received {}",
            other.len()
        ))),
    }
}

/// A container name without the `/` that Docker puts before it.
pub fn plain(name: &str) -> String {
    name.strip_prefix('/').unwrap_or(name).to_owned()
}

/// Names typed and ids read from the first line of each `--cidfile`. A file that can't be read is
/// an error unless `ignore` is set and it does not exist.
pub fn with_id_files(
    names: &[String],
    files: &[PathBuf],
    ignore: bool,
) -> Result<Vec<String>, CliError> {
    let mut all = names.to_vec();
    for file in files {
        match read_id(file) {
            Ok(id) => all.push(id),
            Err(error) if ignore && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(CliError::usage(format!(
                    "reading CIDFile: open {}: {}",
                    file.display(),
                    system_words(&error)
                )));
            }
        }
    }
    Ok(all)
}

fn read_id(file: &Path) -> std::io::Result<String> {
    let text = std::fs::read_to_string(file)?;
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Asked, Selection, with_id_files};

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn podmans_order_and_words() {
        let two = names(&["a", "/b"]);
        let message = |asked: Asked<'_>| asked.select().unwrap_err().to_string();
        let base = Asked::default();
        assert_eq!(
            message(Asked {
                all: true,
                latest: true,
                names: &two,
                ..base
            }),
            "--all and --latest cannot be used together"
        );
        assert_eq!(
            message(Asked {
                all: true,
                names: &two,
                ..base
            }),
            "no arguments are needed with --all"
        );
        assert_eq!(
            message(Asked {
                latest: true,
                names: &two,
                ..base
            }),
            "--latest and containers cannot be used together"
        );
        assert_eq!(message(base), "you must provide at least one name or id");
        assert_eq!(
            Asked {
                names: &two,
                ..base
            }
            .select()
            .unwrap(),
            Selection::Names(names(&["a", "b"]))
        );
        assert_eq!(
            Asked {
                filtered: true,
                ..base
            }
            .select()
            .unwrap(),
            Selection::All
        );
    }

    #[test]
    fn id_files() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("cid");
        std::fs::write(&file, "abc\nrest").unwrap();
        let missing = dir.path().join("none");
        assert_eq!(
            with_id_files(&names(&["x"]), &[file, missing.clone()], true).unwrap(),
            names(&["x", "abc"])
        );
        assert!(with_id_files(&[], &[missing], false).is_err());
    }
}
