//! Archives member by member, with every lie that a tar header, a gzip stream or a zstd frame can
//! tell. Formats: POSIX.1-2017 `pax`, GNU tar's manual ("Tar Internals"), RFC 1952, RFC 8878.

/// A member: its header and its data, which need not agree.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: Vec<u8>,
    pub kind: u8,
    pub target: Vec<u8>,
    /// The size that the header says; nothing: the real one.
    pub size: Option<[u8; 12]>,
    pub data: Vec<u8>,
}

/// A file.
pub fn file(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Member {
    Member {
        name: name.as_ref().to_vec(),
        kind: b'0',
        target: Vec::new(),
        size: None,
        data: data.as_ref().to_vec(),
    }
}

/// A member of another type, without data.
pub fn of_type(name: impl AsRef<[u8]>, kind: u8) -> Member {
    Member {
        kind,
        ..file(name, "")
    }
}

/// A link: `b'1'` hard, `b'2'` symbolic.
pub fn link(kind: u8, name: &str, target: &str) -> Member {
    Member {
        target: target.into(),
        ..of_type(name, kind)
    }
}

/// A file whose header says another size.
pub fn sized(name: &str, size: u64) -> Member {
    let mut field = [0; 12];
    if size < 1 << 33 {
        field.copy_from_slice(format!("{size:011o}\0").as_bytes());
    } else {
        field[0] = 0x80;
        field[4..].copy_from_slice(&size.to_be_bytes());
    }
    Member {
        size: Some(field),
        ..file(name, "")
    }
}

/// A pax header for the member that follows.
pub fn pax(records: &[(&str, &[u8])]) -> Member {
    let mut data = Vec::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while rest + length.to_string().len() != length {
            length = rest + length.to_string().len();
        }
        data.extend(format!("{length} {key}=").into_bytes());
        data.extend_from_slice(value);
        data.push(b'\n');
    }
    Member {
        kind: b'x',
        ..file("pax", data)
    }
}

/// GNU's header with a long name for the member that follows.
pub fn long_name(name: impl AsRef<[u8]>) -> Member {
    let mut data = name.as_ref().to_vec();
    data.push(0);
    Member {
        kind: b'L',
        ..file("././@LongLink", data)
    }
}

impl Member {
    /// Header, data and padding.
    pub fn bytes(&self) -> Vec<u8> {
        let mut header = [0_u8; 512];
        let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &self.name[..self.name.len().min(100)]);
        put(100, b"0000644\x000000000\x000000000\0");
        match self.size {
            Some(size) => put(124, &size),
            None => put(124, format!("{:011o}\0", self.data.len()).as_bytes()),
        }
        put(136, b"00000000000\0        ");
        put(156, &[self.kind]);
        put(157, &self.target[..self.target.len().min(100)]);
        put(257, b"ustar\x0000");
        if matches!(self.kind, b'3' | b'4') {
            put(329, b"0000010\x000000000\0");
        }
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let mut bytes = header.to_vec();
        bytes.extend_from_slice(&self.data);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }
}

/// The tar of these members, with its end mark.
pub fn tar(members: &[Member]) -> Vec<u8> {
    let mut bytes: Vec<u8> = members.iter().flat_map(Member::bytes).collect();
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// The members of an honest plain tar, whose names are short.
pub fn members(tar: &[u8]) -> Vec<Member> {
    let mut members = Vec::new();
    let mut rest = tar;
    while let Some((header, after)) = rest.split_first_chunk::<512>() {
        if header[0] == 0 {
            break;
        }
        let text = |field: &[u8]| {
            field
                .split(|byte| *byte == 0)
                .next()
                .unwrap_or(&[])
                .to_vec()
        };
        let size = String::from_utf8(text(&header[124..136])).expect("an octal number");
        let size = usize::from_str_radix(size.trim(), 8).expect("an octal number");
        members.push(Member {
            name: text(&header[..100]),
            kind: header[156],
            target: text(&header[157..257]),
            size: None,
            data: after[..size].to_vec(),
        });
        rest = &after[size.next_multiple_of(512)..];
    }
    members
}

/// A gzip stream that compresses nothing. Its checksum is right, or wrong.
pub fn gzip(content: &[u8], right: bool) -> Vec<u8> {
    let mut bytes = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    let mut pieces = content.chunks(65_535).peekable();
    while let Some(piece) = pieces.next() {
        bytes.push(u8::from(pieces.peek().is_none()));
        let len = u16::try_from(piece.len()).expect("a short piece");
        bytes.extend(len.to_le_bytes());
        bytes.extend((!len).to_le_bytes());
        bytes.extend_from_slice(piece);
    }
    let mut sum = u32::MAX;
    for byte in content {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1));
        }
    }
    let sum = if right { !sum } else { sum };
    bytes.extend(sum.to_le_bytes());
    let len = u32::try_from(content.len()).expect("a short stream");
    bytes.extend(len.to_le_bytes());
    bytes
}

/// The most bytes of a block of zstd.
const BLOCK: usize = 128 << 10;

/// What a zstd frame is made of.
pub enum Block<'a> {
    /// These bytes.
    Raw(&'a [u8]),
    /// As many zeros, which take four bytes a block.
    Zeros(u64),
}

/// A zstd frame that compresses nothing but zeros; its window is 2 to this many bytes.
pub fn zstd_frame(window: u8, blocks: &[Block<'_>]) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (window - 10) << 3];
    let mut block = |kind: u32, len: usize, content: &[u8]| {
        let len = u32::try_from(len).expect("a short block");
        bytes.extend(&(kind << 1 | len << 3).to_le_bytes()[..3]);
        bytes.extend_from_slice(content);
    };
    for part in blocks {
        match part {
            Block::Raw(content) => {
                for piece in content.chunks(BLOCK) {
                    block(0, piece.len(), piece);
                }
            }
            Block::Zeros(count) => {
                let mut left = *count;
                while left > 0 {
                    let len = left.min(BLOCK as u64);
                    block(1, usize::try_from(len).expect("a short block"), &[0]);
                    left -= len;
                }
            }
        }
    }
    // An empty last block.
    bytes.extend([1, 0, 0]);
    bytes
}

/// A frame in which runs of zeros take no room.
pub fn zstd(content: &[u8]) -> Vec<u8> {
    let mut blocks = Vec::new();
    for piece in content.chunks(4096) {
        let zeros = piece.iter().all(|byte| *byte == 0);
        match blocks.last_mut() {
            Some(Block::Zeros(count)) if zeros => *count += piece.len() as u64,
            _ if zeros => blocks.push(Block::Zeros(piece.len() as u64)),
            _ => blocks.push(Block::Raw(piece)),
        }
    }
    zstd_frame(20, &blocks)
}

/// A seek table of one frame, which says what it likes.
pub fn seek_table(compressed: u32, content: u32) -> Vec<u8> {
    let mut bytes = 0x184D_2A5E_u32.to_le_bytes().to_vec();
    bytes.extend(17_u32.to_le_bytes());
    bytes.extend(compressed.to_le_bytes());
    bytes.extend(content.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.push(0);
    bytes.extend(0x8F92_EAB1_u32.to_le_bytes());
    bytes
}
