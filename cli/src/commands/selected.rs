//! Which containers a selection means.

use crate::args::selection::Selection;
use crate::output::CliError;
use libcr::model::container::Container;
use libcr::ops::lifecycle::ps;
use libcr::{Engine, Error, ErrorKind};

/// A container to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// What to ask the engine for.
    pub id: String,
    /// What to print when it is done: what was typed, or the id where nothing was.
    pub shown: String,
    /// Its name, for what fails.
    pub name: String,
}

/// Finds them all, or fails before anything is done, as Podman does. `--all` means those that
/// `applies` accepts.
pub fn find(
    engine: &Engine,
    selection: &Selection,
    applies: impl Fn(&Container) -> bool,
) -> Result<Vec<Selected>, CliError> {
    find_ignoring(engine, selection, false, applies)
}

/// As [`find`]; with `ignore` names that nothing has are left out.
pub fn find_ignoring(
    engine: &Engine,
    selection: &Selection,
    ignore: bool,
    applies: impl Fn(&Container) -> bool,
) -> Result<Vec<Selected>, CliError> {
    let by_id = |container: Container| Selected {
        id: container.config.id.clone(),
        shown: container.config.id,
        name: container.config.name,
    };
    match selection {
        Selection::All => {
            let all = ps::list(engine)?;
            Ok(all
                .into_iter()
                .filter(|container| applies(container))
                .map(by_id)
                .collect())
        }
        Selection::Latest => Ok(vec![by_id(latest(engine)?)]),
        Selection::Names(names) => {
            let mut found = Vec::new();
            for name in names {
                match engine.find(name) {
                    Ok(container) => {
                        found.push(Selected {
                            id: container.config.id,
                            shown: name.clone(),
                            name: container.config.name,
                        });
                    }
                    Err(error) if ignore && error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(found)
        }
    }
}

/// The container that was made last.
pub fn latest(engine: &Engine) -> Result<Container, CliError> {
    let latest = ps::latest(engine)?;
    Ok(latest.ok_or_else(|| Error::NoSuchContainer("latest".to_owned()))?)
}
