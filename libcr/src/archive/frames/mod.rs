//! zstd's seekable format: independent frames of bounded size and, in a skippable frame behind
//! them, a table of how long each is. Every zstd decoder reads it as one stream.
//!
//! Source: facebook/zstd `contrib/seekable_format/zstd_seekable_compression_format.md`, version
//! 0.1.0. [`encoder`] writes it. Knows nothing of what is in the frames.

pub(super) mod encoder;

pub(super) use encoder::FrameEncoder;

/// Bytes of content of each frame but the last: 2 MiB. Larger ones compress hardly better (0.2 % of
/// source text at 4 MiB), leave more processors idle with small archives and take more memory.
const FRAME: usize = 2 << 20;

/// The skippable frame that holds the table.
const SKIPPABLE_MAGIC: u32 = 0x184D_2A5E;
/// The last four bytes of the file.
const TABLE_MAGIC: u32 = 0x8F92_EAB1;
/// Number of frames, flags and magic number.
const FOOTER: usize = 9;

/// A row of the table: what one frame takes before and after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    compressed: u32,
    content: u32,
}

/// The skippable frame with this table, without checksums: each frame has its own.
///
/// Nothing for a table that is too large for such a frame, at 2 PiB of content.
fn render(rows: &[Row]) -> Option<Vec<u8>> {
    let len = u32::try_from(rows.len() * 8 + FOOTER).ok()?;
    let count = u32::try_from(rows.len()).ok()?;
    let mut table = Vec::with_capacity(8 + rows.len() * 8 + FOOTER);
    table.extend(SKIPPABLE_MAGIC.to_le_bytes());
    table.extend(len.to_le_bytes());
    for row in rows {
        table.extend(row.compressed.to_le_bytes());
        table.extend(row.content.to_le_bytes());
    }
    table.extend(count.to_le_bytes());
    table.push(0);
    table.extend(TABLE_MAGIC.to_le_bytes());
    Some(table)
}
