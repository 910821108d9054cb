//! `exec`.

use crate::args::selection::plain;
use crate::args::value::env;
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `exec`.
#[derive(Debug, Default, Args)]
pub struct Exec {
    /// Run the exec session in detached mode (backgrounded)
    #[arg(short, long)]
    pub detach: bool,
    /// Set environment variables
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,
    /// Read in a file of environment variables
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
    /// Make STDIN available to the contained process
    #[arg(short, long)]
    pub interactive: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Give the process extended Linux capabilities inside the container
    #[arg(long)]
    pub privileged: bool,
    /// Allocate a pseudo-TTY
    #[arg(short, long)]
    pub tty: bool,
    /// Sets the username or UID used and optionally the groupname or GID for the specified command
    #[arg(short, long, value_name = "USER[:GROUP]")]
    pub user: Option<String>,
    /// Working directory inside the container
    #[arg(short, long, value_name = "PATH")]
    pub workdir: Option<String>,
    /// The container and the command. Flags end at the container.
    #[arg(trailing_var_arg = true, value_name = "CONTAINER COMMAND [ARG...]")]
    pub container_and_command: Vec<String>,
}

impl Exec {
    /// The container (none with `--latest`) and the command, which is not empty.
    pub fn validate(&self) -> Result<(Option<String>, &[String]), CliError> {
        let (container, command) = match (self.latest, self.container_and_command.split_first()) {
            (true, _) => (None, self.container_and_command.as_slice()),
            (false, Some((container, command))) => (Some(plain(container)), command),
            (false, None) => {
                return Err(CliError::usage(
                    "exec requires the name or ID of a container or the --latest flag",
                ));
            }
        };
        if command.is_empty() {
            return Err(CliError::usage(
                "must provide a non-empty command to start an exec session: invalid argument",
            ));
        }
        for text in &self.env {
            env::check(text)?;
        }
        Ok((container, command))
    }
}

#[cfg(test)]
mod tests {
    use super::Exec;

    #[test]
    fn container_and_command() {
        let exec = |latest, words: &[&str]| Exec {
            latest,
            container_and_command: words.iter().map(ToString::to_string).collect(),
            ..Exec::default()
        };
        assert_eq!(
            exec(false, &["a", "ls"]).validate().unwrap(),
            (Some("a".to_owned()), &["ls".to_owned()][..])
        );
        assert_eq!(exec(true, &["ls"]).validate().unwrap().0, None);
        assert!(exec(false, &[]).validate().is_err());
        assert!(
            exec(false, &["a"])
                .validate()
                .unwrap_err()
                .to_string()
                .starts_with("must provide a non-empty command")
        );
    }
}
