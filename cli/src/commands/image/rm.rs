//! `rmi`.

use crate::args::image::ImageRm;
use crate::commands::outcome::Outcomes;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use libcr::ops::images::{list, remove};
use libcr::ops::lifecycle::{ps, rm};
use libcr::{Engine, Error, ErrorKind};

/// Removes images; status 1 for one that isn't there, 2 for one in use.
pub fn run(opener: &Opener, flags: &ImageRm) -> Outcome {
    flags.validate()?;
    let engine = opener.open()?;
    let words = if flags.all {
        list::list(&engine)?
            .into_iter()
            .map(|(image, _)| image.id)
            .collect()
    } else {
        flags.names.clone()
    };
    let mut outcomes = Outcomes::default();
    for word in &words {
        match one(&engine, word, flags.force || flags.all, flags.force) {
            Ok(removed) => {
                for name in removed.untagged {
                    print::line(&format!("Untagged: {name}"))?;
                }
                for id in removed.deleted {
                    print::line(&format!("Deleted: {id}"))?;
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound && (flags.ignore || flags.force) => {}
            Err(error) => {
                let code = match error.kind() {
                    ErrorKind::NotFound => 1,
                    ErrorKind::Conflict => 2,
                    _ => error.exit_code(),
                };
                outcomes.fail(CliError::with_code(error, code));
            }
        }
    }
    outcomes.finish()
}

fn one(
    engine: &Engine,
    word: &str,
    all_names: bool,
    containers: bool,
) -> Result<remove::Removed, Error> {
    if containers {
        let id = list::find(engine, word)?.id;
        let forced = rm::RmOptions {
            force: true,
            ..rm::RmOptions::default()
        };
        for user in ps::list(engine)? {
            if user.config.rootfs.image_id() == Some(&id) {
                rm::rm(engine, &user.config.id, forced)?;
            }
        }
    }
    remove::remove(engine, word, all_names)
}
