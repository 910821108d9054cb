//! Reads a file of frames with a seek table: those that are wanted are decompressed, no others.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use zstd::bulk::Decompressor;

use super::table;
use crate::archive::source::{Flow, Source};

/// How many decompressed frames are kept: the ends of two members, or one read back and forth.
const KEPT: usize = 2;

/// Where a frame begins, in the file and in what the file unpacks to.
#[derive(Debug, Clone, Copy, Default)]
struct Start {
    compressed: u64,
    content: u64,
}

/// The content of a file of frames.
pub(in crate::archive) struct Frames {
    file: Arc<File>,
    /// Of each frame, and where the last one ends.
    starts: Vec<Start>,
    decompressor: Decompressor<'static>,
    /// Decompressed frames by number, the one used last in front.
    kept: VecDeque<(usize, Vec<u8>)>,
    position: u64,
    flow: Flow,
}

impl Frames {
    /// From its start; nothing when there is no seek table that can be believed.
    pub(in crate::archive) fn open(file: Arc<File>) -> io::Result<Option<Self>> {
        let Some(rows) = table::read(&file)? else {
            return Ok(None);
        };
        let mut start = Start::default();
        let mut starts = vec![start];
        for row in rows {
            start.compressed += u64::from(row.compressed);
            start.content += u64::from(row.content);
            starts.push(start);
        }
        Ok(Some(Self {
            file,
            starts,
            decompressor: Decompressor::new()?,
            kept: VecDeque::new(),
            position: 0,
            flow: Flow::default(),
        }))
    }

    fn len(&self) -> u64 {
        self.starts.last().map_or(0, |end| end.content)
    }

    /// What is left of the frame at the position.
    fn rest(&mut self) -> io::Result<&[u8]> {
        let number = self
            .starts
            .partition_point(|start| start.content <= self.position);
        // At the end, all of them begin before.
        let (Some(frame), Some(end)) = (number.checked_sub(1), self.starts.get(number).copied())
        else {
            return Ok(&[]);
        };
        let start = self.starts[frame];
        match self.kept.iter().position(|(kept, _)| *kept == frame) {
            Some(0) => {}
            Some(at) => self.kept.swap(0, at),
            None => {
                let content = self.decompress(start, end)?;
                self.kept.truncate(KEPT - 1);
                self.kept.push_front((frame, content));
            }
        }
        let offset = usize::try_from(self.position - start.content).map_err(io::Error::other)?;
        let content = self.kept.front().map_or(&[][..], |(_, content)| content);
        Ok(content.get(offset..).unwrap_or_default())
    }

    fn decompress(&mut self, start: Start, end: Start) -> io::Result<Vec<u8>> {
        // Both are bounded by the table's reader.
        let len = usize::try_from(end.compressed - start.compressed).map_err(io::Error::other)?;
        let content_len = usize::try_from(end.content - start.content).map_err(io::Error::other)?;
        let mut compressed = vec![0; len];
        self.file.read_exact_at(&mut compressed, start.compressed)?;
        let mut content = Vec::with_capacity(content_len);
        self.decompressor
            .decompress_to_buffer(&compressed, &mut content)?;
        if content.len() != content_len {
            return Err(io::Error::other("a frame is shorter than it says"));
        }
        self.flow.read += compressed.len() as u64;
        self.flow.unpacked += content.len() as u64;
        Ok(content)
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.rest()?;
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Source for Frames {
    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let count = count.min(self.len() - self.position);
        self.position += count;
        Ok(count)
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.position = 0;
        Ok(())
    }

    fn flow(&self) -> Flow {
        self.flow
    }
}
