//! A stack of inverses: each step pushes its own; failure runs them in reverse.

use crate::error::{Error, Result};

type Inverse<'a> = Box<dyn FnOnce() -> Result<()> + 'a>;

/// What has to be done if the operation fails.
#[derive(Default)]
pub struct Undo<'a> {
    inverses: Vec<(&'static str, Inverse<'a>)>,
}

impl std::fmt::Debug for Undo<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.inverses.iter().map(|(what, _)| what))
            .finish()
    }
}

impl<'a> Undo<'a> {
    /// Remembers how to undo the step just done; `what` names it in messages.
    pub fn push(&mut self, what: &'static str, inverse: impl FnOnce() -> Result<()> + 'a) {
        self.inverses.push((what, Box::new(inverse)));
    }

    /// The operation succeeded: nothing is undone.
    pub fn forget(self) {
        drop(self);
    }

    /// Undoes all steps, the last first, and returns why: `first` alone, or together with what
    /// could not be undone.
    pub fn run(self, first: Error) -> Error {
        let mut failed = Vec::new();
        for (what, inverse) in self.inverses.into_iter().rev() {
            tracing::debug!(what, "undo");
            if let Err(error) = inverse() {
                failed.push(format!("{what}: {error}"));
            }
        }
        if failed.is_empty() {
            first
        } else {
            Error::Undo {
                first: Box::new(first),
                cleanup: failed.join("; "),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn the_last_is_undone_first_and_both_errors_are_told() {
        let order = RefCell::new(Vec::new());
        let mut undo = Undo::default();
        for step in ["mount", "network"] {
            let order = &order;
            undo.push(step, move || {
                order.borrow_mut().push(step);
                if step == "mount" {
                    Err(Error::Invalid("busy".into()))
                } else {
                    Ok(())
                }
            });
        }
        let error = undo.run(Error::Invalid("no".into()));
        assert_eq!(*order.borrow(), ["network", "mount"]);
        assert_eq!(error.to_string(), "no (and while undoing it: mount: busy)");
    }
}
