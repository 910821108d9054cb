//! Undoes a dump that ended the processes, when the checkpoint can't be finished: they come back
//! where they stood, with their connections, whose network lock lasted until now.

use std::path::Path;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::monitor::client;
use crate::ops::steps::life::monitor::RestoreCall;
use crate::ops::steps::thawing::thaw::thaw;
use crate::runtime::criu_options::Routed;

/// Thaws a container on the mounts and the network that it still has.
pub fn thaw_again(
    engine: &Engine,
    container: &Container,
    images: &Path,
    file_locks: bool,
) -> Result<()> {
    let id = &container.config.id;
    client::wait_until_gone(id, std::time::Duration::from_secs(5));
    engine.runtime_of(container)?.delete(id)?;
    let call = RestoreCall {
        images: images.to_owned(),
        work: engine.bundle(id),
        tcp_established: true,
        file_locks,
        options: Routed::default(),
    };
    let (monitored, _) = thaw(engine, container, &call)?;
    let mut state = container.state.clone();
    state.pid = Some(monitored.pid);
    state.monitor_pid = Some(monitored.monitor_pid);
    engine
        .store
        .transaction(|rows| rows.update_state(id, &state))?;
    Ok(())
}
