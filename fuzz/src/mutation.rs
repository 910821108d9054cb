//! Changes of CRIU images that leave their form whole: an entry, or a field of a message however
//! deep, is changed, doubled or taken out, and all lengths around it are put right. Bytes changed at
//! random hardly ever get behind the first length.

use crate::parts::{self, MARK};

/// Numbers at which something may go over an edge.
const EDGES: [u64; 12] = [
    0,
    1,
    0x7f,
    0xfff,
    0x1000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_f000,
    0x7fff_ffff_ffff_ffff,
    u64::MAX,
];

/// How deep a message is looked into.
const DEPTH: usize = 6;

/// A sequence of numbers that its seed decides (xorshift).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Of this seed.
    pub fn new(seed: u32) -> Self {
        Self(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`, 0 when there are none.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let number = usize::try_from(self.0 >> 33).unwrap_or(0);
        if sides == 0 { 0 } else { number % sides }
    }
}

/// An input of [`crate::criu_images`] with one change in an image; nothing where the caller is to
/// change bytes of the whole. `change` changes some bytes in whatever way.
pub fn images(data: &[u8], seed: u32, change: &mut dyn FnMut(&mut Vec<u8>)) -> Option<Vec<u8>> {
    let mut dice = Dice::new(seed);
    let files = parts::split(data);
    if files.is_empty() || dice.roll(4) == 0 {
        return None;
    }
    let chosen = dice.roll(files.len());
    let mut out = Vec::with_capacity(data.len() + 64);
    for (number, (name, bytes)) in files.iter().enumerate() {
        out.extend(MARK);
        out.push(*name);
        if number == chosen {
            out.extend(image(bytes, matches!(name, 0 | 0x80), &mut dice, change));
        } else {
            out.extend(*bytes);
        }
    }
    Some(out)
}

/// An image with one of its entries changed; its first magic numbers stay.
fn image(
    bytes: &[u8],
    inventory: bool,
    dice: &mut Dice,
    change: &mut dyn FnMut(&mut Vec<u8>),
) -> Vec<u8> {
    let (magics, mut rest) = bytes.split_at(bytes.len().min(if inventory { 4 } else { 8 }));
    let mut entries: Vec<Vec<u8>> = Vec::new();
    while let Some((len, after)) = rest.split_first_chunk::<4>() {
        let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
        let Some((entry, after)) = after.split_at_checked(len) else {
            break;
        };
        entries.push(entry.to_vec());
        rest = after;
    }
    if entries.is_empty() {
        let mut whole = bytes.to_vec();
        change(&mut whole);
        return whole;
    }
    let at = dice.roll(entries.len());
    match dice.roll(12) {
        0 => drop(entries.remove(at)),
        1 => {
            let double = entries[dice.roll(entries.len())].clone();
            entries.insert(at, double);
        }
        2 => {
            let other = dice.roll(entries.len());
            entries.swap(at, other);
        }
        _ => entries[at] = message(&entries[at], DEPTH, dice, change),
    }
    let mut out = magics.to_vec();
    for entry in entries {
        out.extend(u32::try_from(entry.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend(entry);
    }
    out.extend(rest);
    out
}

/// A field of a message: its key as on the wire, and its value without a length before it.
struct Field<'a> {
    key: u64,
    value: &'a [u8],
}

/// A message with one of its fields, or one further in, changed.
fn message(
    bytes: &[u8],
    depth: usize,
    dice: &mut Dice,
    change: &mut dyn FnMut(&mut Vec<u8>),
) -> Vec<u8> {
    let Some(fields) = fields(bytes).filter(|fields| !fields.is_empty() && depth > 0) else {
        let mut bytes = bytes.to_vec();
        change(&mut bytes);
        return bytes;
    };
    let at = dice.roll(fields.len());
    let (what, other) = (dice.roll(10), dice.roll(fields.len()));
    let mut out = Vec::with_capacity(bytes.len() + 16);
    for (number, field) in fields.iter().enumerate() {
        if number != at {
            put(&mut out, field.key, field.value);
            continue;
        }
        match (what, field.key & 7) {
            (0, _) => {}
            (1, _) => {
                put(&mut out, field.key, field.value);
                put(&mut out, fields[other].key, fields[other].value);
            }
            (2 | 3, 0) => put(&mut out, field.key, &varint(EDGES[dice.roll(EDGES.len())])),
            (_, 0) => {
                let (number, _) = number_of(field.value).unwrap_or((0, &[]));
                let by = (dice.roll(64) as u64).wrapping_sub(32);
                let number = if what == 4 {
                    number ^ (1 << dice.roll(64))
                } else {
                    number.wrapping_add(by)
                };
                put(&mut out, field.key, &varint(number));
            }
            (_, 2) => put(
                &mut out,
                field.key,
                &message(field.value, depth - 1, dice, change),
            ),
            _ => {
                let mut value = field.value.to_vec();
                let place = dice.roll(value.len());
                value[place] ^= 1 << dice.roll(8);
                put(&mut out, field.key, &value);
            }
        }
    }
    out
}

/// The fields of a message; nothing when the bytes are none.
fn fields(mut rest: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let (key, after) = number_of(rest)?;
        let (len, after) = match key & 7 {
            0 => (after.len() - number_of(after)?.1.len(), after),
            1 => (8, after),
            2 => {
                let (len, after) = number_of(after)?;
                (usize::try_from(len).ok()?, after)
            }
            5 => (4, after),
            _ => return None,
        };
        let (value, after) = after.split_at_checked(len)?;
        if key >> 3 == 0 {
            return None;
        }
        fields.push(Field { key, value });
        rest = after;
    }
    Some(fields)
}

fn put(out: &mut Vec<u8>, key: u64, value: &[u8]) {
    out.extend(varint(key));
    if key & 7 == 2 {
        out.extend(varint(value.len() as u64));
    }
    out.extend(value);
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
    bytes
}

/// The number at the front, and what follows it.
fn number_of(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (place, &byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message {1: 300, 2: {3: "abc"}} in an image of two entries.
    fn input() -> Vec<u8> {
        let entry = [8, 0xac, 2, 0x12, 5, 0x1a, 3, b'a', b'b', b'c'];
        let framed = [&[10, 0, 0, 0], entry.as_slice()].concat();
        [&MARK[..], &[1], b"MAGICS..", &framed, &framed].concat()
    }

    #[test]
    fn what_is_changed_keeps_its_form() {
        let input = input();
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..2000 {
            let mut change = |bytes: &mut Vec<u8>| bytes.push(b'!');
            let Some(changed) = images(&input, seed, &mut change) else {
                continue;
            };
            let files = parts::split(&changed);
            assert_eq!(files.len(), 1);
            let mut rest = files[0].1.strip_prefix(b"MAGICS..").unwrap();
            while let Some((len, after)) = rest.split_first_chunk::<4>() {
                let len = u32::from_le_bytes(*len) as usize;
                assert!(fields(&after[..len]).is_some(), "{after:?}");
                rest = &after[len..];
            }
            assert!(rest.is_empty());
            seen.insert(changed);
        }
        let texts = seen.iter().filter(|bytes| bytes.contains(&b'!')).count();
        assert!(seen.len() > 50 && texts > 0, "{} {texts}", seen.len());
    }
}
