//! WebSocket (RFC 6455) with Kubernetes' subprotocols: a message is a piece of one stream, its first
//! byte says of which (`k8s.io/apimachinery/pkg/util/remotecommand`).

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use http_body_util::Full;
use hyper::{HeaderMap, Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::peer::Peer;
use super::process::{Ends, Sent, Told, size};
use super::server::{FAREWELL, Io, Protocol, Refused, SILENCE, switching, words};
use super::tokens::Joined;

const INPUT: u8 = 0;
const OUTPUT: u8 = 1;
const ERROR: u8 = 2;
const STATUS: u8 = 3;
const SIZE: u8 = 4;
/// Says that the client is done with the channel in its second byte; from `v5.channel.k8s.io` on.
const CLOSE: u8 = 255;

/// Most bytes of a message. Kubernetes' own clients send pieces of 32 KiB, that of Python as much as it
/// is given at a time.
pub const MESSAGE: usize = 4 << 20;
/// Most bytes that wait to be sent: answers to pings of a client that reads nothing are dropped beyond.
const UNSENT: usize = 1 << 20;
/// What waits in a tunnel for a side that reads slowly, bytes.
const WAITING: usize = 64 << 10;

/// An upgraded connection.
pub type Socket = WebSocketStream<Io>;

/// Answers a client's handshake with the best of these protocols that it knows.
pub fn accept(
    headers: &HeaderMap,
    protocols: &[(&'static str, Protocol)],
) -> Result<(Protocol, Response<Full<Bytes>>), Refused> {
    let bad = |why: String| Refused(StatusCode::BAD_REQUEST, why, None);
    let known = words(headers, "sec-websocket-version").any(|version| version == "13");
    let key = headers.get("sec-websocket-key").filter(|_| known);
    let key = key.ok_or_else(|| bad("the request has no handshake of WebSocket 13".into()))?;
    let asked: Vec<&str> = words(headers, "sec-websocket-protocol").collect();
    let found = protocols.iter().find(|(name, _)| asked.contains(name));
    let Some((name, protocol)) = found else {
        let names: Vec<&str> = protocols.iter().map(|(name, _)| *name).collect();
        return Err(bad(format!(
            "none of the protocols {asked:?} is known here: there are {}",
            names.join(", ")
        )));
    };
    let answer = derive_accept_key(key.as_bytes());
    let response = switching(&[
        ("upgrade", "websocket"),
        ("sec-websocket-accept", &answer),
        ("sec-websocket-protocol", name),
    ])?;
    Ok((*protocol, response))
}

/// A WebSocket on a connection whose handshake is over.
pub async fn open(io: Io) -> Socket {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE))
        .max_frame_size(Some(MESSAGE))
        .max_write_buffer_size(UNSENT);
    WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await
}

/// The last message: all is well. Clients take a farewell without that for a failure.
pub fn farewell() -> Message {
    Message::Close(Some(CloseFrame {
        code: CloseCode::Normal,
        reason: Utf8Bytes::default(),
    }))
}

/// A message of one stream.
pub fn message(channel: u8, data: &[u8]) -> Message {
    let mut bytes = BytesMut::with_capacity(1 + data.len());
    bytes.put_u8(channel);
    bytes.put_slice(data);
    Message::Binary(bytes.freeze())
}

/// Carries a process's streams until their end is told, or the client is gone. `closes`: the client can
/// close its input.
pub async fn carry(socket: Socket, ends: Ends, joined: Joined, closes: bool, peer: &Peer) {
    let Ends {
        sent,
        mut told,
        gone,
    } = ends;
    let (mut to, mut from) = socket.split();
    // Nothing of the lowest channel, as Kubernetes' own servers: the client sees that it is joined.
    let lowest = if joined.output { OUTPUT } else { STATUS };
    let writing = async {
        to.send(message(lowest, &[])).await.ok()?;
        while let Some(piece) = told.recv().await {
            let message = match piece {
                Told::Output(bytes) if joined.output => message(OUTPUT, &bytes),
                Told::Error(bytes) if joined.error => message(ERROR, &bytes),
                // A client with a terminal sees both there.
                Told::Error(bytes) if joined.output && joined.terminal => message(OUTPUT, &bytes),
                Told::Output(_) | Told::Error(_) => continue,
                Told::Status(status) => message(STATUS, &status),
            };
            to.send(message).await.ok()?;
        }
        to.send(farewell()).await.ok()
    };
    let reading = async {
        while let Some(bytes) = next(&mut from).await {
            let sending = match (bytes.first(), bytes.get(1)) {
                (Some(&INPUT), _) if joined.input => Sent::Input(bytes.slice(1..)),
                (Some(&SIZE), _) => match size(&bytes[1..]) {
                    Some(size) => size,
                    None => continue,
                },
                (Some(&CLOSE), Some(&INPUT)) if closes => Sent::InputEnds,
                _ => continue,
            };
            // The process may take no more: the client is heard on for its farewell.
            let _ = sent.send(sending).await;
        }
    };
    let told_all = tokio::select! {
        told_all = writing => told_all.is_some(),
        () = reading => false,
        () = peer.left() => false,
    };
    gone.cancel();
    if told_all {
        let _ = timeout(FAREWELL, drain(&mut from)).await;
    }
}

/// Hears a client that has been sent all until it leaves, or nothing comes from it for some time: what
/// is sent to a closed socket, a ping for one, takes with it what the client has not read yet.
async fn drain(from: &mut SplitStream<Socket>) {
    while let Ok(Some(Ok(_))) = timeout(SILENCE, from.next()).await {}
}

/// The next message with data; `None` at the end.
pub async fn next(from: &mut SplitStream<Socket>) -> Option<Bytes> {
    loop {
        match from.next().await? {
            Ok(Message::Binary(bytes)) => return Some(bytes),
            Ok(Message::Text(text)) => return Some(text.into()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// The bytes in the messages of a WebSocket, as a stream both ways, and what carries them until the
/// stream has ended and the client has left.
pub async fn tunnel(io: Io) -> (DuplexStream, impl Future<Output = ()> + Send) {
    let (to, from) = open(io).await.split();
    let (near, far) = duplex(WAITING);
    (near, dig(far, to, from))
}

async fn dig(far: DuplexStream, mut to: SplitSink<Socket, Message>, mut from: SplitStream<Socket>) {
    let (mut out, mut inside) = split(far);
    let writing = async {
        loop {
            let mut bytes = BytesMut::with_capacity(WAITING / 2);
            match out.read_buf(&mut bytes).await {
                Ok(count) if count > 0 => to.send(Message::Binary(bytes.freeze())).await.ok()?,
                _ => return to.send(farewell()).await.ok(),
            }
        }
    };
    let reading = async {
        while let Some(bytes) = next(&mut from).await {
            if inside.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _ = inside.shutdown().await;
    };
    let told_all = tokio::select! {
        told_all = writing => told_all.is_some(),
        () = reading => false,
    };
    if told_all {
        let _ = timeout(FAREWELL, drain(&mut from)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: &[(&str, Protocol)] = &[
        ("v5.channel.k8s.io", Protocol::Channels(true)),
        ("v4.channel.k8s.io", Protocol::Channels(false)),
    ];

    fn headers(rows: &[(&'static str, &'static str)]) -> HeaderMap {
        let rows = rows.iter();
        let parsed = rows.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        parsed.collect()
    }

    #[test]
    fn handshakes() {
        let asked = headers(&[
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            (
                "sec-websocket-protocol",
                "v4.channel.k8s.io, channel.k8s.io",
            ),
        ]);
        let Ok((protocol, response)) = accept(&asked, OFFERED) else {
            panic!("refused");
        };
        assert_eq!(protocol, Protocol::Channels(false));
        // RFC 6455 §1.3.
        let answer = &response.headers()["sec-websocket-accept"];
        assert_eq!(answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        let unknown = headers(&[
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-protocol", "chat"),
        ]);
        for bad in [unknown, HeaderMap::new()] {
            assert!(matches!(
                accept(&bad, OFFERED),
                Err(Refused(StatusCode::BAD_REQUEST, ..))
            ));
        }
    }
}
