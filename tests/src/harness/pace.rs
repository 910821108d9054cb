//! What each test took: a run ends with the list of its slowest, so that nobody has to guess where
//! the time of CI goes.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many tests the list names.
const LISTED: usize = 20;

/// Seconds of one test.
#[derive(Debug, Clone)]
struct Taken {
    name: String,
    wall: Duration,
    processor: Duration,
}

/// The tests that have ended, in their order.
#[derive(Debug, Default)]
pub struct Pace(Mutex<Vec<Taken>>);

impl Pace {
    /// Runs a test and notes what it took, also when it fails.
    pub fn of(&self, name: &str, body: impl FnOnce()) {
        let _noted = Running {
            pace: self,
            name,
            since: Instant::now(),
            processor: processor_time(),
        };
        body();
    }

    /// The slowest tests, a line each, or every test when `CRYOPOD_TEST_TIMES` is set: seconds,
    /// those of processors among them, the name. Empty when none ran.
    pub fn slowest(&self) -> String {
        let mut taken = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        taken.sort_by_key(|test| std::cmp::Reverse(test.wall));
        let all: Duration = taken.iter().map(|test| test.wall).sum();
        let processor: Duration = taken.iter().map(|test| test.processor).sum();
        if std::env::var_os("CRYOPOD_TEST_TIMES").is_none() {
            taken.truncate(LISTED);
        }
        let mut text = String::new();
        if taken.is_empty() {
            return text;
        }
        let _ = writeln!(
            text,
            "slowest of {:.0} s, {:.0} s of a processor:",
            all.as_secs_f64(),
            processor.as_secs_f64()
        );
        for Taken {
            name,
            wall,
            processor,
        } in taken
        {
            let _ = writeln!(
                text,
                "{:7.1} s {:7.1} s  {name}",
                wall.as_secs_f64(),
                processor.as_secs_f64()
            );
        }
        text
    }
}

/// Notes the test when it is dropped.
struct Running<'p> {
    pace: &'p Pace,
    name: &'p str,
    since: Instant,
    processor: Duration,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let taken = Taken {
            name: self.name.to_owned(),
            wall: self.since.elapsed(),
            processor: processor_time().saturating_sub(self.processor),
        };
        self.pace
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(taken);
    }
}

/// What all processes of this host have computed so far, by its cgroup; none where there is no
/// cgroup2.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/sys/fs/cgroup/cpu.stat").unwrap_or_default();
    let usage = text
        .lines()
        .find_map(|line| line.strip_prefix("usage_usec ")?.trim().parse().ok());
    Duration::from_micros(usage.unwrap_or(0))
}
