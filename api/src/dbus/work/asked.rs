//! What the options of methods ask of the engine.

use libcr::model::catalogue::CheckpointPlace;
use libcr::model::checkpoint::{CheckpointReport, RestoreReport};
use libcr::ops::checkpoint::CheckpointOptions;
use libcr::ops::lifecycle::create::CreateOptions;
use libcr::ops::restore::RestoreOptions;

use super::job::{Fact, Report};
use super::options::Options;
use crate::dbus::path;
use crate::dbus::refusal::{Answer, Refusal};

/// How a caller wants to hear of long work.
#[derive(Debug, Clone, Copy)]
pub struct Hearing {
    /// `wait`: the answer comes when it is over.
    pub wait: bool,
    /// `detach`: it goes on when the caller leaves the bus.
    pub detach: bool,
}

/// Takes out `wait` and `detach`.
pub fn hearing(options: &mut Options) -> Answer<Hearing> {
    Ok(Hearing {
        wait: options.flag("wait")?,
        detach: options.flag("detach")?,
    })
}

/// Of `Checkpoint` and `Export`, in the words of `cryopod container checkpoint`.
pub fn checkpoint(options: &mut Options) -> Answer<CheckpointOptions> {
    Ok(CheckpointOptions {
        create_image: options.text("create-image")?,
        compress: options.text("compress")?,
        keep: options.flag("keep")?,
        leave_running: options.flag("leave-running")?,
        tcp_established: options.flag("tcp-established")?,
        file_locks: options.flag("file-locks")?,
        ignore_rootfs: options.flag("ignore-rootfs")?,
        ignore_volumes: options.flag("ignore-volumes")?,
        pre_checkpoint: options.flag("pre-checkpoint")?,
        with_previous: options.flag("with-previous")?,
        skip_checks: options.texts("skip-check")?,
        ..CheckpointOptions::default()
    })
}

/// Of the methods that restore, in the words of `cryopod container restore`.
pub fn restore(options: &mut Options) -> Answer<RestoreOptions> {
    Ok(RestoreOptions {
        name: options.text("name")?,
        keep: options.flag("keep")?,
        tcp_established: options.flag("tcp-established")?,
        tcp_close: options.flag("tcp-close")?,
        file_locks: options.flag("file-locks")?,
        publish: options.texts("publish")?,
        ignore_rootfs: options.flag("ignore-rootfs")?,
        ignore_volumes: options.flag("ignore-volumes")?,
        ignore_static_ip: options.flag("ignore-static-ip")?,
        ignore_static_mac: options.flag("ignore-static-mac")?,
        skip_checks: options.texts("skip-check")?,
        ..RestoreOptions::default()
    })
}

/// A checkpoint of the catalogue.
pub fn place(name: &str) -> CheckpointPlace {
    CheckpointPlace {
        name: name.to_owned(),
        directory: None,
    }
}

/// Of `CreateContainer`, in the words of `cryopod create`.
pub fn create(image: String, command: Vec<String>, mut given: Options) -> Answer<CreateOptions> {
    let options = &mut given;
    let mut made = CreateOptions {
        image,
        command,
        name: options.text("name")?,
        entrypoint: options.text("entrypoint")?,
        env: options.texts("env")?,
        volumes: options.texts("volume")?,
        mounts: options.texts("mount")?,
        tmpfs: options.texts("tmpfs")?,
        workdir: options.text("workdir")?,
        user: options.text("user")?,
        hostname: options.text("hostname")?,
        labels: options.texts("label")?,
        annotations: options.texts("annotation")?,
        networks: options.texts("network")?,
        publish: options.texts("publish")?,
        read_only: options.flag("read-only")?,
        restart: options.text("restart")?,
        auto_remove: options.flag("rm")?,
        terminal: options.flag("tty")?,
        stdin: options.flag("interactive")?,
        stop_signal: options.text("stop-signal")?,
        stop_timeout: options.small("stop-timeout")?,
        add_hosts: options.texts("add-host")?,
        dns: options.texts("dns")?,
        memory: options.number("memory")?,
        pids_limit: options.small("pids-limit")?,
        shm_size: options.number("shm-size")?,
        log_driver: options.text("log-driver")?,
        log_opts: options.texts("log-opt")?,
        ..CreateOptions::default()
    };
    made.security.privileged = options.flag("privileged")?;
    made.security.cap_add = options.texts("cap-add")?;
    made.security.cap_drop = options.texts("cap-drop")?;
    made.security.options = options.texts("security-opt")?;
    given.finish()?;
    // `NAME` alone is the caller's own value on the command line; here it would be the service's.
    if let Some(line) = made.env.iter().find(|line| !line.contains('=')) {
        return Err(Refusal::invalid(format!(
            "option \"env\": {line:?} has no value"
        )));
    }
    Ok(made)
}

/// What a checkpoint did.
pub fn checkpointed(report: &CheckpointReport) -> Report {
    Report::default()
        .with("Id", Fact::Text(report.id.clone()))
        .with("Container", Fact::Path(path::container(&report.id)))
        .with(
            "RuntimeUSec",
            Fact::Number(report.runtime_checkpoint_duration),
        )
        .with("FrozenUSec", Fact::Number(report.container_frozen_duration))
}

/// What a restore did.
pub fn restored(report: &RestoreReport) -> Report {
    Report::default()
        .with("Id", Fact::Text(report.id.clone()))
        .with("Container", Fact::Path(path::container(&report.id)))
        .with("RuntimeUSec", Fact::Number(report.runtime_restore_duration))
        .with("Warnings", Fact::Texts(report.warnings.clone()))
}

#[cfg(test)]
mod tests {
    use zbus::zvariant::Value;

    use super::*;

    fn given(key: &str, value: &Value<'_>) -> Options {
        Options::new([(key.to_owned(), value.try_to_owned().unwrap())].into())
    }

    #[test]
    fn the_services_own_environment_stays_its_own() {
        let made = |line: &str| create("i".into(), vec![], given("env", &line.into()));
        assert_eq!(made("A=b").unwrap().env, ["A=b"]);
        assert!(made("HOME").is_err());
        assert!(create("i".into(), vec![], given("nmae", &"x".into())).is_err());
    }
}
