//! The pseudo-terminal of a `--terminal` container: its master comes from the runtime over a console socket,
//! when it is created and when it is restored (runc's docs/terminals.md; SCM_RIGHTS of unix(7)).
#![forbid(unsafe_code)]

use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::termios::{OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use crate::error::MonitorError;
use crate::stdio::set_nonblocking;

/// `sun_path` of unix(7), with its final zero.
const LONGEST_SOCKET_PATH: usize = 107;

/// Where the runtime delivers the terminal.
pub(crate) struct ConsoleSocket {
    listener: UnixListener,
    path: PathBuf,
    own_dir: Option<PathBuf>,
    settings: Settings,
}

/// What becomes of the terminal's settings when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settings {
    /// A new terminal: newlines go out as carriage return and newline, as conmon sets it.
    Ours,
    /// A restored one: CRIU puts them back as they were, maybe at this very moment, and writing them
    /// again as they were read before that would undo it.
    Kept,
}

impl ConsoleSocket {
    /// Listens in `dir`; in a private directory of its own if that path is too long for a socket address.
    pub(crate) fn listen(dir: &Path, settings: Settings) -> Result<Self, MonitorError> {
        let (mut path, mut own_dir) = (dir.join("console"), None);
        if path.as_os_str().len() > LONGEST_SOCKET_PATH {
            let private = PathBuf::from(format!("/tmp/.conmon-rs.{}", std::process::id()));
            std::fs::DirBuilder::new()
                .mode(0o700)
                .create(&private)
                .map_err(MonitorError::file("making", &private))?;
            path = private.join("console");
            own_dir = Some(private);
        }
        crate::atomic_file::remove_stale(&path)?;
        let listener =
            UnixListener::bind(&path).map_err(MonitorError::file("listening on", &path))?;
        listener
            .set_nonblocking(true)
            .map_err(MonitorError::file("listening on", &path))?;
        Ok(Self {
            listener,
            path,
            own_dir,
            settings,
        })
    }

    /// The path for the runtime's `--console-socket`.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the terminal if the runtime has connected.
    pub(crate) fn receive(&self) -> Result<Option<OwnedFd>, MonitorError> {
        let Ok((connection, _)) = self.listener.accept() else {
            return Ok(None);
        };
        // The runtime sends right after connecting; it must not be able to hold us up for good.
        connection
            .set_nonblocking(false)
            .and_then(|()| connection.set_read_timeout(Some(std::time::Duration::from_secs(5))))
            .map_err(MonitorError::system("console socket"))?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut name = [0; 256];
        recvmsg(
            &connection,
            &mut [IoSliceMut::new(&mut name)],
            &mut ancillary,
            RecvFlags::CMSG_CLOEXEC,
        )
        .map_err(MonitorError::system("receiving the terminal"))?;
        let master = ancillary
            .drain()
            .filter_map(|message| match message {
                RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
                _ => None,
            })
            .flatten()
            .next();
        let Some(master) = master else {
            return Ok(None);
        };
        if self.settings == Settings::Ours {
            translate_newlines(&master)?;
        }
        set_nonblocking(&master)?;
        Ok(Some(master))
    }
}

impl AsFd for ConsoleSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

impl Drop for ConsoleSocket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
        if let Some(dir) = &self.own_dir {
            let _ = std::fs::remove_dir(dir);
        }
    }
}

fn translate_newlines(master: &OwnedFd) -> Result<(), MonitorError> {
    let mut settings = tcgetattr(master).map_err(MonitorError::system("tcgetattr"))?;
    settings.output_modes |= OutputModes::ONLCR;
    tcsetattr(master, OptionalActions::Now, &settings).map_err(MonitorError::system("tcsetattr"))
}

/// Sets the window size in characters; the processes in the terminal get SIGWINCH from the kernel.
pub(crate) fn resize(master: &OwnedFd, height: u16, width: u16) {
    let size = Winsize {
        ws_row: height,
        ws_col: width,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let _ = tcsetwinsize(master, size);
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;
    use std::os::unix::net::UnixStream;

    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
    use rustix::pty::{OpenptFlags, grantpt, openpt, unlockpt};

    use super::*;

    #[test]
    fn a_terminal_travels_and_is_resized() {
        let dir = tempfile::tempdir().unwrap();
        let long = dir.path().join("x".repeat(120));
        std::fs::create_dir(&long).unwrap();
        for (place, settings) in [(dir.path(), Settings::Ours), (&long, Settings::Kept)] {
            let console = ConsoleSocket::listen(place, settings).unwrap();
            let path = console.path().to_owned();
            assert!(console.receive().unwrap().is_none());
            let sent = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
            grantpt(&sent).unwrap();
            unlockpt(&sent).unwrap();
            let mut before = tcgetattr(&sent).unwrap();
            before.output_modes.remove(OutputModes::ONLCR);
            tcsetattr(&sent, OptionalActions::Now, &before).unwrap();
            let stream = UnixStream::connect(&path).unwrap();
            let descriptors = [sent.as_fd()];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut ancillary = SendAncillaryBuffer::new(&mut space);
            assert!(ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)));
            sendmsg(
                &stream,
                &[IoSlice::new(b"/dev/ptmx")],
                &mut ancillary,
                SendFlags::empty(),
            )
            .unwrap();
            let master = console.receive().unwrap().unwrap();
            let newlines = tcgetattr(&sent).unwrap().output_modes;
            let translated = newlines.contains(OutputModes::ONLCR);
            assert_eq!(translated, settings == Settings::Ours);
            resize(&master, 41, 101);
            let size = rustix::termios::tcgetwinsize(&sent).unwrap();
            assert_eq!((size.ws_row, size.ws_col), (41, 101));
            drop(console);
            assert!(!path.exists());
        }
    }
}
