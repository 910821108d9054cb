//! The process tree as nested lists, each process with its command line and its share of the
//! memory. Parents are what the images say: a circle or an absent parent hides no process.

use std::collections::HashMap;

use libcr::model::shown::{Process, Shown};
use maud::{Markup, html};

use super::sizes::share;
use super::table::{ROWS, Section, count, facts, folded};
use super::text;
use crate::output::human;

/// Deeper processes stand beside each other: browsers stop nesting, and so does the eye.
const DEEPEST: usize = 12;

/// A process and how deep it is, in the order of reading: parents before children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Placed {
    index: usize,
    depth: usize,
}

/// Bytes of its memory in the checkpoint.
pub(super) fn stored(process: &Process) -> u64 {
    let each = process.memory.values().map(|memory| memory.stored);
    each.fold(0, u64::saturating_add)
}

/// Bytes of its address space.
pub(super) fn mapped(process: &Process) -> u64 {
    let each = process.memory.values().map(|memory| memory.mapped);
    each.fold(0, u64::saturating_add)
}

/// Name and process id.
pub(super) fn label(process: &Process) -> Markup {
    html! { b { (text::name(&process.command)) } " " span.pid { "pid " (process.pid) } }
}

/// The section.
pub(super) fn section(shown: &Shown) -> Section {
    let placed = place(&shown.processes);
    let most = shown.processes.iter().map(stored).max().unwrap_or(0);
    let end = placed.len().min(ROWS);
    let body = html! {
        @if placed.is_empty() {
            p.quiet { "No process could be read." }
        } @else {
            div.tree { (level(&shown.processes, &placed[..end], 0, most)) }
            @if placed.len() > end { p.quiet { "… and " (placed.len() - end) " more." } }
        }
    };
    Section {
        id: "processes",
        title: "Processes",
        note: shown.processes.len().to_string(),
        body,
    }
}

/// Every process once, below its parent; first those whose parent is not among them, then what is
/// left, which is in circles.
fn place(processes: &[Process]) -> Vec<Placed> {
    let mut by_pid = HashMap::new();
    for (index, process) in processes.iter().enumerate() {
        by_pid.entry(process.pid).or_insert(index);
    }
    let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut roots = Vec::new();
    for (index, process) in processes.iter().enumerate() {
        match by_pid.get(&process.parent) {
            Some(parent) if *parent != index => children.entry(*parent).or_default().push(index),
            _ => roots.push(index),
        }
    }
    let mut placed = Vec::new();
    let mut seen = vec![false; processes.len()];
    for root in roots.into_iter().chain(0..processes.len()) {
        let mut next = vec![Placed {
            index: root,
            depth: 0,
        }];
        while let Some(one) = next.pop() {
            if std::mem::replace(&mut seen[one.index], true) {
                continue;
            }
            placed.push(one);
            let below = children.get(&one.index).into_iter().flatten().rev();
            next.extend(below.map(|index| Placed {
                index: *index,
                depth: one.depth + 1,
            }));
        }
    }
    placed
}

fn level(processes: &[Process], placed: &[Placed], depth: usize, most: u64) -> Markup {
    let flat = depth == DEEPEST;
    let groups = placed.chunk_by(|_, next| !flat && next.depth > depth);
    html! {
        ul {
            @for group in groups {
                @let (one, below) = (&group[0], &group[1..]);
                li {
                    (node(&processes[one.index], one, most))
                    @if !below.is_empty() { (level(processes, below, depth + 1, most)) }
                }
            }
        }
    }
}

fn node(process: &Process, placed: &Placed, most: u64) -> Markup {
    let stored = stored(process);
    let arguments = text::command_line(&process.arguments);
    let summary = html! {
        span.process {
            span.who {
                (label(process))
                @if process.state != "running" && !process.state.is_empty() {
                    " " span.tag { (text::name(&process.state)) }
                }
                @if placed.depth > DEEPEST { " " span.tag { "level " (placed.depth + 1) } }
            }
            span.line {
                @if process.arguments.is_empty() { span.quiet { "command line unknown" } }
                @else { (text::foreign(&arguments, text::LONG)) }
            }
            span.amount {
                span { (human::size(stored)) }
                svg class="bar" aria-hidden="true" viewBox="0 0 1000 10" preserveAspectRatio="none" {
                    rect width=(share(stored, most)) height="10" {}
                }
            }
        }
    };
    folded(false, summary, details(process))
}

fn details(process: &Process) -> Markup {
    let path = |path: &str| (!path.is_empty()).then(|| html! { (text::path(path)) });
    let known = |word: String| Some(html! { (word) });
    facts([
        ("Program", path(&process.executable)),
        ("Works in", path(&process.working_directory)),
        ("State", path(&process.state)),
        ("Parent", known(process.parent.to_string())),
        (
            "Group, session",
            known(format!("{}, {}", process.group, process.session)),
        ),
        (
            "User, group id",
            known(format!("{}, {}", process.user, process.group_id)),
        ),
        ("Threads", known(process.threads.to_string())),
        (
            "Memory",
            known(format!(
                "{} stored of {} mapped",
                human::size(stored(process)),
                human::size(mapped(process))
            )),
        ),
        (
            "Holds open",
            known(format!(
                "{}, {}",
                count(process.files.len(), "file", "files"),
                count(process.sockets.len(), "socket", "sockets")
            )),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(pairs: &[(u32, u32)]) -> Vec<(usize, usize)> {
        let processes: Vec<Process> = pairs
            .iter()
            .map(|(pid, parent)| Process {
                pid: *pid,
                parent: *parent,
                ..Process::default()
            })
            .collect();
        let placed = place(&processes);
        placed.iter().map(|one| (one.index, one.depth)).collect()
    }

    #[test]
    fn children_stand_below_their_parents() {
        assert_eq!(
            tree(&[(1, 0), (2, 1), (3, 1), (4, 2), (5, 0)]),
            [(0, 0), (1, 1), (3, 2), (2, 1), (4, 0)]
        );
    }

    #[test]
    fn an_absent_parent_hides_nobody() {
        assert_eq!(tree(&[(7, 3), (8, 7)]), [(0, 0), (1, 1)]);
    }

    #[test]
    fn circles_and_doubles_are_shown_once() {
        assert_eq!(tree(&[(1, 2), (2, 1)]), [(0, 0), (1, 1)]);
        assert_eq!(tree(&[(0, 0), (0, 0)]), [(0, 0), (1, 1)]);
        assert_eq!(tree(&[(5, 5), (5, 5), (6, 5)]).len(), 3);
    }

    #[test]
    fn a_long_chain_nests_only_so_deep() {
        let processes: Vec<Process> = (1..=30_000)
            .map(|pid| Process {
                pid,
                parent: pid - 1,
                ..Process::default()
            })
            .collect();
        let shown = Shown {
            processes,
            ..Shown::default()
        };
        let body = section(&shown).body.into_string();
        assert_eq!(body.matches("<ul>").count(), DEEPEST + 1);
        assert_eq!(body.matches("<li>").count(), ROWS);
        assert!(body.contains("level 14") && body.contains("… and 10000 more"));
    }
}
