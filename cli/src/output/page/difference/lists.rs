//! What came, went and changed, thing by thing.

use libcr::model::shown::{Mount, Process, Shown};
use maud::{Markup, html};

use super::compare::{Change, changes};
use crate::output::human;
use crate::output::page::memory::{names, sharers};
use crate::output::page::opened::{describe_file, describe_socket};
use crate::output::page::places::{addresses, describe_mount, volume_size};
use crate::output::page::{text, tree};

/// A line of a list of changes: what it is about, what was, what is.
pub(super) struct Row {
    pub(super) what: Markup,
    pub(super) before: Option<Markup>,
    pub(super) after: Option<Markup>,
}

/// The processes, memory and what they have open apart.
pub(super) fn processes(before: &Shown, after: &Shown) -> Vec<Row> {
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

/// Known by who maps it: it has no other name.
pub(super) fn shared_memory(before: &Shown, after: &Shown) -> Vec<Row> {
    let names = names(after);
    let changes = changes(
        &before.shared_memory,
        &after.shared_memory,
        |shared| &shared.processes,
        PartialEq::eq,
    );
    rows(
        changes,
        |shared| html! { (sharers(shared, &names)) },
        |shared| {
            html! {
                (human::size(shared.memory.stored)) " stored of "
                (human::size(shared.memory.mapped)) " mapped"
            }
        },
    )
    .collect()
}

/// Open files of the processes that both have.
pub(super) fn files(before: &Shown, after: &Shown) -> Vec<Row> {
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

/// Sockets of the processes that both have.
pub(super) fn sockets(before: &Shown, after: &Shown) -> Vec<Row> {
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
pub(super) fn environment(before: &Shown, after: &Shown) -> Vec<Row> {
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

/// The mounts.
pub(super) fn mounts(before: &Shown, after: &Shown) -> Vec<Row> {
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

/// The volumes.
pub(super) fn volumes(before: &Shown, after: &Shown) -> Vec<Row> {
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

/// The networks.
pub(super) fn networks(before: &Shown, after: &Shown) -> Vec<Row> {
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

/// Files that are gone from the root file system.
pub(super) fn removed(before: &Shown, after: &Shown) -> Vec<Row> {
    let changes = changes(
        &before.deleted_files,
        &after.deleted_files,
        |path| path,
        PartialEq::eq,
    );
    let row = |change: Change<'_, String>| Row {
        what: html! { (text::path(change.latest())) },
        before: change.both().0.map(|_| html! { "removed then" }),
        after: change.both().1.map(|_| html! { "removed since" }),
    };
    changes.into_iter().map(row).collect()
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
