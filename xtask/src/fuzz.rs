//! `cargo xtask fuzz`: builds the targets of `fuzz/` with libFuzzer and coverage, and runs each over
//! its corpus for a bounded time.
//!
//! What cargo-fuzz would do, without having to be installed and with the stable compiler. Our own
//! crates are compiled with coverage, through this very program as cargo's wrapper of the compiler;
//! all others are those of the tests, whose generic parts are compiled with ours anyway. New inputs go
//! to a directory of their own in `target/fuzz`, so that a run never changes the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::host;

/// The targets: the binaries of `fuzz/`.
const TARGETS: [&str; 4] = ["archive_reader", "criu_images", "dumps", "inner_tar"];

/// Coverage as libFuzzer reads it, from the compiler's own pass.
const FLAGS: [&str; 7] = [
    "--cfg=fuzzing",
    "--check-cfg=cfg(fuzzing)",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Set where cargo calls this program in place of the compiler.
const COMPILING: &str = "CRYOPOD_FUZZ_COMPILING";

/// Arguments of `cargo xtask fuzz`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How long each target is run
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Take inputs from DIR/TARGET as well, and keep new ones there
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Put the smallest set of inputs that covers as much into fuzz/corpus instead of searching
    #[arg(long)]
    minimize: bool,
    /// Which targets; all of them by default
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

/// Compiles one of our crates for the fuzzer, where cargo called this program for that.
pub fn compile() -> Option<Result<i32>> {
    std::env::var_os(COMPILING)?;
    let mut words = std::env::args_os().skip(1);
    let compiler = words.next()?;
    let status = Command::new(compiler).args(words).args(FLAGS).status();
    Some(
        status
            .map(|status| status.code().unwrap_or(1))
            .context("cannot run the compiler"),
    )
}

/// Builds and runs; 1 when a target found something.
pub fn run(arguments: &Arguments, repository: &Path) -> Result<i32> {
    let targets: Vec<&str> = TARGETS
        .into_iter()
        .filter(|name| arguments.targets.is_empty() || arguments.targets.iter().any(|t| t == name))
        .collect();
    if targets.len() < arguments.targets.len().max(1) {
        bail!("the targets are {}", TARGETS.join(", "));
    }
    let built = host::target_directory(repository);
    let (directory, binaries) = (built.join("fuzz"), built.join("debug"));
    build(repository, &targets)?;
    let mut failed = Vec::new();
    for target in targets {
        let places = Places {
            program: binaries.join(target),
            seeds: repository.join("fuzz/corpus").join(target),
            found: match &arguments.corpus {
                Some(corpus) => corpus.join(target),
                None => directory.join("corpus").join(target),
            },
            artifacts: directory.join("artifacts").join(target),
        };
        let held = if arguments.minimize {
            minimize(&places)?
        } else {
            search(&places, arguments.seconds)?
        };
        if !held {
            eprintln!("{target}: the input is in {}", places.artifacts.display());
            failed.push(target);
        }
    }
    if failed.is_empty() {
        return Ok(0);
    }
    eprintln!("fuzz: {} broken", failed.join(", "));
    Ok(1)
}

/// Of one target.
struct Places {
    program: PathBuf,
    /// The corpus in the repository.
    seeds: PathBuf,
    /// What is found beside it.
    found: PathBuf,
    /// Inputs that break something.
    artifacts: PathBuf,
}

fn build(repository: &Path, targets: &[&str]) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--quiet", "--package", "cryopod-fuzz"])
        .args(["--features", "libfuzzer"])
        .args(targets.iter().flat_map(|target| ["--bin", target]))
        .env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?)
        .env(COMPILING, "1")
        .current_dir(repository);
    if !cargo.status().context("cannot run cargo")?.success() {
        bail!("the fuzz targets do not compile");
    }
    Ok(())
}

/// Runs a target over its corpus, then over what it makes of it; whether it held.
fn search(places: &Places, seconds: u32) -> Result<bool> {
    fs::create_dir_all(&places.found)?;
    fs::create_dir_all(&places.artifacts)?;
    let mut program = Command::new(&places.program);
    program
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"])
        .args(["-verbosity=0", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/", places.artifacts.display()))
        .args([&places.found, &places.seeds]);
    Ok(status(&mut program)?)
}

/// Replaces the corpus in the repository by the smallest part of all inputs that covers as much.
fn minimize(places: &Places) -> Result<bool> {
    let smallest = places.artifacts.join("corpus");
    let _ = fs::remove_dir_all(&smallest);
    fs::create_dir_all(&smallest)?;
    let mut program = Command::new(&places.program);
    program
        .args(["-merge=1", "-max_len=65536", "-verbosity=0"])
        .args([&smallest, &places.seeds, &places.found]);
    if !status(&mut program)? {
        return Ok(false);
    }
    fs::remove_dir_all(&places.seeds)?;
    fs::create_dir_all(&places.seeds)?;
    for entry in fs::read_dir(&smallest)? {
        let entry = entry?;
        fs::copy(entry.path(), places.seeds.join(entry.file_name()))?;
    }
    fs::remove_dir_all(&smallest)?;
    Ok(true)
}

fn status(program: &mut Command) -> Result<bool> {
    let status = program.status();
    Ok(status.context("cannot run the target")?.success())
}
