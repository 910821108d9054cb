//! Writing results to stdout. A reader that went away is no panic but an error that ends the
//! command quietly.

use super::CliError;
use super::harmless::harmless;
use super::template::{Headings, Schema, is_table, render_list, render_table};
use serde_json::Value;
use std::io::Write;

/// Writes `text` and a line end.
pub fn line(text: &str) -> Result<(), CliError> {
    raw(format!("{text}\n").as_bytes())
}

/// Writes `text` as it is.
pub fn text(text: &str) -> Result<(), CliError> {
    raw(text.as_bytes())
}

/// Writes bytes as they are.
pub fn raw(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(failed)
}

/// Writes rows by a template: as a table with headings, unless it is to be `bare`, or one after
/// another. What was made before a template failed is written all the same, but for tables.
pub fn rows(
    command: &str,
    format: &str,
    rows: &[Value],
    schema: Schema,
    headings: Headings,
    bare: bool,
) -> Result<(), CliError> {
    if is_table(format) {
        return text(&render_table(
            command, format, rows, schema, headings, bare,
        )?);
    }
    let (written, result) = render_list(command, format, rows, schema);
    text(&written)?;
    Ok(result?)
}

/// Writes bytes to stderr as they are.
pub fn raw_error(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = std::io::stderr().lock();
    out.write_all(bytes).map_err(failed)
}

/// Says something beside the result on stderr.
pub fn warn(text: &str) {
    // A stderr that is closed is no reason to fail.
    let _ = writeln!(std::io::stderr(), "Warning: {}", harmless(text));
}

/// Says a line of what goes on, on stderr.
pub fn aside(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", harmless(text));
}

fn failed(source: std::io::Error) -> CliError {
    CliError::Io {
        doing: "write output".to_owned(),
        source,
    }
}
