//! A client joined with a container's standard streams.
//!
//! Clients attach first and start afterwards: an attachment to a container that hasn't started waits
//! for whoever starts it, and has all that comes from its first byte on.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use libcr::Engine;
use libcr::model::status::Status;
use libcr::monitor::attach::{Attachment, Packet};
use libcr::ops::lifecycle::logs::{LogOptions, logs};
use libcr::ops::lifecycle::{attach, ps, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::logs::{MULTIPLEXED, RAW};
use crate::http::call::{CancelGuard, Context};
use crate::http::client::{Client, joined};
use crate::http::detach::DetachKeys;
use crate::http::frames::{self, frame};
use crate::http::{Call, Failure, Reply};
use crate::serve::starts::Waiter;

/// How often it is looked whether a container has been started by somebody else.
const LOOK: Duration = Duration::from_millis(100);
/// How often it is looked whether a silent client is still there.
pub const GONE: Duration = Duration::from_millis(500);
/// What a container takes at a time.
const CHUNK: usize = 8192;

/// Which streams a client wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// It sends input.
    pub input: bool,
    /// It reads standard output.
    pub output: bool,
    /// It reads standard error.
    pub error: bool,
    /// The container has a terminal: what it writes isn't framed.
    pub terminal: bool,
    /// What it types to leave.
    pub keys: DetachKeys,
}

/// `POST …/attach`.
///
/// # Errors
/// 404, and 409 for a container that can't be attached to; 400 for no streams.
pub async fn answer(call: Call, upgrade: OnUpgrade) -> Result<Reply, Failure> {
    let flag = |key: &str, otherwise: bool| match call.query.text(key) {
        None => Ok(otherwise),
        Some(_) if call.is_libpod => call.query.flag(key),
        Some(_) => Ok(call.query.docker_flag(key)),
    };
    let otherwise = call.is_libpod;
    let (input, output) = (flag("stdin", otherwise)?, flag("stdout", otherwise)?);
    let error = flag("stderr", otherwise)?;
    let (stream, earlier) = (flag("stream", otherwise)?, flag("logs", false)?);
    if !(stream || earlier) || !(input || output || error) {
        return Err(Failure::bad(
            "at least one of stdin, stdout, stderr must be true, and stream or logs",
        ));
    }
    let keys = DetachKeys::parse(call.query.text("detachKeys"))?;
    let name = call.name().to_owned();
    let (id, status, terminal) = call
        .context
        .run(move |engine| {
            let found = engine.find(&name)?.config.id;
            let all = ps::list(engine)?;
            let one = all.into_iter().find(|one| one.config.id == found);
            let one = one.ok_or(libcr::Error::NoSuchContainer(found))?;
            let terminal = one.config.process.terminal;
            Ok((one.config.id, one.state.status, terminal))
        })
        .await?;
    let wanted = Wanted {
        input,
        output,
        error,
        terminal,
        keys,
    };
    let kind = if terminal { RAW } else { MULTIPLEXED };
    if earlier && !stream {
        return Ok(written(&call, upgrade, kind, id, &wanted));
    }
    // One that runs must be attached to before the client is told so: nothing may be missed.
    let at_once = match status {
        Status::Running => {
            let id = id.clone();
            Some(
                call.context
                    .run(move |engine| Ok(attach::attach(engine, &id)?.attachment))
                    .await?,
            )
        }
        Status::Created | Status::Exited => None,
        Status::Paused | Status::Removing => {
            return Err(Failure::new(
                409,
                "you can only attach to running containers: container state improper",
            ));
        }
    };
    let context = Arc::clone(&call.context);
    // Registered before the client can know: its start may come at once.
    let waits = at_once.is_none().then(|| context.starts.wait(&id));
    Ok(joined(&call, upgrade, kind, move |mut client| async move {
        let attachment = match (at_once, waits) {
            (Some(attachment), _) => Some(attachment),
            (None, Some(waits)) => started(&context, id, waits, &mut client).await,
            (None, None) => None,
        };
        if let Some(attachment) = attachment
            && let Err(error) = bridge(attachment, client, wanted).await
        {
            tracing::debug!(%error, "attachment");
        }
    }))
}

/// What a container has written, and no more.
fn written(call: &Call, upgrade: OnUpgrade, kind: &str, id: String, wanted: &Wanted) -> Reply {
    let (terminal, output, error) = (wanted.terminal, wanted.output, wanted.error);
    let (context, cancel) = (Arc::clone(&call.context), call.cancel.clone());
    joined(call, upgrade, kind, move |mut client| async move {
        let _gone = CancelGuard(cancel.clone());
        let (pieces, mut lines) = mpsc::channel(16);
        let reading = context.run(move |engine| {
            let options = LogOptions {
                cancel,
                ..LogOptions::default()
            };
            logs(engine, &id, &options, |line| {
                let (number, is_wanted) = if line.error {
                    (frames::ERROR, error)
                } else {
                    (frames::OUTPUT, output)
                };
                let bytes = if terminal {
                    line.text.clone()
                } else {
                    frame(number, &line.text).to_vec()
                };
                !is_wanted || pieces.blocking_send(bytes).is_ok()
            })?;
            Ok(())
        });
        let sending = async {
            while let Some(bytes) = lines.recv().await {
                client.write_all(&bytes).await?;
            }
            client.shutdown().await
        };
        let (done, sent) = tokio::join!(reading, sending);
        if let Err(error) = sent {
            tracing::debug!(%error, "log");
        }
        if let Err(failure) = done {
            tracing::debug!(message = %failure.message, "log");
        }
    })
}

