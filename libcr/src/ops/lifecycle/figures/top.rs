//! `top`: a container's processes, by descriptors of our own or by ps(1).

use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;

use super::columns::{self, Around, Column};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::exec::{ExecOptions, prepare};
use crate::ops::steps::life::observe::{look, wait_while_frozen};
use crate::ops::steps::life::rootfs;
use crate::runtime::user::Names;
use crate::sys::cgroup::Cgroup;
use crate::sys::command;
use crate::sys::dir::at;
use crate::sys::process::{self, Process};

/// The most that a container's ps(1) may write, bytes: lines of more processes than there can be.
const MOST: usize = 16 << 20;
/// How long it may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A container's processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// Headings and a row a process. What stands in it comes from the container.
    Table {
        /// Headings.
        titles: Vec<String>,
        /// As many cells as headings, a row a process, in the order of process ids.
        processes: Vec<Vec<String>>,
    },
    /// What ps(1) printed, a line each, the heading first.
    Lines(Vec<String>),
}

impl Listing {
    /// Headings and cells; the lines of ps(1) are parted at blanks, the last cell takes the rest.
    pub fn columns(self) -> (Vec<String>, Vec<Vec<String>>) {
        let lines = match self {
            Self::Table { titles, processes } => return (titles, processes),
            Self::Lines(lines) => lines,
        };
        let mut lines = lines.iter();
        let words = |line: &str| line.split_ascii_whitespace().map(str::to_owned).collect();
        let titles: Vec<String> = lines.next().map(|line| words(line)).unwrap_or_default();
        let row = |line: &String| {
            let mut rest = line.trim();
            let mut cells = Vec::new();
            while cells.len() + 1 < titles.len() {
                let (cell, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                cells.push(cell.to_owned());
                rest = after.trim_start();
            }
            cells.push(rest.to_owned());
            cells
        };
        let rows = lines.map(row).collect();
        (titles, rows)
    }
}

/// The processes of a running container. `words` are descriptors, with commas or apart, of which
/// none means the usual ones; where one is no descriptor, all are options of ps(1).
///
/// ps(1) is the container's own.
///
/// # Errors
/// [`Error::NotRunning`] unless it runs; [`Error::Invalid`] when ps(1) refuses its options,
/// [`Error::CommandNotFound`] when the container has none.
pub fn top(engine: &Engine, word: &str, words: &[String]) -> Result<Listing> {
    let mut container = engine.find(word)?;
    look(engine, &mut container);
    if container.state.status != Status::Running {
        return Err(Error::NotRunning(
            "top can only be used on running containers".into(),
        ));
    }
    match columns(words) {
        Some(columns) => table(engine, &container, &columns),
        None => ps(engine, &container.config.id, words),
    }
}

/// Whether [`top`] takes these words for descriptors, not for options of ps(1).
pub fn are_descriptors(words: &[String]) -> bool {
    columns(words).is_some()
}

fn columns(words: &[String]) -> Option<Vec<&'static Column>> {
    let asked: Vec<&str> = words.iter().flat_map(|word| word.split(',')).collect();
    if asked.is_empty() || asked == [""] {
        return columns::STANDARD
            .iter()
            .map(|name| columns::find(name))
            .collect();
    }
    asked.into_iter().map(columns::find).collect()
}

fn table(engine: &Engine, container: &Container, columns: &[&Column]) -> Result<Listing> {
    let group = Cgroup::at(&cgroup_path(&container.config));
    let mut all = Vec::new();
    for pid in group.processes() {
        // One that ends meanwhile is none of its processes any more.
        all.extend(process::look(pid)?);
    }
    all.sort_by_key(|one| one.pids.last().copied());
    let first = all.iter().find(|one| Some(one.pid) == container.state.pid);
    let level = first.map_or(0, |one: &Process| one.pids.len().saturating_sub(1));
    let inside = rootfs::paths(engine, &container.config).merged;
    let names = |root: &std::path::Path| -> Result<Names> {
        Ok(Names::below(File::open(root).map_err(at("open", root))?))
    };
    let (inside, outside) = (names(&inside)?, names("/".as_ref())?);
    let around = Around {
        level,
        all: &all,
        inside: &inside,
        outside: &outside,
        now: Timestamp::now(),
    };
    let row = |one| {
        columns
            .iter()
            .map(|column| (column.tell)(one, &around))
            .collect()
    };
    Ok(Listing::Table {
        titles: columns
            .iter()
            .map(|column| column.heading.to_owned())
            .collect(),
        processes: all.iter().map(row).collect(),
    })
}

/// By a command in the container, as anybody's there: a ps(1) of this host among its processes would
/// hand it whatever may trace them.
fn ps(engine: &Engine, id: &str, words: &[String]) -> Result<Listing> {
    // Nothing of ours may be in there while it is frozen.
    wait_while_frozen(engine, id)?;
    let container = engine.reload(id)?;
    let mut line = vec!["ps".to_owned()];
    line.extend_from_slice(words);
    let own = line.join(" ");
    let options = ExecOptions {
        command: line,
        ..ExecOptions::default()
    };
    let (mut command, prepared) = prepare(engine, &container, &options, None, None)?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command::spawn(command, &[])?;
    let output = command::output_within(child, MOST, PATIENCE)?.ok_or_else(|| {
        Error::Invalid(format!(
            "the container's ps(1) has no end: no more than {} MiB and {} seconds are waited for",
            MOST >> 20,
            PATIENCE.as_secs()
        ))
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = prepared.finish(output.status)?;
    if code != 0 {
        return Err(Error::Invalid(format!(
            "ps(1) failed with exit code {code}: {}",
            text(&output.stderr)
        )));
    }
    // It has seen itself.
    let lines = text(&output.stdout);
    let others = lines.lines().filter(|line| !line.contains(&own));
    Ok(Listing::Lines(others.map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn descriptors_or_options() {
        let names = |list: &[&str]| {
            let found = columns(&words(list))?;
            Some(found.iter().map(|one| one.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]), Some(columns::STANDARD.to_vec()));
        assert_eq!(names(&[""]), Some(columns::STANDARD.to_vec()));
        assert_eq!(
            names(&["pid,user", "%C"]),
            Some(vec!["pid", "user", "pcpu"])
        );
        for options in [&["-ef"][..], &["aux"], &["pid", "foo"], &["pid,"]] {
            assert_eq!(names(options), None, "{options:?}");
        }
    }

    #[test]
    fn the_last_cell_of_ps_takes_the_rest() {
        let lines = Listing::Lines(words(&[
            "  PID TTY  CMD",
            "    1 ?    sh -c  a b",
            "    7 ?",
        ]));
        let (titles, rows) = lines.columns();
        assert_eq!(titles, ["PID", "TTY", "CMD"]);
        assert_eq!(
            rows,
            [words(&["1", "?", "sh -c  a b"]), words(&["7", "?", ""])]
        );
    }
}
