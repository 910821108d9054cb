//! Docker's frames for streams that hold standard output and error: stream, three zeros, length as
//! 32 bits with the highest first, data (Docker Engine API, «attach»).

use bytes::{BufMut, Bytes, BytesMut};

/// Standard output.
pub const OUTPUT: u8 = 1;
/// Standard error.
pub const ERROR: u8 = 2;

/// A frame with these data.
pub fn frame(stream: u8, data: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(8 + data.len());
    bytes.put_slice(&[stream, 0, 0, 0]);
    // What comes in one piece is far below 4 GiB.
    bytes.put_u32(u32::try_from(data.len()).unwrap_or(u32::MAX));
    bytes.put_slice(data);
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    #[test]
    fn eight_bytes_and_the_data() {
        assert_eq!(&super::frame(2, b"ab\n")[..], b"\x02\0\0\0\0\0\0\x03ab\n");
    }
}
