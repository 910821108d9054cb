//! A connection with the streams that its client opens.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, split};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::frames::{FIN, Frame, HEADERS, Head, PING, RST_STREAM, STREAM, SYN_STREAM};
use super::headers::{Headers, Reader, Writer};

/// Most bytes of a control frame.
const CONTROL: usize = 32 << 10;
/// What is read of data at a time.
const CHUNK: usize = 32 << 10;
/// Streams that are open at a time.
const STREAMS: usize = 512;
/// How long a client may take to hear the last of it.
const FAREWELL: Duration = Duration::from_secs(2);

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
}

impl Sender {
    /// `false` when the client is gone.
    pub async fn send(&self, data: Bytes) -> bool {
        let frame = Frame::Data(self.id, data, false);
        self.frames.send(frame).await.is_ok()
    }

    /// Nothing more comes.
    pub async fn finish(&self) {
        let frame = Frame::Data(self.id, Bytes::new(), true);
        let _ = self.frames.send(frame).await;
    }

    /// The stream can't be had.
    pub async fn reset(&self) {
        let frame = Frame::Reset(self.id);
        let _ = self.frames.send(frame).await;
    }

    /// Waits until the connection is gone.
    pub async fn closed(&self) {
        self.frames.closed().await;
    }
}

/// A connection.
#[derive(Debug)]
pub struct Connection {
    streams: mpsc::Receiver<Stream>,
    frames: mpsc::Sender<Frame>,
    last: Arc<AtomicU32>,
}

impl Connection {
    /// Reads and writes in a task of its own until the client is gone, or [`Connection::close`].
    pub fn start(io: impl AsyncRead + AsyncWrite + Send + 'static) -> Self {
        let (from, to) = split(io);
        let (frames, to_write) = mpsc::channel(16);
        let (opened, streams) = mpsc::channel(16);
        let last = Arc::new(AtomicU32::new(0));
        let incoming = Incoming {
            headers: Reader::new(),
            open: HashMap::new(),
            last: Arc::clone(&last),
            frames: frames.clone(),
            opened,
        };
        tokio::spawn(async move {
            let reading = incoming.read(from);
            tokio::pin!(reading);
            let done = tokio::select! {
                done = &mut reading => done,
                done = write(to, to_write) => match done {
                    // So that nothing that was sent is lost with what was not read yet.
                    Ok(()) => timeout(FAREWELL, reading).await.unwrap_or(Ok(())),
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

    /// Sends what is to be sent, and closes.
    pub async fn close(self) {
        let last = self.last.load(Ordering::Relaxed);
        if self.frames.send(Frame::GoAway(last)).await.is_ok() {
            let _ = timeout(FAREWELL, self.frames.closed()).await;
        }
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
    open: HashMap<u32, mpsc::Sender<Bytes>>,
    last: Arc<AtomicU32>,
    frames: mpsc::Sender<Frame>,
    opened: mpsc::Sender<Stream>,
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
            if let Some(to) = self.open.get(&stream)
                && to.send(bytes.freeze()).await.is_err()
            {
                // Nobody reads it: what still comes is dropped.
                self.open.remove(&stream);
            }
        }
        if is_last {
            self.open.remove(&stream);
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
                self.open.remove(&(first()? & STREAM));
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
        self.open.retain(|_, to| !to.is_closed());
        let sender = Sender {
            id,
            frames: self.frames.clone(),
        };
        if self.open.len() >= STREAMS {
            sender.reset().await;
            return Ok(());
        }
        let (to, data) = mpsc::channel(4);
        if !is_last {
            self.open.insert(id, to);
        }
        let _ = self.frames.send(Frame::Reply(id)).await;
        let stream = Stream {
            id,
            headers,
            data,
            sender,
        };
        // Nobody may want streams any more.
        let _ = self.opened.send(stream).await;
        Ok(())
    }
}

fn bad(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
