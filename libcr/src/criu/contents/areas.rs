//! The address space of a process by kind: how much there is of each, and how much of it is stored.

use std::collections::BTreeMap;

use prost::Message;

use super::super::images::undecodable;
use super::super::wire;
use super::messages::{AREAS, AddressSpace, Area};
use super::pagemap::Run;
use super::source::{Images, join};
use crate::model::shown::Memory;

/// CRIU's `VMA_*` (`criu/include/image.h`).
const STACK: u32 = 1 << 1;
const VSYSCALL: u32 = 1 << 2;
const VDSO: u32 = 1 << 3;
const HEAP: u32 = 1 << 5;
const FILE_PRIVATE: u32 = 1 << 6;
const FILE_SHARED: u32 = 1 << 7;
const ANONYMOUS_SHARED: u32 = 1 << 8;
const ANONYMOUS_PRIVATE: u32 = 1 << 9;
const SYSTEM_V: u32 = 1 << 10;
const SOCKET: u32 = 1 << 11;
const VVAR: u32 = 1 << 12;
const AIO_RING: u32 = 1 << 13;
const IN_MEMORY: u32 = 1 << 14;
const SHADOW_STACK: u32 = 1 << 15;
const GUARD: u32 = 1 << 16;
const UPROBES: u32 = 1 << 17;
/// Linux `MAP_GROWSDOWN`.
const GROWS_DOWN: u32 = 0x100;

/// The address space of a process.
#[derive(Debug, Default)]
pub(super) struct Space {
    pub(super) facts: AddressSpace,
    /// In the image's order.
    pub(super) areas: Vec<Area>,
}

impl Space {
    /// Reads `mm-PID.img`; nothing where there is none.
    pub(super) fn read(images: &mut Images<'_>, pid: u32) -> Option<Self> {
        let image = join(&images.source().root(), &format!("mm-{pid}.img"));
        let mut space = None;
        images.each_raw(&image, wire::MM, |images, at, entry| {
            let facts = AddressSpace::decode(entry).map_err(|_| undecodable(at))?;
            let mut areas = Vec::new();
            for area in wire::values(entry, AREAS) {
                areas.push(Area::decode(area).map_err(|_| undecodable(at))?);
                if !images.may_grow() {
                    break;
                }
            }
            space = Some(Self { facts, areas });
            Ok(false)
        });
        space
    }
}

/// What of an area counts as memory that several processes may share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shared {
    /// The shared memory of this number.
    Number(u64),
    /// That of a file in memory, an entry of `files.img`.
    File(u32),
}

impl Area {
    /// Its kind in [`crate::model::shown::Process::memory`]; nothing for what is no area of its own.
    pub(super) fn kind(&self) -> Option<&'static str> {
        let is = |bits: u32| self.status & bits != 0;
        Some(if is(GUARD) {
            // A mark on the area that it lies in.
            return None;
        } else if is(VDSO | VVAR | VSYSCALL | UPROBES) {
            "vdso"
        } else if is(ANONYMOUS_SHARED | SYSTEM_V | IN_MEMORY | SOCKET) {
            "shared"
        } else if is(FILE_PRIVATE | FILE_SHARED) {
            "file"
        } else if is(HEAP) {
            "heap"
        } else if is(STACK | SHADOW_STACK) || self.flags & GROWS_DOWN != 0 {
            "stack"
        } else if is(ANONYMOUS_PRIVATE | AIO_RING) {
            "anonymous"
        } else {
            "other"
        })
    }

    /// The shared memory that is seen there.
    pub(super) fn shared_memory(&self) -> Option<Shared> {
        if self.status & IN_MEMORY != 0 {
            u32::try_from(self.shared).ok().map(Shared::File)
        } else {
            let shared = self.status & (ANONYMOUS_SHARED | SYSTEM_V) != 0;
            shared.then_some(Shared::Number(self.shared))
        }
    }

    /// Whether it is memory that only processes of one origin share, whose number differs after
    /// each thaw.
    pub(super) fn is_anonymous_shared(&self) -> bool {
        self.status & ANONYMOUS_SHARED != 0
    }

    pub(super) fn len(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// Bytes by kind. Areas that overlap others, which no address space has, count where they begin.
pub(super) fn by_kind(mut areas: Vec<Area>, runs: &[Run], page: u64) -> BTreeMap<String, Memory> {
    let mut memory: BTreeMap<String, Memory> = BTreeMap::new();
    areas.retain(|area| area.kind().is_some());
    areas.sort_by_key(|area| area.start);
    let mut next = 0;
    let mut end = 0;
    for area in &areas {
        let Some(kind) = area.kind() else { continue };
        let (start, stop) = (area.start.max(end), area.end);
        if start >= stop {
            continue;
        }
        end = stop;
        let of_kind = memory.entry(kind.to_owned()).or_default();
        of_kind.mapped = of_kind.mapped.saturating_add(stop - start);
        while runs.get(next).is_some_and(|run| run.end(page) <= start) {
            next += 1;
        }
        let within = runs[next..].iter().take_while(|run| run.address < stop);
        for run in within.filter(|run| run.image.is_some()) {
            let bytes = run
                .end(page)
                .min(stop)
                .saturating_sub(run.address.max(start));
            of_kind.stored = of_kind.stored.saturating_add(bytes);
        }
    }
    memory
}
