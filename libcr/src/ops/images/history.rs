//! `history`: what made an image, step by step, as its configuration says (image-spec config.md,
//! `history`).

use serde_json::Value;

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::catalogue::record::bytes_below;
use crate::ops::steps::image_lookup;
use crate::sys::dir::at;

/// A step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// The image's id at its last step; none at those before, which are no images here.
    pub id: Option<String>,
    /// The image's names at its last step.
    pub names: Vec<String>,
    /// When, RFC 3339.
    pub created: String,
    /// The command.
    pub created_by: String,
    /// What its maker said of it.
    pub comment: String,
    /// Bytes of the files in its layer; 0 without one, or one that isn't unpacked.
    pub size: u64,
}

/// The steps of an image, the last one first. Layers of which its configuration says nothing are
/// steps as well.
///
/// # Errors
/// [`crate::Error::NoSuchImage`]; what the file system says of a layer.
pub fn history(engine: &Engine, word: &str) -> Result<Vec<Step>> {
    let (image, _) = image_lookup::find(engine, word)?;
    let layers = engine.layers()?;
    let mut sizes = Vec::new();
    for layer in &image.diff_ids {
        let path = layers.path(layer)?;
        sizes.push(match bytes_below(&path) {
            // That of a checkpoint is no part of a root file system.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            bytes => bytes.map_err(at("read", &path))?,
        });
    }
    let mut steps = steps(&image.config, &image.created, &sizes);
    if let Some(last) = steps.first_mut() {
        last.id = Some(image.id);
        last.names = image.names;
    }
    Ok(steps)
}

fn steps(config: &Value, created: &str, sizes: &[u64]) -> Vec<Step> {
    let mut sizes = sizes.iter().copied();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let said = config["history"].as_array().into_iter().flatten();
    let mut steps: Vec<Step> = said
        .map(|entry| Step {
            created: text(entry, "created"),
            created_by: text(entry, "created_by"),
            comment: text(entry, "comment"),
            size: if entry["empty_layer"] == true {
                0
            } else {
                sizes.next().unwrap_or(0)
            },
            ..Step::default()
        })
        .collect();
    steps.extend(sizes.map(|size| Step {
        created: created.to_owned(),
        size,
        ..Step::default()
    }));
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn layers_go_to_the_steps_that_made_them() {
        let config = json!({ "history": [
            { "created": "2026-01-01T00:00:00Z", "created_by": "ADD rootfs" },
            { "created_by": "ENV a=b", "empty_layer": true },
            { "created_by": "RUN x", "comment": "said" },
        ]});
        let found = steps(&config, "2026-02-02T00:00:00Z", &[10, 20, 30]);
        let shown: Vec<_> = found
            .iter()
            .map(|step| (step.created_by.as_str(), step.size))
            .collect();
        let wanted = [("", 30), ("RUN x", 20), ("ENV a=b", 0), ("ADD rootfs", 10)];
        assert_eq!(shown, wanted);
        assert_eq!(found[0].created, "2026-02-02T00:00:00Z");
        assert_eq!(found[1].comment, "said");
        assert_eq!(steps(&Value::Null, "", &[]), []);
        // More steps than layers: said by its maker, not believed.
        let short = steps(&config, "", &[]);
        assert!(short.iter().all(|step| step.size == 0) && short.len() == 3);
    }
}
