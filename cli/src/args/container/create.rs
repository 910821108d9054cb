//! The flags that `create` and `run` share, and `create` itself. Mounts, ports and networks stay as
//! typed: libcr reads them, since other doors take the same notations.

use crate::args::container::life::Resources;
use crate::args::health::HealthFlags;
use crate::args::image::AccessFlags;
use crate::args::value::{detach, env, size};
use crate::output::CliError;
use clap::Args;
use libcr::ops::images::pull::PullPolicy;
use std::path::PathBuf;

/// Flags of `create`.
#[derive(Debug, Args)]
pub struct Create {
    /// What the container is made of.
    #[command(flatten)]
    pub flags: CreateFlags,
}

/// Flags that describe a new container.
#[derive(Debug, Clone, Default, Args)]
pub struct CreateFlags {
    /// How the registry of the image is reached.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Add a custom host-to-IP mapping (host:ip)
    #[arg(long, value_name = "HOST:IP", value_delimiter = ',')]
    pub add_host: Vec<String>,
    /// Add annotations to container (key=value)
    #[arg(long, value_name = "KEY=VALUE")]
    pub annotation: Vec<String>,
    /// Add capabilities to the container
    #[arg(long, value_name = "CAPABILITY", value_delimiter = ',')]
    pub cap_add: Vec<String>,
    /// Drop capabilities from the container
    #[arg(long, value_name = "CAPABILITY", value_delimiter = ',')]
    pub cap_drop: Vec<String>,
    /// Write the container ID to the file
    #[arg(long, value_name = "FILE")]
    pub cidfile: Option<PathBuf>,
    /// Override the key sequence for detaching a container
    #[arg(long, value_name = "KEYS", default_value = detach::DEFAULT)]
    pub detach_keys: String,
    /// Add a host device to the container (HOST[:CONTAINER][:PERMISSIONS])
    #[arg(long, value_name = "DEVICE", value_delimiter = ',')]
    pub device: Vec<String>,
    /// Set custom DNS servers
    #[arg(long, value_name = "IP", value_delimiter = ',')]
    pub dns: Vec<String>,
    /// Set custom DNS options
    #[arg(long, value_name = "OPTION", value_delimiter = ',')]
    pub dns_option: Vec<String>,
    /// Set custom DNS search domains
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',')]
    pub dns_search: Vec<String>,
    /// Overwrite the default ENTRYPOINT of the image
    #[arg(long, value_name = "COMMAND")]
    pub entrypoint: Option<String>,
    /// Set environment variables in container
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,
    /// Read in a file of environment variables
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
    /// Add additional groups to the primary container process
    #[arg(long, value_name = "GROUP", value_delimiter = ',')]
    pub group_add: Vec<String>,
    /// How it is asked whether it is well.
    #[command(flatten)]
    pub health: HealthFlags,
    /// Limits of processors and memory.
    #[command(flatten)]
    pub resources: Resources,
    /// Set container hostname
    #[arg(short = 'h', long, value_name = "NAME")]
    pub hostname: Option<String>,
    /// Tells how to handle the builtin image volumes (anonymous, tmpfs or ignore)
    #[arg(long, value_name = "MODE", default_value = "anonymous")]
    pub image_volume: String,
    /// Make STDIN available to the contained process
    #[arg(short, long)]
    pub interactive: bool,
    /// Specify a static IPv4 address for the container
    #[arg(long, value_name = "IP")]
    pub ip: Option<String>,
    /// Set metadata on container
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub label: Vec<String>,
    /// Logging driver for the container ("k8s-file"|"json-file"|"journald"|"none")
    #[arg(long, value_name = "DRIVER")]
    pub log_driver: Option<String>,
    /// Logging driver options (max-size=SIZE)
    #[arg(long, value_name = "NAME=VALUE")]
    pub log_opt: Vec<String>,
    /// Container MAC address (e.g. 92:d0:c6:0a:29:33)
    #[arg(long, value_name = "ADDRESS")]
    pub mac_address: Option<String>,
    /// Memory limit (format: <number>[<unit>], where unit = b, k, m or g)
    #[arg(short, long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Attach a filesystem mount to the container
    #[arg(long, value_name = "type=TYPE,...")]
    pub mount: Vec<String>,
    /// Assign a name to the container
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Connect a container to a network
    #[arg(long, visible_alias = "net", value_name = "MODE")]
    pub network: Vec<String>,
    /// Tune the host's OOM preferences (-1000 to 1000)
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub oom_score_adj: Option<i32>,
    /// Tune container pids limit (set -1 for unlimited)
    #[arg(long, value_name = "LIMIT", allow_negative_numbers = true)]
    pub pids_limit: Option<i64>,
    /// Run container in an existing pod, or in a new one (new:NAME)
    #[arg(long, value_name = "[new:]POD")]
    pub pod: Option<String>,
    /// Give extended privileges to container
    #[arg(long)]
    pub privileged: bool,
    /// Publish a container's port, or a range of ports, to the host
    #[arg(short, long, value_name = "PORT", value_delimiter = ',')]
    pub publish: Vec<String>,
    /// Pull image policy ("always"|"missing"|"never"|"newer")
    #[arg(long, value_name = "POLICY", default_value = "missing")]
    pub pull: String,
    /// Suppress output information when pulling images
    #[arg(short, long)]
    pub quiet: bool,
    /// Make containers root filesystem read-only
    #[arg(long)]
    pub read_only: bool,
    /// If a container with the same name exists, replace it
    #[arg(long)]
    pub replace: bool,
    /// Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")
    #[arg(long, value_name = "POLICY")]
    pub restart: Option<String>,
    /// Remove container and any anonymous unnamed volume associated with the container after exit
    #[arg(long)]
    pub rm: bool,
    /// The first argument is not an image but the rootfs to the exploded container
    #[arg(long)]
    pub rootfs: bool,
    /// Security Options
    #[arg(long, value_name = "OPTION")]
    pub security_opt: Vec<String>,
    /// Size of /dev/shm (format: <number>[<unit>], where unit = b, k, m or g)
    #[arg(long, value_name = "SIZE")]
    pub shm_size: Option<String>,
    /// Signal to stop a container. Default is SIGTERM
    #[arg(long, value_name = "SIGNAL")]
    pub stop_signal: Option<String>,
    /// Timeout (in seconds) that containers stopped by user command have to exit
    #[arg(long, value_name = "SECONDS")]
    pub stop_timeout: Option<u32>,
    /// Sysctl options
    #[arg(long, value_name = "NAME=VALUE")]
    pub sysctl: Vec<String>,
    /// Mount a temporary filesystem (tmpfs) into a container
    #[arg(long, value_name = "PATH[:OPTIONS]")]
    pub tmpfs: Vec<String>,
    /// Allocate a pseudo-TTY for container
    #[arg(short, long)]
    pub tty: bool,
    /// Ulimit options (NAME=SOFT[:HARD], or host for those of this process)
    #[arg(long, value_name = "LIMIT", value_delimiter = ',')]
    pub ulimit: Vec<String>,
    /// Set umask in container
    #[arg(long, value_name = "OCTAL")]
    pub umask: Option<String>,
    /// Username or UID (format: <name|uid>[:<group|gid>])
    #[arg(short, long, value_name = "USER[:GROUP]")]
    pub user: Option<String>,
    /// Mount a volume or a directory of the host into the container
    #[arg(short, long, value_name = "[SOURCE:]PATH[:OPTIONS]")]
    pub volume: Vec<String>,
    /// Mount volumes from the specified container(s)
    #[arg(long, value_name = "CONTAINER[:OPTIONS]")]
    pub volumes_from: Vec<String>,
    /// Working directory inside the container
    #[arg(short, long, value_name = "PATH")]
    pub workdir: Option<String>,
    /// The image, or with `--rootfs` a directory, and the command in it. Flags end at the image.
    #[arg(trailing_var_arg = true, value_name = "IMAGE [COMMAND [ARG...]]")]
    pub image_and_command: Vec<String>,
}

