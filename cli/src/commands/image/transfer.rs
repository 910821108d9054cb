//! `pull` and `push`.

use crate::args::image::{Pull, Push};
use crate::commands::outcome::Outcomes;
use crate::commands::spinner::Transfer;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use libcr::ops::images::{pull, push};
use std::path::Path;

/// Brings images and prints the id of each.
pub fn pull(opener: &Opener, flags: &Pull) -> Outcome {
    let (policy, access) = flags.validate()?;
    let engine = opener.open()?;
    let mut outcomes = Outcomes::default();
    for name in &flags.names {
        let progress = Transfer::start(flags.quiet);
        let pulled = pull::pull(&engine, name, policy, &access, &progress);
        drop(progress);
        match pulled {
            Ok(image) => print::line(&image.id)?,
            Err(error) => outcomes.fail(error.into()),
        }
    }
    outcomes.finish()
}

/// Sends an image; prints nothing.
pub fn push(opener: &Opener, flags: &Push) -> Outcome {
    let (image, destination, access) = flags.validate()?;
    let engine = opener.open()?;
    let progress = Transfer::start(flags.quiet);
    let pushed = push::push(&engine, image, destination, &access, &progress);
    drop(progress);
    keep_digest(flags.digestfile.as_deref(), &pushed?)
}

/// Writes the digest of what was pushed where `--digestfile` says.
pub fn keep_digest(file: Option<&Path>, digest: &str) -> Outcome {
    if let Some(path) = file {
        std::fs::write(path, digest).map_err(|source| CliError::Io {
            doing: format!("write {}", path.display()),
            source,
        })?;
    }
    Ok(0)
}
