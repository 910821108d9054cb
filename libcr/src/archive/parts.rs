//! An archive that is spread over several streams, each a tar of its own: the layers of an image.
//!
//! Which member goes where is its writer's business; who reads takes them for one archive.

use std::io::{self, Read, Write};

use super::layout::Kind;
use super::tape::Tape;
use super::{ArchiveError, Limits};

/// A stream that a part goes into.
pub trait Part: Write + Send {
    /// The part is complete. One that is dropped without it was not.
    ///
    /// # Errors
    /// When it can't be kept.
    fn end(self: Box<Self>) -> io::Result<()>;
}

/// Where parts go, one after another.
pub trait Parts: Send {
    /// Begins the next part.
    ///
    /// # Errors
    /// When there is no place for it.
    fn begin(&mut self) -> io::Result<Box<dyn Part>>;

    /// Begins the next part, for what is compressed already.
    ///
    /// # Errors
    /// As [`Self::begin`].
    fn begin_packed(&mut self) -> io::Result<Box<dyn Part>> {
        self.begin()
    }
}

/// Where parts come from, in their order; each may be compressed in its own way.
pub type PartSource = Box<dyn Iterator<Item = io::Result<Box<dyn Read + Send>>> + Send>;

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
