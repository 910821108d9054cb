//! `cargo xtask e2e`: runs the end-to-end suites, or the demo, inside a throw-away host; with `--vm`
//! those suites that need another kernel than this machine's, in the virtual machine.
//!
//! It compiles the workload that runs in the containers and starts the test binary; which binaries
//! are under test is the caller's choice, by `--profile` or ENGINE_UNDER_TEST.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::host::{self, Shape};
use crate::vm;

/// Arguments of `cargo xtask e2e`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Which of cargo's output directories holds the binaries under test
    #[arg(long, default_value = "debug")]
    profile: String,
    /// Run the demo on two hosts instead of the tests
    #[arg(long)]
    demo: bool,
    /// Run the suites that need a kernel which tracks memory, in the virtual machine
    #[arg(long, conflicts_with = "demo")]
    vm: bool,
    /// Run the long run of freezes, thaws and kills instead of the tests
    #[arg(long, conflicts_with_all = ["demo", "vm"])]
    endurance: bool,
    /// Filters and options of the test binary (libtest's)
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds what is missing, runs the suites in a host and returns their exit status.
pub fn run(arguments: &Arguments, repository: &Path) -> Result<i32> {
    let target = host::target_directory(repository);
    let binaries = target.join(&arguments.profile);
    build(repository, &arguments.profile)?;
    let workload = compile_workload(repository, &target)?;
    let engine = std::env::var("ENGINE_UNDER_TEST")
        .unwrap_or_else(|_| binaries.join("cryopod").display().to_string());
    let tests = binaries.join("cr-tests").display().to_string();
    let mut words = vec![
        "env".to_owned(),
        format!("ENGINE_UNDER_TEST={engine}"),
        // The message of a failed test says what was seen; its stack says nothing more.
        "RUST_BACKTRACE=0".to_owned(),
        format!("WORKLOAD={}", workload.display()),
    ];
    if arguments.endurance {
        words.push("CRYOPOD_ENDURANCE=1".to_owned());
    }
    words.push(tests);
    if arguments.demo {
        words.push("demo".to_owned());
    }
    words.extend(arguments.rest.iter().cloned());
    if arguments.vm {
        return vm::run_in(repository, &words);
    }
    let shape = Shape {
        pair: arguments.demo,
        criu_configuration: engine.ends_with("podman"),
    };
    host::run_in(repository, shape, false, &words)
}

/// Builds the tests and, unless another engine is to be tested, ours.
fn build(repository: &Path, profile: &str) -> Result<()> {
    let mut cargo = crate::cargo::command();
    cargo
        .args(["build", "--quiet", "--package", "cr-tests"])
        .current_dir(repository);
    if std::env::var_os("ENGINE_UNDER_TEST").is_none() {
        cargo.args(["--package", "cryopod-cli", "--package", "conmon-rs"]);
    }
    if profile == "release" {
        cargo.arg("--release");
    }
    if !cargo.status().context("cannot run cargo")?.success() {
        bail!("what is to be tested does not compile");
    }
    Ok(())
}

/// Compiles the one static program that runs inside test containers, when any of its sources is
/// newer.
pub fn compile_workload(repository: &Path, target: &Path) -> Result<PathBuf> {
    let sources = repository.join("tests/workload");
    let directory = target.join("workloads");
    let program = directory.join("workload");
    fs::create_dir_all(&directory)?;
    // Two runs at a time: rustc would write the same intermediate files for both.
    let lock = fs::File::create(directory.join("lock"))?;
    lock.lock().context("cannot lock the workload")?;
    let time = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    let changed = fs::read_dir(&sources)
        .with_context(|| format!("cannot read {}", sources.display()))?
        .flatten()
        .filter_map(|entry| time(&entry.path()))
        .max();
    if time(&program).is_some_and(|built| changed.is_some_and(|changed| built > changed)) {
        return Ok(program);
    }
    let partial = directory.join(format!("workload.{}.partial", std::process::id()));
    let status = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "--edition=2024",
            "-O",
            "-C",
            "target-feature=+crt-static",
            "-C",
            "panic=abort",
        ])
        .args(["-D", "warnings", "--crate-name", "workload", "-o"])
        .arg(&partial)
        .arg(sources.join("workload.rs"))
        .status()
        .context("cannot run rustc")?;
    if !status.success() {
        bail!("the workload does not compile");
    }
    fs::rename(&partial, &program)?;
    Ok(program)
}
