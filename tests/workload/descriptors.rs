//! Kernel objects behind descriptors: eventfd, epoll, timerfd, signalfd, inotify, memfd, pipes.

use std::ffi::c_int;
use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use crate::held::{Check, check, holds, noise, same};
use crate::kernel_unsafe::{self as kernel, EPOLLET, EPOLLIN, SIGRT, SIGUSR1};

const HOUR: Duration = Duration::from_secs(3600);
/// How long what must come at once may take.
const SOON: Duration = Duration::from_secs(10);

fn read_word(fd: &OwnedFd) -> Result<u64> {
    let mut word = [0; 8];
    File::from(fd.try_clone()?).read_exact(&mut word)?;
    Ok(u64::from_ne_bytes(word))
}

fn write_word(fd: &OwnedFd, word: u64) -> Result<()> {
    File::from(fd.try_clone()?).write_all(&word.to_ne_bytes())
}

fn is_empty(what: &str, fd: &OwnedFd) -> Result<()> {
    let kind = read_word(fd).map_err(|error| error.kind());
    same(what, kind, Err(std::io::ErrorKind::WouldBlock))
}

pub fn eventfd() -> Result<Check> {
    let counter = kernel::event(41)?;
    let again = kernel::duplicate(&counter)?;
    check(move || {
        write_word(&again, 1)?;
        same("the counter", read_word(&counter)?, 42)?;
        is_empty("the counter", &counter)?;
        Ok("counter=42".into())
    })
}

pub fn epoll() -> Result<Check> {
    let (outer, inner) = (kernel::epoll()?, kernel::epoll()?);
    let (full, empty) = (kernel::event(1)?, kernel::event(0)?);
    let (mut reader, mut writer) = std::io::pipe()?;
    kernel::epoll_add(&outer, &full, EPOLLIN, 0xfeed_0000_0000_0001)?;
    kernel::epoll_add(&outer, &inner, EPOLLIN, 2)?;
    kernel::epoll_add(&inner, &empty, EPOLLIN, 3)?;
    kernel::epoll_add(&inner, &reader, EPOLLIN | EPOLLET, 4)?;
    check(move || {
        let (full, ready) = (full, |epoll| kernel::epoll_ready(epoll, Duration::ZERO));
        same(
            "ready at first",
            ready(&outer)?,
            vec![0xfeed_0000_0000_0001],
        )?;
        writer.write_all(b"x")?;
        same("the pipe", kernel::epoll_ready(&inner, SOON)?, vec![4])?;
        same("the pipe's edge", ready(&inner)?, vec![])?;
        write_word(&empty, 1)?;
        same(
            "the nested one",
            kernel::epoll_ready(&outer, SOON)?,
            vec![2, 0xfeed_0000_0000_0001],
        )?;
        let mut byte = [0];
        reader.read_exact(&mut byte)?;
        same("the full one", read_word(&full)?, 1)?;
        Ok("nested, level and edge".into())
    })
}

pub fn timerfd() -> Result<Check> {
    let long = kernel::timer(kernel::CLOCK_MONOTONIC, HOUR, Duration::from_secs(61))?;
    let real = kernel::timer(kernel::CLOCK_REALTIME, HOUR, Duration::ZERO)?;
    let boot = kernel::timer(kernel::CLOCK_BOOTTIME, HOUR, Duration::ZERO)?;
    // Expired before the freeze, not yet read; and one that goes on expiring.
    let over = kernel::timer(
        kernel::CLOCK_MONOTONIC,
        Duration::from_millis(1),
        Duration::ZERO,
    )?;
    let often = kernel::timer(
        kernel::CLOCK_MONOTONIC,
        Duration::from_millis(20),
        Duration::from_millis(20),
    )?;
    std::thread::sleep(Duration::from_millis(50));
    check(move || {
        for (name, timer, interval) in [
            ("monotonic", &long, 61),
            ("realtime", &real, 0),
            ("boottime", &boot, 0),
        ] {
            let (left, every) = kernel::timer_left(timer)?;
            holds(
                &format!("{name} has {left:?} left of an hour"),
                left < HOUR && left > HOUR / 2,
            )?;
            same("its interval", every, Duration::from_secs(interval))?;
        }
        same("the expired one", read_word(&over)?, 1)?;
        holds("it goes on", read_word(&often)? >= 1)?;
        Ok("five timers".into())
    })
}

