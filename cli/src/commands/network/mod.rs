//! Network verbs.

mod list;
mod prune;
mod rm;

use super::outcome::Outcomes;
use super::selected::find;
use super::{Opener, Outcome};
use crate::args::network::{
    NetworkCommand, NetworkConnect, NetworkCreate, NetworkDisconnect, NetworkExists, NetworkReload,
    NetworkUpdate,
};
use crate::args::selection::{Asked, exactly_one};
use crate::output::print;
use libcr::model::container::{Container, NetworkMode};
use libcr::ops::networks::{connect, create, list as known, reload, update};

/// `network VERB`.
pub fn run(opener: &Opener, command: NetworkCommand) -> Outcome {
    match command {
        NetworkCommand::Connect(flags) => join(opener, &flags),
        NetworkCommand::Create(flags) => make(opener, &flags),
        NetworkCommand::Disconnect(flags) => leave(opener, &flags),
        NetworkCommand::Exists(flags) => exists(opener, &flags),
        NetworkCommand::Inspect(flags) => super::inspect::networks(opener, &flags),
        NetworkCommand::Ls(flags) => list::run(opener, &flags),
        NetworkCommand::Prune(flags) => prune::run(opener, &flags),
        NetworkCommand::Reload(flags) => set_up_anew(opener, &flags),
        NetworkCommand::Rm(flags) => rm::run(opener, &flags),
        NetworkCommand::Update(flags) => change(opener, &flags),
    }
}

fn make(opener: &Opener, flags: &NetworkCreate) -> Outcome {
    let request = flags.validate()?;
    let network = create::create(&opener.open()?, &request, flags.ignore)?;
    print::line(&network.name).map(|()| 0)
}

fn join(opener: &Opener, flags: &NetworkConnect) -> Outcome {
    let ([network, container], options) = flags.validate()?;
    connect::connect(&opener.open()?, network, container, &options)?;
    Ok(0)
}

fn leave(opener: &Opener, flags: &NetworkDisconnect) -> Outcome {
    let [network, container] = flags.validate()?;
    connect::disconnect(&opener.open()?, network, container)?;
    Ok(0)
}

fn exists(opener: &Opener, flags: &NetworkExists) -> Outcome {
    let name = exactly_one(&flags.names)?;
    Ok(u8::from(!known::exists(&opener.open()?, name)?))
}

fn set_up_anew(opener: &Opener, flags: &NetworkReload) -> Outcome {
    let selection = Asked {
        all: flags.all,
        latest: flags.latest,
        names: &flags.names,
        filtered: false,
    }
    .select()?;
    let engine = opener.open()?;
    // Those that have something to reload.
    let applies = |container: &Container| {
        container.state.status.is_alive()
            && matches!(container.config.network, NetworkMode::Bridge { .. })
    };
    let mut outcomes = Outcomes::default();
    for one in find(&engine, &selection, applies)? {
        outcomes.add(reload::reload(&engine, &one.id).map_err(Into::into))?;
    }
    outcomes.finish()
}

fn change(opener: &Opener, flags: &NetworkUpdate) -> Outcome {
    let network = exactly_one(&flags.names)?;
    let options = update::UpdateOptions {
        add: flags.dns_add.clone(),
        drop: flags.dns_drop.clone(),
    };
    update::update(&opener.open()?, network, &options)?;
    print::line(network).map(|()| 0)
}
