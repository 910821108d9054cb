//! `update`: other limits and another restart policy for a container, whatever its state.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, Limits, RestartPolicy};
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::bring_up::limit_written_spec;
use crate::ops::steps::life::observe::observe;
use crate::runtime::limits;

pub use crate::ops::steps::creation::limits::Changes;

/// Changes limits of a container and returns its full id. One that runs has them at once; a frozen
/// one with its thaw, others with their next start.
///
/// # Errors
/// [`Error::Invalid`] for limits that can't be; when the runtime or the kernel refuses them, the old
/// ones stay.
pub fn update(engine: &Engine, word: &str, changes: &Changes) -> Result<String> {
    let id = engine.find(word)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    let before = container.config.limits.clone();
    let after = changes.apply(&before)?;
    change(&mut container, changes, &after)?;
    let alive = container.state.status.is_alive();
    let told = limits::change(&before, &after);
    if alive && after != before {
        let refused = |error: crate::runtime::RuntimeError| {
            Error::RuntimeFailed(format!("updating container {id}: {error}"))
        };
        let runtime = engine.runtime_of(&container)?;
        runtime.update(&id, &told).map_err(refused)?;
        // An archive takes it from there.
        limit_written_spec(engine, &id, &after)?;
    }
    engine.store.transaction(|rows| {
        rows.update_config(&container.config)?;
        rows.insert_event("update", &container, "")
    })?;
    Ok(id)
}

fn change(container: &mut Container, changes: &Changes, after: &Limits) -> Result<()> {
    let config = &mut container.config;
    if let Some(policy) = changes.restart_policy {
        if config.auto_remove && policy != RestartPolicy::No {
            return Err(Error::Invalid(
                "cannot set a restart policy on a container that is removed when it ends".into(),
            ));
        }
        config.restart_policy = policy;
    }
    config.limits.clone_from(after);
    if let Some(spec) = &mut config.imported_spec {
        limits::write(after, &mut spec["linux"]["resources"]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::example;
    use crate::model::status::Status;
    use serde_json::json;

    #[test]
    fn an_imported_specification_changes_too() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config::below(root.path()))?;
        let mut container = example(&"1".repeat(64));
        container.state.status = Status::Exited;
        container.config.imported_spec = Some(json!({ "linux": {} }));
        engine
            .store
            .transaction(|rows| rows.insert_container(&container))?;
        let changes = Changes {
            pids: Some(5),
            restart_policy: Some(RestartPolicy::Always),
            ..Changes::default()
        };
        update(&engine, &container.config.name, &changes)?;
        let config = engine.find(&container.config.name)?.config;
        assert_eq!(config.limits.pids, Some(5));
        assert_eq!(config.restart_policy, RestartPolicy::Always);
        let spec = config.imported_spec.unwrap_or_default();
        assert_eq!(spec["linux"]["resources"]["pids"]["limit"], 5);
        let event = engine.store.rows().events_after(0)?.pop();
        assert_eq!(event.map(|event| event.kind), Some("update".into()));
        Ok(())
    }
}
