//! Long work: what is known of it while it goes on, and how it ended. The engine tells a [`Job`] how
//! far it is, and asks it whether anybody still waits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use libcr::progress::{Cancel, Progress, Step};
use tokio::sync::{mpsc, watch};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::pump::Pump;
use crate::dbus::refusal::{Answer, CANCELLED, FAILED, Refusal};

/// Lines for people that wait to be sent; who says more loses it.
const LINES: usize = 64;

/// What long work gives when it is done.
#[derive(Debug, Clone, Default)]
pub struct Report(Vec<(&'static str, Fact)>);

/// A value of a report.
#[derive(Debug, Clone)]
pub enum Fact {
    /// `s`.
    Text(String),
    /// `as`.
    Texts(Vec<String>),
    /// `t`.
    Number(u64),
    /// `o`.
    Path(OwnedObjectPath),
}

impl Report {
    /// With one more.
    #[must_use]
    pub fn with(mut self, key: &'static str, fact: Fact) -> Self {
        self.0.push((key, fact));
        self
    }

    /// As it goes over the bus.
    pub fn on_the_bus(&self) -> std::collections::HashMap<String, OwnedValue> {
        let value = |fact: &Fact| match fact.clone() {
            Fact::Text(text) => Value::from(text),
            Fact::Texts(texts) => Value::from(texts),
            Fact::Number(number) => Value::from(number),
            Fact::Path(path) => Value::from(path.into_inner()),
        };
        let owned = |(key, fact): &(&'static str, Fact)| {
            // It fails for descriptors alone.
            let value = value(fact).try_to_owned().ok()?;
            Some(((*key).to_owned(), value))
        };
        self.0.iter().filter_map(owned).collect()
    }
}

/// How it ended.
#[derive(Debug, Clone)]
pub enum End {
    /// Done.
    Done(Report),
    /// It failed, or was cancelled.
    Not(Refusal),
}

impl End {
    /// systemd's word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Not(refusal) if refusal.name == CANCELLED => "canceled",
            Self::Not(_) => "failed",
        }
    }

    /// What it gave.
    pub fn answer(&self) -> Answer<Report> {
        match self {
            Self::Done(report) => Ok(report.clone()),
            Self::Not(refusal) => Err(refusal.clone()),
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Meter {
    /// `preflight`, `dump`, `write`, `read`, `prepare`, `restore`; empty before the first of them.
    pub step: &'static str,
    /// Part of the whole that is done, 0 to 1.
    pub fraction: f64,
}

/// Work that goes on, or that is over.
#[derive(Debug)]
pub struct Job {
    /// Its number, which no other one of this service has.
    pub number: u32,
    /// `checkpoint`, `export`, `restore`, `pull`.
    pub kind: &'static str,
    /// What it is about: a container, an image, a descriptor.
    pub subject: String,
    /// The connection that asked for it.
    pub owner: String,
    /// Set when nobody waits any more.
    pub cancel: Cancel,
    meter: Mutex<Meter>,
    /// What the archive goes through, and what became of that.
    pump: Mutex<Option<Pump>>,
    broken: Mutex<Option<String>>,
    lines: mpsc::Sender<String>,
    end: watch::Sender<Option<End>>,
}

impl Job {
    /// Work that has not begun, and the lines that it will say.
    pub fn new(
        number: u32,
        kind: &'static str,
        subject: String,
        owner: String,
        cancel: Cancel,
    ) -> (Self, mpsc::Receiver<String>) {
        let (lines, said) = mpsc::channel(LINES);
        let job = Self {
            number,
            kind,
            subject,
            owner,
            cancel,
            meter: Mutex::default(),
            pump: Mutex::default(),
            broken: Mutex::default(),
            lines,
            end: watch::Sender::new(None),
        };
        (job, said)
    }

    /// The archive that it writes goes through this.
    pub fn writes_through(&self, pump: Pump) {
        *locked(&self.pump) = Some(pump);
    }

    /// How far it is.
    pub fn meter(&self) -> Meter {
        *locked(&self.meter)
    }

    /// `running`, or how it ended.
    pub fn state(&self) -> &'static str {
        self.end.borrow().as_ref().map_or("running", End::word)
    }

    /// It is over.
    pub fn finish(&self, end: End) {
        if matches!(end, End::Done(_)) {
            locked(&self.meter).fraction = 1.0;
        }
        self.end.send_replace(Some(end));
    }

    /// Waits until it is over.
    pub async fn ended(&self) -> End {
        let mut end = self.end.subscribe();
        let ended = end.wait_for(Option::is_some).await;
        let gone = || End::Not(Refusal::new(FAILED, "the service ends"));
        ended.ok().and_then(|end| end.clone()).unwrap_or_else(gone)
    }

    /// The answer of an engine whose archive went through a pump: what went wrong there is the cause
    /// of what the engine says.
    ///
    /// # Errors
    /// The engine's, or the pump's.
    pub fn settled<T>(&self, done: libcr::Result<T>) -> Answer<T> {
        if let (Err(_), Some(pump)) = (&done, &*locked(&self.pump)) {
            pump.is_needless();
        }
        self.drain();
        let broken = locked(&self.broken).take();
        let refusal = match done {
            Ok(done) => return Ok(done),
            Err(error) => Refusal::from(error),
        };
        // Of what else went wrong, it is not the cause.
        let follows =
            [CANCELLED, FAILED].contains(&refusal.name.as_ref()) && !self.cancel.is_cancelled();
        match broken {
            Some(why) if follows => Err(Refusal::new(
                FAILED,
                format!("cannot write the archive: {why}: the container runs on"),
            )),
            _ => Err(refusal),
        }
    }

    /// A failure as its caller should see it: of what was taken back, that is the cause.
    pub fn blame(&self, refusal: Refusal) -> Refusal {
        if !self.cancel.is_cancelled() || refusal.name == CANCELLED {
            return refusal;
        }
        let (kind, subject) = (self.kind, &self.subject);
        let message = format!("{kind} of {subject} was cancelled: {}", refusal.message);
        Refusal::new(CANCELLED, message)
    }

    /// Waits until the archive is where the caller wants it; false when it can't get there.
    fn drain(&self) -> bool {
        let pump = locked(&self.pump).take();
        if let Some(Err(error)) = pump.map(Pump::finish) {
            *locked(&self.broken) = Some(error.to_string());
        }
        locked(&self.broken).is_none()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Progress for Job {
    fn step(&self, _: &str, step: Step) {
        let (step, fraction) = match step {
            Step::Preflight => ("preflight", 0.05),
            Step::Dump => ("dump", 0.1),
            Step::Write => ("write", 0.5),
            Step::Read => ("read", 0.1),
            Step::Prepare => ("prepare", 0.5),
            Step::Restore => ("restore", 0.7),
        };
        *locked(&self.meter) = Meter { step, fraction };
    }

    #[expect(clippy::cast_precision_loss, reason = "a part of a whole, for people")]
    fn bytes(&self, _: &str, done: u64, total: Option<u64>) {
        if let Some(total) = total.filter(|total| *total > 0) {
            locked(&self.meter).fraction = (done as f64 / total as f64).clamp(0.0, 1.0);
        }
    }

    fn say(&self, line: &str) {
        let _ = self.lines.try_send(libcr::error::one_line(&line));
    }

    /// Asked once more when the archive is written and the container has not been ended: it is, only
    /// when the archive has arrived.
    fn cancelled(&self) -> bool {
        self.cancel.is_cancelled() || self.meter().step == "write" && !self.drain()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;

    fn job() -> Job {
        let cancel = Cancel::default();
        Job::new(1, "export", "web".into(), ":1.1".into(), cancel).0
    }

    #[test]
    fn an_archive_that_did_not_arrive_lets_the_container_go_on() {
        // A full disk.
        let full = File::options().write(true).open("/dev/full").unwrap();
        assert!(Pump::to(full.into(), &Cancel::default()).is_err());
        let (near, far) = std::os::unix::net::UnixStream::pair().unwrap();
        let job = job();
        let pump = Pump::to(near.into(), &job.cancel).unwrap();
        let mut end = File::options().write(true).open(pump.path()).unwrap();
        job.writes_through(pump);
        job.step("web", Step::Dump);
        assert!(!job.cancelled());
        job.step("web", Step::Write);
        end.write_all(b"archive").unwrap();
        drop((end, far));
        assert!(job.cancelled());
        let told = job.settled::<()>(Err(libcr::Error::Cancelled("web".into())));
        let message = told.unwrap_err().message;
        assert!(
            message.starts_with("cannot write the archive: "),
            "{message}"
        );
    }

    #[test]
    fn ends_have_words_and_reports_types() {
        let job = job();
        assert_eq!(job.state(), "running");
        let report = Report::default()
            .with("Id", Fact::Text("a".into()))
            .with("FrozenUSec", Fact::Number(7));
        job.finish(End::Done(report.clone()));
        assert_eq!((job.state(), job.meter().fraction), ("done", 1.0));
        let on_the_bus = report.on_the_bus();
        assert_eq!(on_the_bus["Id"].value_signature().to_string(), "s");
        assert_eq!(on_the_bus["FrozenUSec"].value_signature().to_string(), "t");
        let cancelled = Refusal::from(libcr::Error::Cancelled("web".into()));
        assert_eq!(End::Not(cancelled).word(), "canceled");
    }
}
