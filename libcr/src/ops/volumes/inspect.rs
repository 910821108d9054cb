//! `volume inspect`: Podman's fields (libpod/define/volume_inspect.go).

use serde_json::{Value, json};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::volume::{LOCAL_DRIVER, Volume};
use crate::ops::steps::life::volumes::find;

/// Everything about a volume, as one object of Podman's.
pub fn inspect(engine: &Engine, word: &str) -> Result<Value> {
    Ok(describe(engine, &find(engine, word)?))
}

/// The same for a volume that is known already.
pub fn describe(engine: &Engine, volume: &Volume) -> Value {
    let mut facts = json!({
        "Name": volume.name,
        "Driver": LOCAL_DRIVER,
        "Mountpoint": engine.volume_data(&volume.name),
        "CreatedAt": volume.created,
        "Labels": volume.labels,
        "Scope": "local",
        "Options": volume.options,
    });
    for (key, id) in [("UID", volume.uid), ("GID", volume.gid)] {
        if let Some(id) = id {
            facts[key] = id.into();
        }
    }
    // Podman counts those that mounted it, where a volume must be mounted: no directory must.
    facts["MountCount"] = 0.into();
    for (key, set) in [
        ("Anonymous", volume.anonymous),
        ("NeedsCopyUp", volume.needs_copy_up),
        ("NeedsChown", volume.needs_chown),
    ] {
        if set {
            facts[key] = true.into();
        }
    }
    facts
}
