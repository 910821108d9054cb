//! The command line: conmon's names, with the few that are ours marked so.
//! Parses only; touches no file. Every path comes out absolute, because the monitor leaves its directory.
#![forbid(unsafe_code)]

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

/// Where the container's output goes (`--log-path DRIVER:PATH`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogTarget {
    /// A file of lines `TIME STREAM F|P TEXT`; `json-file` is the same driver, as in Podman.
    KubernetesFile(PathBuf),
    /// The systemd journal.
    Journald,
    /// Nowhere; attach clients still see it.
    None,
    /// The container inherits the monitor's own stdin, stdout and stderr; no log, no attach socket.
    Passthrough,
}

/// What one monitor is asked to do.
#[derive(Debug, Clone)]
pub struct Arguments {
    /// `--cid`: the container's id, as the runtime knows it. Never empty, never with a slash.
    pub id: String,
    /// `--cuuid`: the id that the journal sees; the container's id if not given.
    pub uuid: String,
    /// `--name`: the container's name, for the journal.
    pub name: Option<String>,
    /// `--runtime`: the OCI runtime's program.
    pub runtime: PathBuf,
    /// `--bundle`: the OCI bundle.
    pub bundle: PathBuf,
    /// `--container-pidfile`: where the runtime writes the container's process id; default `BUNDLE/pidfile`.
    pub container_pidfile: PathBuf,
    /// `--conmon-pidfile`: where the monitor's process id is written.
    pub monitor_pidfile: Option<PathBuf>,
    /// `--exit-dir`: the exit status is written to `DIR/ID`.
    pub exit_dir: Option<PathBuf>,
    /// `--persist-dir`: the exit status is written to `DIR/exit`, an out-of-memory kill marked by `DIR/oom`.
    pub persist_dir: Option<PathBuf>,
    /// `--log-path`, in the order given.
    pub logs: Vec<LogTarget>,
    /// `--log-size-max`: bytes after which a log file starts anew; zero and less mean no limit.
    pub log_size_max: Option<u64>,
    /// `--log-tag`: the journal's CONTAINER_TAG.
    pub log_tag: Option<String>,
    /// `--log-label NAME=VALUE`: more fields for the journal.
    pub log_labels: Vec<String>,
    /// `--syslog`: complaints of the monitor itself go to syslog.
    pub syslog: bool,
    /// Where `attach`, `ctl`, `winsz` and `flushed` live: `--socket-dir-path` (ours), default the bundle.
    pub socket_dir: PathBuf,
    /// `--systemd-cgroup`: passed to the runtime.
    pub systemd_cgroup: bool,
    /// `--terminal`: the container has a pseudo-terminal.
    pub terminal: bool,
    /// `--stdin`: the container's stdin is a pipe fed by attach clients, not /dev/null.
    pub stdin: bool,
    /// `--leave-stdin-open`: the end of an attach client's input does not close the container's stdin.
    pub leave_stdin_open: bool,
    /// `--runtime-arg`: arguments before the runtime's verb.
    pub runtime_arguments: Vec<OsString>,
    /// `--runtime-opt`: arguments after the runtime's verb.
    pub runtime_options: Vec<OsString>,
    /// `--restore`: restore from this directory of CRIU images instead of creating.
    pub restore: Option<PathBuf>,
    /// `--work-path` (ours): where CRIU leaves its log; default the bundle, as in conmon.
    pub work_dir: PathBuf,
    /// `--no-pivot`: passed to the runtime.
    pub no_pivot: bool,
    /// `--no-new-keyring`: passed to the runtime.
    pub no_new_keyring: bool,
    /// `--exit-command`: executed in the monitor's place when all is done.
    pub exit_command: Option<PathBuf>,
    /// `--exit-command-arg`, in order.
    pub exit_command_arguments: Vec<OsString>,
    /// `--health-interval` and `--health-command` (ours): what is executed while the container runs.
    pub health: Option<HealthCheck>,
    /// `--exit-delay`: time between the exit files and the exit command.
    pub exit_delay: Duration,
    /// `--timeout`: the container is killed when it has run this long.
    pub timeout: Option<Duration>,
    /// `--sdnotify-socket`: where readiness messages of the container are forwarded to.
    pub notify_socket: Option<PathBuf>,
}

/// A command that asks whether the container is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// Time between the end of one and the start of the next.
    pub interval: Duration,
    /// `--health-command`.
    pub program: PathBuf,
    /// `--health-command-arg`, in order.
    pub arguments: Vec<OsString>,
}

/// What the command line asks for.
#[derive(Debug, Clone)]
pub enum Invocation {
    /// `--version`.
    Version,
    /// Watch a container.
    Monitor(Box<Arguments>),
}

