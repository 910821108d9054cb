//! Man pages: `docs/man/NAME.SECTION.md` to roff under `target/man/`, and the check that section 1,
//! a page a command, and the commands say the same: every flag has its heading, no heading names a
//! flag that isn't there. The text is written by hand; nothing here writes into `docs/`.

mod roff;

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Writes `target/man/NAME.SECTION` for each page, after checking them.
pub fn generate(root: &Path) -> Result<()> {
    check(root)?;
    let folder = root.join("target/man");
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    for (name, text) in pages(root)? {
        let file = folder.join(&name);
        let page = roff::convert(&text).with_context(|| format!("docs/man/{name}.md"))?;
        fs::write(&file, page).with_context(|| format!("write {}", file.display()))?;
    }
    Ok(())
}

/// Fails with one line for each page or flag that is missing, or that no command has.
pub fn check(root: &Path) -> Result<()> {
    let commands = pages(root)?
        .into_iter()
        .filter_map(|(name, text)| Some((name.strip_suffix(".1")?.to_owned(), text)))
        .collect();
    let findings = findings(&commands, &cryopod_cli::command());
    if !findings.is_empty() {
        bail!("man pages:\n  {}", findings.join("\n  "));
    }
    Ok(())
}

// Pages by name and section, without `.md`.
fn pages(root: &Path) -> Result<BTreeMap<String, String>> {
    let folder = root.join("docs/man");
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if let Some(name) = name.strip_suffix(".md") {
            pages.insert(name.to_owned(), fs::read_to_string(&path)?);
        }
    }
    Ok(pages)
}

fn findings(pages: &BTreeMap<String, String>, root: &clap::Command) -> Vec<String> {
    let mut findings = Vec::new();
    let mut wanted = BTreeMap::new();
    collect(root, &[], root, &mut wanted);
    for (page, (command, flags)) in &wanted {
        let Some(text) = pages.get(page) else {
            findings.push(format!("`{command}` has no page docs/man/{page}.1.md"));
            continue;
        };
        let named = headings(text);
        for flag in flags.difference(&named) {
            findings.push(format!(
                "{page}.1.md: no heading `#### **{flag}**` (`{command}` has it)"
            ));
        }
        for flag in named.difference(flags) {
            findings.push(format!("{page}.1.md: {flag} is no flag of `{command}`"));
        }
        findings.extend(missing_parts(page, text, command));
    }
    for page in pages.keys().filter(|page| !wanted.contains_key(*page)) {
        findings.push(format!("{page}.1.md: there is no such command"));
    }
    findings
}

fn missing_parts(page: &str, text: &str, command: &str) -> Vec<String> {
    let mut parts = vec![
        format!("% {page} 1"),
        format!("## NAME\n{page} - "),
        "## SYNOPSIS\n".to_owned(),
        "## DESCRIPTION\n".to_owned(),
        "## SEE ALSO\n".to_owned(),
        format!("**{command}**"),
    ];
    parts.retain(|part| !text.contains(part.as_str()));
    parts
        .into_iter()
        .map(|part| format!("{page}.1.md: lacks {part:?}"))
        .collect()
}

type Wanted = BTreeMap<String, (String, BTreeSet<String>)>;

// Each command's page and the flags that belong in it. A page that several commands share is
// wanted once, with the flags of all.
fn collect(command: &clap::Command, above: &[&str], root: &clap::Command, wanted: &mut Wanted) {
    let mut path = above.to_vec();
    path.push(command.get_name());
    let page = page_of(&path, root);
    let entry = wanted
        .entry(page)
        .or_insert_with(|| (path.join(" "), BTreeSet::new()));
    entry.1.extend(flags_of(command, path.len() == 1));
    for child in command.get_subcommands() {
        collect(child, &path, root, wanted);
    }
}

// As Podman has it: `container run` is described where `run` is.
fn page_of(path: &[&str], root: &clap::Command) -> String {
    // `checkpoint` is a noun too, which is something else than `container checkpoint`.
    let stands_alone = |verb: &str| {
        root.find_subcommand(verb)
            .is_some_and(|found| !found.has_subcommands())
    };
    let short = match path {
        [_, "container", "list"] => Some("ps"),
        [_, "image", "list"] => Some("images"),
        [_, "image", "rm"] => Some("rmi"),
        [_, "container" | "image", "inspect"] => None,
        [_, "container" | "image" | "system", verb] if stands_alone(verb) => Some(*verb),
        _ => None,
    };
    match short {
        Some(verb) => format!("{}-{verb}", path[0]),
        None => path.join("-"),
    }
}

fn flags_of(command: &clap::Command, is_root: bool) -> BTreeSet<String> {
    let mut flags = BTreeSet::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_positional()) {
        // Those of the root, and `--help`, are in its page.
        if !is_root && (arg.is_global_set() || arg.get_id() == "help") {
            continue;
        }
        flags.extend(arg.get_long().map(|long| format!("--{long}")));
        flags.extend(arg.get_short().map(|short| format!("-{short}")));
        let aliases = arg.get_visible_aliases().unwrap_or_default();
        flags.extend(aliases.into_iter().map(|alias| format!("--{alias}")));
    }
    flags
}

// `#### **--all**, **-a**` gives both.
fn headings(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("#### "))
        .flat_map(|heading| heading.split("**"))
        .filter(|part| part.starts_with('-'))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{findings, headings, page_of};
    use std::collections::BTreeMap;

    #[test]
    fn flags_of_headings() {
        let all = headings("#### **--all**, **-a**\n\ntext **--other**\n#### **--tail**=*lines*\n");
        assert_eq!(
            all.into_iter().collect::<Vec<_>>(),
            ["--all", "--tail", "-a"]
        );
    }

    #[test]
    fn shared_pages() {
        let root = cryopod_cli::command();
        let page = |path: &[&str]| page_of(path, &root);
        assert_eq!(page(&["cryopod", "container", "run"]), "cryopod-run");
        assert_eq!(
            page(&["cryopod", "container", "inspect"]),
            "cryopod-container-inspect"
        );
        assert_eq!(page(&["cryopod", "image", "list"]), "cryopod-images");
        assert_eq!(
            page(&["cryopod", "container", "checkpoint"]),
            "cryopod-container-checkpoint"
        );
    }

    #[test]
    fn a_missing_flag_and_one_too_many_are_found() {
        let command = clap::Command::new("x")
            .disable_help_flag(true)
            .arg(clap::Arg::new("a").long("aa"));
        let pages = BTreeMap::from([("x".to_owned(), "#### **--bb**\n".to_owned())]);
        let found = findings(&pages, &command).join("\n");
        assert!(
            found.contains("**--aa**") && found.contains("--bb is no flag"),
            "{found}"
        );
    }

    #[test]
    fn our_pages_are_whole() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .unwrap();
        super::check(root).unwrap();
    }
}
