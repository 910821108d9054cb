//! Signs as minisign does.

use std::io::{self, Cursor};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign::{PublicKey, SecretKey, SecretKeyBox};
use zeroize::Zeroizing;

use super::{SECRET_SIGNING_KEYS, SealError, read_text, refuse_secret};

const OPTION: &str = "--sign-by";

/// A secret key that signs.
#[derive(Clone)]
pub struct SigningKey(Arc<(SecretKey, PublicKey)>);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// Reads a key as `minisign -G` writes it; a locked one takes its passphrase, and as much
    /// memory and time as it says.
    ///
    /// # Errors
    /// [`SealError::Locked`] when it needs a passphrase and there is none.
    pub fn read(file: &str, passphrase: Option<&str>) -> Result<Self, SealError> {
        refuse_secret(OPTION, file)?;
        let no_key = |why: &str| SealError::NoKey(format!("{OPTION}: {file}: {why}"));
        let text = read_text(Path::new(file), false)?;
        let line = text.lines().nth(1).unwrap_or_default();
        let [locked, open] = SECRET_SIGNING_KEYS;
        let none = || no_key("no secret key of minisign");
        let key = if line.starts_with(open) {
            // Those of minisign's own program have no checksum, which the crate insists on.
            let bytes = STANDARD.decode(line.trim()).map_err(|_| none())?;
            SecretKey::from_bytes(&Zeroizing::new(bytes))
        } else if line.starts_with(locked) {
            let Some(passphrase) = passphrase else {
                let file = file.to_owned();
                return Err(SealError::Locked { file });
            };
            let boxed = SecretKeyBox::from_string(&text).map_err(|_| none())?;
            boxed.into_secret_key(Some(passphrase.to_owned()))
        } else {
            return Err(none());
        };
        let key = key.map_err(|error| no_key(&error.to_string().to_lowercase()))?;
        let public = PublicKey::from_secret_key(&key).map_err(|_| none())?;
        let key = Self(Arc::new((key, public)));
        // A key that was damaged would sign what nobody can verify.
        key.sign(b"", "").map_err(|_| no_key("corrupted key"))?;
        Ok(key)
    }

    /// The signature of these bytes, in minisign's four lines; `comment` is signed with them.
    ///
    /// # Errors
    /// When the host has no random numbers.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> io::Result<Vec<u8>> {
        let said = Some("signature of cryopod.sums");
        let (key, public) = &*self.0;
        let signed = minisign::sign(Some(public), key, Cursor::new(bytes), Some(comment), said);
        Ok(signed.map_err(io::Error::other)?.to_bytes())
    }
}

/// The passphrase in a file: its first line.
///
/// # Errors
/// When it can't be read.
pub fn passphrase(file: &Path) -> Result<Zeroizing<String>, SealError> {
    let text = read_text(file, false)?;
    Ok(text.lines().next().unwrap_or_default().to_owned().into())
}
