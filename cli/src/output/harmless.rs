//! Text that nobody vouches for, on a terminal: what could move the cursor, change colours, turn
//! the direction of writing or hide is written as `\x1b` or `\u{202e}`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with nothing in it that a terminal would act upon. A backslash is doubled, so that what
/// is escaped can be told from what was so.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '\n' => plain.push_str("\\n"),
            '\t' => plain.push_str("\\t"),
            '\r' => plain.push_str("\\r"),
            '\\' => plain.push_str("\\\\"),
            letter if !acts(letter) => plain.push(letter),
            letter if u32::from(letter) < 0x80 => {
                let _ = write!(plain, "\\x{:02x}", u32::from(letter));
            }
            letter => {
                let _ = write!(plain, "\\u{{{:x}}}", u32::from(letter));
            }
        }
    }
    Cow::Owned(plain)
}

/// A message for people, whose line breaks are its own and whose backslashes stay as they are:
/// nothing else in it acts on a terminal.
pub fn message(text: &str) -> Cow<'_, str> {
    let acts = |letter: char| !matches!(letter, '\n' | '\\') && acts(letter);
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if acts(letter) {
            let _ = write!(plain, "{}", letter.escape_unicode());
        } else {
            plain.push(letter);
        }
    }
    Cow::Owned(plain)
}

/// Control characters, and those of Unicode that are not seen but change what is (its categories
/// Cf, Zl and Zp: marks and overrides of direction, joiners, separators, tags).
fn acts(letter: char) -> bool {
    letter == '\\'
        || letter.is_control()
        || matches!(
            u32::from(letter),
            0xad | 0x0600..=0x0605
                | 0x061c
                | 0x06dd
                | 0x070f
                | 0x08e2
                | 0x180e
                | 0x200b..=0x200f
                | 0x2028..=0x202e
                | 0x2060..=0x206f
                | 0xfeff
                | 0xfff9..=0xfffb
                | 0x1_10bd
                | 0x1_bca0..=0x1_bca3
                | 0x1_d173..=0x1_d17a
                | 0xe_0000..=0xe_0fff
        )
}

#[cfg(test)]
mod tests {
    use super::{harmless, message};

    #[test]
    fn messages_keep_their_lines() {
        let text = "Error: a\\b\n  caused by: \u{1b}[2J\u{202e}x";
        assert_eq!(
            message(text),
            "Error: a\\b\n  caused by: \\u{1b}[2J\\u{202e}x"
        );
    }

    #[test]
    fn nothing_acts() {
        for (text, shown) in [
            ("plain /usr/bin/käse", "plain /usr/bin/käse"),
            ("\x1b[2J\x07", "\\x1b[2J\\x07"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("\u{202e}txt.exe\u{2066}", "\\u{202e}txt.exe\\u{2066}"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\x7f"),
            ("\u{2028}\u{feff}\u{e0041}", "\\u{2028}\\u{feff}\\u{e0041}"),
            ("\\x1b", "\\\\x1b"),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }
}
