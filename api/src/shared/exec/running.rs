//! A session's process: started, supervised to its end, joined with a client's streams.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use libcr::ops::lifecycle::exec::sessions::{self, Session};
use libcr::ops::lifecycle::exec::{ExecOptions, Running, Streams, begin};
use libcr::{Engine, ErrorKind};
use tokio::sync::{oneshot, watch};

use super::streams::{self, Reading, open};
use crate::http::Failure;
use crate::http::call::Context;
use crate::http::client::Client;
use crate::http::detach::DetachKeys;
use crate::serve::activity::Token;

/// A session whose process runs.
pub struct Begun {
    read: Reading,
    ended: watch::Receiver<End>,
}

/// Whether a process has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It runs.
    Open,
    /// With this code, where that is known.
    Ended(Option<i32>),
}

impl Begun {
    /// Waits until the process has ended and that is written down; its exit code, where that is known.
    /// The session may be gone with its container by then.
    pub fn ended(&self) -> impl Future<Output = Option<i32>> + Send + use<> {
        let mut ended = self.ended.clone();
        async move {
            let end = ended.wait_for(|end| *end != End::Open).await;
            match end.as_deref() {
                Ok(End::Ended(code)) => *code,
                // Whoever would tell it is gone.
                _ => None,
            }
        }
    }

    /// Carries bytes both ways until the process has ended and all it wrote is on its way, or the
    /// client is gone.
    ///
    /// # Errors
    /// The client can't be written to.
    pub async fn join(self, client: Client, keys: DetachKeys) -> std::io::Result<()> {
        streams::join(client, self.read, self.ended, keys).await
    }
}

/// Starts a session's process, with a terminal of this size (lines, characters of each) if it has one.
///
/// # Errors
/// 400 when there is no such command; 409 when the container doesn't run.
pub async fn begin_joined(
    context: &Arc<Context>,
    session: Session,
    size: (Option<i64>, Option<i64>),
) -> Result<Begun, Failure> {
    let (ends, streams) = open(&session).map_err(|error| Failure::internal(&error))?;
    // From the first byte on: what came to which stream first is seen only while it comes.
    let read = Reading::of(ends).map_err(|error| Failure::internal(&error))?;
    if let Some(terminal) = read.terminal() {
        let kept = context.terminals.keep(&session.id, terminal, size);
        kept.map_err(|error| Failure::internal(&error))?;
    }
    let ended = run(context, session, streams).await?;
    Ok(Begun { read, ended })
}

/// Nobody stays with it: returns once it runs.
pub(super) async fn detached(context: &Arc<Context>, session: Session) -> Result<(), Failure> {
    if session.options.terminal {
        let with_terminal = move |engine: &Engine| of_runtime(engine, session);
        return context.run(with_terminal).await;
    }
    let streams = Streams::null().map_err(|error| Failure::internal(&error))?;
    run(context, session, streams).await.map(drop)
}

/// A terminal that nobody has is the runtime's; how the process ends isn't known.
fn of_runtime(engine: &Engine, mut session: Session) -> Result<(), Failure> {
    let options = ExecOptions {
        detach: true,
        ..session.options.clone()
    };
    let streams = Streams::null().map_err(|error| Failure::internal(&error))?;
    sessions::claim(engine, &session)?;
    let running = begin(engine, &session.container, &options, streams, None)
        .inspect_err(|_| give_back(engine, &session))?;
    note_started(engine, &mut session, running.runtime_pid());
    let code = running.wait(engine)?;
    sessions::ended(engine, &mut session, code)?;
    Ok(())
}

/// One that runs is followed to its end, whatever becomes of its file, which goes with its container's.
fn note_started(engine: &Engine, session: &mut Session, runtime: u32) {
    if let Err(error) = sessions::started(engine, session, runtime) {
        tracing::warn!(session = session.id, %error, "its start is not written down");
    }
}

/// One that could not be started may be started again.
fn give_back(engine: &Engine, session: &Session) {
    if let Err(error) = sessions::give_back(engine, session) {
        tracing::debug!(session = session.id, %error, "its claim stays");
    }
}

/// Starts the process; returns once it runs what says when it has ended and that is written down.
async fn run(
    context: &Arc<Context>,
    session: Session,
    streams: Streams,
) -> Result<watch::Receiver<End>, Failure> {
    let (is_there, there) = oneshot::channel::<Result<(), Failure>>();
    let (has_ended, ended) = watch::channel(End::Open);
    let context = Arc::clone(context);
    tokio::spawn(async move {
        let shared = Arc::clone(&context);
        let activity = Arc::clone(&context.activity);
        let id = session.id.clone();
        // A service that is told to end waits for its start, and not for what runs then.
        let starting = (is_there, activity.job());
        let supervising = context.run_apart(move |engine| {
            let first = Mutex::new(Some(starting));
            let tell = |result| {
                let starting = first.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some((told, _job)) = starting {
                    drop(told.send(result));
                }
            };
            let ends = || activity.job();
            let done = supervise(engine, session, streams, &|| tell(Ok(())), ends);
            if let Err(failure) = &done {
                tell(Err(failure.clone()));
            }
            done
        });
        let code = match supervising.await {
            Ok(code) => Some(code),
            Err(failure) => {
                tracing::debug!(message = %failure.message, "exec session");
                None
            }
        };
        shared.terminals.forget(&id);
        has_ended.send_replace(End::Ended(code));
    });
    there
        .await
        .unwrap_or_else(|_| Err(Failure::internal(&"the process was not started")))?;
    Ok(ended)
}

/// From its start to its end, with its exit code; `runs` is called once its command has been found,
/// `ends` when there is something to be written down that a service which is told to end must wait for.
fn supervise(
    engine: &Engine,
    mut session: Session,
    streams: Streams,
    runs: &(dyn Fn() + Sync),
    ends: impl FnOnce() -> Token,
) -> Result<i32, Failure> {
    sessions::claim(engine, &session)?;
    let directory = engine
        .monitor_paths(&session.container)
        .directory
        .join("exec");
    let pid_file = directory.join(format!("{}.pid", session.id));
    let running: Running = begin(
        engine,
        &session.container,
        &session.options,
        streams,
        Some(&pid_file),
    )
    .inspect_err(|_| give_back(engine, &session))?;
    let runtime = running.runtime_pid();
    note_started(engine, &mut session, runtime);
    let process = format!("/proc/{runtime}/stat");
    let code = std::thread::scope(|scope| {
        scope.spawn(|| {
            // The runtime writes it when the process is there; a runtime that failed ends.
            let alive =
                || std::fs::read_to_string(&process).is_ok_and(|stat| !stat.contains(") Z "));
            while alive() {
                if std::fs::metadata(&pid_file).is_ok_and(|file| file.len() > 0) {
                    runs();
                    return;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        running.wait(engine)
    });
    let _job = ends();
    let _ = std::fs::remove_file(&pid_file);
    let number = match &code {
        Ok(code) => *code,
        Err(error) if error.kind() == ErrorKind::CommandNotFound => 127,
        Err(error) if error.kind() == ErrorKind::CommandNotExecutable => 126,
        Err(_) => -1,
    };
    if let Err(error) = sessions::ended(engine, &mut session, number) {
        tracing::warn!(session = session.id, %error, "its end is not written down");
    }
    let code = code?;
    // One that was quicker than we looked ran all the same.
    runs();
    Ok(code)
}
