//! Why a command failed, and with which exit status: one place for Podman's three forms, `Error: …`
//! with 125, a status of its own, and the container's own status without a word.

use super::harmless;
use super::template::TemplateError;
use std::error::Error;
use std::fmt::Write as _;

/// Podman's status for what went wrong before or beside the container.
pub const FAILED: u8 = 125;

/// Why a command ends in failure.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command line means nothing; Podman's words. Status 125.
    #[error("{0}")]
    Usage(String),
    /// The template of `--format` is wrong or does not fit the data. Status 125.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Output or input failed. Status 125.
    #[error("{doing}: {}", system_words(source))]
    Io {
        /// What was being done, with the path.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A failure with a status of its own.
    #[error("{source}")]
    Operation {
        /// The status.
        code: u8,
        /// What failed.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Everything is said already (several containers, each with its own line); the last error's
    /// status remains.
    #[error("")]
    Said(u8),
}

impl CliError {
    /// A complaint about the command line.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// A failure of the engine, with the status it asks for.
    pub fn engine(error: libcr::Error) -> Self {
        let code = error.exit_code();
        Self::Operation {
            code,
            source: Box::new(error),
        }
    }

    /// A failure of the engine, with another status.
    pub fn with_code(error: libcr::Error, code: u8) -> Self {
        Self::Operation {
            code,
            source: Box::new(error),
        }
    }

    /// Whether whoever reads our output has gone.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// What the process ends with.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Template(_) | Self::Io { .. } => FAILED,
            Self::Operation { code, .. } | Self::Said(code) => *code,
        }
    }

    /// The line for stderr, none if everything is said. With `chain`, what caused it follows, a line
    /// each, where the message does not hold it already.
    pub fn render(&self, chain: bool) -> Option<String> {
        if matches!(self, Self::Said(_)) {
            return None;
        }
        let mut text = format!("Error: {self}");
        if chain {
            let mut cause = self.source();
            while let Some(error) = cause {
                let line = error.to_string();
                if !text.contains(&line) {
                    let _ = write!(text, "\n  caused by: {line}");
                }
                cause = error.source();
            }
        }
        // Names in it come from archives, images and containers.
        Some(shortened(&harmless::message(&text)))
    }
}

/// A message that a person can read: what quotes a megabyte of an archive loses its middle.
fn shortened(text: &str) -> String {
    const ENDS: usize = 2000;
    let letters = text.chars().count();
    if letters <= 2 * ENDS + 1 {
        return text.to_owned();
    }
    let first = text.chars().take(ENDS);
    let last = text.chars().skip(letters - ENDS);
    first.chain(['…']).chain(last).collect()
}

/// What the system said, as Podman shows it: `no such file or directory`, without the number.
pub fn system_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

impl From<libcr::Error> for CliError {
    fn from(error: libcr::Error) -> Self {
        Self::engine(error)
    }
}

#[cfg(test)]
mod tests {
    use super::CliError;

    #[test]
    fn the_systems_words() {
        let missing = std::fs::File::open("/no/such").unwrap_err();
        assert_eq!(super::system_words(&missing), "no such file or directory");
    }

    #[test]
    fn a_megabyte_is_not_said() {
        let long = CliError::usage(format!("{}end", "\u{1b}x".repeat(1 << 20)));
        let text = long.render(false).unwrap();
        assert!(text.starts_with("Error: \\u{1b}x") && text.ends_with("end"));
        assert_eq!(text.chars().count(), 4001);
    }

    #[test]
    fn one_line_or_a_chain() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::io::Error);
        let error = CliError::Operation {
            code: 126,
            source: Box::new(Outer(std::io::Error::other("inner"))),
        };
        assert_eq!(error.render(false).unwrap(), "Error: outer");
        assert_eq!(
            error.render(true).unwrap(),
            "Error: outer\n  caused by: inner"
        );
        assert_eq!(error.exit_code(), 126);
        assert_eq!(CliError::Said(2).render(true), None);
    }
}
