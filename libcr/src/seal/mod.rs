//! Sealed checkpoints: encrypted in the age format (<https://age-encryption.org/v1>), signed in
//! minisign's (<https://jedisct1.github.io/minisign/>).
//!
//! Streams, keys, and what they say; knows nothing of archives and images, which both use it. Who
//! holds a key is asked where a checkpoint is made or thawed; no message and no `Debug` shows one.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

mod envelope;
mod header;
mod keys;
mod recipients;
mod signature;
mod signing;

pub use envelope::Envelope;
pub use keys::{Keys, Locked, unlock};
pub use recipients::Recipients;
pub use signature::{PublicKeys, Signature, Verdict};
pub use signing::{SigningKey, passphrase};

/// The first bytes of every age file.
pub const MAGIC: &[u8] = b"age-encryption.org/";
/// The first bytes of one that is armored.
pub const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
/// Bytes of a file of keys that are read.
const FILE_LIMIT: u64 = 1 << 20;
/// How minisign's secret keys begin, in base64: the algorithm `Ed`, behind it how they are locked.
const SECRET_SIGNING_KEYS: [&str; 2] = ["RWRTY0Iy", "RWQAAEIy"];

/// How a checkpoint is to be sealed. The default: not at all.
#[derive(Debug, Clone, Default)]
pub struct Sealing {
    /// `--encrypt-to`: who can read it.
    pub recipients: Recipients,
    /// `--sign-by`: who vouches for it.
    pub signing_key: Option<SigningKey>,
}

impl Sealing {
    /// Neither encrypted nor signed.
    pub fn is_none(&self) -> bool {
        self.recipients.is_empty() && self.signing_key.is_none()
    }
}

/// How sealed checkpoints are to be opened. The default: as they are.
#[derive(Debug, Clone, Default)]
pub struct Unsealing {
    /// `--decrypt-with`: the keys that are tried.
    pub keys: Keys,
    /// `--verify-with`: a signature by one of them is required.
    pub verify_with: Option<PublicKeys>,
    /// `--require-signature`: one by a key of the policy is required.
    pub require_signature: bool,
}

/// Why a key is of no use.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A file of keys can't be read.
    #[error("cannot read {file}: {}", crate::sys::dir::reason(source))]
    Io {
        /// Its path, or what stands for a stream.
        file: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// A secret was given where everybody can read it.
    #[error(
        "{option}: a secret key on the command line can be read by everybody on this host, and stays in the shell's history: give the name of a file that holds it"
    )]
    Exposed {
        /// The option it was given to.
        option: &'static str,
    },
    /// What should be a key is none; the whole sentence.
    #[error("{0}")]
    NoKey(String),
    /// The secret key is locked by a passphrase, and none was given.
    #[error("{file} is locked: give its passphrase with --sign-passphrase-file, or on a terminal")]
    Locked {
        /// Path of the key.
        file: String,
    },
}

/// Refuses a word that is itself a secret key.
fn refuse_secret(option: &'static str, word: &str) -> Result<(), SealError> {
    const IDENTITY: &str = "AGE-SECRET-KEY-";
    let word = word.trim_start().trim_start_matches('@').as_bytes();
    let begins = |start: &str| {
        word.get(..start.len())
            .is_some_and(|there| there.eq_ignore_ascii_case(start.as_bytes()))
    };
    if begins(IDENTITY) || SECRET_SIGNING_KEYS.into_iter().any(begins) {
        return Err(SealError::Exposed { option });
    }
    Ok(())
}

/// The text of a file of keys, of bounded length; `-` is standard input where `streams` allows it.
fn read_text(path: &Path, streams: bool) -> Result<Zeroizing<String>, SealError> {
    let shown = || path.display().to_string();
    let failed = |source| SealError::Io {
        file: shown(),
        source,
    };
    let mut text = Zeroizing::new(String::new());
    let mut read = |source: &mut dyn Read| source.take(FILE_LIMIT + 1).read_to_string(&mut text);
    let count = if streams && path == Path::new("-") {
        read(&mut io::stdin().lock())
    } else {
        File::open(path).and_then(|mut file| read(&mut file))
    };
    match count {
        Ok(count) if count as u64 > FILE_LIMIT => Err(SealError::NoKey(format!(
            "{} is larger than any file of keys",
            shown()
        ))),
        Ok(_) => Ok(text),
        // What is in the file is nobody's business.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(SealError::NoKey(format!("{} is not a text", shown())))
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests;
