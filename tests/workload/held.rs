//! `hold MODE …`: objects are set up, `READY` is said, and when /dev/shm/go is there the objects and
//! the whole family's state are verified: one line `OK MODE …` or `WRONG MODE …` tells. Whatever
//! happens between READY and go (a freeze, a thaw, ten of them) must not be seen.

use std::io::Result;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use crate::say;
use crate::state::State;

/// Where the test says that it is time to verify: writable in every container.
pub const GO: &str = "/dev/shm/go";

/// Looks whether all is as it was set up: what it saw, or what is wrong.
pub type Check = Box<dyn FnOnce() -> std::result::Result<String, String>>;

/// Turns a closure into a check.
pub fn check(look: impl FnOnce() -> Result<String> + 'static) -> Result<Check> {
    Ok(Box::new(move || look().map_err(|error| error.to_string())))
}

/// An error of a check when two values differ.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(std::io::Error::other(format!(
        "{what} is {found:?}, not {expected:?}"
    )))
}

/// An error of a check when something does not hold.
pub fn holds(what: &str, condition: bool) -> Result<()> {
    if condition {
        Ok(())
    } else {
        Err(std::io::Error::other(format!("not so: {what}")))
    }
}

/// Sets up, waits and verifies.
pub fn hold(mode: &str, set_up: impl FnOnce() -> Result<Check>) -> Result<ExitCode> {
    let check = set_up()?;
    let before = State::take()?;
    say("READY")?;
    while !Path::new(GO).exists() {
        thread::sleep(Duration::from_millis(5));
    }
    let differences = before.differences(&State::take()?);
    let verdict = if differences.is_empty() {
        check()
    } else {
        Err(differences.join(" | "))
    };
    match verdict {
        Ok(what) => say(&format!("OK {mode} {what}")).map(|()| ExitCode::SUCCESS),
        Err(what) => say(&format!("WRONG {mode} {what}")).map(|()| ExitCode::FAILURE),
    }
}

/// Pseudo-random bytes that a seed makes again.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.max(1);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
