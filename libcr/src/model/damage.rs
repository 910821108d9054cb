//! What `system check` finds out of step, and what became of it. Pure data.

use serde::Serialize;

/// What became of something that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It is as it was found.
    Damaged,
    /// It was repaired.
    Repaired,
    /// Its repair was tried and failed.
    Failed,
    /// Somebody is at work on it: it was not judged.
    Busy,
}

impl Fate {
    /// The word for a table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Damaged => "DAMAGED",
            Self::Repaired => "repaired",
            Self::Failed => "FAILED",
            Self::Busy => "in use",
        }
    }
}

/// One thing that is out of step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Damage {
    /// What was being compared: `mounts`.
    pub check: &'static str,
    /// What became of it.
    pub result: Fate,
    /// What is out of step, a sentence without a full stop.
    pub what: String,
    /// What repairs it, what a repair did, or why it failed.
    pub remedy: String,
}

/// All that a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DamageReport(pub Vec<Damage>);

impl DamageReport {
    /// What is still out of step.
    pub fn remaining(&self) -> usize {
        let rows = self.0.iter();
        rows.filter(|row| matches!(row.result, Fate::Damaged | Fate::Failed))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_repaired_or_is_in_use_remains_in_nobodys_way() {
        let row = |result| Damage {
            check: "mounts",
            result,
            what: String::new(),
            remedy: String::new(),
        };
        let report = DamageReport(vec![
            row(Fate::Repaired),
            row(Fate::Busy),
            row(Fate::Damaged),
            row(Fate::Failed),
        ]);
        assert_eq!(report.remaining(), 2);
    }
}
