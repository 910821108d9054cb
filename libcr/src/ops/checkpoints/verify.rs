//! `checkpoint verify`: whether an archive or a checkpoint image is what its writer wrote, and who
//! that was. Reads all of it and makes nothing.

use std::path::Path;

use serde::Serialize;

use crate::archive::{ArchiveError, Contents, Limits, Opening, Reader};
use crate::config::policy::Policy;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::thawing::trust::Trust;
use crate::ops::steps::{checkpoint_image, image_lookup};
use crate::seal::Unsealing;

/// What was found right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Verified {
    /// What was asked for.
    pub source: String,
    /// The id of the key that it says it is signed by; empty: it is not signed.
    pub key: String,
    /// The comment that is signed with it; as it is stored.
    pub comment: String,
    /// The signature was found to be right, by a key that is believed.
    pub signature_checked: bool,
}

/// Whether a word is that of a file, and not of an image.
pub fn is_file(word: &str) -> bool {
    word.contains('/') || Path::new(word).symlink_metadata().is_ok()
}

/// Verifies a file; needs no engine. `policy` is the file of the host's policy: its keys are tried
/// where none are given.
///
/// # Errors
/// [`Error::Untrusted`] for a signature that is missing though one is demanded, or wrong;
/// [`ArchiveError`] for what is not as it was written, or has no digests.
pub fn file(path: &Path, policy: &Path, unsealing: &Unsealing) -> Result<Verified> {
    let reader = Reader::open(path, opening(unsealing))?;
    verify(reader, path.display().to_string(), policy, unsealing)
}

/// The same of a checkpoint image.
///
/// # Errors
/// As [`file`]; [`Error::NoSuchImage`], and [`Error::Invalid`] for one that is no checkpoint.
pub fn image(engine: &Engine, word: &str, unsealing: &Unsealing) -> Result<Verified> {
    let (image, name) = image_lookup::find(engine, word)?;
    let parts = checkpoint_image::open(engine, &image)?;
    let reader = Reader::from_parts(parts, name.clone(), opening(unsealing))?;
    verify(reader, name, &engine.config.policy, unsealing)
}

fn opening(unsealing: &Unsealing) -> Opening {
    Opening {
        limits: Limits::default(),
        keys: unsealing.keys.clone(),
    }
}

fn verify(
    reader: Reader,
    source: String,
    policy: &Path,
    unsealing: &Unsealing,
) -> Result<Verified> {
    let policy = Policy::read(policy)?;
    let trust = Trust::by(&policy, unsealing)?;
    let contents = reader.verify().map_err(|error| trust.explain(error))?;
    if !contents.verified {
        return Err(Error::Archive(ArchiveError::Damaged {
            archive: source,
            what: "it has no digests, as those of other engines: nothing can be verified".into(),
        }));
    }
    let checked = trust.judge(&source, contents.signed.as_ref())?.is_some();
    let checked = checked || by_known_key(&source, &contents, &policy)?;
    let said = |tell: fn(&crate::seal::Signature) -> String| {
        let signed = contents.signed.as_ref();
        signed.map_or_else(String::new, |signed| tell(&signed.signature))
    };
    Ok(Verified {
        key: said(crate::seal::Signature::key_id),
        comment: said(crate::seal::Signature::comment),
        source,
        signature_checked: checked,
    })
}

/// Where nobody demands a signature, one that is there by a key of the policy is judged all the same.
fn by_known_key(source: &str, contents: &Contents, policy: &Policy) -> Result<bool> {
    let Some(signed) = &contents.signed else {
        return Ok(false);
    };
    match signed.signature.judge(&signed.sums, &policy.keys) {
        crate::seal::Verdict::Right(_) => Ok(true),
        crate::seal::Verdict::UnknownKey(_) => Ok(false),
        crate::seal::Verdict::Wrong(id) => Err(Error::Untrusted {
            what: source.to_owned(),
            why: format!("its signature by key {id} is wrong"),
        }),
    }
}
