//! `port`.

use crate::args::container::{Port, Whose};
use crate::commands::selected::latest;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, human, print};
use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::ps;

/// Lists published ports; nothing for a container that does not run.
pub fn run(opener: &Opener, flags: &Port) -> Outcome {
    let (whose, wanted) = flags.validate()?;
    let engine = opener.open()?;
    let name = match &whose {
        Whose::All => None,
        Whose::Latest => Some(latest(&engine)?.config.id),
        Whose::Named(name) => Some(engine.find(name)?.config.id),
    };
    for container in ps::list(&engine)? {
        let asked = name.as_ref().is_none_or(|id| *id == container.config.id);
        if !asked || container.state.status != Status::Running {
            continue;
        }
        let before = match whose {
            Whose::All => format!("{}\t", human::id(&container.config.id, false)),
            _ => String::new(),
        };
        let mut shown = false;
        for (inside, outside) in published(&container) {
            match wanted {
                None => print::line(&format!("{before}{inside} -> {outside}"))?,
                Some(wanted) if is(wanted, &inside) => print::line(&outside)?,
                Some(_) => continue,
            }
            shown = true;
        }
        if let Some(wanted) = wanted.filter(|_| !shown) {
            return Err(CliError::usage(format!(
                "failed to find published port \"{wanted}\""
            )));
        }
    }
    Ok(0)
}

// A port without a protocol is TCP's.
fn is(wanted: &str, inside: &str) -> bool {
    wanted == inside || format!("{wanted}/tcp") == inside
}

// Each port by itself: `80/tcp` and `0.0.0.0:8080`.
fn published(container: &Container) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for port in &container.state.ports {
        let ip = match port.host_ip.as_str() {
            "" => "0.0.0.0".to_owned(),
            ip if ip.contains(':') => format!("[{ip}]"),
            ip => ip.to_owned(),
        };
        for (outside, inside) in port.pairs() {
            let protocol = port.protocol.as_str();
            all.push((format!("{inside}/{protocol}"), format!("{ip}:{outside}")));
        }
    }
    all
}
