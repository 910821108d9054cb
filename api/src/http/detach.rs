//! The keys that end an attachment and leave the container running: `ctrl-p,ctrl-q`.

use super::Failure;

/// Looks for them in what a client sends, also where they come in several pieces.
#[derive(Debug, Clone)]
pub struct DetachKeys {
    keys: Vec<u8>,
    seen: usize,
}

impl DetachKeys {
    /// Reads them: a letter or `ctrl-` with one each, divided by commas.
    ///
    /// # Errors
    /// 400 for what is no key.
    pub fn parse(text: Option<&str>) -> Result<Self, Failure> {
        let text = text.unwrap_or("ctrl-p,ctrl-q");
        let key = |word: &str| match word.strip_prefix("ctrl-").map(str::as_bytes) {
            Some([letter @ (b'a'..=b'z' | b'A'..=b'Z' | b'@' | b'['..=b'_')]) => {
                Some(letter.to_ascii_uppercase() & 0x1f)
            }
            Some(_) => None,
            None => match word.as_bytes() {
                [letter] => Some(*letter),
                _ => None,
            },
        };
        let keys: Option<Vec<u8>> = text.split(',').map(key).collect();
        Ok(Self {
            keys: keys.ok_or_else(|| Failure::bad(format!("invalid detach keys {text:?}")))?,
            seen: 0,
        })
    }

    /// None: all that a client sends is the container's.
    pub fn none() -> Self {
        Self {
            keys: Vec::new(),
            seen: 0,
        }
    }

    /// What of these bytes the container gets, and whether the client detached.
    pub fn pass(&mut self, bytes: &[u8]) -> (Vec<u8>, bool) {
        let mut passed = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if self.keys.get(self.seen) != Some(byte) && self.seen > 0 {
                // They were meant for the container after all.
                passed.extend_from_slice(&self.keys[..self.seen]);
                self.seen = 0;
            }
            if self.keys.get(self.seen) == Some(byte) {
                self.seen += 1;
                if self.seen == self.keys.len() {
                    return (passed, true);
                }
            } else {
                passed.push(*byte);
            }
        }
        (passed, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_across_pieces_and_given_back_otherwise() {
        let mut keys = DetachKeys::parse(None).unwrap();
        assert_eq!(keys.pass(b"a\x10"), (b"a".to_vec(), false));
        assert_eq!(keys.pass(b"b\x10"), (b"\x10b".to_vec(), false));
        assert_eq!(keys.pass(b"\x11c"), (Vec::new(), true));
        let mut keys = DetachKeys::parse(Some("q")).unwrap();
        assert_eq!(keys.pass(b"abq"), (b"ab".to_vec(), true));
        assert!(DetachKeys::parse(Some("ctrl-")).is_err());
        assert!(DetachKeys::parse(Some("long")).is_err());
    }
}
