//! `volume ls`: the volumes, and who uses them.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::volume::Volume;
pub use crate::ops::steps::volume_filter::VolumeFilter;

/// The volumes that fit, oldest first.
pub fn list(engine: &Engine, filter: &VolumeFilter) -> Result<Vec<Volume>> {
    let rows = engine.store.rows();
    let mut found = Vec::new();
    for volume in rows.volumes()? {
        if filter.fits(&volume, rows.users_of_volume(&volume.name)?.len()) {
            found.push(volume);
        }
    }
    Ok(found)
}

/// Whether there is a volume of exactly this name.
pub fn exists(engine: &Engine, name: &str) -> Result<bool> {
    Ok(engine.store.rows().volume(name)?.is_some())
}
