//! Reads Rust source as text: finds files, blanks comments, literals and test-only items, and lists
//! the paths a file names. It is no parser: it must be right on code that compiles, nothing more.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// All `.rs` files below a directory, sorted; build output and hidden directories are passed over.
pub fn rust_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![directory.to_path_buf()];
    while let Some(next) = waiting.pop() {
        let entries =
            fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    waiting.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The text with comments and the insides of string and character literals replaced by spaces, line
/// breaks kept, so that offsets and line numbers stay those of the file.
pub fn without_comments_and_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => Some(end_of_line(bytes, at)),
            b'/' if bytes.get(at + 1) == Some(&b'*') => Some(end_of_block_comment(bytes, at)),
            b'"' => Some(end_of_string(bytes, at)),
            b'r' if !continues_word(bytes, at) => end_of_raw_string(bytes, at),
            b'\'' => end_of_character(bytes, at),
            _ => None,
        };
        let Some(end) = end else {
            at += 1;
            continue;
        };
        let end = end.min(bytes.len());
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |length| from + length)
}

fn end_of_block_comment(bytes: &[u8], from: usize) -> usize {
    let (mut depth, mut at) = (0_usize, from);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'/', b'*') => (depth, at) = (depth + 1, at + 2),
            (b'*', b'/') => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// True when the byte before `at` belongs to a word, except the `b` and `c` of `br"` and `cr"`.
fn continues_word(bytes: &[u8], at: usize) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match at.checked_sub(1).map(|before| bytes[before]) {
        Some(b'b' | b'c') => at >= 2 && word(bytes[at - 2]),
        Some(byte) => word(byte),
        None => false,
    }
}

