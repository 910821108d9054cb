//! `top`.

use crate::args::container::Top;
use crate::commands::selected::latest;
use crate::commands::{Opener, Outcome};
use crate::output::harmless::harmless;
use crate::output::{CliError, print, table};
use libcr::ErrorKind;
use libcr::ops::lifecycle::figures::top::{Listing, top};

/// Lists the processes of a container.
pub fn run(opener: &Opener, flags: &Top) -> Outcome {
    let (name, words) = flags.validate()?;
    let engine = opener.open()?;
    let name = match name {
        Some(name) => name,
        None => latest(&engine)?.config.id,
    };
    let listing = top(&engine, &name, words).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            CliError::usage(format!("unable to look up requested container: {error}"))
        }
        _ => error.into(),
    })?;
    match listing {
        Listing::Table { titles, processes } => {
            let mut rows = vec![titles];
            // Names and command lines are the container's own.
            let plain = |row: Vec<String>| row.iter().map(|cell| harmless(cell).into()).collect();
            rows.extend(processes.into_iter().map(plain));
            print::text(&table::align(&rows))?;
        }
        Listing::Lines(lines) => {
            for line in lines {
                print::line(&harmless(&line))?;
            }
        }
    }
    Ok(0)
}
