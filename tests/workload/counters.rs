//! Loops that say what they hold in memory: a counter kept in files too, a sum, the longest gap.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::{Duration, Instant};

/// A pause between two ticks that no scheduler explains: the process was frozen.
const FROZEN: Duration = Duration::from_millis(15);

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

/// The expected sum is kept up while words change and lies in other pages than they do: memory of
/// which some pages are older than others, as after a thaw from steps that don't fit, shows at once.
///
/// Each round goes on where the one before ended: pages all over the place would leave no huge page
/// clean, and those are tracked as one.
pub fn churn(megabytes: usize, pages_a_round: usize) -> std::io::Result<()> {
    const WORDS_IN_PAGE: usize = 512;
    let weight = |index: usize| index as u64 * 2 + 1;
    let sum_of = |memory: &[u64]| {
        memory.iter().enumerate().fold(0_u64, |sum, (index, word)| {
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
        for page in round * pages_a_round..(round + 1) * pages_a_round {
            let index = page * WORDS_IN_PAGE % memory.len();
            let word = next();
            let change = word.wrapping_sub(memory[index]);
            expected = expected.wrapping_add(change.wrapping_mul(weight(index)));
            memory[index] = word;
        }
        let found = sum_of(&memory);
        let outcome = if found == expected {
            "intact"
        } else {
            "BROKEN"
        };
        crate::say(&format!("round={round} {outcome}"))?;
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
