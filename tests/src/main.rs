//! End-to-end tests of Cryopod, run inside a throw-away host (`cargo xtask e2e`, `make test`).
//!
//! Every test runs with each OCI runtime, but for those whose table says that one is enough, one
//! after another; arguments are libtest's. The word `demo` shows the main path on two hosts instead.
//! Nothing here knows the engine's code: tests see what users see. Run anywhere else than in a
//! throw-away host it removes all containers it finds, so it refuses to unless `HOST=local` says
//! that this is meant.

mod demo;
mod harness;
mod suites;

use std::process::ExitCode;
use std::sync::Arc;

use harness::pace::Pace;
use harness::{Engine, image};
use libtest_mimic::{Arguments, Trial};
use suites::{Runtimes, Test};

/// What tests run with.
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
    let pace = Arc::new(Pace::default());
    let mut trials = Vec::new();
    let suites = if harness::wait::in_vm() {
        suites::IN_VM
    } else if std::env::var_os("CRYOPOD_ENDURANCE").is_some() {
        suites::ENDURANCE
    } else {
        suites::ALL
    };
    let both = std::env::var_os("CRYOPOD_BOTH_RUNTIMES").is_some();
    for (suite, tests) in suites {
        for test in *tests {
            let body = test.body;
            for (runtime, whole) in names(suite, test) {
                let named = arguments.filter.as_deref().is_some_and(|filter| {
                    // More than "[crun]": this very test.
                    filter.contains("::") && filter.ends_with(']') && whole.contains(filter)
                });
                let wanted = match test.runtimes {
                    Runtimes::Both => true,
                    Runtimes::Once => both || named || runtime == one_for(suite, test.name),
                    Runtimes::Only(only) => runtime == only,
                };
                if !wanted {
                    continue;
                }
                let pace = Arc::clone(&pace);
                trials.push(Trial::test(whole.clone(), move || {
                    pace.of(&whole, || harness::run_clean(runtime, body));
                    Ok(())
                }));
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
    let conclusion = libtest_mimic::run(&arguments, trials);
    print!("{}", pace.slowest());
    conclusion.exit_code()
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
    tests
        .iter()
        .flat_map(|test| names(suite, test))
        .any(|(_, whole)| whole.contains(filter.as_str()))
}

/// A test's names, one for each runtime.
fn names(suite: &str, test: &Test) -> [(&'static str, String); 2] {
    RUNTIMES.map(|runtime| (runtime, format!("{suite}::{}[{runtime}]", test.name)))
}

/// The runtime of a test that is run once: always the same, and about as many for each.
fn one_for(suite: &str, name: &str) -> &'static str {
    // FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/
    let bytes = suite.bytes().chain(name.bytes());
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // The lowest bit of it is no more than the parity of the text's.
    RUNTIMES[usize::from(hash >> 16 & 1 == 1)]
}
