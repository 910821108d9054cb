//! The one program that runs inside test containers. Standard library only, static, so that it runs
//! in any root. It keeps state in memory and in files and says on standard output what it holds, so
//! that a test can tell whether a thawed container went on where it stopped.
//!
//! ```text
//! count FILE        each millisecond: a counter in memory +1, FILE := counter, FILE.log += counter
//! web PORT FILE     HTTP server; each request counts in memory and in FILE
//! echo PORT         TCP server; answers each line with the connection's own line number
//! echo6 PORT        the same over IPv6
//! udp PORT          UDP server; answers each datagram with its number
//! eat MB SEED       fills memory with pseudo-random bytes, says their sum again and again
//! churn MB [PAGES]  changes so many pages of its memory each round, checks all of it, says the outcome
//! gap               millisecond ticker that says the longest gap it has seen
//! hold MODE [WORD]  sets kernel objects up, waits for /dev/shm/go, says whether they are as before
//! keep DIR OBJECT… one after the other: sets it up, says so by a file in DIR, lets go when told
//! scribble [nodes]  makes every kind of change to the image's files, with device nodes if told
//! list DIR          all that can be known of each path below
//! ```

mod counters;
mod descriptors;
mod files;
mod held;
mod kept;
mod kernel_unsafe;
mod memory;
mod processes;
mod refused;
mod servers;
mod sockets;
mod state;
mod trees;

use std::io::{Result, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["hold", mode] => held::hold(mode, || object(mode, "")),
        ["hold", mode, word] => held::hold(mode, || object(mode, word)),
        ["keep", directory, ref objects @ ..] => kept::keep(Path::new(directory), objects),
        _ => run(&words).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("workload: {error}");
        ExitCode::FAILURE
    })
}

/// What needs no freeze to be judged, and the children of what does.
fn run(words: &[&str]) -> Result<()> {
    match words {
        ["count", file] => counters::count(file),
        ["eat", megabytes, seed] => counters::eat(number(megabytes), number(seed)),
        ["churn", megabytes] => counters::churn(number(megabytes), 4),
        ["churn", megabytes, pages] => counters::churn(number(megabytes), number(pages)),
        ["gap"] => counters::gap(),
        ["web", port, file] => servers::web(number(port), file),
        ["echo", port] => servers::echo(number(port)),
        ["echo6", port] => servers::echo_over_ipv6(number(port)),
        ["udp", port] => sockets::udp(number(port)),
        ["scribble"] => trees::scribble(false),
        ["scribble", "nodes"] => trees::scribble(true),
        ["list", directory] => trees::list(directory),
        ["wait"] => processes::wait(),
        ["end", status] => std::process::exit(number(status)),
        ["leave", namespace] => refused::leave(namespace),
        ["supervised"] => refused::supervised(),
        ["begin-session"] => processes::begin_session(),
        ["multiply", by] => processes::multiply(number(by)),
        ["add"] => processes::add(),
        ["share", id] => memory::share(number(id)),
        ["try-locks"] => files::try_locks(),
        ["answer-unix", path] => sockets::answer_unix(path),
        _ => Err(std::io::Error::other(
            "the first lines of tests/workload/workload.rs say what it can",
        )),
    }
}

/// What `hold` sets up, by mode.
fn object(mode: &str, word: &str) -> Result<held::Check> {
    match mode {
        "eventfd" => descriptors::eventfd(),
        "epoll" => descriptors::epoll(),
        "timerfd" => descriptors::timerfd(),
        "signalfd" => descriptors::signalfd(),
        "inotify" => descriptors::inotify(Path::new(word)),
        "memfd" => descriptors::memfd(),
        "pipes" => descriptors::pipes(),
        "heap" => memory::heap(number(word)),
        "shared" => memory::shared(),
        "positions" => files::positions(),
        "locks" => files::locks(),
        "deleted" => files::deleted(),
        "tmpfs" => files::tmpfs(),
        "read-only" => files::read_only(),
        "threads" => processes::threads(number(word)),
        "processes" => processes::processes(number(word)),
        "ring" => processes::ring(),
        "family" => processes::family(),
        "signals" => processes::signals(),
        "timers" => processes::timers(),
        "credentials" => processes::credentials(),
        "unix" => sockets::unix(),
        "tcp" => sockets::tcp(),
        "connected" => sockets::connected(word),
        "io_uring" | "userfaultfd" | "queue" | "traced" => refused::held(mode),
        _ => Err(std::io::Error::other(format!("there is no {mode}"))),
    }
}

/// The number that a text has, else nought.
pub fn number<T: std::str::FromStr + Default>(text: &str) -> T {
    text.trim().parse().unwrap_or_default()
}

/// A line on standard output, at once.
pub fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    out.flush()
}
