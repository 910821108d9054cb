//! The log driver `journald`: one datagram an entry to the journal's socket, with conmon's fields.
//! Protocol: systemd's "Native Journal Protocol" (<https://systemd.io/JOURNAL_NATIVE_PROTOCOL>).
#![forbid(unsafe_code)]

use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Stream;
use crate::arguments::Arguments;
use crate::error::MonitorError;

const SOCKET: &str = "/run/systemd/journal/socket";
/// A journal that takes nothing for this long loses the entry; the container must go on.
const PATIENCE: Duration = Duration::from_secs(2);

/// A sender to the journal.
pub(crate) struct Journal {
    socket: UnixDatagram,
    path: PathBuf,
    /// The fields that are the same in each entry, encoded.
    constant: Vec<u8>,
}

impl Journal {
    /// Checks that there is a journal. The address is given anew with each entry, so a restarted journald is found.
    pub(crate) fn open(arguments: &Arguments) -> Result<Self, MonitorError> {
        Self::open_at(Path::new(SOCKET), arguments)
    }

    fn open_at(path: &Path, arguments: &Arguments) -> Result<Self, MonitorError> {
        let no_journal = |source| MonitorError::NoJournal {
            path: path.to_owned(),
            source,
        };
        let socket = UnixDatagram::unbound().map_err(no_journal)?;
        socket
            .set_write_timeout(Some(PATIENCE))
            .map_err(no_journal)?;
        std::fs::metadata(path).map_err(no_journal)?;
        Ok(Self {
            socket,
            path: path.to_owned(),
            constant: constant_fields(arguments),
        })
    }

    /// Sends a chunk, an entry a line.
    pub(crate) fn write(&mut self, stream: Stream, chunk: &[u8]) -> Result<(), MonitorError> {
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            let (text, partial) = piece
                .strip_suffix(b"\n")
                .map_or((piece, true), |text| (text, false));
            let mut entry = self.constant.clone();
            // syslog's "error" and "informational".
            field(
                &mut entry,
                "PRIORITY",
                if stream == Stream::Stderr { b"3" } else { b"6" },
            );
            if partial {
                field(&mut entry, "CONTAINER_PARTIAL_MESSAGE", b"true");
            }
            field(&mut entry, "MESSAGE", text);
            self.socket
                .send_to(&entry, &self.path)
                .map_err(MonitorError::file("writing to the journal", &self.path))?;
        }
        Ok(())
    }
}

fn constant_fields(arguments: &Arguments) -> Vec<u8> {
    let mut fields = Vec::new();
    let short: String = arguments.uuid.chars().take(12).collect();
    let name = arguments.name.as_deref();
    field(&mut fields, "CONTAINER_ID_FULL", arguments.uuid.as_bytes());
    field(&mut fields, "CONTAINER_ID", short.as_bytes());
    if let Some(name) = name {
        field(&mut fields, "CONTAINER_NAME", name.as_bytes());
    }
    if let Some(tag) = &arguments.log_tag {
        field(&mut fields, "CONTAINER_TAG", tag.as_bytes());
    }
    let identifier = arguments.log_tag.as_deref().or(name).unwrap_or(&short);
    field(&mut fields, "SYSLOG_IDENTIFIER", identifier.as_bytes());
    for label in &arguments.log_labels {
        if let Some((name, value)) = label.split_once('=') {
            field(&mut fields, name, value.as_bytes());
        }
    }
    fields
}

/// `NAME=VALUE\n`, or for values with newlines `NAME\n`, the length as little-endian 64 bits, the value, `\n`.
fn field(entry: &mut Vec<u8>, name: &str, value: &[u8]) {
    entry.extend_from_slice(name.as_bytes());
    if value.contains(&b'\n') {
        entry.push(b'\n');
        entry.extend_from_slice(&(value.len() as u64).to_le_bytes());
    } else {
        entry.push(b'=');
    }
    entry.extend_from_slice(value);
    entry.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Invocation, parse};

    #[test]
    fn entries_carry_conmons_fields() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let words = [
            "-c",
            "0123456789abcdef",
            "-r",
            "crun",
            "-b",
            "/b",
            "-n",
            "web",
            "--log-label",
            "TEAM=a",
        ];
        let Invocation::Monitor(arguments) = parse(words.iter().map(Into::into)).unwrap() else {
            panic!()
        };
        assert!(Journal::open_at(&path, &arguments).is_err());
        let receiver = UnixDatagram::bind(&path).unwrap();
        let mut journal = Journal::open_at(&path, &arguments).unwrap();
        journal.write(Stream::Stderr, b"full\npart").unwrap();
        let constant = "CONTAINER_ID_FULL=0123456789abcdef\nCONTAINER_ID=0123456789ab\nCONTAINER_NAME=web\n\
                        SYSLOG_IDENTIFIER=web\nTEAM=a\nPRIORITY=3\n";
        let receive = || {
            let mut buffer = [0; 4096];
            let count = receiver.recv(&mut buffer).unwrap();
            String::from_utf8(buffer[..count].to_vec()).unwrap()
        };
        assert_eq!(receive(), format!("{constant}MESSAGE=full\n"));
        assert_eq!(
            receive(),
            format!("{constant}CONTAINER_PARTIAL_MESSAGE=true\nMESSAGE=part\n")
        );
    }

    #[test]
    fn newlines_make_a_field_binary() {
        let mut entry = Vec::new();
        field(&mut entry, "A", b"x\ny");
        assert_eq!(entry, b"A\n\x03\0\0\0\0\0\0\0x\ny\n");
    }
}
