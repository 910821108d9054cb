//! Ports of a sandbox: each connection of the client's becomes one inside.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

use super::peer::Peer;
use super::server::Io;
use super::spdy::{Connection, OPENING, Stream};
use super::websocket::{self, Socket};
use crate::http::Failure;
use crate::http::call::Context;

/// What is read at a time.
const CHUNK: usize = 32 << 10;
/// Halves of connections that wait for their other half.
const HALVES: usize = 128;
/// Connections being made, of all clients: each takes a thread for as long as the pod lets it wait.
static CONNECTING: Semaphore = Semaphore::const_new(32);
/// Bytes that wait for ports that take them slowly, of a WebSocket.
const UNTAKEN: usize = 2 * websocket::MESSAGE;
/// How long what a client had sent before it left is carried on.
const LAST: Duration = Duration::from_secs(10);

/// A sandbox.
#[derive(Debug, Clone)]
pub struct Place {
    context: Arc<Context>,
    pod: String,
}

impl Place {
    /// By its full id.
    pub fn new(context: Arc<Context>, pod: String) -> Self {
        Self { context, pod }
    }

    async fn connect(&self, port: u16) -> Result<TcpStream, Failure> {
        let pod = self.pod.clone();
        let _place = CONNECTING.acquire().await;
        let connecting = self
            .context
            .run(move |engine| Ok(libcr::ops::pods::forward::connect(engine, &pod, port)?));
        let stream = connecting.await?;
        stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream))
            .map_err(|error| Failure::internal(&error))
    }
}

/// Two streams of SPDY for each connection: one for data, one for what goes wrong.
pub async fn streams(place: Place, io: impl AsyncRead + AsyncWrite + Send + 'static, peer: &Peer) {
    let mut connection = Connection::start(io);
    let mut halves: HashMap<String, (Instant, Stream)> = HashMap::new();
    let mut joined = JoinSet::new();
    let mut left = pin!(async {
        peer.left().await;
        sleep(LAST).await;
    });
    loop {
        let stream = tokio::select! {
            stream = connection.accept() => stream,
            // What waits in a half that is never joined keeps others from being read.
            () = sleep(OPENING), if !halves.is_empty() => {
                expire(&mut halves).await;
                continue;
            }
            () = &mut left => None,
        };
        let Some(stream) = stream else {
            break;
        };
        while joined.try_join_next().is_some() {}
        expire(&mut halves).await;
        let kind = stream.header("streamtype").to_owned();
        let key = match (stream.header("requestid"), kind.as_str()) {
            // Clients that don't name them open the one for data next.
            ("", "data") => stream.id.wrapping_sub(2).to_string(),
            ("", _) => stream.id.to_string(),
            (key, _) => format!("request {key}"),
        };
        if !matches!(kind.as_str(), "data" | "error") {
            stream.sender.reset().await;
            continue;
        }
        let Some((_, other)) = halves.remove(&key) else {
            if halves.len() < HALVES {
                halves.insert(key, (Instant::now(), stream));
            } else {
                stream.sender.reset().await;
            }
            continue;
        };
        let (data, error) = if kind == "data" {
            (stream, other)
        } else {
            (other, stream)
        };
        joined.spawn(join(place.clone(), data, error));
    }
    // With their client.
    joined.shutdown().await;
}

/// Refuses halves whose other half has not come in time.
async fn expire(halves: &mut HashMap<String, (Instant, Stream)>) {
    let late = halves.extract_if(|_, (since, _)| since.elapsed() >= OPENING);
    let late: Vec<Stream> = late.map(|(_, (_, stream))| stream).collect();
    for stream in late {
        stream.sender.reset().await;
    }
}

async fn join(place: Place, data: Stream, error: Stream) {
    let port = data.header("port").to_owned();
    let Stream {
        sender, data: sent, ..
    } = data;
    // What a client sends there has no reader.
    let error = error.sender;
    let told = |bytes| {
        let sender = sender.clone();
        async move { sender.send(bytes).await }
    };
    let carrying = async {
        let port = port.parse().map_err(|_| format!("{port:?} is no port"))?;
        carry(&place, port, sent, told).await
    };
    tokio::select! {
        done = carrying => {
            if let Err(why) = done {
                error.send(Bytes::from(why)).await;
            }
        }
        () = sender.closed() => {}
    }
    sender.finish().await;
    error.finish().await;
}

