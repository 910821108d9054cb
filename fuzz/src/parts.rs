//! Several files in one input, so that a fuzzer can change one without moving the others.
//!
//! A file is [`MARK`], a byte that chooses its name, and bytes up to the next mark: what is put in
//! or taken out in one of them leaves the rest as they are.

/// What stands before each file. No byte of it is one that UTF-8 has.
pub(crate) const MARK: [u8; 4] = [0xf5, 0xff, 0xfe, 0xf7];

/// The files of an input: the byte that chooses the name, and the content.
pub(crate) fn split(data: &[u8]) -> Vec<(u8, &[u8])> {
    let mut files = Vec::new();
    let mut rest = data;
    while let Some(start) = find(rest) {
        let Some((&name, after)) = rest[start + MARK.len()..].split_first() else {
            break;
        };
        let end = find(after).unwrap_or(after.len());
        files.push((name, &after[..end]));
        rest = &after[end..];
    }
    files
}

fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(MARK.len()).position(|window| window == MARK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_again() {
        let input = [b"?".as_slice(), &MARK, b"1abc", &MARK, b"2", &MARK].concat();
        assert_eq!(split(&input), [(b'1', b"abc".as_slice()), (b'2', b"")]);
        assert_eq!(split(b""), []);
    }
}
