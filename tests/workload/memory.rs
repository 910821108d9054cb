//! Memory: a large heap, and what processes share (System V, POSIX, anonymous, a file).

use std::fs::File;
use std::io::Result;
use std::process::{Child, Command};
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use crate::held::{Check, check, holds, noise, same};
use crate::kernel_unsafe as kernel;

const SIZE: usize = 1 << 20;
const POSIX: &str = "/dev/shm/shared";
const FILE: &str = "/data/shared";

/// Pseudo-random memory of so many megabytes, checked by its sum.
pub fn heap(megabytes: usize) -> Result<Check> {
    let mut state = 7_u64;
    let mut memory: Vec<u64> = Vec::with_capacity(megabytes << 17);
    for _ in 0..megabytes << 17 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        memory.push(state);
    }
    let sum = |memory: &[u64]| {
        let words = memory.iter();
        words.fold(0_u64, |sum, word| sum.rotate_left(1) ^ word)
    };
    let before = sum(&memory);
    check(move || {
        same("the sum", sum(&memory), before)?;
        Ok(format!("{megabytes} MB sum={before:016x}"))
    })
}

fn open(path: &str) -> Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// A child counts in each kind of shared memory whatever it finds in the next cell; the parent
/// changes that cell after the thaw and must see the child follow.
pub fn shared() -> Result<Check> {
    let id = kernel::shm_make(SIZE)?;
    for path in [POSIX, FILE] {
        open(path)?.set_len(SIZE as u64)?;
    }
    let anonymous = kernel::map(None, SIZE)?;
    let all = [
        kernel::shm_attach(id, SIZE)?,
        kernel::map(Some(&open(POSIX)?), SIZE)?,
        kernel::map(Some(&open(FILE)?), SIZE)?,
    ];
    for (seed, memory) in all.iter().chain([&anonymous]).enumerate() {
        for (cell, byte) in memory[2..].iter().zip(noise(seed as u64 + 1, SIZE / 8)) {
            cell.store(u64::from(byte), SeqCst);
        }
        memory[1].store(1, SeqCst);
    }
    let semaphore = kernel::semaphore(5)?;
    let queue = kernel::message_queue(*b"a letter")?;
    let child = Command::new(std::env::current_exe()?)
        .args(["share", &id.to_string()])
        .spawn()?;
    wait_for_growth(&all, 1)?;
    check(move || verify_shared(child, &all, anonymous, semaphore, queue))
}

fn verify_shared(
    mut child: Child,
    all: &[kernel::Shared],
    anonymous: kernel::Shared,
    semaphore: i32,
    queue: i32,
) -> Result<String> {
    wait_for_growth(all, 1_000_000)?;
    for (seed, memory) in all.iter().chain([&anonymous]).enumerate() {
        let bytes = noise(seed as u64 + 1, SIZE / 8);
        let whole = memory[2..]
            .iter()
            .zip(bytes)
            .all(|(cell, byte)| cell.load(SeqCst) == u64::from(byte));
        holds("shared memory is as it was", whole)?;
    }
    same("the semaphore", kernel::semaphore_value(semaphore)?, 5)?;
    same("the message", kernel::message(queue)?, *b"a letter")?;
    child.kill()?;
    child.wait()?;
    Ok("System V, POSIX, file, anonymous; semaphore and message".into())
}

/// Sets the step and waits until the counter of each grows by it.
fn wait_for_growth(all: &[kernel::Shared], step: u64) -> Result<()> {
    let limit = Instant::now() + Duration::from_secs(10);
    for memory in all {
        memory[1].store(step, SeqCst);
        let from = memory[0].load(SeqCst);
        while memory[0].load(SeqCst) < from + 2 * step {
            holds(
                "the child sees what the parent wrote",
                Instant::now() < limit,
            )?;
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    Ok(())
}

/// The child of [`shared`].
pub fn share(id: i32) -> Result<()> {
    let all = [
        kernel::shm_attach(id, SIZE)?,
        kernel::map(Some(&open(POSIX)?), SIZE)?,
        kernel::map(Some(&open(FILE)?), SIZE)?,
    ];
    loop {
        for memory in &all {
            memory[0].fetch_add(memory[1].load(SeqCst), SeqCst);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}
