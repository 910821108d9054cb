//! `pod create`, and the pod that `run --pod new:NAME` makes.

use crate::args::container::CreateFlags;
use crate::args::pod::PodCreate;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use libcr::ops::lifecycle::create::CreateOptions;
use libcr::ops::pods::create::{PodCreateOptions, create};
use libcr::ops::pods::rm::rm;
use libcr::{Engine, ErrorKind};
use std::fs::OpenOptions;
use std::io::Write;

/// Creates a pod and prints its id.
pub fn run(opener: &Opener, flags: &PodCreate) -> Outcome {
    let options = flags.validate(&opener.words)?;
    let engine = opener.open()?;
    if flags.replace {
        let Some(name) = &options.name else {
            return Err(CliError::usage(
                "cannot replace pod without --name being set",
            ));
        };
        match rm(&engine, name, true, None) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let io = |doing: String| move |source| CliError::Io { doing, source };
    // Before the pod is made: a file that can't be written must not leave one behind.
    let id_file = flags.pod_id_file.as_ref().map(|path| {
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).open(path);
        file.map_err(io(format!("opening pod ID file {}", path.display())))
    });
    let mut id_file = id_file.transpose()?;
    let id = create(&engine, &options)?;
    if let Some(file) = &mut id_file {
        let written = file.write_all(id.as_bytes());
        written.map_err(io("writing pod ID file".to_owned()))?;
    }
    print::line(&id)?;
    Ok(0)
}

/// The pod of `--pod new:NAME`: what the container asks of a network becomes the pod's. Returns its
/// id, for when the container can't be made; nothing where the options name no new pod.
pub fn of_container(
    engine: &Engine,
    opener: &Opener,
    flags: &CreateFlags,
    options: &mut CreateOptions,
) -> Result<Option<String>, CliError> {
    let Some(name) = flags
        .pod
        .as_deref()
        .and_then(|word| word.strip_prefix("new:"))
    else {
        return Ok(None);
    };
    if name.is_empty() {
        return Err(CliError::usage(
            "new pod name must be at least one character",
        ));
    }
    let pod = PodCreateOptions {
        name: Some(name.to_owned()),
        hostname: options.hostname.take(),
        networks: std::mem::take(&mut options.networks),
        ip: options.ip.take(),
        mac_address: options.mac_address.take(),
        publish: std::mem::take(&mut options.publish),
        add_hosts: std::mem::take(&mut options.add_hosts),
        dns: std::mem::take(&mut options.dns),
        create_command: opener.words.clone(),
        ..PodCreateOptions::default()
    };
    let id = create(engine, &pod)?;
    options.pod = Some(id.clone());
    Ok(Some(id))
}
