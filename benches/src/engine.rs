//! The two that are compared: Cryopod and Podman, with the same OCI runtime.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::measured::{self, Measured};

/// How long a container may take to say what is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A container engine's command with its global options.
#[derive(Debug)]
pub struct Engine {
    /// Path or name of the program, then its global options.
    command: Vec<String>,
}

impl Engine {
    /// Ours, first, and Podman, both with the given runtime.
    pub fn pair(runtime: &str) -> [Self; 2] {
        let with = |program: String| Self {
            command: vec![program, "--runtime".to_owned(), runtime.to_owned()],
        };
        [with(ours()), with("podman".to_owned())]
    }

    /// Runs the engine to its end and measures it.
    ///
    /// # Errors
    /// With what it said when it fails.
    pub fn measured(&self, words: &[&str]) -> Result<Measured> {
        let line: Vec<&str> = self.command.iter().map(String::as_str).collect();
        measured::run(&[&line[..], words].concat())
    }

    /// Runs the engine to its end and returns its standard output without the last line break.
    ///
    /// # Errors
    /// As [`Engine::measured`].
    pub fn ok(&self, words: &[&str]) -> Result<String> {
        Ok(self.measured(words)?.stdout.trim_end().to_owned())
    }

    /// Waits until `find` sees in the container's log what it looks for.
    ///
    /// # Errors
    /// With the log's end when it didn't come in a minute.
    pub fn wait_for<T>(&self, name: &str, find: impl Fn(&str) -> Option<T>) -> Result<T> {
        let started = Instant::now();
        loop {
            let log = self.ok(&["logs", name])?;
            if let Some(found) = find(&log) {
                return Ok(found);
            }
            if started.elapsed() > PATIENCE {
                let last = log.lines().next_back().unwrap_or("");
                bail!("{name} never said what it should; its log ends with {last:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Removes every container of the engine.
    ///
    /// # Errors
    /// As [`Engine::measured`].
    pub fn remove_all(&self) -> Result<()> {
        for id in self.ok(&["ps", "-aq"])?.split_whitespace() {
            self.ok(&["rm", "-f", "-t", "0", id])?;
        }
        Ok(())
    }
}

/// `ENGINE_UNDER_TEST`, else the `cryopod` beside this program.
pub fn ours() -> String {
    let beside = || {
        let own = std::env::current_exe().ok()?;
        let program = own.with_file_name("cryopod");
        Path::new(&program)
            .exists()
            .then(|| program.display().to_string())
    };
    std::env::var("ENGINE_UNDER_TEST")
        .ok()
        .or_else(beside)
        .unwrap_or_else(|| "cryopod".to_owned())
}
