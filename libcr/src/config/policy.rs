//! The policy of a host, `/etc/cryopod/policy.toml`: what may be thawed on it.
//!
//! ```toml
//! [thaw]
//! require = "signature"
//! keys = ["RWQ…", "/etc/cryopod/keys/build.pub"]
//! trusted = ["/srv/frozen"]
//! ```
//!
//! What can't be read allows nothing: a policy that somebody set must not end by a slip of the pen.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result, one_line};
use crate::seal::PublicKeys;

/// Where it is, unless the configuration of the engine says otherwise.
pub const PLACE: &str = "/etc/cryopod/policy.toml";

/// Written by others than the owner.
const OTHERS_WRITE: u32 = 0o022;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    thaw: Thaw,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Thaw {
    require: Require,
    keys: Vec<String>,
    trusted: Vec<PathBuf>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Require {
    #[default]
    Nothing,
    Signature,
}

/// A policy that was understood.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Where it is from.
    pub file: PathBuf,
    /// Only what is signed by one of [`Self::keys`] is thawed, and what is in a trusted directory.
    pub require_signature: bool,
    /// Whose signatures count.
    pub keys: PublicKeys,
    trusted: Vec<PathBuf>,
}

impl Policy {
    /// Reads it; one that isn't there asks for nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that is there and can't be read or understood.
    pub fn read(file: &Path) -> Result<Self> {
        let unusable = |why: &dyn std::fmt::Display| {
            let file = file.display();
            let why = one_line(&why);
            Error::Invalid(format!(
                "nothing is thawed: the policy {file} can't be used: {why}"
            ))
        };
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            // A link that leads nowhere is there.
            Err(error)
                if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(file).is_err() =>
            {
                return Ok(Self::default());
            }
            Err(error) => return Err(unusable(&crate::sys::dir::reason(&error))),
        };
        let parsed: File = toml::from_str(&text).map_err(|error| unusable(&error.message()))?;
        let Thaw {
            require,
            keys,
            trusted,
        } = parsed.thaw;
        if let Some(path) = trusted.iter().find(|path| !path.is_absolute()) {
            let why = format!("trusted: {} is not an absolute path", path.display());
            return Err(unusable(&why));
        }
        let keys = PublicKeys::read("keys", &keys).map_err(|error| unusable(&error))?;
        let require_signature = require == Require::Signature;
        if require_signature && keys.is_empty() {
            return Err(unusable(&"it requires a signature and names no keys"));
        }
        Ok(Self {
            file: file.to_owned(),
            require_signature,
            keys,
            trusted,
        })
    }

    /// The path without links of what is in a trusted directory, which nobody but root can change;
    /// nothing for anything else.
    pub fn trusted(&self, path: &Path) -> Option<PathBuf> {
        let path = fs::canonicalize(path).ok()?;
        let within = |directory: &PathBuf| {
            fs::canonicalize(directory).is_ok_and(|directory| path.starts_with(directory))
        };
        if !self.trusted.iter().any(within) {
            return None;
        }
        let roots_alone = |place: &Path| {
            fs::symlink_metadata(place)
                .is_ok_and(|facts| facts.uid() == 0 && facts.mode() & OTHERS_WRITE == 0)
        };
        path.ancestors().all(roots_alone).then(|| path.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_understood_allows_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("policy.toml");
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            Policy::read(&file).map_err(|error| error.to_string())
        };
        assert!(!Policy::read(&file).unwrap().require_signature);
        assert!(!read("").unwrap().require_signature);
        assert!(
            !read("[thaw]\nrequire = \"nothing\"")
                .unwrap()
                .require_signature
        );
        let key = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let key = key.pk.to_base64();
        let good = format!("[thaw]\nrequire = \"signature\"\nkeys = [\"{key}\"]\n");
        assert!(read(&good).unwrap().require_signature);
        for wrong in [
            "[thaw",
            "[thaw]\nrequire = \"signatur\"",
            "[thaw]\nrequires = \"signature\"",
            "[thaws]\nrequire = \"signature\"",
            "[thaw]\nrequire = \"signature\"",
            "[thaw]\nrequire = \"signature\"\nkeys = [\"RWx\"]",
            "[thaw]\nkeys = [\"/none\"]",
            "[thaw]\ntrusted = [\"here\"]",
        ] {
            let why = read(wrong).unwrap_err();
            assert!(why.contains("policy.toml can't be used"), "{why}");
        }
        fs::write(&file, [0xff, 0xfe]).unwrap();
        assert!(Policy::read(&file).is_err());
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/nowhere", &file).unwrap();
        assert!(Policy::read(&file).is_err());
    }
}