pub fn signalfd() -> Result<Check> {
    let signals = [SIGUSR1, SIGRT];
    kernel::block(&signals)?;
    let mut file = File::from(kernel::signal_descriptor(&signals)?);
    let own = std::process::id();
    kernel::queue(own, SIGUSR1, 11)?;
    kernel::queue(own, SIGRT, 21)?;
    kernel::queue(own, SIGRT, 22)?;
    check(move || {
        kernel::queue(own, SIGRT, 23)?;
        // struct signalfd_siginfo: the number first, ssi_int at byte 44.
        let mut next = || -> Result<(u32, u32)> {
            let mut info = [0; 128];
            file.read_exact(&mut info)?;
            let word = |at: usize| {
                u32::from_ne_bytes([info[at], info[at + 1], info[at + 2], info[at + 3]])
            };
            Ok((word(0), word(44)))
        };
        let found = [next()?, next()?, next()?, next()?];
        let number = |signal: c_int| signal.unsigned_abs();
        let expected = [
            (number(SIGUSR1), 11),
            (number(SIGRT), 21),
            (number(SIGRT), 22),
            (number(SIGRT), 23),
        ];
        same("the queue", found, expected)?;
        Ok("four signals in order".into())
    })
}

pub fn inotify(root: &Path) -> Result<Check> {
    let [one, gone, two] = ["one", "gone", "two"].map(|name| root.join(name));
    for directory in [&one, &gone, &two] {
        std::fs::create_dir_all(directory)?;
    }
    let fd = kernel::inotify()?;
    let first = kernel::watch(&fd, &one, kernel::IN_CREATE)?;
    let dropped = kernel::watch(&fd, &gone, kernel::IN_CREATE)?;
    let second = kernel::watch(&fd, &two, kernel::IN_DELETE)?;
    std::fs::write(two.join("file"), "")?;
    kernel::unwatch(&fd, dropped)?;
    let mut file = File::from(fd);
    let mut ignored = [0; 64];
    let _ = file.read(&mut ignored)?;
    check(move || {
        std::fs::write(one.join("new"), "")?;
        std::fs::write(two.join("not watched for"), "")?;
        std::fs::remove_file(two.join("file"))?;
        let mut bytes = [0; 4096];
        let mut length = 0;
        while let Ok(more) = file.read(&mut bytes[length..]) {
            length += more;
        }
        // struct inotify_event: watch, mask, cookie, length of the name, name.
        let mut events = Vec::new();
        let mut at = 0;
        while at + 16 <= length {
            let word = |from: usize| {
                i32::from_ne_bytes([
                    bytes[from],
                    bytes[from + 1],
                    bytes[from + 2],
                    bytes[from + 3],
                ])
            };
            let name = at + 16;
            let size = usize::try_from(word(at + 12)).unwrap_or(0);
            let text = String::from_utf8_lossy(&bytes[name..name + size]);
            events.push((
                word(at),
                word(at + 4).unsigned_abs(),
                text.trim_end_matches('\0').to_owned(),
            ));
            at = name + size;
        }
        let expected = vec![
            (first, kernel::IN_CREATE, "new".to_owned()),
            (second, kernel::IN_DELETE, "file".to_owned()),
        ];
        same("what was told", events, expected)?;
        Ok("two watches".into())
    })
}

pub fn memfd() -> Result<Check> {
    let content = noise(3, 1 << 20);
    let mut file = File::from(kernel::memory_file(c"held")?);
    file.write_all(&content)?;
    file.seek(SeekFrom::Start(4096))?;
    let seals = kernel::F_SEAL_SHRINK | kernel::F_SEAL_GROW;
    let mapped = kernel::map(Some(&file), 1 << 20)?;
    kernel::add_seals(&file, seals)?;
    check(move || {
        same("its seals", kernel::seals(&file)?, seals)?;
        holds("it can't shrink", file.set_len(1).is_err())?;
        let mut rest = Vec::new();
        file.read_to_end(&mut rest)?;
        holds("its content is as it was", rest == content[4096..])?;
        mapped[0].store(0x0123_4567_89ab_cdef, std::sync::atomic::Ordering::SeqCst);
        file.seek(SeekFrom::Start(0))?;
        let mut word = [0; 8];
        file.read_exact(&mut word)?;
        same(
            "what was written through memory",
            u64::from_ne_bytes(word),
            0x0123_4567_89ab_cdef,
        )?;
        Ok("1 MB sealed and mapped".into())
    })
}

/// Pipes with something in them, one of another size than usual.
pub fn pipes() -> Result<Check> {
    let content = noise(5, 200_000);
    let (mut large, mut into_large) = std::io::pipe()?;
    let (mut small, mut into_small) = std::io::pipe()?;
    let size = kernel::set_pipe_size(&into_large, 1 << 18)?;
    into_large.write_all(&content)?;
    into_small.write_all(b"the rest")?;
    drop(into_small);
    check(move || {
        same("the pipe's size", kernel::pipe_size(&large)?, size)?;
        let mut found = vec![0; content.len()];
        large.read_exact(&mut found)?;
        holds("the pipe's content is as it was", found == content)?;
        into_large.write_all(b"more")?;
        let mut more = [0; 4];
        large.read_exact(&mut more)?;
        same("what came later", &more, b"more")?;
        let mut rest = String::new();
        small.read_to_string(&mut rest)?;
        same("a pipe without a writer", rest.as_str(), "the rest")?;
        Ok("200000 bytes".into())
    })
}
