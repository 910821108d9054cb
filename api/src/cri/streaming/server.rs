//! Listens for the clients of addresses that were given out.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, UPGRADE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{sleep, timeout};

use super::super::Refusal;
use super::peer::Peer;
use super::tokens::{TokenError, Tokens, Wanted};
use super::{forward, process, spdy, websocket};
use crate::http::call::Context;

/// Clients that are joined with a stream, at a time.
const JOINED: usize = 256;
/// Connections that have not shown an address yet, at a time; more wait in the kernel's queue.
const ARRIVING: usize = 128;
/// Most bytes of a request's head.
const HEAD: usize = 64 << 10;
/// How long a connection may take to show its address.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a client may take to read the last of what it is sent.
pub const FAREWELL: Duration = Duration::from_mins(10);
/// How long nothing may come meanwhile from one that reads: Kubernetes' clients ping every 5 seconds.
pub const SILENCE: Duration = Duration::from_secs(30);

/// The connection that a request became.
pub type Io = TokioIo<Upgraded>;

/// Streams that were asked for, and where they are joined.
#[derive(Debug, Default)]
pub struct Streams {
    tokens: Tokens,
    place: OnceCell<SocketAddr>,
    room: Room,
}

/// Places of clients that are joined.
#[derive(Debug)]
struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(JOINED)))
    }
}

impl Streams {
    /// The address at which this can be joined, once.
    ///
    /// # Errors
    /// `ResourceExhausted` when too many wait; `Internal` when there is nowhere to listen.
    pub(super) async fn offer(
        &self,
        context: &Arc<Context>,
        wanted: Wanted,
    ) -> Result<String, Refusal> {
        let place = self.place.get_or_try_init(|| listen(Arc::clone(context)));
        let place = place.await.map_err(|error| Refusal::internal(&error))?;
        let path = self.tokens.keep(wanted).map_err(|error| match error {
            TokenError::Full => Refusal::exhausted(&error.to_string()),
            TokenError::Chance(_) => Refusal::internal(&error),
        })?;
        Ok(format!("http://{place}{path}"))
    }
}

async fn listen(context: Arc<Context>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let place = listener.local_addr()?;
    tokio::spawn(accept(listener, context));
    Ok(place)
}

