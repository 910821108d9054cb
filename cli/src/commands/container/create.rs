//! `create`, and what `run` shares with it: from flags to the engine's options.

use crate::args::container::CreateFlags;
use crate::args::value::{env, size};
use crate::commands::pod::making;
use crate::commands::spinner::Transfer;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use libcr::model::container::Security;
use libcr::ops::images::{list, pull};
use libcr::ops::lifecycle::create::{self, CreateOptions, KernelOptions};
use libcr::ops::lifecycle::rm;
use libcr::ops::pods;
use libcr::{Engine, ErrorKind};
use std::fs::OpenOptions;
use std::io::Write;

/// Creates a container and prints its id.
pub fn run(opener: &Opener, flags: &CreateFlags) -> Outcome {
    flags.validate()?;
    let engine = opener.open()?;
    let mut flags = flags.clone();
    bring(&engine, &mut flags)?;
    let id = create(&engine, opener, &flags)?;
    print::line(&id)?;
    Ok(0)
}

/// Pulls the image, as `--pull` has it. What was typed stands for another name then where it is a
/// short one.
pub fn bring(engine: &Engine, flags: &mut CreateFlags) -> Result<(), CliError> {
    let (image, _) = flags.split()?;
    if flags.rootfs {
        return Ok(());
    }
    let progress = Transfer::start(flags.quiet);
    let access = flags.access.access();
    let pulled = pull::pull(engine, image, flags.pull_policy()?, &access, &progress)?;
    if list::find(engine, image).is_err() {
        flags.image_and_command[0] = pulled.id;
    }
    Ok(())
}

/// Creates a container, replaces one where asked to, writes the id file. The flags are valid.
pub fn create(engine: &Engine, opener: &Opener, flags: &CreateFlags) -> Result<String, CliError> {
    let mut options = into_options(opener, flags)?;
    if flags.replace {
        let Some(name) = &flags.name else {
            return Err(CliError::usage(
                "cannot replace container without --name being set",
            ));
        };
        let forced = rm::RmOptions {
            force: true,
            ..rm::RmOptions::default()
        };
        match rm::rm(engine, name, forced) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    // Before the container is made: a file that can't be written must not leave one behind.
    let mut id_file = match &flags.cidfile {
        None => None,
        Some(path) => {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .open(path);
            Some(file.map_err(|source| CliError::Io {
                doing: format!("opening CID file {}", path.display()),
                source,
            })?)
        }
    };
    let made = making::of_container(engine, opener, flags, &mut options)?;
    let id = create::create(engine, &options).inspect_err(|_| {
        // A pod that was made for it alone goes with it.
        if let Some(pod) = &made
            && let Err(error) = pods::rm::rm(engine, pod, true, None)
        {
            tracing::warn!("pod {pod} is left behind: {error}");
        }
    })?;
    if let Some(file) = &mut id_file {
        file.write_all(id.as_bytes())
            .map_err(|source| CliError::Io {
                doing: "writing CID file".to_owned(),
                source,
            })?;
    }
    Ok(id)
}

fn into_options(opener: &Opener, flags: &CreateFlags) -> Result<CreateOptions, CliError> {
    let (image, command) = flags.split()?;
    let bytes = |text: &Option<String>| {
        text.as_deref()
            .map(size::parse)
            .transpose()
            .map_err(CliError::usage)
    };
    let variables = env::collect(&flags.env_file, &flags.env, &env::of_caller())?;
    Ok(CreateOptions {
        stdin_stays: false,
        image: image.to_owned(),
        rootfs: flags.rootfs,
        command: command.to_vec(),
        entrypoint: flags.entrypoint.clone(),
        name: flags.name.clone(),
        env: variables
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect(),
        volumes: flags.volume.clone(),
        volumes_from: flags.volumes_from.clone(),
        mounts: flags.mount.clone(),
        image_volume: flags.image_volume.clone(),
        workdir: flags.workdir.clone(),
        user: flags.user.clone(),
        groups: flags.group_add.clone(),
        limits: flags.resources.changes()?,
        hostname: flags.hostname.clone(),
        labels: flags.label.clone(),
        annotations: flags.annotation.clone(),
        networks: flags.network.clone(),
        ip: flags.ip.as_deref().and_then(|text| text.parse().ok()),
        mac_address: flags.mac_address.clone(),
        publish: flags.publish.clone(),
        security: Security {
            privileged: flags.privileged,
            cap_add: flags.cap_add.clone(),
            cap_drop: flags.cap_drop.clone(),
            options: flags.security_opt.clone(),
            ..Security::default()
        },
        read_only: flags.read_only,
        tmpfs: flags.tmpfs.clone(),
        shm_size: bytes(&flags.shm_size)?,
        restart: flags.restart.clone(),
        auto_remove: flags.rm,
        terminal: flags.tty,
        stdin: flags.interactive,
        stop_signal: flags.stop_signal.clone(),
        stop_timeout: flags.stop_timeout,
        add_hosts: flags.add_host.clone(),
        dns: flags.dns.clone(),
        dns_search: flags.dns_search.clone(),
        dns_options: flags.dns_option.clone(),
        memory: bytes(&flags.memory)?,
        pids_limit: flags.pids_limit,
        kernel: KernelOptions {
            sysctls: flags.sysctl.clone(),
            ulimits: flags.ulimit.clone(),
            umask: flags.umask.clone(),
            oom_score_adj: flags.oom_score_adj,
            devices: flags.device.clone(),
        },
        health: flags.health.options()?,
        log_driver: flags.log_driver.clone(),
        log_opts: flags.log_opt.clone(),
        pod: flags.pod.clone(),
        create_command: opener.words.clone(),
    })
}
