//! A process's streams, between the engine and however they lie on a client's connection.

use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use libcr::ops::lifecycle::exec::ExecOptions;
use libcr::ops::lifecycle::exec::sessions::{self, SessionState};
use libcr::progress::Cancel;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
use tokio::sync::mpsc;

use super::status;
use super::tokens::Joined;
use crate::http::call::Context;
use crate::http::client::Client;
use crate::http::detach::DetachKeys;
use crate::http::{Failure, frames};
use crate::shared::{attach, exec as shared};

/// What waits for a side that reads slowly, bytes.
const WAITING: usize = 64 << 10;
/// What is carried at a time.
const CHUNK: usize = 32 << 10;

/// What a client sends.
#[derive(Debug)]
pub enum Sent {
    /// Input.
    Input(Bytes),
    /// No more of it.
    InputEnds,
    /// The size of its terminal.
    Size {
        /// Lines.
        rows: u16,
        /// Characters of a line.
        columns: u16,
    },
}

/// What a client is told.
#[derive(Debug)]
pub enum Told {
    /// Standard output.
    Output(Bytes),
    /// Standard error.
    Error(Bytes),
    /// The end, see [`status`]. Nothing comes after it.
    Status(Bytes),
}

/// The engine's side.
#[derive(Debug)]
pub struct Wire {
    sent: mpsc::Receiver<Sent>,
    told: mpsc::Sender<Told>,
    gone: Cancel,
}

/// The side of the connection.
#[derive(Debug)]
pub struct Ends {
    /// Where to put what the client sends.
    pub sent: mpsc::Sender<Sent>,
    /// What the client is to be told.
    pub told: mpsc::Receiver<Told>,
    /// To be set when the client is gone.
    pub gone: Cancel,
}

/// Both sides.
pub fn wire() -> (Wire, Ends) {
    // Of what a client sends, which comes in pieces of any length, no more than one waits.
    let (sent, to_engine) = mpsc::channel(1);
    let (told, to_client) = mpsc::channel(4);
    let gone = Cancel::default();
    let wire = Wire {
        sent: to_engine,
        told,
        gone: gone.clone(),
    };
    let ends = Ends {
        sent,
        told: to_client,
        gone,
    };
    (wire, ends)
}

/// Reads a size as Kubernetes writes it: `{"Width":80,"Height":24}`.
pub fn size(text: &[u8]) -> Option<Sent> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Size {
        width: u16,
        height: u16,
    }
    let size: Size = serde_json::from_slice(text).ok()?;
    Some(Sent::Size {
        rows: size.height,
        columns: size.width,
    })
}

/// Runs a command in a container and tells how it ended.
pub async fn exec(context: &Arc<Context>, id: String, options: ExecOptions, wire: Wire) {
    let terminal = options.terminal;
    let made = context
        .run(move |engine| {
            let session = sessions::create(engine, &id, options)?;
            Ok(sessions::find(engine, &session)?)
        })
        .await;
    let session = match made {
        Ok(session) => session,
        Err(failure) => return refuse(&wire, &failure).await,
    };
    let id = session.id.clone();
    let Wire { sent, told, gone } = wire;
    let code = match shared::begin_joined(context, session, (None, None)).await {
        Ok(begun) => {
            let (near, far) = duplex(WAITING);
            let client = Client::Within(near, gone.clone());
            let resize = |rows, columns| resize(Arc::clone(context), id.clone(), rows, columns);
            let ended = begun.ended();
            let joining = begun.join(client, DetachKeys::none());
            let (joined, ()) = tokio::join!(joining, carry(far, sent, &told, terminal, resize));
            if let Err(error) = joined {
                tracing::debug!(%error, "exec session");
            }
            if gone.is_cancelled() {
                // It runs on without its client, as at the other doors.
                let context = Arc::clone(context);
                tokio::spawn(async move {
                    ended.await;
                    let _ = taken(&context, id).await;
                });
                return;
            }
            // Its session goes with its container, if that ends too.
            let code = ended.await;
            let _ = taken(context, id).await;
            code
        }
        // As at the other doors: told as an error of the command, with exit code 126 or 127.
        Err(failure) if failure.status == 400 => {
            let text = Bytes::from(format!("Error: {}\n", failure.message));
            let _ = told.send(Told::Error(text)).await;
            taken(context, id).await.ok().flatten()
        }
        Err(failure) => {
            let _ = taken(context, id).await;
            let status = status::failure(&message(&failure));
            let _ = told.send(Told::Status(status)).await;
            return;
        }
    };
    let status = match code {
        Some(code) => status::exit(code),
        None => status::failure("it is not known how the command ended"),
    };
    let _ = told.send(Told::Status(status)).await;
}

/// Takes a session away that isn't running, and gives the exit code of its command.
async fn taken(context: &Arc<Context>, id: String) -> Result<Option<i32>, Failure> {
    context
        .run(move |engine| {
            let session = sessions::find(engine, &id)?;
            sessions::remove(engine, &session)?;
            Ok(match session.state {
                SessionState::Ended(code) => Some(code),
                _ => None,
            })
        })
        .await
}

