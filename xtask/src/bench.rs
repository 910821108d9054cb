//! `cargo xtask bench`: measures the release binaries beside Podman inside a throw-away host.
//!
//! It builds what is missing; what is measured and how is the business of benches/.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::end_to_end;
use crate::host::{self, Shape};

/// Arguments of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Options of the benchmarks: --runs N, --megabytes N, --runtime NAME
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds, measures, and returns the benchmarks' exit status.
pub fn run(arguments: &Arguments, repository: &Path) -> Result<i32> {
    let mut cargo = crate::cargo::command();
    cargo
        .args(["build", "--quiet", "--release"])
        .args(["--package", "cr-benches", "--package", "cryopod-cli"])
        .args(["--package", "conmon-rs"])
        .current_dir(repository);
    if !cargo.status().context("cannot run cargo")?.success() {
        bail!("what is to be measured does not compile");
    }
    let target = host::target_directory(repository);
    let workload = end_to_end::compile_workload(repository, &target)?;
    let mut words = vec![
        "env".to_owned(),
        format!("WORKLOAD={}", workload.display()),
        target.join("release/cr-benches").display().to_string(),
    ];
    words.extend(arguments.rest.iter().cloned());
    let shape = Shape {
        pair: false,
        // Ours tells CRIU itself; without this Podman would pay for cgroup state that it doesn't
        // need, and for ten programs that lock and unlock the network.
        criu_configuration: true,
    };
    host::run_in(repository, shape, false, &words)
}
