//! Two checkpoints side by side: which they are, and what differs between them.

use std::collections::BTreeSet;

use libcr::model::shown::{Memory, Mount, Process, Shown};
use maud::{Markup, html};

use super::compare::{Change, changes};
use super::head::{engine, needs, runtime};
use super::opened::{describe_file, describe_socket};
use super::places::{addresses, describe_mount, volume_size};
use super::table::{Column, OPEN, Section, count, folded, shown as rows_of, table, wide};
use super::{sizes, text, timeline, tree};
use crate::output::human;

/// A line of a list of changes: what it is about, what was, what is.
struct Row {
    what: Markup,
    before: Option<Markup>,
    after: Option<Markup>,
}

/// A process, a kind of memory, how much there was and is.
struct Amount<'a> {
    process: &'a Process,
    kind: &'a str,
    before: Memory,
    after: Memory,
}

/// The section.
pub(super) fn section(before: &Shown, after: &Shown) -> Section {
    let processes = processes(before, after);
    let memory = memory(before, after);
    let sizes = size_rows(before, after);
    let lists = [
        ("Open files", files(before, after)),
        ("Sockets", sockets(before, after)),
        ("Environment", environment(before, after)),
        ("Mounts", mounts(before, after)),
        ("Volumes", volumes(before, after)),
        ("Networks", networks(before, after)),
        ("Removed files", removed(before, after)),
    ];
    let same: Vec<&str> = [
        ("Processes", processes.is_empty()),
        ("Memory", memory.is_empty()),
    ]
    .into_iter()
    .chain(lists.iter().map(|(title, rows)| (*title, rows.is_empty())))
    .chain([("Sizes", sizes.is_empty())])
    .filter_map(|(title, same)| same.then_some(title))
    .collect();
    let number = processes.len()
        + memory.len()
        + sizes.len()
        + lists.iter().map(|(_, rows)| rows.len()).sum::<usize>();
    let body = html! {
        (identities(before, after))
        (list("Processes", &processes))
        @if !memory.is_empty() { h3 { "Memory" } (memory_table(&memory)) }
        @for (title, rows) in &lists { (list(title, rows)) }
        @if !sizes.is_empty() { h3 { "Sizes" } (size_table(&sizes)) }
        @if !same.is_empty() { p.quiet { "The same in both: " (same.join(", ").to_lowercase()) "." } }
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
                td { (mark(row)) }
                th scope="row" { (row.what) }
                td.fixed {
                    @if let Some(before) = &row.before { del { (before) } }
                    @if let Some(after) = &row.after { ins { (after) } }
                }
            }
        }
    };
    let columns = [
        Column::Text("Change"),
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
            (None, _) => span.mark.came { "+ came" },
            (_, None) => span.mark.went { "− went" },
            _ => span.mark.changed { "≠ changed" },
        }
    }
}

/// Rows of changes: `what` names a thing, `describe` tells the rest of it.
fn rows<T>(
    changes: Vec<Change<'_, T>>,
    what: impl Fn(&T) -> Markup,
    describe: impl Fn(&T) -> Markup,
) -> impl Iterator<Item = Row> {
    changes.into_iter().map(move |change| {
        let (before, after) = change.both();
        Row {
            what: what(change.latest()),
            before: before.map(&describe),
            after: after.map(&describe),
        }
    })
}

/// The processes that both have, by process id.
fn pairs<'a>(before: &'a Shown, after: &'a Shown) -> Vec<(&'a Process, &'a Process)> {
    let all = changes(
        &before.processes,
        &after.processes,
        |process| process.pid,
        |_, _| false,
    );
    let both = all.into_iter().filter_map(|change| match change {
        Change::Changed(before, after) => Some((before, after)),
        Change::Came(_) | Change::Went(_) => None,
    });
    both.collect()
}

fn processes(before: &Shown, after: &Shown) -> Vec<Row> {
    let found = changes(
        &before.processes,
        &after.processes,
        |process| process.pid,
        |one, other| traits(one) == traits(other),
    );
    let line = |process: &Process| {
        let words = text::command_line(&process.arguments);
        let words = if words.is_empty() {
            &process.command
        } else {
            &words
        };
        html! { (text::foreign(words, text::LONG)) }
    };
    found
        .into_iter()
        .map(|change| Row {
            what: tree::label(change.latest()),
            before: match change {
                Change::Came(_) => None,
                Change::Went(process) => Some(line(process)),
                Change::Changed(one, other) => Some(differing(one, other)),
            },
            after: match change {
                Change::Came(process) => Some(line(process)),
                Change::Went(_) => None,
                Change::Changed(one, other) => Some(differing(other, one)),
            },
        })
        .collect()
}

