//! What a registry says an image is made of: an index of images, or a manifest. Read here because a
//! stranger wrote it: what is contradictory, or would be fetched from elsewhere, is refused.
//!
//! Formats: OCI image-spec, manifest.md and image-index.md; Docker's manifest version 2, schema 2,
//! and its list.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::config::listed_diff_ids;
use super::manifest::{Descriptor, Manifest};
use super::{ImageError, digest_hex};

/// Most layers of an image: more than the kernel can mount above each other.
const LAYERS_LIMIT: usize = 1000;
/// Most images of an index that are looked at.
const INDEX_LIMIT: usize = 1000;

/// A document that was understood.
#[derive(Debug, Clone)]
pub enum Remote {
    /// One image.
    Image(Manifest),
    /// Several, for different machines.
    Index(Vec<Descriptor>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(default)]
    schema_version: u32,
    #[serde(default)]
    media_type: String,
    manifests: Option<Vec<Descriptor>>,
    config: Option<serde_json::Value>,
    layers: Option<Vec<Elsewhere>>,
}

#[derive(Deserialize)]
struct Elsewhere {
    #[serde(default)]
    urls: Option<Vec<String>>,
}

impl Remote {
    /// Reads a document; `media_type` is what the registry calls it, `what` what messages do.
    ///
    /// # Errors
    /// [`ImageError::Remote`] for what is neither, or can't be true.
    pub fn read(what: &str, media_type: &str, bytes: &[u8]) -> Result<Self, ImageError> {
        let wrong = |reason: String| ImageError::remote(what, reason);
        let head: Head = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        if head.schema_version != 2 {
            let version = head.schema_version;
            return Err(wrong(format!("unsupported schema version {version}")));
        }
        // Registries that know no index serve anything under one type: the document counts.
        let named = if head.media_type.is_empty() {
            media_type.split(';').next().unwrap_or_default().trim()
        } else {
            &head.media_type
        };
        let is_list =
            named.ends_with("image.index.v1+json") || named.ends_with("manifest.list.v2+json");
        match (head.manifests, head.config) {
            (Some(_), Some(_)) => Err(wrong("it is an index and an image at once".into())),
            (Some(manifests), None) if is_list || named.is_empty() => {
                if manifests.len() > INDEX_LIMIT {
                    return Err(wrong(format!("it has {} images", manifests.len())));
                }
                for descriptor in &manifests {
                    digest_hex(&descriptor.digest)?;
                }
                Ok(Self::Index(manifests))
            }
            (None, Some(_)) if !is_list => {
                let layers = head.layers.unwrap_or_default();
                if layers
                    .iter()
                    .any(|layer| layer.urls.as_ref().is_some_and(|urls| !urls.is_empty()))
                {
                    return Err(wrong(
                        "a layer of it is to be fetched from elsewhere (foreign layer)".into(),
                    ));
                }
                let manifest: Manifest =
                    serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
                check(what, &manifest)?;
                Ok(Self::Image(manifest))
            }
            _ => Err(wrong(format!("unsupported manifest type {named:?}"))),
        }
    }
}

/// Whether a descriptor is of an image or an index, as far as it says what it is.
pub fn is_image(descriptor: &Descriptor) -> bool {
    const KINDS: [&str; 4] = [
        "image.manifest.v1+json",
        "manifest.v2+json",
        "image.index.v1+json",
        "manifest.list.v2+json",
    ];
    let named = descriptor.media_type.as_str();
    named.is_empty() || KINDS.iter().any(|kind| named.ends_with(kind))
}

/// The image of an index for this machine.
///
/// # Errors
/// [`ImageError::Remote`] in Podman's words where there is none.
pub fn choose<'i>(
    what: &str,
    index: &'i [Descriptor],
    architecture: &str,
) -> Result<&'i Descriptor, ImageError> {
    let fits = |descriptor: &&Descriptor| {
        let platform = descriptor.platform.as_ref();
        is_image(descriptor)
            && platform.is_none_or(|platform| {
                platform.os == "linux" && platform.architecture == architecture
            })
    };
    index.iter().find(fits).ok_or_else(|| {
        let reason = format!(
            "choosing an image from manifest list: no image found in image index for architecture \"{architecture}\", variant \"\", OS \"linux\""
        );
        ImageError::remote(what, reason)
    })
}

fn check(what: &str, manifest: &Manifest) -> Result<(), ImageError> {
    let wrong = |reason: String| Err(ImageError::remote(what, reason));
    digest_hex(&manifest.config.digest)?;
    if manifest.layers.len() > LAYERS_LIMIT {
        return wrong(format!("it has {} layers", manifest.layers.len()));
    }
    let mut sizes = BTreeMap::new();
    let mut total = 0_u64;
    for layer in &manifest.layers {
        digest_hex(&layer.digest)?;
        if layer.media_type.contains("foreign") || layer.media_type.contains("nondistributable") {
            let kind = &layer.media_type;
            return wrong(format!("a layer of it is not to be distributed ({kind})"));
        }
        let known = sizes.insert(layer.digest.as_str(), layer.size);
        if known.is_some_and(|known| known != layer.size) {
            let digest = &layer.digest;
            return wrong(format!("layer {digest} is there twice, with two sizes"));
        }
        total = match total.checked_add(layer.size) {
            Some(total) => total,
            None => return wrong("its layers are larger than any disk".into()),
        };
    }
    if sizes.contains_key(manifest.config.digest.as_str()) && manifest.config.size != 0 {
        let known = sizes[manifest.config.digest.as_str()];
        if known != manifest.config.size {
            return wrong("its configuration is a layer, with another size".into());
        }
    }
    Ok(())
}

