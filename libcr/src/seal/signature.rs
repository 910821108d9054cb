//! Signatures in minisign's format, and the keys that are believed.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use minisign::{PublicKey, SignatureBox};

use super::{SealError, read_text, refuse_secret};

/// Characters of a public key.
const KEY_LENGTH: usize = 56;
/// Characters of the signature of a comment.
const COMMENT_SIGNATURE_LENGTH: usize = 88;

/// Public keys.
#[derive(Debug, Clone, Default)]
pub struct PublicKeys(Arc<Vec<PublicKey>>);

impl PublicKeys {
    /// Reads keys (`RW…`) and files of them, as `minisign -G` writes them; `option` is what messages
    /// call the place where they were given.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn read(option: &'static str, words: &[String]) -> Result<Self, SealError> {
        let mut found = Vec::new();
        for word in words {
            refuse_secret(option, word)?;
            if word.len() == KEY_LENGTH && word.starts_with("RW") {
                found.push(parse(word, option)?);
            } else {
                of_file(word, &mut found)?;
            }
        }
        Ok(Self(Arc::new(found)))
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn of_file(file: &str, found: &mut Vec<PublicKey>) -> Result<(), SealError> {
    let text = read_text(Path::new(file), false)?;
    let before = found.len();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("untrusted comment:") {
            continue;
        }
        found.push(parse(line, &format!("{file}, line {}", number + 1))?);
    }
    if found.len() == before {
        return Err(SealError::NoKey(format!("{file} holds no public key")));
    }
    Ok(())
}

/// A key; what is none may be a secret in the wrong place and is not repeated.
fn parse(word: &str, place: &str) -> Result<PublicKey, SealError> {
    PublicKey::from_base64(word)
        .map_err(|_| SealError::NoKey(format!("{place}: no public key of minisign (RW…)")))
}

/// What is to be thought of a signature. Keys are named by their ids, as minisign prints them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is by a key that is believed, of these bytes.
    Right(String),
    /// Its key is not among those that are believed.
    UnknownKey(String),
    /// It is not of these bytes, or not by the key that it names.
    Wrong(String),
}

/// A signature that was not judged yet.
#[derive(Clone)]
pub struct Signature(SignatureBox);

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({})", self.key_id())
    }
}

impl Signature {
    /// Reads minisign's four lines; nothing when it is anything else.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        let [_, _, _, comment_signature] = lines[..] else {
            return None;
        };
        // The crate takes its length for granted.
        if comment_signature.len() != COMMENT_SIGNATURE_LENGTH {
            return None;
        }
        let parsed = SignatureBox::from_string(text).ok()?;
        parsed.trusted_comment().is_ok().then_some(Self(parsed))
    }

    /// The id of the key that it says it is by.
    pub fn key_id(&self) -> String {
        id(self.0.keynum())
    }

    /// The comment that is signed too; anybody's words until the signature is found right.
    pub fn comment(&self) -> String {
        self.0.trusted_comment().unwrap_or_default()
    }

    /// Whether it is of these bytes by one of these keys.
    pub fn judge(&self, bytes: &[u8], keys: &PublicKeys) -> Verdict {
        let id = self.key_id();
        // An id is what its maker chose: several keys may have it.
        let mut named = keys.0.iter().filter(|key| key.keynum() == self.0.keynum());
        let Some(first) = named.next() else {
            return Verdict::UnknownKey(id);
        };
        let right = |key: &PublicKey| {
            minisign::verify(key, &self.0, Cursor::new(bytes), true, false, false).is_ok()
        };
        if std::iter::once(first).chain(named).any(right) {
            Verdict::Right(id)
        } else {
            Verdict::Wrong(id)
        }
    }
}

/// Sixteen hexadecimal digits, the last byte first.
fn id(bytes: &[u8]) -> String {
    let hex: Vec<String> = bytes
        .iter()
        .rev()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    hex.concat()
}
