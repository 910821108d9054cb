//! The outer form of CRIU images, and removal of a field from a protobuf message on the wire.
//!
//! An image is a 4-byte magic of its family, one of its type, then entries of a 4-byte
//! little-endian length and that many bytes. Source: CRIU's `criu/image.c`, `criu/include/magic.h`,
//! <https://criu.org/Images>; protobuf's encoding: <https://protobuf.dev/programming-guides/encoding/>.
//! Works on bytes only: whatever it doesn't know, it keeps.

/// `IMG_COMMON_MAGIC`: images of processes.
const COMMON: u32 = 0x5456_4319;
/// `IMG_SERVICE_MAGIC`: statistics and the like.
const SERVICE: u32 = 0x5510_5940;
/// `INVENTORY_MAGIC`, the only one that stands alone: it tells the version of all others.
pub(super) const INVENTORY: &[u32] = &[0x5831_3116];
/// `PSTREE_MAGIC`.
pub(super) const PSTREE: &[u32] = &[COMMON, 0x5027_3030];
/// `CORE_MAGIC`.
pub(super) const CORE: &[u32] = &[COMMON, 0x5505_3847];
/// `CGROUP_MAGIC`.
pub(super) const CGROUP: &[u32] = &[COMMON, 0x5938_3330];
/// `IDS_MAGIC`.
pub(super) const IDS: &[u32] = &[COMMON, 0x5443_2030];
/// `FDINFO_MAGIC`.
pub(super) const FDINFO: &[u32] = &[COMMON, 0x5621_3732];
/// `FILES_MAGIC`.
pub(super) const FILES: &[u32] = &[COMMON, 0x5630_3138];
/// `PAGEMAP_MAGIC`.
pub(super) const PAGEMAP: &[u32] = &[COMMON, 0x5608_4025];
/// `MM_MAGIC`.
pub(super) const MM: &[u32] = &[COMMON, 0x5749_2820];
/// `FS_MAGIC`.
pub(super) const FS: &[u32] = &[COMMON, 0x5140_3912];
/// `STATS_MAGIC`.
pub(super) const STATS: &[u32] = &[SERVICE, 0x5709_3306];

/// Bytes of two magics.
pub(super) const HEADER: usize = 8;

/// Splits an image into its entries after checking the magics that it starts with.
pub(super) fn entries<'a>(bytes: &'a [u8], magics: &[u32]) -> Result<Vec<&'a [u8]>, &'static str> {
    let mut rest = bytes;
    for magic in magics {
        let (found, after) = rest.split_first_chunk::<4>().ok_or("it is too short")?;
        if u32::from_le_bytes(*found) != *magic {
            return Err("it starts with another magic number");
        }
        rest = after;
    }
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (len, after) = rest.split_first_chunk::<4>().ok_or("it is truncated")?;
        let len = usize::try_from(u32::from_le_bytes(*len)).map_err(|_| "it is truncated")?;
        let (entry, after) = after.split_at_checked(len).ok_or("it is truncated")?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

/// Puts entries back together.
pub(super) fn image<'a>(
    magics: &[u32],
    entries: impl IntoIterator<Item = &'a [u8]>,
) -> Option<Vec<u8>> {
    let mut bytes: Vec<u8> = magics
        .iter()
        .flat_map(|magic| magic.to_le_bytes())
        .collect();
    for entry in entries {
        bytes.extend(u32::try_from(entry.len()).ok()?.to_le_bytes());
        bytes.extend(entry);
    }
    Some(bytes)
}

/// The message without the field that `path` leads to: all numbers but the last name embedded
/// messages. Everything else is kept byte by byte. Nothing when the bytes are no message.
pub(super) fn without(message: &[u8], path: &[u64]) -> Option<Vec<u8>> {
    let (&number, inner) = path.split_first()?;
    let mut kept = Vec::with_capacity(message.len());
    let mut rest = message;
    while !rest.is_empty() {
        let (key, after_key) = varint(rest)?;
        let value_len = match key & 7 {
            0 => after_key.len() - varint(after_key)?.1.len(),
            1 => 8,
            2 => {
                let (len, after) = varint(after_key)?;
                (after_key.len() - after.len()).checked_add(usize::try_from(len).ok()?)?
            }
            5 => 4,
            // Groups (3, 4) were gone before CRIU began.
            _ => return None,
        };
        let (value, after) = after_key.split_at_checked(value_len)?;
        let whole = &rest[..rest.len() - after.len()];
        if key >> 3 != number {
            kept.extend(whole);
        } else if !inner.is_empty() && key & 7 == 2 {
            let embedded = without(varint(value)?.1, inner)?;
            kept.extend(&whole[..whole.len() - value.len()]);
            push_varint(&mut kept, embedded.len() as u64);
            kept.extend(embedded);
        } else if !inner.is_empty() {
            return None;
        }
        rest = after;
    }
    Some(kept)
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (index, &byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(u32::try_from(index * 7).ok()?)?;
        if byte < 0x80 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap_or(0));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_goes_and_all_else_stays() {
        // 1: 150, 2: {1: 1, 16: 2, 3: "x"}, 16: 7, 5: fixed32
        let message = [
            0x08, 0x96, 0x01, 0x12, 0x08, 0x08, 0x01, 0x80, 0x01, 0x02, 0x1a, 0x01, b'x', 0x80,
            0x01, 0x07, 0x2d, 1, 2, 3, 4,
        ];
        let inner = without(&message, &[2, 16]).unwrap();
        assert_eq!(
            inner,
            [
                0x08, 0x96, 0x01, 0x12, 0x05, 0x08, 0x01, 0x1a, 0x01, b'x', 0x80, 0x01, 0x07, 0x2d,
                1, 2, 3, 4
            ]
        );
        assert_eq!(without(&inner, &[2, 16]).unwrap(), inner);
        let outer = without(&message, &[16]).unwrap();
        assert_eq!(outer.len(), message.len() - 3);
        assert!(without(&message[..20], &[16]).is_none());
        assert!(without(&message, &[1, 2]).is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(kept) = without(&bytes, &[3, 9]) {
                prop_assert!(kept.len() <= bytes.len());
                prop_assert_eq!(without(&kept, &[3, 9]), Some(kept.clone()));
            }
            drop(entries(&bytes, CORE));
        }
    }
}
