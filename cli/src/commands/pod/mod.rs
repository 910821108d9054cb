//! Pod verbs.

mod freezing;
mod list;
pub mod making;
mod showing;

use super::outcome::Outcomes;
use super::volume::prune::confirmed;
use super::{Opener, Outcome};
use crate::args::pod::{PodCommand, PodExists, PodPrune, PodRm};
use crate::args::selection::{Selection, exactly_one};
use crate::output::{CliError, print};
use libcr::ops::pods::{PodFacts, PodReport, kill, list as known, pause, restart, rm, start, stop};
use libcr::{Engine, Error, ErrorKind};

const PRUNE_WARNING: &str = "WARNING! This will remove all stopped/exited pods..";

/// Podman's status for a pod that isn't there, where one is to be removed.
const NOT_THERE: u8 = 1;

/// `pod VERB`.
pub fn run(opener: &Opener, command: PodCommand) -> Outcome {
    let seconds =
        |time: Option<i64>| time.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
    match command {
        PodCommand::Checkpoint(flags) => freezing::checkpoint(opener, &flags),
        PodCommand::Create(flags) => making::run(opener, &flags),
        PodCommand::Exists(flags) => exists(opener, &flags),
        PodCommand::Inspect(flags) => super::inspect::pods(opener, &flags),
        PodCommand::Kill(flags) => {
            let how = Verb::of(Shown::Id, |engine, word| {
                kill::kill(engine, word, &flags.signal)
            });
            how.each(opener, &flags.validate()?)
        }
        PodCommand::Logs(flags) => showing::log(opener, *flags),
        PodCommand::Pause(flags) => {
            Verb::of(Shown::Id, pause::pause).each(opener, &flags.validate()?)
        }
        PodCommand::Prune(flags) => prune(opener, &flags),
        PodCommand::Ps(flags) => list::run(opener, &flags),
        PodCommand::Restart(flags) => {
            Verb::of(Shown::Id, restart::restart).each(opener, &flags.validate()?)
        }
        PodCommand::Restore(flags) => freezing::restore(opener, &flags),
        PodCommand::Rm(flags) => remove(opener, &flags, seconds(flags.time)),
        PodCommand::Start(flags) => {
            Verb::of(Shown::Typed, start::start).each(opener, &flags.validate()?)
        }
        PodCommand::Stats(flags) => showing::figures(opener, &flags),
        PodCommand::Stop(flags) => {
            let time = seconds(flags.time);
            let mut how = Verb::of(Shown::Typed, |engine, word| stop::stop(engine, word, time));
            how.ignore = flags.ignore;
            how.each(opener, &flags.validate()?)
        }
        PodCommand::Top(flags) => showing::processes(opener, &flags),
        PodCommand::Unpause(flags) => {
            Verb::of(Shown::Id, pause::unpause).each(opener, &flags.validate()?)
        }
    }
}

/// What is printed of a pod for which it went well.
#[derive(Clone, Copy)]
enum Shown {
    Id,
    Typed,
}

/// One operation on each of several pods.
struct Verb<F> {
    shown: Shown,
    ignore: bool,
    work: F,
}

impl<F: Fn(&Engine, &str) -> Result<PodReport, Error>> Verb<F> {
    fn of(shown: Shown, work: F) -> Self {
        Self {
            shown,
            ignore: false,
            work,
        }
    }

    fn each(&self, opener: &Opener, selection: &Selection) -> Outcome {
        let engine = opener.open()?;
        let mut outcomes = Outcomes::default();
        for word in words(&engine, selection)? {
            match (self.work)(&engine, &word) {
                Err(error) if self.ignore && error.kind() == ErrorKind::NotFound => {}
                Err(error) => outcomes.fail(error.into()),
                Ok(report) if report.failures.is_empty() => {
                    let line = match self.shown {
                        Shown::Id => report.id,
                        Shown::Typed => word,
                    };
                    outcomes.add(Ok(line))?;
                }
                Ok(report) => {
                    for failure in report.failures {
                        outcomes.fail(failure.into());
                    }
                }
            }
        }
        outcomes.finish()
    }
}

/// The pods that a selection means; `--all` means all of them.
fn words(engine: &Engine, selection: &Selection) -> Result<Vec<String>, CliError> {
    let id = |facts: PodFacts| facts.pod.id;
    Ok(match selection {
        Selection::Names(names) => names.clone(),
        Selection::All => known::list(engine)?.into_iter().map(id).collect(),
        Selection::Latest => vec![latest(engine)?.pod.id],
    })
}

/// The pod that was made last.
pub fn latest(engine: &Engine) -> Result<PodFacts, CliError> {
    let last = known::list(engine)?.pop();
    Ok(last.ok_or_else(|| Error::NoSuchPod("no pods: no such pod".into()))?)
}

fn exists(opener: &Opener, flags: &PodExists) -> Outcome {
    let name = exactly_one(&flags.names)?;
    Ok(u8::from(!known::exists(&opener.open()?, name)?))
}

fn remove(opener: &Opener, flags: &PodRm, time: Option<u32>) -> Outcome {
    let mut how = Verb::of(Shown::Id, |engine, word| {
        rm::rm(engine, word, flags.force, time)
    });
    how.ignore = flags.ignore || flags.force;
    let selection = flags.validate()?;
    let only_missing = |error: &CliError| {
        matches!(error, CliError::Operation { source, .. } if source
            .downcast_ref::<Error>()
            .is_some_and(|error| error.kind() == ErrorKind::NotFound))
    };
    match how.each(opener, &selection) {
        Err(CliError::Operation { source, code }) => {
            let error = CliError::Operation { source, code };
            if only_missing(&error)
                && let CliError::Operation { source, .. } = error
            {
                return Err(CliError::Operation {
                    source,
                    code: NOT_THERE,
                });
            }
            Err(error)
        }
        ended => ended,
    }
}

fn prune(opener: &Opener, flags: &PodPrune) -> Outcome {
    flags.validate()?;
    let engine = opener.open()?;
    if !flags.force {
        print::line(PRUNE_WARNING)?;
        if !confirmed()? {
            return Ok(0);
        }
    }
    let mut outcomes = Outcomes::default();
    let all = known::list(&engine)?.into_iter();
    for pod in all.filter(known::has_ended) {
        match rm::rm(&engine, &pod.pod.id, false, None) {
            // Somebody removed it, or started it again, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::WrongState) => {}
            Err(error) => outcomes.fail(error.into()),
            Ok(report) => match report.failures.into_iter().next() {
                None => outcomes.add(Ok(report.id))?,
                Some(failure) => outcomes.fail(failure.into()),
            },
        }
    }
    outcomes.finish()
}
