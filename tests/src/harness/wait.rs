//! Waits until something becomes true, but not forever.

use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for what must happen soon.
pub const SOON: Duration = Duration::from_secs(10);
/// How much slower than the machine it runs on the emulated one is (`cargo xtask vm`), at the most:
/// some ten times, and other tests run beside it.
const EMULATED: u32 = 24;

/// True in the virtual machine of `cargo xtask vm`.
pub fn in_vm() -> bool {
    std::env::var_os("CRYOPOD_VM").is_some()
}

/// A time limit, longer where the machine is emulated.
pub fn limit(limit: Duration) -> Duration {
    if in_vm() { limit * EMULATED } else { limit }
}

/// Asks every few milliseconds until the answer is `Some`, for at most `limit`.
pub fn try_until<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() > deadline {
            return None;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// As [`try_until`], for what must happen within ten seconds of a real machine.
///
/// # Panics
/// With `what` when the time is over.
pub fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    let soon = limit(SOON);
    try_until(soon, ask).unwrap_or_else(|| panic!("in {} s not: {what}", soon.as_secs()))
}
