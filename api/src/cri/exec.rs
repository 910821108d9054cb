//! `ExecSync`: a command in a container, what it wrote, how it ended.

use std::fs;
use std::io::{self, Read};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use libcr::Engine;
use libcr::ops::lifecycle::exec::{ExecOptions, Streams, begin};
use libcr::progress::Cancel;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

use super::Refusal;
use super::door::Door;
use super::identity::given;
use super::messages::{ExecSyncRequest, ExecSyncResponse};

/// Most bytes that are kept of each stream, as much as other runtimes keep of both: an answer has to be
/// one message. What comes after them is read and dropped.
const KEPT: u64 = 7 << 20;
/// How long streams are read on that something it left behind holds open.
const AFTERWARDS: Duration = Duration::from_secs(1);
/// How often one looks whether it is time to end it.
const LOOK: Duration = Duration::from_millis(100);

/// Answers. A command that takes longer than its time, or whose client is gone, is killed.
pub async fn sync(door: Door, request: ExecSyncRequest) -> Result<ExecSyncResponse, Refusal> {
    given(&request.container_id)?;
    let seconds = u64::try_from(request.timeout)
        .map_err(|_| Refusal::invalid("the time must not be negative"))?;
    let limit = (seconds > 0).then(|| Duration::from_secs(seconds));
    door.run_cancelled(move |engine, cancel| {
        run(engine, &request.container_id, request.cmd, limit, cancel)
    })
    .await
}

fn run(
    engine: &Engine,
    id: &str,
    command: Vec<String>,
    limit: Option<Duration>,
    cancel: &Cancel,
) -> Result<ExecSyncResponse, Refusal> {
    let failed = |error: io::Error| Refusal::internal(&error);
    let (output, output_end) = io::pipe().map_err(failed)?;
    let (error, error_end) = io::pipe().map_err(failed)?;
    let directory = tempfile::tempdir().map_err(failed)?;
    let pid_file = directory.path().join("pid");
    let options = ExecOptions {
        command,
        ..ExecOptions::default()
    };
    let streams = Streams {
        input: Streams::null().map_err(failed)?.input,
        output: output_end.into(),
        error: error_end.into(),
    };
    let running = begin(engine, id, &options, streams, Some(&pid_file))?;
    let (output, error) = (Kept::read(output), Kept::read(error));
    let (ended, ends) = mpsc::channel::<()>();
    let (done, late) = thread::scope(|scope| {
        let pid_file = &pid_file;
        let watch = scope.spawn(move || {
            let begun = Instant::now();
            loop {
                match ends.recv_timeout(LOOK) {
                    Err(RecvTimeoutError::Timeout) => {}
                    _ => return false,
                }
                let late = limit.is_some_and(|limit| begun.elapsed() >= limit);
                if late || cancel.is_cancelled() {
                    kill(pid_file);
                    // Until it is gone: the number may not have been written yet.
                    while let Err(RecvTimeoutError::Timeout) = ends.recv_timeout(LOOK) {
                        kill(pid_file);
                    }
                    return late;
                }
            }
        });
        let done = running.wait(engine);
        drop(ended);
        (done, watch.join().unwrap_or(false))
    });
    if late {
        let seconds = limit.unwrap_or_default().as_secs();
        return Err(Refusal::late(&format!(
            "the command in container {id} was killed after {seconds} s"
        )));
    }
    Ok(ExecSyncResponse {
        exit_code: done?,
        stdout: output.take(),
        stderr: error.take(),
    })
}

/// Kills the process whose number the runtime has written.
fn kill(pid_file: &std::path::Path) {
    let text = fs::read_to_string(pid_file).unwrap_or_default();
    let pid = text.trim().parse().ok().and_then(Pid::from_raw);
    if let Some(pid) = pid
        && let Err(error) = kill_process(pid, Signal::KILL)
    {
        tracing::debug!(%error, "exec");
    }
}

/// What comes out of a pipe, read in a thread of its own.
struct Kept {
    /// `None` once nobody wants more.
    bytes: Arc<Mutex<Option<Vec<u8>>>>,
    end: mpsc::Receiver<()>,
}

impl Kept {
    fn read(mut pipe: io::PipeReader) -> Self {
        let bytes = Arc::new(Mutex::new(Some(Vec::new())));
        let (at_end, end) = mpsc::channel::<()>();
        let kept = Arc::clone(&bytes);
        thread::spawn(move || {
            let _at_end = at_end;
            let mut piece = vec![0; 64 << 10];
            loop {
                // Whoever the command left behind may hold its end for ever and write nothing.
                if !is_readable(&pipe) {
                    if kept
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .is_none()
                    {
                        return;
                    }
                    continue;
                }
                let Ok(count @ 1..) = pipe.read(&mut piece) else {
                    return;
                };
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(kept) = kept.as_mut() else {
                    return;
                };
                let room = usize::try_from(KEPT).unwrap_or(usize::MAX) - kept.len();
                kept.extend_from_slice(&piece[..count.min(room)]);
            }
        });
        Self { bytes, end }
    }

    /// What there was until the end, or until nobody waits any more.
    fn take(self) -> Vec<u8> {
        let _ = self.end.recv_timeout(AFTERWARDS);
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.take().unwrap_or_default()
    }
}

/// Waits a moment until there is something to read, or the end.
fn is_readable(pipe: &io::PipeReader) -> bool {
    let mut ends = [PollFd::new(pipe, PollFlags::IN)];
    let moment = Timespec {
        tv_sec: 1,
        tv_nsec: 0,
    };
    !matches!(poll(&mut ends, Some(&moment)), Ok(0) | Err(Errno::INTR))
}
