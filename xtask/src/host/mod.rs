//! `cargo xtask host`: runs a command in a throw-away machine made of namespaces over a cached
//! Debian root, so that CRIU, runtimes and network programs of one known release are there and
//! nothing that the command does stays on the machine.

pub mod clients;
pub mod enter;
pub mod mirror;
pub mod recipe;
pub mod root;
pub mod scratch;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

pub use enter::Shape;

/// Arguments of `cargo xtask host`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Start a second host beside it, joined by a veth pair and /shared; `on-peer CMD` runs there
    #[arg(long)]
    pair: bool,
    /// Only make the root and print its path
    #[arg(long)]
    root_only: bool,
    /// Make the root anew
    #[arg(long)]
    rebuild: bool,
    /// Keep cgroup state out of every CRIU dump through /etc/criu, as Podman needs it here
    #[arg(long, env = "CRYOPOD_HOST_CRIU_CONF", value_parser = clap::builder::FalseyValueParser::new())]
    criu_conf: bool,
    /// The command and its arguments; a shell without one
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

/// Makes the root if needed, runs the command in a host and returns its exit status.
pub fn run(arguments: &Arguments, repository: &Path) -> Result<i32> {
    if arguments.root_only {
        let root = root::ensure(&recipe::Recipe::from_environment(), arguments.rebuild)?;
        println!("{}", root.display());
        return Ok(0);
    }
    let shell = ["bash".to_owned()];
    let words = if arguments.command.is_empty() {
        &shell[..]
    } else {
        &arguments.command
    };
    let shape = Shape {
        pair: arguments.pair,
        criu_configuration: arguments.criu_conf,
    };
    run_in(repository, shape, arguments.rebuild, words)
}

/// Runs a command in a host of the given shape, or on this machine with `HOST=local`.
pub fn run_in(repository: &Path, shape: Shape, rebuild: bool, words: &[String]) -> Result<i32> {
    if std::env::var_os("HOST").is_some_and(|value| value == "local") {
        return run_locally(shape, words);
    }
    let root = root::ensure(&recipe::Recipe::from_environment(), rebuild)?;
    enter::run(&root, shape, &visible_paths(repository), words)
}

/// What a host shows of the machine it runs on, read only: the repository and what cargo built.
pub fn visible_paths(repository: &Path) -> Vec<PathBuf> {
    let mut visible = vec![repository.to_path_buf()];
    let target = target_directory(repository);
    if !target.starts_with(repository) {
        visible.push(target);
    }
    visible
}

/// Where cargo puts what it builds.
pub fn target_directory(repository: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
        Some(path) => repository.join(path),
        None => repository.join("target"),
    }
}

fn run_locally(shape: Shape, words: &[String]) -> Result<i32> {
    if shape.pair {
        bail!("HOST=local has only one host: a pair needs the throw-away kind");
    }
    let check = Command::new("criu")
        .arg("check")
        .stdin(Stdio::null())
        .output();
    match check {
        Ok(output) if output.status.success() => {}
        Ok(output) => bail!(
            "HOST=local, but this machine's `criu check` fails: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ),
        Err(error) => bail!("HOST=local, but this machine has no usable criu: {error}"),
    }
    let (program, rest) = words.split_first().context("no command")?;
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--", program])
        .args(rest);
    enter::wait_for(&mut command)
}
