//! Container identifiers and names: what is a valid one, and how a user's word is read.

/// Number of hexadecimal digits of a full id.
pub const ID_LENGTH: usize = 64;
/// Number of digits that tables show.
pub const SHORT_ID_LENGTH: usize = 12;

/// What is wrong with an id or a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a name that Podman's grammar allows.
    #[error("names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument")]
    Name,
    /// Not 64 lower-case hexadecimal digits.
    #[error("\"{0}\" is not a container ID: 64 hexadecimal digits are needed")]
    Id(String),
}

/// True for 64 lower-case hexadecimal digits.
pub fn is_full_id(text: &str) -> bool {
    text.len() == ID_LENGTH && is_hex(text)
}

/// True for a word that could be the beginning of an id.
pub fn is_id_prefix(text: &str) -> bool {
    !text.is_empty() && text.len() <= ID_LENGTH && is_hex(text)
}

fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Checks an id that came from outside.
pub fn check_id(text: &str) -> Result<(), IdError> {
    if is_full_id(text) {
        Ok(())
    } else {
        Err(IdError::Id(text.chars().take(80).collect()))
    }
}

/// Checks a name: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, at most 253 bytes.
pub fn check_name(text: &str) -> Result<(), IdError> {
    let mut bytes = text.bytes();
    let first = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    if first && rest && text.len() <= 253 {
        Ok(())
    } else {
        Err(IdError::Name)
    }
}

/// The first twelve digits, as tables show ids.
pub fn short(id: &str) -> &str {
    id.get(..SHORT_ID_LENGTH).unwrap_or(id)
}

/// A full id from 32 random bytes.
pub fn from_random(bytes: [u8; 32]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(ID_LENGTH), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        })
}

/// A readable name from random bytes, for a container that was given none.
pub fn name_from_random(bytes: [u8; 3]) -> String {
    const QUALITIES: [&str; 32] = [
        "arctic", "brisk", "calm", "clear", "cool", "crisp", "dreamy", "early", "eager", "firm",
        "frosty", "gentle", "glacial", "hardy", "icy", "keen", "late", "lively", "lucid", "mellow",
        "nimble", "patient", "polar", "quiet", "resting", "serene", "silent", "sleepy", "steady",
        "still", "vivid", "wintry",
    ];
    const EXPLORERS: [&str; 32] = [
        "amundsen",
        "arnesen",
        "bancroft",
        "barents",
        "bering",
        "byrd",
        "charcot",
        "cherry",
        "crean",
        "drygalski",
        "fiennes",
        "franklin",
        "fuchs",
        "gerlache",
        "henson",
        "herbert",
        "hillary",
        "hudson",
        "lashly",
        "mawson",
        "mikkelsen",
        "nansen",
        "nordenskiold",
        "peary",
        "rasmussen",
        "ross",
        "scott",
        "shackleton",
        "sverdrup",
        "toll",
        "wilkins",
        "wrangel",
    ];
    let quality = QUALITIES[usize::from(bytes[0]) % QUALITIES.len()];
    let explorer = EXPLORERS[usize::from(bytes[1]) % EXPLORERS.len()];
    format!("{quality}_{explorer}{}", bytes[2] % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_podmans_grammar() {
        for good in ["web", "a", "web_1.x-y", "0"] {
            assert_eq!(check_name(good), Ok(()));
        }
        for bad in ["", "-web", "we b", "w/eb", ".web", "wéb", &"x".repeat(254)] {
            assert_eq!(check_name(bad), Err(IdError::Name), "{bad}");
        }
    }

    #[test]
    fn random_ids_are_ids_and_random_names_are_names() {
        let id = from_random([0xab; 32]);
        assert_eq!(check_id(&id), Ok(()));
        assert_eq!(short(&id).len(), SHORT_ID_LENGTH);
        for n in 0..=255 {
            assert_eq!(check_name(&name_from_random([n, 255 - n, n])), Ok(()));
        }
        assert!(check_id("ABC").is_err());
        assert!(!is_id_prefix("xyz"));
    }
}
