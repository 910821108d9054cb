//! Places where tests let this process die, to see that the next one completes or undoes what is
//! half-done there (`tests/src/suites/faults/`). In builds without debug assertions there are none.

use crate::sys::proc;

/// Names the place.
const VARIABLE: &str = "CRYOPOD_FAIL_AT";

/// Kills this process, as `kill -9` would, when `CRYOPOD_FAIL_AT` names the place.
///
/// Stands after each durable effect of an operation of several. Every name must have a test, which a
/// test of the tests checks.
pub fn point(name: &str) {
    if cfg!(debug_assertions) && std::env::var(VARIABLE).is_ok_and(|wanted| wanted == name) {
        tracing::warn!(name, "CRYOPOD_FAIL_AT: this process kills itself");
        proc::kill_and_wait(proc::own_identity().pid);
    }
}
