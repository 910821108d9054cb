//! `export`.

use crate::args::container::Export;
use crate::commands::{Opener, Outcome};
use crate::output::CliError;
use crate::output::error::system_words;
use libcr::ops::lifecycle::content::export::export;
use rustix::termios::isatty;
use std::fs::File;
use std::io::{BufWriter, Write};

/// Writes the root file system of a container as a tar.
pub fn run(opener: &Opener, flags: &Export) -> Outcome {
    let name = flags.validate()?;
    let output = rustix::stdio::stdout();
    if flags.output.is_none() && isatty(output) {
        return Err(CliError::usage(
            "refusing to export to terminal. Use -o flag or redirect",
        ));
    }
    let engine = opener.open()?;
    let id = engine.find(&name)?.config.id;
    let file = match &flags.output {
        Some(path) => File::create(path).map_err(|error| {
            CliError::usage(format!("open {}: {}", path.display(), system_words(&error)))
        })?,
        None => File::from(output.try_clone_to_owned().map_err(failed)?),
    };
    let mut out = BufWriter::with_capacity(1 << 18, file);
    export(&engine, &id, &mut out)?;
    out.flush().map_err(failed)?;
    Ok(0)
}

fn failed(source: std::io::Error) -> CliError {
    CliError::Io {
        doing: "write archive".to_owned(),
        source,
    }
}
