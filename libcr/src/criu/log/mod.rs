//! CRIU's logs (`dump.log`, `restore.log`) turned into what happened and what to do about it.
//!
//! A log line is `(SECONDS) Error (FILE:LINE): TEXT`. The texts that are recognised are those of
//! CRIU 3.17 to 4.2. Only reads; what it doesn't recognise it passes on as it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::sys::dir::at;
use rule::{Rule, clean};

mod dump;
mod host;
mod restore;
mod rule;
#[cfg(test)]
mod tests;

/// Errors stand at the end; a log of a large container has many megabytes before.
const TAIL: u64 = 1 << 20;
/// Lines that are kept: the cause and what it led to.
const LINES: usize = 8;

/// What CRIU was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Freezing.
    Dump,
    /// Thawing.
    Restore,
}

/// Why CRIU failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What the matter is, in a sentence without a full stop.
    pub cause: String,
    /// What the user can do; nothing when the cause is not recognised.
    pub remedy: Option<String>,
    /// CRIU's error lines without time stamps, oldest first, at most eight.
    pub lines: Vec<String>,
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.cause)?;
        let remedy = self.remedy.as_ref();
        remedy.map_or(Ok(()), |remedy| write!(f, "; {remedy}"))
    }
}

/// Explains a log file; nothing when there is no error in it.
///
/// # Errors
/// When the file can't be read.
pub fn explain(path: &Path, phase: Phase) -> io::Result<Option<Explanation>> {
    let mut file = File::open(path).map_err(at("read", path))?;
    let len = file.metadata()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL)
        .read_to_end(&mut bytes)
        .map_err(at("read", path))?;
    Ok(explain_text(&String::from_utf8_lossy(&bytes), phase))
}

/// Explains the text of a log.
pub fn explain_text(text: &str, phase: Phase) -> Option<Explanation> {
    let lines: Vec<&str> = text.lines().collect();
    let errors: Vec<(usize, String)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| Some((index, error_text(line)?)))
        .filter(|(_, error)| !is_harmless(error))
        .collect();
    // What is unknown is best told by CRIU's first complaint: the later ones follow from it.
    let (_, first) = errors.first()?;
    let explained = rules(phase).find_map(|rule| {
        let mut fits = errors.iter();
        fits.find_map(|(index, error)| rule.explain(&lines, *index, error))
    });
    let (cause, remedy) = match explained {
        Some((cause, remedy)) => (cause, Some(remedy)),
        None => (format!("CRIU says: {first}"), None),
    };
    let excess = errors.len().saturating_sub(LINES);
    let kept = errors.into_iter().skip(excess).map(|(_, error)| error);
    Some(Explanation {
        cause,
        remedy,
        lines: kept.collect(),
    })
}

/// In the order in which they are tried: the first that fits any line wins, so causes stand before
/// what they lead to, and the telling before the general.
fn rules(phase: Phase) -> impl Iterator<Item = &'static Rule> {
    let own = match phase {
        Phase::Dump => dump::RULES,
        Phase::Restore => restore::RULES,
    };
    host::FIRST.iter().chain(own).chain(host::LAST)
}

/// The text of an error line, without time stamp and place in CRIU's source.
fn error_text(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("Error (")?;
    let (_, text) = rest.split_once("): ")?;
    let text = clean(text);
    (!text.is_empty()).then_some(text)
}

/// Errors that CRIU writes and goes on.
fn is_harmless(line: &str) -> bool {
    line.contains("RLIMIT_NOFILE for self")
        || line.starts_with("Dumping FAILED")
        || line.starts_with("Restoring FAILED")
}
