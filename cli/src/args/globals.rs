//! Flags that every command takes, before or after its name: where state lives and which helper
//! programs to use. Only parsing; `commands/` turns them into the engine's configuration.

use clap::Args;
use std::path::PathBuf;

/// How much is said on stderr beside a command's output. Podman's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogLevel {
    /// Everything, also what only a developer wants.
    Trace,
    /// Each step, and the whole chain of an error.
    Debug,
    /// What was done.
    Info,
    /// What may be wrong: the default.
    #[default]
    Warn,
    /// Errors only; also for `fatal` and `panic`.
    Error,
}

impl std::str::FromStr for LogLevel {
    type Err = String;

    /// Podman's words, whatever their case; its message for any other.
    fn from_str(word: &str) -> Result<Self, String> {
        match word.to_ascii_lowercase().as_str() {
            "trace" => Ok(Self::Trace),
            "debug" => Ok(Self::Debug),
            "info" => Ok(Self::Info),
            "warn" | "warning" => Ok(Self::Warn),
            "error" | "fatal" | "panic" => Ok(Self::Error),
            _ => Err(format!(
                "Log Level \"{word}\" is not supported, choose from: trace, debug, info, warn, warning, error, fatal, panic"
            )),
        }
    }
}

/// Flags of the root command.
#[derive(Debug, Clone, Default, Args)]
pub struct Globals {
    /// Path to the root directory in which data, including images, is stored
    #[arg(long, global = true, value_name = "PATH")]
    pub root: Option<PathBuf>,
    /// Path to the 'run directory' where all state that a reboot ends is kept
    #[arg(long, global = true, value_name = "PATH")]
    pub runroot: Option<PathBuf>,
    /// Path to the directory for temporary state, such as exit files
    #[arg(long, global = true, value_name = "PATH")]
    pub tmpdir: Option<PathBuf>,
    /// Name of, or path to, the OCI runtime that runs containers
    #[arg(long, global = true, value_name = "RUNTIME")]
    pub runtime: Option<String>,
    /// Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    pub log_level: String,
    /// Cgroup manager to use ("cgroupfs"|"systemd")
    #[arg(long, global = true, value_name = "MANAGER")]
    pub cgroup_manager: Option<String>,
    /// Path of the configuration directory for networks
    #[arg(long, global = true, value_name = "PATH")]
    pub network_config_dir: Option<PathBuf>,
    /// Path of the container monitor
    #[arg(long, global = true, value_name = "PATH")]
    pub conmon: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::LogLevel;

    #[test]
    fn levels_are_podmans() {
        assert_eq!("WARNING".parse(), Ok(LogLevel::Warn));
        assert_eq!("panic".parse(), Ok(LogLevel::Error));
        assert!(
            "foo"
                .parse::<LogLevel>()
                .unwrap_err()
                .starts_with("Log Level \"foo\" is not supported")
        );
    }
}
