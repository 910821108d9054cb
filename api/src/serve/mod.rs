//! `system service`: listens, answers, ends when nobody has come for some time or when it is told to.
//!
//! It holds no state: whatever it is in the midst of when it is killed is completed or undone by the
//! next command, as with every other killed engine.

pub mod activity;
pub mod address;
mod connection;
pub mod starts;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use libcr::Config;
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::cri;
use crate::dbus;
use crate::http::call::Context;
use crate::shared::exec::Terminals;
use crate::varlink;
use activity::Activity;
use address::{Address, Door, Listening};

/// Connections at a time; more wait in the kernel's queue.
const CONNECTIONS: usize = 1024;
/// Threads at a time: every connection may have work, of which the client that began it is gone.
const THREADS: usize = 2 * CONNECTIONS;
/// How long clients that have all they asked for may stay when the service ends.
const FAREWELL: Duration = Duration::from_secs(1);

/// What a service is asked for.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// `unix://PATH`, `varlink:unix:PATH`, `dbus:BUS`, `cri:unix://PATH`; none:
    /// `unix://<run>/cryopod.sock`.
    pub addresses: Vec<String>,
    /// It ends after this time without a connection; `None`: never.
    pub idle: Option<Duration>,
    /// How the level of this process's messages is read and set, where it can be.
    pub log: Option<LogLevel>,
    /// Clients of Kubernetes' interface may thaw what came from elsewhere: CreateContainer of a
    /// checkpoint, RestorePod.
    pub cri_restore: bool,
}

/// The level of this process's messages.
#[derive(Debug, Clone, Copy)]
pub struct LogLevel {
    /// Reads it.
    pub get: fn() -> tracing::Level,
    /// Sets it.
    pub set: fn(tracing::Level),
}

