//! What is measured: five parts, each with containers of its own that are removed afterwards.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::engine::Engine;
use crate::image;
use crate::measured::Measured;

const NAME: &str = "bench";

/// One figure of one engine.
#[derive(Debug)]
pub struct Figure {
    /// What was measured, with the unit; the same words for both engines.
    pub what: &'static str,
    /// How much.
    pub value: f64,
}

/// One engine in one round.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The engine.
    pub engine: &'a Engine,
    /// The container's random memory, in units of 2^20 bytes.
    pub megabytes: u32,
    /// Makes the memory of each round another.
    pub seed: usize,
    /// Where archives go.
    pub directory: &'a Path,
}

/// One part of the scenario.
pub type Part = fn(&Subject<'_>) -> Result<Vec<Figure>>;

/// All parts, in order. They do the same for both engines.
pub const PARTS: [Part; 5] = [local, by_zstd, uncompressed, frozen, all];

/// How many containers `--all` means.
const MANY: usize = 10;

/// Writes back what others left unwritten, so that nobody waits for another's data.
///
/// # Errors
/// When there is no sync(1).
pub fn settle() -> Result<()> {
    if !Command::new("sync").status()?.success() {
        bail!("sync failed");
    }
    Ok(())
}

impl Subject<'_> {
    /// A container whose memory is filled; returns the time of `run -d`.
    fn start(&self) -> Result<Measured> {
        let (megabytes, seed) = (self.megabytes.to_string(), self.seed.to_string());
        let run = ["run", "-d", "--name", NAME, image::NAME];
        let eat = ["workload", "eat", &megabytes, &seed];
        let started = self.engine.measured(&[&run[..], &eat].concat())?;
        self.engine
            .wait_for(NAME, |log| log.contains("sum=").then_some(()))?;
        Ok(started)
    }

    fn container(&self, words: &[&str]) -> Result<Measured> {
        self.engine.measured(&[&["container"], words].concat())
    }

    /// Export, removal, import; `whats` are the names of its figures.
    fn archive(&self, compression: &str, whats: [&'static str; 5]) -> Result<Vec<Figure>> {
        self.start()?;
        let path = self.directory.join("checkpoint.tar");
        let file = path.display().to_string();
        let words = [
            "checkpoint",
            "--export",
            &file,
            "--compress",
            compression,
            NAME,
        ];
        let exported = self.container(&words)?;
        let size = std::fs::metadata(&path)?.len();
        self.engine.remove_all()?;
        settle()?;
        let imported = self.container(&["restore", "--import", &file])?;
        self.goes_on(NAME)?;
        std::fs::remove_file(&path)?;
        let values = [
            milliseconds(exported.took),
            mebibytes(exported.peak_kib),
            mebibytes(size / 1024),
            milliseconds(imported.took),
            mebibytes(imported.peak_kib),
        ];
        Ok(whats
            .into_iter()
            .zip(values)
            .map(|(what, value)| Figure { what, value })
            .collect())
    }

    /// The time of a thaw that brought nothing back would be worth nothing.
    fn goes_on(&self, name: &str) -> Result<()> {
        let before = self.engine.ok(&["logs", name])?.len();
        self.engine
            .wait_for(name, |log| (log.len() > before).then_some(()))
            .context("the thawed container stands still")
    }

    /// The longest pause that a ticker beside the memory has seen, over a `--leave-running`.
    fn longest_gap(&self, export: Option<&str>) -> Result<f64> {
        // The ticker begins when the memory is filled: filling it takes a processor.
        let script = format!(
            "workload eat {} {} > /tmp/eat & until grep -q sum= /tmp/eat; do sleep 0.05; done; exec workload gap",
            self.megabytes, self.seed
        );
        let run = ["run", "-d", "--name", NAME, image::NAME, "sh", "-c"];
        self.engine.ok(&[&run[..], &[script.as_str()]].concat())?;
        let lines = self.engine.wait_for(NAME, |log| ticks(log, 3))?.0;
        let mut words = vec!["checkpoint", "--leave-running"];
        words.extend(export.iter().flat_map(|file| ["--export", file]));
        words.push(NAME);
        self.container(&words)?;
        // One line may have been said with the state before the freeze.
        let now = self.engine.ok(&["logs", NAME])?;
        let lines = ticks(&now, 0).map_or(lines, |(count, _)| count.max(lines));
        let (_, longest) = self.engine.wait_for(NAME, |log| ticks(log, lines + 2))?;
        self.engine.remove_all()?;
        Ok(longest)
    }
}

/// run, checkpoint and restore with the checkpoint kept in the container's own storage.
fn local(subject: &Subject<'_>) -> Result<Vec<Figure>> {
    let started = subject.start()?;
    let frozen = subject.container(&["checkpoint", NAME])?;
    settle()?;
    let thawed = subject.container(&["restore", NAME])?;
    subject.goes_on(NAME)?;
    let figure = |what, value| Figure { what, value };
    Ok(vec![
        figure("run -d, ms", milliseconds(started.took)),
        figure("checkpoint, ms", milliseconds(frozen.took)),
        figure("checkpoint, peak MiB", mebibytes(frozen.peak_kib)),
        figure("restore, ms", milliseconds(thawed.took)),
        figure("restore, peak MiB", mebibytes(thawed.peak_kib)),
    ])
}

fn by_zstd(subject: &Subject<'_>) -> Result<Vec<Figure>> {
    let whats = [
        "checkpoint -e zstd, ms",
        "checkpoint -e zstd, peak MiB",
        "archive zstd, MiB",
        "restore -i zstd, ms",
        "restore -i zstd, peak MiB",
    ];
    subject.archive("zstd", whats)
}

fn uncompressed(subject: &Subject<'_>) -> Result<Vec<Figure>> {
    let whats = [
        "checkpoint -e none, ms",
        "checkpoint -e none, peak MiB",
        "archive none, MiB",
        "restore -i none, ms",
        "restore -i none, peak MiB",
    ];
    subject.archive("none", whats)
}

/// How long a container that goes on stands still, kept locally and exported.
fn frozen(subject: &Subject<'_>) -> Result<Vec<Figure>> {
    let local = subject.longest_gap(None)?;
    settle()?;
    let path = subject.directory.join("running.tar.zst");
    let exported = subject.longest_gap(Some(&path.display().to_string()))?;
    std::fs::remove_file(&path)?;
    let figure = |what, value| Figure { what, value };
    Ok(vec![
        figure("frozen, leave-running, ms", local),
        figure("frozen, leave-running -e, ms", exported),
    ])
}

/// Ten at once. Only without memory: ten of the large ones measure the disk.
fn all(subject: &Subject<'_>) -> Result<Vec<Figure>> {
    if subject.megabytes > 0 {
        return Ok(Vec::new());
    }
    let names: Vec<String> = (0..MANY).map(|number| format!("{NAME}{number}")).collect();
    for name in &names {
        let run = ["run", "-d", "--name", name, image::NAME];
        subject
            .engine
            .ok(&[&run[..], &["workload", "eat", "0", "1"]].concat())?;
    }
    settle()?;
    let frozen = subject.container(&["checkpoint", "--all"])?;
    settle()?;
    let thawed = subject.container(&["restore", "--all"])?;
    for name in &names {
        subject.goes_on(name)?;
    }
    let figure = |what, value| Figure { what, value };
    Ok(vec![
        figure("checkpoint --all of 10, ms", milliseconds(frozen.took)),
        figure("checkpoint --all, peak MiB", mebibytes(frozen.peak_kib)),
        figure("restore --all of 10, ms", milliseconds(thawed.took)),
        figure("restore --all, peak MiB", mebibytes(thawed.peak_kib)),
    ])
}

/// The number of the ticker's lines, when there are `enough`, and its longest gap in milliseconds.
fn ticks(log: &str, enough: usize) -> Option<(usize, f64)> {
    let gaps: Vec<f64> = log
        .lines()
        .filter_map(|line| line.split("longest us=").nth(1)?.trim().parse().ok())
        .collect();
    let longest = gaps.iter().copied().fold(0.0, f64::max);
    (gaps.len() >= enough).then_some((gaps.len(), longest / 1000.0))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Exact for whatever a file or a process can hold here.
#[allow(clippy::cast_precision_loss)]
fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_tick_counts() {
        let log = "longest us=1200\nx\nlongest us=90500\n";
        assert_eq!(ticks(log, 2), Some((2, 90.5)));
        assert_eq!(ticks(log, 3), None);
        assert_eq!(ticks("", 0), Some((0, 0.0)));
    }
}
