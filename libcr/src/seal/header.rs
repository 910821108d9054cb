//! The header of an age file, which anybody may have written: read up to a bound, and told for whom
//! it is.
//!
//! Format: <https://github.com/C2SP/C2SP/blob/main/age.md>. A line `-> TYPE ARGUMENTS` begins what is
//! for one recipient, `--- MAC` ends the header.

use std::io::{self, BufRead, Read};

/// Bytes of a header: four hundred recipients.
pub(super) const LIMIT: u64 = 64 << 10;
/// Recipients: each costs a try with each key, and the parser goes over all before it again.
const MOST: usize = 256;
/// Types that a message names.
const NAMED: usize = 4;

/// Why there is no header.
pub(super) enum Unreadable {
    Io(io::Error),
    /// It ends within.
    Cut,
    /// Larger than any; how.
    Large(&'static str),
}

/// The header's bytes, and nothing behind them.
pub(super) fn take(source: &mut impl BufRead) -> Result<Vec<u8>, Unreadable> {
    let mut header = Vec::new();
    let mut recipients = 0;
    loop {
        let start = header.len();
        let room = LIMIT - start as u64;
        let mut line = source.by_ref().take(room);
        line.read_until(b'\n', &mut header)
            .map_err(Unreadable::Io)?;
        let line = &header[start..];
        if !line.ends_with(b"\n") {
            return Err(if header.len() as u64 == LIMIT {
                Unreadable::Large("64 KiB")
            } else {
                Unreadable::Cut
            });
        }
        if line.starts_with(b"-> ") {
            recipients += 1;
            if recipients > MOST {
                return Err(Unreadable::Large("256 recipients"));
            }
        }
        if line.starts_with(b"---") {
            return Ok(header);
        }
    }
}

/// For whom it is, in words: how many recipients of which types. Who they are no header tells.
pub(super) fn recipients(header: &[u8]) -> String {
    let mut types: Vec<String> = Vec::new();
    let mut count = 0;
    for line in header.split(|byte| *byte == b'\n') {
        let Some(rest) = line.strip_prefix(b"-> ") else {
            continue;
        };
        let word = rest.split(|byte| *byte == b' ').next().unwrap_or_default();
        let word: String = String::from_utf8_lossy(word).chars().take(32).collect();
        // What age adds so that readers stay able to pass over what they don't know.
        if word.ends_with("-grease") {
            continue;
        }
        count += 1;
        let plain = !word.is_empty() && word.chars().all(|letter| letter.is_ascii_graphic());
        if plain && types.len() < NAMED && !types.contains(&word) {
            types.push(word);
        }
    }
    let noun = if count == 1 {
        "recipient"
    } else {
        "recipients"
    };
    format!("{count} {noun} ({})", types.join(", "))
}
