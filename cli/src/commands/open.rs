//! From global flags to an engine's configuration, with the exit command that monitors will run.

use crate::args::Globals;
use crate::output::CliError;
use libcr::config::containers_conf::network_backend;
use libcr::{Config, Engine};
use std::path::{Path, PathBuf};

/// Opens engines as the command line asks for; checked once, so that every command may open late.
#[derive(Debug)]
pub struct Opener {
    config: Config,
    /// The command line as typed, for `inspect`.
    pub words: Vec<String>,
}

impl Opener {
    /// Judges the global flags.
    pub fn new(globals: Globals, words: Vec<String>) -> Result<Self, CliError> {
        match globals.cgroup_manager.as_deref() {
            None | Some("cgroupfs") => {}
            Some("systemd") => {
                return Err(CliError::usage(
                    "the systemd cgroup manager is not supported yet: use --cgroup-manager=cgroupfs",
                ));
            }
            Some(other) => {
                return Err(CliError::usage(format!(
                    "invalid cgroup manager \"{other}\": must be cgroupfs or systemd: invalid argument"
                )));
            }
        }
        Ok(Self {
            config: configuration(globals)?,
            words,
        })
    }

    /// Opens the engine.
    pub fn open(&self) -> Result<Engine, CliError> {
        Ok(libcr::open(self.config.clone())?)
    }

    /// What the engine would be opened with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Opens it as the exit command of a monitor must: see [`Engine::open`].
    pub fn open_without_recovery(&self) -> Result<Engine, CliError> {
        Ok(Engine::open(self.config.clone())?)
    }
}

fn configuration(globals: Globals) -> Result<Config, CliError> {
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|source| CliError::Io {
            doing: format!("find {}", path.display()),
            source,
        })
    };
    let standard = Config::default();
    let told = |path: Option<PathBuf>, otherwise: PathBuf| {
        path.map_or(Ok(otherwise), |path| absolute(&path))
    };
    let root = told(globals.root, standard.root)?;
    let run_root = told(globals.runroot.or(globals.tmpdir), standard.run_root)?;
    let network_config_dir = told(globals.network_config_dir, standard.network_config_dir)?;
    let monitor = globals.conmon.as_deref().map(absolute).transpose()?;
    let program = std::env::current_exe().map_err(|source| CliError::Io {
        doing: "find this program".to_owned(),
        source,
    })?;
    // The monitor runs this long after: everything that is not the default goes with it.
    let mut exit_command = vec![program.to_string_lossy().into_owned()];
    let mut pass = |flag: &str, path: &Path| {
        exit_command.extend([flag.to_owned(), path.to_string_lossy().into_owned()]);
    };
    pass("--root", &root);
    pass("--runroot", &run_root);
    pass("--network-config-dir", &network_config_dir);
    if let Some(path) = &monitor {
        pass("--conmon", path);
    }
    if let Some(runtime) = &globals.runtime {
        pass("--runtime", Path::new(runtime));
    }
    Ok(Config {
        root,
        run_root,
        runtime: globals.runtime,
        network_config_dir,
        network_backend: network_backend()?,
        policy: libcr::config::policy::PLACE.into(),
        monitor,
        exit_command,
    })
}

#[cfg(test)]
mod tests {
    use super::Opener;
    use crate::args::Globals;

    #[test]
    fn places_and_exit_command() {
        let globals = Globals {
            root: Some("/a".into()),
            tmpdir: Some("/t".into()),
            runtime: Some("runc".into()),
            ..Globals::default()
        };
        let config = Opener::new(globals, Vec::new()).unwrap().config;
        assert_eq!(config.run_root, std::path::Path::new("/t"));
        assert_eq!(config.exit_command[1..3], ["--root", "/a"]);
        assert!(
            config
                .exit_command
                .ends_with(&["--runtime".to_owned(), "runc".to_owned()])
        );
    }

    #[test]
    fn cgroup_managers() {
        let with = |word: &str| {
            let globals = Globals {
                cgroup_manager: Some(word.to_owned()),
                ..Globals::default()
            };
            Opener::new(globals, Vec::new()).map(|_| ())
        };
        assert!(with("cgroupfs").is_ok());
        assert!(with("systemd").is_err() && with("foo").is_err());
    }
}
