//! A connection with the streams that its client opens.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, split};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::frames::{FIN, Frame, HEADERS, Head, PING, RST_STREAM, STREAM, SYN_STREAM};
use super::headers::{Headers, Reader, Writer};
use crate::cri::streaming::server::{FAREWELL, SILENCE};

/// Most bytes of a control frame.
const CONTROL: usize = 32 << 10;
/// What is read of data at a time.
const CHUNK: usize = 32 << 10;
/// Streams that are open at a time, be it one way only.
const STREAMS: usize = 512;

/// A stream of the client's.
#[derive(Debug)]
pub struct Stream {
    /// Its number.
    pub id: u32,
    headers: Headers,
    /// What the client sends in it; closed when it is done, or gone.
    pub data: mpsc::Receiver<Bytes>,
    /// The way back.
    pub sender: Sender,
}

impl Stream {
    /// The value of a header; empty without it.
    pub fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        let found = headers.find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// Sends in a stream.
#[derive(Debug, Clone)]
pub struct Sender {
    id: u32,
    frames: mpsc::Sender<Frame>,
    /// The client wants no more of the stream. While there is a receiver, the stream is open.
    reset: watch::Receiver<bool>,
}

impl Sender {
    /// `false` when the client is gone, or wants no more of it.
    pub async fn send(&self, data: Bytes) -> bool {
        if *self.reset.borrow() {
            return false;
        }
        let frame = Frame::Data(self.id, data, false);
        self.frames.send(frame).await.is_ok()
    }

    /// Nothing more comes.
    pub async fn finish(&self) {
        if *self.reset.borrow() {
            return;
        }
        let frame = Frame::Data(self.id, Bytes::new(), true);
        let _ = self.frames.send(frame).await;
    }

    /// The stream can't be had.
    pub async fn reset(&self) {
        let frame = Frame::Reset(self.id);
        let _ = self.frames.send(frame).await;
    }

    /// Waits until the client wants no more of the stream, or the connection is gone.
    pub async fn closed(&self) {
        let mut reset = self.reset.clone();
        tokio::select! {
            // Whoever would say so being gone means the same.
            _ = reset.wait_for(|reset| *reset) => {}
            () = self.frames.closed() => {}
        }
    }
}

/// A connection.
#[derive(Debug)]
pub struct Connection {
    streams: mpsc::Receiver<Stream>,
    frames: mpsc::Sender<Frame>,
    last: Arc<AtomicU32>,
    task: Task,
}

/// Ends with its owner.
#[derive(Debug)]
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Connection {
    /// Reads and writes in a task of its own until the client is gone, or the connection is dropped.
    pub fn start(io: impl AsyncRead + AsyncWrite + Send + 'static) -> Self {
        let (from, to) = split(io);
        let (frames, to_write) = mpsc::channel(16);
        let (opened, streams) = mpsc::channel(16);
        let last = Arc::new(AtomicU32::new(0));
        let heard = Arc::new(AtomicU64::new(0));
        let incoming = Incoming {
            headers: Reader::new(),
            open: HashMap::new(),
            last: Arc::clone(&last),
            heard: Arc::clone(&heard),
            frames: frames.clone(),
            opened,
        };
        let task = tokio::spawn(async move {
            let reading = incoming.read(from);
            tokio::pin!(reading);
            let done = tokio::select! {
                done = &mut reading => done,
                done = write(to, to_write) => match done {
                    // What is sent to a closed socket, a ping for one, takes with it what the client has
                    // not read yet: its pings are heard until it has read all and leaves.
                    Ok(()) => tokio::select! {
                        done = reading => done,
                        () = silent(&heard) => Ok(()),
                    },
                    failed => failed,
                },
            };
            if let Err(error) = done {
                tracing::debug!(%error, "SPDY");
            }
        });
        Self {
            streams,
            frames,
            last,
            task: Task(task),
        }
    }

    /// Wants no more streams: those that the client still opens are refused.
    pub fn enough(&mut self) {
        self.streams.close();
        while let Ok(stream) = self.streams.try_recv() {
            let sender = stream.sender;
            tokio::spawn(async move { sender.reset().await });
        }
    }

    /// The next stream that the client opens; `None` when it is gone.
    pub async fn accept(&mut self) -> Option<Stream> {
        self.streams.recv().await
    }

    /// Waits until the client is gone.
    pub fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let frames = self.frames.clone();
        async move { frames.closed().await }
    }

    /// Sends what is to be sent, and closes once the client has left, or takes no more.
    pub async fn close(self) {
        let Self {
            streams,
            frames,
            last,
            mut task,
        } = self;
        drop(streams);
        let last = last.load(Ordering::Relaxed);
        let leaving = async {
            if frames.send(Frame::GoAway(last)).await.is_ok() {
                let _ = (&mut task.0).await;
            }
        };
        let _ = timeout(FAREWELL, leaving).await;
    }
}

/// Waits until nothing has been heard for some time.
async fn silent(heard: &AtomicU64) {
    let mut before = None;
    loop {
        let now = Some(heard.load(Ordering::Relaxed));
        if now == before {
            return;
        }
        before = now;
        sleep(SILENCE).await;
    }
}

