//! Image verbs.

pub mod history;
pub mod import;
pub mod list;
pub mod load;
pub mod prune;
pub mod rm;
pub mod save;
pub mod tag;
pub mod transfer;

use super::{Opener, Outcome};
use crate::args::image::{ImageCommand, ImageExists};
use crate::args::selection::exactly_one;
use libcr::ErrorKind;

/// `image VERB`.
pub fn run(opener: &Opener, command: ImageCommand) -> Outcome {
    match command {
        ImageCommand::List(flags) => list::run(opener, &flags),
        ImageCommand::Rm(flags) => rm::run(opener, &flags),
        ImageCommand::Import(flags) => import::run(opener, &flags),
        ImageCommand::Load(flags) => load::run(opener, &flags),
        ImageCommand::Save(flags) => save::run(opener, &flags),
        ImageCommand::History(flags) => history::run(opener, &flags),
        ImageCommand::Prune(flags) => prune::run(opener, &flags),
        ImageCommand::Pull(flags) => transfer::pull(opener, &flags),
        ImageCommand::Push(flags) => transfer::push(opener, &flags),
        ImageCommand::Tag(flags) => tag::tag(opener, &flags),
        ImageCommand::Untag(flags) => tag::untag(opener, &flags),
        ImageCommand::Inspect(flags) => super::inspect::images(opener, &flags),
        ImageCommand::Exists(flags) => exists(opener, &flags),
    }
}

fn exists(opener: &Opener, flags: &ImageExists) -> Outcome {
    let name = exactly_one(&flags.names)?;
    match libcr::ops::images::list::find(&opener.open()?, name) {
        Ok(_) => Ok(0),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(1),
        Err(error) => Err(error.into()),
    }
}
