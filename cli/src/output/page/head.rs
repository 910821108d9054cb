//! The top of the page: which checkpoint, its figures at a glance, who made it, what it needs; and
//! where understanding ends.

use libcr::model::shown::{Container, Origin, Shown};
use maud::{Markup, html};

use super::table::{Section, facts, shown as rows_of};
use super::{sizes, text, timeline};
use crate::output::human;

/// The title of the document.
pub(super) fn title(earlier: Option<&Shown>, shown: &Shown) -> String {
    let what = if earlier.is_some() {
        "two checkpoints"
    } else {
        "checkpoint"
    };
    format!("{what}: {}", text::plain(title_of(shown), text::NAME))
}

/// The banner.
pub(super) fn banner(earlier: Option<&Shown>, shown: &Shown) -> Markup {
    let container = &shown.container;
    html! {
        header {
            p.kind {
                @if earlier.is_some() { "Checkpoint, compared with an earlier one" }
                @else { "Checkpoint" }
            }
            h1 { (text::name(title_of(shown))) }
            @if !container.image.is_empty() { p.image { "of " (text::path(&container.image)) } }
            @if !shown.unclear.is_empty() {
                p.notice {
                    a href="#unclear" {
                        @match shown.unclear.len() {
                            1 => "One thing in it is unclear",
                            number => { (number) " things in it are unclear" },
                        }
                    }
                }
            }
            (glance(shown))
            div.pair {
                div { h2 { "Container" } (container_facts(shown)) }
                div { h2 { "Made by" } (origin_facts(shown)) }
            }
        }
    }
}

/// What it is called: the container's name, else its id, else where it was found.
fn title_of(shown: &Shown) -> &str {
    let Container { name, id, .. } = &shown.container;
    let names = [name, human::id(id, false), &shown.source];
    names
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or("unnamed")
}

fn glance(shown: &Shown) -> Markup {
    let processes = &shown.processes;
    let files: usize = processes.iter().map(|process| process.files.len()).sum();
    let sockets: usize = processes.iter().map(|process| process.sockets.len()).sum();
    let on_disk = match shown.sizes.archive {
        0 => sizes::total(&shown.sizes),
        archive => archive,
    };
    let figures = [
        ("Processes", processes.len().to_string()),
        ("Memory pages", human::size(shown.sizes.memory)),
        ("Open files", files.to_string()),
        ("Sockets", sockets.to_string()),
        ("On disk", human::size(on_disk)),
    ];
    html! {
        dl.glance {
            @for (name, figure) in figures { div { dt { (name) } dd { (figure) } } }
            @if let Some(whole) = timeline::whole(shown) {
                div { dt { "Took" } dd { (whole) } }
            }
        }
    }
}

/// What is known of `text`, harmless.
pub(super) fn known(text: &str) -> Option<Markup> {
    (!text.is_empty()).then(|| html! { (text::path(text)) })
}

fn container_facts(shown: &Shown) -> Markup {
    let container = &shown.container;
    let command = text::command_line(&container.command);
    facts([
        ("Id", known(&container.id)),
        ("Command", known(&command)),
        ("Host name", known(&container.hostname)),
        ("Image id", known(&container.image_id)),
        ("Image inside", known(&container.image_inside)),
        ("Created", time(&container.created)),
        ("Frozen", timeline::when(shown).map(timeline::instant)),
        ("Found in", known(&shown.source)),
        ("Needs", Some(needs(&shown.origin))),
        ("Sealed", known(&seal(shown))),
    ])
}

/// Whether it was encrypted, and whose signature it says it has.
fn seal(shown: &Shown) -> String {
    let seal = &shown.seal;
    let mut words = Vec::new();
    if seal.encrypted {
        words.push("encrypted, and opened".to_owned());
    }
    if !seal.key.is_empty() {
        let (key, comment) = (&seal.key, &seal.comment);
        words.push(format!("says it is signed by key {key} ({comment})"));
    }
    words.join("; ")
}

/// A time in one form, if it is one.
fn time(text: &str) -> Option<Markup> {
    match text.parse() {
        Ok(at) => Some(timeline::instant(at)),
        Err(_) => known(text),
    }
}

/// What has to be said for it to be thawed.
pub(super) fn needs(origin: &Origin) -> Markup {
    html! {
        @if origin.needs.is_empty() { "nothing special to be thawed" }
        @for need in &origin.needs { code.need { (text::name(need)) } " " }
    }
}

/// Engine and version.
pub(super) fn engine(origin: &Origin) -> String {
    let format = origin
        .format_version
        .map(|version| format!("(format {version})"));
    let words = [
        origin.engine.as_str(),
        &origin.engine_version,
        format.as_deref().unwrap_or_default(),
    ];
    words_of(&words)
}

/// Runtime and version.
pub(super) fn runtime(origin: &Origin) -> String {
    if origin.runtime_version.starts_with(origin.runtime.as_str()) {
        return origin.runtime_version.clone();
    }
    words_of(&[&origin.runtime, &origin.runtime_version])
}

fn words_of(words: &[&str]) -> String {
    let words = words.iter().copied().filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn origin_facts(shown: &Shown) -> Markup {
    let origin = &shown.origin;
    let cgroup = match origin.cgroup_version {
        0 => String::new(),
        version => format!("version {version}"),
    };
    facts([
        (
            "Engine",
            known(&engine(origin)).or_else(|| known("unknown")),
        ),
        ("Runtime", known(&runtime(origin))),
        ("CRIU", known(&origin.criu)),
        ("Kernel", known(&origin.kernel)),
        ("Architecture", known(&origin.architecture)),
        ("Cgroups", known(&cgroup)),
    ])
}

/// What could not be read; nothing when all could.
pub(super) fn unclear(shown: &Shown) -> Option<Section> {
    let (unclear, left) = rows_of(&shown.unclear);
    let body = html! {
        ul.unclear {
            @for sentence in unclear { li { (text::foreign(sentence, text::LONG)) } }
        }
        @if let Some(left) = left { (left) }
    };
    (!unclear.is_empty()).then(|| Section {
        id: "unclear",
        title: "What is unclear",
        note: shown.unclear.len().to_string(),
        body,
    })
}
