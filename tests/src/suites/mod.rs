//! The suites, a file each; a test is a function of a host and has a line in its file's table.

mod bad_input;
mod checkpoint;
mod consistency;
mod crash;
mod events;
mod health;
mod interop;
mod lifecycle;
mod network;
mod options;
mod phases;
mod restore;
mod travel;

use crate::harness::Host;

/// A suite's tests: name and body.
pub type Tests = &'static [(&'static str, fn(&Host))];

/// All suites by name, in the order they run.
pub const ALL: &[(&str, Tests)] = &[
    ("lifecycle", lifecycle::TESTS),
    ("checkpoint", checkpoint::TESTS),
    ("restore", restore::TESTS),
    ("consistency", consistency::TESTS),
    ("network", network::TESTS),
    ("options", options::TESTS),
    ("travel", travel::TESTS),
    ("health", health::TESTS),
    ("events", events::TESTS),
    ("bad_input", bad_input::TESTS),
    ("interop", interop::TESTS),
    ("crash", crash::TESTS),
    ("phases", phases::TESTS),
];

/// The table of a suite from the names of its functions.
macro_rules! tests {
    ($($name:ident),+ $(,)?) => { &[$((stringify!($name), $name)),+] };
}
use tests;

/// A script that prints 0, 1, 2 … ten times a second.
const COUNT_ALOUD: &str = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done";
