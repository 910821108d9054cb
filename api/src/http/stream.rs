//! Answers that come piece by piece from a thread that works for them.

use std::sync::Arc;

use bytes::Bytes;
use libcr::Engine;
use libcr::progress::Cancel;
use tokio::sync::{mpsc, oneshot};

use super::call::{CancelGuard, Context};
use super::reply::Broken;
use super::{Failure, Reply};

/// Pieces that may wait for a client that reads slowly.
const WAITING: usize = 16;

/// The thread's end.
#[derive(Debug)]
pub struct Sink {
    pieces: mpsc::Sender<Result<Bytes, Broken>>,
    begun: Option<oneshot::Sender<()>>,
}

impl Sink {
    /// From here on the answer is 200: what fails now cuts the stream.
    pub fn begin(&mut self) {
        if let Some(begun) = self.begun.take() {
            // The client may be gone.
            let _ = begun.send(());
        }
    }

    /// Sends a piece, waiting for a client that reads slowly; false when it is gone.
    pub fn send(&mut self, piece: Bytes) -> bool {
        self.begin();
        self.pieces.blocking_send(Ok(piece)).is_ok()
    }
}

/// Answers with what `work` sends; with its failure where it fails before it began. A client that is
/// gone sets `cancel`.
///
/// # Errors
/// What `work` gives before it began; 500 when the engine can't be opened.
pub async fn from_thread(
    context: &Arc<Context>,
    cancel: Cancel,
    kind: &str,
    work: impl FnOnce(&Engine, &mut Sink) -> Result<(), Failure> + Send + 'static,
) -> Result<Reply, Failure> {
    let (pieces, received) = mpsc::channel(WAITING);
    let (begun, begins) = oneshot::channel();
    let guard = CancelGuard(cancel);
    let context = Arc::clone(context);
    let thread = tokio::task::spawn_blocking(move || {
        let mut sink = Sink {
            pieces,
            begun: Some(begun),
        };
        let opened = libcr::open(context.config.clone()).map_err(Failure::from);
        let done = opened.and_then(|engine| work(&engine, &mut sink));
        match done {
            Err(failure) if sink.begun.is_none() => {
                let _ = sink.pieces.blocking_send(Err(Broken(failure.message)));
                Ok(())
            }
            done => done,
        }
    });
    if begins.await.is_err() {
        // It ended without having sent anything.
        thread
            .await
            .unwrap_or_else(|error| Err(Failure::internal(&error)))?;
    }
    Ok(Reply::stream_with(kind, received, guard))
}
