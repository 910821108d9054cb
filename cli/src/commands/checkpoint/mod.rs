//! `checkpoint VERB`.

mod diff;
mod inspect;
mod list;
mod prune;

use super::outcome::Outcomes;
use super::spinner::Steps;
use super::{Opener, Outcome};
use crate::args::checkpoint::{
    CheckpointCommand, CheckpointCreate, CheckpointRm, CheckpointTag, place,
};
use crate::commands::interrupt::Deferred;
use crate::output::print;
use libcr::ops::checkpoint::checkpoint;
use libcr::ops::checkpoints::{remove, tag};

/// `checkpoint VERB`.
pub fn run(opener: &Opener, command: CheckpointCommand) -> Outcome {
    match command {
        CheckpointCommand::Create(flags) => create(opener, &flags),
        CheckpointCommand::Diff(flags) => diff::run(opener, &flags),
        CheckpointCommand::Inspect(flags) => inspect::run(opener, &flags),
        CheckpointCommand::List(flags) => list::run(opener, &flags),
        CheckpointCommand::Prune(flags) => prune::run(opener, &flags),
        CheckpointCommand::Rm(flags) => rm(opener, &flags),
        CheckpointCommand::Tag(flags) => rename(opener, &flags),
    }
}

fn create(opener: &Opener, flags: &CheckpointCreate) -> Outcome {
    let (container, name, options) = flags.validate()?;
    let engine = opener.open()?;
    // What was begun is brought to its end.
    let _interrupt = Deferred::begin();
    let steps = Steps::start("Checkpointing");
    checkpoint(&engine, container, &options, &steps)?;
    drop(steps);
    print::line(name).map(|()| 0)
}

fn rm(opener: &Opener, flags: &CheckpointRm) -> Outcome {
    let (container, names) = flags.validate()?;
    let engine = opener.open()?;
    let mut outcomes = Outcomes::default();
    for name in names {
        let place = place(name, flags.checkpoint_dir.as_ref());
        let removed = remove::remove(&engine, container, &place);
        outcomes.add(removed.map(|()| name.clone()).map_err(Into::into))?;
    }
    outcomes.finish()
}

fn rename(opener: &Opener, flags: &CheckpointTag) -> Outcome {
    let [container, name, new] = flags.validate()?;
    tag::tag(&opener.open()?, container, name, new)?;
    Ok(0)
}
