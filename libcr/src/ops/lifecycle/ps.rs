//! `ps`: all containers as they are now.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::model::health::Health;
use crate::ops::steps::life::health;
use crate::ops::steps::life::observe::look;

/// All containers, oldest first, each as it truly is: one that has ended is shown so, even where
/// nobody has cleaned up after it yet. Takes no lock.
pub fn list(engine: &Engine) -> Result<Vec<Container>> {
    let mut containers = engine.store.rows().containers()?;
    for container in &mut containers {
        look(engine, container);
    }
    Ok(containers)
}

/// How a container is, if it has a health check.
pub fn health(engine: &Engine, container: &Container) -> Option<Health> {
    health::read(engine, &container.config)
}

/// The container that was made last.
pub fn latest(engine: &Engine) -> Result<Option<Container>> {
    Ok(list(engine)?.pop())
}
