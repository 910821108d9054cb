//! Writes the header of one tar member: ustar, with a PAX header before it where ustar can't say it.
//!
//! Format: POSIX.1-2017 `pax`. A name of more than 100 bytes that isn't UTF-8, which PAX doesn't
//! allow, goes into GNU's `L` and `K` records; Go's reader (Podman) and GNU tar take both together.

use super::numbers::{push_record, time_text};
use crate::storage::node::{Attrs, Kind};

const BLOCK: usize = 512;
/// Largest number of an octal field of 11 digits.
const OCTAL_11: u64 = (1 << 33) - 1;
/// Largest number of an octal field of 7 digits.
const OCTAL_7: u64 = (1 << 21) - 1;

/// All blocks that stand before the member's data.
pub(in crate::storage) fn render(path: &[u8], kind: &Kind, attrs: &Attrs) -> Vec<u8> {
    let (flag, link, size, device): (u8, &[u8], u64, (u32, u32)) = match kind {
        Kind::File { size } => (b'0', b"", *size, (0, 0)),
        Kind::HardLink { target } => (b'1', target, 0, (0, 0)),
        Kind::Symlink { target } => (b'2', target, 0, (0, 0)),
        Kind::Character { major, minor } => (b'3', b"", 0, (*major, *minor)),
        Kind::Block { major, minor } => (b'4', b"", 0, (*major, *minor)),
        Kind::Directory => (b'5', b"", 0, (0, 0)),
        Kind::Fifo => (b'6', b"", 0, (0, 0)),
    };
    let mut blocks = Vec::with_capacity(BLOCK);
    let mut pax = Vec::new();
    for (name, key, gnu) in [(path, &b"path"[..], b'L'), (link, b"linkpath", b'K')] {
        let fits = name.len() <= 100;
        if std::str::from_utf8(name).is_err() {
            if !fits {
                let mut content = name.to_vec();
                content.push(0);
                push_meta(&mut blocks, b"././@LongLink", gnu, &content);
            }
        } else if !fits || !name.is_ascii() {
            push_record(&mut pax, key, name);
        }
    }
    for (value, limit, key) in [
        (size, OCTAL_11, "size"),
        (u64::from(attrs.uid), OCTAL_7, "uid"),
        (u64::from(attrs.gid), OCTAL_7, "gid"),
    ] {
        if value > limit {
            push_record(&mut pax, key.as_bytes(), value.to_string().as_bytes());
        }
    }
    let seconds = u64::try_from(attrs.mtime.0)
        .ok()
        .filter(|seconds| *seconds <= OCTAL_11);
    if seconds.is_none() || attrs.mtime.1 != 0 {
        push_record(&mut pax, b"mtime", time_text(attrs.mtime).as_bytes());
    }
    for (name, value) in &attrs.xattrs {
        let mut key = b"SCHILY.xattr.".to_vec();
        for byte in name {
            match byte {
                b'=' => key.extend_from_slice(b"%3D"),
                b'%' => key.extend_from_slice(b"%25"),
                byte => key.push(*byte),
            }
        }
        push_record(&mut pax, &key, value);
    }
    if !pax.is_empty() {
        push_meta(&mut blocks, b"PaxHeaders.0/member", b'x', &pax);
    }
    let mut header = block(path, flag, size);
    octal(&mut header[100..108], u64::from(attrs.mode & 0o7777));
    octal(&mut header[108..116], u64::from(attrs.uid));
    octal(&mut header[116..124], u64::from(attrs.gid));
    octal(&mut header[136..148], seconds.unwrap_or(0));
    copy(&mut header[157..257], link);
    octal(&mut header[329..337], u64::from(device.0));
    octal(&mut header[337..345], u64::from(device.1));
    push_summed(&mut blocks, header);
    blocks
}

/// How many zero bytes follow data of that length.
pub(in crate::storage) fn padding(size: u64) -> u64 {
    size.wrapping_neg() % 512
}

fn push_meta(blocks: &mut Vec<u8>, name: &[u8], flag: u8, content: &[u8]) {
    let mut header = block(name, flag, content.len() as u64);
    octal(&mut header[100..108], 0o644);
    octal(&mut header[108..116], 0);
    octal(&mut header[116..124], 0);
    octal(&mut header[136..148], 0);
    push_summed(blocks, header);
    blocks.extend_from_slice(content);
    blocks.resize(blocks.len().next_multiple_of(BLOCK), 0);
}

fn block(name: &[u8], flag: u8, size: u64) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    copy(&mut header[..100], name);
    octal(&mut header[124..136], size);
    header[156] = flag;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header
}

fn push_summed(blocks: &mut Vec<u8>, mut header: [u8; BLOCK]) {
    header[148..156].fill(b' ');
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    octal(&mut header[148..155], sum);
    blocks.extend_from_slice(&header);
}

/// What fits; the rest is in an extended header.
fn copy(field: &mut [u8], name: &[u8]) {
    let length = name.len().min(field.len());
    field[..length].copy_from_slice(&name[..length]);
}

/// Octal digits and a zero byte. A number that is too great is in an extended header; zero stands
/// here for it.
fn octal(field: &mut [u8], value: u64) {
    let digits = field.len() - 1;
    let text = format!("{value:0digits$o}");
    let text = if text.len() > digits {
        "0".repeat(digits)
    } else {
        text
    };
    field[..digits].copy_from_slice(text.as_bytes());
    field[digits] = 0;
}
