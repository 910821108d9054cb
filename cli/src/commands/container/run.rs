//! `run`.

use super::attached;
use super::create::{bring, create};
use crate::args::container::{CreateFlags, Run};
use crate::args::value::detach;
use crate::commands::spinner::Steps;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use crate::terminal::Session;
use libcr::ops::lifecycle::{rm, start};
use libcr::ops::restore;
use libcr::{Engine, Error};

/// Podman's status for a container that could not be started though it was made.
const NOT_STARTED: u8 = 126;

/// Creates and starts a container; prints its id, or stays with it and ends as it does.
pub fn run(opener: &Opener, flags: &Run) -> Outcome {
    flags.validate()?;
    let keys = detach::parse(&flags.flags.detach_keys)?;
    let engine = opener.open()?;
    let mut made_of = flags.flags.clone();
    bring(&engine, &mut made_of)?;
    let (image, _) = made_of.split()?;
    if !made_of.rootfs && restore::is_checkpoint(&engine, image)? {
        return thaw(&engine, image, &made_of);
    }
    let id = create(&engine, opener, &made_of)?;
    let started = match start::start(&engine, &id, !flags.detach) {
        Ok(started) => started,
        Err(error) => return Err(not_started(&engine, &id, flags.flags.rm, error)),
    };
    let Some(attachment) = started.attachment else {
        print::line(&id)?;
        return Ok(0);
    };
    let session = Session {
        terminal: flags.flags.tty,
        input: flags.flags.interactive,
        // A terminal sends signals itself.
        signals: flags.sig_proxy && !flags.flags.tty,
        detach_keys: keys,
    };
    attached::stay(&engine, &id, attachment, session)
}

// As Podman does it: of the flags only `--name` and `--pod` count, and nobody stays with the container.
fn thaw(engine: &Engine, image: &str, flags: &CreateFlags) -> Outcome {
    let options = restore::RestoreOptions {
        name: flags.name.clone(),
        pod: flags.pod.clone(),
        access: flags.access.access(),
        ..restore::RestoreOptions::default()
    };
    let steps = Steps::start("Restoring");
    let restored = restore::restore_image(engine, image, &options, &steps);
    drop(steps);
    let report = restored.map_err(|error| CliError::with_code(error, NOT_STARTED))?;
    for warning in &report.warnings {
        print::warn(warning);
    }
    print::line(&report.id)?;
    Ok(0)
}

// What `--rm` made goes also when it never ran.
fn not_started(engine: &Engine, id: &str, remove: bool, error: Error) -> CliError {
    let options = rm::RmOptions {
        force: true,
        volumes: true,
        ..rm::RmOptions::default()
    };
    if remove && let Err(error) = rm::rm(engine, id, options) {
        tracing::warn!("container {id} is left behind: {error}");
    }
    match error {
        // The last is what its root file system has to say of an option: a `--workdir` that is not in it.
        Error::RuntimeFailed(_) | Error::User(_) | Error::Invalid(_) => {
            CliError::with_code(error, NOT_STARTED)
        }
        other => other.into(),
    }
}
