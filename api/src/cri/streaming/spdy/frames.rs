//! Frames: eight bytes of head, then as many as the head says.

use bytes::{BufMut, Bytes, BytesMut};

/// The version in control frames.
pub const VERSION: u16 = 3;
/// Opens a stream.
pub const SYN_STREAM: u16 = 1;
/// Accepts one.
const SYN_REPLY: u16 = 2;
/// Ends one at once.
pub const RST_STREAM: u16 = 3;
/// Asks whether the other side is there.
pub const PING: u16 = 6;
/// No more streams.
const GOAWAY: u16 = 7;
/// Further headers.
pub const HEADERS: u16 = 8;
/// The last frame of its sender in a stream.
pub const FIN: u8 = 1;
/// Bits of a stream's number.
pub const STREAM: u32 = 0x7fff_ffff;
/// The bit of a control frame.
const CONTROL: u32 = 0x8000_0000;
/// The reason to end a stream: it can't be had.
const REFUSED: u32 = 3;
/// Most bytes of data in a frame: its length has 24 bits.
const DATA: usize = 1 << 23;

/// The head of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// Says something about streams: kind, flags, length.
    Control(u16, u8, usize),
    /// Data of a stream: its number, flags, length.
    Data(u32, u8, usize),
}

impl Head {
    /// Reads one; `None` for another version of the protocol.
    pub fn parse(bytes: [u8; 8]) -> Option<Self> {
        let (first, rest) = bytes.split_at(4);
        let first = u32::from_be_bytes(first.try_into().ok()?);
        let rest = u32::from_be_bytes(rest.try_into().ok()?);
        let [flags, ..] = rest.to_be_bytes();
        let length = usize::try_from(rest & 0xff_ffff).ok()?;
        if first & CONTROL == 0 {
            return Some(Self::Data(first, flags, length));
        }
        let [high, low, ..] = (first & !CONTROL).to_be_bytes();
        let [.., one, two] = first.to_be_bytes();
        let kind = u16::from_be_bytes([one, two]);
        (u16::from_be_bytes([high, low]) == VERSION).then_some(Self::Control(kind, flags, length))
    }
}

/// What is sent.
#[derive(Debug)]
pub enum Frame {
    /// A stream was accepted.
    Reply(u32),
    /// Data of a stream; the last of it or not.
    Data(u32, Bytes, bool),
    /// A stream can't be had.
    Reset(u32),
    /// An answer to a ping.
    Ping(u32),
    /// No stream after this one is taken; then nothing more comes.
    GoAway(u32),
}

impl Frame {
    /// Its bytes. `no_headers` is what a block without any becomes in this connection now.
    pub fn write(&self, no_headers: impl FnOnce() -> Vec<u8>, to: &mut BytesMut) {
        match self {
            Self::Reply(stream) => {
                let block = no_headers();
                control(SYN_REPLY, 4 + block.len(), to);
                to.put_u32(*stream);
                to.put_slice(&block);
            }
            Self::Data(stream, data, last) => {
                let mut rest = &data[..];
                loop {
                    let (piece, more) = rest.split_at(rest.len().min(DATA));
                    rest = more;
                    let ends = *last && rest.is_empty();
                    to.put_u32(*stream);
                    flagged(if ends { FIN } else { 0 }, piece.len(), to);
                    to.put_slice(piece);
                    if rest.is_empty() {
                        return;
                    }
                }
            }
            Self::Reset(stream) => {
                control(RST_STREAM, 8, to);
                to.put_u32(*stream);
                to.put_u32(REFUSED);
            }
            Self::Ping(number) => {
                control(PING, 4, to);
                to.put_u32(*number);
            }
            Self::GoAway(last) => {
                control(GOAWAY, 8, to);
                to.put_u32(*last);
                // All is well.
                to.put_u32(0);
            }
        }
    }
}

fn control(kind: u16, length: usize, to: &mut BytesMut) {
    to.put_u32(CONTROL | u32::from(VERSION) << 16 | u32::from(kind));
    flagged(0, length, to);
}

fn flagged(flags: u8, length: usize, to: &mut BytesMut) {
    // No frame of ours is as long as 24 bits can say.
    let length = u32::try_from(length).unwrap_or_default();
    to.put_u32(u32::from(flags) << 24 | length);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(frame: &Frame) -> Vec<u8> {
        let mut bytes = BytesMut::new();
        frame.write(|| vec![9, 9], &mut bytes);
        bytes.to_vec()
    }

    #[test]
    fn as_the_draft_has_them() {
        assert_eq!(
            written(&Frame::Ping(1)),
            b"\x80\x03\0\x06\0\0\0\x04\0\0\0\x01"
        );
        assert_eq!(
            written(&Frame::Reply(3)),
            b"\x80\x03\0\x02\0\0\0\x06\0\0\0\x03\x09\x09"
        );
        let last = Frame::Data(5, Bytes::from_static(b"ab"), true);
        assert_eq!(written(&last), b"\0\0\0\x05\x01\0\0\x02ab");
        let reset = Frame::Reset(5);
        assert_eq!(
            written(&reset),
            b"\x80\x03\0\x03\0\0\0\x08\0\0\0\x05\0\0\0\x03"
        );
    }

    #[test]
    fn heads() {
        let data = Head::parse(*b"\0\0\0\x05\x01\0\x01\x02");
        assert_eq!(data, Some(Head::Data(5, FIN, 258)));
        let control = Head::parse(*b"\x80\x03\0\x01\0\0\0\x0a");
        assert_eq!(control, Some(Head::Control(SYN_STREAM, 0, 10)));
        assert_eq!(Head::parse(*b"\x80\x02\0\x01\0\0\0\x0a"), None);
    }

    #[test]
    fn much_data_is_divided() {
        let bytes = written(&Frame::Data(1, Bytes::from(vec![7; DATA + 1]), true));
        assert_eq!(&bytes[..8], b"\0\0\0\x01\0\x80\0\0");
        assert_eq!(&bytes[8 + DATA..], b"\0\0\0\x01\x01\0\0\x01\x07");
    }
}
