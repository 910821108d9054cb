//! Sizes that differ: memory by process and kind, parts of the checkpoint.

use std::collections::BTreeSet;

use libcr::model::shown::{Memory, Process, Shown};
use maud::{Markup, html};

use super::compare::changes;
use crate::output::human;
use crate::output::page::table::{
    Column, OPEN, captioned, count, folded, shown as rows_of, table, wide,
};
use crate::output::page::{sizes, text, tree};

/// A process, a kind of memory, how much there was and is.
pub(super) struct Amount<'a> {
    process: &'a Process,
    kind: &'a str,
    before: Memory,
    after: Memory,
}

/// Memory that differs, the largest difference first.
pub(super) fn memory<'a>(before: &'a Shown, after: &'a Shown) -> Vec<Amount<'a>> {
    let all = changes(
        &before.processes,
        &after.processes,
        |process| process.pid,
        |one, other| one.memory == other.memory,
    );
    let mut amounts = Vec::new();
    for change in all {
        let (before, after) = change.both();
        let kinds: BTreeSet<&String> = [before, after]
            .into_iter()
            .flatten()
            .flat_map(|process| process.memory.keys())
            .collect();
        let of = |process: Option<&Process>, kind: &String| {
            let memory = process.and_then(|process| process.memory.get(kind));
            memory.copied().unwrap_or_default()
        };
        let each = kinds.into_iter().map(|kind| Amount {
            process: change.latest(),
            kind,
            before: of(before, kind),
            after: of(after, kind),
        });
        amounts.extend(each.filter(|amount| amount.before != amount.after));
    }
    amounts.sort_by_key(|amount| {
        let stored = amount.before.stored.abs_diff(amount.after.stored);
        let mapped = amount.before.mapped.abs_diff(amount.after.mapped);
        std::cmp::Reverse((stored, mapped))
    });
    amounts
}

/// The same as a table.
pub(super) fn memory_table(amounts: &[Amount]) -> Markup {
    let (listed, left) = rows_of(amounts);
    let rows = html! {
        @for Amount { process, kind, before, after } in listed {
            tr {
                th scope="row" { (tree::label(process)) }
                td.short { (text::name(kind)) }
                td.number { (human::size(before.stored)) }
                td.number { (human::size(after.stored)) }
                td.number { (signed(before.stored, after.stored)) }
                td.number { (signed(before.mapped, after.mapped)) }
            }
        }
    };
    let columns = [
        Column::Text("Process"),
        Column::Short("Kind"),
        Column::Number("Stored before"),
        Column::Number("Stored after"),
        Column::Number("Difference"),
        Column::Number("Mapped, difference"),
    ];
    let caption = "Largest difference first";
    let whole = html! {
        (wide("Differences of memory", captioned(caption, &columns, rows)))
        @if let Some(left) = left { (left) }
    };
    let summary = count(amounts.len(), "difference", "differences");
    if amounts.len() > OPEN {
        folded(false, summary, whole)
    } else {
        whole
    }
}

/// Sizes that differ: name, before, after.
pub(super) fn size_rows(before: &Shown, after: &Shown) -> Vec<(&'static str, u64, u64)> {
    let all = |shown: &Shown| {
        let parts = sizes::parts(&shown.sizes).into_iter();
        parts.chain([("The file on disk", shown.sizes.archive)])
    };
    all(before)
        .zip(all(after))
        .map(|((name, before), (_, after))| (name, before, after))
        .filter(|(_, before, after)| before != after)
        .collect()
}

/// The same as a table.
pub(super) fn size_table(sizes: &[(&str, u64, u64)]) -> Markup {
    let rows = html! {
        @for (name, before, after) in sizes {
            tr {
                th scope="row" { (name) }
                td.number { (human::size(*before)) }
                td.number { (human::size(*after)) }
                td.number { (signed(*before, *after)) }
            }
        }
    };
    let columns = [
        Column::Text("Part"),
        Column::Number("Before"),
        Column::Number("After"),
        Column::Number("Difference"),
    ];
    table("Parts that differ", &columns, rows)
}

/// `+12 MB`, `−3 kB`, `0`.
fn signed(before: u64, after: u64) -> String {
    let size = human::size(before.abs_diff(after));
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{size}"),
        std::cmp::Ordering::Less => format!("−{size}"),
        std::cmp::Ordering::Equal => "0".to_owned(),
    }
}
