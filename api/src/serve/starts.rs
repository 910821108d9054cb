//! Clients that have attached to a container which somebody is about to start. Nothing of it outlives
//! their connections.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use libcr::monitor::attach::Attachment;
use tokio::sync::oneshot;

/// Who waits for whose start.
#[derive(Debug, Default)]
pub struct Starts(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    waiting: HashMap<String, Vec<Waiting>>,
    /// Rows and columns of the terminals of those who wait.
    sizes: HashMap<String, (u16, u16)>,
    last: u64,
}

/// The end of somebody who waits for whoever starts it.
#[derive(Debug)]
pub struct Waiting {
    number: u64,
    sender: oneshot::Sender<Attachment>,
}

/// One who waits.
#[derive(Debug)]
pub struct Waiter {
    id: String,
    number: u64,
    /// Comes with the start.
    pub attachment: oneshot::Receiver<Attachment>,
}

impl Waiting {
    /// Gives the streams; back when nobody waits any more.
    pub fn give(self, attachment: Attachment) -> Option<Attachment> {
        self.sender.send(attachment).err()
    }

    /// Nobody waits any more.
    pub fn is_gone(&self) -> bool {
        self.sender.is_closed()
    }
}

impl Starts {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the start of the container with this id.
    pub fn wait(&self, id: &str) -> Waiter {
        let (sender, attachment) = oneshot::channel();
        let mut all = self.inner();
        for waiting in all.waiting.values_mut() {
            waiting.retain(|one| !one.is_gone());
        }
        all.waiting.retain(|_, waiting| !waiting.is_empty());
        let Inner { waiting, sizes, .. } = &mut *all;
        sizes.retain(|id, _| waiting.contains_key(id));
        all.last += 1;
        let number = all.last;
        let entry = all.waiting.entry(id.to_owned()).or_default();
        entry.push(Waiting { number, sender });
        Waiter {
            id: id.to_owned(),
            number,
            attachment,
        }
    }

    /// Nobody is about to start it for this one: else the streams come from there, from their first
    /// byte on.
    pub fn is_left(&self, waiter: &Waiter) -> bool {
        let all = self.inner();
        let found = all.waiting.get(&waiter.id);
        found.is_some_and(|waiting| waiting.iter().any(|one| one.number == waiter.number))
    }

    /// Keeps the size of the terminal of one who waits; false when nobody does.
    pub fn keep_size(&self, id: &str, rows: u16, columns: u16) -> bool {
        let mut all = self.inner();
        let waits = all.waiting.get(id);
        let waits = waits.is_some_and(|waiting| waiting.iter().any(|one| !one.is_gone()));
        if waits {
            all.sizes.insert(id.to_owned(), (rows, columns));
        }
        waits
    }

    /// Rows and columns that were kept.
    pub fn take_size(&self, id: &str) -> Option<(u16, u16)> {
        self.inner().sizes.remove(id)
    }

    /// Those who wait for it.
    pub fn take(&self, id: &str) -> Vec<Waiting> {
        let mut all = self.inner();
        let waiting = all.waiting.remove(id).unwrap_or_default();
        if waiting.iter().all(Waiting::is_gone) {
            // The size of a terminal that nobody looks at.
            all.sizes.remove(id);
        }
        waiting
    }

    /// They wait again.
    pub fn give_back(&self, id: &str, waiting: Vec<Waiting>) {
        if !waiting.is_empty() {
            let mut all = self.inner();
            all.waiting
                .entry(id.to_owned())
                .or_default()
                .extend(waiting);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_taken_is_no_longer_left() {
        let starts = Starts::default();
        let (first, other) = (starts.wait("a"), starts.wait("b"));
        assert!(starts.is_left(&first) && starts.is_left(&other));
        let taken = starts.take("a");
        // One that came later is another.
        let second = starts.wait("a");
        assert!(!starts.is_left(&first) && starts.is_left(&second));
        starts.give_back("a", taken);
        assert!(starts.is_left(&first) && starts.is_left(&second));
        assert!(starts.keep_size("a", 33, 77) && !starts.keep_size("x", 1, 1));
        assert_eq!(starts.take_size("a"), Some((33, 77)));
        assert_eq!(starts.take_size("a"), None);
        // Nobody's terminal is anybody else's.
        assert!(starts.keep_size("b", 33, 77));
        drop(other);
        assert!(starts.take("b").iter().all(Waiting::is_gone));
        assert_eq!(starts.take_size("b"), None);
        drop(first);
        drop(starts.wait("c"));
        assert_eq!(starts.take("a").len(), 1, "who is gone is forgotten");
    }
}
