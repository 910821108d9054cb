//! An object for each piece of long work: who asked for it sees how far it is, and may take it back.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use libcr::Engine;
use libcr::progress::Cancel;
use tokio::sync::mpsc;
use zbus::fdo::{self, DBusProxy};
use zbus::message::Header;
use zbus::names::BusName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, interface};

use super::root::Manager;
use crate::dbus::authority::{self, Action};
use crate::dbus::refusal::{Answer, LIMITS, Refusal};
use crate::dbus::work::job::{End, Job, Meter, Report};
use crate::dbus::work::turns::Turns;
use crate::dbus::{Shared, path};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(200);
/// How long an object whose work is over can still be asked, while its caller is there.
const LINGER: Duration = Duration::from_secs(30);
/// Transfers at a time.
const MOST: usize = 256;

/// A transfer on the list.
pub type Row = (u32, String, String, String, f64, OwnedObjectPath);

/// Those that go on.
#[derive(Debug, Default)]
pub struct Transfers {
    last: AtomicU32,
    running: Mutex<BTreeMap<u32, Arc<Job>>>,
    /// Those that are over and can still be asked.
    lingering: AtomicUsize,
}

/// A transfer that is on the list, until this is dropped.
#[derive(Debug)]
struct Entry {
    shared: Arc<Shared>,
    number: u32,
}

impl Entry {
    /// Puts it there.
    ///
    /// # Errors
    /// [`LIMITS`].
    fn of(shared: &Arc<Shared>, job: &Arc<Job>) -> Answer<Self> {
        shared.transfers.running(|all| {
            if all.len() >= MOST {
                let message = format!("{MOST} transfers go on already");
                return Err(Refusal::new(LIMITS, message));
            }
            all.insert(job.number, Arc::clone(job));
            Ok(Self {
                shared: Arc::clone(shared),
                number: job.number,
            })
        })
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let transfers = &self.shared.transfers;
        transfers.running(|all| all.remove(&self.number));
    }
}

