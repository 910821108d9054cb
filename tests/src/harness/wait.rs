//! Waits until something becomes true, but not forever.

use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for what must happen soon.
pub const SOON: Duration = Duration::from_secs(10);

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

/// As [`try_until`] with [`SOON`].
///
/// # Panics
/// With `what` when the time is over.
pub fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    try_until(SOON, ask).unwrap_or_else(|| panic!("in {} s not: {what}", SOON.as_secs()))
}
