//! Progress of the engine on the terminal: which step of which container.

use crate::output::human;
use crate::output::progress::Spinner;
use libcr::progress::{Progress, Step};

/// Draws the engine's steps.
#[derive(Debug)]
pub struct Steps {
    spinner: Spinner,
}

impl Steps {
    /// Shows `sentence` until the first step.
    pub fn start(sentence: &str) -> Self {
        Self {
            spinner: Spinner::start(sentence),
        }
    }

    /// Does what prints, while the line of the spinner is out of the way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.spinner.aside(print)
    }
}

impl Progress for Steps {
    fn step(&self, container: &str, step: Step) {
        self.spinner.say(&format!("{container}: {}", words(step)));
    }

    fn bytes(&self, container: &str, done: u64, total: Option<u64>) {
        let done = human::size(done);
        self.spinner.say(&match total {
            Some(total) => format!("{container}: {done} of {}", human::size(total)),
            None => format!("{container}: {done}"),
        });
    }
}

fn words(step: Step) -> &'static str {
    match step {
        Step::Preflight => "looking whether it can work",
        Step::Dump => "writing memory",
        Step::Write => "writing files",
        Step::Read => "reading the checkpoint",
        Step::Prepare => "preparing files and network",
        Step::Restore => "bringing processes back",
    }
}
