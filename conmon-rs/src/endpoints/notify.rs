//! Forwards readiness messages (sd_notify(3)) from `BUNDLE/notify/notify.sock`, which the engine mounts into the
//! container, to the service manager's socket. Messages that would claim to be the service itself stop here.
#![forbid(unsafe_code)]

use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use crate::atomic_file;
use crate::error::MonitorError;

/// The two sockets.
pub(crate) struct NotifyProxy {
    socket: UnixDatagram,
    path: PathBuf,
    manager: PathBuf,
}

impl NotifyProxy {
    /// Listens for the container.
    pub(crate) fn listen(bundle: &Path, manager: &Path) -> Result<Self, MonitorError> {
        let dir = bundle.join("notify");
        let path = dir.join("notify.sock");
        std::fs::create_dir_all(&dir).map_err(MonitorError::file("making", &dir))?;
        atomic_file::remove_stale(&path)?;
        let failed = |error| MonitorError::file("listening on", &path)(error);
        let socket = UnixDatagram::bind(&path).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        // The container's user may be any.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).map_err(failed)?;
        Ok(Self {
            socket,
            path,
            manager: manager.to_owned(),
        })
    }

    /// Hands on what has come.
    pub(crate) fn forward(&self) {
        let mut buffer = [0; 4096];
        while let Ok(count) = self.socket.recv(&mut buffer) {
            let message = allowed(&buffer[..count]);
            if message.is_empty() {
                continue;
            }
            if let Ok(sender) = UnixDatagram::unbound() {
                let _ = sender.set_nonblocking(true);
                let _ = sender.send_to(&message, &self.manager);
            }
        }
    }
}

impl AsFd for NotifyProxy {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for NotifyProxy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The lines that speak of the container's state only: no process ids (they are of another namespace), no
/// descriptors, no barriers.
fn allowed(message: &[u8]) -> Vec<u8> {
    const ALLOWED: [&[u8]; 5] = [
        b"READY=",
        b"STATUS=",
        b"RELOADING=",
        b"STOPPING=",
        b"WATCHDOG=",
    ];
    message
        .split(|byte| *byte == b'\n')
        .filter(|line| ALLOWED.iter().any(|name| line.starts_with(name)))
        .flat_map(|line| line.iter().copied().chain([b'\n']))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_passes_process_ids_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let manager_path = dir.path().join("manager");
        let manager = UnixDatagram::bind(&manager_path).unwrap();
        let proxy = NotifyProxy::listen(dir.path(), &manager_path).unwrap();
        let container = UnixDatagram::unbound().unwrap();
        let path = dir.path().join("notify/notify.sock");
        container.send_to(b"MAINPID=1", &path).unwrap();
        container
            .send_to(b"READY=1\nMAINPID=7\nSTATUS=up", &path)
            .unwrap();
        proxy.forward();
        let mut buffer = [0; 64];
        let count = manager.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..count], b"READY=1\nSTATUS=up\n");
    }
}
