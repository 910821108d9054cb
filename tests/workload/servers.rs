//! Servers that tests outside the container talk to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

pub fn web(port: u16, path: &str) -> std::io::Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", port))?;
    let mut counter: u64 = 0;
    crate::say(&format!("listening on {port}"))?;
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        let mut request = [0_u8; 4096];
        let Ok(length) = stream.read(&mut request) else {
            continue;
        };
        if !request[..length].starts_with(b"GET ") {
            continue;
        }
        counter += 1;
        let stored =
            std::fs::read_to_string(path).map_or(0, |text| crate::number(text.trim())) + 1_u64;
        std::fs::write(path, format!("{stored}\n"))?;
        let body = format!("count mem={counter} file={stored}\n");
        let length = body.len();
        let answer = format!(
            "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        // A client that went away is no reason to stop.
        let _ = stream.write_all(answer.as_bytes());
        crate::say(&format!("request {counter}"))?;
    }
    Ok(())
}

pub fn echo(port: u16) -> std::io::Result<()> {
    serve(TcpListener::bind(("0.0.0.0", port))?, port)
}

pub fn echo_over_ipv6(port: u16) -> std::io::Result<()> {
    serve(TcpListener::bind(("::", port))?, port)
}

fn serve(listener: TcpListener, port: u16) -> std::io::Result<()> {
    crate::say(&format!("listening on {port}"))?;
    for stream in listener.incoming().flatten() {
        thread::spawn(move || serve_echo(&stream));
    }
    Ok(())
}

fn serve_echo(stream: &TcpStream) {
    let mut writer = stream;
    for (index, line) in BufReader::new(stream).lines().enumerate() {
        let Ok(line) = line else { return };
        if writer
            .write_all(format!("{} {line}\n", index + 1).as_bytes())
            .is_err()
        {
            return;
        }
    }
}
