//! `checkpoint diff`: for people as sections of lines that begin with `+`, `-` or `~`.

use crate::args::checkpoint::{CheckpointDiff, place};
use crate::commands::{Opener, Outcome};
use crate::output::json::{self, is_json};
use crate::output::template::{Schema, render_document};
use crate::output::{human, print, table};
use libcr::ops::checkpoints::compare::{
    Changes, Difference, MemoryDifference, OpenFacts, Pages, ProcessFacts, compare,
};
use std::fmt::Write as _;

const SCHEMA: Schema = Schema(&[("", "checkpoint.Difference")]);

/// Compares two checkpoints.
pub fn run(opener: &Opener, flags: &CheckpointDiff) -> Outcome {
    let [container, from, to] = flags.validate()?;
    let at = |name| place(name, flags.checkpoint_dir.as_ref());
    let difference = compare(&opener.open()?, container, &at(from), &at(to))?;
    match flags.format.as_deref() {
        None | Some("") => print::text(&shown(&difference))?,
        Some(format) if is_json(format) => {
            print::line(&json::pretty(&difference, 4).unwrap_or_default())?;
        }
        Some(format) => {
            let document = serde_json::to_value(&difference).unwrap_or_default();
            let (text, result) = render_document("checkpoint diff", format, &document, SCHEMA);
            print::text(&text)?;
            result?;
        }
    }
    Ok(0)
}

fn shown(difference: &Difference) -> String {
    let mut text = String::new();
    section(&mut text, "PROCESSES", &difference.processes, process);
    memory(&mut text, &difference.memory);
    section(&mut text, "FILES", &difference.files, open);
    section(&mut text, "SOCKETS", &difference.sockets, open);
    if let Some(rootfs) = &difference.rootfs {
        section(&mut text, "ROOT FILE SYSTEM", rootfs, String::clone);
    }
    text
}

fn section<T>(text: &mut String, title: &str, changes: &Changes<T>, line: impl Fn(&T) -> String) {
    let _ = writeln!(text, "{title}");
    let marked = [
        ('+', &changes.added),
        ('-', &changes.removed),
        ('~', &changes.changed),
    ];
    let mut any = false;
    for (mark, list) in marked {
        for one in list {
            any = true;
            let _ = writeln!(text, "  {mark} {}", line(one));
        }
    }
    if !any {
        text.push_str("  no change\n");
    }
}

fn process(facts: &ProcessFacts) -> String {
    let ProcessFacts {
        pid,
        parent,
        command,
        state,
        threads,
    } = facts;
    format!("{pid} {command} ({state}, parent {parent}, threads {threads})")
}

fn open(facts: &OpenFacts) -> String {
    let OpenFacts {
        pid,
        fd,
        kind,
        what,
    } = facts;
    format!("{pid} fd {fd} {kind} {what}").trim_end().to_owned()
}

fn memory(text: &mut String, memory: &MemoryDifference) {
    let row = |name: String, command: &str, pages: Pages| {
        let fresh = (pages.changed + pages.new) * memory.page_size;
        let numbers = [pages.same, pages.changed, pages.new, pages.gone].map(|n| n.to_string());
        let mut cells = vec![name, command.to_owned()];
        cells.extend(numbers);
        cells.push(human::size(fresh));
        cells
    };
    let headings = [
        "MEMORY", "COMMAND", "SAME", "CHANGED", "NEW", "GONE", "WRITTEN",
    ];
    let mut rows = vec![headings.map(str::to_owned).to_vec()];
    for one in &memory.processes {
        let shared = if one.shared { " (shared)" } else { "" };
        let command = format!("{}{shared}", one.command);
        rows.push(row(format!("  {}", one.pid), &command, one.pages));
    }
    rows.push(row("  total".to_owned(), "", memory.total));
    text.push_str(&table::align(&rows));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none<T>() -> Changes<T> {
        Changes {
            added: Vec::new(),
            removed: Vec::new(),
            changed: Vec::new(),
        }
    }

    #[test]
    fn sections() {
        let difference = Difference {
            from: "a".into(),
            to: "b".into(),
            processes: Changes {
                added: vec![ProcessFacts {
                    pid: 7,
                    parent: 1,
                    command: "sleep".into(),
                    state: "running",
                    threads: 1,
                }],
                ..none()
            },
            memory: MemoryDifference {
                page_size: 4096,
                total: Pages {
                    same: 3,
                    changed: 1,
                    ..Pages::default()
                },
                processes: Vec::new(),
            },
            files: none(),
            sockets: none(),
            rootfs: None,
        };
        assert_eq!(
            shown(&difference),
            "PROCESSES\n  + 7 sleep (running, parent 1, threads 1)\n\
             MEMORY      COMMAND     SAME        CHANGED     NEW         GONE        WRITTEN\n  \
             total                 3           1           0           0           4.1 kB\n\
             FILES\n  no change\nSOCKETS\n  no change\n"
        );
    }
}
