//! `export`: a container's root file system as a tar.

use std::io::Write;

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::life::view;
use crate::storage::tree::TarPlan;

/// Writes the root file system of a container, whatever its state, to `out`: no volumes, no mounts,
/// no memory. A container that runs is not stopped. An error of `out` ends it: so does whoever reads
/// and goes away.
///
/// # Errors
/// [`StorageError::Changed`](crate::storage::StorageError::Changed) when a file shrank meanwhile.
pub fn export(engine: &Engine, word: &str, out: &mut impl Write) -> Result<()> {
    let id = engine.find(word)?.config.id;
    let view = view::open(engine, &id, view::Access::Own)?;
    let plan = TarPlan::of_tree(&view.path(), "")?;
    Ok(plan.write_to(out)?)
}
