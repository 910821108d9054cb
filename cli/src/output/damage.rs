//! What is out of step, as a table: what repairs it stands below.

use libcr::model::damage::{DamageReport, Fate};

use super::harmless::harmless;
use super::table;

/// The rows under a heading; `subjects`: what was compared, and what is said of it where nothing is
/// out of step. Of those nothing is said with `quiet`, and nothing at all where all is well.
pub fn table(report: &DamageReport, subjects: &[(&str, &str)], quiet: bool) -> String {
    let row = |cells: [&str; 3]| cells.map(|cell| harmless(cell).into_owned()).to_vec();
    let mut rows = vec![row(["CHECK", "RESULT", "FINDING"])];
    for (check, well) in subjects {
        let mut found = report.0.iter().filter(|one| one.check == *check).peekable();
        if found.peek().is_none() && !quiet {
            rows.push(row([check, "ok", well]));
        }
        for one in found {
            rows.push(row([check, one.result.word(), &one.what]));
            if matches!(one.result, Fate::Damaged | Fate::Failed) {
                rows.push(row(["", "", &format!("=> {}", one.remedy)]));
            }
        }
    }
    if rows.len() == 1 {
        return String::new();
    }
    table::align(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use libcr::model::damage::Damage;

    #[test]
    fn what_is_well_is_said_unless_it_is_to_be_quiet() {
        let subjects = [("mounts", "all is well"), ("network", "all is well")];
        let mut report = DamageReport::default();
        assert_eq!(table(&report, &subjects, true), "");
        report.0.push(Damage {
            check: "network",
            result: Fate::Damaged,
            what: "a bridge\u{1b}[2J is there".into(),
            remedy: "--repair removes it".into(),
        });
        let text = table(&report, &subjects, false);
        assert!(!text.contains('\u{1b}'), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines[1].starts_with("mounts"), "{text}");
        assert!(lines[3].trim_start().starts_with("=> --repair"), "{text}");
        assert!(!table(&report, &subjects, true).contains("mounts"));
    }
}
