//! `save`.

use crate::args::image::Save;
use crate::commands::{Opener, Outcome};
use crate::output::progress::Spinner;
use crate::output::{CliError, error::system_words};
use libcr::Engine;
use libcr::ops::images::list::find;
use libcr::ops::images::save::save;
use rustix::termios::isatty;
use std::fs::{File, Permissions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Writes images as one archive, which is docker-archive and oci-archive at once. A file has its
/// name once it is whole.
pub fn run(opener: &Opener, flags: &Save) -> Outcome {
    flags.validate()?;
    let output = rustix::stdio::stdout();
    if flags.output.is_none() && isatty(output) {
        return Err(CliError::usage(
            "refusing to save to terminal. Use -o flag or redirect",
        ));
    }
    let engine = opener.open()?;
    if !flags.multi_image_archive {
        one_image(&engine, &flags.names)?;
    }
    let spinner = (!flags.quiet).then(|| Spinner::start("Saving"));
    // What a link leads to is written, /dev/stdout for one; the link stays.
    let target = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    match flags.output.as_ref().map(target).as_ref() {
        Some(path) if path.exists() && !path.is_file() => {
            let file = File::options().write(true).open(path);
            write(&engine, flags, file.map_err(|error| named(path, &error))?)?;
        }
        Some(path) => {
            let mode = path.metadata().map(|known| known.permissions());
            let mode = mode.unwrap_or_else(|_| Permissions::from_mode(0o666));
            let parent = path.parent().filter(|parent| *parent != Path::new(""));
            let partial = tempfile::Builder::new()
                .permissions(mode)
                .tempfile_in(parent.unwrap_or(Path::new(".")))
                .map_err(|error| named(path, &error))?;
            write(&engine, flags, partial.reopen().map_err(failed)?)?;
            partial.as_file().sync_all().map_err(failed)?;
            partial
                .persist(path)
                .map_err(|error| named(path, &error.error))?;
        }
        None => {
            let file = File::from(output.try_clone_to_owned().map_err(failed)?);
            write(&engine, flags, file)?;
        }
    }
    drop(spinner);
    Ok(0)
}

/// Podman takes further words for names that the first image gets in the archive, whatever they name:
/// two images become one under a wrong name. Here they must be names that it has.
fn one_image(engine: &Engine, words: &[String]) -> Result<(), CliError> {
    let mut first = None;
    for word in words {
        let found = find(engine, word)?.id;
        if *first.get_or_insert_with(|| found.clone()) != found {
            return Err(CliError::usage(format!(
                "{word} is another image than {}: use --multi-image-archive to save both",
                words[0]
            )));
        }
    }
    Ok(())
}

fn write(engine: &Engine, flags: &Save, file: File) -> Result<(), CliError> {
    let mut out = BufWriter::with_capacity(1 << 18, file);
    save(engine, &flags.names, &mut out)?;
    out.flush().map_err(failed)
}

fn named(path: &Path, error: &std::io::Error) -> CliError {
    CliError::usage(format!("open {}: {}", path.display(), system_words(error)))
}

fn failed(source: std::io::Error) -> CliError {
    CliError::Io {
        doing: "write archive".to_owned(),
        source,
    }
}
