//! Container verbs.

mod attached;
pub mod checkpoint;
pub mod cleanup;
pub mod content;
pub mod create;
pub mod exec;
pub mod figures;
pub mod life;
pub mod logs;
pub mod ps;
mod ps_row;
pub mod restore;
pub mod rm;
pub mod run;
pub mod simple;
pub mod start;
pub mod wait;

use super::{Opener, Outcome};
use crate::args::container::{ContainerCommand, ContainerVerb, Exists};
use crate::args::selection::exactly_one;
use libcr::ErrorKind;

/// `container VERB`.
pub fn run(opener: &Opener, command: ContainerCommand) -> Outcome {
    match command {
        ContainerCommand::Verb(flags) => verb(opener, flags),
        ContainerCommand::List(flags) => ps::run(opener, &flags),
        ContainerCommand::Inspect(flags) => super::inspect::containers(opener, &flags),
        ContainerCommand::Exists(flags) => exists(opener, &flags),
        ContainerCommand::Diagnose(flags) => super::preview::run(opener, &flags),
        ContainerCommand::Checkpoint(flags) => checkpoint::run(opener, &flags),
        ContainerCommand::Restore(flags) => restore::run(opener, &flags),
        ContainerCommand::Prune(flags) => content::prune::run(opener, &flags),
        ContainerCommand::Cleanup(flags) => cleanup::run(opener, &flags),
    }
}

/// A verb that needs no noun.
pub fn verb(opener: &Opener, verb: ContainerVerb) -> Outcome {
    match verb {
        ContainerVerb::Create(flags) => create::run(opener, &flags.flags),
        ContainerVerb::Run(flags) => run::run(opener, &flags),
        ContainerVerb::Start(flags) => start::run(opener, &flags),
        ContainerVerb::Stop(flags) => simple::stop(opener, &flags),
        ContainerVerb::Kill(flags) => simple::kill(opener, &flags),
        ContainerVerb::Pause(flags) => simple::pause(opener, &flags),
        ContainerVerb::Unpause(flags) => simple::unpause(opener, &flags),
        ContainerVerb::Wait(flags) => wait::run(opener, &flags),
        ContainerVerb::Rm(flags) => rm::run(opener, &flags),
        ContainerVerb::Logs(flags) => logs::run(opener, &flags),
        ContainerVerb::Exec(flags) => exec::run(opener, &flags),
        ContainerVerb::Attach(flags) => life::attach::run(opener, &flags),
        ContainerVerb::Restart(flags) => life::restart::run(opener, &flags),
        ContainerVerb::Rename(flags) => life::rename::run(opener, &flags),
        ContainerVerb::Top(flags) => figures::top::run(opener, &flags),
        ContainerVerb::Stats(flags) => figures::stats::run(opener, &flags),
        ContainerVerb::Port(flags) => figures::port::run(opener, &flags),
        ContainerVerb::Cp(flags) => content::cp::run(opener, &flags),
        ContainerVerb::Diff(flags) => content::diff::run(opener, &flags),
        ContainerVerb::Export(flags) => content::export::run(opener, &flags),
        ContainerVerb::Update(flags) => life::update::run(opener, &flags),
        ContainerVerb::Commit(flags) => content::commit::run(opener, &flags),
    }
}

fn exists(opener: &Opener, flags: &Exists) -> Outcome {
    let name = exactly_one(&flags.names)?;
    match opener.open()?.find(name) {
        Ok(_) => Ok(0),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(1),
        Err(error) => Err(error.into()),
    }
}
