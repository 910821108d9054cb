//! An archive that is spread over several streams, each a tar of its own: the layers of an image.
//!
//! Which member goes where is its writer's business; who reads takes them for one archive.

use std::io::{self, Read, Write};

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