/// Why a command line is refused.
#[derive(Debug, thiserror::Error)]
pub enum ArgumentError {
    /// Not a flag of ours, or a flag without its value; the text names it.
    #[error("{0}")]
    Syntax(#[from] lexopt::Error),
    /// A flag that must be there is not.
    #[error("missing required option --{0}")]
    Missing(&'static str),
    /// A value that its flag doesn't allow.
    #[error("invalid value {value:?} for --{flag}: {reason}")]
    Value {
        /// The flag without dashes.
        flag: &'static str,
        /// What was given.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A relative path in a current directory that is gone.
    #[error("current directory: {0}")]
    CurrentDirectory(#[from] io::Error),
}

/// Parses a command line without its program name.
///
/// # Errors
/// [`ArgumentError`]; an unknown flag is named in it.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Invocation, ArgumentError> {
    let mut parser = Parser::from_args(words);
    let (mut id, mut uuid, mut runtime, mut bundle) = (None, None, None, None);
    let (mut container_pidfile, mut socket_dir, mut work_dir) = (None, None, None);
    let (mut health_interval, mut health_command, mut health_arguments) = (None, None, Vec::new());
    let mut rest = Arguments {
        id: String::new(),
        uuid: String::new(),
        name: None,
        runtime: PathBuf::new(),
        bundle: PathBuf::new(),
        container_pidfile: PathBuf::new(),
        monitor_pidfile: None,
        exit_dir: None,
        persist_dir: None,
        logs: Vec::new(),
        log_size_max: None,
        log_tag: None,
        log_labels: Vec::new(),
        syslog: false,
        socket_dir: PathBuf::new(),
        systemd_cgroup: false,
        terminal: false,
        stdin: false,
        leave_stdin_open: false,
        runtime_arguments: Vec::new(),
        runtime_options: Vec::new(),
        restore: None,
        work_dir: PathBuf::new(),
        no_pivot: false,
        no_new_keyring: false,
        exit_command: None,
        exit_command_arguments: Vec::new(),
        health: None,
        exit_delay: Duration::ZERO,
        timeout: None,
        notify_socket: None,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("version") => return Ok(Invocation::Version),
            Arg::Long("api-version") => {
                let version = parser.value()?.string()?;
                if version != "1" {
                    return Err(refuse("api-version", version, "only version 1 is known"));
                }
            }
            Arg::Short('c') | Arg::Long("cid") => {
                id = Some(container_id("cid", parser.value()?.string()?)?);
            }
            Arg::Short('u') | Arg::Long("cuuid") => uuid = Some(parser.value()?.string()?),
            Arg::Short('n') | Arg::Long("name") => rest.name = Some(parser.value()?.string()?),
            Arg::Short('r') | Arg::Long("runtime") => runtime = Some(program(&parser.value()?)?),
            Arg::Short('b') | Arg::Long("bundle") => bundle = Some(path(&mut parser)?),
            Arg::Short('p') | Arg::Long("container-pidfile") => {
                container_pidfile = Some(path(&mut parser)?);
            }
            Arg::Short('P') | Arg::Long("conmon-pidfile") => {
                rest.monitor_pidfile = Some(path(&mut parser)?);
            }
            Arg::Long("exit-dir") => rest.exit_dir = Some(path(&mut parser)?),
            Arg::Long("persist-dir") => rest.persist_dir = Some(path(&mut parser)?),
            Arg::Short('l') | Arg::Long("log-path") => {
                rest.logs.push(log_target(&parser.value()?)?);
            }
            Arg::Long("log-size-max") => {
                let limit: i64 = parser.value()?.parse()?;
                rest.log_size_max = u64::try_from(limit).ok().filter(|limit| *limit > 0);
            }
            Arg::Long("log-tag") => rest.log_tag = Some(parser.value()?.string()?),
            Arg::Long("log-label") => rest.log_labels.push(label(parser.value()?.string()?)?),
            Arg::Long("log-level") => drop(parser.value()?),
            Arg::Long("syslog") => rest.syslog = true,
            Arg::Long("full-attach" | "sync") => {}
            Arg::Long("socket-dir-path") => socket_dir = Some(path(&mut parser)?),
            Arg::Short('s') | Arg::Long("systemd-cgroup") => rest.systemd_cgroup = true,
            Arg::Short('t') | Arg::Long("terminal") => rest.terminal = true,
            Arg::Short('i') | Arg::Long("stdin") => rest.stdin = true,
            Arg::Long("leave-stdin-open") => rest.leave_stdin_open = true,
            Arg::Long("runtime-arg") => rest.runtime_arguments.push(parser.value()?),
            Arg::Long("runtime-opt") => rest.runtime_options.push(parser.value()?),
            Arg::Long("restore") => rest.restore = Some(path(&mut parser)?),
            Arg::Long("work-path") => work_dir = Some(path(&mut parser)?),
            Arg::Long("no-pivot") => rest.no_pivot = true,
            Arg::Long("no-new-keyring") => rest.no_new_keyring = true,
            Arg::Long("exit-command") => rest.exit_command = Some(program(&parser.value()?)?),
            Arg::Long("exit-command-arg") => rest.exit_command_arguments.push(parser.value()?),
            Arg::Long("health-interval") => {
                let nanoseconds: u64 = parser.value()?.parse()?;
                health_interval = (nanoseconds > 0).then(|| Duration::from_nanos(nanoseconds));
            }
            Arg::Long("health-command") => health_command = Some(program(&parser.value()?)?),
            Arg::Long("health-command-arg") => health_arguments.push(parser.value()?),
            Arg::Long("exit-delay") => {
                rest.exit_delay = Duration::from_secs(parser.value()?.parse()?);
            }
            Arg::Short('T') | Arg::Long("timeout") => {
                let seconds: u64 = parser.value()?.parse()?;
                rest.timeout = (seconds > 0).then(|| Duration::from_secs(seconds));
            }
            Arg::Long("sdnotify-socket") => rest.notify_socket = Some(path(&mut parser)?),
            other => return Err(other.unexpected().into()),
        }
    }
    rest.health = health_interval
        .zip(health_command)
        .map(|(interval, program)| HealthCheck {
            interval,
            program,
            arguments: health_arguments,
        });
    rest.id = id.ok_or(ArgumentError::Missing("cid"))?;
    rest.uuid = uuid.unwrap_or_else(|| rest.id.clone());
    rest.runtime = runtime.ok_or(ArgumentError::Missing("runtime"))?;
    rest.bundle = bundle.ok_or(ArgumentError::Missing("bundle"))?;
    rest.container_pidfile = container_pidfile.unwrap_or_else(|| rest.bundle.join("pidfile"));
    rest.socket_dir = socket_dir.unwrap_or_else(|| rest.bundle.clone());
    rest.work_dir = work_dir.unwrap_or_else(|| rest.bundle.clone());
    if rest.passthrough() && rest.terminal {
        return Err(refuse(
            "log-path",
            "passthrough".to_owned(),
            "cannot be used with --terminal",
        ));
    }
    Ok(Invocation::Monitor(Box::new(rest)))
}

impl Arguments {
    /// Whether the container inherits the monitor's own stdio.
    pub fn passthrough(&self) -> bool {
        self.logs.contains(&LogTarget::Passthrough)
    }

    /// How many descriptors from 3 on the runtime is to hand to the container (`--preserve-fds N`
    /// among the runtime options, a flag of both crun and runc).
    pub fn preserved_descriptors(&self) -> u32 {
        let mut options = self
            .runtime_options
            .iter()
            .map(|option| option.to_string_lossy());
        while let Some(option) = options.next() {
            let value = match option.strip_prefix("--preserve-fds") {
                Some("") => options.next().map(std::borrow::Cow::into_owned),
                Some(value) => value.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            if let Some(count) = value.and_then(|value| value.parse().ok()) {
                return count;
            }
        }
        0
    }
}

fn refuse(flag: &'static str, value: String, reason: &'static str) -> ArgumentError {
    ArgumentError::Value {
        flag,
        value,
        reason,
    }
}

fn path(parser: &mut Parser) -> Result<PathBuf, ArgumentError> {
    Ok(std::path::absolute(Path::new(&parser.value()?))?)
}

/// A bare name is looked up in PATH at the time of execution; anything else is a path.
fn program(value: &OsStr) -> Result<PathBuf, ArgumentError> {
    if value.as_bytes().contains(&b'/') {
        return Ok(std::path::absolute(Path::new(value))?);
    }
    Ok(PathBuf::from(value))
}

/// The id becomes a file name in the exit directory.
fn container_id(flag: &'static str, value: String) -> Result<String, ArgumentError> {
    if value.is_empty() || value.contains('/') || value.starts_with(['.', '-']) {
        return Err(refuse(flag, value, "not a container id"));
    }
    Ok(value)
}

fn label(value: String) -> Result<String, ArgumentError> {
    let name = value.split_once('=').map_or("", |(name, _)| name);
    // The journal's rule for field names (systemd.journal-fields(7)).
    let valid = !name.is_empty()
        && !name.starts_with(|first: char| first == '_' || first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if valid && !value.contains('\n') {
        return Ok(value);
    }
    Err(refuse(
        "log-label",
        value,
        "must be NAME=VALUE, the name of capitals, digits and underscores",
    ))
}

fn log_target(value: &OsStr) -> Result<LogTarget, ArgumentError> {
    let bytes = value.as_bytes();
    let (driver, file) = match bytes.iter().position(|byte| *byte == b':') {
        Some(colon) => (&bytes[..colon], Some(&bytes[colon + 1..])),
        None => (bytes, None),
    };
    match (driver, file) {
        (b"k8s-file" | b"json-file", Some(file)) if !file.is_empty() => {
            let file = PathBuf::from(OsString::from_vec(file.to_vec()));
            Ok(LogTarget::KubernetesFile(std::path::absolute(file)?))
        }
        (b"journald", _) => Ok(LogTarget::Journald),
        (b"none" | b"null" | b"off", _) => Ok(LogTarget::None),
        (b"passthrough", _) => Ok(LogTarget::Passthrough),
        (file, None) if file.contains(&b'/') => Ok(LogTarget::KubernetesFile(std::path::absolute(
            Path::new(value),
        )?)),
        _ => Err(refuse(
            "log-path",
            value.to_string_lossy().into_owned(),
            "no such log driver, or no path",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monitor(words: &[&str]) -> Arguments {
        let base = ["-c", "abc", "-r", "crun", "-b", "/b"];
        match parse(base.iter().chain(words).map(OsString::from)).unwrap() {
            Invocation::Monitor(arguments) => *arguments,
            Invocation::Version => panic!("version"),
        }
    }

    fn error(words: &[&str]) -> String {
        parse(words.iter().map(OsString::from))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn podmans_own_command_line() {
        let arguments = monitor(&[
            "--api-version",
            "1",
            "-u",
            "def",
            "-p",
            "/run/pidfile",
            "-n",
            "web",
            "--exit-dir",
            "/e",
            "--persist-dir",
            "/p",
            "--full-attach",
            "--runtime-arg",
            "--log-format=json",
            "--runtime-arg",
            "--log",
            "--runtime-arg=/l",
            "-s",
            "-l",
            "k8s-file:/log:x",
            "--log-level",
            "warning",
            "--syslog",
            "--conmon-pidfile",
            "/cp",
            "--exit-command",
            "/usr/bin/podman",
            "--exit-command-arg",
            "--root",
            "--exit-command-arg",
            "/r",
            "--runtime-opt",
            "--tcp-established",
            "--restore",
            "/b/checkpoint",
            "--log-size-max",
            "-1",
            "-T",
            "0",
        ]);
        assert_eq!(arguments.uuid, "def");
        assert_eq!(arguments.runtime, Path::new("crun"));
        assert_eq!(arguments.logs, [LogTarget::KubernetesFile("/log:x".into())]);
        assert_eq!(
            arguments.runtime_arguments,
            ["--log-format=json", "--log", "/l"]
        );
        assert_eq!(arguments.exit_command_arguments, ["--root", "/r"]);
        assert_eq!(arguments.runtime_options, ["--tcp-established"]);
        assert_eq!((arguments.log_size_max, arguments.timeout), (None, None));
        assert_eq!(arguments.work_dir, Path::new("/b"));
        assert_eq!(arguments.socket_dir, Path::new("/b"));
    }

    #[test]
    fn a_health_check_needs_a_command_and_a_time() {
        let command = ["--health-command", "/c", "--health-command-arg", "x"];
        assert_eq!(monitor(&command).health, None);
        assert_eq!(monitor(&["--health-interval", "5"]).health, None);
        let with =
            |nanoseconds| monitor(&[&command[..], &["--health-interval", nanoseconds]].concat());
        assert_eq!(with("0").health, None);
        let check = with("1500000000").health.unwrap();
        assert_eq!(check.interval, Duration::from_millis(1500));
        assert_eq!(
            (check.program, check.arguments),
            ("/c".into(), vec!["x".into()])
        );
        assert!(error(&["--health-interval", "soon"]).contains("soon"));
    }

    #[test]
    fn refusals_name_the_culprit() {
        assert!(error(&["--frobnicate"]).contains("--frobnicate"));
        assert!(error(&["-c", "../x"]).contains("../x"));
        assert!(error(&["-c", "x"]).contains("--runtime"));
        assert!(error(&["-l", "fluentd:/x"]).contains("fluentd"));
        assert!(error(&["--api-version", "2"]).contains("only version 1"));
        assert!(error(&["--log-label", "lower=1"]).contains("lower"));
    }

    #[test]
    fn preserved_descriptors_in_both_spellings() {
        assert_eq!(monitor(&[]).preserved_descriptors(), 0);
        assert_eq!(
            monitor(&["--runtime-opt", "--preserve-fds", "--runtime-opt", "2"])
                .preserved_descriptors(),
            2
        );
        assert_eq!(
            monitor(&["--runtime-opt", "--preserve-fds=3"]).preserved_descriptors(),
            3
        );
    }
}
