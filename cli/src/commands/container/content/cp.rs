//! `cp`.

use crate::args::container::{Copied, Cp};
use crate::commands::{Opener, Outcome};
use crate::output::CliError;
use libcr::ops::lifecycle::content::copy::{End, copy, read, write};
use libcr::{Engine, ErrorKind};
use std::fs::File;
use std::io::{BufWriter, Write};

/// Copies files and directories between a container and this host.
pub fn run(opener: &Opener, flags: &Cp) -> Outcome {
    let copied = flags.validate()?;
    let engine = opener.open()?;
    let options = flags.options();
    match &copied {
        Copied::Path(from, to) => {
            known(&engine, from)?;
            known(&engine, to)?;
            copy(&engine, from, to, options)?;
        }
        Copied::In(to) => {
            known(&engine, to)?;
            write(&engine, to, std::io::stdin().lock(), options)?;
        }
        Copied::Out(from) => {
            known(&engine, from)?;
            let output = rustix::stdio::stdout().try_clone_to_owned();
            let mut out = BufWriter::with_capacity(1 << 17, File::from(output.map_err(failed)?));
            read(&engine, from, &mut out)?;
            out.flush().map_err(failed)?;
        }
    }
    Ok(0)
}

// Podman's words for a container that isn't there, before anything else is looked at.
fn known(engine: &Engine, end: &End) -> Result<(), CliError> {
    let End::In(word, _) = end else {
        return Ok(());
    };
    match engine.find(word) {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(CliError::usage(format!(
            "container \"{word}\" does not exist"
        ))),
        found => Ok(found.map(drop)?),
    }
}

fn failed(source: std::io::Error) -> CliError {
    CliError::Io {
        doing: "write archive".to_owned(),
        source,
    }
}
