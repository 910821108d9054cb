//! Tar streams as trees need them: headers written, members read with caps on every length.
//!
//! The tar crate reads GNU and PAX sparse files only in part and believes the lengths of long
//! names and PAX records; both matter here, where streams come from strangers.

pub(super) mod header;
mod numbers;
pub(super) mod reader;
