//! `import`.

use crate::args::image::Import;
use crate::commands::{Opener, Outcome};
use crate::output::progress::Spinner;
use crate::output::{CliError, print};
use libcr::ops::images::import::{ImageImport, import};
use std::fs::File;
use std::io::Read;

/// Imports a tar and prints the image's id.
pub fn run(opener: &Opener, flags: &Import) -> Outcome {
    let (path, reference) = flags.validate()?;
    let tar: Box<dyn Read> = if path == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|source| CliError::Io {
            doing: format!("error opening \"{path}\": open {path}"),
            source,
        })?)
    };
    let options = ImageImport {
        name: reference.map(str::to_owned),
        changes: flags.change.clone(),
        message: flags.message.clone(),
        platform: [None, None, None],
    };
    let spinner = (!flags.quiet).then(|| Spinner::start("Importing"));
    let id = import(&opener.open()?, tar, &options)?;
    drop(spinner);
    print::line(&format!("sha256:{id}"))?;
    Ok(0)
}
