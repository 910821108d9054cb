//! Blocks of headers: one stream of zlib (RFC 1950) each way and connection, with a dictionary that the
//! protocol prescribes.

use std::io;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Most bytes of a block's text. Kubernetes' clients send three short headers.
const TEXT: usize = 16 << 10;

/// Names and values.
pub type Headers = Vec<(String, String)>;

/// Words of the dictionary, each with its length before it (draft 3, §2.6.10.1).
const WORDS: &[&str] = &[
    "options",
    "head",
    "post",
    "put",
    "delete",
    "trace",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "authorization",
    "cache-control",
    "connection",
    "content-base",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "date",
    "etag",
    "expect",
    "expires",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "range",
    "referer",
    "retry-after",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "warning",
    "www-authenticate",
    "method",
    "get",
    "status",
    "200 OK",
    "version",
    "HTTP/1.1",
    "url",
    "public",
    "set-cookie",
    "keep-alive",
    "origin",
];
/// What follows them.
const TAIL: &str = "\
100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505\
203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized\
403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable\
Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT\
chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,\
text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

fn dictionary() -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in WORDS {
        let length = u32::try_from(word.len()).unwrap_or_default();
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(word.as_bytes());
    }
    bytes.extend_from_slice(TAIL.as_bytes());
    bytes
}

/// Reads the blocks of a connection, in their order.
#[derive(Debug)]
pub struct Reader(Decompress);

impl Reader {
    /// Before the first.
    pub fn new() -> Self {
        Self(Decompress::new(true))
    }

    /// The headers of the next block.
    ///
    /// # Errors
    /// It isn't zlib's, isn't headers, or is too long.
    pub fn read(&mut self, mut block: &[u8]) -> io::Result<Headers> {
        let mut text = vec![0; TEXT];
        let mut length = 0;
        while !block.is_empty() {
            let (taken, given) = (self.0.total_in(), self.0.total_out());
            let done = self
                .0
                .decompress(block, &mut text[length..], FlushDecompress::Sync);
            let status = match done {
                Err(error) if error.needs_dictionary().is_some() => {
                    self.0.set_dictionary(&dictionary()).map_err(bad)?;
                    Status::Ok
                }
                done => done.map_err(bad)?,
            };
            let count = |total: u64, before: u64| usize::try_from(total - before).map_err(bad);
            let advance = count(self.0.total_in(), taken)?;
            let more = count(self.0.total_out(), given)?;
            block = block.get(advance..).unwrap_or_default();
            length += more;
            if length == TEXT || status == Status::BufError || (advance == 0 && more == 0) {
                return Err(bad("headers too long, or not of zlib"));
            }
        }
        parse(&text[..length]).ok_or_else(|| bad("headers that are none"))
    }
}

/// Name, value and so on, each with its length before it; their number before all.
fn parse(text: &[u8]) -> Option<Headers> {
    let mut rest = text;
    let mut number = || {
        let (bytes, more) = rest.split_first_chunk::<4>()?;
        rest = more;
        usize::try_from(u32::from_be_bytes(*bytes)).ok()
    };
    let count = number()?;
    let mut word = || {
        let (bytes, more) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*bytes)).ok()?;
        let (word, more) = more.split_at_checked(length)?;
        rest = more;
        Some(String::from_utf8_lossy(word).into_owned())
    };
    let mut headers = Vec::new();
    for _ in 0..count {
        headers.push((word()?, word()?));
    }
    Some(headers)
}

/// Writes the blocks of a connection, in their order.
#[derive(Debug)]
pub struct Writer(Compress);

impl Writer {
    /// Before the first.
    ///
    /// # Errors
    /// zlib refuses the dictionary.
    pub fn new() -> io::Result<Self> {
        let mut compress = Compress::new(Compression::fast(), true);
        compress.set_dictionary(&dictionary()).map_err(bad)?;
        Ok(Self(compress))
    }

    /// A block without headers.
    pub fn none(&mut self) -> Vec<u8> {
        // Far more than four bytes become.
        let mut block = Vec::with_capacity(64);
        if let Err(error) = self
            .0
            .compress_vec(&[0; 4], &mut block, FlushCompress::Sync)
        {
            tracing::debug!(%error, "headers");
        }
        block
    }
}

fn bad(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(compress: &mut Compress, headers: &[(&str, &str)]) -> Vec<u8> {
        let mut text = u32::try_from(headers.len()).unwrap().to_be_bytes().to_vec();
        for word in headers.iter().flat_map(|(name, value)| [name, value]) {
            text.extend(u32::try_from(word.len()).unwrap().to_be_bytes());
            text.extend(word.as_bytes());
        }
        let mut block = Vec::with_capacity(64 << 10);
        compress
            .compress_vec(&text, &mut block, FlushCompress::Sync)
            .unwrap();
        block
    }

    #[test]
    fn the_dictionary_is_that_of_the_protocol() {
        // Its Adler-32 is what zlib's streams name it by.
        let sum = Compress::new(Compression::fast(), true)
            .set_dictionary(&dictionary())
            .unwrap();
        assert_eq!((dictionary().len(), sum), (1423, 0xe3c6_a7c2));
    }

    #[test]
    fn blocks_follow_each_other() {
        let mut compress = Writer::new().unwrap().0;
        let mut reader = Reader::new();
        for kind in ["stdin", "stdout"] {
            let headers = [("streamtype", kind), ("port", "80")];
            let read = reader.read(&block(&mut compress, &headers)).unwrap();
            let expected = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(read, expected);
        }
        let mut writer = Writer::new().unwrap();
        let mut reader = Reader::new();
        assert_eq!(reader.read(&writer.none()).unwrap(), []);
        assert_eq!(reader.read(&writer.none()).unwrap(), []);
    }

    #[test]
    fn what_is_none_is_refused() {
        let long = "x".repeat(TEXT);
        let mut compress = Writer::new().unwrap().0;
        let bomb = block(&mut compress, &[("streamtype", &long)]);
        let mut other = Writer::new().unwrap().0;
        let mut cut = Vec::with_capacity(64);
        other
            .compress_vec(b"\0\0\0\x09\0\0\0\x05ab", &mut cut, FlushCompress::Sync)
            .unwrap();
        for bad in [&bomb[..], b"\xff\xff\xff\xff\xff", b"\x78", &cut] {
            assert!(Reader::new().read(bad).is_err(), "{bad:?}");
        }
    }
}