impl CreateFlags {
    /// The image (or root directory) and the command.
    pub fn split(&self) -> Result<(&str, &[String]), CliError> {
        match self.image_and_command.split_first() {
            Some((image, command)) => Ok((image, command)),
            None => Err(CliError::usage(
                "requires at least 1 arg(s), only received 0",
            )),
        }
    }

    /// `--pull`.
    pub fn pull_policy(&self) -> Result<PullPolicy, CliError> {
        Ok(PullPolicy::parse(&self.pull)?)
    }

    /// What the text alone shows to be wrong, in Podman's order and words.
    pub fn validate(&self) -> Result<(), CliError> {
        self.split()?;
        self.pull_policy()?;
        if self.rm && !matches!(self.restart.as_deref(), None | Some("" | "no" | "never")) {
            return Err(CliError::usage(
                "the --rm option conflicts with --restart, when the restartPolicy is not \"\" and \"no\"",
            ));
        }
        if let Some(text) = &self.memory {
            size::parse(text)
                .map_err(|error| CliError::usage(format!("invalid value for memory: {error}")))?;
        }
        if let Some(text) = &self.shm_size {
            size::parse(text).map_err(|error| {
                CliError::usage(format!("unable to translate --shm-size: {error}"))
            })?;
        }
        self.resources.changes()?;
        self.health.options()?;
        self.environment_flags()?;
        self.address_flags()?;
        detach::parse(&self.detach_keys)?;
        Ok(())
    }

