//! `commit`.

use crate::args::container::Commit;
use crate::commands::{Opener, Outcome};
use crate::output::progress::Spinner;
use crate::output::{CliError, print};
use libcr::ops::images::commit::{CommitOptions, commit};
use std::fs;

/// Makes an image of a container and prints the image's id.
pub fn run(opener: &Opener, flags: &Commit) -> Outcome {
    let (container, name) = flags.validate()?;
    let options = CommitOptions {
        name: name.map(str::to_owned),
        author: flags.author.clone(),
        message: flags.message.clone(),
        changes: flags.change.clone(),
        pause: flags.pause,
    };
    let spinner = (!flags.quiet).then(|| Spinner::start("Committing"));
    let id = commit(&opener.open()?, &container, &options)?;
    drop(spinner);
    if let Some(path) = &flags.iidfile {
        fs::write(path, &id).map_err(|source| CliError::Io {
            doing: format!("failed to write image ID to file \"{}\"", path.display()),
            source,
        })?;
    }
    print::line(&id)?;
    Ok(0)
}
