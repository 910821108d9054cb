//! What a name names in a registry at this moment: one manifest, by its digest. Asked once; from
//! then on everything goes by digest, so that a tag that moves moves nothing here.

use crate::error::{Error, Result};
use crate::image::ImageError;
use crate::image::manifest::Manifest;
use crate::image::reference::Reference;
use crate::image::remote::{self, Remote};
use crate::registry::{Client, Document, MANIFEST_LIMIT, RegistryError};
use crate::sys::machine;

use super::Access;

/// Largest configuration of an image.
const CONFIG_LIMIT: u64 = 4 << 20;
/// How deep an index may lie in an index.
const INDEX_DEPTH: usize = 3;

/// An image of a registry.
#[derive(Debug)]
pub struct Resolved {
    /// The name it was asked for.
    pub name: Reference,
    /// Where it is.
    pub client: Client,
    /// Its manifest as it came.
    pub document: Document,
    /// What that says.
    pub manifest: Manifest,
    /// Its configuration as it came.
    pub config: Vec<u8>,
}

impl Resolved {
    /// The name by which exactly this image is asked for.
    pub fn by_digest(&self) -> Reference {
        Reference {
            tag: None,
            digest: Some(self.document.digest.clone()),
            ..self.name.clone()
        }
    }
}

/// Asks for it.
///
/// # Errors
/// [`Error::Pull`] in Podman's words.
pub fn resolve(name: &Reference, access: &Access) -> Result<Resolved> {
    let ask = || {
        let client = access.connect(name, "pull", Vec::new())?;
        let (document, manifest) = manifest(&client, name)?;
        let config = &manifest.config;
        let config = client.small_blob(&config.digest, config.size, CONFIG_LIMIT)?;
        Ok(Resolved {
            name: name.clone(),
            client,
            document,
            manifest,
            config,
        })
    };
    ask().map_err(|source: Error| Error::Pull {
        name: name.to_string(),
        source: Box::new(source),
    })
}

/// The digest of the manifest that a name names, and nothing more of it.
///
/// # Errors
/// As [`resolve`].
pub fn digest(name: &Reference, access: &Access) -> Result<String> {
    let ask = || {
        let client = access.connect(name, "pull", Vec::new())?;
        Ok(manifest(&client, name)?.0.digest)
    };
    ask().map_err(|source: Error| Error::Pull {
        name: name.to_string(),
        source: Box::new(source),
    })
}

fn manifest(client: &Client, name: &Reference) -> Result<(Document, Manifest)> {
    let asked = name.digest.as_ref().or(name.tag.as_ref());
    let shown = name.to_string();
    let mut document = client.manifest(asked.map_or("latest", String::as_str))?;
    let mut seen = Vec::new();
    loop {
        let read = Remote::read(&shown, &document.media_type, &document.bytes)?;
        let index = match read {
            Remote::Image(manifest) => return Ok((document, manifest)),
            Remote::Index(index) => index,
        };
        seen.push(document.digest.clone());
        let ours = remote::choose(&shown, &index, machine::architecture())?;
        if seen.contains(&ours.digest) {
            return Err(ImageError::remote(&shown, "the index lists itself").into());
        }
        if seen.len() > INDEX_DEPTH {
            let reason = format!("more than {INDEX_DEPTH} indexes lie in one another");
            return Err(ImageError::remote(&shown, reason).into());
        }
        if ours.size > MANIFEST_LIMIT {
            return Err(RegistryError::TooLarge {
                what: format!("manifest {} in {shown}", ours.digest),
                limit: MANIFEST_LIMIT,
            }
            .into());
        }
        document = client.manifest(&ours.digest)?;
        if ours.size != 0 && ours.size != document.bytes.len() as u64 {
            let reason = format!(
                "manifest {} has {} bytes, but its descriptor says {}",
                ours.digest,
                document.bytes.len(),
                ours.size
            );
            return Err(ImageError::remote(&shown, reason).into());
        }
    }
}
