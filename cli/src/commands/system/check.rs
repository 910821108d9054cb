//! `system check`.

use crate::args::system::Check;
use crate::commands::{Opener, Outcome};
use crate::output::json::{self, is_json};
use crate::output::template::{Headings, Schema};
use crate::output::{CliError, damage, print};
use libcr::model::damage::DamageReport;
use libcr::ops::system::check::{self, SUBJECTS};
use serde_json::Value;

const SCHEMA: Schema = Schema(&[("*", "*damage.Damage")]);

const HEADINGS: Headings = Headings(&[
    ("Check", "CHECK"),
    ("Result", "RESULT"),
    ("What", "FINDING"),
    ("Remedy", "REMEDY"),
]);

/// Compares, repairs where asked to, and fails while something is out of step.
pub fn run(opener: &Opener, flags: &Check) -> Outcome {
    let (options, format) = flags.validate()?;
    let engine = opener.open()?;
    let report = check::check(&engine, &options)?;
    match format {
        None => print::text(&damage::table(&report, &SUBJECTS, flags.quiet))?,
        Some(format) => formatted(&report, format)?,
    }
    // Podman's sentences.
    match report.remaining() {
        0 => Ok(0),
        _ if options.repair => Err(CliError::usage(
            "damage is still present after repair attempt",
        )),
        _ => Err(CliError::usage("damage detected")),
    }
}

fn formatted(report: &DamageReport, format: &str) -> Result<(), CliError> {
    if is_json(format) {
        return print::line(&json::pretty(report, 4).unwrap_or_default());
    }
    let rows = serde_json::to_value(report).unwrap_or_default();
    let rows: Vec<Value> = rows.as_array().cloned().unwrap_or_default();
    print::rows("check", format, &rows, SCHEMA, HEADINGS, false)
}
