//! `cargo xtask tidy`: rules of size, naming and completeness that no compiler lint covers.
//!
//! A file is one idea with a header that says which; a folder can be read at a glance; a name tells
//! what is inside; nothing is left for later.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::source;

/// More lines of code than this fail.
const MOST_LINES: usize = 800;
/// More lines of code than this are worth a warning.
const MANY_LINES: usize = 400;
/// More source files than this in a folder fail.
const MOST_FILES: usize = 15;
/// File names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "manager", "misc", "stuff",
];
/// What may not stay in the code.
const UNFINISHED: &[&str] = &["#[ignore", "todo!(", "unimplemented!("];

/// What tidy found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Broken rules, one a line, with file and where known line.
    pub errors: Vec<String>,
    /// What a reviewer should look at.
    pub warnings: Vec<String>,
}

/// Checks all Rust files of the repository.
pub fn check(repository: &Path) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for file in source::rust_files(repository)? {
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let relative = file.strip_prefix(repository).unwrap_or(&file);
        check_file(relative, &text, &mut findings);
        *folders
            .entry(relative.parent().unwrap_or(Path::new("")).to_path_buf())
            .or_default() += 1;
    }
    for (folder, count) in folders {
        if count > MOST_FILES {
            let shown = folder.display();
            findings.errors.push(format!(
                "{shown}: {count} source files, {MOST_FILES} is the limit"
            ));
        }
    }
    Ok(findings)
}

fn check_file(relative: &Path, text: &str, findings: &mut Findings) {
    let shown = relative.display();
    if !text.trim_start().starts_with("//!") {
        findings.errors.push(format!(
            "{shown}:1: does not begin with module documentation (//!)"
        ));
    }
    let name = relative
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    if let Some(word) = name
        .iter()
        .flat_map(|name| name.split('_'))
        .find(|word| EMPTY_NAMES.contains(word))
    {
        findings
            .errors
            .push(format!("{shown}: `{word}` in a file name says nothing"));
    }
    let cleaned = source::without_comments_and_literals(text);
    let lines = cleaned
        .lines()
        .filter(|line| !line.trim().is_empty())
        .count();
    if lines > MOST_LINES {
        findings.errors.push(format!(
            "{shown}: {lines} lines of code, {MOST_LINES} is the limit"
        ));
    } else if lines > MANY_LINES {
        findings.warnings.push(format!(
            "{shown}: {lines} lines of code, more than {MANY_LINES}"
        ));
    }
    for (number, line) in cleaned.lines().enumerate() {
        for word in UNFINISHED.iter().filter(|word| line.contains(**word)) {
            findings
                .errors
                .push(format!("{shown}:{}: `{word}` must not stay", number + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Findings {
        let mut findings = Findings::default();
        check_file(Path::new(path), text, &mut findings);
        findings
    }

    #[test]
    fn a_tidy_file_passes() {
        assert_eq!(
            findings("a/b.rs", "//! What it is for.\nfn a() {}\n"),
            Findings::default()
        );
    }

    #[test]
    fn each_rule_is_kept() {
        assert_eq!(findings("a.rs", "fn a() {}").errors.len(), 1);
        assert_eq!(findings("path_utils.rs", "//! x\n").errors.len(), 1);
        assert_eq!(
            findings("a.rs", "//! x\nfn a() { todo!() }\n// todo!()\n").errors,
            ["a.rs:2: `todo!(` must not stay"]
        );
        let long = format!("//! x\n{}", "let a = 1;\n".repeat(801));
        assert_eq!(findings("a.rs", &long).errors.len(), 1);
        let longish = format!(
            "//! x\n{}{}",
            "let a = 1;\n".repeat(401),
            "// c\n\n".repeat(900)
        );
        assert_eq!(findings("a.rs", &longish).errors.len(), 0);
        assert_eq!(findings("a.rs", &longish).warnings.len(), 1);
    }
}
