//! Measures Cryopod and Podman side by side in a throw-away host (`cargo xtask bench`, `make bench`).
//!
//! Both engines do the same steps on containers of the same image, one after the other within a
//! round, and the other one first in the next round. What counts is the ratio of such a pair: both
//! halves met the same machine. Nothing here knows the engine's code, and it refuses to run outside
//! of a throw-away host, because it removes the containers that it finds.

#![forbid(unsafe_code)]

mod arguments;
mod engine;
mod facts;
mod image;
mod measured;
mod scenario;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

use arguments::Arguments;
use engine::Engine;
use scenario::{PARTS, Subject};
use table::Table;

/// On a disk: an archive in a tmpfs would cost no writing.
const DIRECTORY: &str = "/var/tmp/cryopod-bench";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some((measured::WORD, rest)) = words.split_first().map(|(a, b)| (a.as_str(), b)) {
        return measured::measure(rest);
    }
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<()> {
    let arguments = Arguments::parse(words)?;
    if std::env::var_os("CRYOPOD_HOST").is_none() {
        bail!("run this through `cargo xtask bench`: it removes all containers it finds");
    }
    let directory = PathBuf::from(DIRECTORY);
    std::fs::create_dir_all(&directory)?;
    let done = compare(&arguments, &directory);
    let removed = std::fs::remove_dir_all(&directory);
    done?;
    Ok(removed?)
}

fn compare(arguments: &Arguments, directory: &Path) -> Result<()> {
    facts::print_before()?;
    let archive = image::make(directory)?;
    for runtime in &arguments.runtimes {
        let pair = Engine::pair(runtime);
        for engine in &pair {
            engine.ok(&["import", &archive.display().to_string(), image::NAME])?;
            // What an engine makes once for all (database, chains, kernel probes) is no part of it.
            engine.ok(&["run", "--rm", image::NAME, "true"])?;
        }
        let mut table = Table::new(&format!("{runtime}, {} rounds", arguments.runs));
        for megabytes in &arguments.megabytes {
            for round in 0..arguments.runs {
                eprintln!("{runtime}, {megabytes} MiB, round {}", round + 1);
                one_round(&pair, *megabytes, round, directory, &mut table)?;
            }
        }
        print!("\n{table}");
    }
    facts::print_after();
    Ok(())
}

/// Each part of the scenario by one engine and at once by the other, who begins alternating.
fn one_round(
    pair: &[Engine; 2],
    megabytes: u32,
    round: usize,
    directory: &Path,
    table: &mut Table,
) -> Result<()> {
    for part in PARTS {
        let mut results = [Vec::new(), Vec::new()];
        for turn in 0..2 {
            let which = (round + turn) % 2;
            let subject = Subject {
                engine: &pair[which],
                megabytes,
                seed: round + 1,
                directory,
            };
            scenario::settle()?;
            let done = part(&subject);
            subject.engine.remove_all()?;
            results[which] = done?;
        }
        let [ours, theirs] = results;
        for (mine, other) in ours.iter().zip(&theirs) {
            table.add(megabytes, mine, other);
        }
    }
    Ok(())
}
