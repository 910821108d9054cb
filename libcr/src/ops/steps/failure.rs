//! What a failure of CRIU means, and its log kept where the container's own files may go.

use std::path::{Path, PathBuf};

use crate::criu;
use crate::engine::Engine;

/// Cause and remedy from CRIU's log; else the last thing the runtime said, where both write
/// their reason.
pub fn meaning(log: &Path, said: &str) -> (String, Option<String>) {
    match criu::log::explain(log) {
        Ok(Some(explanation)) => (explanation.cause, explanation.remedy.map(str::to_owned)),
        _ => (
            said.lines()
                .next_back()
                .unwrap_or_default()
                .trim()
                .to_owned(),
            None,
        ),
    }
}

/// Copies CRIU's log to `<run>/logs/<id>-<name>` and returns that path; `None` without a log.
pub fn keep_log(engine: &Engine, id: &str, log: &Path) -> Option<PathBuf> {
    let folder = engine.config.run_root.join("logs");
    let kept = folder.join(format!("{id}-{}", log.file_name()?.to_string_lossy()));
    let copied = std::fs::create_dir_all(&folder).and_then(|()| std::fs::copy(log, &kept));
    copied.is_ok().then_some(kept)
}
