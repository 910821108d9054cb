//! `cargo xtask test`: everything that must pass, step after step, with one line that sums it up.
//!
//! A failed step doesn't hide those after it; only what a step needs stops it. Tests are counted
//! from what their runners print; a step without tests of its own counts as one.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

/// Our crates are compiled once, by the compiler with clippy in it: a check of its own would compile
/// what they depend on twice, once without code, and takes six minutes of two cores. This is how
/// `cargo clippy -- -D warnings` calls it.
const LINTING: [(&str, &str); 2] = [
    ("RUSTC_WORKSPACE_WRAPPER", "clippy-driver"),
    (
        "CLIPPY_ARGS",
        "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
    ),
];

/// One step: its name, the arguments for cargo or for xtask itself.
struct Step {
    name: &'static str,
    program: Program,
    words: Vec<&'static str>,
}

/// Who runs a step.
enum Program {
    Cargo,
    Xtask,
}

/// Numbers of tests that passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
}

/// Runs all steps, prints `N passed, N failed` last and returns the exit status.
pub fn run(repository: &Path) -> Result<i32> {
    // The file is replaced when the steps compile this program as well.
    let own = std::env::current_exe().context("cannot find myself")?;
    let mut total = Count::default();
    let mut summary = Vec::new();
    let started = Instant::now();
    for stage in stages() {
        for (step, count, seconds) in run_stage(&stage, repository, &own)? {
            let verdict = if count.failed == 0 { "ok" } else { "FAILED" };
            let Count { passed, failed } = count;
            summary.push(format!(
                "{:28} {verdict:6} {passed:4} passed {failed:4} failed {seconds:7.1} s",
                step.name
            ));
            total.passed += passed;
            total.failed += failed;
        }
    }
    println!(
        "\n=== Summary, {:.0} s in all",
        started.elapsed().as_secs_f64()
    );
    for line in summary {
        println!("{line}");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(i32::from(total.failed > 0))
}

/// Stages follow one another; the steps of a stage run at the same time.
fn stages() -> Vec<Vec<Step>> {
    let has_nextest = Command::new("cargo-nextest")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let unit = if has_nextest {
        vec![
            "nextest",
            "run",
            "--workspace",
            "--no-tests=pass",
            "--no-fail-fast",
            "--status-level=fail",
        ]
    } else {
        vec!["test", "--workspace", "--quiet", "--lib", "--bins"]
    };
    let cargo = |name, words| Step {
        name,
        program: Program::Cargo,
        words,
    };
    let xtask = |name, words| Step {
        name,
        program: Program::Xtask,
        words,
    };
    let first = vec![cargo("format", vec!["fmt", "--all", "--check"])];
    let everything = vec!["build", "--workspace", "--all-targets", "--quiet"];
    let made = vec![
        cargo("compiler and lints", everything),
        // It waits for the network while the compiler is at work.
        xtask("host", vec!["host", "--", "true"]),
    ];
    let in_turn = vec![
        xtask("layers", vec!["layers"]),
        xtask("tidy", vec!["tidy"]),
        xtask("references", vec!["references"]),
        xtask("man pages", vec!["man", "--check"]),
        xtask("completions", vec!["completions", "--check"]),
        xtask("compatibility", vec!["compat", "--check"]),
        cargo("unit tests", unit),
        xtask("fuzzing", vec!["fuzz", "--seconds", "15"]),
    ];
    // Tests wait for processes more than they compute: two hosts at a time are quicker on two cores,
    // and the VM, which only computes, takes what they leave.
    let end_to_end = vec![
        xtask("end-to-end tests, crun", vec!["e2e", "--", "[crun]"]),
        xtask("end-to-end tests, runc", vec!["e2e", "--", "[runc]"]),
        xtask("end-to-end tests in the VM", vec!["e2e", "--vm"]),
    ];
    let last = vec![xtask("demo", vec!["e2e", "--demo"])];
    let alone = |steps: Vec<Step>| steps.into_iter().map(|step| vec![step]);
    let mut stages = vec![first, made];
    stages.extend(alone(in_turn));
    stages.push(end_to_end);
    stages.extend(alone(last));
    stages
}

/// Runs the steps of a stage at the same time: each with its numbers and its seconds.
fn run_stage<'s>(
    stage: &'s [Step],
    repository: &Path,
    own: &Path,
) -> Result<Vec<(&'s Step, Count, f64)>> {
    let names: Vec<&str> = stage.iter().map(|step| step.name).collect();
    println!("\n=== {}", names.join(" and "));
    let together = stage.len() > 1;
    std::thread::scope(|scope| {
        let started = Instant::now();
        let run = move |step: &'s Step| {
            let count = run_step(step, repository, own, together)?;
            Ok((step, count, started.elapsed().as_secs_f64()))
        };
        let running: Vec<_> = stage
            .iter()
            .map(|step| scope.spawn(move || run(step)))
            .collect();
        let ended = running.into_iter().map(|step| {
            step.join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a step of the gate panicked")))
        });
        ended.collect()
    })
}

