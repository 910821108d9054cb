//! `--volumes-from CONTAINER[:OPTIONS]`: the mounts that another container was made with.

use super::mounts::Mount;
use crate::engine::Engine;
use crate::error::{Error, Result};

/// Words that may stand behind the container.
const OPTIONS: [&str; 4] = ["ro", "rw", "z", "Z"];

/// Bind mounts and volumes of each container, in the order of the list. An anonymous volume stays that
/// of the container for which it was made.
///
/// # Errors
/// [`Error::NoSuchContainer`], and [`Error::Invalid`] for options that are none.
pub(super) fn read(engine: &Engine, lenders: &[String]) -> Result<Vec<Mount>> {
    let mut all: Vec<Mount> = Vec::new();
    for text in lenders {
        let (name, words) = text.split_once(':').unwrap_or((text, ""));
        let words: Vec<&str> = words.split(',').filter(|word| !word.is_empty()).collect();
        if let Some(word) = words.iter().find(|word| !OPTIONS.contains(word)) {
            return Err(Error::Invalid(format!(
                "invalid options \"{word}\", can only specify 'ro', 'rw', and 'z'"
            )));
        }
        if words.contains(&"ro") && words.contains(&"rw") {
            return Err(Error::Invalid(format!(
                "cannot set ro and rw options at the same time: {text}"
            )));
        }
        let config = engine.find(name)?.config;
        let access = |options: &[String]| {
            let mut options = options.to_vec();
            let asked = words.iter().find(|word| matches!(**word, "ro" | "rw"));
            if let Some(word) = asked {
                options.retain(|other| !matches!(other.as_str(), "ro" | "rw"));
                options.push((*word).to_owned());
            }
            options
        };
        let binds = config.volumes.into_iter().map(|mut bind| {
            bind.options = access(&bind.options);
            Mount::Bind(bind)
        });
        let volumes = config.named_volumes.into_iter().map(|mut volume| {
            volume.options = access(&volume.options);
            volume.anonymous = false;
            Mount::Volume(volume)
        });
        for mount in binds.chain(volumes) {
            all.retain(|other| other.destination() != mount.destination());
            all.push(mount);
        }
    }
    Ok(all)
}
