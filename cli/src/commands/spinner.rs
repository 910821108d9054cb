//! Progress of the engine on the terminal: which step of which container.

use crate::output::human;
use crate::output::print;
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

    fn say(&self, line: &str) {
        self.spinner.aside(|| print::aside(line));
    }

    fn bytes(&self, container: &str, done: u64, total: Option<u64>) {
        let done = human::size(done);
        self.spinner.say(&match total {
            Some(total) => format!("{container}: {done} of {}", human::size(total)),
            None => format!("{container}: {done}"),
        });
    }
}

/// Draws what is on its way to or from a registry, and says what is done, as Podman does.
#[derive(Debug)]
pub struct Transfer {
    /// None where nothing is to be said.
    spinner: Option<Spinner>,
}

impl Transfer {
    /// Shows nothing until something is on its way.
    pub fn start(quiet: bool) -> Self {
        Self {
            spinner: (!quiet).then(|| Spinner::start("Asking the registry")),
        }
    }
}

impl Progress for Transfer {
    fn step(&self, _: &str, _: Step) {}

    fn say(&self, line: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.aside(|| print::aside(line));
        }
    }

    fn bytes(&self, blob: &str, done: u64, total: Option<u64>) {
        if let Some(spinner) = &self.spinner {
            let blob = blob.get(7..19).unwrap_or(blob);
            let done = human::size(done);
            let total = human::size(total.unwrap_or_default());
            spinner.say(&format!("Copying blob {blob}: {done} of {total}"));
        }
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