impl Transfers {
    fn running<T>(&self, with: impl FnOnce(&mut BTreeMap<u32, Arc<Job>>) -> T) -> T {
        with(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What goes on.
    pub fn list(&self) -> Vec<Row> {
        let row = |job: &Arc<Job>| {
            (
                job.number,
                job.kind.to_owned(),
                job.subject.clone(),
                job.state().to_owned(),
                job.meter().fraction,
                path::transfer(job.number),
            )
        };
        self.running(|all| all.values().map(row).collect())
    }
}

/// What is asked for.
#[derive(Debug)]
pub struct Ask {
    /// `checkpoint`, `export`, `restore`, `pull`.
    pub kind: &'static str,
    /// What it is about.
    pub subject: String,
    /// The answer comes when it is over.
    pub wait: bool,
    /// It goes on when its caller leaves the bus.
    pub detach: bool,
    /// What takes it back.
    pub cancel: Cancel,
}

/// What a method that begins a transfer gives: its number and its object.
pub type Begun = (u32, OwnedObjectPath);

/// Begins long work.
///
/// # Errors
/// [`LIMITS`]; with `wait` what the work fails with.
pub async fn begin(
    shared: &Arc<Shared>,
    connection: &Connection,
    header: &Header<'_>,
    ask: Ask,
    work: impl FnOnce(&Engine, &Job) -> Answer<Report> + Send + 'static,
) -> Answer<Begun> {
    let number = shared.transfers.last.fetch_add(1, Ordering::Relaxed) + 1;
    let owner = authority::caller(header)?;
    let (job, lines) = Job::new(number, ask.kind, ask.subject, owner, ask.cancel);
    let job = Arc::new(job);
    let entry = Entry::of(shared, &job)?;
    let gone = Leaving::watch(connection, &job.owner).await?;
    let object = path::transfer(number);
    let interface = Transfer::new(&job, shared);
    connection.object_server().at(&object, interface).await?;
    let root = SignalEmitter::new(connection, path::ROOT)?;
    Manager::transfer_new(&root, number, &object).await?;
    let driver = Driver {
        shared: Arc::clone(shared),
        connection: connection.clone(),
        job: Arc::clone(&job),
        object: object.clone(),
        detach: ask.detach,
        entry,
    };
    // An end of the service waits for it, and for its last signals.
    let there = shared.context.activity.connection();
    tokio::spawn(async move {
        let _there = there;
        if let Err(error) = driver.drive(lines, gone, work).await {
            tracing::warn!(error = %error.message, "transfer");
        }
    });
    if ask.wait {
        job.ended().await.answer()?;
    }
    Ok((number, object))
}

/// Tells when a caller leaves the bus.
pub(super) struct Leaving(fdo::NameOwnerChangedStream);

impl Leaving {
    /// From here on.
    ///
    /// # Errors
    /// It has left already.
    pub(super) async fn watch(connection: &Connection, name: &str) -> Answer<Self> {
        let bus = DBusProxy::new(connection).await?;
        let changes = bus
            .receive_name_owner_changed_with_args(&[(0, name)])
            .await?;
        let name = BusName::try_from(name).map_err(zbus::Error::from)?;
        // From here on it is told; before, it may have left already.
        if !bus.name_has_owner(name).await.unwrap_or(false) {
            return Err(Refusal::internal(&"the caller has left the bus"));
        }
        Ok(Self(changes))
    }

    /// Waits until it leaves.
    pub(super) async fn left(&mut self) {
        while let Some(change) = self.0.next().await {
            if change.args().is_ok_and(|args| args.new_owner().is_none()) {
                return;
            }
        }
    }
}

struct Driver {
    shared: Arc<Shared>,
    connection: Connection,
    job: Arc<Job>,
    object: OwnedObjectPath,
    detach: bool,
    entry: Entry,
}

impl Driver {
    async fn drive(
        self,
        mut lines: mpsc::Receiver<String>,
        mut gone: Leaving,
        work: impl FnOnce(&Engine, &Job) -> Answer<Report> + Send + 'static,
    ) -> Answer {
        let emitter = SignalEmitter::new(&self.connection, &self.object)?;
        let job = Arc::clone(&self.job);
        let done = self
            .shared
            .context
            .run(move |engine| Ok(work(engine, &job)));
        let mut done = std::pin::pin!(done);
        let mut tick = tokio::time::interval(TELL);
        let (mut told, mut here) = (self.job.meter(), true);
        let done = loop {
            tokio::select! {
                done = &mut done => break done,
                () = gone.left(), if here => {
                    here = false;
                    if !self.detach {
                        self.job.cancel.cancel();
                    }
                }
                Some(line) = lines.recv() => {
                    Transfer::log_message(&emitter, 6, &line).await?;
                }
                _ = tick.tick() => {
                    let now = self.job.meter();
                    if now != told {
                        told = now;
                        self.tell(&emitter, now).await?;
                    }
                }
            }
        };
        // What it made has its object before anybody hears that it is made.
        let known = self.shared.refresh(&self.connection).await;
        self.job.finish(match done.map_err(Refusal::from) {
            Ok(Ok(report)) => End::Done(report),
            Ok(Err(refusal)) | Err(refusal) => End::Not(self.job.blame(refusal)),
        });
        self.shared
            .transfers
            .running(|all| all.remove(&self.entry.number));
        while let Ok(line) = lines.try_recv() {
            Transfer::log_message(&emitter, 6, &line).await?;
        }
        self.tell(&emitter, self.job.meter()).await?;
        let end = self.job.ended().await;
        self.say_goodbye(&emitter, &end).await?;
        let lingering = &self.shared.transfers.lingering;
        if lingering.fetch_add(1, Ordering::Relaxed) < MOST && here {
            let _ = tokio::time::timeout(LINGER, gone.left()).await;
        }
        lingering.fetch_sub(1, Ordering::Relaxed);
        let server = self.connection.object_server();
        server.remove::<Transfer, _>(&self.object).await?;
        known
    }

    async fn tell(&self, emitter: &SignalEmitter<'_>, now: Meter) -> Answer {
        let changed = HashMap::from([
            ("State", self.job.state().into()),
            ("Step", now.step.into()),
            ("Progress", now.fraction.into()),
        ]);
        Ok(crate::dbus::objects::properties_changed::<Transfer>(emitter, changed).await?)
    }

    async fn say_goodbye(&self, emitter: &SignalEmitter<'_>, end: &End) -> Answer {
        let (report, error) = match end {
            End::Done(report) => (report.on_the_bus(), ("", "")),
            End::Not(refusal) => {
                let error = (refusal.name.as_ref(), refusal.message.as_str());
                (HashMap::new(), error)
            }
        };
        Transfer::finished(emitter, end.word(), report, error.0, error.1).await?;
        let root = SignalEmitter::new(&self.connection, path::ROOT)?;
        let object = &self.object;
        Ok(Manager::transfer_removed(&root, self.job.number, object, end.word()).await?)
    }
}

/// The object of a transfer.
#[derive(Debug)]
pub struct Transfer {
    job: Arc<Job>,
    asking: Arc<Turns>,
}

/// Work that takes its time. Its object can be asked for its end as long as the caller that began it
/// is on the bus, for half a minute.
#[interface(name = "org.cryopod.engine1.Transfer")]
impl Transfer {
    /// Takes the work back: a checkpoint lets its container go on, a restore or a pull leaves nothing.
    /// What is past that point comes to its end. For whoever began it, and those who may manage.
    async fn cancel(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        self.allow(connection, &header, Action::Manage).await?;
        self.job.cancel.cancel();
        Ok(())
    }

    /// Waits until the work is over. The report has `Id` and `Container` of a checkpoint or a restore,
    /// `Checkpoint` of one with a name, `FrozenUSec`, `RuntimeUSec`, `Warnings`; `Id` and `Names` of a
    /// pulled image. Work that failed answers with its error.
    #[zbus(out_args("report"))]
    async fn wait(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<HashMap<String, OwnedValue>, Refusal> {
        self.allow(connection, &header, Action::Inspect).await?;
        Ok(self.job.ended().await.answer()?.on_the_bus())
    }

    /// A line for people, and its urgency as syslog has it.
    #[zbus(signal)]
    async fn log_message(
        emitter: &SignalEmitter<'_>,
        priority: u32,
        line: &str,
    ) -> zbus::Result<()>;

    /// The work is over: `done`, `failed` or `canceled`; its report, or the name of its error and one
    /// line for people.
    #[zbus(signal)]
    async fn finished(
        emitter: &SignalEmitter<'_>,
        result: &str,
        report: HashMap<String, OwnedValue>,
        error_name: &str,
        error_message: &str,
    ) -> zbus::Result<()>;

    /// Its number, which no other one of this service has.
    #[zbus(property(emits_changed_signal = "const"))]
    fn id(&self) -> u32 {
        self.job.number
    }

    /// `checkpoint`, `export`, `restore` or `pull`.
    #[zbus(property(emits_changed_signal = "const"))]
    fn kind(&self) -> &str {
        self.job.kind
    }

    /// What it is about: a container's name, an image's, or a descriptor.
    #[zbus(property(emits_changed_signal = "const"))]
    fn subject(&self) -> &str {
        &self.job.subject
    }

    /// The connection that asked for it.
    #[zbus(property(emits_changed_signal = "const"))]
    fn owner(&self) -> &str {
        &self.job.owner
    }

    /// `running`, `done`, `failed` or `canceled`.
    #[zbus(property)]
    fn state(&self) -> &str {
        self.job.state()
    }

    /// What is being done: `preflight`, `dump`, `write`, `read`, `prepare`, `restore`; empty before.
    #[zbus(property)]
    fn step(&self) -> &str {
        self.job.meter().step
    }

    /// Part of the work that is done, from 0 to 1; of a pull, of the layer that comes.
    #[zbus(property)]
    fn progress(&self) -> f64 {
        self.job.meter().fraction
    }
}

impl Transfer {
    /// Of a piece of work.
    pub(in crate::dbus) fn new(job: &Arc<Job>, shared: &Shared) -> Self {
        Self {
            job: Arc::clone(job),
            asking: Arc::clone(&shared.asking),
        }
    }

    async fn allow(&self, connection: &Connection, header: &Header<'_>, action: Action) -> Answer {
        if authority::caller(header)? == self.job.owner {
            return Ok(());
        }
        let subject = &self.job.subject;
        authority::allow(&self.asking, connection, header, action, subject).await
    }
}
