//! End-to-end tests of Cryopod, run inside a throw-away host (`cargo xtask e2e`, `make test`).
//!
//! Every test runs once for each OCI runtime, one after another; arguments are libtest's. The word
//! `demo` shows the main path on two hosts instead. Nothing here knows the engine's code: tests see
//! what users see. Run anywhere else than in a throw-away host it removes all containers it finds,
//! so it refuses to unless `HOST=local` says that this is meant.

mod demo;
mod harness;
mod suites;

use std::process::ExitCode;

use harness::{Engine, image};
use libtest_mimic::{Arguments, Trial};

/// Every test runs once with each.
const RUNTIMES: [&str; 2] = ["crun", "runc"];

fn main() -> ExitCode {
    let in_host = std::env::var_os("CRYOPOD_HOST").is_some();
    if !in_host && std::env::var_os("HOST").is_none_or(|value| value != "local") {
        eprintln!("Error: run this through `cargo xtask e2e`: it removes all containers it finds");
        return ExitCode::FAILURE;
    }
    if std::env::args().nth(1).is_some_and(|word| word == "demo") {
        return demo::run();
    }
    let mut arguments = Arguments::from_args();
    if arguments.test_threads.is_none() {
        arguments.test_threads = Some(1);
    }
    let mut trials = Vec::new();
    let suites = if harness::wait::in_vm() {
        suites::IN_VM
    } else if std::env::var_os("CRYOPOD_ENDURANCE").is_some() {
        suites::ENDURANCE
    } else {
        suites::ALL
    };
    for (suite, tests) in suites {
        for (name, body) in *tests {
            for runtime in RUNTIMES {
                trials.push(Trial::test(
                    format!("{suite}::{name}[{runtime}]"),
                    move || {
                        harness::run_clean(runtime, *body);
                        Ok(())
                    },
                ));
            }
        }
    }
    if !arguments.list {
        let engine = Engine::under_test();
        let directory = tempfile::tempdir_in("/var/tmp").expect("a directory for the image");
        let archive = image::make_root(directory.path());
        println!(
            "under test: {} ({})",
            engine.program,
            engine.ok(&["--version"])
        );
        harness::prepare(&engine, &archive);
        if !harness::wait::in_vm() && is_selected(&arguments, "workloads::programs") {
            let programs = image::make_programs(directory.path());
            engine.ok(&["import", &programs.display().to_string(), image::PROGRAMS]);
        }
        if !engine.is_podman()
            && !harness::wait::in_vm()
            && is_selected(&arguments, "networks::cni")
        {
            suites::prepare_cni(&engine);
        }
        let interop = trials.iter().any(|trial| {
            let wanted = arguments.filter.as_ref();
            trial.name().contains("interop")
                && wanted.is_none_or(|filter| trial.name().contains(filter))
        });
        if interop && !engine.is_podman() {
            let podman = Engine::podman();
            harness::prepare(&podman, &archive);
            harness::share_image(&podman, &engine, directory.path());
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Whether any test of the suite may run: what only its tests need is made then alone.
fn is_selected(arguments: &Arguments, suite: &str) -> bool {
    let Some(filter) = &arguments.filter else {
        return true;
    };
    let (_, tests) = suites::ALL
        .iter()
        .find(|(name, _)| *name == suite)
        .expect("a suite of the table");
    tests.iter().any(|(name, _)| {
        RUNTIMES
            .iter()
            .any(|runtime| format!("{suite}::{name}[{runtime}]").contains(filter.as_str()))
    })
}
