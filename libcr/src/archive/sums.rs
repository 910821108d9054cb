//! `cryopod.sums`, the last member: the BLAKE3 digest and length of every file member before it,
//! and the thread that computes them while the archive flows by.
//!
//! A line is `<64 hex digits>  <length in bytes>  <name>`. What it proves is that the archive is
//! what its writer wrote, not who that was; that says the signature behind it, where there is one.
//! Of a signed archive directories (`NAME/`) and links (`NAME -> TARGET`) have lines too, as empty
//! ones: nothing can be added to it.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use super::CHUNK;

/// The digest of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// Name of the member.
    pub name: String,
    /// Its length in bytes.
    pub len: u64,
    /// BLAKE3 of its bytes.
    pub hash: blake3::Hash,
}

/// The line's name of a link. No file has such a name: `..` is in it.
pub(super) fn link(name: &str, target: &str) -> String {
    format!("{name} -> {target}")
}

/// The bytes of the member.
pub fn render(sums: &[Sum]) -> Vec<u8> {
    sums.iter()
        .flat_map(|sum| format!("{}  {}  {}\n", sum.hash.to_hex(), sum.len, sum.name).into_bytes())
        .collect()
}

/// Reads the member; nothing when a line is not of its form or the last one has no end.
pub fn parse(bytes: &[u8]) -> Option<Vec<Sum>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.is_empty() && !text.ends_with('\n') {
        return None;
    }
    text.lines()
        .map(|line| {
            let mut fields = line.splitn(3, "  ");
            Some(Sum {
                hash: blake3::Hash::from_hex(fields.next()?).ok()?,
                len: fields.next()?.parse().ok()?,
                name: fields.next()?.to_owned(),
            })
        })
        .collect()
}

enum Job {
    Member(String),
    Bytes(Arc<Vec<u8>>),
}

/// Hashes members on a thread of its own and hands out the buffers that the data travels in.
#[derive(Debug)]
pub(super) struct Digester {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<Vec<Sum>>>,
    back: Receiver<Vec<u8>>,
    give_back: Sender<Vec<u8>>,
}

impl Digester {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<Self> {
        let mut digester = Self::idle();
        // Few in flight: 8 MiB bound the memory, and the slower side sets the pace anyway.
        let (jobs, work) = sync_channel(8);
        let give_back = digester.give_back.clone();
        digester.thread = Some(
            std::thread::Builder::new()
                .name("archive-digest".into())
                .spawn(move || digest(&work, &give_back))?,
        );
        digester.jobs = Some(jobs);
        Ok(digester)
    }

    /// One that hands out buffers and hashes nothing.
    pub(super) fn idle() -> Self {
        let (give_back, back) = channel();
        Self {
            jobs: None,
            thread: None,
            back,
            give_back,
        }
    }

    /// Where buffers go back to.
    pub(super) fn give_back(&self) -> Sender<Vec<u8>> {
        self.give_back.clone()
    }

    /// An empty buffer with room for a chunk.
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.back
            .try_recv()
            .unwrap_or_else(|_| Vec::with_capacity(CHUNK))
    }

    /// What follows belongs to this member.
    pub(super) fn member(&self, name: &str) -> io::Result<()> {
        self.send(Job::Member(name.to_owned()))
    }

    /// The next bytes of the member; give what comes back to [`Self::done`] when it was used.
    pub(super) fn bytes(&self, chunk: Vec<u8>) -> io::Result<Arc<Vec<u8>>> {
        let chunk = Arc::new(chunk);
        self.send(Job::Bytes(Arc::clone(&chunk)))?;
        Ok(chunk)
    }

    /// The buffer may be used again once its bytes are hashed.
    pub(super) fn done(&self, chunk: Arc<Vec<u8>>) {
        recycle(chunk, &self.give_back);
    }

    /// Waits for the last digest and returns all, in the order of the members.
    pub(super) fn finish(mut self) -> io::Result<Vec<Sum>> {
        self.jobs = None;
        match self.thread.take() {
            Some(thread) => thread
                .join()
                .map_err(|_| io::Error::other("the digest thread died")),
            None => Ok(Vec::new()),
        }
    }

    fn send(&self, job: Job) -> io::Result<()> {
        match &self.jobs {
            Some(jobs) => jobs
                .send(job)
                .map_err(|_| io::Error::other("the digest thread died")),
            None => Ok(()),
        }
    }
}

/// Gives a buffer back if nobody else needs it more.
pub(super) fn recycle(chunk: Arc<Vec<u8>>, to: &Sender<Vec<u8>>) {
    if let Some(mut buffer) = Arc::into_inner(chunk) {
        buffer.clear();
        // Nobody there to take it back means the archive is done with.
        drop(to.send(buffer));
    }
}

fn digest(work: &Receiver<Job>, give_back: &Sender<Vec<u8>>) -> Vec<Sum> {
    let mut sums: Vec<Sum> = Vec::new();
    let mut hasher = blake3::Hasher::new();
    for job in work {
        match job {
            Job::Member(name) => {
                if let Some(last) = sums.last_mut() {
                    last.hash = hasher.finalize();
                }
                hasher.reset();
                sums.push(Sum {
                    name,
                    len: 0,
                    hash: blake3::Hash::from_bytes([0; 32]),
                });
            }
            Job::Bytes(chunk) => {
                hasher.update(&chunk);
                if let Some(last) = sums.last_mut() {
                    last.len += chunk.len() as u64;
                }
                recycle(chunk, give_back);
            }
        }
    }
    if let Some(last) = sums.last_mut() {
        last.hash = hasher.finalize();
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_come_in_order_and_survive_the_text() {
        let digester = Digester::start().unwrap();
        digester.member("a b").unwrap();
        for part in [&b"hel"[..], b"lo"] {
            let chunk = digester.bytes(part.to_vec()).unwrap();
            digester.done(chunk);
        }
        digester.member("empty").unwrap();
        let sums = digester.finish().unwrap();
        assert_eq!(
            sums[0],
            Sum {
                name: "a b".into(),
                len: 5,
                hash: blake3::hash(b"hello")
            }
        );
        assert_eq!(
            sums[1],
            Sum {
                name: "empty".into(),
                len: 0,
                hash: blake3::hash(b"")
            }
        );
        assert_eq!(parse(&render(&sums)).unwrap(), sums);
        assert_eq!(parse(b"").unwrap(), []);
        assert!(parse(b"zz  1  a\n").is_none());
        let text = render(&sums);
        assert!(parse(&text[..text.len() - 1]).is_none());
    }
}
