//! `checkpoint push`.

use crate::args::checkpoint::{CheckpointPush, Place, Push, place};
use crate::commands::image::transfer::keep_digest;
use crate::commands::spinner::Transfer;
use crate::commands::{Opener, Outcome};
use crate::output::print;
use libcr::ops::checkpoints::containerd::{self, Source, export};
use libcr::ops::checkpoints::transfer;

/// Sends a checkpoint to a registry, or writes a layout and prints the digest of its index.
pub fn run(opener: &Opener, flags: &CheckpointPush) -> Outcome {
    match flags.validate()? {
        Push::Image(word, destination) => {
            let access = flags.access.access_as(flags.creds.as_deref())?;
            let engine = opener.open()?;
            let progress = Transfer::start(flags.quiet);
            let pushed = transfer::push(&engine, word, destination, &access, &progress);
            drop(progress);
            keep_digest(flags.digestfile.as_deref(), &pushed?)
        }
        Push::Containerd {
            source: word,
            named,
            wanted,
            place: to,
        } => {
            let source = match named {
                Some(name) => Source::Named(word, place(name, None)),
                None => Source::Word(word),
            };
            match to {
                Place::Layout(destination) => {
                    let engine = opener.open()?;
                    let name = flags
                        .name
                        .clone()
                        .unwrap_or_else(|| layout_name(word, named));
                    let digest = export(&engine, &source, wanted, &name, &destination)?;
                    print::line(&digest)?;
                    keep_digest(flags.digestfile.as_deref(), &digest)
                }
                Place::Registry(destination) => {
                    let access = flags.access.access_as(flags.creds.as_deref())?;
                    let engine = opener.open()?;
                    let progress = Transfer::start(flags.quiet);
                    let pushed =
                        containerd::push(&engine, &source, wanted, destination, &access, &progress);
                    drop(progress);
                    keep_digest(flags.digestfile.as_deref(), &pushed?)
                }
            }
        }
    }
}

fn layout_name(word: &str, named: Option<&str>) -> String {
    let last = word.rsplit('/').next().unwrap_or(word);
    let last = named.unwrap_or(last).trim_end_matches(".tar");
    format!(
        "localhost/{}:checkpoint",
        last.replace(':', "-").to_lowercase()
    )
}
