//! A client whose connection has become a stream both ways; or one that never asked for that and only
//! reads, as its response's body.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use libcr::progress::Cancel;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::{Call, Reply};

/// What waits for a client that reads slowly, bytes.
const WAITING: usize = 64 << 10;

/// How long nothing follows the headers of 101.
const HEADERS_ALONE: Duration = Duration::from_millis(30);

/// A client.
#[derive(Debug)]
pub enum Client {
    /// Its connection, and what it has sent already.
    Upgraded(UnixStream, Bytes),
    /// It reads the body of a response.
    Body(
        DuplexStream,
        mpsc::Sender<Result<Bytes, super::reply::Broken>>,
    ),
    /// Its streams lie among others on a connection that somebody else reads, and says when it is gone.
    Within(DuplexStream, Cancel),
}

impl Client {
    /// It has closed its connection, not only its sending half.
    pub fn is_gone(&self) -> bool {
        match self {
            Self::Upgraded(stream, _) => {
                let mut hung_up = [PollFd::new(stream, PollFlags::empty())];
                let now = Timespec {
                    tv_sec: 0,
                    tv_nsec: 0,
                };
                matches!(poll(&mut hung_up, Some(&now)), Ok(count) if count > 0)
            }
            Self::Body(_, pieces) => pieces.is_closed(),
            Self::Within(_, gone) => gone.is_cancelled(),
        }
    }
}

/// Whether a request asks for its connection.
fn wants_upgrade(call: &Call) -> bool {
    !call.header("upgrade").is_empty()
}

/// Answers with a stream of a type that `work` is joined with: 101 where the client asked for its
/// connection, else a body.
pub fn joined<F: Future<Output = ()> + Send + 'static>(
    call: &Call,
    upgrade: OnUpgrade,
    kind: &str,
    work: impl FnOnce(Client) -> F + Send + 'static,
) -> Reply {
    let token = call.context.activity.connection();
    let is_libpod = call.is_libpod;
    if wants_upgrade(call) {
        let protocol = call.header("upgrade").to_owned();
        tokio::spawn(async move {
            let _token = token;
            let upgraded = match upgrade.await {
                Ok(upgraded) => upgraded,
                Err(error) => {
                    tracing::debug!(%error, "upgrade");
                    return;
                }
            };
            // docker-py loses what comes in one piece with the headers: it reads them from a buffer, and
            // all else from the socket below. Docker's own service is never that quick.
            if !is_libpod {
                sleep(HEADERS_ALONE).await;
            }
            if let Ok(parts) = upgraded.downcast::<TokioIo<UnixStream>>() {
                work(Client::Upgraded(parts.io.into_inner(), parts.read_buf)).await;
            }
        });
        return Reply::status(101)
            .with("Connection", "Upgrade")
            .with("Upgrade", protocol)
            .with("Content-Type", kind);
    }
    let (near, mut far) = duplex(WAITING);
    let (pieces, received) = mpsc::channel(4);
    let client = Client::Body(near, pieces.clone());
    tokio::spawn(async move {
        let _token = token;
        work(client).await;
    });
    tokio::spawn(async move {
        let mut buffer = vec![0; WAITING / 2];
        while let Ok(count) = far.read(&mut buffer).await {
            let piece = Bytes::copy_from_slice(&buffer[..count]);
            if count == 0 || pieces.send(Ok(piece)).await.is_err() {
                return;
            }
        }
    });
    Reply::stream(kind, received)
}

impl AsyncRead for Client {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut TaskContext<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Upgraded(stream, early) => {
                if early.is_empty() {
                    return Pin::new(stream).poll_read(context, buffer);
                }
                let count = early.len().min(buffer.remaining());
                buffer.put_slice(&early[..count]);
                early.advance(count);
                Poll::Ready(Ok(()))
            }
            // A body's reader can't send anything, so it doesn't end either.
            Self::Body(stream, _) | Self::Within(stream, _) => {
                Pin::new(stream).poll_read(context, buffer)
            }
        }
    }
}

impl AsyncWrite for Client {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut TaskContext<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Upgraded(stream, _) => Pin::new(stream).poll_write(context, bytes),
            Self::Body(stream, _) | Self::Within(stream, _) => {
                Pin::new(stream).poll_write(context, bytes)
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Upgraded(stream, _) => Pin::new(stream).poll_flush(context),
            Self::Body(stream, _) | Self::Within(stream, _) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Upgraded(stream, _) => Pin::new(stream).poll_shutdown(context),
            Self::Body(stream, _) | Self::Within(stream, _) => {
                Pin::new(stream).poll_shutdown(context)
            }
        }
    }
}
