//! A sign of life on stderr while something long goes on; nothing at all when stderr is no terminal,
//! so that scripts see only results.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// A spinner with a sentence. Gone, and its line clean, when dropped.
#[derive(Debug)]
pub struct Spinner {
    bar: ProgressBar,
}

impl Spinner {
    /// Shows `sentence` until dropped.
    pub fn start(sentence: &str) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_message(sentence.to_owned());
        // The ticker panics where no thread can be had; a line that stands still is no harm.
        if !bar.is_hidden() && std::thread::Builder::new().spawn(|| ()).is_ok() {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { bar }
    }

    /// Shows another sentence.
    pub fn say(&self, sentence: &str) {
        self.bar.set_message(sentence.to_owned());
    }

    /// Does what prints, while this line is out of the way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Spinner;

    #[test]
    fn silent_without_a_terminal() {
        let spinner = Spinner::start("Freezing");
        spinner.say("Packing");
        assert!(spinner.bar.is_hidden() || std::io::IsTerminal::is_terminal(&std::io::stderr()));
    }
}
