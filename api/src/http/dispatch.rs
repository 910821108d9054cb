//! From a request of hyper to a route, and from its answer to a response.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use hyper::{Method, Request, Response};
use libcr::progress::Cancel;

use super::call::{CancelGuard, Context};
use super::path::Path;
use super::reply::{Content, ReplyBody};
use super::{Body, Call, Failure, Handler, Query, Reply, Route, body};
use crate::{DOCKER_API, LIBPOD_API, docker, libpod};

/// Answers a request.
pub async fn answer(
    context: Arc<Context>,
    is_pouch: bool,
    request: Request<Incoming>,
) -> Response<ReplyBody> {
    let head = request.method() == Method::HEAD;
    // Also of a path that can't be read.
    let is_libpod = request
        .uri()
        .path()
        .split('/')
        .take(3)
        .any(|word| word == "libpod");
    tracing::debug!(method = %request.method(), uri = %request.uri(), "request");
    let reply = match route(context, is_pouch, request).await {
        Ok(reply) => reply,
        Err(failure) => {
            tracing::debug!(status = failure.status, message = %failure.message, "refused");
            Reply::failure(&failure, is_libpod)
        }
    };
    response(reply, head)
}

async fn route(
    context: Arc<Context>,
    is_pouch: bool,
    request: Request<Incoming>,
) -> Result<Reply, Failure> {
    let raw = request.uri().path().to_owned();
    let path = Path::parse(&raw).ok_or_else(|| Failure::bad(format!("invalid path {raw:?}")))?;
    let table = if path.is_libpod {
        libpod::ROUTES
    } else {
        docker::ROUTES
    };
    let (route, names) = find(table, request.method(), &path)?;
    let query = Query::parse(request.uri().query().unwrap_or_default(), &raw)?;
    let cancel = Cancel::default();
    let is_head = request.method() == Method::HEAD;
    let (mut parts, incoming) = request.into_parts();
    let mut call = Call {
        context: Arc::clone(&context),
        is_libpod: path.is_libpod,
        is_pouch,
        is_head,
        version: path.version,
        names,
        query,
        headers: std::mem::take(&mut parts.headers),
        body: Vec::new(),
        cancel: cancel.clone(),
    };
    if let Handler::Reads(handler) = route.handler {
        return handler(call, incoming).await;
    }
    let limit = match route.body {
        Body::Json => body::JSON_LIMIT,
        Body::None | Body::Stream => body::NONE_LIMIT,
    };
    call.body = body::whole(incoming, limit).await?;
    match route.handler {
        Handler::Plain(handler) => {
            let _gone = CancelGuard(cancel);
            context.run(move |engine| handler(engine, &call)).await
        }
        Handler::Streams(handler) => handler(call).await,
        Handler::Upgrades(handler) => {
            let request = Request::from_parts(parts, ());
            handler(call, hyper::upgrade::on(request)).await
        }
        // Answered above.
        Handler::Reads(_) => Err(Failure::internal(&"no body")),
    }
}

/// The route of a path.
fn find(
    table: &'static [Route],
    method: &Method,
    path: &Path,
) -> Result<(&'static Route, Vec<String>), Failure> {
    let asked = if method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let mut known = false;
    for route in table {
        if let Some(names) = route.matches(&path.segments) {
            if route.method == asked {
                return Ok((route, names));
            }
            known = true;
        }
    }
    let shown = path.segments.join("/");
    Err(if known {
        Failure::new(
            405,
            format!("{asked} cannot be used with /{shown}: method not allowed"),
        )
    } else {
        Failure::new(404, format!("there is no /{shown} here: page not found"))
    })
}

/// Adds what both interfaces have on every response.
fn response(reply: Reply, head: bool) -> Response<ReplyBody> {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let status = reply.status;
    let length = match &reply.content {
        Content::Whole(bytes) => Some(bytes.len()),
        _ => None,
    };
    let content = if head {
        Content::Nothing
    } else {
        reply.content
    };
    let mut response = Response::new(content.into_body());
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: String| {
        // What can't be a header's value is left out.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    let of = HeaderName::from_static;
    set(of("api-version"), DOCKER_API.to_owned());
    set(of("libpod-api-version"), LIBPOD_API.to_owned());
    set(of("docker-experimental"), "true".to_owned());
    set(of("ostype"), "linux".to_owned());
    set(of("x-reference-id"), format!("0x{number:x}"));
    let own = env!("CARGO_PKG_VERSION");
    set(SERVER, format!("Libpod/{LIBPOD_API} (linux) Cryopod/{own}"));
    for (name, value) in reply.headers {
        if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
            set(name, value);
        }
    }
    if matches!(status, 204 | 304) {
        response.headers_mut().remove(CONTENT_TYPE);
    } else if let Some(length) = length {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    // What is left of the request's body is not waited for.
    if matches!(status, 408 | 413) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}
