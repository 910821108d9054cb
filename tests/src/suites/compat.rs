//! What docs/compat.md says of other engines, asked of the real ones.

use std::collections::BTreeSet;
use std::process::Command;

use super::{Tests, tests};
use crate::harness::{Host, command};

pub const TESTS: Tests = tests![peers_have_what_the_table_says];

const PAGE: &str = include_str!("../../../docs/compat.md");

/// The options in a column of the table, of one of our commands.
fn listed(column: &str, of: &str) -> BTreeSet<String> {
    let cells = |line: &str| -> Vec<String> {
        let cells = line.split('|').map(|cell| cell.trim().replace('`', ""));
        cells.collect()
    };
    let mut lines = PAGE.lines().filter(|line| line.starts_with('|'));
    let heading = cells(lines.next().unwrap());
    let at = heading.iter().position(|cell| cell == column).unwrap();
    let mut options = BTreeSet::new();
    for line in lines.map(cells).filter(|line| line[1] == of) {
        match line[at].as_str() {
            "same" => {
                options.insert(line[2].clone());
            }
            names if names.starts_with("--") => {
                options.extend(names.split(", ").map(str::to_owned));
            }
            _ => {}
        }
    }
    assert!(
        options.len() > 5,
        "the table's column {column}: {options:?}"
    );
    options
}

/// The long options in the first words of each line of `--help`.
fn helped(program: &str, words: &[&str]) -> BTreeSet<String> {
    let done = command::run(Command::new(program).args(words).arg("--help"), "");
    let mut options = BTreeSet::new();
    for line in done.stdout.lines().chain(done.stderr.lines()) {
        let words = line.trim_start().split_inclusive(' ');
        for word in words.take_while(|word| word.starts_with('-')) {
            let name = word.trim_end_matches([' ', ',']).split('=').next().unwrap();
            if name.starts_with("--") && !["--help", "--usage", "--version"].contains(&name) {
                options.insert(name.to_owned());
            }
        }
    }
    options
}

fn peers_have_what_the_table_says(host: &Host) {
    for verb in ["checkpoint", "restore"] {
        let ours = format!("container {verb}");
        for (column, words) in [
            ("Podman", &["container", verb][..]),
            (host.runtime, &[verb]),
        ] {
            let program = column.to_lowercase();
            let (listed, helped) = (listed(column, &ours), helped(&program, words));
            let untrue: Vec<_> = listed.difference(&helped).collect();
            assert!(untrue.is_empty(), "{program} {verb} lacks {untrue:?}");
            // A newer one than the table knows breaks nothing.
            for new in helped.difference(&listed) {
                eprintln!("warning: docs/compat.md lacks {new} of {program} {verb}");
            }
        }
    }
}
