//! All of a checkpoint as sections of text. Whatever comes from a file goes through
//! [`harmless`]; sections with nothing in them are left out.

use super::tree;
use crate::output::harmless::harmless;
use crate::output::{human, table};
use libcr::model::shown::{Memory, Process, Shown};
use std::fmt::Write as _;

/// The whole text.
pub fn text(shown: &Shown) -> String {
    let mut text = format!("{}\n", harmless(&shown.source));
    facts(&mut text, "CONTAINER", container(shown));
    facts(&mut text, "MADE BY", origin(shown));
    facts(&mut text, "SEAL", seal(shown));
    facts(&mut text, "TIME LINE", timeline(shown));
    facts(&mut text, "SIZES", sizes(shown));
    section(&mut text, "PROCESSES", tree::rows(&shown.processes));
    for process in &shown.processes {
        environment(&mut text, process);
    }
    section(&mut text, "MEMORY", memory(shown));
    section(&mut text, "FILES", files(shown));
    section(&mut text, "SOCKETS", sockets(shown));
    section(&mut text, "MOUNTS", mounts(shown));
    section(&mut text, "VOLUMES", volumes(shown));
    section(&mut text, "NETWORKS", networks(shown));
    list(&mut text, "DELETED FILES", &shown.deleted_files);
    list(&mut text, "UNCLEAR", &shown.unclear);
    text
}

type Rows = Vec<Vec<String>>;

/// A row, each cell made harmless.
fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(|cell| harmless(cell).into_owned()).to_vec()
}

/// A table below its heading; nothing when it has headings of columns alone.
fn section(text: &mut String, title: &str, mut rows: Rows) {
    if rows.len() < 2 {
        return;
    }
    for row in &mut rows {
        // An empty last cell leaves blanks at the end of the line.
        while row.last().is_some_and(String::is_empty) {
            row.pop();
        }
    }
    let _ = write!(text, "{title}\n{}", table::align(&rows));
}

/// Names and values below a heading; values that are empty are left out.
fn facts(text: &mut String, title: &str, facts: Vec<(&str, String)>) {
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    let rows: Rows = facts
        .map(|(name, value)| row([&format!("  {name}"), &value]))
        .collect();
    if !rows.is_empty() {
        let _ = write!(text, "{title}\n{}", table::align(&rows));
    }
}

fn list(text: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}");
    for line in lines {
        let _ = writeln!(text, "  {}", harmless(line));
    }
}

fn container(shown: &Shown) -> Vec<(&str, String)> {
    let container = &shown.container;
    vec![
        ("Name", container.name.clone()),
        ("Id", container.id.clone()),
        ("Image", container.image.clone()),
        ("Image id", container.image_id.clone()),
        ("Image inside", container.image_inside.clone()),
        ("Created", container.created.clone()),
        ("Command", container.command.join(" ")),
        ("Host name", container.hostname.clone()),
    ]
}

fn origin(shown: &Shown) -> Vec<(&str, String)> {
    let origin = &shown.origin;
    let named = |name: &str, version: &str| format!("{name} {version}").trim().to_owned();
    let number = |number: u32| (number != 0).then(|| number.to_string());
    vec![
        ("Engine", named(&origin.engine, &origin.engine_version)),
        (
            "Archive format",
            origin.format_version.and_then(number).unwrap_or_default(),
        ),
        // Its version is all that it prints, in several lines.
        ("Runtime", {
            let version = origin.runtime_version.lines().next().unwrap_or_default();
            if version.starts_with(&origin.runtime) {
                version.to_owned()
            } else {
                named(&origin.runtime, version)
            }
        }),
        ("CRIU", origin.criu.clone()),
        ("Kernel", origin.kernel.clone()),
        ("Architecture", origin.architecture.clone()),
        ("Cgroups", number(origin.cgroup_version).unwrap_or_default()),
        ("Restore needs", origin.needs.join(" ")),
    ]
}

fn seal(shown: &Shown) -> Vec<(&str, String)> {
    let seal = &shown.seal;
    let signed = (!seal.key.is_empty())
        .then(|| format!("by key {} (not checked: see checkpoint verify)", seal.key));
    let encrypted = if seal.encrypted {
        "yes, and opened"
    } else {
        ""
    };
    vec![
        ("Encrypted", encrypted.to_owned()),
        ("Signed", signed.unwrap_or_default()),
        ("Says", seal.comment.clone()),
    ]
}

