//! Sockets: unix ones inside the container with data on its way, TCP over loopback, a UDP server.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::thread;

use crate::held::{Check, check, same};

/// Both ends in one process, and one end in a child; by path, by abstract name and without a name.
pub fn unix() -> Result<Check> {
    let listener = UnixListener::bind("/data/socket")?;
    let hidden = SocketAddr::from_abstract_name(b"held")?;
    let abstract_listener = UnixListener::bind_addr(&hidden)?;
    let (mut left, mut right) = UnixStream::pair()?;
    left.write_all(b"to the right")?;
    right.write_all(b"to the left")?;
    right.shutdown(Shutdown::Write)?;
    let (one, two) = UnixDatagram::pair()?;
    one.send(b"first")?;
    one.send(b"second, longer")?;
    let mut client = UnixStream::connect("/data/socket")?;
    let (mut served, _) = listener.accept()?;
    client.write_all(b"on its way")?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["answer-unix", "/data/socket"])
        .stdout(Stdio::piped())
        .spawn()?;
    let (stream, _) = listener.accept()?;
    let mut from_child = BufReader::new(stream);
    let mut line = String::new();
    from_child.read_line(&mut line)?;
    check(move || {
        let mut text = String::new();
        left.read_to_string(&mut text)?;
        same("what waited on the left", text.as_str(), "to the left")?;
        let mut bytes = [0; 64];
        let length = right.read(&mut bytes)?;
        same(
            "what waited on the right",
            &bytes[..length],
            &b"to the right"[..],
        )?;
        for expected in [&b"first"[..], b"second, longer"] {
            let length = two.recv(&mut bytes)?;
            same("a datagram", &bytes[..length], expected)?;
        }
        let length = served.read(&mut bytes)?;
        same(
            "what a client had sent",
            &bytes[..length],
            &b"on its way"[..],
        )?;
        from_child.get_mut().write_all(b"ask\n")?;
        line.clear();
        from_child.read_line(&mut line)?;
        same("the child's answer", line.as_str(), "2 ask\n")?;
        let mut new = UnixStream::connect("/data/socket")?;
        listener.accept()?.0.write_all(b"hello")?;
        new.read_to_string(&mut text)?;
        let _other = UnixStream::connect_addr(&hidden)?;
        abstract_listener.accept()?;
        child.kill()?;
        child.wait()?;
        Ok("stream, datagram, abstract, between processes".into())
    })
}

/// The child of [`unix`]: says each line with its number.
pub fn answer_unix(path: &str) -> Result<()> {
    let mut stream = UnixStream::connect(path)?;
    let lines = BufReader::new(stream.try_clone()?).lines();
    stream.write_all(b"1\n")?;
    for (index, line) in lines.enumerate() {
        stream.write_all(format!("{} {}\n", index + 2, line?).as_bytes())?;
    }
    Ok(())
}

/// An established connection whose both ends are in the container, with data on its way.
pub fn tcp() -> Result<Check> {
    let listener = TcpListener::bind("127.0.0.1:7000")?;
    let mut client = TcpStream::connect("127.0.0.1:7000")?;
    let (mut server, peer) = listener.accept()?;
    client.set_nodelay(true)?;
    client.write_all(b"on its way")?;
    check(move || {
        same("the peer's address", client.local_addr()?, peer)?;
        same("its option", client.nodelay()?, true)?;
        let mut bytes = [0; 10];
        server.read_exact(&mut bytes)?;
        same("what had been sent", &bytes, b"on its way")?;
        server.write_all(b"an answer")?;
        drop(server);
        let mut text = String::new();
        client.read_to_string(&mut text)?;
        same("the answer", text.as_str(), "an answer")?;
        let mut other = TcpStream::connect("127.0.0.1:7000")?;
        listener.accept()?.0.write_all(b"new")?;
        text.clear();
        other.read_to_string(&mut text)?;
        same("a new connection", text.as_str(), "new")?;
        Ok("established and listening".into())
    })
}

/// Counts datagrams in memory and answers each with the count and its own words.
pub fn udp(port: u16) -> Result<()> {
    let socket = UdpSocket::bind(("0.0.0.0", port))?;
    crate::say(&format!("listening on {port}"))?;
    let mut bytes = [0; 2048];
    for count in 1_u64.. {
        let (length, from) = socket.recv_from(&mut bytes)?;
        let words = String::from_utf8_lossy(&bytes[..length]).into_owned();
        socket.send_to(format!("{count} {words}").as_bytes(), from)?;
    }
    Ok(())
}

/// Connects to a unix socket, perhaps one of outside, and keeps the connection.
pub fn connected(path: &str) -> Result<Check> {
    let stream = UnixStream::connect(path)?;
    let keeper = thread::current();
    check(move || {
        drop((stream, keeper));
        Ok("let go".into())
    })
}
