//! Whether what comes from elsewhere may be thawed here: the policy of the host, and what the user
//! asks for beside it.
//!
//! What was frozen on this host and never left the engine's directories is the host's own and asked
//! for nothing. A signature is judged when all that it is of was unpacked beside and compared with
//! the signed sums, before anything is made of it.

use std::path::{Path, PathBuf};

use crate::archive::{ArchiveError, Signed};
use crate::config::policy::Policy;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::seal::{PublicKeys, Unsealing, Verdict};

/// What is demanded of an archive or an image.
#[derive(Debug, Default)]
pub struct Trust {
    demands: Vec<Demand>,
    /// Where it is, without links, when a directory is all that it is trusted for.
    pub place: Option<PathBuf>,
}

/// A signature by one of some keys.
#[derive(Debug)]
struct Demand {
    keys: PublicKeys,
    /// The file or the option that demands it.
    by: String,
}

impl Trust {
    /// What is demanded of what comes from this file; `None`: from a stream or an image.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a policy that can't be read, or when no key is known.
    pub fn of(engine: &Engine, asked: &Unsealing, file: Option<&Path>) -> Result<Self> {
        let policy = Policy::read(&engine.config.policy)?;
        let mut trust = Self::by(&policy, asked)?;
        if let (true, None, false) = (
            policy.require_signature,
            &asked.verify_with,
            asked.require_signature,
        ) && let Some(place) = file.and_then(|file| policy.trusted(file))
        {
            trust.demands.clear();
            trust.place = Some(place);
        }
        Ok(trust)
    }

    /// What policy and options demand of what is in no trusted directory.
    ///
    /// # Errors
    /// [`Error::Invalid`] when no key is known.
    pub fn by(policy: &Policy, asked: &Unsealing) -> Result<Self> {
        let mut demands = Vec::new();
        if let Some(keys) = &asked.verify_with {
            demands.push(Demand {
                keys: keys.clone(),
                by: "--verify-with".into(),
            });
        }
        let by_policy = asked.require_signature && demands.is_empty();
        if policy.require_signature || by_policy {
            if policy.keys.is_empty() {
                return Err(Error::Invalid(
                    "--require-signature: no key is known here: give one with --verify-with, or name it in /etc/cryopod/policy.toml".into(),
                ));
            }
            demands.push(Demand {
                keys: policy.keys.clone(),
                by: policy.file.display().to_string(),
            });
        }
        Ok(Self {
            demands,
            place: None,
        })
    }

    /// Whether a signature is demanded.
    pub fn demands_signature(&self) -> bool {
        !self.demands.is_empty()
    }

    /// Judges what was compared with its sums; says who signed it, where that was asked.
    ///
    /// # Errors
    /// [`Error::Untrusted`].
    pub fn judge(&self, archive: &str, signed: Option<&Signed>) -> Result<Option<String>> {
        let mut right = None;
        for Demand { keys, by } in &self.demands {
            let refuse = |why: String| {
                Err(Error::Untrusted {
                    what: archive.to_owned(),
                    why,
                })
            };
            let Some(signed) = signed else {
                return refuse(format!("it is not signed, and {by} requires a signature"));
            };
            match signed.signature.judge(&signed.sums, keys) {
                Verdict::Right(id) => right = Some(id),
                Verdict::UnknownKey(id) => {
                    return refuse(format!(
                        "it is signed by key {id}, which is none of those of {by}"
                    ));
                }
                Verdict::Wrong(id) => {
                    return refuse(format!(
                        "its signature by key {id} is wrong, and {by} requires a right one"
                    ));
                }
            }
        }
        Ok(right)
    }

    /// An error in unpacking, in the words of who demands a signature.
    pub fn explain(&self, error: ArchiveError) -> Error {
        match (error, self.demands.first()) {
            (ArchiveError::NotAsSigned { archive, what }, Some(Demand { by, .. })) => {
                Error::Untrusted {
                    what: archive,
                    why: format!("it is not what was signed: {what} ({by} requires a signature)"),
                }
            }
            (error, _) => error.into(),
        }
    }
}

/// Refuses what has no signature to be asked for where the policy demands one: CRIU's images in a
/// directory outside of the engine's, and memory that comes over the network.
///
/// # Errors
/// [`Error::Untrusted`]; [`Error::Invalid`] for a policy that can't be read.
pub fn check_unsigned(
    engine: &Engine,
    directory: Option<&Path>,
    page_server: Option<&str>,
) -> Result<()> {
    if directory.is_none() && page_server.is_none() {
        return Ok(());
    }
    let policy = Policy::read(&engine.config.policy)?;
    if !policy.require_signature {
        return Ok(());
    }
    let file = policy.file.display();
    if let Some(server) = page_server {
        return Err(Error::Untrusted {
            what: format!("memory from {server}"),
            why: format!("it has no signature, and {file} requires one"),
        });
    }
    match directory {
        Some(directory) if policy.trusted(directory).is_none() => Err(Error::Untrusted {
            what: directory.display().to_string(),
            why: format!("a directory has no signature, and {file} requires one or trusts it"),
        }),
        _ => Ok(()),
    }
}
