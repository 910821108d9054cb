//! What the engine is told before it opens: places and programs, from the command's global
//! options and containers.conf. Plain data.

use std::path::{Path, PathBuf};

pub mod containers_conf;
pub mod policy;

/// Places and programs of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What must survive a reboot: database, layers, containers. Default `/var/lib/cryopod`.
    pub root: PathBuf,
    /// What must not: pid files, sockets, locks. Default `/run/cryopod`.
    pub run_root: PathBuf,
    /// Name or path of the OCI runtime; `None`: crun if it is there, else runc.
    pub runtime: Option<String>,
    /// Where networks are described, a JSON file each. Default `/etc/containers/networks`.
    pub network_config_dir: PathBuf,
    /// What puts containers on networks, `netavark` or `cni`; `None`: what is installed.
    pub network_backend: Option<String>,
    /// What may be thawed here: a file that need not be there. Default `/etc/cryopod/policy.toml`.
    pub policy: PathBuf,
    /// The monitor; `None`: beside this program, else in libexec.
    pub monitor: Option<PathBuf>,
    /// The program that monitors run as exit command, with its global options before the verb.
    pub exit_command: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            root: PathBuf::from("/var/lib/cryopod"),
            run_root: PathBuf::from("/run/cryopod"),
            runtime: None,
            network_config_dir: PathBuf::from("/etc/containers/networks"),
            network_backend: None,
            policy: PathBuf::from(policy::PLACE),
            monitor: None,
            exit_command: Vec::new(),
        }
    }
}

/// Where the monitor is looked for when it is not beside the program.
pub const LIBEXEC: [&str; 2] = ["/usr/local/libexec/cryopod", "/usr/libexec/cryopod"];

impl Config {
    /// The configuration of a test: everything of the engine's own lies below a directory.
    #[cfg(test)]
    pub(crate) fn below(directory: &Path) -> Self {
        Self {
            root: directory.join("lib"),
            run_root: directory.join("run"),
            ..Self::default()
        }
    }

    /// Network namespace of a container, where it has one of ours: `<run>/netns/<id>`.
    pub fn netns(&self, id: &str) -> PathBuf {
        self.run_root.join("netns").join(id)
    }

    /// Path of the monitor: as told, beside `program`, in its libexec, in the system's.
    pub fn monitor_program(&self, program: &Path) -> PathBuf {
        if let Some(path) = &self.monitor {
            return path.clone();
        }
        let beside = program.with_file_name("conmon-rs");
        let prefix = program
            .parent()
            .and_then(Path::parent)
            .unwrap_or(Path::new("/usr"));
        let candidates = [beside, prefix.join("libexec/cryopod/conmon-rs")].into_iter();
        let system = LIBEXEC
            .iter()
            .map(|folder| Path::new(folder).join("conmon-rs"));
        let found = candidates.chain(system).find(|path| path.is_file());
        found.unwrap_or_else(|| Path::new(LIBEXEC[1]).join("conmon-rs"))
    }
}
