//! Volume verbs.

mod list;
pub mod prune;
mod rm;

use super::{Opener, Outcome};
use crate::args::selection::exactly_one;
use crate::args::volume::{VolumeCommand, VolumeCreate, VolumeExists};
use crate::output::print;
use libcr::ops::volumes::create::{CreateVolumeOptions, create};

/// `volume VERB`.
pub fn run(opener: &Opener, command: VolumeCommand) -> Outcome {
    match command {
        VolumeCommand::Create(flags) => make(opener, &flags),
        VolumeCommand::Exists(flags) => exists(opener, &flags),
        VolumeCommand::Inspect(flags) => super::inspect::volumes(opener, &flags),
        VolumeCommand::Ls(flags) => list::run(opener, &flags),
        VolumeCommand::Prune(flags) => prune::run(opener, &flags),
        VolumeCommand::Rm(flags) => rm::run(opener, &flags),
    }
}

fn make(opener: &Opener, flags: &VolumeCreate) -> Outcome {
    let name = flags.validate()?;
    let options = CreateVolumeOptions {
        name: name.map(str::to_owned),
        driver: flags.driver.clone(),
        labels: VolumeCreate::map(&flags.label),
        options: VolumeCreate::map(&flags.opt),
        uid: flags.uid,
        gid: flags.gid,
        ignore: flags.ignore,
    };
    print::line(&create(&opener.open()?, &options)?).map(|()| 0)
}

fn exists(opener: &Opener, flags: &VolumeExists) -> Outcome {
    let name = exactly_one(&flags.names)?;
    let there = libcr::ops::volumes::list::exists(&opener.open()?, name)?;
    Ok(u8::from(!there))
}
