//! What the pages for people name must be there: files of the repository and end-to-end tests.
//!
//! A page that says which code and which test holds a rule is worth as much as those names are
//! true. Only code spans are looked at; whether the test shows what the page says is a reviewer's
//! question.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Pages whose code spans with `::` are tests, all of them.
const NAMING_TESTS: &[&str] = &[
    "docs/threat-model.md",
    "docs/hostile-archives.md",
    "docs/faults.md",
];
/// Pages beside those in docs/.
const AT_THE_TOP: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
];
/// Folders of docs/ that are looked into.
const FOLDERS: &[&str] = &["docs", "docs/format"];

/// Names in pages that nothing in the repository answers to, one a line.
pub fn check(repository: &Path) -> Result<Vec<String>> {
    let tests = tests(repository)?;
    let mut findings = Vec::new();
    for page in pages(repository)? {
        let text = fs::read_to_string(repository.join(&page))
            .with_context(|| format!("cannot read {page}"))?;
        for (number, line) in text.lines().enumerate() {
            for span in code_spans(line) {
                let missing = if is_path(repository, span) {
                    !repository.join(span).exists()
                } else {
                    NAMING_TESTS.contains(&page.as_str()) && is_test(span) && !tests.contains(span)
                };
                if missing {
                    findings.push(format!("{page}:{}: there is no `{span}`", number + 1));
                }
            }
        }
    }
    Ok(findings)
}

fn pages(repository: &Path) -> Result<Vec<String>> {
    let top = AT_THE_TOP.iter().map(|page| (*page).to_owned());
    let mut pages: Vec<String> = top.filter(|page| repository.join(page).exists()).collect();
    for folder in FOLDERS {
        let entries = fs::read_dir(repository.join(folder))
            .with_context(|| format!("cannot read {folder}"))?;
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if Path::new(&name)
                .extension()
                .is_some_and(|extension| extension == "md")
            {
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    pages.sort();
    Ok(pages)
}

/// What stands between backticks in a line.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// A path from the repository's root: its first part is a folder there.
fn is_path(repository: &Path, span: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || "/._-".contains(character);
    let Some((first, _)) = span.split_once('/') else {
        return false;
    };
    let built = matches!(first, "" | "." | ".." | "target");
    span.chars().all(plain) && !built && repository.join(first).is_dir()
}

fn is_test(span: &str) -> bool {
    let plain = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || "_:".contains(character)
    };
    span.contains("::") && span.chars().all(plain)
}

/// All end-to-end tests, by suite and name, as the test binary calls them.
fn tests(repository: &Path) -> Result<BTreeSet<String>> {
    let mut tests = BTreeSet::new();
    for (suite, text) in suites(repository)? {
        tests.extend(tests_in(&text).map(|name| format!("{suite}::{name}")));
    }
    Ok(tests)
}

/// The names in the tables of a suite.
pub fn tests_in(suite: &str) -> impl Iterator<Item = &str> {
    let lists = suite.split("tests![").skip(1);
    let lines = lists.flat_map(|list| list.split(']').next().unwrap_or_default().lines());
    let names = lines.flat_map(|line| line.split("//").next().unwrap_or_default().split(','));
    // The last word: those before it say which runtimes a test is run with.
    names.filter_map(|name| name.split_whitespace().last())
}

/// The suites by the names that the test binary has for them, each with its source.
pub fn suites(repository: &Path) -> Result<Vec<(String, String)>> {
    let folder = repository.join("tests/src/suites");
    let list = fs::read_to_string(folder.join("mod.rs")).context("cannot read the suites")?;
    let mut suites = Vec::new();
    for row in list.split("(\"").skip(1) {
        let Some((suite, rest)) = row.split_once("\", ") else {
            continue;
        };
        let module = rest.split(')').next().unwrap_or_default();
        let mut parts: Vec<&str> = module.split("::").collect();
        parts.pop();
        let path = folder.join(parts.join("/"));
        let file = [path.with_extension("rs"), path.join("mod.rs")];
        let text = file.iter().find_map(|file| fs::read_to_string(file).ok());
        let text = text.with_context(|| format!("the suite {suite} has no file"))?;
        suites.push((suite.to_owned(), text));
    }
    Ok(suites)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_a_line() {
        let found: Vec<&str> = code_spans("a `b` c `d/e.rs`, `f").collect();
        assert_eq!(found, ["b", "d/e.rs", "f"]);
    }

    #[test]
    fn a_test_is_told_from_a_path_and_from_code() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(is_path(root, "src/main.rs") && !is_path(root, "nowhere/main.rs"));
        assert!(!is_path(root, "src/<name>") && !is_path(root, "/src/main.rs"));
        assert!(is_test("phases::import") && !is_test("Engine::open") && !is_test("import"));
    }

    #[test]
    fn finds_the_tests_of_this_repository() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let tests = tests(&root)?;
        for name in ["lifecycle::detached_life", "bad_input::full_disk"] {
            assert!(tests.contains(name), "{name} in {tests:?}");
        }
        assert!(
            tests
                .iter()
                .any(|name| name.starts_with("workloads::trees::"))
        );
        assert!(tests.len() > 200);
        Ok(())
    }
}
