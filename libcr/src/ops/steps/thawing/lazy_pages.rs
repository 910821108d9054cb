//! `criu lazy-pages`: the process that brings the memory of a thawed container when it is touched,
//! and the rest of it in the background (criu(8), userfaultfd(2)).

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::criu::features::Features;
use crate::error::{Error, Result};
use crate::ops::steps::life::monitor::RestoreCall;
use crate::runtime::criu_options::page_server;
use crate::sys::command;
use crate::sys::dir::{at, remove_file_if_present};

/// How long it may take until it listens.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where it listens, in the work directory; CRIU's own name.
const SOCKET: &str = "lazy-pages.socket";
/// Its log, in the work directory.
const LOG: &str = "lazy-pages.log";

/// The process. Dropped, it is killed: nothing was thawed.
#[derive(Debug)]
pub struct LazyPages {
    child: Option<Child>,
    log: std::path::PathBuf,
}

impl LazyPages {
    /// Starts it for a restore, and waits until it listens. `server`: `ADDRESS:PORT` that has the
    /// pages; without it they are in the images.
    ///
    /// # Errors
    /// [`Error::RuntimeFailed`] when it ends or doesn't listen.
    pub fn start(call: &RestoreCall, server: Option<&str>) -> Result<Self> {
        let socket = call.work.join(SOCKET);
        remove_file_if_present(&socket)?;
        let mut command = Command::new(Features::find()?.program);
        command
            .arg("lazy-pages")
            .arg("--images-dir")
            .arg(&call.images)
            .arg("--work-dir")
            .arg(&call.work)
            .args(["--log-file", LOG, "-v3"]);
        if let Some((address, port)) = server.and_then(page_server) {
            command.args(["--page-server", "--address", address, "--port"]);
            command.arg(port.to_string());
        }
        // It must outlive a Ctrl-C: the container's memory is with it.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut started = Self {
            child: Some(command::spawn(command, &[])?),
            log: call.work.join(LOG),
        };
        let deadline = Instant::now() + PATIENCE;
        while !socket.exists() {
            if started.has_ended()? || Instant::now() > deadline {
                return Err(started.failed("it does not listen"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(started)
    }

    fn has_ended(&mut self) -> Result<bool> {
        let Some(child) = &mut self.child else {
            return Ok(true);
        };
        Ok(child.try_wait()?.is_some())
    }

    /// Waits until all memory is where it belongs.
    ///
    /// # Errors
    /// [`Error::RuntimeFailed`]: the container's memory is not whole, it must not go on.
    pub fn finish(mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        if child.wait()?.success() {
            return Ok(());
        }
        Err(self.failed("the memory did not follow"))
    }

    fn failed(&self, what: &str) -> Error {
        let text = fs::read_to_string(&self.log)
            .map_err(at("read", &self.log))
            .unwrap_or_default();
        let last = text.lines().rfind(|line| line.contains("Error"));
        Error::RuntimeFailed(format!(
            "criu lazy-pages: {what}: {}",
            last.unwrap_or("its log says nothing")
        ))
    }
}

impl Drop for LazyPages {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It has ended by itself, or its restore failed.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
