//! The path of a request: cut at the raw slashes first, each segment decoded afterwards, so that a
//! name may hold an escaped slash (`localhost%2Fweb:1` is one segment).

/// A path without its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// `5.4.2` of `/v5.4.2/…`; empty without one.
    pub version: String,
    /// It goes on with `libpod`.
    pub is_libpod: bool,
    /// What follows, decoded.
    pub segments: Vec<String>,
}

impl Path {
    /// Reads a raw path; `None` where an escape is none, or hides a NUL.
    pub fn parse(raw: &str) -> Option<Self> {
        let raw = raw.strip_prefix('/')?;
        let mut words = raw.split('/').peekable();
        let version = match words.peek() {
            Some(first) if is_version(first) => {
                let first = words.next().unwrap_or_default();
                first[1..].to_owned()
            }
            _ => String::new(),
        };
        let is_libpod = words.next_if(|word| *word == "libpod").is_some();
        let mut segments: Vec<String> = words.map(decode).collect::<Option<_>>()?;
        // `…/json/` is `…/json` to both servers.
        if segments.last().is_some_and(String::is_empty) {
            segments.pop();
        }
        Some(Self {
            version,
            is_libpod,
            segments,
        })
    }
}

/// `v1.44`, `v5.4.2`, `v4.0.0-dev`: not compared with anything, as in Podman.
fn is_version(word: &str) -> bool {
    let Some(rest) = word.strip_prefix('v') else {
        return false;
    };
    rest.starts_with(|letter: char| letter.is_ascii_digit())
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
}

/// Percent-decodes; a plus stays one.
pub fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let digits = text.get(at + 1..at + 3)?;
            let byte = u8::from_str_radix(digits, 16).ok()?;
            if byte == 0 || digits.starts_with('+') {
                return None;
            }
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_doors() {
        let path = Path::parse("/v5.4.2/libpod/images/localhost%2Fbb:1/json").unwrap();
        assert_eq!(path.version, "5.4.2");
        assert!(path.is_libpod);
        assert_eq!(path.segments, ["images", "localhost/bb:1", "json"]);
        let path = Path::parse("/v1.45/images/a/b/json/").unwrap();
        assert!(!path.is_libpod);
        assert_eq!(path.segments, ["images", "a", "b", "json"]);
        let path = Path::parse("/volumes/v2").unwrap();
        assert_eq!(path.version, "");
        assert_eq!(path.segments, ["volumes", "v2"]);
        assert!(Path::parse("/").unwrap().segments.is_empty());
    }

    #[test]
    fn escapes_that_are_none() {
        for bad in [
            "/a%", "/a%2", "/a%zz", "/a%00", "/a%+1", "/%ff", "a", "/%é1",
        ] {
            assert_eq!(Path::parse(bad), None, "{bad}");
        }
    }
}
