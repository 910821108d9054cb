//! `logs`.

use crate::args::container::Logs;
use crate::args::selection::Selection;
use crate::commands::selected::find;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use jiff::Timestamp;
use libcr::ops::lifecycle::logs::{LogLine, LogOptions, logs};
use libcr::{Engine, Error};

/// Shows what containers wrote, each stream to ours.
pub fn run(opener: &Opener, flags: &Logs) -> Outcome {
    let asked = flags.validate(Timestamp::now())?;
    let engine = opener.open()?;
    let options = LogOptions {
        follow: flags.follow,
        tail: usize::try_from(flags.tail).ok(),
        since: asked.since,
        until: asked.until,
        ..LogOptions::default()
    };
    let chosen = find(&engine, &asked.selection, |_| true)?;
    debug_assert!(asked.selection != Selection::All, "logs has no --all");
    if flags.follow && chosen.len() > 1 {
        return follow_all(
            &engine,
            flags,
            &options,
            &chosen.iter().map(|one| one.id.clone()).collect::<Vec<_>>(),
        );
    }
    for one in chosen {
        show(&engine, flags, &options, &one.id)?;
    }
    Ok(0)
}

// Each in its own thread, with its own engine: lines of several containers mix as they come.
fn follow_all(engine: &Engine, flags: &Logs, options: &LogOptions, ids: &[String]) -> Outcome {
    std::thread::scope(|scope| {
        let followers: Vec<_> = ids
            .iter()
            .map(|id| {
                let config = engine.config.clone();
                scope.spawn(move || {
                    let own = Engine::open(config)?;
                    show(&own, flags, options, id)
                })
            })
            .collect();
        for follower in followers {
            follower
                .join()
                .unwrap_or(Err(CliError::Said(crate::output::error::FAILED)))?;
        }
        Ok(0)
    })
}

fn show(engine: &Engine, flags: &Logs, options: &LogOptions, id: &str) -> Result<(), CliError> {
    let name = if flags.names {
        engine.find(id)?.config.name
    } else {
        String::new()
    };
    let (mut failed, mut begins) = (None, true);
    let sink = |line: &LogLine| {
        let bytes = rendered(line, begins, &name, flags.timestamps);
        begins = line.text.ends_with(b"\n");
        let written = if line.error {
            print::raw_error(&bytes)
        } else {
            print::raw(&bytes)
        };
        failed = written.err();
        failed.is_none()
    };
    logs(engine, id, options, sink).map_err(|error: Error| CliError::from(error))?;
    failed.map_or(Ok(()), Err)
}

// Name and time stand once before a line, also if it was logged in parts.
fn rendered(line: &LogLine, begins: bool, name: &str, times: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    if begins && !name.is_empty() {
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(b' ');
    }
    if begins && times {
        bytes.extend_from_slice(line.time.as_bytes());
        bytes.push(b' ');
    }
    bytes.extend_from_slice(&line.text);
    bytes
}

#[cfg(test)]
mod tests {
    use super::rendered;
    use libcr::ops::lifecycle::logs::LogLine;

    #[test]
    fn name_and_time_before_whole_lines() {
        let line = LogLine {
            time: "T".into(),
            error: false,
            text: b"x\n".to_vec(),
        };
        assert_eq!(rendered(&line, true, "n", true), b"n T x\n");
        assert_eq!(rendered(&line, false, "n", true), b"x\n");
        assert_eq!(rendered(&line, true, "", false), b"x\n");
    }
}
