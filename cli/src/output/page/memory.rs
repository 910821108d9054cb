//! Memory by process and kind: the map, and the same as a table; what processes share, once.

use std::collections::BTreeMap;

use libcr::model::shown::{Memory, Process, SharedMemory, Shown};
use maud::{Markup, html};

use super::map::map;
use super::table::{
    Column, OPEN, Section, captioned, count, folded, shown as rows_of, table, wide,
};
use super::{text, tree};
use crate::output::human;

/// The kinds that we know, in the order in which they are told.
const KINDS: [&str; 6] = ["heap", "anonymous", "stack", "file", "shared", "vdso"];
/// Processes named as sharing a memory before the rest is only counted.
const SHARERS: usize = 12;

/// Who has memory: a process, or several together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    /// Name and process id, harmless.
    pub(super) label: String,
    /// The process id alone, for where there is little room; else empty.
    pub(super) pid: String,
    /// What it has.
    pub(super) kinds: Vec<Kind>,
}

/// Memory of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    /// Its name, harmless.
    pub(super) name: String,
    /// How much.
    pub(super) memory: Memory,
}

impl Kind {
    /// Its class in the style sheet.
    pub(super) fn class(&self) -> &'static str {
        kind_class(&self.name)
    }
}

impl Holder {
    fn new(process: &Process) -> Self {
        let mut kinds: Vec<Kind> = process
            .memory
            .iter()
            .map(|(name, memory)| Kind {
                name: text::plain(name, text::NAME),
                memory: *memory,
            })
            .collect();
        kinds.sort_by_key(|kind| {
            KINDS
                .iter()
                .position(|known| *known == kind.name)
                .unwrap_or(KINDS.len())
        });
        let name = text::plain(&process.command, 24);
        Self {
            label: format!("{name} {}", process.pid),
            pid: process.pid.to_string(),
            kinds,
        }
    }

    /// Bytes of all kinds in the checkpoint.
    pub(super) fn stored(&self) -> u64 {
        let each = self.kinds.iter().map(|kind| kind.memory.stored);
        each.fold(0, u64::saturating_add)
    }

    /// Several as one; nobody is none.
    pub(super) fn together(holders: &[&Self]) -> Option<Self> {
        let mut kinds: BTreeMap<&str, Memory> = BTreeMap::new();
        for kind in holders.iter().flat_map(|holder| &holder.kinds) {
            add(kinds.entry(&kind.name).or_default(), kind.memory);
        }
        (!holders.is_empty()).then(|| Self {
            label: format!("{} more", holders.len()),
            pid: String::new(),
            kinds: kinds
                .into_iter()
                .map(|(name, memory)| Kind {
                    name: name.to_owned(),
                    memory,
                })
                .collect(),
        })
    }
}

/// The class of a kind in the style sheet: a known name, or `other`.
pub(super) fn kind_class(name: &str) -> &'static str {
    let known = KINDS.into_iter().find(|known| *known == name);
    known.unwrap_or("other")
}

/// The section.
pub(super) fn section(shown: &Shown) -> Section {
    let mut holders: Vec<Holder> = shown.processes.iter().map(Holder::new).collect();
    let table = matrix(&shown.processes);
    let shared = shared_holder(shown);
    holders.extend(shared);
    let stored = holders
        .iter()
        .fold(0_u64, |sum, holder| sum.saturating_add(holder.stored()));
    let body = html! {
        @if stored == 0 { p.quiet { "The checkpoint holds no memory pages." } }
        (map(&holders))
        @if !shown.processes.is_empty() {
            @if shown.processes.len() > OPEN {
                (folded(false, format!("Memory of {} processes by kind", shown.processes.len()), table))
            } @else { (table) }
        }
        @if !shown.shared_memory.is_empty() {
            h3 { "Shared memory" }
            (shared_table(shown))
        }
    };
    Section {
        id: "memory",
        title: "Memory",
        note: human::size(stored),
        body,
    }
}

