//! `checkpoint show`: for people in sections, one checkpoint after another; as JSON a list of all.

mod sections;
mod tree;

use crate::args::checkpoint::{CheckpointShow, place};
use crate::commands::outcome::Outcomes;
use crate::commands::{Opener, Outcome};
use crate::output::json::{self, is_json};
use crate::output::template::{Schema, render_rows};
use crate::output::{CliError, print};
use libcr::ops::checkpoints::show::{ShowOptions, Subject, show};

const SCHEMA: Schema = Schema(&[("*", "checkpoint.Shown")]);

/// Shows those that are there; then what isn't is an error.
pub fn run(opener: &Opener, flags: &CheckpointShow) -> Outcome {
    let subjects = subjects(flags.validate()?, flags);
    let options = ShowOptions {
        environment: flags.environment,
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
        match show(engine.as_ref(), subject, options) {
            Ok(one) => shown.push(one),
            Err(error) => outcomes.fail(error.into()),
        }
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

/// A first word that is a file is followed by files; a container by names of its checkpoints.
fn subjects(words: &[String], flags: &CheckpointShow) -> Vec<Subject> {
    let directory = flags.checkpoint_dir.as_ref();
    match words {
        [container, names @ ..] if !names.is_empty() && Subject::of(container).needs_engine() => {
            let subject = |name: &String| Subject::Named(container.clone(), place(name, directory));
            names.iter().map(subject).collect()
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