async fn accept(listener: TcpListener, context: Arc<Context>) {
    let arriving = Arc::new(Semaphore::new(ARRIVING));
    loop {
        let Ok(permit) = Arc::clone(&arriving).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let context = Arc::clone(&context);
                tokio::spawn(async move {
                    serve(stream, context).await;
                    drop(permit);
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

/// Until the connection is a stream, or over.
async fn serve(stream: TcpStream, context: Arc<Context>) {
    // What is typed is to be seen at once.
    let _ = stream.set_nodelay(true);
    let peer = match Peer::of(&stream) {
        Ok(peer) => Arc::new(peer),
        Err(error) => {
            tracing::warn!(%error, "accept");
            return;
        }
    };
    let service = service_fn(|request| {
        let (context, peer) = (Arc::clone(&context), Arc::clone(&peer));
        async move { Ok::<_, Infallible>(answer(&context, request, peer)) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    match timeout(PATIENCE, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "connection"),
        Err(_) => tracing::debug!("a connection has shown no address"),
    }
}

/// What a client is answered that gets no stream.
pub struct Refused(pub StatusCode, pub String, pub Option<&'static str>);

fn answer(
    context: &Arc<Context>,
    mut request: Request<Incoming>,
    peer: Arc<Peer>,
) -> Response<Full<Bytes>> {
    let streams = &context.streams;
    let Some(wanted) = streams.tokens.take(request.uri().path()) else {
        let why = "there is no such stream (any more): an address serves once, within a minute";
        return plain(&Refused(StatusCode::NOT_FOUND, why.to_owned(), None));
    };
    let Ok(place) = Arc::clone(&streams.room.0).try_acquire_owned() else {
        let why = format!("{JOINED} clients are joined with streams: wait until some have left");
        return plain(&Refused(StatusCode::SERVICE_UNAVAILABLE, why, None));
    };
    let asked = request.headers();
    let accepted = if has_word(asked, UPGRADE.as_str(), "websocket") {
        websocket::accept(asked, protocols(&wanted))
    } else if has_word(asked, UPGRADE.as_str(), spdy::NAME) {
        spdy::accept(asked, &wanted)
    } else {
        let why = format!(
            "ask for an upgrade of the connection to websocket or {}",
            spdy::NAME
        );
        Err(Refused(StatusCode::UPGRADE_REQUIRED, why, None))
    };
    let (protocol, response) = match accepted {
        Ok(accepted) => accepted,
        Err(refused) => return plain(&refused),
    };
    let upgrade = hyper::upgrade::on(&mut request);
    let (context, token) = (Arc::clone(context), context.activity.connection());
    tokio::spawn(async move {
        match upgrade.await {
            Ok(upgraded) => join(context, TokioIo::new(upgraded), protocol, wanted, &peer).await,
            Err(error) => tracing::debug!(%error, "upgrade"),
        }
        drop((token, place));
    });
    response
}

/// How the streams lie on the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One message a piece, the first byte says of which stream. `true`: the client can close its
    /// input.
    Channels(bool),
    /// SPDY/3.1 in the messages of a WebSocket.
    Tunnel,
    /// SPDY/3.1.
    Spdy,
}

/// What of WebSocket's subprotocols can be had for this, best first.
fn protocols(wanted: &Wanted) -> &'static [(&'static str, Protocol)] {
    match wanted {
        Wanted::Exec(..) | Wanted::Attach(..) => &[
            ("v5.channel.k8s.io", Protocol::Channels(true)),
            ("v4.channel.k8s.io", Protocol::Channels(false)),
        ],
        Wanted::Forward(..) => &[
            ("SPDY/3.1+portforward.k8s.io", Protocol::Tunnel),
            ("v4.channel.k8s.io", Protocol::Channels(false)),
        ],
    }
}

/// What carries a process's streams.
enum Carrier {
    Socket(Box<websocket::Socket>, bool),
    Spdy(spdy::Opened),
}

async fn join(context: Arc<Context>, io: Io, protocol: Protocol, wanted: Wanted, peer: &Peer) {
    let joined = match &wanted {
        Wanted::Forward(pod, ports) => {
            let place = forward::Place::new(context, pod.clone());
            return match protocol {
                Protocol::Channels(_) => forward::channels(place, io, ports).await,
                Protocol::Tunnel => {
                    let (inside, digging) = websocket::tunnel(io).await;
                    tokio::join!(forward::streams(place, inside, peer), digging);
                }
                Protocol::Spdy => forward::streams(place, io, peer).await,
            };
        }
        Wanted::Exec(_, _, joined) | Wanted::Attach(_, joined) => *joined,
    };
    let carrier = match protocol {
        Protocol::Channels(closes) => Carrier::Socket(Box::new(websocket::open(io).await), closes),
        Protocol::Spdy => match spdy::open(io, joined).await {
            Some(opened) => Carrier::Spdy(opened),
            None => return,
        },
        // It is offered for ports only.
        Protocol::Tunnel => return,
    };
    let (wire, ends) = process::wire();
    let carrying = async {
        match carrier {
            Carrier::Socket(socket, closes) => {
                websocket::carry(*socket, ends, joined, closes, peer).await;
            }
            Carrier::Spdy(opened) => spdy::carry(opened, ends, joined, peer).await,
        }
    };
    let running = async {
        match wanted {
            Wanted::Exec(id, options, _) => process::exec(&context, id, options, wire).await,
            Wanted::Attach(id, _) => process::attach(&context, id, joined, wire).await,
            Wanted::Forward(..) => {}
        }
    };
    tokio::join!(carrying, running);
}

/// Whether one of a header's words is this.
pub fn has_word(headers: &HeaderMap, name: &str, word: &str) -> bool {
    words(headers, name).any(|one| one.eq_ignore_ascii_case(word))
}

/// The words of a header, which may stand in several lines.
pub fn words<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

/// A response that gives the connection away.
pub fn switching(headers: &[(&'static str, &str)]) -> Result<Response<Full<Bytes>>, Refused> {
    let mut response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "Upgrade");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response
        .body(Full::default())
        .map_err(|error| Refused(StatusCode::BAD_REQUEST, error.to_string(), None))
}

fn plain(refused: &Refused) -> Response<Full<Bytes>> {
    let Refused(status, text, protocols) = refused;
    let mut response = Response::new(Full::from(format!("{text}\n")));
    *response.status_mut() = *status;
    if let Some(protocols) = protocols
        && let Ok(value) = protocols.parse()
    {
        let name = hyper::header::HeaderName::from_static("x-accepted-stream-protocol-versions");
        response.headers_mut().insert(name, value);
    }
    response
}
