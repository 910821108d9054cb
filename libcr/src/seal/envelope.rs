//! What encrypts on the way to a file, or lets it through.

use std::io::{self, Write};

/// The way to `W`.
pub enum Envelope<W: Write> {
    /// As it is.
    Open(W),
    /// As an age file.
    Sealed(Box<age::stream::StreamWriter<W>>),
}

impl<W: Write> std::fmt::Debug for Envelope<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open(_) => "Open",
            Self::Sealed(_) => "Sealed",
        })
    }
}

impl<W: Write> Envelope<W> {
    /// Writes the mark of the end, and returns what it went to. Without it what was written is
    /// known to be cut off.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Open(sink) => Ok(sink),
            Self::Sealed(stream) => stream.finish(),
        }
    }
}

impl<W: Write> Write for Envelope<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Open(sink) => sink.write(bytes),
            Self::Sealed(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Open(sink) => sink.flush(),
            Self::Sealed(stream) => stream.flush(),
        }
    }
}
