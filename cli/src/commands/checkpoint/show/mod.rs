//! `checkpoint show`: for people in sections, one checkpoint after another; as JSON a list of all.

mod sections;
mod tree;

use crate::args::checkpoint::{CheckpointShow, place};
use crate::args::seal::UnsealFlags;
use crate::commands::outcome::Outcomes;
use crate::commands::{Opener, Outcome, keys};
use crate::output::json::{self, is_json};
use crate::output::page::page;
use crate::output::template::{Schema, render_rows};
use crate::output::{CliError, print};
use libcr::ops::checkpoints::show::{ShowOptions, Subject, show};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

const SCHEMA: Schema = Schema(&[("*", "checkpoint.Shown")]);

/// Shows those that are there; then what isn't is an error.
pub fn run(opener: &Opener, flags: &CheckpointShow) -> Outcome {
    let subjects = subjects(flags.validate()?, flags);
    let unseal = UnsealFlags {
        decrypt_with: flags.decrypt_with.clone(),
        ..UnsealFlags::default()
    };
    let options = ShowOptions {
        environment: flags.environment,
        keys: keys::unsealing(&unseal)?.keys,
    };
    // Files need no engine: anybody may look into one, on any host.
    let engine = if subjects.iter().any(Subject::needs_engine) {
        Some(opener.open().map_err(|error| neither(&subjects, error))?)
    } else {
        None
    };
    let mut outcomes = Outcomes::default();
    let mut shown = Vec::new();
    for subject in &subjects {
        match show(engine.as_ref(), subject, &options) {
            Ok(one) => shown.push(one),
            Err(error) => outcomes.fail(error.into()),
        }
    }
    if let (Some(file), Some(first)) = (&flags.html, shown.first()) {
        // A page of the half of what was asked for would look like the whole.
        if shown.len() == subjects.len() {
            write(file, &page(first, shown.get(1)))?;
        }
        return outcomes.finish();
    }
    match flags.format() {
        None => {
            let texts: Vec<String> = shown.iter().map(sections::text).collect();
            print::text(&texts.join("\n"))?;
        }
        Some(format) if is_json(format) => {
            print::line(&json::pretty(&shown, 5).unwrap_or_default())?;
        }
        Some(format) => {
            let rows: Vec<_> = shown.iter().flat_map(serde_json::to_value).collect();
            let (text, result) = render_rows("checkpoint show", format, &rows, SCHEMA);
            print::text(&text)?;
            result?;
        }
    }
    outcomes.finish()
}

/// Writes the page, beside and renamed; `-` stands for standard output.
fn write(file: &Path, page: &str) -> Result<(), CliError> {
    if file == Path::new("-") {
        return print::text(page);
    }
    let failed = |source| CliError::Io {
        doing: format!("write {}", file.display()),
        source,
    };
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    // It may hold command lines and environments, as the checkpoint does, which is its owner's alone;
    // and a link of that name is not ours to write through.
    let _ = fs::remove_file(&partial);
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial);
    let written = made
        .and_then(|mut made| made.write_all(page.as_bytes()))
        .and_then(|()| fs::rename(&partial, file));
    written.map_err(|error| {
        // What failed is told; that nothing of it stays is all that can be done.
        let _ = fs::remove_file(&partial);
        failed(error)
    })
}

/// A first word that is a file is followed by files; a container by names of its checkpoints.
fn subjects(words: &[String], flags: &CheckpointShow) -> Vec<Subject> {
    let directory = flags.checkpoint_dir.as_ref();
    match words {
        [container, names @ ..] if !names.is_empty() && Subject::of(container).needs_engine() => {
            let of = |name: &String| Subject::Named(container.clone(), place(name, directory));
            names.iter().map(of).collect()
        }
        words => words.iter().map(|word| Subject::of(word)).collect(),
    }
}

/// Without an engine, a word that is no file can't be looked up: that it is none comes first.
fn neither(subjects: &[Subject], error: CliError) -> CliError {
    let word = subjects.iter().find_map(|subject| match subject {
        Subject::Bundle(word) => Some(word),
        _ => None,
    });
    match word {
        Some(word) => CliError::Operation {
            code: error.exit_code(),
            source: format!(
                "there is no file {word:?}, and no container can be looked up: {error}"
            )
            .into(),
        },
        None => error,
    }
}

#[cfg(test)]
mod tests;