fn end_of_raw_string(bytes: &[u8], from: usize) -> Option<usize> {
    let hashes = bytes[from + 1..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    if bytes.get(from + 1 + hashes) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.resize(hashes + 1, b'#');
    let start = from + hashes + 2;
    let length = bytes[start..]
        .windows(close.len())
        .position(|window| window == close)?;
    Some(start + length + close.len())
}

/// The end of a character literal, or none when the quote starts a lifetime.
fn end_of_character(bytes: &[u8], from: usize) -> Option<usize> {
    if bytes.get(from + 1) == Some(&b'\\') {
        let close = bytes[from + 3..].iter().position(|byte| *byte == b'\'')?;
        return Some(from + 3 + close + 1);
    }
    let text = std::str::from_utf8(
        bytes
            .get(from + 1..)?
            .get(..4.min(bytes.len() - from - 1))?,
    );
    let width = match text {
        Ok(text) => text.chars().next()?.len_utf8(),
        Err(error) if error.valid_up_to() > 0 => {
            std::str::from_utf8(&bytes[from + 1..from + 1 + error.valid_up_to()])
                .ok()?
                .chars()
                .next()?
                .len_utf8()
        }
        Err(_) => return None,
    };
    (bytes.get(from + 1 + width) == Some(&b'\'')).then_some(from + width + 2)
}

/// The cleaned text with every item under `#[cfg(test)]` blanked too.
pub fn without_tests(cleaned: &str) -> String {
    let mut out = cleaned.as_bytes().to_vec();
    let mut from = 0;
    while let Some(found) = cleaned[from..].find("#[cfg(test)]") {
        let start = from + found;
        let end = end_of_item(cleaned.as_bytes(), start + "#[cfg(test)]".len());
        for byte in &mut out[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        from = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Where the item that starts after `from` ends: its closing brace, or the semicolon before any.
fn end_of_item(bytes: &[u8], from: usize) -> usize {
    let mut depth = 0_i32;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth <= 0 {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    bytes.len()
}

/// A path that begins with `crate`, `super` or `self`, as named at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPath {
    /// Its segments; the use tree `crate::a::{b, c::D}` gives two paths.
    pub segments: Vec<String>,
    /// The line, from 1, of its first segment.
    pub line: usize,
}

/// All paths that begin with `crate`, `super` or `self` in cleaned text.
pub fn named_paths(cleaned: &str) -> Vec<NamedPath> {
    let bytes = cleaned.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let word = word_at(bytes, at);
        if word.is_empty() {
            at += 1;
            continue;
        }
        let end = at + word.len();
        let qualified = cleaned[..at].trim_end().ends_with("::");
        if matches!(word, "crate" | "super" | "self")
            && !qualified
            && after_colons(bytes, end).is_some()
        {
            let line = cleaned[..at].matches('\n').count() + 1;
            at = read_tree(bytes, at, &[], line, &mut found);
        } else {
            at = end;
        }
    }
    found
}

fn word_at(bytes: &[u8], at: usize) -> &str {
    let length = bytes[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    std::str::from_utf8(&bytes[at..at + length]).unwrap_or("")
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

fn after_colons(bytes: &[u8], at: usize) -> Option<usize> {
    let at = skip_space(bytes, at);
    bytes[at..]
        .starts_with(b"::")
        .then(|| skip_space(bytes, at + 2))
}

/// Reads one use tree or path from `at`, adds its leaves and returns where it ends.
fn read_tree(
    bytes: &[u8],
    mut at: usize,
    prefix: &[String],
    line: usize,
    found: &mut Vec<NamedPath>,
) -> usize {
    let mut segments = prefix.to_vec();
    loop {
        at = skip_space(bytes, at);
        if bytes.get(at) == Some(&b'{') {
            at += 1;
            loop {
                at = skip_space(bytes, at);
                match bytes.get(at) {
                    None => return at,
                    Some(b'}') => return at + 1,
                    Some(b',') => at += 1,
                    Some(_) => {
                        let next = read_tree(bytes, at, &segments, line, found);
                        // `as name` and anything unforeseen is passed over.
                        at = next.max(at + 1);
                        while bytes
                            .get(at)
                            .is_some_and(|byte| !matches!(byte, b',' | b'}'))
                        {
                            at += 1;
                        }
                    }
                }
            }
        }
        let word = word_at(bytes, at);
        if word.is_empty() {
            break;
        }
        segments.push(word.to_owned());
        at += word.len();
        match after_colons(bytes, at) {
            Some(next) => at = next,
            None => break,
        }
    }
    found.push(NamedPath { segments, line });
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_what_is_no_code() {
        let text = "a /* x /* y */ z */ b // c\n\"crate::x\" r#\"crate::\"y\"# 'q' '\\'' 'a: &'a str é 'é'";
        let cleaned = without_comments_and_literals(text);
        assert!(!cleaned.contains("crate") && !cleaned.contains('x') && !cleaned.contains('q'));
        assert!(cleaned.contains("'a: &'a str é"));
        assert_eq!(cleaned.matches('\n').count(), 1);
    }

    #[test]
    fn blanks_tests() {
        let text = "use a;\n#[cfg(test)]\nmod tests { use crate::b; fn c() { {} } }\nuse crate::d;\n#[cfg(test)]\nmod e;\nf";
        let kept = without_tests(text);
        assert!(!kept.contains("crate::b") && kept.contains("crate::d"));
        assert!(!kept.contains("mod e") && kept.ends_with('f'));
    }

    #[test]
    fn reads_use_trees_and_paths() {
        let text = "use crate::{a::{B, c}, d::*};\nlet x = crate::e::f(super::g::H, other::crate_::i);\nself.y();";
        let paths: Vec<(String, usize)> = named_paths(text)
            .into_iter()
            .map(|path| (path.segments.join("::"), path.line))
            .collect();
        let expected = [
            ("crate::a::B", 1),
            ("crate::a::c", 1),
            ("crate::d", 1),
            ("crate::e::f", 2),
            ("super::g::H", 2),
        ];
        assert_eq!(paths, expected.map(|(path, line)| (path.to_owned(), line)));
    }
}
