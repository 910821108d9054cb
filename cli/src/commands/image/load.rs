//! `load`.

use crate::args::image::Load;
use crate::commands::{Opener, Outcome};
use crate::output::progress::Spinner;
use crate::output::{CliError, print};
use libcr::ops::images::load::load;
use std::io::IsTerminal;
use std::path::Path;

/// Loads an archive and prints the images' names.
pub fn run(opener: &Opener, flags: &Load) -> Outcome {
    let path = match &flags.input {
        Some(path) => path.as_path(),
        None if std::io::stdin().is_terminal() => {
            return Err(CliError::usage(
                "cannot read from terminal, use command-line redirection or the --input flag",
            ));
        }
        None => Path::new("/dev/stdin"),
    };
    let spinner = (!flags.quiet).then(|| Spinner::start("Loading"));
    let loaded = load(&opener.open()?, path)?;
    drop(spinner);
    for name in loaded {
        print::line(&format!("Loaded image: {name}"))?;
    }
    Ok(0)
}
