//! The cargo that a task calls.

use std::process::Command;

/// What `cargo run` tells a program about itself. Passed on to another cargo it would be news to the
/// build scripts that ask for it (ring's), which would compile half of the engine anew: once for a
/// cargo called by hand, once for one called from here.
const OWN: [&str; 4] = [
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_CRATE_",
    "CARGO_BIN_",
];

/// Cargo as one would call it by hand.
pub fn command() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let own = |name: &str| OWN.iter().any(|prefix| name.starts_with(prefix));
        if name.to_str().is_some_and(own) {
            cargo.env_remove(name);
        }
    }
    cargo
}
