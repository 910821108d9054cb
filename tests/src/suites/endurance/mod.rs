//! Many freezes and thaws of many containers with `kill -9` of engines and monitors at any moment:
//! nothing is lost, and nothing grows.
//!
//! The long run is no part of the ordinary tests: `cargo xtask e2e --endurance`. Its size is told by
//! `ENDURANCE_CYCLES`, `ENDURANCE_CONTAINERS` and `ENDURANCE_WORKERS`, and chance by
//! `ENDURANCE_SEED`, which is printed; moments differ all the same.

mod dice;
mod kinds;
mod member;
mod numbers;

use std::panic::resume_unwind;
use std::sync::Mutex;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{Tests, tests};
use crate::harness::{Host, wait};
use dice::Dice;
use member::{Deeds, Member};
use numbers::Numbers;

pub const TESTS: Tests = tests![crun a_short_run];

/// What `cargo xtask e2e --endurance` runs.
pub const LONG: Tests = tests![crun a_long_run];

/// How long processes that end may be seen.
const SETTLE: Duration = Duration::from_secs(5);

/// How much is done.
#[derive(Debug)]
struct Plan {
    cycles: u32,
    containers: usize,
    /// How many containers are frozen or thawed at a time.
    workers: usize,
    seed: u64,
}

fn a_short_run(host: &Host) {
    run(
        host,
        &Plan {
            cycles: 24,
            containers: 4,
            workers: 2,
            seed: seed(),
        },
    );
}

fn a_long_run(host: &Host) {
    let number = |name: &str, usual| {
        let text = std::env::var(name).ok();
        text.map_or(usual, |text| text.parse().expect("a number"))
    };
    run(
        host,
        &Plan {
            cycles: number("ENDURANCE_CYCLES", 500),
            containers: number("ENDURANCE_CONTAINERS", 20) as usize,
            workers: number("ENDURANCE_WORKERS", 2) as usize,
            seed: seed(),
        },
    );
}

/// Given, or of this moment.
fn seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let given = std::env::var("ENDURANCE_SEED").ok();
    given.map_or(now.map_or(1, |now| now.as_secs()), |text| {
        text.parse().expect("a number")
    })
}

fn run(host: &Host, plan: &Plan) {
    if host.engine.is_podman() {
        return;
    }
    println!("{plan:?}");
    let started = Instant::now();
    let mut members: Vec<Member> = (0..plan.containers).map(Member::start).collect();
    members.iter_mut().for_each(Member::cycle_in_peace);
    let settled = wait::try_until(SETTLE, || Some(Numbers::take()).filter(Numbers::is_settled));
    let before = settled.expect("no process stays dead");
    println!("at the start: {}", before.line());
    let progress = Progress::new(plan.cycles, started);
    let share = members.len().div_ceil(plan.workers);
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for (number, members) in members.chunks_mut(share).enumerate() {
            let (progress, seed) = (&progress, plan.seed + number as u64);
            workers.push(scope.spawn(move || {
                let mut dice = Dice::new(seed);
                let _stop = StopAll(progress);
                while progress.next() {
                    let chosen = dice.roll(members.len() as u64);
                    members[usize::try_from(chosen).unwrap_or(0)].cycle(&mut dice);
                }
            }));
        }
        let ends: Vec<_> = workers.into_iter().map(ScopedJoinHandle::join).collect();
        if let Some(panic) = ends.into_iter().find_map(Result::err) {
            resume_unwind(panic);
        }
    });
    let mut deeds = Deeds::default();
    for member in &members {
        deeds.add(member.deeds());
    }
    println!("after {:.0} s: {deeds:?}", started.elapsed().as_secs_f64());
    members.iter_mut().for_each(Member::cycle_in_peace);
    let mut changes = Vec::new();
    // As in the leak check: what is dying is given a moment.
    wait::try_until(SETTLE, || {
        changes = Numbers::take().changes_since(&before);
        changes.is_empty().then_some(())
    });
    println!("at the end: {}", Numbers::take().line());
    assert!(
        changes.is_empty(),
        "seed {}:\n  {}",
        plan.seed,
        changes.join("\n  ")
    );
    check(host);
    members.into_iter().for_each(Member::end);
    check(host);
}

/// The engine itself finds nothing out of step.
fn check(host: &Host) {
    let done = host.run(&["system", "check"]);
    assert_eq!(done.code, 0, "{done}");
}

/// How many cycles are left, for all workers.
struct Progress {
    left: Mutex<u32>,
    started: Instant,
}

impl Progress {
    fn new(cycles: u32, started: Instant) -> Self {
        Self {
            left: Mutex::new(cycles),
            started,
        }
    }

    /// Takes one; false when there are none.
    fn next(&self) -> bool {
        let Ok(mut left) = self.left.lock() else {
            return false;
        };
        if *left == 0 {
            return false;
        }
        *left -= 1;
        if *left % 50 == 0 {
            let seconds = self.started.elapsed().as_secs_f64();
            println!("{left} cycles to go after {seconds:.0} s");
        }
        true
    }
}

/// Leaves the others nothing to do when a worker fails.
struct StopAll<'p>(&'p Progress);

impl Drop for StopAll<'_> {
    fn drop(&mut self) {
        if thread::panicking()
            && let Ok(mut left) = self.0.left.lock()
        {
            *left = 0;
        }
    }
}
