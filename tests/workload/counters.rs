//! Loops that say what they hold in memory: a counter kept in files too, a sum, the longest gap.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::{Duration, Instant};

/// A pause between two ticks that no scheduler explains: the process was frozen.
const FROZEN: Duration = Duration::from_millis(40);

/// Both files are complete at the end of a tick, so whoever stands at the start of the next one must
/// find them equal to its memory, however long it was frozen in between and wherever in the tick.
pub fn count(path: &str) -> std::io::Result<()> {
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
            crate::say(&format!(
                "gap ms={ms} mem={counter} file={stored} log={logged}"
            ))?;
        }
        counter += 1;
        file.write_all_at(format!("{counter:>20}\n").as_bytes(), 0)?;
        log.write_all(format!("{counter}\n").as_bytes())?;
        if counter % 100 == 0 {
            crate::say(&format!("tick mem={counter}"))?;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn read_number(path: &str) -> std::io::Result<u64> {
    Ok(crate::number(std::fs::read_to_string(path)?.trim()))
}

fn read_last_line(path: &str) -> std::io::Result<u64> {
    let text = std::fs::read_to_string(path)?;
    Ok(crate::number(text.lines().last().unwrap_or("")))
}

pub fn eat(megabytes: usize, seed: u64) -> std::io::Result<()> {
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
        crate::say(&format!("sum={sum:016x}"))?;
        thread::sleep(Duration::from_millis(300));
    }
}

pub fn gap() -> std::io::Result<()> {
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
            crate::say(&format!("longest us={}", longest.as_micros()))?;
            spoken = Instant::now();
        }
        thread::sleep(Duration::from_millis(1));
    }
}
