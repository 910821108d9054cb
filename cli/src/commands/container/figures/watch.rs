//! What containers use, looked at again and again: each time since the time before.

use crate::output::{CliError, print};
use libcr::ops::lifecycle::figures::stats::{Stats, sample};
use libcr::{Engine, ErrorKind};
use rustix::termios::isatty;
use std::collections::BTreeMap;
use std::time::Duration;

/// A terminal is cleared, and written from its upper left corner.
const CLEAR: &str = "\u{1b}[2J\u{1b}[1;1H";

/// How often, and where it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    /// Between two looks.
    pub interval: Duration,
    /// One look is enough.
    pub once: bool,
    /// A terminal isn't cleared.
    pub no_reset: bool,
}

/// The samples of one look, and those of the one before.
#[derive(Debug, Default)]
pub struct Samples {
    before: BTreeMap<String, Stats>,
    now: BTreeMap<String, Stats>,
}

impl Samples {
    /// What a container uses; none of one that was removed since it was looked up.
    pub fn take(&mut self, engine: &Engine, id: &str) -> Result<Option<Stats>, CliError> {
        match sample(engine, id, self.before.get(id)) {
            Ok(sample) => {
                self.now.insert(id.to_owned(), sample.clone());
                Ok(Some(sample))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Gathers and shows until interrupted.
pub fn watch<T>(
    how: Watch,
    mut gather: impl FnMut(&mut Samples) -> Result<T, CliError>,
    mut show: impl FnMut(T) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let resets = !how.no_reset && !how.once && isatty(rustix::stdio::stdout());
    let mut samples = Samples::default();
    loop {
        let gathered = gather(&mut samples)?;
        if resets {
            print::text(CLEAR)?;
        }
        show(gathered)?;
        if how.once {
            return Ok(());
        }
        samples.before = std::mem::take(&mut samples.now);
        std::thread::sleep(how.interval);
    }
}