/// The diff-ids that a configuration lists, as many as there are layers.
///
/// # Errors
/// [`ImageError::Remote`].
pub fn diff_ids(
    what: &str,
    config: &[u8],
    layers: &[Descriptor],
) -> Result<Vec<String>, ImageError> {
    let ids = listed_diff_ids(config)
        .map_err(|error| ImageError::remote(what, format!("its configuration: {error}")))?;
    if ids.len() != layers.len() {
        let (layers, ids) = (layers.len(), ids.len());
        let reason = format!("it has {layers} layers, but its configuration lists {ids}");
        return Err(ImageError::remote(what, reason));
    }
    let mut known = BTreeMap::new();
    for (id, layer) in ids.iter().zip(layers) {
        digest_hex(id)?;
        if known
            .insert(&layer.digest, id)
            .is_some_and(|known| known != id)
        {
            let reason = format!("layer {} is there twice, with two diff ids", layer.digest);
            return Err(ImageError::remote(what, reason));
        }
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::digest_of;
    use serde_json::json;

    fn read(value: &serde_json::Value) -> Result<Remote, String> {
        Remote::read("it", "", value.to_string().as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn images_and_indexes_are_told_apart() {
        let digest = digest_of(b"x");
        let image = json!({"schemaVersion": 2, "config": {"digest": digest, "size": 1},
            "layers": [{"digest": digest, "size": 1}, {"digest": digest, "size": 1}]});
        assert!(matches!(read(&image), Ok(Remote::Image(found)) if found.layers.len() == 2));
        let mut index = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [
            {"digest": digest, "mediaType": "application/vnd.oci.image.manifest.v1+json",
             "platform": {"os": "linux", "architecture": "s390x"}},
            {"digest": digest, "mediaType": "application/x", "annotations": null},
        ]});
        let Ok(Remote::Index(list)) = read(&index) else {
            panic!("no index");
        };
        assert_eq!(choose("it", &list, "s390x").unwrap().size, 0);
        let none = choose("it", &list, "amd64").unwrap_err().to_string();
        assert!(none.contains("no image found in image index"), "{none}");
        index["config"] = json!({});
        assert!(read(&index).unwrap_err().contains("at once"));
    }

    #[test]
    fn what_can_not_be_true_is_refused() {
        let (digest, other) = (digest_of(b"x"), digest_of(b"y"));
        let with = |layers: serde_json::Value| json!({"schemaVersion": 2, "config": {"digest": other, "size": 1}, "layers": layers});
        for (value, words) in [
            (json!({"schemaVersion": 1}), "schema version 1"),
            (json!({"schemaVersion": 2}), "unsupported manifest type"),
            (
                with(json!([{"digest": digest, "urls": ["http://x"]}])),
                "from elsewhere",
            ),
            (
                with(json!([{"digest": digest, "mediaType": "x.foreign.diff"}])),
                "not to be distributed",
            ),
            (
                with(json!([{"digest": digest, "size": 1}, {"digest": digest, "size": 2}])),
                "two sizes",
            ),
            (
                with(json!([{"digest": digest, "size": u64::MAX}, {"digest": other, "size": 1}])),
                "larger than any disk",
            ),
            (with(json!([{"digest": "sha256:../x"}])), "invalid digest"),
        ] {
            let error = read(&value).unwrap_err();
            assert!(error.contains(words), "{words}: {error}");
        }
    }

    #[test]
    fn diff_ids_fit_the_layers() {
        let (a, b) = (digest_of(b"x"), digest_of(b"y"));
        let layer = |digest: &String| Descriptor {
            digest: digest.clone(),
            ..Descriptor::default()
        };
        let config = |ids: &[&String]| json!({"rootfs": {"diff_ids": ids}}).to_string();
        let ids = |config: String, layers: &[Descriptor]| {
            diff_ids("it", config.as_bytes(), layers).map_err(|error| error.to_string())
        };
        let twice = [layer(&a), layer(&a)];
        assert_eq!(ids(config(&[&b, &b]), &twice).unwrap().len(), 2);
        assert!(
            ids(config(&[&a, &b]), &twice)
                .unwrap_err()
                .contains("two diff ids")
        );
        assert!(ids(config(&[&a]), &twice).unwrap_err().contains("lists 1"));
        assert!(ids("{}".into(), &twice).is_err());
    }
}
