//! Command lines and environments: they are in the memory of the processes, of which only these
//! few bytes are read.

use super::messages::AddressSpace;
use super::pagemap::Run;
use super::source::{Images, Part};

/// Most bytes of a command line or an environment that are read. Linux takes 2 MB of both together
/// as a rule; what is longer is cut.
const LIMIT: u64 = 256 << 10;
/// Most bytes of all of them.
const LIMIT_OF_ALL: u64 = 64 << 20;

/// Where a text of a process is, as far as it is here.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// Its parts in the order of memory, as places in [`Wanted`].
    parts: std::ops::Range<usize>,
    /// Every byte of it is in them.
    whole: bool,
}

/// Everything that is to be read, of all processes.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    parts: Vec<Part>,
    bytes: u64,
}

/// The texts of one process.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    arguments: Place,
    environment: Place,
}

impl Wanted {
    /// Adds the texts of a process.
    pub(super) fn add(
        &mut self,
        space: &AddressSpace,
        runs: &[Run],
        page: u64,
        environment: bool,
    ) -> Places {
        let mut text = |start, end| self.text(start, end, runs, page);
        Places {
            arguments: text(space.arguments_start, space.arguments_end),
            environment: if environment {
                text(space.environment_start, space.environment_end)
            } else {
                Place::default()
            },
        }
    }

    fn text(&mut self, start: u64, end: u64, runs: &[Run], page: u64) -> Place {
        let from = self.parts.len();
        let end = end.min(start.saturating_add(LIMIT));
        let mut here = start;
        let first = runs.partition_point(|run| run.end(page) <= start);
        for run in &runs[first..] {
            let Some(image) = &run.image else { break };
            // A hole ends it: what follows would be read as if it were beside.
            if run.address > here || here >= end || self.bytes >= LIMIT_OF_ALL {
                break;
            }
            let stop = run.end(page).min(end);
            self.parts.push(Part {
                image: image.to_string(),
                offset: (run.first * page).saturating_add(here - run.address),
                len: usize::try_from(stop - here).unwrap_or(0),
            });
            self.bytes += stop - here;
            here = stop;
        }
        Place {
            parts: from..self.parts.len(),
            whole: here >= end && start < end,
        }
    }

    /// Reads all of it at once.
    pub(super) fn read(self, images: &mut Images<'_>) -> Read {
        let read = if self.parts.is_empty() {
            Ok(Vec::new())
        } else {
            images.source().read_parts(&self.parts)
        };
        Read(read.unwrap_or_else(|error| {
            images.complain(error);
            Vec::new()
        }))
    }
}

/// What was read.
#[derive(Debug)]
pub(super) struct Read(Vec<Vec<u8>>);

impl Read {
    fn bytes(&self, place: &Place) -> Vec<u8> {
        let parts = self.0.get(place.parts.clone()).unwrap_or_default();
        parts.concat()
    }

    /// The command line, as `/proc/PID/cmdline` has it.
    pub(super) fn arguments(&self, places: &Places) -> Vec<String> {
        let bytes = self.bytes(&places.arguments);
        if places.arguments.whole && bytes.last().is_some_and(|byte| *byte != 0) {
            // A process that has written a title over it.
            let title = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            return vec![String::from_utf8_lossy(title).into_owned()];
        }
        let mut words = split(&bytes);
        // The zeros behind a shorter title; one empty argument may be meant.
        let blank = words
            .iter()
            .rev()
            .take_while(|word| word.is_empty())
            .count();
        if blank > 1 {
            words.truncate(words.len() - blank);
        }
        words
    }

    /// The environment that it was started with, `NAME=VALUE`.
    pub(super) fn environment(&self, places: &Places) -> Vec<String> {
        let mut words = split(&self.bytes(&places.environment));
        words.retain(|word| !word.is_empty());
        words
    }
}

/// Texts that end with a zero each.
fn split(bytes: &[u8]) -> Vec<String> {
    let Some(bytes) = bytes
        .strip_suffix(&[0])
        .or((!bytes.is_empty()).then_some(bytes))
    else {
        return Vec::new();
    };
    let words = bytes.split(|byte| *byte == 0);
    words
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}
