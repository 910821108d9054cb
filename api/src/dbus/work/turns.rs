//! How much of the service its callers may have at a time: everybody on the bus may call it, and one
//! who calls without an end must take nothing from the others, nor from the other doors.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::dbus::refusal::{Answer, LIMITS, Refusal};

/// Calls of one kind that are at work.
#[derive(Debug)]
pub struct Turns {
    what: &'static str,
    /// Most of one caller.
    each: usize,
    /// Most of all.
    all: usize,
    taken: Mutex<HashMap<String, usize>>,
}

/// A call that is at work, until this is dropped.
#[derive(Debug)]
pub struct Turn {
    turns: Arc<Turns>,
    caller: String,
}

impl Turns {
    /// At most `each` of a caller and `all` of all; `what` they are, for the refusal.
    pub fn new(what: &'static str, each: usize, all: usize) -> Arc<Self> {
        Arc::new(Self {
            what,
            each,
            all,
            taken: Mutex::default(),
        })
    }

    /// One more for a caller.
    ///
    /// # Errors
    /// [`LIMITS`].
    pub fn take(self: &Arc<Self>, caller: &str) -> Answer<Turn> {
        let what = self.what;
        let refuse = |text: String| Err(Refusal::new(LIMITS, text));
        let mut taken = self.taken();
        if taken.values().sum::<usize>() >= self.all {
            let most = self.all;
            return refuse(format!("{most} {what} are at work already"));
        }
        let own = taken.entry(caller.to_owned()).or_default();
        if *own >= self.each {
            let most = self.each;
            return refuse(format!("{most} {what} of this caller are at work already"));
        }
        *own += 1;
        Ok(Turn {
            turns: Arc::clone(self),
            caller: caller.to_owned(),
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.turns.taken();
        if let Some(own) = taken.get_mut(&self.caller) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_takes_nothing_from_the_others() {
        let turns = Turns::new("calls", 2, 3);
        let (first, _second) = (turns.take(":1.1").unwrap(), turns.take(":1.1").unwrap());
        let refused = turns.take(":1.1").unwrap_err();
        assert_eq!(refused.name, LIMITS);
        assert_eq!(
            refused.message,
            "2 calls of this caller are at work already"
        );
        let _other = turns.take(":1.2").unwrap();
        let refused = turns.take(":1.3").unwrap_err().message;
        assert_eq!(refused, "3 calls are at work already");
        drop(first);
        let third = turns.take(":1.3").unwrap();
        drop(third);
        assert_eq!(turns.taken().len(), 2, "who has none is forgotten");
    }
}
