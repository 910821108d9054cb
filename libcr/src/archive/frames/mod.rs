//! zstd's seekable format: independent frames of bounded size and, in a skippable frame behind
//! them, a table of how long each is. Every zstd decoder reads it as one stream.
//!
//! Source: facebook/zstd `contrib/seekable_format/zstd_seekable_compression_format.md`, version
//! 0.1.0. [`encoder`] writes it, [`table`] is the table, [`random`] reads here and there. Knows
//! nothing of what is in the frames.

mod encoder;
mod random;
mod table;

pub(super) use encoder::FrameEncoder;
pub(super) use random::Frames;

/// Bytes of content of each frame but the last: 2 MiB. Larger ones compress hardly better (0.2 % of
/// source text at 4 MiB), leave more processors idle with small archives and take more memory.
const FRAME: usize = 2 << 20;
