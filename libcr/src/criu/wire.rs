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
/// `UTSNS_MAGIC`.
pub(super) const UTSNS: &[u32] = &[COMMON, 0x5447_3203];
/// `IPC_VAR_MAGIC`.
pub(super) const IPC_VAR: &[u32] = &[COMMON, 0x5311_5007];
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
/// `REMAP_FPATH_MAGIC`.
pub(super) const REMAP: &[u32] = &[COMMON, 0x5913_3954];
/// `MEMFD_INODE_MAGIC`.
pub(super) const MEMFD: &[u32] = &[COMMON, 0x4845_3499];
/// `CREDS_MAGIC`, of a time before CRIU 2.0.
pub(super) const CREDS: &[u32] = &[COMMON, 0x5402_3547];
/// `REG_FILES_MAGIC`. This and the following are of images before CRIU 3.0, which has all open
/// files in `files.img`.
pub(super) const REG_FILES: &[u32] = &[COMMON, 0x5036_3636];
/// `PIPES_MAGIC`.
pub(super) const PIPES: &[u32] = &[COMMON, 0x5651_3555];
/// `FIFO_MAGIC`.
pub(super) const FIFO: &[u32] = &[COMMON, 0x5836_4939];
/// `INETSK_MAGIC`.
pub(super) const INETSK: &[u32] = &[COMMON, 0x5644_3851];
/// `UNIXSK_MAGIC`.
pub(super) const UNIXSK: &[u32] = &[COMMON, 0x5437_3943];
/// `EVENTFD_FILE_MAGIC`.
pub(super) const EVENTFD: &[u32] = &[COMMON, 0x4452_3722];
/// `EVENTPOLL_FILE_MAGIC`.
pub(super) const EVENTPOLL: &[u32] = &[COMMON, 0x4502_3858];
/// `INOTIFY_FILE_MAGIC`.
pub(super) const INOTIFY: &[u32] = &[COMMON, 0x4842_4431];
/// `SIGNALFD_MAGIC`.
pub(super) const SIGNALFD: &[u32] = &[COMMON, 0x5732_3820];
/// `PACKETSK_MAGIC`.
pub(super) const PACKETSK: &[u32] = &[COMMON, 0x6045_4618];
/// `TTY_FILES_MAGIC`.
pub(super) const TTY: &[u32] = &[COMMON, 0x5943_3025];
/// `FANOTIFY_FILE_MAGIC`.
pub(super) const FANOTIFY: &[u32] = &[COMMON, 0x5509_6122];
/// `NETLINK_SK_MAGIC`.
pub(super) const NETLINKSK: &[u32] = &[COMMON, 0x5800_5614];
/// `NS_FILES_MAGIC`.
pub(super) const NS_FILES: &[u32] = &[COMMON, 0x6139_4011];
/// `TUNFILE_MAGIC`.
pub(super) const TUNFILE: &[u32] = &[COMMON, 0x5714_3751];
/// `EXT_FILES_MAGIC`.
pub(super) const EXT_FILES: &[u32] = &[COMMON, 0x5925_5641];
/// `TIMERFD_MAGIC`.
pub(super) const TIMERFD: &[u32] = &[COMMON, 0x5049_3712];
/// `MNTS_MAGIC`.
pub(super) const MOUNTS: &[u32] = &[COMMON, 0x5556_3928];
/// `SECCOMP_MAGIC`.
pub(super) const SECCOMP: &[u32] = &[COMMON, 0x6441_3049];
/// `NETNS_MAGIC`.
pub(super) const NETNS: &[u32] = &[COMMON, 0x5593_3752];
/// `PIDNS_MAGIC`.
pub(super) const PIDNS: &[u32] = &[COMMON, 0x6115_7326];
/// `GHOST_FILE_MAGIC`.
pub(super) const GHOST: &[u32] = &[COMMON, 0x5258_3605];
/// `APPARMOR_MAGIC`.
pub(super) const APPARMOR: &[u32] = &[COMMON, 0x5942_3047];
/// `STATS_MAGIC`.
pub(super) const STATS: &[u32] = &[SERVICE, 0x5709_3306];

/// Bytes of two magics.
pub(super) const HEADER: usize = 8;

/// What is wrong with an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damage {
    /// Where, bytes from its start, when it is in one place.
    pub(super) at: Option<u64>,
    /// What it is, as the rest of a sentence about the image.
    pub(super) why: &'static str,
}

impl From<&'static str> for Damage {
    fn from(why: &'static str) -> Self {
        Self { at: None, why }
    }
}

/// The entries of an image one after another, each with where it begins. Nothing follows damage.
#[derive(Debug)]
pub(super) struct Entries<'a> {
    bytes: &'a [u8],
    /// Where the next entry's length is.
    next: usize,
}

impl<'a> Entries<'a> {
    /// Of an image, after checking the magics that it starts with.
    pub(super) fn of(bytes: &'a [u8], magics: &[u32]) -> Result<Self, Damage> {
        let mut next = 0;
        for magic in magics {
            let at = Some(next as u64);
            let found = bytes.get(next..).and_then(<[u8]>::first_chunk::<4>);
            let found = found.ok_or(Damage {
                at,
                why: "it is too short",
            })?;
            if u32::from_le_bytes(*found) != *magic {
                return Err(Damage {
                    at,
                    why: "it has another magic number there than such images have",
                });
            }
            next += found.len();
        }
        Ok(Self { bytes, next })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<(u64, &'a [u8]), Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self
            .bytes
            .get(self.next..)
            .filter(|rest| !rest.is_empty())?;
        let at = self.next as u64;
        self.next = self.bytes.len();
        let Some((len, after)) = rest.split_first_chunk::<4>() else {
            return Some(Err(Damage {
                at: Some(at),
                why: "the length of an entry is cut",
            }));
        };
        let entry = usize::try_from(u32::from_le_bytes(*len))
            .ok()
            .and_then(|len| after.get(..len));
        let Some(entry) = entry else {
            return Some(Err(Damage {
                at: Some(at),
                why: "an entry is longer than the file",
            }));
        };
        self.next = self.bytes.len() - after.len() + entry.len();
        Some(Ok((at, entry)))
    }
}

/// All entries of an image, which must be whole.
pub(super) fn entries<'a>(bytes: &'a [u8], magics: &[u32]) -> Result<Vec<&'a [u8]>, Damage> {
    Entries::of(bytes, magics)?
        .map(|entry| Ok(entry?.1))
        .collect()
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

/// The values of a field of a message that is bytes, a text or a message itself, up to where the
/// message can't be read.
pub(super) fn values(message: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    let mut rest = message;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (key, after_key) = varint(rest)?;
            let (value, after) = match key & 7 {
                0 => (&after_key[..0], varint(after_key)?.1),
                1 => after_key.split_at_checked(8)?,
                2 => {
                    let (len, after) = varint(after_key)?;
                    after.split_at_checked(usize::try_from(len).ok()?)?
                }
                5 => after_key.split_at_checked(4)?,
                _ => return None,
            };
            rest = after;
            if key & 7 == 2 && key >> 3 == number {
                return Some(value);
            }
        }
        None
    })
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
        let found: Vec<&[u8]> = values(&message, 2).collect();
        assert_eq!(found, [&message[5..13]]);
        assert_eq!(values(found[0], 3).collect::<Vec<_>>(), [b"x"]);
        assert_eq!(values(&message[..8], 2).count(), 0);
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
            assert!(values(&bytes, 2).count() <= bytes.len());
        }
    }
}
