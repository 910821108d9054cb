//! Compresses a stream into frames, each on one of as many threads as there are processors.
//!
//! Frames leave in the order of their content, written by whoever feeds the encoder: what a slow
//! sink holds back is bounded by the frames in flight.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};

use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use super::FRAME;
use super::table::{Row, render};

/// More threads than this would cost more memory than they save time.
const MOST_WORKERS: usize = 64;

/// What a frame travels in, used again for later ones.
#[derive(Default)]
struct Buffers {
    content: Vec<u8>,
    compressed: Vec<u8>,
}

/// Compresses on the way to `W`.
pub(in crate::archive) struct FrameEncoder<W: Write> {
    sink: W,
    pool: Pool,
    /// Content of the frame that is not full yet.
    content: Vec<u8>,
    /// The frames in flight, in their order.
    pending: VecDeque<Receiver<io::Result<Buffers>>>,
    rows: Vec<Row>,
    spare: Vec<Buffers>,
    /// The sink has not got all that was written: nothing can follow.
    broken: bool,
}

impl<W: Write> FrameEncoder<W> {
    /// Starts the threads.
    pub(in crate::archive) fn new(sink: W, level: i32) -> io::Result<Self> {
        Ok(Self {
            sink,
            pool: Pool::start(level)?,
            content: Vec::with_capacity(FRAME),
            pending: VecDeque::new(),
            rows: Vec::new(),
            spare: Vec::new(),
            broken: false,
        })
    }

    /// Ends the last frame, writes the table and returns what it all went to.
    pub(in crate::archive) fn finish(mut self) -> io::Result<W> {
        // A file begins with a plain frame, even if there is nothing in it.
        let none = self.rows.is_empty() && self.pending.is_empty();
        if none || !self.content.is_empty() {
            self.submit()?;
        }
        self.drain(0)?;
        let table = render(&self.rows).ok_or_else(|| io::Error::other("too large for zstd"))?;
        self.sink.write_all(&table)?;
        Ok(self.sink)
    }

    /// Gives the frame to the threads.
    fn submit(&mut self) -> io::Result<()> {
        // As many again as are being compressed keep every thread busy while a slow one is waited for.
        self.drain(2 * self.pool.workers.len() - 1)?;
        let mut buffers = self.spare.pop().unwrap_or_default();
        std::mem::swap(&mut buffers.content, &mut self.content);
        self.content.clear();
        self.content.reserve(FRAME);
        self.pending.push_back(self.pool.compress(buffers)?);
        Ok(())
    }

    /// Writes the frames that are ready, and waits until no more than so many are in flight.
    fn drain(&mut self, most: usize) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write failed"));
        }
        self.broken = true;
        while let Some(next) = self.pending.front() {
            let frame = if self.pending.len() > most {
                next.recv().map_err(|_| died())?
            } else {
                match next.try_recv() {
                    Ok(frame) => frame,
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return Err(died()),
                }
            };
            self.pending.pop_front();
            let buffers = frame?;
            self.sink.write_all(&buffers.compressed)?;
            self.rows.push(Row {
                compressed: u32::try_from(buffers.compressed.len()).map_err(io::Error::other)?,
                content: u32::try_from(buffers.content.len()).map_err(io::Error::other)?,
            });
            self.spare.push(buffers);
        }
        self.broken = false;
        Ok(())
    }
}

impl<W: Write> Write for FrameEncoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(FRAME - self.content.len());
        self.content.extend_from_slice(&bytes[..count]);
        if self.content.len() == FRAME {
            self.submit()?;
        }
        Ok(count)
    }

    /// Ends the frame: what was written is in the sink.
    fn flush(&mut self) -> io::Result<()> {
        if !self.content.is_empty() {
            self.submit()?;
        }
        self.drain(0)?;
        self.sink.flush()
    }
}

struct Job {
    buffers: Buffers,
    done: Sender<io::Result<Buffers>>,
}

/// The threads. They end when it is dropped, each with the frame it has in hand.
struct Pool {
    jobs: Option<Sender<Job>>,
    workers: Vec<JoinHandle<()>>,
}

impl Pool {
    fn start(level: i32) -> io::Result<Self> {
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let (jobs, work) = channel();
        let work = Arc::new(Mutex::new(work));
        let mut pool = Self {
            jobs: Some(jobs),
            workers: Vec::new(),
        };
        for _ in 0..count.min(MOST_WORKERS) {
            let mut compressor = Compressor::new(level)?;
            compressor.set_parameter(CParameter::ChecksumFlag(true))?;
            compressor.set_parameter(CParameter::ContentSizeFlag(true))?;
            let work = Arc::clone(&work);
            let worker = Builder::new()
                .name("archive-zstd".into())
                .spawn(move || compress(compressor, &work))?;
            pool.workers.push(worker);
        }
        Ok(pool)
    }

