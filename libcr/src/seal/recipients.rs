//! Whom something is encrypted to.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::{Envelope, SealError, read_text, refuse_secret};

const OPTION: &str = "--encrypt-to";

/// The public keys of those who may read what is encrypted; none: it is not encrypted.
#[derive(Debug, Clone, Default)]
pub struct Recipients(Arc<Vec<age::x25519::Recipient>>);

impl Recipients {
    /// Reads what was given to `--encrypt-to`: recipients (`age1…`), and files of them, a line each,
    /// by their path or as `@FILE`.
    ///
    /// # Errors
    /// [`SealError`], which repeats no secret key.
    pub fn read(words: &[String]) -> Result<Self, SealError> {
        let mut found = Vec::new();
        for word in words {
            refuse_secret(OPTION, word)?;
            if let Some(file) = word.strip_prefix('@') {
                of_file(Path::new(file), &mut found)?;
            } else if is_recipient(word) {
                found.push(parse(word, OPTION)?);
            } else if word.contains('/') || Path::new(word).exists() {
                of_file(Path::new(word), &mut found)?;
            } else {
                return Err(SealError::NoKey(format!(
                    "{OPTION}: {word:?} is neither a recipient (age1…) nor a file of recipients"
                )));
            }
        }
        Ok(Self(Arc::new(found)))
    }

    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is written into the envelope comes out of `sink` encrypted; for nobody as it is.
    ///
    /// # Errors
    /// When the header can't be written.
    pub fn envelope<W: Write>(&self, sink: W) -> io::Result<Envelope<W>> {
        if self.is_empty() {
            return Ok(Envelope::Open(sink));
        }
        let recipients = self.0.iter().map(|one| one as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
        Ok(Envelope::Sealed(Box::new(encryptor.wrap_output(sink)?)))
    }
}

fn is_recipient(word: &str) -> bool {
    word.starts_with("age1") || word.starts_with("ssh-")
}

fn of_file(path: &Path, found: &mut Vec<age::x25519::Recipient>) -> Result<(), SealError> {
    let text = read_text(path, false)?;
    let before = found.len();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let place = format!("{}, line {}", path.display(), number + 1);
        found.push(parse(line, &place)?);
    }
    if found.len() == before {
        return Err(SealError::NoKey(format!(
            "{} names no recipient",
            path.display()
        )));
    }
    Ok(())
}

/// A recipient; a line that is none may be a secret in the wrong place and is not repeated.
fn parse(word: &str, place: &str) -> Result<age::x25519::Recipient, SealError> {
    word.parse().map_err(|_| {
        let why = if word.starts_with("ssh-") {
            "an SSH key is no recipient here: make an age key with age-keygen"
        } else if word.starts_with("age1") {
            "not a recipient of an age key (X25519), or mistyped"
        } else {
            "not a recipient (age1…)"
        };
        SealError::NoKey(format!("{place}: {why}"))
    })
}
