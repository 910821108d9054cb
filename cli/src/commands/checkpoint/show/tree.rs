//! The processes as a tree, a line each.

use crate::output::harmless::harmless;
use crate::output::human;
use libcr::model::shown::Process;
use std::collections::{BTreeMap, BTreeSet};

/// Deeper ones are drawn no further in.
const DEEPEST: usize = 24;

/// The rows of the table: headings, then parents before their children.
pub fn rows(processes: &[Process]) -> Vec<Vec<String>> {
    let headings = ["  PID", "USER", "STATE", "THREADS", "STORED", "COMMAND"];
    let mut rows = vec![headings.map(str::to_owned).to_vec()];
    for (process, branch) in ordered(processes) {
        let stored = process.memory.values().map(|memory| memory.stored).sum();
        rows.push(vec![
            format!("  {}", process.pid),
            format!("{}:{}", process.user, process.group_id),
            harmless(&process.state).into_owned(),
            process.threads.to_string(),
            human::size(stored),
            format!("{branch}{}", words(process)),
        ]);
    }
    rows
}

/// The command line as people type it; the name in brackets where it can't be told, as ps(1) does.
pub fn words(process: &Process) -> String {
    if process.arguments.is_empty() {
        return format!("[{}]", harmless(&process.command));
    }
    let word = |word: &String| {
        let word = harmless(word);
        if word.is_empty() || word.contains(' ') {
            format!("'{word}'")
        } else {
            word.into_owned()
        }
    };
    let words: Vec<String> = process.arguments.iter().map(word).collect();
    words.join(" ")
}

/// Parents before children, each with what is drawn before it. One whose parent isn't there, or
/// that is its own ancestor, begins a tree.
fn ordered(processes: &[Process]) -> Vec<(&Process, String)> {
    let pids: BTreeSet<u32> = processes.iter().map(|process| process.pid).collect();
    let mut children: BTreeMap<u32, Vec<&Process>> = BTreeMap::new();
    let mut roots = Vec::new();
    for process in processes {
        if process.parent != process.pid && pids.contains(&process.parent) {
            children.entry(process.parent).or_default().push(process);
        } else {
            roots.push(process);
        }
    }
    let mut drawn = Vec::with_capacity(processes.len());
    let mut seen = BTreeSet::new();
    // Those in a circle are reached by no root.
    for start in roots.into_iter().chain(processes) {
        let mut waiting = vec![(start, 0, true)];
        // Whether something follows below, for each level.
        let mut open: Vec<bool> = Vec::new();
        while let Some((process, depth, last)) = waiting.pop() {
            if !seen.insert(process.pid) {
                continue;
            }
            open.truncate(depth);
            drawn.push((process, branch(&open, depth, last)));
            open.push(!last);
            let below = children
                .get(&process.pid)
                .map(Vec::as_slice)
                .unwrap_or_default();
            for (number, child) in below.iter().enumerate().rev() {
                waiting.push((child, depth + 1, number + 1 == below.len()));
            }
        }
    }
    drawn
}

fn branch(open: &[bool], depth: usize, last: bool) -> String {
    let Some(above) = depth.checked_sub(1) else {
        return String::new();
    };
    let lines = open.iter().skip(1).take(above.min(DEEPEST));
    let mut text: String = lines
        .map(|open| if *open { "│  " } else { "   " })
        .collect();
    text.push_str(if last { "└─ " } else { "├─ " });
    text
}