/// What makes a process what it is, its memory and what it has open apart.
fn traits(process: &Process) -> [(&'static str, String); 8] {
    [
        ("name", process.command.clone()),
        ("command line", text::command_line(&process.arguments)),
        ("parent", process.parent.to_string()),
        ("state", process.state.clone()),
        ("threads", process.threads.to_string()),
        (
            "user, group",
            format!("{}, {}", process.user, process.group_id),
        ),
        ("program", process.executable.clone()),
        ("works in", process.working_directory.clone()),
    ]
}

/// Those traits of `one` that `other` has otherwise.
fn differing(one: &Process, other: &Process) -> Markup {
    let traits = traits(one).into_iter().zip(traits(other));
    html! {
        @for (number, ((name, value), _)) in traits.filter(|(one, other)| one != other).enumerate() {
            @if number > 0 { "; " }
            span.quiet { (name) } " " (text::foreign(&value, text::LONG))
        }
    }
}

fn memory<'a>(before: &'a Shown, after: &'a Shown) -> Vec<Amount<'a>> {
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

fn memory_table(amounts: &[Amount]) -> Markup {
    let (listed, left) = rows_of(amounts);
    let rows = html! {
        @for Amount { process, kind, before, after } in listed {
            tr {
                th scope="row" { (tree::label(process)) }
                td { (text::name(kind)) }
                td.number { (human::size(before.stored)) }
                td.number { (human::size(after.stored)) }
                td.number { (signed(before.stored, after.stored)) }
                td.number { (signed(before.mapped, after.mapped)) }
            }
        }
    };
    let columns = [
        Column::Text("Process"),
        Column::Text("Kind"),
        Column::Number("Stored before"),
        Column::Number("Stored after"),
        Column::Number("Difference"),
        Column::Number("Mapped, difference"),
    ];
    let caption = "Largest difference first";
    let whole = html! {
        (wide("Differences of memory", table(caption, &columns, rows)))
        @if let Some(left) = left { (left) }
    };
    let summary = count(amounts.len(), "difference", "differences");
    if amounts.len() > OPEN {
        folded(false, summary, whole)
    } else {
        whole
    }
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

fn files(before: &Shown, after: &Shown) -> Vec<Row> {
    let mut found = Vec::new();
    for (before, after) in pairs(before, after) {
        let changes = changes(&before.files, &after.files, |file| file.fd, PartialEq::eq);
        found.extend(rows(
            changes,
            |file| html! { (tree::label(after)) " fd " (file.fd) },
            |file| {
                html! {
                    (text::name(&file.kind)) " " (describe_file(file))
                    @if let Some(position) = file.position { " at " (position) }
                }
            },
        ));
    }
    found
}

fn sockets(before: &Shown, after: &Shown) -> Vec<Row> {
    let mut found = Vec::new();
    for (before, after) in pairs(before, after) {
        let changes = changes(
            &before.sockets,
            &after.sockets,
            |socket| socket.fd,
            PartialEq::eq,
        );
        found.extend(rows(
            changes,
            |socket| html! { (tree::label(after)) " fd " (socket.fd) },
            |socket| html! {
                (text::name(&socket.kind)) " " (text::name(&socket.state)) " " (describe_socket(socket))
            },
        ));
    }
    found
}

/// Only where both were asked for it.
fn environment(before: &Shown, after: &Shown) -> Vec<Row> {
    let mut found = Vec::new();
    for (before, after) in pairs(before, after) {
        let (Some(one), Some(other)) = (&before.environment, &after.environment) else {
            continue;
        };
        let split = |variable: &str| {
            let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
            (name.to_owned(), value.to_owned())
        };
        let changes = changes(one, other, |variable| split(variable).0, PartialEq::eq);
        found.extend(rows(
            changes,
            |variable| html! { (tree::label(after)) " " (text::path(&split(variable).0)) },
            |variable| html! { (text::foreign(&split(variable).1, text::LONG)) },
        ));
    }
    found
}

fn mounts(before: &Shown, after: &Shown) -> Vec<Row> {
    let changes = changes(
        &before.mounts,
        &after.mounts,
        |mount| &mount.destination,
        PartialEq::eq,
    );
    let what = |mount: &Mount| html! { (text::path(&mount.destination)) };
    let describe = |mount: &Mount| html! { (text::name(&mount.kind)) " " (describe_mount(mount)) };
    rows(changes, what, describe).collect()
}

fn volumes(before: &Shown, after: &Shown) -> Vec<Row> {
    let changes = changes(
        &before.volumes,
        &after.volumes,
        |volume| &volume.name,
        PartialEq::eq,
    );
    rows(
        changes,
        |volume| html! { (text::path(&volume.name)) },
        |volume| html! { (text::path(&volume.destination)) " " (volume_size(volume)) },
    )
    .collect()
}

fn networks(before: &Shown, after: &Shown) -> Vec<Row> {
    let changes = changes(
        &before.networks,
        &after.networks,
        |network| (&network.name, &network.interface),
        PartialEq::eq,
    );
    rows(
        changes,
        |network| html! { (text::path(&network.name)) },
        |network| html! {
            (text::path(&network.interface)) " " (addresses(network)) " " (text::path(&network.mac))
        },
    )
    .collect()
}

fn removed(before: &Shown, after: &Shown) -> Vec<Row> {
    let changes = changes(
        &before.deleted_files,
        &after.deleted_files,
        |path| path,
        PartialEq::eq,
    );
    rows(
        changes,
        |_| html! { "root file system" },
        |path| html! { (text::path(path)) },
    )
    .collect()
}

/// Sizes that differ: name, before, after.
fn size_rows(before: &Shown, after: &Shown) -> Vec<(&'static str, u64, u64)> {
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

fn size_table(sizes: &[(&str, u64, u64)]) -> Markup {
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
