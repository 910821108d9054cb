//! `checkpoint create`.

use super::{place, wrong_count};
use crate::output::CliError;
use clap::{ArgAction, Args};
use libcr::ops::checkpoint::CheckpointOptions;
use libcr::runtime::criu_options::CriuOptions;
use std::path::PathBuf;

/// Flags of `checkpoint create`.
#[derive(Debug, Default, Args)]
pub struct CheckpointCreate {
    /// Use a custom checkpoint storage directory
    #[arg(long, value_name = "DIRECTORY")]
    pub checkpoint_dir: Option<PathBuf>,
    /// Keep only the memory that earlier checkpoints of the container have not
    #[arg(long)]
    pub dedup: bool,
    /// End the container once its checkpoint is made (the default)
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub exit: Option<bool>,
    /// Allow unix sockets whose peer is outside the container
    #[arg(long)]
    pub ext_unix_sk: bool,
    /// Checkpoint a container with file locks
    #[arg(long)]
    pub file_locks: bool,
    /// Leave the container running after checkpoint
    #[arg(short = 'R', long)]
    pub leave_running: bool,
    /// Give unlinked files a name for the time being where that is possible
    #[arg(long)]
    pub link_remap: bool,
    /// Allow a session whose terminal is outside the container
    #[arg(long)]
    pub shell_job: bool,
    /// Go on though this check fails (all: make none)
    #[arg(long, value_name = "NAME")]
    pub skip_check: Vec<String>,
    /// Checkpoint a container with established TCP connections
    #[arg(long)]
    pub tcp_established: bool,
    /// Leave out TCP connections that are being made
    #[arg(long)]
    pub tcp_skip_in_flight: bool,
    /// Checkpoint only what changed since the last --pre-checkpoint
    #[arg(long)]
    pub with_previous: bool,
    /// The container and the checkpoint's name.
    #[arg(value_name = "CONTAINER CHECKPOINT")]
    pub names: Vec<String>,
}

impl CheckpointCreate {
    /// The container, the checkpoint's name, and the engine's options.
    pub fn validate(&self) -> Result<(&str, &str, CheckpointOptions), CliError> {
        let [container, name] = self.names.as_slice() else {
            return Err(wrong_count("create", "exactly 2 arguments"));
        };
        if self.exit == Some(true) && self.leave_running {
            return Err(CliError::usage(
                "--exit and --leave-running cannot be used together",
            ));
        }
        if !rustix::process::geteuid().is_root() {
            return Err(CliError::usage("checkpointing a container requires root"));
        }
        let options = CheckpointOptions {
            leave_running: self.leave_running || self.exit == Some(false),
            tcp_established: self.tcp_established,
            file_locks: self.file_locks,
            with_previous: self.with_previous,
            dedup: self.dedup,
            named: Some(place(name, self.checkpoint_dir.as_ref())),
            criu: CriuOptions {
                ext_unix_sk: self.ext_unix_sk,
                link_remap: self.link_remap,
                shell_job: self.shell_job,
                tcp_skip_in_flight: self.tcp_skip_in_flight,
                ..CriuOptions::default()
            },
            skip_checks: self.skip_check.clone(),
            ..CheckpointOptions::default()
        };
        options.validate()?;
        Ok((container, name, options))
    }
}

#[cfg(test)]
mod tests {
    use super::CheckpointCreate;

    fn of(exit: Option<bool>, leave_running: bool) -> CheckpointCreate {
        CheckpointCreate {
            exit,
            leave_running,
            names: vec!["web".into(), "one".into()],
            ..CheckpointCreate::default()
        }
    }

    #[test]
    fn exit_and_its_contrary() {
        let goes_on = |create: CheckpointCreate| create.validate().unwrap().2.leave_running;
        assert!(!goes_on(of(None, false)));
        assert!(!goes_on(of(Some(true), false)));
        assert!(goes_on(of(Some(false), false)));
        assert!(goes_on(of(Some(false), true)));
        assert!(goes_on(of(None, true)));
        assert!(of(Some(true), true).validate().is_err());
    }

    #[test]
    fn two_arguments() {
        let mut create = of(None, false);
        create.names.pop();
        assert_eq!(
            create.validate().unwrap_err().to_string(),
            "\"cryopod checkpoint create\" requires exactly 2 arguments"
        );
    }

    #[test]
    fn an_empty_directory_is_none() {
        let mut create = of(None, false);
        create.checkpoint_dir = Some("".into());
        let place = create.validate().unwrap().2.named.unwrap();
        assert_eq!((place.name.as_str(), place.directory), ("one", None));
    }
}
