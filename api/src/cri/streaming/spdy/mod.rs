//! SPDY/3.1, as far as Kubernetes' clients speak it (moby/spdystream): streams that the client opens,
//! without flow control, which its other side has none of either.
//!
//! Source: SPDY Protocol Draft 3.1, The Chromium Projects. There is no crate of it that is kept.

mod connection;
mod frames;
mod headers;

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{HeaderMap, Response, StatusCode};
use tokio::time::timeout;

pub use connection::{Connection, Stream};

use super::peer::Peer;
use super::process::{Ends, Sent, Told, size};
use super::server::{Io, Protocol, Refused, switching, words};
use super::tokens::{Joined, Wanted};

/// Its name in `Upgrade`.
pub const NAME: &str = "SPDY/3.1";
/// The protocol of processes' streams.
const PROCESS: &str = "v4.channel.k8s.io";
/// The protocol of ports.
const PORTS: &str = "portforward.k8s.io";
/// How long a client may take to open the streams that it asked for; as Kubernetes has it.
pub const OPENING: Duration = Duration::from_secs(30);
/// Most bytes of what a client says of its terminal at a time.
const SIZE: usize = 4096;

/// Answers a client that asks for the protocol of what it wants.
pub fn accept(
    headers: &HeaderMap,
    wanted: &Wanted,
) -> Result<(Protocol, Response<Full<Bytes>>), Refused> {
    let protocol = match wanted {
        Wanted::Exec(..) | Wanted::Attach(..) => PROCESS,
        Wanted::Forward(..) => PORTS,
    };
    let header = "x-stream-protocol-version";
    let asked: Vec<&str> = words(headers, header).collect();
    if !asked.contains(&protocol) {
        let why = format!("none of the protocols {asked:?} is known here: there is {protocol}");
        return Err(Refused(StatusCode::FORBIDDEN, why, Some(protocol)));
    }
    let response = switching(&[("upgrade", NAME), (header, protocol)])?;
    Ok((Protocol::Spdy, response))
}

/// A connection with all streams that its client asked for, by their kind.
#[derive(Debug)]
pub struct Opened {
    connection: Connection,
    streams: HashMap<String, Stream>,
}

/// Waits until a client has opened its streams; `None` when it doesn't. Nothing runs before: a client
/// that fails here asks again.
pub async fn open(io: Io, joined: Joined) -> Option<Opened> {
    let mut connection = Connection::start(io);
    if let Ok(Some(streams)) = timeout(OPENING, opened(&mut connection, joined)).await {
        return Some(Opened {
            connection,
            streams,
        });
    }
    tracing::debug!("a client has not opened its streams");
    connection.close().await;
    None
}

/// Carries a process's streams until their end is told, or the client is gone.
pub async fn carry(opened: Opened, ends: Ends, joined: Joined, peer: &Peer) {
    let Opened {
        mut connection,
        mut streams,
    } = opened;
    connection.enough();
    let Ends {
        sent,
        mut told,
        gone,
    } = ends;
    if let Some(Stream { mut data, .. }) = streams.remove("stdin") {
        let sent = sent.clone();
        tokio::spawn(async move {
            while let Some(bytes) = data.recv().await {
                if sent.send(Sent::Input(bytes)).await.is_err() {
                    return;
                }
            }
            let _ = sent.send(Sent::InputEnds).await;
        });
    }
    if let Some(Stream { mut data, .. }) = streams.remove("resize") {
        tokio::spawn(async move {
            let mut text = Vec::new();
            while let Some(bytes) = data.recv().await {
                text.extend_from_slice(&bytes);
                // One object a line, as Go's encoder writes them; the last one is the size of now.
                let whole = text.iter().rposition(|byte| *byte == b'\n');
                let rest = text.split_off(whole.map_or(0, |end| end + 1));
                let last = text.split(|byte| *byte == b'\n').rev().find_map(size);
                if let Some(size) = last
                    && sent.send(size).await.is_err()
                {
                    return;
                }
                text = rest;
                if text.len() > SIZE {
                    return;
                }
            }
        });
    } else {
        drop(sent);
    }
    // What a client sends in these has no reader.
    let mut of = |name: &str| streams.remove(name).map(|stream| stream.sender);
    let (output, error, status) = (of("stdout"), of("stderr"), of("error"));
    let closed = connection.closed();
    let telling = async {
        while let Some(piece) = told.recv().await {
            let (to, bytes) = match piece {
                Told::Output(bytes) => (&output, bytes),
                Told::Error(bytes) if joined.terminal => (&output, bytes),
                Told::Error(bytes) => (&error, bytes),
                Told::Status(bytes) => (&status, bytes),
            };
            // One that the client wants no more of doesn't end the others.
            if let Some(to) = to {
                to.send(bytes).await;
            }
        }
        for stream in [&output, &error, &status].into_iter().flatten() {
            stream.finish().await;
        }
    };
    tokio::select! {
        () = telling => {}
        () = closed => {}
        () = peer.left() => {}
    }
    gone.cancel();
    connection.close().await;
}

/// The streams that a client opens, by their kind; `None` when it goes.
async fn opened(connection: &mut Connection, joined: Joined) -> Option<HashMap<String, Stream>> {
    let kinds = [
        ("error", true),
        ("stdin", joined.input),
        ("stdout", joined.output),
        ("stderr", joined.error && !joined.terminal),
        ("resize", joined.terminal),
    ];
    let wanted: Vec<&str> = kinds
        .iter()
        .filter(|(_, wanted)| *wanted)
        .map(|(kind, _)| *kind)
        .collect();
    let mut streams = HashMap::new();
    while streams.len() < wanted.len() {
        let stream = connection.accept().await?;
        let kind = stream.header("streamtype").to_owned();
        if wanted.contains(&kind.as_str()) && !streams.contains_key(&kind) {
            streams.insert(kind, stream);
        } else {
            tracing::debug!(kind, "a stream that was not asked for");
            stream.sender.reset().await;
        }
    }
    Some(streams)
}
