//! `top`: a container's processes, by descriptors of our own or by ps(1).

use std::fs::File;
use std::process::{Command, Output, Stdio};

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
/// ps(1) is this host's, with the container's processes before it; where the host has none, the
/// container's own.
///
/// # Errors
/// [`Error::NotRunning`] unless it runs; [`Error::Invalid`] when ps(1) refuses its options.
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
    let group = Cgroup::at(&cgroup_path(&container.config.id));
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

/// In a mount namespace of its own, ps(1) finds a /proc that shows the container's processes; it is
/// none of them itself.
const OUTSIDE: &str =
    r#"nsenter --target "$1" --pid -- mount -t proc proc /proc && shift && exec ps "$@""#;

fn ps(engine: &Engine, id: &str, words: &[String]) -> Result<Listing> {
    // Nothing of ours may be in there while it is frozen.
    wait_while_frozen(engine, id)?;
    let container = engine.reload(id)?;
    let here = ["unshare", "nsenter", "ps"];
    let output = match container.state.pid {
        Some(pid) if here.iter().all(|name| command::find(name).is_some()) => {
            let mut command = Command::new("unshare");
            command.args(["--mount", "--", "sh", "-c", OUTSIDE, "sh", &pid.to_string()]);
            command.args(words);
            output_of(command)?
        }
        _ => ps_inside(engine, &container, words)?,
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        let code = output.status.code().unwrap_or(-1);
        return Err(Error::Invalid(format!(
            "ps(1) failed with exit code {code}: {}",
            text(&output.stderr)
        )));
    }
    Ok(Listing::Lines(
        text(&output.stdout).lines().map(str::to_owned).collect(),
    ))
}

fn ps_inside(engine: &Engine, container: &Container, words: &[String]) -> Result<Output> {
    let mut line = vec!["ps".to_owned()];
    line.extend_from_slice(words);
    let own = line.join(" ");
    let options = ExecOptions {
        command: line,
        ..ExecOptions::default()
    };
    let (command, prepared) = prepare(engine, container, &options, None)?;
    let mut output = output_of(command)?;
    prepared.finish(output.status)?;
    // It has seen itself.
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let others: Vec<&str> = lines.lines().filter(|line| !line.contains(&own)).collect();
    output.stdout = others.join("\n").into_bytes();
    Ok(output)
}

fn output_of(mut command: Command) -> Result<Output> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(command::spawn(command, &[])?.wait_with_output()?)
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
