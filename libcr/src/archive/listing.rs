//! What is in a single part of an archive, without taking anything out.

use std::io::Read;

use super::layout::Kind;
use super::tape::Tape;
use super::{ArchiveError, Limits};

/// The members of one part, in order: name, kind, bytes. All of it is read.
///
/// # Errors
/// All that a hostile or broken archive can earn.
pub fn members(
    part: impl Read + Send + 'static,
    archive: String,
    limits: Limits,
) -> Result<Vec<(String, Kind, u64)>, ArchiveError> {
    let mut tape = Tape::new(part, archive, limits.into())?;
    let mut found = Vec::new();
    while let Some(member) = tape.next()? {
        found.push((member.name, member.kind, member.len));
    }
    Ok(found)
}
