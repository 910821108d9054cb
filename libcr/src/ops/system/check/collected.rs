//! What the parts of a check find, each with what repairs it; and how that is brought about.

use crate::error::Result;
use crate::model::damage::{Damage, DamageReport, Fate};

use super::CheckOptions;

type Repair<'a> = Box<dyn FnOnce() -> Result<()> + 'a>;

/// What helps.
enum Remedy<'a> {
    /// `--repair`.
    Repair(Repair<'a>),
    /// `--repair --force`: processes end, or a container goes.
    Forced(Repair<'a>),
    /// Only the user can.
    ByHand,
    /// Nothing is to be done: somebody is at work on it.
    Busy,
}

/// What was found, in the order in which it is to be repaired.
#[derive(Default)]
pub(super) struct Collected<'a>(Vec<(Damage, Remedy<'a>)>);

impl<'a> Collected<'a> {
    /// Something that a repair puts right; `remedy` is what it does (`unmounts it`).
    pub fn repairable(
        &mut self,
        check: &'static str,
        what: impl Into<String>,
        remedy: &str,
        repair: impl FnOnce() -> Result<()> + 'a,
    ) {
        let remedy = format!("--repair {remedy}");
        self.add(check, what.into(), remedy, Remedy::Repair(Box::new(repair)));
    }

    /// Something that a repair puts right at a price that the user must agree to.
    pub fn forced(
        &mut self,
        check: &'static str,
        what: impl Into<String>,
        remedy: &str,
        repair: impl FnOnce() -> Result<()> + 'a,
    ) {
        let remedy = format!("--repair --force {remedy}");
        self.add(check, what.into(), remedy, Remedy::Forced(Box::new(repair)));
    }

    /// [`Self::forced`] or [`Self::repairable`].
    pub fn repairable_if(
        &mut self,
        harmless: bool,
        check: &'static str,
        what: impl Into<String>,
        remedy: &str,
        repair: impl FnOnce() -> Result<()> + 'a,
    ) {
        if harmless {
            self.repairable(check, what, remedy, repair);
        } else {
            self.forced(check, what, remedy, repair);
        }
    }

    /// Something that only the user can put right.
    pub fn by_hand(
        &mut self,
        check: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(check, what.into(), remedy.into(), Remedy::ByHand);
    }

    /// Something that could not be judged.
    pub fn busy(&mut self, check: &'static str, what: impl Into<String>) {
        let remedy = "look again later".to_owned();
        self.add(check, what.into(), remedy, Remedy::Busy);
    }

    fn add(&mut self, check: &'static str, what: String, remedy: String, by: Remedy<'a>) {
        let result = match by {
            Remedy::Busy => Fate::Busy,
            _ => Fate::Damaged,
        };
        let damage = Damage {
            check,
            result,
            what,
            remedy,
        };
        self.0.push((damage, by));
    }

    /// Repairs what the options allow, and reports all.
    pub fn settle(self, options: &CheckOptions, report: &mut DamageReport) {
        for (mut damage, remedy) in self.0 {
            let repair = match remedy {
                Remedy::Repair(repair) if options.repair => Some(repair),
                Remedy::Forced(repair) if options.repair && options.force => Some(repair),
                _ => None,
            };
            if let Some(repair) = repair {
                tracing::info!(check = damage.check, what = damage.what, "repair");
                match repair() {
                    Ok(()) => damage.result = Fate::Repaired,
                    Err(error) => {
                        damage.result = Fate::Failed;
                        damage.remedy = format!("{}: {error}", damage.remedy);
                    }
                }
            }
            report.0.push(damage);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use std::cell::Cell;

    #[test]
    fn nothing_is_done_that_was_not_asked_for() {
        use Fate::{Busy, Damaged, Failed, Repaired};
        let done = Cell::new(0);
        let settle = |repair, force| {
            done.set(0);
            let mut found = Collected::default();
            found.repairable("mounts", "a", "unmounts it", || {
                done.set(done.get() + 1);
                Ok(())
            });
            found.forced("processes", "b", "ends it", || {
                done.set(done.get() + 10);
                Err(Error::Invalid("no".into()))
            });
            found.by_hand("mounts", "c", "stop it");
            found.busy("containers", "d");
            let mut report = DamageReport::default();
            let options = CheckOptions {
                repair,
                force,
                ..CheckOptions::default()
            };
            found.settle(&options, &mut report);
            let fates: Vec<Fate> = report.0.iter().map(|row| row.result).collect();
            (done.get(), fates, report.0[1].remedy.clone())
        };
        assert_eq!(settle(false, true).1, [Damaged, Damaged, Damaged, Busy]);
        assert_eq!(settle(true, false).0, 1);
        let (done, fates, remedy) = settle(true, true);
        assert_eq!(
            (done, remedy.as_str()),
            (11, "--repair --force ends it: no")
        );
        assert_eq!(fates, [Repaired, Failed, Damaged, Busy]);
    }
}