/// Channels of a WebSocket: the second of each port's two is for what goes wrong. One connection to each
/// port, from the beginning on.
pub async fn channels(place: Place, io: Io, ports: &[u16]) {
    let (to, mut from) = websocket::open(io).await.split();
    let to = Arc::new(Mutex::new(to));
    let mut senders = Vec::new();
    let mut joined = JoinSet::new();
    let room = Arc::new(Semaphore::new(UNTAKEN));
    for (channel, port) in (0..=u8::MAX).step_by(2).zip(ports.iter().copied()) {
        let (sender, sent) = mpsc::channel(4);
        senders.push(sender);
        joined.spawn(channel_of(
            place.clone(),
            port,
            channel,
            sent,
            Arc::clone(&to),
        ));
    }
    let reading = async {
        while let Some(bytes) = websocket::next(&mut from).await {
            if let Some(channel) = bytes.first()
                && channel % 2 == 0
                && let Some(sender) = senders.get(usize::from(channel / 2))
                && let Ok(length) = u32::try_from(bytes.len())
                && let Ok(room) = Arc::clone(&room).acquire_many_owned(length).await
            {
                // It may have ended.
                let _ = sender.send(Untaken(bytes.slice(1..), room)).await;
            }
        }
    };
    tokio::select! {
        () = reading => {}
        () = async { while joined.join_next().await.is_some() {} } => {
            let _ = to.lock().await.send(websocket::farewell()).await;
        }
    }
    // With their client.
    joined.shutdown().await;
}

/// A piece, in the room that it takes until the port has it.
struct Untaken(Bytes, OwnedSemaphorePermit);

impl AsRef<[u8]> for Untaken {
    fn as_ref(&self) -> &[u8] {
        debug_assert!(self.1.num_permits() > self.0.len());
        &self.0
    }
}

type Channel = Arc<Mutex<SplitSink<Socket, Message>>>;

async fn channel_of(
    place: Place,
    port: u16,
    channel: u8,
    sent: mpsc::Receiver<Untaken>,
    to: Channel,
) {
    let tell = |channel: u8, bytes: Bytes| {
        let to = Arc::clone(&to);
        async move {
            let message = websocket::message(channel, &bytes);
            to.lock().await.send(message).await.is_ok()
        }
    };
    // Each begins with its port.
    for channel in [channel, channel + 1] {
        tell(channel, Bytes::copy_from_slice(&port.to_le_bytes())).await;
    }
    let told = |bytes| tell(channel, bytes);
    if let Err(why) = carry(&place, port, sent, told).await {
        tell(channel + 1, Bytes::from(why)).await;
    }
}

/// Connects to a port and carries both ways until what listens there is done, or the client gone.
async fn carry<P: AsRef<[u8]>, F: Future<Output = bool>>(
    place: &Place,
    port: u16,
    mut sent: mpsc::Receiver<P>,
    told: impl Fn(Bytes) -> F,
) -> Result<(), String> {
    let connected = place.connect(port).await;
    let stream = connected.map_err(|failure| {
        let pod = &place.pod;
        format!(
            "cannot forward port {port} of the sandbox {pod}: {}",
            failure.message
        )
    })?;
    let (mut from, mut to) = stream.into_split();
    let writing = async {
        while let Some(bytes) = sent.recv().await {
            if to.write_all(bytes.as_ref()).await.is_err() {
                return;
            }
        }
        // It may be gone before.
        let _ = to.shutdown().await;
    };
    let reading = async {
        loop {
            let mut bytes = BytesMut::with_capacity(CHUNK);
            match from.read_buf(&mut bytes).await {
                Ok(count) if count > 0 && told(bytes.freeze()).await => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(format!("port {port}: {error}")),
            }
        }
    };
    tokio::pin!(reading);
    tokio::select! {
        done = &mut reading => done,
        () = writing => reading.await,
    }
}