/// Why there is no service.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address that can't be listened on.
    #[error("invalid address {uri:?}: {why}")]
    Address {
        /// As given.
        uri: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Another service is there.
    #[error("another service answers at {}", .0.display())]
    InUse(PathBuf),
    /// Something else is there.
    #[error("{} exists and is no socket", .0.display())]
    NoSocket(PathBuf),
    /// A descriptor of the service manager that is no listening unix socket.
    #[error("descriptor {0} of the service manager is no listening unix socket")]
    Activation(usize),
    /// A bus that is not there, or a name that somebody has.
    #[error("cannot serve on D-Bus: {0}")]
    Bus(String),
    /// The kernel refused something.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// The engine can't be opened.
    #[error(transparent)]
    Engine(#[from] libcr::Error),
}

/// Serves until nobody has come for the idle time, or SIGTERM or SIGINT: then what was begun is
/// brought to its end.
///
/// # Errors
/// [`ServeError`], before the first client is heard.
pub fn serve(config: Config, options: &ServeOptions) -> Result<(), ServeError> {
    let failed = |doing| {
        move |source| ServeError::Io {
            doing,
            path: PathBuf::new(),
            source,
        }
    };
    let (buses, addresses) = address::buses(&options.addresses)?;
    let mut sockets = address::passed()?;
    if sockets.is_empty() {
        let standard = Address {
            door: Door::Rest,
            path: config.run_root.join("cryopod.sock"),
        };
        let mut wanted = vec![standard];
        if !options.addresses.is_empty() {
            let parsed = addresses.iter().map(|uri| address::parse(uri));
            wanted = parsed.collect::<Result<_, _>>()?;
        }
        for address in &wanted {
            sockets.push(address::bind(address)?);
        }
    }
    // Once before the first client: what a killed engine left, and whether it can be opened at all.
    libcr::open(config.clone())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(THREADS)
        .thread_name("cryopod-api")
        .enable_all()
        .build()
        .map_err(failed("start threads for"))?;
    let context = Arc::new(Context {
        socket: sockets.first().map_or(String::new(), |socket| {
            format!("unix://{}", socket.path.display())
        }),
        config,
        activity: Arc::new(Activity::default()),
        starts: starts::Starts::default(),
        terminals: Terminals::default(),
        cri_restore: options.cri_restore,
        streams: cri::Streams::default(),
        listeners: cri::events::Listeners::default(),
    });
    let idle = options.idle;
    let log = options.log;
    let served = runtime.block_on(async {
        let mut doors = Vec::new();
        for bus in &buses {
            let door = dbus::Door::open(&context, bus, log).await;
            doors.push(door.map_err(|error| ServeError::Bus(error.to_string()))?);
        }
        let served = run(context, sockets, doors, idle).await;
        served.map_err(failed("listen on"))
    });
    // Readers of logs and events have nothing to bring to an end.
    runtime.shutdown_background();
    served
}

async fn run(
    context: Arc<Context>,
    sockets: Vec<Listening>,
    doors: Vec<dbus::Door>,
    idle: Option<Duration>,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut accepting = JoinSet::new();
    for socket in &sockets {
        let listener = socket.listener.try_clone()?;
        listener.set_nonblocking(true)?;
        let listener = UnixListener::from_std(listener)?;
        accepting.spawn(accept(
            (socket.door, socket.is_pouch()),
            listener,
            Arc::clone(&context),
            Arc::clone(&room),
            stopping.clone(),
        ));
    }
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    // Whoever started it may close its terminal.
    let mut hangup = signal(SignalKind::hangup())?;
    let over = async {
        loop {
            tokio::select! {
                _ = term.recv() => return,
                _ = int.recv() => return,
                _ = hangup.recv() => {}
            }
        }
    };
    tokio::select! {
        () = over => tracing::info!("told to end"),
        () = idle_for(&context.activity, idle) => tracing::info!("idle"),
        () = any_lost(&doors) => tracing::warn!("the bus is gone"),
    }
    for door in &doors {
        door.retire().await;
    }
    accepting.abort_all();
    drop(sockets);
    stop.send_replace(true);
    // What was begun comes to its end, however long that takes.
    while context.activity.jobs() > 0 {
        let _ = timeout(FAREWELL, context.activity.changed()).await;
    }
    let gone = async {
        while !context.activity.is_idle() {
            context.activity.changed().await;
        }
    };
    let _ = timeout(FAREWELL, gone).await;
    for door in doors {
        door.close().await;
    }
    Ok(())
}

/// Returns when one of the buses is gone.
async fn any_lost(doors: &[dbus::Door]) {
    let mut lost: JoinSet<()> = doors.iter().map(dbus::Door::lost).collect();
    if lost.join_next().await.is_none() {
        std::future::pending::<()>().await;
    }
}

/// Returns once nobody has been there for so long.
async fn idle_for(activity: &Activity, limit: Option<Duration>) {
    let Some(limit) = limit else {
        return std::future::pending().await;
    };
    loop {
        while !activity.is_idle() {
            activity.changed().await;
        }
        tokio::select! {
            () = sleep(limit) => {
                if activity.is_idle() {
                    return;
                }
            }
            // Somebody came and went.
            () = activity.changed() => {}
        }
    }
}

async fn accept(
    (door, is_pouch): (Door, bool),
    listener: UnixListener,
    context: Arc<Context>,
    room: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
) {
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let token = context.activity.connection();
                let (context, stopping) = (Arc::clone(&context), stopping.clone());
                tokio::spawn(async move {
                    match door {
                        Door::Rest => {
                            connection::serve(stream, context, is_pouch, stopping).await;
                        }
                        Door::Cri => cri::connection::serve(stream, context, stopping).await,
                        Door::Varlink => {
                            varlink::connection::serve(stream, context, stopping).await;
                        }
                    }
                    drop((token, permit));
                });
            }
            Err(error) => {
                // Out of descriptors, most likely: some will be given back.
                tracing::warn!(%error, "accept");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
