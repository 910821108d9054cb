//! No place at which an engine may die is without a test, and no fault without a line in the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{places, pods, stores};
use crate::suites::{ALL, IN_VM};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_place_has_a_test() {
    let mut files = Vec::new();
    for part in ["libcr/src", "cli/src", "network/src", "conmon-rs/src"] {
        sources(&repository().join(part), &mut files);
    }
    let mut places = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (at, call) in text.match_indices("fault::point(") {
            let rest = &text[at + call.len()..];
            let name = rest.split('"').nth(1).unwrap_or_default();
            assert!(
                rest.trim_start().starts_with('"'),
                "{}: the place has no plain name",
                file.display()
            );
            places.insert(name.to_owned());
        }
    }
    assert!(places.len() > 30, "{places:?}");
    let tested: BTreeSet<String> = places::PHASES
        .iter()
        .chain(stores::PHASES)
        .chain(pods::PHASES)
        .flat_map(|(_, places)| places.iter().map(|place| (*place).to_owned()))
        .collect();
    assert_eq!(places, tested);
}

#[test]
fn the_table_has_every_test_and_no_other() {
    let text = fs::read_to_string(repository().join("docs/faults.md")).unwrap();
    let all: BTreeSet<String> = ALL
        .iter()
        .chain(IN_VM)
        .flat_map(|(suite, tests)| {
            tests
                .iter()
                .map(move |test| format!("{suite}::{}", test.name))
        })
        .collect();
    let named: BTreeSet<String> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| {
            let suite = word.rsplit_once("::").map_or("", |(suite, _)| suite);
            ALL.iter().any(|(name, _)| *name == suite)
        })
        .map(str::to_owned)
        .collect();
    let unknown: Vec<_> = named.difference(&all).collect();
    assert!(unknown.is_empty(), "no such tests: {unknown:?}");
    let faults: BTreeSet<String> = all
        .into_iter()
        .filter(|name| name.starts_with("faults::"))
        .collect();
    let missing: Vec<_> = faults.difference(&named).collect();
    assert!(missing.is_empty(), "not in docs/faults.md: {missing:?}");
    let all = places::PHASES.iter().chain(stores::PHASES);
    for (test, places) in all.chain(pods::PHASES) {
        assert!(
            faults
                .iter()
                .any(|name| name.ends_with(&format!("::{test}"))),
            "{test} is no test"
        );
        for place in *places {
            assert!(text.contains(&format!("`{place}`")), "{place} is not told");
        }
    }
}
