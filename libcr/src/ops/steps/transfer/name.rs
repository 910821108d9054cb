//! The image of a registry that a user's word names.

use crate::error::{Error, Result};
use crate::image::ImageError;
use crate::image::reference::Reference;
use crate::registry::registries_conf::Registries;

/// The one transport that is known, as Podman writes it.
const TRANSPORT: &str = "docker://";

/// The full names that a word may stand for, in the order in which they are tried: each has a
/// registry, and a tag or a digest.
///
/// # Errors
/// [`Error::Invalid`] for another transport; [`ImageError::Reference`]; of [`Registries`] for a short
/// name that stands for nothing.
pub fn candidates(word: &str) -> Result<Vec<Reference>> {
    let reference = parse(word)?;
    if reference.domain.is_some() {
        return Ok(vec![full(&reference)]);
    }
    let names = Registries::read()?.full_names(&reference.path)?;
    let complete = |name: String| -> Result<Reference> {
        let found = Reference::parse(&name).map_err(ImageError::from)?;
        Ok(full(&Reference {
            tag: reference.tag.clone(),
            digest: reference.digest.clone(),
            ..found
        }))
    };
    names.into_iter().map(complete).collect()
}

/// The one full name of a word; a short name is one of this host, as for Podman's `push`.
///
/// # Errors
/// As [`candidates`].
pub fn destination(word: &str) -> Result<Reference> {
    let reference = parse(word)?;
    if reference.domain.is_some() {
        return Ok(full(&reference));
    }
    Ok(full(&reference.local()))
}

fn parse(word: &str) -> Result<Reference> {
    const OTHERS: [&str; 6] = [
        "containers-storage:",
        "dir:",
        "docker-archive:",
        "docker-daemon:",
        "oci:",
        "oci-archive:",
    ];
    let name = word.strip_prefix(TRANSPORT).unwrap_or(word);
    if let Some(other) = OTHERS.iter().find(|other| word.starts_with(*other)) {
        return Err(Error::Invalid(format!(
            "{word}: the transport {other} is not supported: use docker://, or `cryopod load` for archives and directories"
        )));
    }
    let reference = Reference::parse(name).map_err(ImageError::from)?;
    // As Podman: a digest says more than a tag.
    let tag = reference.tag.clone().filter(|_| reference.digest.is_none());
    Ok(Reference { tag, ..reference })
}

fn full(reference: &Reference) -> Reference {
    let mut all = reference.candidates();
    all.swap_remove(0)
}

/// Whether a word names an image of a registry and can be nothing else: it says which one.
pub fn is_remote(word: &str) -> bool {
    if word.starts_with(TRANSPORT) {
        return true;
    }
    let domain = Reference::parse(word).ok().and_then(|name| name.domain);
    domain.is_some_and(|domain| domain != "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_words_lead_to_a_registry() {
        for remote in [
            "docker://x",
            "localhost:5000/web:frozen",
            "quay.io/a@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        ] {
            assert!(is_remote(remote), "{remote}");
        }
        for local in ["web", "localhost/web:1", "me/web", "Not A Name"] {
            assert!(!is_remote(local), "{local}");
        }
    }

    #[test]
    fn names_are_completed() {
        let text = |word: &str| destination(word).map(|name| name.to_string());
        assert_eq!(text("docker://a.b/c").unwrap(), "a.b/c:latest");
        assert_eq!(text("web").unwrap(), "localhost/web:latest");
        assert_eq!(text("docker.io/x:1").unwrap(), "docker.io/library/x:1");
        let digest = format!("sha256:{}", "0".repeat(64));
        let both = format!("a.b/c:tag@{digest}");
        assert_eq!(text(&both).unwrap(), format!("a.b/c@{digest}"));
        assert!(
            text("oci:/x")
                .unwrap_err()
                .to_string()
                .contains("transport")
        );
    }
}
