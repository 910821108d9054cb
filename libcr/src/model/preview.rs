//! What an operation would do and what stands in its way, without doing it. Pure data.

use serde::Serialize;

use super::finding::{Findings, Verdict};

/// What a checkpoint or a restore would come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Preview {
    /// `checkpoint` or `restore`.
    pub operation: &'static str,
    /// Full id of the container; empty when it can't be told.
    pub id: String,
    /// Name of the container; empty when it can't be told.
    pub name: String,
    /// Nothing is known that stands in the way.
    pub possible: bool,
    /// What would be done, in order, a sentence each without a full stop.
    pub steps: Vec<String>,
    /// What was looked at.
    pub checks: Findings,
}

impl Preview {
    /// Judges by the checks.
    #[must_use]
    pub fn conclude(mut self) -> Self {
        self.possible = self.checks.worst() < Verdict::Fail;
        self
    }
}