    fn compress(&self, buffers: Buffers) -> io::Result<Receiver<io::Result<Buffers>>> {
        let (done, result) = channel();
        let jobs = self.jobs.as_ref().ok_or_else(died)?;
        jobs.send(Job { buffers, done }).map_err(|_| died())?;
        Ok(result)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.jobs = None;
        for worker in self.workers.drain(..) {
            // One that panicked was noticed when its frame did not come.
            let _ = worker.join();
        }
    }
}

fn died() -> io::Error {
    io::Error::other("a compression thread died")
}

fn compress(mut compressor: Compressor<'_>, work: &Mutex<Receiver<Job>>) {
    loop {
        let next = match work.lock() {
            Ok(work) => work.recv(),
            Err(_) => return,
        };
        let Ok(Job { mut buffers, done }) = next else {
            return;
        };
        buffers.compressed.clear();
        buffers
            .compressed
            .reserve(zstd::compress_bound(buffers.content.len()));
        let result = compressor.compress_to_buffer(&buffers.content, &mut buffers.compressed);
        if done.send(result.map(|_| buffers)).is_err() {
            // The encoder is gone, and nobody waits for the frames behind this one.
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        let half = len / 2;
        blake3::Hasher::new()
            .finalize_xof()
            .fill(&mut bytes[..half]);
        bytes
    }

    #[test]
    fn any_length_comes_back_in_frames() {
        for len in [0, 1, FRAME - 1, FRAME, FRAME + 1, 9 * FRAME + 5] {
            let content = content(len);
            let mut encoder = FrameEncoder::new(Vec::new(), 1).unwrap();
            for piece in content.chunks(1_000_003) {
                encoder.write_all(piece).unwrap();
            }
            let bytes = encoder.finish().unwrap();
            assert_eq!(bytes[..4], [0x28, 0xb5, 0x2f, 0xfd]);
            assert!(zstd::decode_all(&bytes[..]).unwrap() == content);
            let mut at = 0;
            let mut rows = Vec::new();
            for piece in content.chunks(FRAME).chain((len == 0).then_some(&[][..])) {
                let len = zstd::zstd_safe::find_frame_compressed_size(&bytes[at..]).unwrap();
                let frame = &bytes[at..at + len];
                let says = zstd::zstd_safe::get_frame_content_size(frame).unwrap();
                assert_eq!(says, Some(piece.len() as u64));
                assert_ne!(frame[4] & 4, 0, "no checksum");
                assert!(zstd::decode_all(frame).unwrap() == piece);
                rows.push(Row {
                    compressed: u32::try_from(len).unwrap(),
                    content: u32::try_from(piece.len()).unwrap(),
                });
                at += len;
            }
            assert_eq!(bytes[at..], render(&rows).unwrap());
        }
    }

    #[test]
    fn a_flush_leaves_nothing_behind() {
        let mut encoder = FrameEncoder::new(Vec::new(), 1).unwrap();
        encoder.write_all(b"first").unwrap();
        encoder.flush().unwrap();
        assert_eq!(zstd::decode_all(&encoder.sink[..]).unwrap(), b"first");
        encoder.write_all(b" second").unwrap();
        let bytes = encoder.finish().unwrap();
        assert_eq!(zstd::decode_all(&bytes[..]).unwrap(), b"first second");
    }

    /// Takes so many bytes and no more.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let count = bytes.len().min(self.0);
            self.0 -= count;
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_sink_is_told_and_nothing_follows() {
        let mut encoder = FrameEncoder::new(Full(3 * FRAME), 1).unwrap();
        let mut content = content(2 * FRAME);
        content.truncate(FRAME);
        let error = (0..1000)
            .find_map(|_| encoder.write_all(&content).err())
            .unwrap();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(encoder.pending.len() <= 2 * MOST_WORKERS);
        assert!(encoder.write_all(&content).is_err());
        assert!(encoder.flush().is_err());
        assert!(encoder.finish().is_err());
    }

    #[test]
    fn the_threads_end_with_an_unfinished_encoder() {
        let mut encoder = FrameEncoder::new(io::sink(), 1).unwrap();
        encoder.write_all(&content(FRAME)).unwrap();
        let pending = std::mem::take(&mut encoder.pending);
        assert_eq!(pending.len(), 1);
        drop(encoder);
        // Threads that went on would have it still.
        assert!(!matches!(pending[0].try_recv(), Err(TryRecvError::Empty)));
    }
}
