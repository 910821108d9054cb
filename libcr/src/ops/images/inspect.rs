//! `inspect` of an image: Podman's fields (libpod/define/image_inspect.go).

use serde_json::{Value, json};

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::{checkpoint_image, image_lookup};

/// Everything about an image, as one object of Podman's.
pub fn inspect(engine: &Engine, word: &str) -> Result<Value> {
    let (image, _) = image_lookup::find(engine, word)?;
    let repository = |name: &String| {
        let (repository, _) = name.rsplit_once(':')?;
        Some(format!("{repository}@{}", image.digest))
    };
    let digests: Vec<String> = image.names.iter().filter_map(repository).collect();
    let of_config = |key: &str| image.config.get(key).cloned().unwrap_or(Value::Null);
    Ok(json!({
        "Id": image.id,
        "Digest": image.digest,
        "RepoTags": image.names,
        "RepoDigests": digests,
        "Parent": "",
        "Comment": "",
        "Created": image.created,
        "Config": of_config("config"),
        "Version": "",
        "Author": image.config["author"].as_str().unwrap_or_default(),
        "Architecture": of_config("architecture"),
        "Os": of_config("os"),
        "Size": image.size,
        "VirtualSize": image.size,
        "GraphDriver": { "Name": "overlay", "Data": {} },
        "RootFS": { "Type": "layers", "Layers": image.diff_ids },
        "Labels": image.setting("Labels"),
        "Annotations": checkpoint_image::annotations(engine, &image),
        "ManifestType": "application/vnd.oci.image.manifest.v1+json",
        "User": image.string("User").unwrap_or_default(),
        "History": of_config("history"),
        "NamesHistory": image.names,
    }))
}
