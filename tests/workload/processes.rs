//! Processes: threads, families, rings of pipes, pending signals, timers, a user who may nothing.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, PipeReader, PipeWriter, Result, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use crate::held::{Check, check, holds, same};
use crate::kernel_unsafe::{self as kernel, SIGALRM, SIGRT, SIGSTOP, SIGUSR1};

const HOUR: Duration = Duration::from_secs(3600);

fn own(words: &[&str]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(words);
    Ok(command)
}

/// Threads that wait for one signal, each with a number of its own on its stack.
pub fn threads(count: u64) -> Result<Check> {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let (sender, born) = mpsc::channel();
    let mut all = Vec::new();
    for number in 0..count {
        let (gate, sender) = (Arc::clone(&gate), sender.clone());
        all.push(
            Builder::new()
                .name(format!("held-{number}"))
                .spawn(move || {
                    let cells = [number; 512];
                    let before = kernel::thread_id();
                    let _ = sender.send(());
                    let (open, news) = &*gate;
                    let mut open = open.lock().unwrap_or_else(|broken| broken.into_inner());
                    while !*open {
                        open = news.wait(open).unwrap_or_else(|broken| broken.into_inner());
                    }
                    let sum = cells.iter().sum::<u64>();
                    (sum == number * 512 && kernel::thread_id() == before).then_some(number)
                })?,
        );
    }
    for _ in 0..count {
        let _ = born.recv();
    }
    check(move || {
        *gate.0.lock().unwrap_or_else(|broken| broken.into_inner()) = true;
        gate.1.notify_all();
        let numbers: Option<Vec<u64>> = all
            .into_iter()
            .map(|one| one.join().ok().flatten())
            .collect();
        same("their numbers", numbers, Some((0..count).collect()))?;
        Ok(format!("{count} threads"))
    })
}

/// So many children that answer each line with its number times theirs.
pub fn processes(count: u64) -> Result<Check> {
    let mut children = Vec::new();
    for number in 1..=count {
        let mut child = own(&["multiply", &number.to_string()])?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let answers = BufReader::new(child.stdout.take().ok_or(ErrorKind::Other)?);
        children.push((number, child, answers));
    }
    let mut ask_all = move |word: u64| -> Result<()> {
        for (number, child, answers) in &mut children {
            let stdin = child.stdin.as_mut().ok_or(ErrorKind::Other)?;
            stdin.write_all(format!("{word}\n").as_bytes())?;
            let mut line = String::new();
            answers.read_line(&mut line)?;
            same(
                "an answer",
                line.trim_end(),
                (word * *number).to_string().as_str(),
            )?;
        }
        Ok(())
    };
    ask_all(3)?;
    check(move || {
        ask_all(7)?;
        Ok(format!("{count} processes"))
    })
}

/// The child of [`processes`].
pub fn multiply(number: u64) -> Result<()> {
    for line in std::io::stdin().lines() {
        crate::say(&(crate::number::<u64>(&line?) * number).to_string())?;
    }
    Ok(())
}

/// Three children in a ring of pipes pass a number round and add to it, before, during and after.
pub fn ring() -> Result<Check> {
    let ends: Vec<(PipeReader, PipeWriter)> =
        (0..4).map(|_| std::io::pipe()).collect::<Result<_>>()?;
    let (readers, writers): (Vec<PipeReader>, Vec<PipeWriter>) = ends.into_iter().unzip();
    let (mut readers, mut writers) = (readers.into_iter(), writers.into_iter());
    let mut start = writers.next().ok_or(ErrorKind::Other)?;
    for _ in 0..3 {
        let (from, to) = (
            readers.next().ok_or(ErrorKind::Other)?,
            writers.next().ok_or(ErrorKind::Other)?,
        );
        // A reaper would have nothing to do: they end with this process.
        drop(own(&["add"])?.stdin(from).stdout(to).spawn()?);
    }
    let mut end = BufReader::new(readers.next().ok_or(ErrorKind::Other)?);
    let mut round = move |from: u64| -> Result<u64> {
        start.write_all(format!("{from}\n").as_bytes())?;
        let mut line = String::new();
        end.read_line(&mut line)?;
        Ok(crate::number(&line))
    };
    same("the first round", round(0)?, 3)?;
    check(move || {
        same("the next round", round(3)?, 15)?;
        Ok("three in a ring".into())
    })
}

/// A member of [`ring`]: adds to each number how many it has seen, and more.
pub fn add() -> Result<()> {
    for (seen, line) in std::io::stdin().lines().enumerate() {
        let add = if seen == 0 { 1 } else { 3 + seen as u64 };
        crate::say(&(crate::number::<u64>(&line?) + add).to_string())?;
    }
    Ok(())
}

