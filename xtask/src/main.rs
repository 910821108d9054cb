//! `cargo xtask`: what developers and the Makefile run beside cargo itself.
//!
//! Each task is a module; this file only names them. Nothing here is part of what users install.

mod bench;
mod cargo;
#[cfg(feature = "pages")]
mod compat;
#[cfg(feature = "pages")]
mod completions;
mod end_to_end;
mod fuzz;
mod gate;
mod host;
mod layers;
#[cfg(feature = "pages")]
mod man;
mod references;
mod source;
mod tidy;
mod vm;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Developer tasks of Cryopod.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run a command in a throw-away host (or two)
    Host(host::Arguments),
    /// Run a command in a virtual machine whose kernel tracks memory
    Vm(vm::Arguments),
    /// Run the end-to-end tests, or the demo, in a throw-away host
    E2e(end_to_end::Arguments),
    /// Run the fuzz targets, each for a bounded time
    Fuzz(fuzz::Arguments),
    /// Measure the release binaries beside Podman in a throw-away host
    Bench(bench::Arguments),
    /// Run every check and every test, and count them
    Test,
    /// Check the allowed edges between crates and between libcr's modules
    Layers,
    /// Check sizes, names and headers of source files
    Tidy,
    /// Check that files and tests which pages name are there
    References,
    /// Make roff pages in target/man from docs/man
    #[cfg(feature = "pages")]
    Man {
        /// Write nothing; fail when a command or flag has no line in its page
        #[arg(long)]
        check: bool,
    },
    /// Make the table of options in docs/compat.md
    #[cfg(feature = "pages")]
    Compat {
        /// Write nothing; fail when the page is stale or the table has a gap
        #[arg(long)]
        check: bool,
    },
    /// Make the shells' completions in completions/
    #[cfg(feature = "pages")]
    Completions {
        /// Write nothing; fail when a file is not what would be written
        #[arg(long)]
        check: bool,
    },
}

/// The workspace's root directory.
fn repository() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

fn main() -> ExitCode {
    match fuzz::compile().unwrap_or_else(|| run(Cli::parse())) {
        Ok(status) => ExitCode::from(u8::try_from(status).unwrap_or(1)),
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<i32> {
    let repository = repository();
    match cli.task {
        Task::Host(arguments) => host::run(&arguments, &repository),
        Task::Vm(arguments) => vm::run(&arguments, &repository),
        Task::E2e(arguments) => end_to_end::run(&arguments, &repository),
        Task::Fuzz(arguments) => fuzz::run(&arguments, &repository),
        Task::Bench(arguments) => bench::run(&arguments, &repository),
        Task::Test => gate::run(&repository),
        Task::Layers => {
            let violations = layers::check(&repository)?;
            Ok(report("layers", &violations))
        }
        Task::Tidy => {
            let findings = tidy::check(&repository)?;
            for warning in &findings.warnings {
                eprintln!("warning: {warning}");
            }
            Ok(report("tidy", &findings.errors))
        }
        Task::References => {
            let missing = references::check(&repository)?;
            Ok(report("references", &missing))
        }
        #[cfg(feature = "pages")]
        Task::Man { check: true } => man::check(&repository).map(|()| 0),
        #[cfg(feature = "pages")]
        Task::Man { check: false } => man::generate(&repository).map(|()| 0),
        #[cfg(feature = "pages")]
        Task::Compat { check: true } => compat::check(&repository).map(|()| 0),
        #[cfg(feature = "pages")]
        Task::Compat { check: false } => compat::generate(&repository).map(|()| 0),
        #[cfg(feature = "pages")]
        Task::Completions { check: true } => completions::check(&repository).map(|()| 0),
        #[cfg(feature = "pages")]
        Task::Completions { check: false } => completions::generate(&repository).map(|()| 0),
    }
}

fn report(check: &str, violations: &[String]) -> i32 {
    for violation in violations {
        eprintln!("{violation}");
    }
    if violations.is_empty() {
        println!("{check}: ok");
        return 0;
    }
    eprintln!("{check}: {} to mend", violations.len());
    1
}
