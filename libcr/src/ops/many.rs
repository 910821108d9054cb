//! One operation on several containers at the same time, for whatever `--all` or a list of names
//! means: a bounded number of threads, each with an engine of its own.
//!
//! It doesn't know which operation: the caller passes it as a closure, so that operations still
//! don't call one another. Two of them never get in each other's way: what they share is locked
//! where it is shared (the container, netavark, the database).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::engine::Engine;
use crate::error::Result;

/// As many at a time at least: they mostly wait, for the disk, the kernel and one another.
const FEWEST: usize = 4;
/// As many at most, whatever the machine: each has a runtime and CRIU beside it.
const MOST: usize = 16;

/// Does `work` for every task, several at a time, and tells of each result in the order of the
/// tasks, as soon as it and all before it are there. A failure stops no other.
///
/// Before each one is begun `proceed` is asked: once it says no, what was begun is brought to its
/// end and nothing else is begun. Returns whether all were begun.
///
/// # Errors
/// The first of `told`, which is not called again then; what was begun is brought to its end.
pub fn each<T: Sync, R: Send, E>(
    engine: &Engine,
    tasks: &[T],
    proceed: impl Fn() -> bool + Sync,
    work: impl Fn(&Engine, &T) -> Result<R> + Sync,
    mut told: impl FnMut(&T, Result<R>) -> Result<(), E>,
) -> Result<bool, E> {
    let queue = Queue {
        next: AtomicUsize::new(0),
        len: tasks.len(),
        stopped: AtomicBool::new(false),
    };
    // What was taken is begun, always: results are told without a gap.
    let take = || (proceed() || queue.stop()).then(|| queue.take()).flatten();
    let engine_config = &engine.config;
    let mut begun = 0;
    if tasks.len() < 2 {
        while let Some(number) = take() {
            begun += 1;
            told(&tasks[number], work(engine, &tasks[number]))?;
        }
        return Ok(begun == tasks.len());
    }
    // A connection to the database belongs to one thread.
    let work_off = |sender: &Sender<(usize, Result<R>)>| {
        let mut own = None;
        while let Some(number) = take() {
            let opened = own
                .take()
                .map_or_else(|| Engine::open(engine_config.clone()), Ok);
            let result = opened.and_then(|engine| {
                let result = work(&engine, &tasks[number]);
                own = Some(engine);
                result
            });
            // The receiver outlives all senders.
            let _ = sender.send((number, result));
        }
    };
    thread::scope(|scope| {
        let (sender, results) = channel();
        let started = (0..at_a_time(tasks.len())).filter(|_| {
            let (sender, work_off) = (sender.clone(), &work_off);
            let thread = thread::Builder::new().name("container".into());
            thread
                .spawn_scoped(scope, move || work_off(&sender))
                .is_ok()
        });
        if started.count() == 0 {
            work_off(&sender);
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut failed = None;
        for (number, result) in results {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&begun) {
                let task = &tasks[begun];
                begun += 1;
                if failed.is_none()
                    && let Err(error) = told(task, result)
                {
                    queue.stop();
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(begun == tasks.len()), Err)
    })
}

fn at_a_time(tasks: usize) -> usize {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    (2 * processors).clamp(FEWEST, MOST).min(tasks)
}

/// Which task is the next.
struct Queue {
    next: AtomicUsize,
    len: usize,
    stopped: AtomicBool,
}

impl Queue {
    fn take(&self) -> Option<usize> {
        if self.stopped.load(Ordering::Relaxed) {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (number < self.len).then_some(number)
    }

    /// Nothing more is taken; always false.
    fn stop(&self) -> bool {
        self.stopped.store(true, Ordering::Relaxed);
        false
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::config::Config;
    use crate::error::Error;

    fn engine(root: &std::path::Path) -> Result<Engine> {
        Engine::open(Config::below(root))
    }

    fn no(text: &str) -> Error {
        Error::Invalid(text.to_owned())
    }

    #[test]
    fn they_meet_and_are_told_of_in_order_failures_too() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let tasks: Vec<usize> = (0..20).collect();
        // Nobody passes it alone: the first four are at work at the same time.
        let together = Barrier::new(FEWEST);
        let work = |own: &Engine, task: &usize| {
            if *task < FEWEST {
                together.wait();
            }
            own.store.rows().containers()?;
            if task % 7 == 3 {
                return Err(no("seven"));
            }
            Ok(task * 2)
        };
        let mut lines = Vec::new();
        let all = each(
            &engine,
            &tasks,
            || true,
            work,
            |task, result| {
                lines.push((*task, result.ok()));
                Ok::<_, Error>(())
            },
        )?;
        assert!(all);
        let expected = tasks.iter().map(|n| (*n, (n % 7 != 3).then_some(n * 2)));
        assert_eq!(lines, expected.collect::<Vec<_>>());
        Ok(())
    }

    #[test]
    fn once_told_to_stop_nothing_is_begun_and_what_was_is_told_of() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let tasks: Vec<usize> = (0..1000).collect();
        let (asked, begun) = (AtomicBool::new(false), AtomicUsize::new(0));
        let work = |_: &Engine, task: &usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            asked.fetch_or(*task == 5, Ordering::SeqCst);
            Ok(())
        };
        let mut lines = 0;
        let proceed = || !asked.load(Ordering::SeqCst);
        let all = each(&engine, &tasks, proceed, work, |_, _| {
            lines += 1;
            Ok::<_, Error>(())
        })?;
        assert!(!all && (6..1000).contains(&lines), "{lines}");
        assert_eq!(lines, begun.load(Ordering::SeqCst));
        let none = each(
            &engine,
            &tasks[..1],
            || false,
            work,
            |_, _| Ok::<_, Error>(()),
        );
        assert!(!none?);
        Ok(())
    }

    #[test]
    fn who_can_not_be_told_stops_the_rest() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = engine(root.path())?;
        let tasks = vec![(); 1000];
        let begun = AtomicUsize::new(0);
        let work = |_: &Engine, (): &()| {
            begun.fetch_add(1, Ordering::SeqCst);
            thread::sleep(std::time::Duration::from_micros(100));
            Ok(())
        };
        let closed = each(&engine, &tasks, || true, work, |(), _| Err(no("closed")));
        assert_eq!(closed.map_err(|e| e.to_string()), Err("closed".into()));
        assert!(begun.load(Ordering::SeqCst) < 1000);
        Ok(())
    }
}
