//! What was looked at and how it came out, as a table: the remedy stands below what it is for.

use std::fmt::Write as _;

use libcr::model::finding::{Findings, Verdict};
use libcr::model::preview::Preview;

use super::harmless::harmless;
use super::table;

/// The rows under a heading.
pub fn table(findings: &Findings) -> String {
    let mut rows = vec![["CHECK", "RESULT", "FINDING"].map(str::to_owned).to_vec()];
    for finding in &findings.0 {
        let verdict = finding.verdict.word();
        let verdict = if finding.verdict == Verdict::Fail {
            verdict.to_uppercase()
        } else {
            verdict.to_owned()
        };
        rows.push(vec![
            finding.check.to_owned(),
            verdict,
            harmless(&finding.what).into_owned(),
        ]);
        if let Some(remedy) = &finding.remedy {
            let empty = String::new;
            rows.push(vec![empty(), empty(), format!("=> {}", harmless(remedy))]);
        }
    }
    table::align(&rows)
}

/// What would be done, the rows, and the upshot.
pub fn preview(preview: &Preview) -> String {
    let operation = preview.operation;
    let name = harmless(&preview.name);
    let mut text = String::new();
    if !preview.steps.is_empty() {
        let of = if name.is_empty() { "" } else { " of " };
        let _ = writeln!(text, "What {operation}{of}{name} would do:");
        for (index, step) in preview.steps.iter().enumerate() {
            let _ = writeln!(text, "  {}. {}", index + 1, harmless(step));
        }
        text.push('\n');
    }
    text.push_str(&table(&preview.checks));
    let _ = match preview.checks.failures().count() {
        0 => writeln!(text, "\nNothing stands in the way of the {operation}."),
        1 => writeln!(text, "\n1 check fails: the {operation} would be refused."),
        failures => writeln!(
            text,
            "\n{failures} checks fail: the {operation} would be refused."
        ),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_steer_nothing() {
        let mut checks = Findings::default();
        checks.ok("description", "the archive is of a\u{1b}[2J\nforged  ok");
        let text = table(&checks);
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    #[test]
    fn remedies_stand_below() {
        let mut checks = Findings::default();
        checks.ok("criu", "CRIU 4.2");
        checks.fail("file-locks", "it holds locks", "use --file-locks");
        let shown = Preview {
            operation: "checkpoint",
            name: "web".into(),
            steps: vec!["freeze it".into()],
            checks,
            ..Preview::default()
        };
        assert_eq!(
            preview(&shown),
            "What checkpoint of web would do:\n  1. freeze it\n\n\
             CHECK       RESULT      FINDING\n\
             criu        ok          CRIU 4.2\n\
             file-locks  FAIL        it holds locks\n\
             \x20                       => use --file-locks\n\n\
             1 check fails: the checkpoint would be refused.\n"
        );
    }
}