fn timeline(shown: &Shown) -> Vec<(&str, String)> {
    let moments = shown.timeline.iter();
    let mut lines: Vec<(&str, String)> = moments
        .map(|moment| (moment.what.as_str(), moment.at.clone()))
        .collect();
    if let Some(statistics) = &shown.statistics {
        for (name, micros) in [
            ("freezing", statistics.freezing_time),
            ("frozen for", statistics.frozen_time),
            ("memory dump", statistics.memdump_time),
            ("memory write", statistics.memwrite_time),
        ] {
            // Zero means that it was not measured.
            if micros > 0 {
                let text = format!("{}.{:03} ms", micros / 1000, micros % 1000);
                lines.push((name, text));
            }
        }
    }
    lines
}

fn sizes(shown: &Shown) -> Vec<(&str, String)> {
    let sizes = &shown.sizes;
    let size = |bytes: u64| {
        if bytes == 0 {
            String::new()
        } else {
            human::size(bytes)
        }
    };
    let changed = shown.changed_files.map(|count| count.to_string());
    vec![
        ("Archive", size(sizes.archive)),
        ("Images", size(sizes.images)),
        ("of it memory", size(sizes.memory)),
        ("Root changes", size(sizes.rootfs_diff)),
        ("Changed files", changed.unwrap_or_default()),
        ("/dev/shm", size(sizes.dev_shm)),
        ("Volumes", size(sizes.volumes)),
        ("Log", size(sizes.log)),
    ]
}

fn environment(text: &mut String, process: &Process) {
    if let Some(variables) = &process.environment {
        list(text, &format!("ENVIRONMENT OF {}", process.pid), variables);
    }
}

fn memory(shown: &Shown) -> Rows {
    let mut rows = vec![row(["  PID", "KIND", "MAPPED", "STORED"])];
    let mut add = |who: String, kind: &str, memory: &Memory| {
        rows.push(row([
            &format!("  {who}"),
            kind,
            &human::size(memory.mapped),
            &human::size(memory.stored),
        ]));
    };
    for process in &shown.processes {
        for (kind, memory) in &process.memory {
            add(process.pid.to_string(), kind, memory);
        }
    }
    for shared in &shown.shared_memory {
        let pids: Vec<String> = shared.processes.iter().map(ToString::to_string).collect();
        let who = if pids.is_empty() {
            "none".to_owned()
        } else {
            pids.join(",")
        };
        add(who, "shared by all of these", &shared.memory);
    }
    rows
}

fn files(shown: &Shown) -> Rows {
    let mut rows = vec![row(["  PID", "FD", "KIND", "POSITION", "PATH"])];
    for process in &shown.processes {
        let mut add = |fd: String, kind: &str, position: String, path: String| {
            let pid = format!("  {}", process.pid);
            rows.push(row([&pid, &fd, kind, &position, &path]));
        };
        let program = [
            ("cwd", &process.working_directory),
            ("exe", &process.executable),
        ];
        for (word, path) in program.into_iter().filter(|(_, path)| !path.is_empty()) {
            add(word.to_owned(), "file", String::new(), path.clone());
        }
        for file in &process.files {
            let deleted = if file.deleted { " (deleted)" } else { "" };
            let position = file.position.map(|bytes| bytes.to_string());
            let path = format!("{}{deleted}", file.path);
            add(
                file.fd.to_string(),
                &file.kind,
                position.unwrap_or_default(),
                path,
            );
        }
    }
    rows
}

fn sockets(shown: &Shown) -> Rows {
    let mut rows = vec![row(["  PID", "FD", "KIND", "STATE", "LOCAL", "REMOTE"])];
    for process in &shown.processes {
        for socket in &process.sockets {
            rows.push(row([
                &format!("  {}", process.pid),
                &socket.fd.to_string(),
                &socket.kind,
                &socket.state,
                &socket.local,
                &socket.remote,
            ]));
        }
    }
    rows
}

fn mounts(shown: &Shown) -> Rows {
    let mut rows = vec![row(["  DESTINATION", "KIND", "OPTIONS", "SOURCE"])];
    for mount in &shown.mounts {
        rows.push(row([
            &format!("  {}", mount.destination),
            &mount.kind,
            &mount.options.join(","),
            &mount.source,
        ]));
    }
    rows
}

fn volumes(shown: &Shown) -> Rows {
    let mut rows = vec![row(["  NAME", "DESTINATION", "CONTENT"])];
    for volume in &shown.volumes {
        let size = volume.size.map_or("not in it".to_owned(), human::size);
        rows.push(row([
            &format!("  {}", volume.name),
            &volume.destination,
            &size,
        ]));
    }
    rows
}

fn networks(shown: &Shown) -> Rows {
    let mut rows = vec![row(["  NAME", "INTERFACE", "ADDRESSES", "MAC"])];
    for network in &shown.networks {
        rows.push(row([
            &format!("  {}", network.name),
            &network.interface,
            &network.addresses.join(" "),
            &network.mac,
        ]));
    }
    rows
}
