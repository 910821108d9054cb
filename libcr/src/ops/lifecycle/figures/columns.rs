//! The columns of `top`: Podman's descriptors (psgo's: those of AIX's ps, and its own), with their
//! headings and what they say of a process.

use std::time::Duration;

use jiff::Timestamp;

use super::go;
use crate::runtime::capability;
use crate::runtime::user::Names;
use crate::sys::process::{Process, terminal_name};

/// What is known around a process.
#[derive(Debug)]
pub struct Around<'a> {
    /// Where the container's own PID namespace stands among those of its processes.
    pub level: usize,
    /// All processes of the container.
    pub all: &'a [Process],
    /// Names that users and groups have in the container.
    pub inside: &'a Names,
    /// Names that they have here.
    pub outside: &'a Names,
    /// The present instant.
    pub now: Timestamp,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its descriptor.
    pub name: &'static str,
    /// Its short form, `%` and a letter; empty: none.
    code: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// What it says.
    pub tell: fn(&Process, &Around<'_>) -> String,
}

/// What stands there unless other columns are asked for.
pub const STANDARD: [&str; 8] = [
    "user", "pid", "ppid", "pcpu", "etime", "tty", "time", "args",
];

const fn column(
    name: &'static str,
    code: &'static str,
    heading: &'static str,
    tell: fn(&Process, &Around<'_>) -> String,
) -> Column {
    Column {
        name,
        code,
        heading,
        tell,
    }
}

const ALL: [Column; 32] = [
    column("args", "%a", "COMMAND", arguments),
    column("capamb", "", "AMBIENT CAPS", |one, _| capabilities(one, 4)),
    column("capbnd", "", "BOUNDING CAPS", |one, _| capabilities(one, 3)),
    column("capeff", "", "EFFECTIVE CAPS", |one, _| {
        capabilities(one, 2)
    }),
    column("capinh", "", "INHERITED CAPS", |one, _| {
        capabilities(one, 0)
    }),
    column("capprm", "", "PERMITTED CAPS", |one, _| {
        capabilities(one, 1)
    }),
    column("comm", "%c", "COMMAND", |one, _| one.name.clone()),
    column("etime", "%t", "ELAPSED", |one, _| go::duration(one.elapsed)),
    column("group", "%g", "GROUP", |one, around| {
        around.inside.group(one.group_ids.1)
    }),
    column("groups", "", "GROUPS", |one, around| {
        groups(one, around.inside)
    }),
    column("hgroup", "", "HGROUP", |one, around| {
        around.outside.group(one.group_ids.1)
    }),
    column("hgroups", "", "HGROUPS", |one, around| {
        groups(one, around.outside)
    }),
    column("hpid", "", "HPID", |one, _| one.pid.to_string()),
    column("huid", "", "HUID", |one, _| one.users.1.to_string()),
    column("huser", "", "HUSER", |one, around| {
        around.outside.user(one.users.1)
    }),
    column("label", "", "LABEL", label),
    column("nice", "%n", "NI", |one, _| one.nice.to_string()),
    column("pcpu", "%C", "%CPU", share),
    column("pgid", "%r", "PGID", |one, around| {
        number(&one.groups, around.level)
    }),
    column("pid", "%p", "PID", |one, around| {
        number(&one.pids, around.level)
    }),
    column("ppid", "%P", "PPID", parent),
    column("rgroup", "%G", "RGROUP", |one, around| {
        around.inside.group(one.group_ids.0)
    }),
    column("rss", "", "RSS", |one, _| (one.resident / 1024).to_string()),
    column("ruser", "%U", "RUSER", |one, around| {
        around.inside.user(one.users.0)
    }),
    column("seccomp", "", "SECCOMP", seccomp),
    column("state", "", "STATE", |one, _| one.state.to_string()),
    column("stime", "", "STIME", began),
    column("time", "%x", "TIME", |one, _| go::duration(one.used)),
    column("tty", "%y", "TTY", |one, _| terminal_name(one.terminal)),
    column("uid", "", "UID", |one, _| one.users.1.to_string()),
    column("user", "%u", "USER", |one, around| {
        around.inside.user(one.users.1)
    }),
    column("vsz", "%z", "VSZ", |one, _| {
        (one.virtual_size / 1024).to_string()
    }),
];

/// The column of a descriptor or its short form.
pub fn find(word: &str) -> Option<&'static Column> {
    ALL.iter()
        .find(|column| column.name == word || !word.is_empty() && column.code == word)
}

