//! The seek table: written behind the frames, and read from a file whose every byte may be a lie.
//!
//! Frames are where the table says only if their sum is the file, and the header of each says the
//! same of its content. That is not proof that the frame ends there: who decompresses it finds out.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use zstd::zstd_safe::get_frame_content_size;

/// The skippable frame that holds the table.
const SKIPPABLE_MAGIC: u32 = 0x184D_2A5E;
/// The last four bytes of the file.
const TABLE_MAGIC: u32 = 0x8F92_EAB1;
/// Of a frame that is not skippable.
const FRAME_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Magic number and length of a skippable frame.
const SKIPPABLE_HEADER: usize = 8;
/// Number of frames, flags and magic number.
const FOOTER: usize = 9;
/// The most bytes of a frame's header.
const FRAME_HEADER: usize = 18;
/// The longest table that is read, bytes: enough for 4 TiB in frames of ours.
const MOST_TABLE: u64 = 16 << 20;
/// The most content of a frame that is read at random, bytes: it is in memory as a whole.
const MOST_CONTENT: u32 = 32 << 20;

/// What one frame takes before and after decompression, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) compressed: u32,
    pub(super) content: u32,
}

/// The skippable frame with this table, without checksums: each frame has its own.
///
/// Nothing for a table that is too long for such a frame, at 1 PiB of content.
pub(super) fn render(rows: &[Row]) -> Option<Vec<u8>> {
    let len = u32::try_from(rows.len() * 8 + FOOTER).ok()?;
    let count = u32::try_from(rows.len()).ok()?;
    let mut table = Vec::with_capacity(SKIPPABLE_HEADER + rows.len() * 8 + FOOTER);
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

/// The rows of the file's table; nothing when it has none, or one that can't be right or asks for
/// more memory than is given.
pub(super) fn read(file: &File) -> io::Result<Option<Vec<Row>>> {
    let len = file.metadata()?.len();
    let Some(at) = len.checked_sub(FOOTER as u64) else {
        return Ok(None);
    };
    let mut footer = [0; FOOTER];
    file.read_exact_at(&mut footer, at)?;
    let count = u64::from(number(&footer));
    let flags = footer[4];
    // Bit 7 announces checksums, bits 6 to 2 are reserved.
    if number(&footer[5..]) != TABLE_MAGIC || flags & 0x7c != 0 {
        return Ok(None);
    }
    let row_len = if flags & 0x80 == 0 { 8 } else { 12 };
    let table_len = count * row_len + FOOTER as u64;
    let whole_len = table_len + SKIPPABLE_HEADER as u64;
    if table_len > MOST_TABLE || whole_len > len {
        return Ok(None);
    }
    let mut table = vec![0; usize::try_from(whole_len).map_err(io::Error::other)?];
    file.read_exact_at(&mut table, len - whole_len)?;
    if number(&table) != SKIPPABLE_MAGIC || u64::from(number(&table[4..])) != table_len {
        return Ok(None);
    }
    let rows = &table[SKIPPABLE_HEADER..table.len() - FOOTER];
    let rows: Vec<Row> = rows
        .chunks_exact(usize::try_from(row_len).map_err(io::Error::other)?)
        .map(|row| Row {
            compressed: number(row),
            content: number(&row[4..]),
        })
        .collect();
    Ok(agrees(file, &rows, len - whole_len)?.then_some(rows))
}

/// Whether the frames are `len` bytes together and each is as its row says, as far as its header
/// tells.
fn agrees(file: &File, rows: &[Row], len: u64) -> io::Result<bool> {
    let sum: u64 = rows.iter().map(|row| u64::from(row.compressed)).sum();
    if sum != len {
        return Ok(false);
    }
    let mut at = 0;
    for row in rows {
        let possible = usize::try_from(row.content)
            .is_ok_and(|content| u64::from(row.compressed) <= zstd::compress_bound(content) as u64);
        if row.content > MOST_CONTENT || !possible {
            return Ok(false);
        }
        let mut header = [0; FRAME_HEADER];
        let header = &mut header[..FRAME_HEADER.min(row.compressed as usize)];
        file.read_exact_at(header, at)?;
        let says = get_frame_content_size(header).ok().flatten();
        if !header.starts_with(&FRAME_MAGIC) || says != Some(u64::from(row.content)) {
            return Ok(false);
        }
        at += u64::from(row.compressed);
    }
    Ok(true)
}

/// The first four bytes, which are there.
fn number(bytes: &[u8]) -> u32 {
    bytes
        .first_chunk()
        .map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(parts: &[&[u8]]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        for part in parts {
            file.write_all(part).unwrap();
        }
        file
    }

    fn frame(content: &[u8]) -> (Vec<u8>, Row) {
        let compressed = zstd::bulk::compress(content, 1).unwrap();
        let row = Row {
            compressed: u32::try_from(compressed.len()).unwrap(),
            content: u32::try_from(content.len()).unwrap(),
        };
        (compressed, row)
    }

    #[test]
    fn a_table_comes_back() {
        let (first, a) = frame(b"some content");
        let (second, b) = frame(&[7; 5000]);
        let table = render(&[a, b]).unwrap();
        assert_eq!(
            read(&file(&[&first, &second, &table])).unwrap(),
            Some(vec![a, b])
        );
        // With checksums, as other programs write it.
        let mut other = Vec::new();
        other.extend(SKIPPABLE_MAGIC.to_le_bytes());
        other.extend((2 * 12 + 9_u32).to_le_bytes());
        for row in [a, b] {
            other.extend(row.compressed.to_le_bytes());
            other.extend(row.content.to_le_bytes());
            other.extend([1, 2, 3, 4]);
        }
        other.extend(2_u32.to_le_bytes());
        other.push(0x80);
        other.extend(TABLE_MAGIC.to_le_bytes());
        assert_eq!(
            read(&file(&[&first, &second, &other])).unwrap(),
            Some(vec![a, b])
        );
    }

    #[test]
    fn a_table_that_lies_is_none() {
        let (first, a) = frame(b"some content");
        let (second, b) = frame(&[7; 5000]);
        let with = |rows: &[Row]| {
            let table = render(rows).unwrap();
            read(&file(&[&first, &second, &table])).unwrap()
        };
        assert!(with(&[a, b]).is_some());
        let row = |compressed, content| Row {
            compressed,
            content,
        };
        for rows in [
            vec![],
            vec![a],
            vec![b, a],
            vec![a, b, b],
            vec![a, b, row(0, 0)],
            vec![row(a.compressed, a.content + 1), b],
            vec![a, row(b.compressed, 0)],
            vec![a, row(b.compressed, u32::MAX)],
            vec![
                row(a.compressed + 1, a.content),
                row(b.compressed - 1, b.content),
            ],
            vec![row(u32::MAX, a.content), b],
        ] {
            assert_eq!(with(&rows), None, "{rows:?}");
        }
    }

    #[test]
    fn a_table_that_is_none_is_none() {
        let (first, a) = frame(b"some content");
        let table = render(&[a]).unwrap();
        let whole = [first.clone(), table.clone()].concat();
        for cut in 1..whole.len() {
            assert_eq!(read(&file(&[&whole[..cut]])).unwrap(), None, "{cut}");
        }
        assert_eq!(read(&file(&[])).unwrap(), None);
        assert_eq!(read(&file(&[&whole, b"x"])).unwrap(), None);
        // Of two files joined, the table is that of the second alone.
        assert_eq!(read(&file(&[&whole, &whole])).unwrap(), None);
        let changed = |at: usize, byte: u8| {
            let mut table = table.clone();
            table[at] = byte;
            read(&file(&[&first, &table])).unwrap()
        };
        for at in 0..table.len() {
            let allowed = at == table.len() - 5;
            if allowed {
                // Bits 1 and 0 of the flags are free.
                assert_eq!(changed(at, 3), Some(vec![a]));
                assert_eq!(changed(at, 4), None);
                assert_eq!(changed(at, 0x80), None);
            } else {
                assert_eq!(changed(at, table[at] ^ 0x55), None, "{at}");
            }
        }
    }

    #[test]
    fn a_table_of_absurd_length_takes_no_memory() {
        let file = file(&[b"x"]);
        file.set_len(1 << 40).unwrap();
        let mut footer = u32::MAX.to_le_bytes().to_vec();
        footer.push(0);
        footer.extend(TABLE_MAGIC.to_le_bytes());
        file.write_all_at(&footer, (1 << 40) - 9).unwrap();
        assert_eq!(read(&file).unwrap(), None);
    }

    #[test]
    fn frames_without_their_length_or_too_long_are_not_for_this() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.write_all(b"some content").unwrap();
        let streamed = encoder.finish().unwrap();
        let row = Row {
            compressed: u32::try_from(streamed.len()).unwrap(),
            content: 12,
        };
        let table = render(&[row]).unwrap();
        assert_eq!(read(&file(&[&streamed, &table])).unwrap(), None);
        let (long, row) = frame(&vec![0; (32 << 20) + 1]);
        let table = render(&[row]).unwrap();
        assert_eq!(read(&file(&[&long, &table])).unwrap(), None);
    }
}
