//! `checkpoint VERB`.

mod diff;
mod inspect;
mod list;
mod prune;
mod pull;
mod push;
mod show;
mod verify;

use super::outcome::Outcomes;
use super::spinner::Steps;
use super::{Opener, Outcome};
use crate::args::checkpoint::{
    CheckpointCommand, CheckpointCreate, CheckpointRm, CheckpointTag, place,
};
use crate::commands::interrupt::{self, Deferred};
use crate::output::{CliError, print};
use libcr::ops::checkpoint::checkpoint;
use libcr::ops::checkpoints::{remove, tag};
use libcr::progress::{Progress, Step};

/// `checkpoint VERB`.
pub fn run(opener: &Opener, command: CheckpointCommand) -> Outcome {
    match command {
        CheckpointCommand::Create(flags) => create(opener, &flags),
        CheckpointCommand::Diff(flags) => diff::run(opener, &flags),
        CheckpointCommand::Inspect(flags) => inspect::run(opener, &flags),
        CheckpointCommand::List(flags) => list::run(opener, &flags),
        CheckpointCommand::Prune(flags) => prune::run(opener, &flags),
        CheckpointCommand::Pull(flags) => pull::run(opener, &flags),
        CheckpointCommand::Push(flags) => push::run(opener, &flags),
        CheckpointCommand::Rm(flags) => rm(opener, &flags),
        CheckpointCommand::Show(flags) => show::run(opener, &flags),
        CheckpointCommand::Tag(flags) => rename(opener, &flags),
        CheckpointCommand::Verify(flags) => verify::run(opener, &flags),
    }
}

fn create(opener: &Opener, flags: &CheckpointCreate) -> Outcome {
    let (container, name, options) = flags.validate()?;
    let engine = opener.open()?;
    let progress = Awaited {
        interrupt: Deferred::begin(),
        steps: Steps::start("Checkpointing"),
    };
    let made = checkpoint(&engine, container, &options, &progress);
    drop(progress);
    match made {
        Ok(_) => print::line(name).map(|()| 0),
        Err(error @ libcr::Error::Cancelled(_)) => Err(CliError::Operation {
            code: interrupt::STATUS,
            source: Box::new(error),
        }),
        Err(error) => Err(error.into()),
    }
}

/// Progress that is drawn, of a checkpoint that a signal takes back: as with Docker, whose daemon
/// gives it up when the client is gone.
struct Awaited {
    interrupt: Deferred,
    steps: Steps,
}

impl Progress for Awaited {
    fn step(&self, container: &str, step: Step) {
        self.steps.step(container, step);
    }

    fn bytes(&self, container: &str, done: u64, total: Option<u64>) {
        self.steps.bytes(container, done, total);
    }

    fn cancelled(&self) -> bool {
        self.interrupt.asked()
    }
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
