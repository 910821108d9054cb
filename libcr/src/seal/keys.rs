//! The secret keys that open what is encrypted.

use std::io::{self, BufRead, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use super::header::{self, Unreadable};
use super::{SealError, read_text, refuse_secret};

const OPTION: &str = "--decrypt-with";

/// Keys that are tried, in order.
#[derive(Clone, Default)]
pub struct Keys(Arc<Vec<age::x25519::Identity>>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.0.len())
    }
}

/// Why something that is encrypted can't be opened.
#[derive(Debug)]
pub enum Locked {
    /// There is no key; for whom it is.
    NoKey(String),
    /// No key of those given fits; for whom it is.
    WrongKey(String),
    /// It wants a passphrase.
    Passphrase,
    /// It is cut off.
    Cut,
    /// It is not what its writer wrote; why.
    Damaged(String),
    /// It can't be read.
    Io(io::Error),
}

impl Keys {
    /// Reads the files given to `--decrypt-with`, as `age-keygen` writes them; `-` is standard
    /// input.
    ///
    /// # Errors
    /// [`SealError`], which repeats nothing that is in them.
    pub fn read(files: &[String]) -> Result<Self, SealError> {
        let mut found = Vec::new();
        for file in files {
            refuse_secret(OPTION, file)?;
            of_file(Path::new(file), &mut found)?;
        }
        Ok(Self(Arc::new(found)))
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn of_file(path: &Path, found: &mut Vec<age::x25519::Identity>) -> Result<(), SealError> {
    let no_key = |why: &str| SealError::NoKey(format!("{OPTION}: {}: {why}", path.display()));
    let text = match read_text(path, true) {
        Err(SealError::NoKey(_)) => Err(no_key("not a file of age keys")),
        text => text,
    }?;
    if text.as_bytes().starts_with(super::MAGIC) || text.as_bytes().starts_with(super::ARMOR) {
        return Err(no_key(
            "locked by a passphrase: unlock it with age -d, and pass it on (--decrypt-with -)",
        ));
    }
    let before = found.len();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key = line.parse().map_err(|_| {
            no_key(&format!(
                "line {} is no key of age (AGE-SECRET-KEY-1…)",
                number + 1
            ))
        })?;
        found.push(key);
    }
    if found.len() == before {
        return Err(no_key("it holds no key"));
    }
    Ok(())
}

/// Opens an age file from its start; what is read is what was encrypted, in pieces of 64 KiB each of
/// which is authenticated before a byte of it comes out.
///
/// Reading fails with [`io::ErrorKind::InvalidData`] where it was changed and
/// [`io::ErrorKind::UnexpectedEof`] where it is cut off.
///
/// # Errors
/// [`Locked`].
pub fn unlock<R: BufRead + Send + 'static>(
    mut source: R,
    keys: &Keys,
) -> Result<impl Read + Send + use<R>, Locked> {
    let header = header::take(&mut source).map_err(|error| match error {
        Unreadable::Io(error) => Locked::Io(error),
        Unreadable::Cut => Locked::Cut,
        Unreadable::Large(limit) => Locked::Damaged(format!(
            "the header of its encryption has more than {limit}"
        )),
    })?;
    let recipients = header::recipients(&header);
    let all = Cursor::new(header).chain(source);
    let decryptor = age::Decryptor::new_buffered(all).map_err(failed)?;
    if decryptor.is_scrypt() {
        return Err(Locked::Passphrase);
    }
    if keys.is_empty() {
        return Err(Locked::NoKey(recipients));
    }
    let identities = keys.0.iter().map(|key| key as &dyn age::Identity);
    match decryptor.decrypt(identities) {
        Ok(stream) => Ok(stream),
        Err(age::DecryptError::NoMatchingKeys) => Err(Locked::WrongKey(recipients)),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: age::DecryptError) -> Locked {
    match error {
        age::DecryptError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => Locked::Cut,
        age::DecryptError::Io(error) => Locked::Io(error),
        age::DecryptError::InvalidMac => {
            Locked::Damaged("the header of its encryption was changed".into())
        }
        age::DecryptError::UnknownFormat => {
            Locked::Damaged("the header of its encryption is damaged, or of a version of age that is not known here".into())
        }
        _ => Locked::Damaged("the header of its encryption can't be read".into()),
    }
}
