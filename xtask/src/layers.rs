//! `cargo xtask layers`: the table of allowed edges between crates and between libcr's modules.
//!
//! design: cli, api → ops → ops/steps → the subsystems → sys → model, and nothing the other way;
//! subsystems don't know each other and operations don't call operations. An edge that is not in
//! the tables below fails with its file and line. To allow a new one is a decision about the
//! architecture: change ARCHITECTURE.md with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::source::{self, NamedPath};

/// libcr's subsystems: each may use sys, model and the shared files, none another subsystem.
const SUBSYSTEMS: &[&str] = &[
    "runtime", "criu", "archive", "wire", "monitor", "storage", "image", "registry", "store", "net",
];

/// Shared files at libcr's top that everything above sys may use.
const SHARED: &[&str] = &["config", "error", "progress", "seal"];

/// Folders below ops/ whose files are operations of their own; any other folder is one operation.
const GROUPS: &[&str] = &["lifecycle", "images", "volumes", "checkpoints"];

/// Which crates of the workspace each crate may depend on.
const CRATES: &[(&str, &[&str])] = &[
    ("libcr", &["network"]),
    ("network", &[]),
    ("conmon-rs", &[]),
    ("cli", &["libcr", "cryopod-api"]),
    ("api", &["libcr"]),
    ("xtask", &["cryopod-cli", "cryopod-api"]),
    ("tests", &[]),
    ("benches", &[]),
    ("fuzz", &["libcr"]),
];

/// Outside crates that only one of ours may use.
const RESERVED: &[(&str, &str)] = &[("rusqlite", "libcr"), ("oci-spec", "libcr")];

/// The top modules of libcr that a top module may use; none for one that the table doesn't know.
fn allowed(from: &str) -> Option<BTreeSet<&'static str>> {
    let below = ["sys", "model"];
    let list: Vec<&'static str> = match from {
        "model" => vec![],
        "sys" | "progress" => vec!["model"],
        "seal" => below.to_vec(),
        "config" => vec!["model", "sys", "error", "seal"],
        "error" => [SUBSYSTEMS, &below, &["ops", "seal"]].concat(),
        "engine" => [SUBSYSTEMS, SHARED, &below].concat(),
        "ops" => [SUBSYSTEMS, SHARED, &below, &["engine"]].concat(),
        "operations" => [SHARED, &below, &["engine", "ops"]].concat(),
        "lib" => [SUBSYSTEMS, SHARED, &below, &["engine", "ops", "operations"]].concat(),
        _ if SUBSYSTEMS.contains(&from) => [SHARED, &below].concat(),
        _ => return None,
    };
    Some(list.into_iter().collect())
}

/// Checks the workspace at `repository`; returns a line for each forbidden edge.
pub fn check(repository: &Path) -> Result<Vec<String>> {
    let mut violations = Vec::new();
    for (name, may_use) in CRATES {
        let manifest = repository.join(name).join("Cargo.toml");
        if let Ok(text) = fs::read_to_string(&manifest) {
            violations.extend(
                check_manifest(name, may_use, &text)
                    .into_iter()
                    .map(|(line, what)| format!("{name}/Cargo.toml:{line}: {what}")),
            );
        }
    }
    let sources = repository.join("libcr/src");
    let files = source::rust_files(&sources)?;
    let modules: BTreeSet<Vec<String>> = files
        .iter()
        .map(|file| module_of(file.strip_prefix(&sources).unwrap_or(file)))
        .collect();
    for file in &files {
        let text =
            fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let relative = file.strip_prefix(&sources).unwrap_or(file);
        let shown = file.strip_prefix(repository).unwrap_or(file).display();
        for (line, what) in check_file(relative, &text, &modules) {
            violations.push(format!("{shown}:{line}: {what}"));
        }
    }
    Ok(violations)
}

fn check_manifest(name: &str, may_use: &[&str], text: &str) -> Vec<(usize, String)> {
    let ours = [
        "libcr",
        "network",
        "conmon-rs",
        "cryopod-cli",
        "cryopod-api",
        "xtask",
        "cr-tests",
        "cr-benches",
        "cryopod-fuzz",
    ];
    let mut found = Vec::new();
    let mut in_dependencies = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies");
            continue;
        }
        let word: &str = line
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .next()
            .unwrap_or("");
        if !in_dependencies || word.is_empty() || line.starts_with('#') {
            continue;
        }
        if ours.contains(&word) && !may_use.contains(&word) {
            found.push((
                number + 1,
                format!("crate {name} must not depend on {word}"),
            ));
        }
        if let Some((_, owner)) = RESERVED
            .iter()
            .find(|(what, owner)| *what == word && *owner != name)
        {
            found.push((number + 1, format!("only {owner} may use {word}")));
        }
    }
    found
}

