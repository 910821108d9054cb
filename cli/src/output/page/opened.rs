//! What each process has open: files, sockets with both ends; its environment, when it was asked
//! for. Folded by process, so that ten thousand files are a line until somebody looks.

use libcr::model::shown::{OpenFile, Process, Shown, Socket};
use maud::{Markup, html};

use super::table::{Column, OPEN, Section, count, folded, shown as rows_of, table};
use super::{text, tree};

/// The open files.
pub(super) fn files(shown: &Shown) -> Section {
    let number = shown.processes.iter().map(|process| process.files.len());
    per_process(
        shown,
        ("files", "Open files"),
        ("file", "files"),
        number.sum(),
        |process| process.files.len(),
        file_table,
    )
}

/// The sockets.
pub(super) fn sockets(shown: &Shown) -> Section {
    let number = shown.processes.iter().map(|process| process.sockets.len());
    per_process(
        shown,
        ("sockets", "Sockets"),
        ("socket", "sockets"),
        number.sum(),
        |process| process.sockets.len(),
        socket_table,
    )
}

/// The environment; nothing unless it was asked for.
pub(super) fn environment(shown: &Shown) -> Option<Section> {
    let of = |process: &Process| process.environment.as_ref().map_or(0, Vec::len);
    let asked = shown
        .processes
        .iter()
        .any(|process| process.environment.is_some());
    let number = shown.processes.iter().map(of).sum();
    asked.then(|| {
        let mut section = per_process(
            shown,
            ("environment", "Environment"),
            ("variable", "variables"),
            number,
            of,
            environment_table,
        );
        section.note.clear();
        section
    })
}

/// What there is of a file but its number.
pub(super) fn describe_file(file: &OpenFile) -> Markup {
    html! {
        @if file.path.is_empty() { span.quiet { "no name" } } @else { (text::path(&file.path)) }
        @if file.deleted { " " span.tag { "deleted" } }
    }
}

/// Both ends of a socket.
pub(super) fn describe_socket(socket: &Socket) -> Markup {
    html! {
        @match (socket.local.is_empty(), socket.remote.is_empty()) {
            (true, true) => span.quiet { "no name" },
            (false, true) => (text::path(&socket.local)),
            _ => {
                @if socket.local.is_empty() { span.quiet { "no name" } }
                @else { (text::path(&socket.local)) }
                " " span.arrow { "→" } " " (text::path(&socket.remote))
            },
        }
    }
}

fn per_process(
    shown: &Shown,
    (id, title): (&'static str, &'static str),
    (one, many): (&str, &str),
    number: usize,
    of: impl Fn(&Process) -> usize,
    rows: impl Fn(&Process) -> Markup,
) -> Section {
    let having = shown.processes.iter().filter(|process| of(process) > 0);
    let body = html! {
        @if shown.processes.is_empty() { p.quiet { "Not known: no process could be read." } }
        @else if number == 0 { p.quiet { "None." } }
        @for process in having {
            @let summary = html! {
                (tree::label(process)) ", " span.note { (count(of(process), one, many)) }
            };
            (folded(number <= OPEN, summary, rows(process)))
        }
    };
    Section {
        id,
        title,
        note: number.to_string(),
        body,
    }
}

fn file_table(process: &Process) -> Markup {
    let (files, left) = rows_of(&process.files);
    let rows = html! {
        @for file in files {
            tr {
                th.number scope="row" { (file.fd) }
                td.short { (text::name(&file.kind)) }
                td.fixed { (describe_file(file)) }
                td.number { @if let Some(position) = file.position { (position) } }
            }
        }
    };
    let columns = [
        Column::Number("FD"),
        Column::Short("Kind"),
        Column::Text("Path"),
        Column::Number("Position"),
    ];
    let caption = count(process.files.len(), "open file", "open files");
    html! { (table(caption, &columns, rows)) @if let Some(left) = left { (left) } }
}

fn socket_table(process: &Process) -> Markup {
    let (sockets, left) = rows_of(&process.sockets);
    let rows = html! {
        @for socket in sockets {
            tr {
                th.number scope="row" { (socket.fd) }
                td.short { (text::name(&socket.kind)) }
                td.state { (text::name(&socket.state)) }
                td.fixed { (describe_socket(socket)) }
            }
        }
    };
    let columns = [
        Column::Number("FD"),
        Column::Short("Kind"),
        Column::Short("State"),
        Column::Text("Local → remote"),
    ];
    let caption = count(process.sockets.len(), "socket", "sockets");
    html! { (table(caption, &columns, rows)) @if let Some(left) = left { (left) } }
}

fn environment_table(process: &Process) -> Markup {
    let (variables, left) = rows_of(process.environment.as_deref().unwrap_or_default());
    let rows = html! {
        @for variable in variables {
            @let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
            tr {
                th.fixed scope="row" { (text::path(name)) }
                td.fixed { (text::foreign(value, text::LONG)) }
            }
        }
    };
    let caption = count(variables.len(), "variable", "variables");
    let columns = [Column::Text("Name"), Column::Text("Value")];
    html! { (table(caption, &columns, rows)) @if let Some(left) = left { (left) } }
}
