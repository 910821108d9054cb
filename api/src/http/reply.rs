//! An answer before it is bytes.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Body, Frame};
use serde::Serialize;
use tokio::sync::mpsc;

use super::Failure;
use super::call::CancelGuard;

/// The body of every answer.
pub type ReplyBody = http_body_util::combinators::UnsyncBoxBody<Bytes, Broken>;

/// A body that can't be brought to its end: the connection is cut, so that nobody takes what came for
/// all of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// What follows them.
    pub content: Content,
}

/// What an answer holds.
#[derive(Debug)]
pub enum Content {
    /// Nothing.
    Nothing,
    /// All of it.
    Whole(Vec<u8>),
    /// What comes through a channel, until all senders are gone.
    Stream(mpsc::Receiver<Result<Bytes, Broken>>, Option<CancelGuard>),
}

impl Reply {
    /// A status and nothing else (204, 304).
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content: Content::Nothing,
        }
    }

    /// JSON with a status.
    pub fn json(status: u16, value: &impl Serialize) -> Self {
        // Values of our own can be written; a map with keys that are none is not among them.
        let text = serde_json::to_vec(value).unwrap_or_default();
        Self::bytes(status, "application/json", text)
    }

    /// JSON, 200.
    pub fn ok(value: &impl Serialize) -> Self {
        Self::json(200, value)
    }

    /// Plain text, 200.
    pub fn text(text: &str) -> Self {
        Self::bytes(200, "text/plain; charset=utf-8", text.into())
    }

    /// Bytes of a type.
    pub fn bytes(status: u16, kind: &str, bytes: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", kind.to_owned())],
            content: Content::Whole(bytes),
        }
    }

    /// A stream of a type, 200.
    pub fn stream(kind: &str, pieces: mpsc::Receiver<Result<Bytes, Broken>>) -> Self {
        Self {
            status: 200,
            headers: vec![("Content-Type", kind.to_owned())],
            content: Content::Stream(pieces, None),
        }
    }

    /// The same; what drops it before its end cancels the work.
    pub fn stream_with(
        kind: &str,
        pieces: mpsc::Receiver<Result<Bytes, Broken>>,
        guard: CancelGuard,
    ) -> Self {
        Self {
            content: Content::Stream(pieces, Some(guard)),
            ..Self::bytes(200, kind, Vec::new())
        }
    }

    /// A failure in the words of an interface.
    pub fn failure(failure: &Failure, is_libpod: bool) -> Self {
        let text = if is_libpod {
            failure.libpod()
        } else {
            failure.docker()
        };
        Self::bytes(failure.status, "application/json", text.into_bytes())
    }

    /// With a further header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Content {
    /// The body of hyper.
    pub fn into_body(self) -> ReplyBody {
        let never = |never: Infallible| match never {};
        match self {
            Self::Nothing => Empty::new().map_err(never).boxed_unsync(),
            Self::Whole(bytes) => Full::new(Bytes::from(bytes)).map_err(never).boxed_unsync(),
            Self::Stream(pieces, guard) => Pieces(pieces, guard).boxed_unsync(),
        }
    }
}

/// A channel as a body.
struct Pieces(
    mpsc::Receiver<Result<Bytes, Broken>>,
    #[expect(dead_code, reason = "dropped with the body, which is what it is for")]
    Option<CancelGuard>,
);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let piece = self.0.poll_recv(context);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