/// The module path of a file below src/: `ops/steps/mod.rs` is ops, steps; `lib.rs` is empty.
fn module_of(relative: &Path) -> Vec<String> {
    let path: PathBuf = relative.with_extension("");
    let mut parts: Vec<String> = path
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

fn check_file(
    relative: &Path,
    text: &str,
    modules: &BTreeSet<Vec<String>>,
) -> Vec<(usize, String)> {
    let own = module_of(relative);
    if own.last().is_some_and(|last| last == "tests") {
        return Vec::new();
    }
    let top = own.first().map_or("lib", String::as_str);
    let Some(may_use) = allowed(top) else {
        return vec![(
            1,
            format!("module {top} has no line in the table of xtask/src/layers.rs"),
        )];
    };
    let cleaned = source::without_tests(&source::without_comments_and_literals(text));
    let mut found = Vec::new();
    for path in source::named_paths(&cleaned) {
        let target = resolve(&own, &path);
        let Some(first) = target.first() else {
            continue;
        };
        let known = modules.contains(&target[..1]);
        if first != top && known && !may_use.contains(first.as_str()) {
            found.push((path.line, format!("{top} must not use {first}")));
        } else if let Some((from, to)) = forbidden_in_ops(&own, &target, modules) {
            found.push((
                path.line,
                format!("operation {from} must not use operation {to}"),
            ));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The path from the crate's root that a path in the module `own` means.
fn resolve(own: &[String], path: &NamedPath) -> Vec<String> {
    let mut base = match path.segments.first().map(String::as_str) {
        Some("crate") => Vec::new(),
        _ => own.to_vec(),
    };
    for segment in &path.segments {
        match segment.as_str() {
            "crate" | "self" => {}
            "super" => {
                base.pop();
            }
            _ => base.push(segment.clone()),
        }
    }
    base
}

/// The operation that a module path below ops belongs to; none for steps and for ops itself.
fn operation(path: &[String], modules: &BTreeSet<Vec<String>>) -> Option<Vec<String>> {
    if path.first()? != "ops" || path.get(1)? == "steps" {
        return None;
    }
    let depth = if GROUPS.contains(&path[1].as_str()) {
        3
    } else {
        2
    };
    let operation = path.get(..depth)?.to_vec();
    modules.contains(&operation).then_some(operation)
}

fn forbidden_in_ops(
    own: &[String],
    target: &[String],
    modules: &BTreeSet<Vec<String>>,
) -> Option<(String, String)> {
    let in_steps = own.first().is_some_and(|top| top == "ops")
        && own.get(1).is_some_and(|second| second == "steps");
    let to = operation(target, modules)?;
    if in_steps {
        return Some(("ops::steps".to_owned(), to.join("::")));
    }
    let from = operation(own, modules)?;
    (from != to).then(|| (from.join("::"), to.join("::")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules() -> BTreeSet<Vec<String>> {
        [
            "lib.rs",
            "engine.rs",
            "error.rs",
            "model/mod.rs",
            "sys/mod.rs",
            "store/mod.rs",
            "criu/mod.rs",
            "ops/mod.rs",
            "ops/steps/mod.rs",
            "ops/steps/dump.rs",
            "ops/checkpoint.rs",
            "ops/restore.rs",
            "ops/lifecycle/mod.rs",
            "ops/lifecycle/run.rs",
            "ops/lifecycle/stop.rs",
            "ops/migrate/mod.rs",
            "ops/migrate/plan.rs",
            "ops/migrate/source.rs",
        ]
        .iter()
        .map(|path| module_of(Path::new(path)))
        .collect()
    }

    fn errors(path: &str, text: &str) -> Vec<String> {
        check_file(Path::new(path), text, &modules())
            .into_iter()
            .map(|(line, what)| format!("{line}: {what}"))
            .collect()
    }

    #[test]
    fn downward_edges_pass() {
        assert!(
            errors(
                "ops/checkpoint.rs",
                "use crate::ops::steps::dump;\nuse crate::{criu::X, engine::Engine};"
            )
            .is_empty()
        );
        assert!(
            errors(
                "store/row.rs",
                "use super::open;\nuse crate::model::id;\nuse crate::error::E;"
            )
            .is_empty()
        );
        assert!(errors("ops/migrate/source.rs", "use super::plan;").is_empty());
        assert!(
            errors(
                "ops/lifecycle/mod.rs",
                "pub use self::run::Run;\nuse crate::ops::lifecycle::stop;"
            )
            .is_empty()
        );
    }

    #[test]
    fn other_edges_fail_with_line() {
        assert_eq!(
            errors("store/mod.rs", "\nuse crate::{model, criu::images};"),
            ["2: store must not use criu"]
        );
        assert_eq!(
            errors("model/id.rs", "fn a() { crate::sys::b() }"),
            ["1: model must not use sys"]
        );
        assert_eq!(
            errors("ops/checkpoint.rs", "use super::restore::R;"),
            ["1: operation ops::checkpoint must not use operation ops::restore"]
        );
        assert_eq!(
            errors("ops/lifecycle/run.rs", "use super::stop::stop;"),
            ["1: operation ops::lifecycle::run must not use operation ops::lifecycle::stop"]
        );
        assert_eq!(
            errors("ops/steps/dump.rs", "use crate::ops::checkpoint::O;"),
            ["1: operation ops::steps must not use operation ops::checkpoint"]
        );
        assert_eq!(errors("new.rs", "").len(), 1);
    }

    #[test]
    fn tests_comments_and_strings_are_free() {
        let text = "//! crate::criu\nconst A: &str = \"crate::criu\";\n#[cfg(test)]\nmod tests { use crate::criu; }";
        assert!(errors("store/mod.rs", text).is_empty());
    }

    #[test]
    fn manifests() {
        let text = "[dependencies]\nlibcr.workspace = true\nserde = \"1\"\n[lints]\nworkspace = true\n[dev-dependencies]\nrusqlite.workspace = true\n";
        let found = check_manifest("network", &[], text);
        assert_eq!(
            found.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [2, 7]
        );
    }
}