/// Waits for the start of a container; `None` when the client is gone, or the container is.
async fn started(
    context: &Arc<Context>,
    id: String,
    mut waits: Waiter,
    client: &mut Client,
) -> Option<Attachment> {
    loop {
        tokio::select! {
            attachment = &mut waits.attachment => return attachment.ok(),
            () = sleep(LOOK) => {
                if client.is_gone() {
                    return None;
                }
            }
        }
        if !context.starts.is_left(&waits) {
            continue;
        }
        let id = id.clone();
        // Somebody else may have started it.
        let runs = context
            .run(move |engine| match attach::attach(engine, &id) {
                Ok(attached) => Ok(Some(attached.attachment)),
                Err(error) if error.kind() == libcr::ErrorKind::WrongState => Ok(None),
                Err(error) => Err(error.into()),
            })
            .await;
        match runs {
            Ok(None) => {}
            // This service has started it meanwhile: the other attachment has its first bytes.
            Ok(Some(_)) if !context.starts.is_left(&waits) => {}
            Ok(attachment) => return attachment,
            Err(_) => return None,
        }
    }
}

/// Starts a container for a client, and gives its streams to who waits for them.
///
/// # Errors
/// As `start`.
pub fn start_container(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let id = engine.find(call.name())?.config.id;
    let runs = ps::list(engine)?
        .into_iter()
        .any(|one| one.config.id == id && one.state.status == Status::Running);
    if runs {
        return Ok(Reply::status(304));
    }
    let mut waiting = call.context.starts.take(&id);
    waiting.retain(|one| !one.is_gone());
    let started = match start::start(engine, &id, !waiting.is_empty()) {
        Ok(started) => started,
        Err(error) => {
            // They may be served by the next try.
            call.context.starts.give_back(&id, waiting);
            return Err(error.into());
        }
    };
    let mut attachment = started.attachment;
    if let Some((rows, columns)) = call.context.starts.take_size(&id) {
        // It may have ended already.
        let paths = engine.monitor_paths(&id);
        if let Err(error) = libcr::monitor::client::resize(&paths, rows, columns) {
            tracing::debug!(%error, id, "its terminal keeps its size");
        }
    }
    for one in waiting {
        let own = match attachment.take() {
            Some(attachment) => Some(attachment),
            None => attach::attach(engine, &id).ok().map(|own| own.attachment),
        };
        if let Some(own) = own {
            // Who has left meanwhile needs none; the next one gets it, with all that came by it.
            attachment = one.give(own);
        }
    }
    Ok(Reply::status(204))
}

/// Carries bytes both ways until the container's streams end, the client goes or detaches.
///
/// # Errors
/// The client can't be written to, or the container's monitor is gone.
pub async fn bridge(attachment: Attachment, mut client: Client, wanted: Wanted) -> io::Result<()> {
    rustix::io::ioctl_fionbio(&attachment, true)?;
    let mut attachment = attachment;
    // The same socket, for the event loop: it says when there is something to do.
    let socket = std::os::unix::net::UnixStream::from(attachment.as_fd().try_clone_to_owned()?);
    let socket = UnixStream::from_std(socket)?;
    let mut keys = wanted.keys.clone();
    let mut buffer = [0; CHUNK];
    // What the client has sent and the container has not taken yet.
    let mut pending: Option<Vec<u8>> = None;
    let mut open = true;
    loop {
        let interest = if pending.is_some() {
            Interest::READABLE | Interest::WRITABLE
        } else {
            Interest::READABLE
        };
        tokio::select! {
            ready = socket.ready(interest) => {
                let ready = ready?;
                if ready.is_writable()
                    && let Some(bytes) = &pending
                {
                    match socket.try_io(Interest::WRITABLE, || attachment.send(bytes)) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                            // It takes no more; what it had sent before that is still to come.
                            pending = None;
                            open = false;
                        }
                        sent => {
                            sent?;
                            pending = None;
                        }
                    }
                }
                if !ready.is_readable() {
                    continue;
                }
                let received = socket.try_io(Interest::READABLE, || {
                    Ok(match attachment.receive()? {
                        Packet::End => None,
                        Packet::Output(data) => Some((frames::OUTPUT, data.to_vec())),
                        Packet::Error(data) => Some((frames::ERROR, data.to_vec())),
                    })
                });
                let (stream, data) = match received {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                    received => match received? {
                        Some(piece) => piece,
                        None => break,
                    },
                };
                let unwanted = if stream == frames::ERROR { !wanted.error } else { !wanted.output };
                if unwanted {
                    continue;
                }
                if wanted.terminal {
                    client.write_all(&data).await?;
                } else {
                    client.write_all(&frame(stream, &data)).await?;
                }
            }
            count = client.read(&mut buffer), if open && pending.is_none() => {
                match count? {
                    0 => {
                        open = false;
                        if wanted.input
                            && let Err(error) = attachment.close_input()
                        {
                            tracing::debug!(%error, "it takes no more input");
                        }
                    }
                    count if wanted.input => {
                        let (bytes, detached) = keys.pass(&buffer[..count]);
                        if detached {
                            break;
                        }
                        pending = Some(bytes).filter(|bytes| !bytes.is_empty());
                    }
                    _ => {}
                }
            }
            () = sleep(GONE) => {
                if client.is_gone() {
                    break;
                }
            }
        }
    }
    client.shutdown().await
}
