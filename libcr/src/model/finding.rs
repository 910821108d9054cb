//! What an inspection finds: a check by name, how it came out, what helps. Pure data.

use serde::Serialize;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing stands in the way.
    Ok,
    /// It will work, but not as one may expect; or something that is not needed now is missing.
    Warn,
    /// It will not work.
    Fail,
}

impl Verdict {
    /// `ok`, `warn` or `fail`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Finding {
    /// The check's name, which `--skip-check` takes: `file-locks`.
    pub check: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, a sentence without a full stop.
    pub what: String,
    /// What helps, or that nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// The outcomes of an inspection, in the order of its checks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// A check that found nothing in the way.
    pub fn ok(&mut self, check: &'static str, what: impl Into<String>) {
        self.0.push(Finding {
            check,
            verdict: Verdict::Ok,
            what: what.into(),
            remedy: None,
        });
    }

    /// A check that found something worth knowing.
    pub fn warn(
        &mut self,
        check: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(check, Verdict::Warn, what.into(), remedy.into());
    }

    /// A check that found what stands in the way.
    pub fn fail(
        &mut self,
        check: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(check, Verdict::Fail, what.into(), remedy.into());
    }

    fn add(&mut self, check: &'static str, verdict: Verdict, what: String, remedy: String) {
        self.0.push(Finding {
            check,
            verdict,
            what,
            remedy: Some(remedy).filter(|remedy| !remedy.is_empty()),
        });
    }

    /// The worst verdict; [`Verdict::Ok`] when nothing was checked.
    pub fn worst(&self) -> Verdict {
        let verdicts = self.0.iter().map(|finding| finding.verdict);
        verdicts.max().unwrap_or(Verdict::Ok)
    }

    /// What stands in the way.
    pub fn failures(&self) -> impl Iterator<Item = &Finding> {
        self.0
            .iter()
            .filter(|finding| finding.verdict == Verdict::Fail)
    }

    /// A failure of a check that the user overrides (`all`: of any) is a warning.
    pub fn override_by(&mut self, skipped: &[String]) {
        for finding in &mut self.0 {
            if finding.verdict == Verdict::Fail && is_overridden(finding.check, skipped) {
                finding.verdict = Verdict::Warn;
            }
        }
    }
}

/// Whether the user's words override a check: its name is among them, or `all`.
pub fn is_overridden(check: &str, skipped: &[String]) -> bool {
    skipped.iter().any(|word| word == check || word == "all")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_overridden_stands_in_nobodys_way() {
        let mut findings = Findings::default();
        assert_eq!(findings.worst(), Verdict::Ok);
        findings.ok("criu", "there is one");
        findings.fail("devices", "one is open", "close it");
        findings.fail("watches", "one is set", "end it");
        findings.override_by(&["devices".into()]);
        let left: Vec<_> = findings.failures().map(|finding| finding.check).collect();
        assert_eq!((left, findings.worst()), (vec!["watches"], Verdict::Fail));
        findings.override_by(&["all".into()]);
        assert_eq!(findings.worst(), Verdict::Warn);
    }
}
