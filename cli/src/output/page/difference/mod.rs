//! Two checkpoints side by side: which they are, and what differs between them.

mod amounts;
mod compare;
mod lists;

use libcr::model::shown::Shown;
use maud::{Markup, html};

use super::head::{engine, needs, runtime};
use super::table::{Column, OPEN, Section, count, folded, shown as rows_of, table};
use super::{text, timeline};
use amounts::{memory_table, size_table};
use lists::Row;

/// The section.
pub(super) fn section(before: &Shown, after: &Shown) -> Section {
    let processes = lists::processes(before, after);
    let memory = amounts::memory(before, after);
    let sizes = amounts::size_rows(before, after);
    let mut all = vec![
        ("Shared memory", lists::shared_memory(before, after)),
        ("Open files", lists::files(before, after)),
        ("Sockets", lists::sockets(before, after)),
        ("Mounts", lists::mounts(before, after)),
        ("Volumes", lists::volumes(before, after)),
        ("Networks", lists::networks(before, after)),
        (
            "Removed from the root file system",
            lists::removed(before, after),
        ),
    ];
    let asked = |shown: &Shown| shown.processes.iter().any(|one| one.environment.is_some());
    if asked(before) && asked(after) {
        all.push(("Environment", lists::environment(before, after)));
    }
    let same: Vec<&str> = [
        ("Processes", processes.is_empty()),
        ("Memory", memory.is_empty()),
    ]
    .into_iter()
    .chain(all.iter().map(|(title, rows)| (*title, rows.is_empty())))
    .chain([("Sizes", sizes.is_empty())])
    .filter_map(|(title, same)| same.then_some(title))
    .collect();
    let number = processes.len()
        + memory.len()
        + sizes.len()
        + all.iter().map(|(_, rows)| rows.len()).sum::<usize>();
    let body = html! {
        (identities(before, after))
        (list("Processes", &processes))
        @if !memory.is_empty() { h3 { "Memory" } (memory_table(&memory)) }
        @for (title, rows) in &all { (list(title, rows)) }
        @if !sizes.is_empty() { h3 { "Sizes" } (size_table(&sizes)) }
        @if !same.is_empty() {
            p.quiet { "The same in both: " (same.join(", ").to_lowercase()) "." }
        }
    };
    Section {
        id: "differences",
        title: "Differences",
        note: number.to_string(),
        body,
    }
}

fn identities(before: &Shown, after: &Shown) -> Markup {
    let both = |of: &dyn Fn(&Shown) -> Markup| [of(before), of(after)];
    let word = |of: fn(&Shown) -> String| both(&|shown| html! { (text::path(&of(shown))) });
    let rows = [
        ("Found in", word(|shown| shown.source.clone())),
        (
            "When",
            both(&|shown| {
                html! {
                    @match timeline::when(shown) {
                        Some(at) => (timeline::instant(at)),
                        None => span.quiet { "unknown" },
                    }
                }
            }),
        ),
        ("Container", word(|shown| shown.container.name.clone())),
        ("Id", word(|shown| shown.container.id.clone())),
        ("Image", word(|shown| shown.container.image.clone())),
        ("Image id", word(|shown| shown.container.image_id.clone())),
        ("Engine", word(|shown| engine(&shown.origin))),
        ("Runtime", word(|shown| runtime(&shown.origin))),
        ("CRIU", word(|shown| shown.origin.criu.clone())),
        ("Kernel", word(|shown| shown.origin.kernel.clone())),
        (
            "Architecture",
            word(|shown| shown.origin.architecture.clone()),
        ),
        (
            "Files changed",
            word(|shown| {
                shown
                    .changed_files
                    .map_or_else(String::new, |files| files.to_string())
            }),
        ),
        ("Needs", both(&|shown| needs(&shown.origin))),
    ];
    let rows = html! {
        @for (name, [before, after]) in rows {
            tr {
                th scope="row" { (name) }
                td.fixed { (before) }
                @if before.0 == after.0 {
                    td.quiet { "the same" }
                } @else {
                    td.fixed { (after) }
                }
            }
        }
    };
    let columns = [
        Column::Text("Of"),
        Column::Text("Earlier"),
        Column::Text("Later"),
    ];
    table("Which they are", &columns, rows)
}

fn list(title: &str, rows: &[Row]) -> Markup {
    let (listed, left) = rows_of(rows);
    let lines = html! {
        @for row in listed {
            tr {
                td.short { (mark(row)) }
                th scope="row" { (row.what) }
                td.fixed {
                    @if let Some(before) = &row.before { del { (before) } }
                    @if let Some(after) = &row.after { ins { (after) } }
                }
            }
        }
    };
    let columns = [
        Column::Short("Change"),
        Column::Text("Of"),
        Column::Text("Before, after"),
    ];
    let caption = count(rows.len(), "difference", "differences");
    let whole =
        html! { (table(caption.as_str(), &columns, lines)) @if let Some(left) = left { (left) } };
    html! {
        @if !rows.is_empty() {
            h3 { (title) }
            @if rows.len() > OPEN { (folded(false, &caption, whole)) } @else { (whole) }
        }
    }
}

fn mark(row: &Row) -> Markup {
    html! {
        @match (&row.before, &row.after) {
            (None, _) => span.mark.came { "+ " span.word { "came" } },
            (_, None) => span.mark.went { "− " span.word { "went" } },
            _ => span.mark.changed { "≠ " span.word { "changed" } },
        }
    }
}
