//! `system service varlink:…`, by a client that holds every reply against the interface's description,
//! by clients that we did not write, and by clients that mean no good.

pub mod clients;
mod described;
pub mod engine;
pub mod harm;
pub mod others;
pub mod podman;

use std::collections::HashMap;
use std::io::{IoSlice, Read};
use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde_json::{Value, json};

use crate::harness::{Host, wait};

/// A service of the engine under test, as long as this is there.
pub struct Service {
    child: Child,
    socket: String,
}

impl Service {
    /// Starts one that doesn't end by itself.
    #[track_caller]
    pub fn start(host: &Host) -> Self {
        Self::with(host, "varlink.sock", &[])
    }

    /// Starts one on this socket with these variables.
    #[track_caller]
    pub fn with(host: &Host, socket: &str, variables: &[(&str, &str)]) -> Self {
        let socket = host.file(socket);
        let uri = format!("varlink:unix:{socket}");
        let mut line = host
            .engine
            .command(&["system", "service", "--time", "0", &uri]);
        line.envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = line.spawn().expect("the engine can be started");
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

    /// A client.
    #[track_caller]
    pub fn client(&self) -> Client {
        Client::new(&self.socket)
    }

    /// How many descriptors it has.
    pub fn descriptors(&self) -> usize {
        let all = std::fs::read_dir(format!("/proc/{}/fd", self.pid()));
        all.expect("it is there").count()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        let _ = Command::new("kill").arg(self.pid().to_string()).status();
        let ended = wait::try_until(Duration::from_secs(15), || {
            self.child.try_wait().ok().flatten()
        });
        if ended.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// A client of our own.
pub struct Client {
    stream: UnixStream,
    socket: String,
    received: Vec<u8>,
    descriptions: HashMap<String, String>,
}

impl Client {
    #[track_caller]
    fn new(socket: &str) -> Self {
        let stream = UnixStream::connect(socket).expect("the service listens");
        let limit = Some(Duration::from_secs(40));
        stream.set_read_timeout(limit).expect("a time-out");
        Self {
            stream,
            socket: socket.to_owned(),
            received: Vec::new(),
            descriptions: HashMap::new(),
        }
    }

    /// Sends bytes, and descriptors beside them.
    #[track_caller]
    pub fn send_raw(&self, bytes: &[u8], descriptors: &[BorrowedFd]) -> rustix::io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(253))];
        let mut beside = SendAncillaryBuffer::new(&mut space);
        if !descriptors.is_empty() {
            assert!(beside.push(SendAncillaryMessage::ScmRights(descriptors)));
        }
        let mut sent = 0;
        while sent < bytes.len() {
            let piece = [IoSlice::new(&bytes[sent..])];
            sent += sendmsg(&self.stream, &piece, &mut beside, SendFlags::NOSIGNAL)?;
            beside.clear();
        }
        Ok(())
    }

    /// Sends a message.
    #[track_caller]
    pub fn send(&self, message: &Value, descriptors: &[BorrowedFd]) {
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.send_raw(&bytes, descriptors).expect("it is read");
    }

    /// The next message; none when the service has closed.
    #[track_caller]
    pub fn receive(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.received.iter().position(|byte| *byte == 0) {
                let rest = self.received.split_off(end + 1);
                let mut message = std::mem::replace(&mut self.received, rest);
                message.pop();
                return Some(serde_json::from_slice(&message).expect("JSON"));
            }
            let mut piece = vec![0; 65_536];
            match self.stream.read(&mut piece) {
                Ok(count) if count > 0 => self.received.extend_from_slice(&piece[..count]),
                Ok(_) => return None,
                // Closed with calls of ours unread.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no reply: {error}"),
            }
        }
    }

    /// Calls a method with descriptors and gives all its replies; they are as described.
    #[track_caller]
    pub fn replies(
        &mut self,
        method: &str,
        parameters: Value,
        descriptors: &[BorrowedFd],
        more: bool,
    ) -> Vec<Value> {
        self.learn(method);
        let mut call = json!({ "method": method, "more": more });
        call["parameters"] = parameters;
        self.send(&call, descriptors);
        let mut replies = Vec::new();
        loop {
            let reply = self.reply(method);
            let continues = reply["continues"] == json!(true);
            assert!(more || !continues, "{reply}");
            replies.push(reply);
            if !continues {
                return replies;
            }
        }
    }

    /// The next reply of a method, which is as described.
    #[track_caller]
    pub fn reply(&mut self, method: &str) -> Value {
        let reply = self.receive().expect("a reply");
        self.learn(method);
        let (interface, _) = method.rsplit_once('.').expect("a method");
        described::check(&self.descriptions, interface, method, &reply);
        reply
    }

    fn learn(&mut self, method: &str) {
        let (interface, _) = method.rsplit_once('.').expect("a method");
        for name in [interface, "org.varlink.service"] {
            if self.descriptions.contains_key(name) {
                continue;
            }
            // On a connection of its own: this one may be in the midst of replies.
            let mut other = Self::new(&self.socket);
            other.send(
                &json!({
                    "method": "org.varlink.service.GetInterfaceDescription",
                    "parameters": { "interface": name },
                }),
                &[],
            );
            let reply = other.receive().expect("a description");
            let text = reply["parameters"]["description"].as_str();
            if let Some(text) = text {
                self.descriptions.insert(name.into(), text.into());
            }
        }
    }

    /// Calls a method and gives what it replies.
    #[track_caller]
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.call_with(method, parameters, &[])
    }

    /// Calls a method with descriptors and gives what it replies in the end.
    #[track_caller]
    pub fn call_with(
        &mut self,
        method: &str,
        parameters: Value,
        descriptors: &[BorrowedFd],
    ) -> Value {
        let replies = self.replies(method, parameters, descriptors, false);
        let mut reply = replies.into_iter().next_back().expect("a reply");
        assert!(reply.get("error").is_none(), "{method}: {reply}");
        reply["parameters"].take()
    }

    /// Calls a method and gives the error that it ends with, and what belongs to that.
    #[track_caller]
    pub fn refused(&mut self, method: &str, parameters: Value) -> (String, Value) {
        self.refused_with(method, parameters, &[])
    }

    /// The same with descriptors.
    #[track_caller]
    pub fn refused_with(
        &mut self,
        method: &str,
        parameters: Value,
        descriptors: &[BorrowedFd],
    ) -> (String, Value) {
        let replies = self.replies(method, parameters, descriptors, false);
        let mut reply = replies.into_iter().next_back().expect("a reply");
        let name = reply["error"].as_str().map(str::to_owned);
        let name = name.unwrap_or_else(|| panic!("{method}: {reply}"));
        (name, reply["parameters"].take())
    }
}
