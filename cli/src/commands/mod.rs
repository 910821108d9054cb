//! A command each: open the engine, call one operation, print what it gave. The same tree as
//! `args/`. A file of more than 120 lines here means that logic has leaked out of libcr.

mod checkpoint;
mod chosen;
mod container;
mod events;
mod healthcheck;
mod image;
mod inspect;
mod interrupt;
mod keys;
mod login;
mod network;
mod open;
mod outcome;
mod pod;
mod preview;
mod removal;
mod selected;
mod spinner;
mod system;
mod volume;

use crate::args::{Cli, Command, system::SystemCommand};
use crate::output::CliError;
use open::Opener;

/// What a command gives: the exit status.
type Outcome = Result<u8, CliError>;

/// Runs a parsed command line; `words` is what was typed.
pub fn run(cli: Cli, words: Vec<String>) -> Outcome {
    let opener = Opener::new(cli.globals, words)?;
    match cli.command {
        Command::Container(command) => container::run(&opener, command),
        Command::Checkpoint(command) => checkpoint::run(&opener, command),
        Command::Verb(verb) => container::verb(&opener, verb),
        Command::Ps(flags) => container::ps::run(&opener, &flags),
        Command::Healthcheck(command) => healthcheck::run(&opener, &command),
        Command::Events(flags) | Command::System(SystemCommand::Events(flags)) => {
            events::run(&opener, &flags)
        }
        Command::Image(command) => image::run(&opener, command),
        Command::Network(command) => network::run(&opener, command),
        Command::Pod(command) => pod::run(&opener, command),
        Command::Volume(command) => volume::run(&opener, command),
        Command::Images(flags) => image::list::run(&opener, &flags),
        Command::Import(flags) => image::import::run(&opener, &flags),
        Command::Load(flags) => image::load::run(&opener, &flags),
        Command::Save(flags) => image::save::run(&opener, &flags),
        Command::History(flags) => image::history::run(&opener, &flags),
        Command::Pull(flags) => image::transfer::pull(&opener, &flags),
        Command::Push(flags) => image::transfer::push(&opener, &flags),
        Command::Login(flags) => login::login(&flags),
        Command::Logout(flags) => login::logout(&flags),
        Command::Rmi(flags) => image::rm::run(&opener, &flags),
        Command::Tag(flags) => image::tag::tag(&opener, &flags),
        Command::Untag(flags) => image::tag::untag(&opener, &flags),
        Command::Inspect(flags) => inspect::run(&opener, &flags),
        Command::Doctor(flags) => system::doctor(&opener, &flags),
        Command::System(SystemCommand::Check(flags)) => system::check::run(&opener, &flags),
        Command::System(SystemCommand::Service(flags)) => system::service(&opener, &flags),
        Command::Info(flags) | Command::System(SystemCommand::Info(flags)) => {
            system::info(&opener, &flags)
        }
        Command::Version(flags) => system::version(&flags),
    }
}
