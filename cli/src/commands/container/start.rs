//! `start`.

use super::attached;
use crate::args::container::Start;
use crate::args::value::detach;
use crate::commands::outcome::Outcomes;
use crate::commands::selected::find;
use crate::commands::{Opener, Outcome};
use crate::terminal::Session;
use libcr::ops::lifecycle::start::start;

/// Starts containers, a line each; with `--attach` stays with the one and ends as it does.
pub fn run(opener: &Opener, flags: &Start) -> Outcome {
    let selection = flags.validate()?;
    let engine = opener.open()?;
    let found = find(&engine, &selection, |container| {
        !container.state.status.is_alive()
    })?;
    let mut outcomes = Outcomes::default();
    for one in found {
        // `--interactive` alone joins the streams too.
        let attach = flags.attach || flags.interactive;
        match start(&engine, &one.id, attach) {
            Err(error) => outcomes.fail(error.into()),
            Ok(started) => {
                let Some(attachment) = started.attachment else {
                    outcomes.add(Ok(one.shown))?;
                    continue;
                };
                let process = engine.reload(&one.id)?.config.process;
                let session = Session {
                    terminal: process.terminal,
                    input: flags.interactive && process.stdin,
                    signals: flags.sig_proxy.unwrap_or(true) && !process.terminal,
                    detach_keys: detach::parse(&flags.detach_keys)?,
                };
                return attached::stay(&engine, &one.id, attachment, session);
            }
        }
    }
    outcomes.finish()
}
