//! `checkpoint push --format containerd`.

use crate::args::checkpoint::{CheckpointPush, place};
use crate::commands::{Opener, Outcome};
use crate::output::print;
use libcr::ops::checkpoints::containerd::{Source, export};

/// Writes the layout and prints the digest of its index.
pub fn run(opener: &Opener, flags: &CheckpointPush) -> Outcome {
    let (word, named, destination, wanted) = flags.validate()?;
    let engine = opener.open()?;
    let source = match named {
        Some(name) => Source::Named(word, place(name, None)),
        None => Source::Word(word),
    };
    let name = flags.name.clone().unwrap_or_else(|| {
        let last = word.rsplit('/').next().unwrap_or(word);
        let last = named.unwrap_or(last).trim_end_matches(".tar");
        format!(
            "localhost/{}:checkpoint",
            last.replace(':', "-").to_lowercase()
        )
    });
    let digest = export(&engine, &source, wanted, &name, &destination)?;
    print::line(&digest).map(|()| 0)
}
