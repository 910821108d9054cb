//! Ctrl-C, a hang-up or a polite kill while a container is being frozen or thawed: what was begun is
//! brought to its end first, since half-way the container would stand still until the next command.
//! A named checkpoint ends earlier: it is given up where the container can go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Exit status of a command that ended early because it was told to: 128 + SIGINT.
pub const STATUS: u8 = 130;

/// Holds these signals off while it is there.
#[derive(Debug)]
pub struct Deferred {
    asked: Arc<AtomicBool>,
}

impl Deferred {
    /// From now on these signals are only noted.
    pub fn begin() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // Only signals that can't be caught are refused, and none of these is one.
            let _ = signal_hook::flag::register(signal, Arc::clone(&asked));
        }
        Self { asked }
    }

    /// One of them came: begin nothing new.
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::Deferred;

    #[test]
    fn a_signal_is_noted_and_kills_nobody() {
        let deferred = Deferred::begin();
        assert!(!deferred.asked());
        signal_hook::low_level::raise(signal_hook::consts::SIGHUP).unwrap();
        assert!(deferred.asked());
    }
}
