//! `doctor`: whether this host can freeze and thaw containers, and what helps where it can't.

use crate::config::Config;
use crate::model::finding::Findings;
use crate::ops::steps::inspection::host;

/// Looks at programs, kernel, privileges, cgroups, security modules and space. Opens no state and
/// changes nothing; works without root, which sees less.
pub fn doctor(places: &Config) -> Findings {
    host::inspect(places)
}