async fn write(
    mut to: impl AsyncWrite + Unpin,
    mut frames: mpsc::Receiver<Frame>,
) -> io::Result<()> {
    let mut headers = Writer::new()?;
    let mut bytes = BytesMut::new();
    while let Some(frame) = frames.recv().await {
        bytes.clear();
        frame.write(|| headers.none(), &mut bytes);
        to.write_all(&bytes).await?;
        to.flush().await?;
        if matches!(frame, Frame::GoAway(_)) {
            break;
        }
    }
    to.shutdown().await
}

/// What a client sends.
struct Incoming {
    headers: Reader,
    open: HashMap<u32, Open>,
    last: Arc<AtomicU32>,
    /// Frames.
    heard: Arc<AtomicU64>,
    frames: mpsc::Sender<Frame>,
    opened: mpsc::Sender<Stream>,
}

/// A stream whose end has not been seen on both sides.
struct Open {
    /// Where the client's data go, until its last.
    data: Option<mpsc::Sender<Bytes>>,
    reset: watch::Sender<bool>,
}

impl Incoming {
    async fn read(mut self, from: impl AsyncRead + Unpin) -> io::Result<()> {
        let mut from = BufReader::with_capacity(CHUNK, from);
        loop {
            let mut head = [0; 8];
            match from.read_exact(&mut head).await {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                done => done?,
            };
            self.heard.fetch_add(1, Ordering::Relaxed);
            match Head::parse(head).ok_or_else(|| bad("another version of SPDY"))? {
                Head::Data(stream, flags, length) => {
                    self.data(&mut from, stream, flags & FIN != 0, length)
                        .await?;
                }
                Head::Control(kind, flags, length) => {
                    if length > CONTROL {
                        return Err(bad("a control frame that is too long"));
                    }
                    let mut body = vec![0; length];
                    from.read_exact(&mut body).await?;
                    self.control(kind, flags & FIN != 0, &body).await?;
                }
            }
        }
    }

    async fn data(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        stream: u32,
        is_last: bool,
        mut left: usize,
    ) -> io::Result<()> {
        while left > 0 {
            let mut bytes = BytesMut::with_capacity(CHUNK.min(left));
            let count = (&mut *from)
                .take(left.min(CHUNK) as u64)
                .read_buf(&mut bytes)
                .await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left -= count;
            if let Some(open) = self.open.get_mut(&stream)
                && let Some(to) = &open.data
                && to.send(bytes.freeze()).await.is_err()
            {
                // Nobody reads it: what still comes is dropped.
                open.data = None;
            }
        }
        if is_last && let Some(open) = self.open.get_mut(&stream) {
            open.data = None;
        }
        Ok(())
    }

    async fn control(&mut self, kind: u16, is_last: bool, body: &[u8]) -> io::Result<()> {
        let first = body
            .first_chunk::<4>()
            .map(|bytes| u32::from_be_bytes(*bytes));
        let first = || first.ok_or_else(|| bad("a control frame that is too short"));
        match kind {
            SYN_STREAM => {
                // Number, the one it belongs to, priority and slot; then the headers.
                let block = body
                    .get(10..)
                    .ok_or_else(|| bad("a stream without headers"))?;
                let headers = self.headers.read(block)?;
                self.open(first()? & STREAM, headers, is_last).await
            }
            HEADERS => {
                // Not of use, but those that follow depend on them.
                let block = body.get(4..).ok_or_else(|| bad("headers of no stream"))?;
                self.headers.read(block).map(drop)
            }
            RST_STREAM => {
                if let Some(open) = self.open.get_mut(&(first()? & STREAM)) {
                    open.data = None;
                    open.reset.send_replace(true);
                }
                Ok(())
            }
            PING => {
                // Even ones would be answers to ours.
                let number = first()?;
                if number % 2 == 1 {
                    let _ = self.frames.send(Frame::Ping(number)).await;
                }
                Ok(())
            }
            // Settings, windows, farewells: nothing here depends on them.
            _ => Ok(()),
        }
    }

    async fn open(&mut self, id: u32, headers: Headers, is_last: bool) -> io::Result<()> {
        if id.is_multiple_of(2) || id <= self.last.load(Ordering::Relaxed) {
            return Err(bad("a stream whose number is not the client's next"));
        }
        self.last.store(id, Ordering::Relaxed);
        self.open.retain(|_, open| {
            let reads = open.data.as_ref().is_some_and(|data| !data.is_closed());
            reads || !open.reset.is_closed()
        });
        let (reset, is_reset) = watch::channel(false);
        let sender = Sender {
            id,
            frames: self.frames.clone(),
            reset: is_reset,
        };
        if self.open.len() >= STREAMS {
            sender.reset().await;
            return Ok(());
        }
        let (to, data) = mpsc::channel(4);
        let data_to = (!is_last).then_some(to);
        self.open.insert(
            id,
            Open {
                data: data_to,
                reset,
            },
        );
        if self.opened.is_closed() {
            sender.reset().await;
            return Ok(());
        }
        let _ = self.frames.send(Frame::Reply(id)).await;
        let stream = Stream {
            id,
            headers,
            data,
            sender,
        };
        if let Err(mpsc::error::SendError(stream)) = self.opened.send(stream).await {
            stream.sender.reset().await;
        }
        Ok(())
    }
}

fn bad(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
