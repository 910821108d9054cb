//! Whether what was written for somebody has left the kernel's hands: a container ends when its archive
//! has been taken, not when it lies in a pipe that may lose its reader.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionread};
use rustix::net::sockopt::socket_error;

/// How often it is looked.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 5_000_000,
};

/// Waits until a pipe's readers have taken all that was written into it; they may do nothing for
/// `limit`. It matters as long as `matters` says so.
///
/// # Errors
/// [`io::ErrorKind::BrokenPipe`] when they are gone before, [`io::ErrorKind::TimedOut`]; when it does
/// not matter any more.
pub fn out_of_pipe(
    pipe: &impl AsFd,
    limit: Duration,
    matters: impl Fn() -> bool,
) -> io::Result<()> {
    let (mut least, mut since) = (u64::MAX, Instant::now());
    loop {
        let unread = ioctl_fionread(pipe)?;
        if unread == 0 {
            return Ok(());
        }
        if unread < least {
            (least, since) = (unread, Instant::now());
        }
        if !matters() {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        if since.elapsed() > limit {
            let text = format!("nobody has read the rest for {} seconds", limit.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, text));
        }
        let mut one = [PollFd::new(pipe, PollFlags::empty())];
        match poll(&mut one, Some(&LOOK)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        if one[0].revents().contains(PollFlags::ERR) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
    }
}

/// Fails where a stream socket's peer has closed it and left something unread. Of one that is there the
/// kernel doesn't say what it has read.
///
/// # Errors
/// The peer's.
pub fn out_of_socket(socket: &impl AsFd) -> io::Result<()> {
    Ok(socket_error(socket)??)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn what_lies_in_a_pipe_is_not_taken() {
        let wait = |writer: &io::PipeWriter| {
            let done = out_of_pipe(writer, Duration::from_millis(30), || true);
            done.map_err(|error| error.kind())
        };
        let (mut reader, mut writer) = io::pipe().unwrap();
        assert_eq!(wait(&writer), Ok(()));
        writer.write_all(b"rest").unwrap();
        assert_eq!(wait(&writer), Err(io::ErrorKind::TimedOut));
        let late = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(10));
            reader.read_exact(&mut [0; 4]).unwrap();
            reader
        });
        assert_eq!(wait(&writer), Ok(()));
        let reader = late.join().unwrap();
        writer.write_all(b"more").unwrap();
        assert!(out_of_pipe(&writer, Duration::from_mins(1), || false).is_err());
        writer.write_all(b"lost").unwrap();
        drop(reader);
        assert_eq!(wait(&writer), Err(io::ErrorKind::BrokenPipe));
    }

    #[test]
    fn a_peer_that_left_something_unread_has_not_taken_it() {
        let (mut near, mut far) = UnixStream::pair().unwrap();
        near.write_all(b"all").unwrap();
        far.read_exact(&mut [0; 3]).unwrap();
        drop(far);
        out_of_socket(&near).unwrap();
        let (mut near, far) = UnixStream::pair().unwrap();
        near.write_all(b"all").unwrap();
        drop(far);
        assert!(out_of_socket(&near).is_err());
    }
}
