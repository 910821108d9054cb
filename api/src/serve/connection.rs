//! One client: HTTP/1.1 with bounds on what its headers may take.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::UnixStream;
use tokio::sync::watch;

use crate::http::call::Context;
use crate::http::dispatch;

/// Most bytes of a request's head: the longest query is a few filters.
const HEAD: usize = 64 << 10;
/// Most headers of a request.
const HEADERS: usize = 100;
/// How long a head may take to come; a client that keeps its connection opens another one later.
const PATIENCE: Duration = Duration::from_mins(1);

/// Answers a client until it goes.
pub async fn serve(
    stream: UnixStream,
    context: Arc<Context>,
    is_pouch: bool,
    mut stopping: watch::Receiver<bool>,
) {
    let service = service_fn(|request| {
        let context = Arc::clone(&context);
        async move { Ok::<_, Infallible>(dispatch::answer(context, is_pouch, request).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEAD)
        .max_headers(HEADERS);
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let told = async {
        // A sender that is gone means the same.
        let _ = stopping.wait_for(|stopping| *stopping).await.is_ok();
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection");
    }
}
