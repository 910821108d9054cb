//! D-Bus: `org.cryopod.engine1` on a bus, with an object for each container, each named checkpoint
//! and each piece of long work, as `docs/api/dbus.md` describes them.
//!
//! `interfaces/`: an interface a file, and what properties say. `objects`: the tree follows the
//! database. `reader`: reads it without any lock. `authority`: who may do what. `work/`: what methods
//! are told, long work, and archives by descriptor. `refusal`: errors. `socket`, `address`: the bus.

pub mod address;
mod authority;
pub mod description;
mod interfaces;
mod objects;
mod path;
mod reader;
mod refusal;
mod socket;
mod work;

use std::sync::Arc;

use libcr::Engine;
use libcr::progress::Cancel;
use tokio::sync::{Semaphore, oneshot};
use zbus::Connection;
use zbus::fdo::{ObjectManager, RequestNameFlags};
use zbus::message::Header;

use crate::http::call::Context;
use crate::serve::LogLevel;
use address::Bus;
use interfaces::log_control;
use interfaces::root::Manager;
use interfaces::transfer::Transfers;
use objects::Objects;
use reader::Reader;
use refusal::{Answer, Refusal};
use work::turns::Turns;

/// The name on the bus.
pub const NAME: &str = "org.cryopod.engine1";

/// Looks at the engine at a time for callers that need no right: each takes a thread.
const LOOKS: usize = 16;
/// The longest name that anything has, bytes.
const LONGEST: usize = 4096;

/// What all objects of a service share.
#[derive(Debug)]
struct Shared {
    context: Arc<Context>,
    reader: Arc<Reader>,
    transfers: Transfers,
    objects: Objects,
    /// Calls that anybody may make.
    looks: Arc<Turns>,
    looking: Semaphore,
    /// Calls that wait for polkit.
    asking: Arc<Turns>,
    /// Calls that have a thread for as long as a container runs.
    staying: Arc<Turns>,
}

impl Shared {
    fn new(context: Arc<Context>) -> Self {
        let reader = Arc::new(Reader::new(context.config.clone()));
        Self {
            context,
            reader,
            transfers: Transfers::default(),
            objects: Objects::default(),
            looks: Turns::new("calls", 256, usize::MAX),
            looking: Semaphore::new(LOOKS),
            asking: Turns::new("calls that need polkit", 16, 256),
            staying: Turns::new(
                "calls that wait for containers or read their logs",
                128,
                512,
            ),
        }
    }

    /// Looks something up for a caller who needs no right to do so, by these names.
    ///
    /// # Errors
    /// [`refusal::LIMITS`]; what `work` gives, by its name on the bus.
    async fn look<T: Send + 'static>(
        &self,
        header: &Header<'_>,
        names: &[&str],
        work: impl FnOnce(&Engine) -> libcr::Result<T> + Send + 'static,
    ) -> Answer<T> {
        if let Some(name) = names.iter().find(|name| name.len() > LONGEST) {
            let shown: String = name.chars().take(64).collect();
            return Err(libcr::Error::NoSuchContainer(format!("{shown}…")).into());
        }
        let _turn = self.looks.take(&authority::caller(header)?)?;
        let looking = self.looking.acquire().await;
        let _looking = looking.map_err(|error| Refusal::internal(&error))?;
        self.run(work).await
    }

    /// Does something that is brought to its end, whoever waits.
    ///
    /// # Errors
    /// What `work` gives, by its name on the bus.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> libcr::Result<T> + Send + 'static,
    ) -> Answer<T> {
        let done = self.context.run(move |engine| Ok(work(engine))).await?;
        done.map_err(Refusal::from)
    }
}

/// A service on a bus.
#[derive(Debug)]
pub struct Door {
    connection: Connection,
    cancel: Cancel,
}

impl Door {
    /// Connects, shows all there is, and only then takes the name.
    ///
    /// # Errors
    /// No bus, or somebody has the name.
    pub async fn open(
        context: &Arc<Context>,
        bus: &Bus,
        log: Option<LogLevel>,
    ) -> zbus::Result<Self> {
        let connection = bus.builder()?.build().await?;
        let shared = Arc::new(Shared::new(Arc::clone(context)));
        let server = connection.object_server();
        server.at(path::ROOT, Manager::new(&shared)).await?;
        if let Some(log) = log {
            let control = log_control::LogControl(log);
            server.at(log_control::PATH, control).await?;
        }
        server.at(path::ROOT, ObjectManager).await?;
        let cancel = Cancel::default();
        let (begins, begun) = oneshot::channel();
        let (all, bus) = (Arc::clone(&shared), connection.clone());
        tokio::spawn(objects::follow(all, bus, cancel.clone(), begins));
        // From here on all changes are seen; where that can't be, the next line says why.
        let _ = begun.await;
        let shown = shared.refresh(&connection).await;
        shown.map_err(|refusal| zbus::Error::Failure(refusal.message))?;
        let flags = RequestNameFlags::DoNotQueue;
        connection
            .request_name_with_flags(NAME, flags.into())
            .await?;
        let (activity, bus) = (Arc::clone(&context.activity), connection.clone());
        tokio::spawn(async move {
            while !bus.is_closed() {
                bus.monitor_activity().await;
                // Somebody is there: the idle time begins anew.
                drop(activity.connection());
            }
        });
        Ok(Self { connection, cancel })
    }

    /// What returns when the bus is gone.
    pub fn lost(&self) -> impl Future<Output = ()> + Send + 'static {
        let connection = self.connection.clone();
        async move { connection.closed().await }
    }

    /// Gives the name back: from now on the bus starts another service for who calls.
    pub async fn retire(&self) {
        if let Err(error) = self.connection.release_name(NAME).await {
            tracing::debug!(%error, "bus");
        }
    }

    /// Leaves the bus.
    pub async fn close(self) {
        self.cancel.cancel();
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "bus");
        }
    }
}
