//! `system service`, driven by clients that we did not write: podman --remote and curl; and by clients
//! that mean no good.

pub mod docker;
pub mod execs;
pub mod harm;
pub mod libpod;
pub mod pouch;
pub mod registries;
pub mod verbs;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::harness::{Engine, Finished, Host, command, wait};

/// A service of the engine under test, as long as this is there.
pub struct Service {
    child: Child,
    socket: String,
}

impl Service {
    /// Starts one that doesn't end by itself.
    #[track_caller]
    pub fn start(host: &Host) -> Self {
        Self::with(host, &["--time", "0"])
    }

    /// Starts one with these options.
    #[track_caller]
    pub fn with(host: &Host, options: &[&str]) -> Self {
        Self::named(host, "api.sock", options)
    }

    /// Starts one at a socket of this name.
    #[track_caller]
    pub fn named(host: &Host, name: &str, options: &[&str]) -> Self {
        let socket = host.file(name);
        let uri = format!("unix://{socket}");
        let words = [&["system", "service"], options, &[uri.as_str()]].concat();
        let child = host.spawn(&words);
        let service = Self { child, socket };
        wait::until("the service listens", || {
            UnixStream::connect(&service.socket).ok()
        });
        service
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its address, as clients take it.
    pub fn url(&self) -> String {
        format!("unix://{}", self.socket)
    }

    /// Podman, which talks to it.
    pub fn podman(&self) -> Engine {
        Engine {
            program: "podman".into(),
            globals: vec!["--remote".into(), "--url".into(), self.url()],
        }
    }

    /// curl with these options and a path.
    pub fn curl(&self, options: &[&str], path: &str) -> Finished {
        let mut line = Command::new("curl");
        line.args([
            "-s",
            "-S",
            "--max-time",
            "30",
            "--unix-socket",
            &self.socket,
        ]);
        line.args(options).arg(format!("http://d{path}"));
        command::run(&mut line, "")
    }

    /// Status and body of a request by curl.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut options = vec!["-X", method, "-w", "\n%{http_code}"];
        if !body.is_empty() {
            options.extend(["-H", "Content-Type: application/json", "-d", body]);
        }
        let done = self.curl(&options, path);
        assert_eq!(done.code, 0, "{done}");
        let (body, status) = done.stdout.rsplit_once('\n').expect("a status");
        (status.parse().expect("a status"), body.to_owned())
    }

    /// Asks and expects a status.
    #[track_caller]
    pub fn expect(&self, status: u16, method: &str, path: &str, body: &str) -> String {
        let (found, text) = self.ask(method, path, body);
        assert_eq!(found, status, "{method} {path}: {text}");
        text
    }

    /// A connection of our own.
    #[track_caller]
    pub fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(&self.socket).expect("the service listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a time-out");
        stream
    }

    /// Sends bytes and gives what comes back until the service closes or has answered.
    #[track_caller]
    pub fn raw(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        // It may have answered and closed before all of it was sent.
        let _ = stream.write_all(request);
        let mut answer = vec![0; 4096];
        let count = stream.read(&mut answer).unwrap_or(0);
        String::from_utf8_lossy(&answer[..count]).into_owned()
    }

    /// Tells it to end and gives its exit status.
    pub fn end(&mut self) -> Option<i32> {
        let _ = Command::new("kill").arg(self.pid().to_string()).status();
        wait::until("the service ends", || self.child.try_wait().ok().flatten()).code()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        let _ = Command::new("kill")
            .arg(self.pid().to_string())
            .stderr(Stdio::null())
            .status();
        let ended = wait::try_until(Duration::from_secs(15), || {
            self.child.try_wait().ok().flatten()
        });
        if ended.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