/// A family: a grandchild in a session of its own, a group of two, one stopped, one dead, unreaped.
pub fn family() -> Result<Check> {
    let mut session = own(&["begin-session"])?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(session.stdout.as_mut().ok_or(ErrorKind::Other)?).read_line(&mut line)?;
    let leader = own(&["wait"])?.process_group(0).spawn()?;
    let group = i32::try_from(leader.id()).unwrap_or(0);
    let member = own(&["wait"])?.process_group(group).spawn()?;
    let stopped = own(&["wait"])?.spawn()?;
    for child in [&leader, &member, &stopped] {
        wait_until_begun(child)?;
    }
    kernel::signal(stopped.id(), SIGSTOP)?;
    let mut dead = own(&["end", "3"])?.spawn()?;
    for (child, state) in [(&stopped, "T"), (&dead, "Z")] {
        wait_for_state(child, state)?;
    }
    check(move || {
        same("the dead one's status", dead.wait()?.code(), Some(3))?;
        for mut child in [session, leader, member, stopped] {
            child.kill()?;
            child.wait()?;
        }
        Ok("session, group, stopped, dead".into())
    })
}

/// Rust's runtime has set its signal handlers up: from then on a child changes nothing of its own.
pub fn wait_until_begun(child: &Child) -> Result<()> {
    let limit = Instant::now() + Duration::from_secs(10);
    let path = format!("/proc/{}/status", child.id());
    while fs::read_to_string(&path)?.contains("SigCgt:\t0000000000000000") {
        holds("a child has begun", Instant::now() < limit)?;
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn wait_for_state(child: &Child, state: &str) -> Result<()> {
    let limit = Instant::now() + Duration::from_secs(10);
    let path = format!("/proc/{}/stat", child.id());
    while !fs::read_to_string(&path)?.contains(&format!(") {state} ")) {
        holds("a child is in the state", Instant::now() < limit)?;
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// The head of a session with a child of its own.
pub fn begin_session() -> Result<()> {
    kernel::new_session()?;
    wait_until_begun(&own(&["wait"])?.spawn()?)?;
    crate::say("begun")?;
    wait()
}

/// Does nothing until killed.
pub fn wait() -> Result<()> {
    loop {
        thread::sleep(HOUR);
    }
}

/// Signals that were sent but not yet taken, in their order and with their values.
pub fn signals() -> Result<Check> {
    let all = [SIGUSR1, SIGRT, SIGRT + 1];
    kernel::block(&all)?;
    let pid = std::process::id();
    for (signal, value) in [(SIGRT + 1, 9), (SIGRT, 1), (SIGRT, 2), (SIGUSR1, 5)] {
        kernel::queue(pid, signal, value)?;
    }
    check(move || {
        for expected in [(SIGUSR1, 5), (SIGRT, 1), (SIGRT, 2), (SIGRT + 1, 9)] {
            same(
                "the next signal",
                kernel::take(&all, Duration::ZERO)?,
                expected,
            )?;
        }
        holds(
            "there is no other",
            kernel::take(&all, Duration::ZERO).is_err(),
        )?;
        Ok("four pending".into())
    })
}

/// Timers that send signals: far ones keep what remains, near ones go on.
pub fn timers() -> Result<Check> {
    let near = [SIGRT, SIGRT + 1];
    kernel::block(&[SIGALRM, SIGRT, SIGRT + 1, SIGRT + 2])?;
    kernel::alarm(HOUR, Duration::from_secs(62))?;
    let far = kernel::posix_timer(SIGRT + 2, 1, HOUR, Duration::from_secs(63))?;
    kernel::posix_timer(
        SIGRT,
        44,
        Duration::from_millis(30),
        Duration::from_millis(30),
    )?;
    // One signal of it waits from the beginning: no later look may differ in that.
    thread::sleep(Duration::from_millis(100));
    check(move || {
        for ((left, interval), seconds) in [
            (kernel::alarm_left()?, 62),
            (kernel::posix_timer_left(far)?, 63),
        ] {
            holds(
                &format!("{left:?} is left of an hour"),
                left < HOUR && left > HOUR / 2,
            )?;
            same("its interval", interval, Duration::from_secs(seconds))?;
        }
        for _ in 0..3 {
            same(
                "the near timer",
                kernel::take(&near, Duration::from_secs(10))?,
                (SIGRT, 44),
            )?;
        }
        Ok("alarm and two timers".into())
    })
}

/// A user who may nothing: what root may is refused, before and after.
pub fn credentials() -> Result<Check> {
    let refused = || {
        let status = fs::read_to_string("/proc/self/status")?;
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            let line = status
                .lines()
                .find(|line| line.starts_with(set))
                .unwrap_or("");
            holds(
                &format!("{line} is empty"),
                line.ends_with("0000000000000000"),
            )?;
        }
        let refused = fs::write("/proc/sys/kernel/hostname", "new").is_err();
        holds("what needs a capability is refused", refused)
    };
    refused()?;
    check(move || refused().map(|()| "no capability".into()))
}
