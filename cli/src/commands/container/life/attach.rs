//! `attach`.

use crate::args::container::Attach;
use crate::args::value::detach;
use crate::commands::container::attached;
use crate::commands::selected::latest;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use crate::terminal::Session;
use libcr::ops::lifecycle::attach::attach;

/// Joins the standard streams of a container until they end or the user detaches. As with Podman,
/// a line ends then and the status is 0, however the container ended.
pub fn run(opener: &Opener, flags: &Attach) -> Outcome {
    let name = flags.validate()?;
    let engine = opener.open()?;
    let container = match name {
        Some(name) => engine.find(&name)?,
        None => latest(&engine)?,
    };
    let id = container.config.id;
    let refused = |error: &dyn std::fmt::Display| {
        CliError::usage(format!("attaching to container {id}: {error}"))
    };
    let detach_keys = detach::parse(&flags.detach_keys).map_err(|error| refused(&error))?;
    let attached = attach(&engine, &id).map_err(|error| refused(&error))?;
    let terminal = attached.process.terminal;
    let session = Session {
        terminal,
        input: !flags.no_stdin && attached.process.stdin,
        // A terminal sends signals itself.
        signals: flags.sig_proxy && !terminal,
        detach_keys,
    };
    attached::join(&engine, &id, attached.attachment, session)?;
    print::text("\n")?;
    Ok(0)
}
