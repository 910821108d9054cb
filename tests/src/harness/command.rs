//! Runs a program to its end or kills it when it takes too long, and keeps what it wrote.

use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// No command of a test may take longer than this.
pub const LIMIT: Duration = Duration::from_mins(1);
/// How long output may stay open after its program's end.
const OUTPUT_LIMIT: Duration = Duration::from_secs(5);

/// What a finished program left.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The command line.
    pub line: String,
    /// Exit status; 128 + n when signal n ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Wall time.
    pub took: Duration,
}

impl fmt::Display for Finished {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            code,
            stdout,
            stderr,
            took,
        } = self;
        let ms = took.as_millis();
        write!(
            formatter,
            "`{line}` gave {code} after {ms} ms\nstdout: {stdout}\nstderr: {stderr}"
        )
    }
}

/// The command line as one would type it.
pub fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(OsStr::to_string_lossy)
            .map(String::from),
    );
    words.join(" ")
}

/// Runs the command with the given standard input.
///
/// # Panics
/// When it can't be started, takes longer than [`LIMIT`], or something keeps its output open.
pub fn run(command: &mut Command, input: &str) -> Finished {
    let line = line(command);
    let started = Instant::now();
    command.stdin(if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    });
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run `{line}`: {error}"));
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_owned();
        // Beside the rest: one that doesn't read is free to do so, and is killed all the same.
        thread::spawn(move || {
            let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
        });
    }
    let code = wait(&mut child, &line, super::wait::limit(LIMIT));
    let text = |output: &mpsc::Receiver<Vec<u8>>, which: &str| {
        let bytes = output
            .recv_timeout(super::wait::limit(OUTPUT_LIMIT))
            .unwrap_or_else(|_| panic!("`{line}` ended but something holds its {which} open"));
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let took = started.elapsed();
    let (stdout, stderr) = (text(&stdout, "stdout"), text(&stderr, "stderr"));
    Finished {
        line,
        code,
        stdout,
        stderr,
        took,
    }
}

fn collect<R: Read + Send + 'static>(stream: Option<R>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits for the child's end and returns its status; kills it at the limit.
///
/// # Panics
/// When the limit is reached.
pub fn wait(child: &mut Child, line: &str, limit: Duration) -> i32 {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
        }
        if started.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            panic!("`{line}` was killed after {} s", limit.as_secs());
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}
