//! Templates over a list of rows, as Podman's list and inspect commands use them: each row through
//! the template, a line each; `table ` before it makes aligned columns with headings.

use super::{Schema, Template, TemplateError};
use crate::output::table;
use serde_json::{Map, Value};

/// Column headings: field, heading. Fields not named here head their column in capitals.
#[derive(Debug, Clone, Copy)]
pub struct Headings(pub &'static [(&'static str, &'static str)]);

/// Whether a format asks for a table.
pub fn is_table(format: &str) -> bool {
    format.starts_with("table ")
}

/// What `format` makes of each of `rows`; `name` is the command's. Podman writes what came before
/// an error, so that comes back beside it.
pub fn render_rows(
    name: &str,
    format: &str,
    rows: &[Value],
    schema: Schema,
) -> (String, Result<(), TemplateError>) {
    looped(name, &plain(format), rows, schema)
}

/// The same for lists (`ps`, `images`), where a template may bring its own `{{range .}}` over all
/// rows.
pub fn render_list(
    name: &str,
    format: &str,
    rows: &[Value],
    schema: Schema,
) -> (String, Result<(), TemplateError>) {
    let format = plain(format);
    if format.starts_with("{{range") {
        execute(name, &format, rows, schema)
    } else {
        looped(name, &format, rows, schema)
    }
}

/// One document through `format`, without the loop around it.
pub fn render_document(
    name: &str,
    format: &str,
    document: &Value,
    schema: Schema,
) -> (String, Result<(), TemplateError>) {
    let mut out = String::new();
    let result = Template::parse(name, &plain(format))
        .and_then(|template| template.execute(document, schema, &mut out));
    (out, result)
}

/// The same as a table, with headings unless `bare`.
pub fn render_table(
    name: &str,
    format: &str,
    rows: &[Value],
    schema: Schema,
    headings: Headings,
    bare: bool,
) -> Result<String, TemplateError> {
    let format = format.strip_prefix("table ").unwrap_or(format);
    // Every blank parts two columns, also inside an action, where a tab is as good.
    let format = format
        .replace("\\t", "\t")
        .replace("\\n", "\n")
        .replace(' ', "\t");
    let format = with_line_end(format);
    let mut text = String::new();
    if !bare {
        let named: Map<String, Value> = headings
            .0
            .iter()
            .map(|(field, heading)| ((*field).to_owned(), Value::from(*heading)))
            .collect();
        let (line, result) = looped(name, &format, &[Value::Object(named)], Schema(&[]));
        result?;
        text.push_str(&line);
    }
    let (lines, result) = looped(name, &format, rows, schema);
    result?;
    text.push_str(&lines);
    Ok(table::align_tabs(&text))
}

/// A template as Podman completes it: `\n` and `\t` are what they say, and a line ends.
fn plain(format: &str) -> String {
    with_line_end(format.replace("\\n", "\n").replace("\\t", "\t"))
}

fn with_line_end(mut format: String) -> String {
    if !format.ends_with('\n') {
        format.push('\n');
    }
    format
}

// Go reports columns in this text, so it must be Podman's to the letter.
fn looped(
    name: &str,
    format: &str,
    rows: &[Value],
    schema: Schema,
) -> (String, Result<(), TemplateError>) {
    execute(
        name,
        &format!("{{{{range .}}}}{format}{{{{end -}}}}"),
        rows,
        schema,
    )
}

// The root is the list: a schema's path of a row is `*`.
fn execute(
    name: &str,
    text: &str,
    rows: &[Value],
    schema: Schema,
) -> (String, Result<(), TemplateError>) {
    let mut out = String::new();
    let result = Template::parse(name, text)
        .and_then(|template| template.execute(&Value::Array(rows.to_vec()), schema, &mut out));
    (out, result)
}
