//! `--detach-keys`: the keys that leave an attached container without stopping it.

use crate::output::CliError;

/// Podman's default.
pub const DEFAULT: &str = "ctrl-p,ctrl-q";

/// The bytes a terminal sends for `text`: letters as they are, `ctrl-X` as control bytes, joined by
/// commas. An empty text means that there is no way to detach.
pub fn parse(text: &str) -> Result<Vec<u8>, CliError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(|key| byte(key).ok_or_else(|| wrong(key)))
        .collect()
}

fn wrong(key: &str) -> CliError {
    CliError::usage(format!("invalid detach keys: Unknown character: '{key}'"))
}

fn byte(key: &str) -> Option<u8> {
    match (key.as_bytes(), key.strip_prefix("ctrl-").map(str::as_bytes)) {
        (_, Some([letter @ b'a'..=b'z'])) => Some(letter - b'a' + 1),
        (_, Some(b"@")) => Some(0),
        (_, Some(b"[")) => Some(27),
        (_, Some(b"\\")) => Some(28),
        (_, Some(b"]")) => Some(29),
        (_, Some(b"^")) => Some(30),
        (_, Some(b"_")) => Some(31),
        ([plain], None) => Some(*plain),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT, parse};

    #[test]
    fn keys() {
        assert_eq!(parse(DEFAULT).unwrap(), [16, 17]);
        assert_eq!(parse("a,ctrl-],ctrl-@").unwrap(), [b'a', 29, 0]);
        assert!(parse("").unwrap().is_empty());
        assert!(parse("ctrl-A").is_err());
        assert!(parse("abc").is_err());
    }
}
