//! `cargo xtask fuzz`: builds the targets of `fuzz/` with libFuzzer and coverage, and runs each over
//! its corpus for a bounded time.
//!
//! What cargo-fuzz would do, without having to be installed and with the stable compiler. Our own
//! crates are compiled with coverage, through this very program as cargo's wrapper of the compiler;
//! all others are those of the tests, whose generic parts are compiled with ours anyway. New inputs go
//! to a directory of their own in `target/fuzz`, so that a run never changes the repository.

use std::fs::{self, File};
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

/// How much of what a broken target said is shown.
const LAST_LINES: usize = 60;

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
    let all: Vec<Target> = targets
        .into_iter()
        .map(|name| Target {
            name,
            program: binaries.join(name),
            seeds: repository.join("fuzz/corpus").join(name),
            found: match &arguments.corpus {
                Some(corpus) => corpus.join(name),
                None => directory.join("corpus").join(name),
            },
            artifacts: directory.join("artifacts").join(name),
            log: directory.join(format!("{name}.log")),
        })
        .collect();
    if arguments.minimize {
        all.iter().try_for_each(minimize)?;
        return Ok(0);
    }
    search(&all, arguments.seconds)
}

/// A target and where its files are.
struct Target {
    name: &'static str,
    program: PathBuf,
    /// The corpus in the repository.
    seeds: PathBuf,
    /// What is found beside it.
    found: PathBuf,
    /// Inputs that break something.
    artifacts: PathBuf,
    /// What the target says.
    log: PathBuf,
}

fn build(repository: &Path, targets: &[&str]) -> Result<()> {
    let mut cargo = crate::cargo::command();
    cargo
        .args(["build", "--quiet", "--package", "cryopod-fuzz"])
        .args(["--features", "libfuzzer"])
        // Half the time of the build, and inputs are small.
        .args(["--config", "profile.dev.package.libcr.opt-level=0"])
        .args(["--config", "profile.dev.package.libcr.debug=0"])
        .args(targets.iter().flat_map(|target| ["--bin", target]))
        .env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?)
        .env(COMPILING, "1")
        .current_dir(repository);
    if !cargo.status().context("cannot run cargo")?.success() {
        bail!("the fuzz targets do not compile");
    }
    Ok(())
}

/// Runs the targets side by side over their corpora, then over what they make of them.
fn search(targets: &[Target], seconds: u32) -> Result<i32> {
    let mut running = Vec::new();
    for target in targets {
        fs::create_dir_all(&target.found)?;
        fs::create_dir_all(&target.artifacts)?;
        let log = File::create(&target.log)?;
        let mut program = Command::new(&target.program);
        program
            .arg(format!("-max_total_time={seconds}"))
            .args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"])
            .arg("-print_final_stats=1")
            .arg(format!("-artifact_prefix={}/", target.artifacts.display()))
            .args([&target.found, &target.seeds])
            .stdout(log.try_clone()?)
            .stderr(log);
        running.push((target, program.spawn().context("cannot run a target")?));
    }
    let mut broken = 0;
    for (target, mut child) in running {
        let held = child.wait()?.success();
        let log = String::from_utf8_lossy(&fs::read(&target.log)?).into_owned();
        if held {
            println!("{}", summary(target.name, &log));
            continue;
        }
        broken = 1;
        let lines: Vec<&str> = log.lines().collect();
        for line in &lines[lines.len().saturating_sub(LAST_LINES)..] {
            eprintln!("{line}");
        }
        eprintln!(
            "{}: broken by an input in {}",
            target.name,
            target.artifacts.display()
        );
    }
    Ok(broken)
}

/// What a run came to, in a line.
fn summary(name: &str, log: &str) -> String {
    let number = |before: &str| {
        let last = log.lines().rev().find_map(|line| line.split_once(before));
        last.and_then(|(_, rest)| rest.split_whitespace().next())
            .unwrap_or("?")
    };
    let (runs, edges) = (number("number_of_executed_units:"), number(" cov: "));
    format!("{name}: held {runs} inputs, {edges} edges covered")
}

/// Replaces the corpus in the repository by the smallest part of all inputs that covers as much.
fn minimize(target: &Target) -> Result<()> {
    let smallest = target.artifacts.join("corpus");
    if smallest.exists() {
        fs::remove_dir_all(&smallest)?;
    }
    fs::create_dir_all(&smallest)?;
    let mut program = Command::new(&target.program);
    program
        .args(["-merge=1", "-max_len=65536"])
        .args([&smallest, &target.seeds, &target.found]);
    if !program.status().context("cannot run a target")?.success() {
        bail!("{} does not hold its corpus", target.name);
    }
    fs::remove_dir_all(&target.seeds)?;
    fs::create_dir_all(&target.seeds)?;
    for entry in fs::read_dir(&smallest)? {
        let entry = entry?;
        fs::copy(entry.path(), target.seeds.join(entry.file_name()))?;
    }
    Ok(fs::remove_dir_all(&smallest)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_summed_up() {
        let log = "#9\tNEW    cov: 8401 ft: 22988 corp: 1\nstat::number_of_executed_units: 741\n";
        let line = summary("dumps", log);
        assert_eq!(line, "dumps: held 741 inputs, 8401 edges covered");
        assert_eq!(summary("x", ""), "x: held ? inputs, ? edges covered");
    }
}
