//! `container cleanup`: a monitor's exit command.

use crate::args::container::Cleanup;
use crate::commands::outcome::Outcomes;
use crate::commands::selected::find_ignoring;
use crate::commands::{Opener, Outcome};
use libcr::ErrorKind;
use libcr::ops::lifecycle::{cleanup, rm};

/// Cleans up after containers. One that is gone already is fine: others clean up too. One that
/// runs is left alone with or without `--stopped-only`: cleaning up under it would break it.
pub fn run(opener: &Opener, flags: &Cleanup) -> Outcome {
    let selection = flags.validate()?;
    cleanup::step_aside();
    let engine = opener.open_without_recovery()?;
    let mut outcomes = Outcomes::default();
    for one in find_ignoring(&engine, &selection, true, |_| true)? {
        let mut done = cleanup::cleanup(&engine, &one.id);
        if done.is_ok() && flags.rm {
            let options = rm::RmOptions {
                volumes: true,
                ..rm::RmOptions::default()
            };
            done = rm::rm(&engine, &one.id, options).map(|_| ());
        }
        match done {
            Ok(()) => outcomes.add(Ok(one.shown))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => outcomes.fail(error.into()),
        }
    }
    cleanup::sweep();
    outcomes.finish()
}