/// Runs a step, passing on what it prints, and counts. Of one that doesn't run alone, what isn't a
/// test's verdict is held back until its end, so that it can be read.
fn run_step(step: &Step, repository: &Path, own: &Path, together: bool) -> Result<Count> {
    let mut command = match step.program {
        Program::Cargo => crate::cargo::command(),
        Program::Xtask => Command::new(own),
    };
    command
        .args(&step.words)
        .envs(LINTING)
        .current_dir(repository)
        .stdin(Stdio::null());
    // Runners speak on either stream; both go through one pipe so that their order stays.
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run step {}", step.name))?;
    drop(command);
    let mut count = Count::default();
    let mut held = String::new();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        if together && !text.starts_with("test ") {
            held.push_str(&text);
            held.push('\n');
        } else {
            println!("{text}");
            std::io::stdout().flush()?;
        }
        if let Some(more) = counted(&text) {
            count.passed += more.passed;
            count.failed += more.failed;
        }
    }
    let succeeded = child.wait()?.success();
    if together {
        print!("\n--- {}\n{held}", step.name);
    }
    if succeeded && count == Count::default() {
        count.passed = 1;
    }
    if !succeeded && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// The numbers in a runner's closing line: libtest's `test result: …`, nextest's `Summary […] …`.
fn counted(line: &str) -> Option<Count> {
    let line = without_colours(line);
    let line = line.trim();
    if !line.starts_with("test result:") && !line.starts_with("Summary [") {
        return None;
    }
    let number = |what: &str| {
        let before = line
            .split(what)
            .next()
            .filter(|before| before.len() < line.len())?;
        before.split_whitespace().last()?.parse().ok()
    };
    let failed = number(" failed").unwrap_or(0) + number(" timed out").unwrap_or(0);
    Some(Count {
        passed: number(" passed").unwrap_or(0),
        failed,
    })
}

fn without_colours(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut escaped = false;
    for character in line.chars() {
        match (escaped, character) {
            (false, '\u{1b}') => escaped = true,
            (false, other) => out.push(other),
            (true, 'a'..='z' | 'A'..='Z') => escaped = false,
            (true, _) => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_closing_lines() {
        let count = |passed, failed| Some(Count { passed, failed });
        let libtest =
            "test result: FAILED. 62 passed; 8 failed; 0 ignored; 0 measured; 72 filtered out";
        assert_eq!(counted(libtest), count(62, 8));
        let nextest = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.007s] 13 tests run: 12 passed, 1 failed, 0 skipped";
        assert_eq!(counted(nextest), count(12, 1));
        assert_eq!(
            counted("     Summary [   0.007s] 13 tests run: 13 passed (1 slow), 0 skipped"),
            count(13, 0)
        );
        assert_eq!(counted("1 passed"), None);
    }
}
