//! `cp`.

use crate::output::CliError;
use clap::{ArgAction, Args};
use libcr::ops::lifecycle::content::copy::{CopyOptions, End};

/// Flags of `cp`.
#[derive(Debug, Args)]
pub struct Cp {
    /// Chown copied files to the primary uid/gid of the destination container
    #[arg(
        short,
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value = "true",
        default_missing_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub archive: bool,
    /// Allow to overwrite directories with non-directories and vice versa
    #[arg(long)]
    pub overwrite: bool,
    /// From where and to where.
    #[arg(value_name = "[CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH")]
    pub paths: Vec<String>,
}

/// What is copied.
#[derive(Debug, PartialEq, Eq)]
pub enum Copied {
    /// From one end to the other.
    Path(End, End),
    /// A tar from standard input into a directory of a container.
    In(End),
    /// A path of a container to standard output, as a tar.
    Out(End),
}

impl Cp {
    /// What is copied; Podman's messages.
    pub fn validate(&self) -> Result<Copied, CliError> {
        let [from, to] = self.paths.as_slice() else {
            return Err(CliError::usage(format!(
                "accepts 2 arg(s), received {}",
                self.paths.len()
            )));
        };
        let (source, target) = (end(from), end(to));
        let both = [&source, &target];
        let no_path = |end: &&End| match end {
            End::Here(path) | End::In(_, path) => path.as_os_str().is_empty(),
        };
        if both.iter().any(no_path) {
            return Err(CliError::usage(format!(
                "invalid arguments {from:?}, {to:?}: you must specify paths"
            )));
        }
        let here = |end: &End| matches!(end, End::Here(_));
        if here(&source) && here(&target) {
            return Err(CliError::usage("name or ID cannot be empty"));
        }
        Ok(match (from.as_str(), to.as_str()) {
            ("-", _) => Copied::In(target),
            (_, "-") => Copied::Out(source),
            _ => Copied::Path(source, target),
        })
    }

    /// How it is copied.
    pub fn options(&self) -> CopyOptions {
        CopyOptions {
            archive: self.archive,
            overwrite: self.overwrite,
        }
    }
}

// A path that begins with a dot or a slash is one of this host, whatever follows.
fn end(text: &str) -> End {
    match text.split_once(':') {
        Some((container, path)) if !text.starts_with(['.', '/']) => {
            End::In(container.to_owned(), path.into())
        }
        _ => End::Here(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Copied, Cp, End};

    #[test]
    fn ends() {
        let cp = |paths: &[&str]| {
            let flags = Cp {
                archive: true,
                overwrite: false,
                paths: paths.iter().map(ToString::to_string).collect(),
            };
            flags.validate().map_err(|error| error.to_string())
        };
        let inside = |path: &str| End::In("a".into(), path.into());
        let here = |path: &str| End::Here(path.into());
        for (paths, copied) in [
            (["x", "a:/y"], Copied::Path(here("x"), inside("/y"))),
            (["a:/y", "./b:c"], Copied::Path(inside("/y"), here("./b:c"))),
            (["-", "a:y"], Copied::In(inside("y"))),
            (["a:y", "-"], Copied::Out(inside("y"))),
        ] {
            assert_eq!(cp(&paths), Ok(copied), "{paths:?}");
        }
        for (paths, said) in [
            (&["a:x"][..], "accepts 2 arg(s), received 1"),
            (&["x", "y"], "name or ID cannot be empty"),
            (
                &["x", "a:"],
                "invalid arguments \"x\", \"a:\": you must specify paths",
            ),
        ] {
            assert_eq!(cp(paths), Err(said.to_owned()), "{paths:?}");
        }
    }
}
