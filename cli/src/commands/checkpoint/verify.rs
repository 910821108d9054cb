//! `checkpoint verify`: a line for each, or as JSON a list of all.

use crate::args::checkpoint::CheckpointVerify;
use crate::commands::outcome::Outcomes;
use crate::commands::{Opener, Outcome, keys};
use crate::output::harmless::harmless;
use crate::output::{json, print};
use libcr::ops::checkpoints::verify::{self, Verified};
use std::path::Path;

/// Verifies all; what is wrong is an error.
pub fn run(opener: &Opener, flags: &CheckpointVerify) -> Outcome {
    let names = flags.validate()?;
    let unsealing = keys::unsealing(&flags.unseal)?;
    // Files need no engine: anybody may verify one, on any host.
    let engine = if names.iter().all(|name| verify::is_file(name)) {
        None
    } else {
        Some(opener.open()?)
    };
    let policy = &opener.config().policy;
    let mut outcomes = Outcomes::default();
    let mut verified = Vec::new();
    for name in names {
        let result = match &engine {
            Some(engine) if !verify::is_file(name) => verify::image(engine, name, &unsealing),
            _ => verify::file(Path::new(name), policy, &unsealing),
        };
        match result {
            Ok(one) if flags.json => verified.push(one),
            Ok(one) => print::line(&line(&one))?,
            Err(error) => outcomes.fail(error.into()),
        }
    }
    if flags.json {
        print::line(&json::pretty(&verified, 4).unwrap_or_default())?;
    }
    outcomes.finish()
}

fn line(one: &Verified) -> String {
    let source = harmless(&one.source);
    let comment = harmless(&one.comment);
    match (one.key.as_str(), one.signature_checked) {
        ("", _) => format!("{source}: as it was written; not signed"),
        (key, true) => format!("{source}: as it was written; signed by key {key} ({comment})"),
        (key, false) => format!(
            "{source}: as it was written; says that it is signed by key {key} ({comment}), which is not known here: --verify-with names keys"
        ),
    }
}
