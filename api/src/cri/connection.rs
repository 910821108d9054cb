//! One client: HTTP/2 with bounds on what it may ask for at a time.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::UnixStream;
use tokio::sync::watch;

use super::dispatch;
use crate::http::call::Context;

/// Calls at a time of one client: each may be a thread.
const CALLS: u32 = 128;
/// Most bytes of a call's headers.
const HEADERS: u32 = 64 << 10;

/// Answers a client until it goes.
pub async fn serve(stream: UnixStream, context: Arc<Context>, mut stopping: watch::Receiver<bool>) {
    let service = service_fn(|request| {
        let context = Arc::clone(&context);
        async move { Ok::<_, Infallible>(dispatch::answer(context, request).await) }
    });
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(CALLS)
        .max_header_list_size(HEADERS);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
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
