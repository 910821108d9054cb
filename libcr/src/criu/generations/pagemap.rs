//! `pagemap-*.img` as they are written here.
//!
//! Source: CRIU's `images/pagemap.proto`. Its required fields are written also where they are zero
//! (shared memory begins at offset 0), and the number of pages in both fields: CRIU before 4.0 knows
//! the first alone.

use prost::Message;

use super::super::wire;

/// Flags of a run: its pages are in the parent; they may come later; they are here.
pub(super) const IN_PARENT: u32 = 1;
pub(super) const LAZY: u32 = 2;
pub(super) const PRESENT: u32 = 4;

#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(super) struct Head {
    #[prost(uint32, required, tag = "1")]
    pub(super) pages_id: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(super) struct Entry {
    #[prost(uint64, required, tag = "1")]
    pub(super) address: u64,
    #[prost(uint32, required, tag = "2")]
    pub(super) pages_then: u32,
    #[prost(bool, optional, tag = "3")]
    pub(super) in_parent: Option<bool>,
    #[prost(uint32, optional, tag = "4")]
    pub(super) flags: Option<u32>,
    #[prost(uint64, optional, tag = "5")]
    pub(super) pages: Option<u64>,
}

impl Entry {
    /// Pages from an address on.
    pub(super) fn new(address: u64, pages: u64, flags: u32) -> Self {
        Self {
            address,
            pages_then: u32::try_from(pages).unwrap_or(u32::MAX),
            in_parent: None,
            flags: Some(flags),
            pages: Some(pages),
        }
    }

    /// How many pages.
    pub(super) fn count(&self) -> u64 {
        self.pages.unwrap_or(u64::from(self.pages_then))
    }

    /// Its flags, in any of the forms that they had.
    pub(super) fn kind(&self) -> u32 {
        match self.in_parent {
            Some(true) => IN_PARENT,
            _ => self.flags.unwrap_or(PRESENT),
        }
    }
}

/// The bytes of an image.
pub(super) fn image(pages_id: u32, entries: impl IntoIterator<Item = Entry>) -> Vec<u8> {
    let mut parts = vec![Head { pages_id }.encode_to_vec()];
    parts.extend(entries.into_iter().map(|entry| entry.encode_to_vec()));
    // An entry has some twenty bytes: its length always fits.
    wire::image(wire::PAGEMAP, parts.iter().map(Vec::as_slice)).unwrap_or_default()
}
