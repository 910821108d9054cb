//! What a failure of CRIU means, and its log kept where the container's own files may go.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::criu;
use crate::criu::log::Phase;
use crate::engine::Engine;
use crate::sys::dir::remove_file_if_present;

/// What an OCI runtime says when it fails without CRIU having told why: words, cause, remedy. Words
/// stand in this order; `{}` is what lies between the first two.
const SAID: &[(&[&str], &str, &str)] = &[
    (
        &["mount src=", ", dst=", "no such file or directory"],
        "the mount source {} does not exist on this host",
        "create it and bring its files back, then restore again",
    ),
    (
        &["stat `", "`: No such file or directory"],
        "the mount source {} does not exist on this host",
        "create it and bring its files back, then restore again",
    ),
    (
        &["descriptors.json", "o such file or directory"],
        "the checkpoint is not complete: descriptors.json is missing",
        "copy the checkpoint again from where it came, or make a new one",
    ),
    (
        &["could not load `", "`"],
        "the OCI runtime cannot use CRIU: the library {} is missing",
        "install the package `libcriu2` (Fedora: `criu-libs`), or use runc",
    ),
    (&["ithout CRIU support"], NO_SUPPORT, OTHER_RUNTIME),
    (&["nknown command checkpoint"], NO_SUPPORT, OTHER_RUNTIME),
    (&["nknown command restore"], NO_SUPPORT, OTHER_RUNTIME),
    (&["Communication error on send"], DIED, AGAIN),
    (&["criu-xprt-cln: connection reset"], DIED, AGAIN),
    (&["read unixpacket", "EOF"], DIED, AGAIN),
    (&["criu swrk failed: signal"], DIED, AGAIN),
    (&["CRIU restoring failed: -70"], DIED, AGAIN),
];
const NO_SUPPORT: &str = "this OCI runtime was built without checkpoint and restore";
const OTHER_RUNTIME: &str = "run the container with another one: --runtime runc or --runtime crun";
const DIED: &str = "CRIU was killed, or crashed, before it said why";
const AGAIN: &str = "see in dmesg whether memory ran out, and try again; if a restore fails so every time, the checkpoint is damaged";

/// Cause and remedy from CRIU's log; else from what the runtime said, where both write their reason.
pub fn meaning(log: &Path, phase: Phase, said: &str) -> (String, Option<String>) {
    if let Ok(Some(explanation)) = criu::log::explain(log, phase) {
        return (explanation.cause, explanation.remedy);
    }
    let known = SAID.iter().find_map(|(words, cause, remedy)| {
        let part = between(said, words)?;
        Some((cause.replace("{}", part), Some((*remedy).to_owned())))
    });
    known.unwrap_or_else(|| (last_words(said), None))
}

/// What stands between the first two words, when all are there in this order.
fn between<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let mut part = "";
    let mut rest = text;
    for (number, word) in words.iter().enumerate() {
        let (before, behind) = rest.split_once(word)?;
        if number == 1 {
            part = before;
        }
        rest = behind;
    }
    Some(part)
}

/// The last line, out of the wrapping that runc puts round it.
fn last_words(said: &str) -> String {
    let line = said.lines().next_back().unwrap_or_default().trim();
    let message = line.split_once(" level=error msg=\"");
    let text = message.map_or(line, |(_, message)| message.trim_end_matches('"'));
    text.chars().filter(|char| !char.is_control()).collect()
}

/// CRIU's logs that are kept: those of the last failures. They are in memory, and their containers
/// may be gone.
const KEPT_LOGS: usize = 64;

/// Copies CRIU's log to `<run>/logs/<id>-<name>` and returns that path; `None` without a log. Of
/// those of earlier failures the oldest go.
pub fn keep_log(engine: &Engine, id: &str, log: &Path) -> Option<PathBuf> {
    let folder = engine.config.run_root.join("logs");
    let kept = folder.join(format!("{id}-{}", log.file_name()?.to_string_lossy()));
    let copied = fs::create_dir_all(&folder).and_then(|()| fs::copy(log, &kept));
    if let Err(error) = keep_newest(&folder, KEPT_LOGS) {
        tracing::debug!(%error, "old logs of CRIU stay");
    }
    copied.is_ok().then_some(kept)
}

fn keep_newest(folder: &Path, count: usize) -> io::Result<()> {
    let mut logs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        logs.push((entry.metadata()?.modified()?, entry.path()));
    }
    logs.sort_unstable();
    let older = logs.len().saturating_sub(count);
    logs[..older]
        .iter()
        .try_for_each(|(_, log)| remove_file_if_present(log))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_of_the_last_failures_are_kept() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let start = std::time::SystemTime::UNIX_EPOCH;
        for number in [3, 1, 4, 2] {
            let log = fs::File::create(folder.path().join(format!("{number}-restore.log")))?;
            log.set_modified(start + std::time::Duration::from_secs(number))?;
        }
        keep_newest(folder.path(), 2)?;
        keep_newest(folder.path(), 2)?;
        let mut left: Vec<_> = fs::read_dir(folder.path())?
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect::<io::Result<_>>()?;
        left.sort();
        assert_eq!(left, ["3-restore.log", "4-restore.log"]);
        Ok(())
    }

    fn cause(said: &str) -> String {
        meaning(Path::new("/nowhere/restore.log"), Phase::Restore, said).0
    }

    /// All but the last as crun 1.28 and runc 1.3.6 said it.
    #[test]
    fn the_runtimes_words() {
        let gone = "the mount source /srv/data does not exist on this host";
        for (said, expected) in [
            ("stat `/srv/data`: No such file or directory", gone),
            (
                "mount src=/srv/data, dst=/f, dstFd=/proc/thread-self/fd/15, flags=MS_BIND|MS_REC: no such file or directory",
                gone,
            ),
            (
                "CRIU checkpointing failed: -70: Communication error on send",
                DIED,
            ),
            (
                "CRIU: failed checking version: Communication error on send",
                DIED,
            ),
            (
                "exit status: 1: time=\"2026\" level=error msg=\"read unixpacket @->@: EOF\"",
                DIED,
            ),
            (
                "level=error msg=\"CRIU version check failed: read criu-xprt-cln: connection reset by peer\\ncriu swrk failed: signal: killed\"",
                DIED,
            ),
            (
                "open `/c/bundle/checkpoint/descriptors.json`: No such file or directory",
                "the checkpoint is not complete: descriptors.json is missing",
            ),
            (
                "x\ntime=\"2026\" level=error msg=\"never\u{1b}[1m heard\"",
                "never[1m heard",
            ),
        ] {
            assert_eq!(cause(said), expected);
        }
    }
}
