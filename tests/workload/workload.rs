//! The one program that runs inside test containers. Standard library only, static, so that it runs
//! in any root. It keeps state in memory and in files and says on standard output what it holds, so
//! that a test can tell whether a thawed container went on where it stopped.
//!
//! ```text
//! count FILE        each millisecond: a counter in memory +1, FILE := counter, FILE.log += counter
//! web PORT FILE     HTTP server; each request counts in memory and in FILE
//! echo PORT         TCP server; answers each line with the connection's own line number
//! eat MB SEED       fills memory with pseudo-random bytes, says their sum again and again
//! churn MB          changes some pages of its memory each round, checks all of it, says the outcome
//! gap               millisecond ticker that says the longest gap it has seen
//! ```

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

/// A pause between two ticks that no scheduler explains: the process was frozen.
const FROZEN: Duration = Duration::from_millis(40);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["count", file] => count(file),
        ["web", port, file] => web(number(port), file),
        ["echo", port] => echo(number(port)),
        ["eat", megabytes, seed] => eat(number(megabytes), number(seed)),
        ["churn", megabytes] => churn(number(megabytes)),
        ["gap"] => gap(),
        _ => {
            eprintln!("usage: workload count FILE | web PORT FILE | echo PORT | eat MB SEED | churn MB | gap");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("workload: {error}");
            ExitCode::FAILURE
        }
    }
}

fn number<T: std::str::FromStr + Default>(text: &str) -> T {
    text.parse().unwrap_or_default()
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    out.flush()
}

/// Both files are complete at the end of a tick, so whoever stands at the start of the next one must
/// find them equal to its memory, however long it was frozen in between and wherever in the tick.
fn count(path: &str) -> std::io::Result<()> {
    let file = File::create(path)?;
    let log_path = format!("{path}.log");
    let mut log = File::create(&log_path)?;
    let mut counter: u64 = 0;
    let mut last = Instant::now();
    loop {
        let elapsed = last.elapsed();
        last = Instant::now();
        if counter > 0 && elapsed > FROZEN {
            let ms = elapsed.as_millis();
            let (stored, logged) = (read_number(path)?, read_last_line(&log_path)?);
            say(&format!(
                "gap ms={ms} mem={counter} file={stored} log={logged}"
            ))?;
        }
        counter += 1;
        file.write_all_at(format!("{counter:>20}\n").as_bytes(), 0)?;
        log.write_all(format!("{counter}\n").as_bytes())?;
        if counter % 100 == 0 {
            say(&format!("tick mem={counter}"))?;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn read_number(path: &str) -> std::io::Result<u64> {
    Ok(number(std::fs::read_to_string(path)?.trim()))
}

fn read_last_line(path: &str) -> std::io::Result<u64> {
    let text = std::fs::read_to_string(path)?;
    Ok(number(text.lines().last().unwrap_or("")))
}

fn web(port: u16, path: &str) -> std::io::Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", port))?;
    let mut counter: u64 = 0;
    say(&format!("listening on {port}"))?;
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        let mut request = [0_u8; 4096];
        let Ok(length) = stream.read(&mut request) else {
            continue;
        };
        if !request[..length].starts_with(b"GET ") {
            continue;
        }
        counter += 1;
        let stored = std::fs::read_to_string(path).map_or(0, |text| number(text.trim())) + 1_u64;
        std::fs::write(path, format!("{stored}\n"))?;
        let body = format!("count mem={counter} file={stored}\n");
        let length = body.len();
        let answer = format!(
            "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        // A client that went away is no reason to stop.
        let _ = stream.write_all(answer.as_bytes());
        say(&format!("request {counter}"))?;
    }
    Ok(())
}

fn echo(port: u16) -> std::io::Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", port))?;
    say(&format!("listening on {port}"))?;
    for stream in listener.incoming().flatten() {
        thread::spawn(move || serve_echo(&stream));
    }
    Ok(())
}

fn serve_echo(stream: &TcpStream) {
    let mut writer = stream;
    for (index, line) in BufReader::new(stream).lines().enumerate() {
        let Ok(line) = line else { return };
        if writer
            .write_all(format!("{} {line}\n", index + 1).as_bytes())
            .is_err()
        {
            return;
        }
    }
}

fn eat(megabytes: usize, seed: u64) -> std::io::Result<()> {
    let mut state = seed.max(1);
    let mut memory: Vec<u64> = Vec::with_capacity(megabytes * 131_072);
    for _ in 0..megabytes * 131_072 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        memory.push(state);
    }
    loop {
        let sum = memory
            .iter()
            .fold(0_u64, |sum, word| sum.rotate_left(1) ^ word);
        say(&format!("sum={sum:016x}"))?;
        thread::sleep(Duration::from_millis(300));
    }
}

/// The expected sum is kept up while words change and lies in other pages than they do: memory of
/// which some pages are older than others, as after a thaw from steps that don't fit, shows at once.
///
/// Each round goes on where the one before ended: pages all over the place would leave no huge page
/// clean, and those are tracked as one.
fn churn(megabytes: usize) -> std::io::Result<()> {
    const WORDS_IN_PAGE: usize = 512;
    const PAGES_A_ROUND: usize = 4;
    let weight = |index: usize| index as u64 * 2 + 1;
    let sum_of = |memory: &[u64]| {
        memory
            .iter()
            .enumerate()
            .fold(0_u64, |sum, (index, word)| {
                sum.wrapping_add(word.wrapping_mul(weight(index)))
            })
    };
    let mut state: u64 = 88_172_645_463_325_252;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut memory: Vec<u64> = (0..megabytes * 131_072).map(|_| next()).collect();
    let mut expected = sum_of(&memory);
    for round in 1_usize.. {
        for page in round * PAGES_A_ROUND..(round + 1) * PAGES_A_ROUND {
            let index = page * WORDS_IN_PAGE % memory.len();
            let word = next();
            let change = word.wrapping_sub(memory[index]);
            expected = expected.wrapping_add(change.wrapping_mul(weight(index)));
            memory[index] = word;
        }
        let found = sum_of(&memory);
        let outcome = if found == expected { "intact" } else { "BROKEN" };
        say(&format!("round={round} {outcome}"))?;
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn gap() -> std::io::Result<()> {
    let mut longest = Duration::ZERO;
    let mut last = Instant::now();
    let mut spoken = Instant::now();
    // Kept open so that a checkpoint has a device to deal with, as real programs do.
    let _null = OpenOptions::new().write(true).open("/dev/null")?;
    loop {
        let now = Instant::now();
        longest = longest.max(now - last);
        last = now;
        if spoken.elapsed() > Duration::from_millis(100) {
            say(&format!("longest us={}", longest.as_micros()))?;
            spoken = Instant::now();
        }
        thread::sleep(Duration::from_millis(1));
    }
}