async fn resize(context: Arc<Context>, id: String, rows: u16, columns: u16) {
    let of = Arc::clone(&context);
    let resized = context.run(move |engine| {
        let session = sessions::find(engine, &id)?;
        shared::resize_session(&of.terminals, &session, rows, columns)
    });
    if let Err(failure) = resized.await {
        tracing::debug!(message = %failure.message, "size");
    }
}

/// Joins a client with a container's own streams.
pub async fn attach(context: &Arc<Context>, id: String, joined: Joined, wire: Wire) {
    let of = id.clone();
    let attached = context
        .run(move |engine| Ok(libcr::ops::lifecycle::attach::attach(engine, &of)?))
        .await;
    let attached = match attached {
        Ok(attached) => attached,
        Err(failure) => return refuse(&wire, &failure).await,
    };
    let terminal = attached.process.terminal;
    let Wire { sent, told, gone } = wire;
    let (near, far) = duplex(WAITING);
    let client = Client::Within(near, gone);
    let wanted = attach::Wanted {
        input: joined.input,
        output: joined.output,
        // A client with a terminal has one stream for both.
        error: joined.error || joined.terminal,
        terminal,
        keys: DetachKeys::none(),
    };
    let resize = |rows, columns| {
        let (context, id) = (Arc::clone(context), id.clone());
        async move {
            let resized = context.run(move |engine| {
                libcr::monitor::client::resize(&engine.monitor_paths(&id), rows, columns)
                    .map_err(|error| Failure::internal(&error))
            });
            if let Err(failure) = resized.await {
                tracing::debug!(message = %failure.message, "size");
            }
        }
    };
    let bridging = attach::bridge(attached.attachment, client, wanted);
    let (bridged, ()) = tokio::join!(bridging, carry(far, sent, &told, terminal, resize));
    if let Err(error) = bridged {
        tracing::debug!(%error, "attachment");
    }
    let _ = told.send(Told::Status(status::success())).await;
}

async fn refuse(wire: &Wire, failure: &Failure) {
    let status = Told::Status(status::failure(&message(failure)));
    let _ = wire.told.send(status).await;
}

fn message(failure: &Failure) -> String {
    format!("error executing command in container: {}", failure.message)
}

/// Carries until the engine's side ends.
async fn carry<F: Future<Output = ()>>(
    far: DuplexStream,
    mut sent: mpsc::Receiver<Sent>,
    told: &mpsc::Sender<Told>,
    terminal: bool,
    resize: impl Fn(u16, u16) -> F,
) {
    let (from, mut to) = split(far);
    let writing = async {
        let mut takes = true;
        while let Some(piece) = sent.recv().await {
            match piece {
                Sent::Input(bytes) if takes => takes = to.write_all(&bytes).await.is_ok(),
                Sent::InputEnds => {
                    takes = false;
                    let _ = to.shutdown().await;
                }
                Sent::Input(_) => {}
                Sent::Size { rows, columns } => resize(rows, columns).await,
            }
        }
        // With its client.
        let _ = to.shutdown().await;
    };
    let reading = read(from, told, terminal);
    tokio::pin!(reading);
    let done = tokio::select! {
        done = &mut reading => done,
        () = writing => reading.await,
    };
    if let Err(error) = done {
        tracing::debug!(%error, "streams");
    }
}

/// Divides what the engine writes into the client's streams.
async fn read(
    mut from: impl AsyncRead + Unpin,
    told: &mpsc::Sender<Told>,
    terminal: bool,
) -> io::Result<()> {
    let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
    loop {
        let (stream, mut left) = if terminal {
            (frames::OUTPUT, usize::MAX)
        } else {
            let mut head = [0; 8];
            match from.read_exact(&mut head).await {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                done => done?,
            };
            let [stream, _, _, _, length @ ..] = head;
            let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
            (stream, length)
        };
        while left > 0 {
            let mut bytes = BytesMut::with_capacity(CHUNK.min(left));
            let count = (&mut from)
                .take(left.min(CHUNK) as u64)
                .read_buf(&mut bytes)
                .await?;
            if count == 0 {
                return Ok(());
            }
            left -= count;
            let piece = if stream == frames::ERROR {
                Told::Error(bytes.freeze())
            } else {
                Told::Output(bytes.freeze())
            };
            told.send(piece).await.map_err(|_| gone())?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_become_streams() {
        let (mut near, far) = duplex(WAITING);
        let (told, mut heard) = mpsc::channel(16);
        near.write_all(&frames::frame(frames::OUTPUT, b"out"))
            .await
            .unwrap();
        near.write_all(&frames::frame(frames::ERROR, b"err"))
            .await
            .unwrap();
        near.shutdown().await.unwrap();
        read(far, &told, false).await.unwrap();
        drop(told);
        assert!(matches!(heard.recv().await, Some(Told::Output(bytes)) if bytes == "out"));
        assert!(matches!(heard.recv().await, Some(Told::Error(bytes)) if bytes == "err"));
        assert!(heard.recv().await.is_none());
    }

    #[test]
    fn sizes() {
        let read = size(br#"{"Width":80,"Height":24}"#);
        assert!(
            matches!(
                read,
                Some(Sent::Size {
                    rows: 24,
                    columns: 80
                })
            ),
            "{read:?}"
        );
        for bad in ["", "{}", r#"{"Width":-1,"Height":70000}"#, "[]"] {
            assert!(size(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
