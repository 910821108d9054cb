//! `--dry-run` of `container checkpoint` and `container restore`, and `container diagnose`.

use libcr::Engine;
use libcr::model::preview::Preview;
use libcr::model::status::Status;
use libcr::ops::checkpoint::{self, CheckpointOptions};
use libcr::ops::diagnose::diagnose;
use libcr::ops::restore::{self, RestoreOptions};

use crate::args::container::RestoreSource;
use crate::args::diagnose::Diagnose;
use crate::args::selection::Selection;
use crate::commands::selected::find;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, findings, json, print};

/// The status of what would be refused: that of the command itself.
pub const REFUSED: u8 = 125;

/// What a checkpoint of the chosen containers would do.
pub fn checkpoints(
    engine: &Engine,
    selection: &Selection,
    options: &CheckpointOptions,
    as_json: bool,
) -> Outcome {
    let chosen = find(engine, selection, |container| {
        container.state.status == Status::Running
    })?;
    let previews = chosen
        .iter()
        .map(|one| checkpoint::preview(engine, &one.id, options));
    show(&previews.collect::<Result<Vec<_>, _>>()?, as_json)
}

/// What a restore from this source would do.
pub fn restores(
    engine: &Engine,
    source: &RestoreSource,
    options: &RestoreOptions,
    as_json: bool,
) -> Outcome {
    let previews = match source {
        RestoreSource::Archive(file) if file.as_os_str() == "-" => {
            return Err(CliError::usage(
                "--dry-run cannot be used with an archive on standard input, which can be read only once: write it to a file first",
            ));
        }
        RestoreSource::Archive(file) => vec![restore::preview_import(engine, file, options)?],
        RestoreSource::Containers(selection) => {
            let (images, selection) = super::container::restore::part(engine, selection.clone())?;
            let chosen = super::container::restore::chosen(engine, &selection)?;
            let containers = chosen
                .iter()
                .map(|one| restore::preview(engine, &one.id, options));
            let images = images
                .iter()
                .map(|image| restore::preview_image(engine, image, options));
            containers.chain(images).collect::<Result<Vec<_>, _>>()?
        }
    };
    show(&previews, as_json)
}

/// `container diagnose`.
pub fn run(opener: &Opener, flags: &Diagnose) -> Outcome {
    let selection = flags.validate()?;
    let engine = opener.open()?;
    let chosen = find(&engine, &selection, |_| true)?;
    let found = chosen.iter().map(|one| diagnose(&engine, &one.id));
    show(&found.collect::<Result<Vec<_>, _>>()?, flags.json)
}

/// Prints previews and judges by them.
pub fn show(previews: &[Preview], as_json: bool) -> Outcome {
    if as_json {
        print::line(&json::pretty(&previews, 4).unwrap_or_default())?;
    } else {
        let texts: Vec<String> = previews.iter().map(findings::preview).collect();
        print::text(&texts.join("\n"))?;
    }
    let possible = previews.iter().all(|preview| preview.possible);
    Ok(if possible { 0 } else { REFUSED })
}