fn arguments(one: &Process, _: &Around<'_>) -> String {
    if one.arguments.is_empty() {
        format!("[{}]", one.name)
    } else {
        one.arguments.clone()
    }
}

fn capabilities(one: &Process, set: usize) -> String {
    capability::words(one.capabilities.get(set).copied().unwrap_or(0))
}

fn groups(one: &Process, names: &Names) -> String {
    let names = one.further_groups.iter().map(|group| names.group(*group));
    names.collect::<Vec<_>>().join(",")
}

fn label(one: &Process, _: &Around<'_>) -> String {
    if one.label.is_empty() {
        "?".into()
    } else {
        one.label.clone()
    }
}

/// The number in the container's namespace; of a process in one below it, the container's too.
fn number(numbers: &[i32], level: usize) -> String {
    let own = numbers.get(level).or(numbers.last());
    own.copied().unwrap_or(0).to_string()
}

/// 0 for one whose parent is outside.
fn parent(one: &Process, around: &Around<'_>) -> String {
    let parent = around.all.iter().find(|other| other.pid == one.parent);
    parent.map_or_else(|| "0".into(), |other| number(&other.pids, around.level))
}

/// Processor time by the time since it began, in percent.
fn share(one: &Process, _: &Around<'_>) -> String {
    let elapsed = one.elapsed.max(Duration::from_millis(1));
    format!(
        "{:.3}",
        100.0 * one.used.as_secs_f64() / elapsed.as_secs_f64()
    )
}

fn seccomp(one: &Process, _: &Around<'_>) -> String {
    match one.seccomp {
        0 => "disabled",
        1 => "strict",
        2 => "filter",
        _ => "?",
    }
    .into()
}

fn began(one: &Process, around: &Around<'_>) -> String {
    let began = around.now.checked_sub(one.elapsed).unwrap_or(around.now);
    let zoned = began.to_zoned(jiff::tz::TimeZone::UTC);
    zoned.strftime("%Y-%m-%d %H:%M:%S +0000 UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, inside: i32, parent: i32) -> Process {
        Process {
            pid,
            pids: vec![pid, inside],
            groups: vec![pid, inside],
            parent,
            name: "sh".into(),
            state: 'S',
            used: Duration::from_millis(500),
            elapsed: Duration::from_secs(2),
            seccomp: 2,
            resident: 8192,
            ..Process::default()
        }
    }

    #[test]
    fn as_podman_says_it() {
        let all = [process(70, 1, 3), process(71, 6, 70)];
        let names = Names::default();
        let around = Around {
            level: 1,
            all: &all,
            inside: &names,
            outside: &names,
            now: Timestamp::from_second(1_000_000).unwrap(),
        };
        let tell = |word: &str, at: usize| (find(word).unwrap().tell)(&all[at], &around);
        for (word, first, second) in [
            ("pid", "1", "6"),
            ("ppid", "0", "1"),
            ("hpid", "70", "71"),
            ("pgid", "1", "6"),
            ("pcpu", "25.000", "25.000"),
            ("%t", "2s", "2s"),
            ("args", "[sh]", "[sh]"),
            ("user", "0", "0"),
            ("rss", "8", "8"),
            ("seccomp", "filter", "filter"),
            ("capeff", "none", "none"),
            ("groups", "", ""),
            ("label", "?", "?"),
            (
                "stime",
                "1970-01-12 13:46:38 +0000 UTC",
                "1970-01-12 13:46:38 +0000 UTC",
            ),
        ] {
            assert_eq!(
                (tell(word, 0).as_str(), tell(word, 1).as_str()),
                (first, second),
                "{word}"
            );
        }
        assert!(STANDARD.iter().all(|word| find(word).is_some()));
        assert!(find("").is_none() && find("foo").is_none());
    }
}