    fn environment_flags(&self) -> Result<(), CliError> {
        for text in &self.env {
            env::check(text)?;
        }
        if self.annotation.iter().any(|text| !text.contains('=')) {
            return Err(CliError::usage("annotations must be formatted KEY=VALUE"));
        }
        match self
            .label
            .iter()
            .find(|text| text.is_empty() || text.starts_with('='))
        {
            Some(text) => Err(CliError::usage(format!(
                "unable to process labels: invalid label format: \"{text}\""
            ))),
            None => Ok(()),
        }
    }

    fn address_flags(&self) -> Result<(), CliError> {
        let ip = |text: &str| text.parse::<std::net::IpAddr>().is_ok();
        if let Some(text) = self.ip.as_deref().filter(|text| !ip(text)) {
            return Err(CliError::usage(format!("\"{text}\" is not an ip address")));
        }
        match self.dns.iter().find(|text| *text != "none" && !ip(text)) {
            Some(text) => Err(CliError::usage(format!("{text} is not an ip address"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CreateFlags;

    fn flags() -> CreateFlags {
        CreateFlags {
            image_and_command: vec!["image".into(), "-d".into()],
            pull: "missing".into(),
            detach_keys: "ctrl-p,ctrl-q".into(),
            ..CreateFlags::default()
        }
    }

    #[test]
    fn good_flags_pass() {
        let good = flags();
        good.validate().unwrap();
        assert_eq!(good.split().unwrap().1, ["-d"]);
    }

    #[test]
    fn podmans_words() {
        let wrong = |change: &dyn Fn(&mut CreateFlags)| {
            let mut flags = flags();
            change(&mut flags);
            flags.validate().unwrap_err().to_string()
        };
        assert_eq!(
            wrong(&|flags| flags.image_and_command.clear()),
            "requires at least 1 arg(s), only received 0"
        );
        assert_eq!(
            wrong(&|flags| flags.pull = "foo".into()),
            "unsupported pull policy \"foo\""
        );
        assert!(
            wrong(&|flags| {
                flags.rm = true;
                flags.restart = Some("always".into());
            })
            .starts_with("the --rm option conflicts with --restart")
        );
        assert_eq!(
            wrong(&|flags| flags.memory = Some("foo".into())),
            "invalid value for memory: invalid size: 'foo'"
        );
        assert_eq!(
            wrong(&|flags| flags.shm_size = Some("foo".into())),
            "unable to translate --shm-size: invalid size: 'foo'"
        );
        assert_eq!(
            wrong(&|flags| flags.env = vec!["=a".into()]),
            "invalid variable: \"=a\""
        );
        assert_eq!(
            wrong(&|flags| flags.label = vec!["=a".into()]),
            "unable to process labels: invalid label format: \"=a\""
        );
        assert_eq!(
            wrong(&|flags| flags.annotation = vec!["a".into()]),
            "annotations must be formatted KEY=VALUE"
        );
        assert_eq!(
            wrong(&|flags| flags.ip = Some("foo".into())),
            "\"foo\" is not an ip address"
        );
        assert_eq!(
            wrong(&|flags| flags.dns = vec!["foo".into()]),
            "foo is not an ip address"
        );
    }
}
