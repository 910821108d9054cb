//! Chance that can be had again: a seed decides all of it.

use std::time::Duration;

/// A sequence of numbers (xorshift).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % sides
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.roll(times) == 0
    }

    /// A time up to the given one.
    pub fn within(&mut self, limit: Duration) -> Duration {
        Duration::from_millis(self.roll(u64::try_from(limit.as_millis()).unwrap_or(1).max(1)))
    }
}