fn add(sum: &mut Memory, more: Memory) {
    sum.mapped = sum.mapped.saturating_add(more.mapped);
    sum.stored = sum.stored.saturating_add(more.stored);
}

fn shared_holder(shown: &Shown) -> Option<Holder> {
    let mut sum = Memory::default();
    for shared in &shown.shared_memory {
        add(&mut sum, shared.memory);
    }
    (sum.stored > 0).then(|| Holder {
        label: "several processes".to_owned(),
        pid: String::new(),
        kinds: vec![Kind {
            name: "shared".to_owned(),
            memory: sum,
        }],
    })
}

/// A column a known kind that occurs, and one for all others.
fn matrix(processes: &[Process]) -> Markup {
    let occurs = |kind: &str| {
        processes
            .iter()
            .any(|process| process.memory.contains_key(kind))
    };
    let mut kinds: Vec<&'static str> = KINDS.into_iter().filter(|kind| occurs(kind)).collect();
    let known = |name: &String| KINDS.contains(&name.as_str());
    if processes
        .iter()
        .any(|process| !process.memory.keys().all(known))
    {
        kinds.push("other");
    }
    let mut columns = vec![Column::Text("Process"), Column::Number("All")];
    columns.extend(kinds.iter().map(|kind| Column::Number(kind)));
    let (listed, left) = rows_of(processes);
    let rows = html! {
        @for process in listed {
            tr {
                th scope="row" { (tree::label(process)) }
                (amount(Some(Memory { mapped: tree::mapped(process), stored: tree::stored(process) })))
                @for kind in &kinds { (amount(of_kind(process, kind))) }
            }
        }
    };
    let caption = "Stored in the checkpoint, of what is mapped";
    html! {
        (wide("Memory by process and kind", captioned(caption, &columns, rows)))
        @if let Some(left) = left { (left) }
    }
}

fn of_kind(process: &Process, class: &str) -> Option<Memory> {
    let mut found = None;
    for (_, memory) in process
        .memory
        .iter()
        .filter(|(name, _)| kind_class(name) == class)
    {
        add(found.get_or_insert_default(), *memory);
    }
    found
}

fn amount(memory: Option<Memory>) -> Markup {
    html! {
        td.number {
            @if let Some(memory) = memory {
                (human::size(memory.stored))
                small { "of " (human::size(memory.mapped)) }
            } @else { "–" }
        }
    }
}

/// The processes by process id.
pub(super) fn names(shown: &Shown) -> BTreeMap<u32, &Process> {
    let processes = shown.processes.iter();
    processes.map(|process| (process.pid, process)).collect()
}

/// Who maps a shared memory, the first of them by name.
pub(super) fn sharers(shared: &SharedMemory, names: &BTreeMap<u32, &Process>) -> Markup {
    html! {
        @for (number, pid) in shared.processes.iter().take(SHARERS).enumerate() {
            @if number > 0 { ", " }
            @match names.get(pid) {
                Some(process) => (tree::label(process)),
                None => { "pid " (pid) },
            }
        }
        @if shared.processes.len() > SHARERS {
            " and " (shared.processes.len() - SHARERS) " more"
        }
        @if shared.processes.is_empty() { "nobody" }
    }
}

fn shared_table(shown: &Shown) -> Markup {
    let names = names(shown);
    let (listed, left) = rows_of(&shown.shared_memory);
    let rows = html! {
        @for shared in listed {
            tr {
                td { (sharers(shared, &names)) }
                td.number { (human::size(shared.memory.stored)) }
                td.number { (human::size(shared.memory.mapped)) }
            }
        }
    };
    let columns = [
        Column::Text("Mapped by"),
        Column::Number("Stored"),
        Column::Number("Mapped"),
    ];
    let caption = count(
        shown.shared_memory.len(),
        "shared memory",
        "shared memories",
    );
    html! { (table(caption, &columns, rows)) @if let Some(left) = left { (left) } }
}
