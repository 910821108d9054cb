//! `logs`: what a container wrote, from its k8s-file log; goes on while it runs (`--follow`).

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::time::Duration;

use jiff::Timestamp;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::ops::steps::life::observe::look;
use crate::progress::Cancel;

/// What `logs` is asked for.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    /// Go on while the container runs.
    pub follow: bool,
    /// Only the last so many lines.
    pub tail: Option<usize>,
    /// Only what was written since.
    pub since: Option<Timestamp>,
    /// Only what was written before.
    pub until: Option<Timestamp>,
    /// Following ends when nobody reads any more.
    pub cancel: Cancel,
}

/// A line of a container's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When, RFC 3339 as the monitor wrote it.
    pub time: String,
    /// From standard error.
    pub error: bool,
    /// The container's bytes, with the newline unless the line goes on (`P`).
    pub text: Vec<u8>,
}

/// Gives a container's log to `sink`, line by line; a sink that returns false ends it.
///
/// # Errors
/// [`Error::Invalid`] for a log driver that keeps nothing to read.
pub fn logs(
    engine: &Engine,
    word: &str,
    options: &LogOptions,
    mut sink: impl FnMut(&LogLine) -> bool,
) -> Result<()> {
    let container = engine.find(word)?;
    let id = &container.config.id;
    is_readable(&container)?;
    let mut file = match File::open(engine.log_file(id)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => BufReader::new(file?),
    };
    let wanted = |line: &LogLine| {
        let Ok(time) = line.time.parse::<Timestamp>() else {
            return true;
        };
        options.since.is_none_or(|since| time >= since)
            && options.until.is_none_or(|until| time < until)
    };
    if let Some(count) = options.tail {
        skip_to_tail(&mut file, count)?;
    }
    let mut raw = Vec::new();
    loop {
        let alive = options.follow && is_alive(engine, id)?;
        while read_line(&mut file, &mut raw)? {
            if let Some(line) = parse(&raw).filter(|line| wanted(line))
                && !sink(&line)
            {
                return Ok(());
            }
            raw.clear();
        }
        if !alive || options.cancel.is_cancelled() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Refuses a container whose log is kept elsewhere or not at all.
///
/// # Errors
/// [`Error::Invalid`].
pub fn is_readable(container: &Container) -> Result<()> {
    let (id, driver) = (&container.config.id, &container.config.log_driver);
    if driver == "k8s-file" {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "this container is using the '{driver}' log driver, cannot read logs: read them with journalctl CONTAINER_ID_FULL={id}"
    )))
}

fn is_alive(engine: &Engine, id: &str) -> Result<bool> {
    let Some(mut container) = engine.store.rows().container(id)? else {
        return Ok(false);
    };
    look(engine, &mut container);
    Ok(container.state.status.is_alive())
}

/// Reads up to a newline; false when the file has no whole line more. What is there of an
/// unfinished line stays in `raw`.
fn read_line(file: &mut BufReader<File>, raw: &mut Vec<u8>) -> io::Result<bool> {
    file.read_until(b'\n', raw)?;
    Ok(raw.last() == Some(&b'\n'))
}

/// Moves to where the last `count` whole lines (those that end with `F`) begin.
fn skip_to_tail(file: &mut BufReader<File>, count: usize) -> io::Result<()> {
    let mut starts = std::collections::VecDeque::new();
    let (mut position, mut begins, mut raw) = (0_u64, true, Vec::new());
    while read_line(file, &mut raw)? {
        if begins {
            starts.push_back(position);
            if starts.len() > count {
                starts.pop_front();
            }
        }
        begins = parse(&raw).is_none_or(|line| line.text.last() == Some(&b'\n'));
        position += raw.len() as u64;
        raw.clear();
    }
    let start = if count == 0 {
        position
    } else {
        starts.front().copied().unwrap_or(position)
    };
    file.seek(SeekFrom::Start(start))?;
    Ok(())
}

/// `TIME stdout|stderr F|P TEXT`
fn parse(raw: &[u8]) -> Option<LogLine> {
    let mut parts = raw.splitn(4, |byte| *byte == b' ');
    let time = std::str::from_utf8(parts.next()?).ok()?.to_owned();
    let error = parts.next()? == b"stderr";
    let whole = parts.next()? == b"F";
    let text = parts.next()?;
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let mut text = text.to_vec();
    if whole {
        text.push(b'\n');
    }
    Some(LogLine { time, error, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_partial_lines() {
        let line = parse(b"2026-01-02T15:04:05.123456789+01:00 stderr F two words\n");
        assert_eq!(
            line.map(|line| (line.error, line.text)),
            Some((true, b"two words\n".to_vec()))
        );
        let line = parse(b"2026-01-02T15:04:05.123456789+01:00 stdout P part\n");
        assert_eq!(
            line.map(|line| (line.error, line.text)),
            Some((false, b"part".to_vec()))
        );
        assert_eq!(parse(b"rubbish\n"), None);
    }

    #[test]
    fn the_tail_counts_whole_lines() -> io::Result<()> {
        let path = tempfile::NamedTempFile::new()?;
        std::fs::write(
            &path,
            "t stdout F 1\nt stdout P 2\nt stdout F b\nt stdout F 3\n",
        )?;
        let tail = |count| -> io::Result<Vec<u8>> {
            let mut file = BufReader::new(File::open(&path)?);
            skip_to_tail(&mut file, count)?;
            let (mut raw, mut all) = (Vec::new(), Vec::new());
            while read_line(&mut file, &mut raw)? {
                all.extend(parse(&raw).map(|line| line.text).unwrap_or_default());
                raw.clear();
            }
            Ok(all)
        };
        assert_eq!(tail(0)?, b"");
        assert_eq!(tail(1)?, b"3\n");
        assert_eq!(tail(2)?, b"2b\n3\n");
        assert_eq!(tail(9)?, b"1\n2b\n3\n");
        Ok(())
    }
}
