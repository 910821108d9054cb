//! `--format`: the part of Go's text/template that Podman users write, over JSON values, with Go's
//! error texts. `lexer` makes tokens, `parser` a tree, `evaluator` runs it, `functions` has what can
//! be called, `value` prints as Go would.
//!
//! Fields are found whatever their case (`.ID`, `.Id`; `.Host.OCIRuntime` where JSON says
//! `ociRuntime`): templates name Go's fields, our data has JSON's. Structs and maps are both JSON
//! objects here; a `Schema` says which are structs, where a field that isn't there is an error.

mod evaluator;
mod functions;
mod lexer;
mod parser;
mod rows;
mod value;

pub use rows::{Headings, is_table, render_document, render_list, render_rows, render_table};

use serde_json::Value;

/// Member of an object that holds what `{{json .}}` shows instead of the object itself, for data
/// whose template fields and JSON differ, as those of `ps` do. No JSON key of ours looks like it.
pub const JSON_FACE: &str = "\u{0}json";

/// What is wrong with a template, or why it does not fit its data; Go's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(pub(crate) String);

/// Which objects are structs: path of fields from the root (`*` for what stands at an index or a
/// map's key), and Go's name of the type. The root's path is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Schema(pub &'static [(&'static str, &'static str)]);

impl Schema {
    fn type_of(self, path: &str) -> Option<&'static str> {
        self.0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(path))
            .map(|(_, name)| *name)
    }
}

/// A template, read.
#[derive(Debug)]
pub struct Template {
    name: String,
    nodes: Vec<parser::Node>,
}

impl Template {
    /// Reads `text`; `name` is the command's, for errors.
    pub fn parse(name: &str, text: &str) -> Result<Self, TemplateError> {
        // Podman counts no line for what it adds around the user's text.
        let users = text
            .strip_suffix("{{end -}}")
            .unwrap_or(text)
            .trim_end_matches('\n');
        let lines = users.matches('\n').count() + 1;
        let wrap = |(line, what): (usize, String)| {
            let line = line.min(lines);
            TemplateError(format!("template: {name}:{line}: {what}"))
        };
        let tokens = lexer::tokens(text).map_err(wrap)?;
        let nodes = parser::parse(tokens).map_err(wrap)?;
        Ok(Self {
            name: name.to_owned(),
            nodes,
        })
    }

    /// Writes `root` through the template to `out`, as far as it goes: what comes before an error
    /// is written, as in Go.
    pub fn execute(
        &self,
        root: &Value,
        schema: Schema,
        out: &mut String,
    ) -> Result<(), TemplateError> {
        evaluator::run(&self.name, &self.nodes, root, schema, out)
    }
}

#[cfg(test)]
mod tests;
