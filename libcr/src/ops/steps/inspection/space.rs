//! Whether there is room for what a freeze makes.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::Allowed;
use super::process::Processes;
use super::words::size;
use crate::model::finding::Findings;
use crate::sys::machine;

/// Room for the images, then for the archive.
pub(super) fn inspect(processes: &Processes, allowed: &Allowed, findings: &mut Findings) {
    let memory = if allowed.memory_elsewhere {
        0
    } else {
        processes.memory()
    };
    images(memory, allowed, findings);
    if let Some(archive) = &allowed.export {
        self::archive(memory, archive, allowed, findings);
    }
}

fn images(memory: u64, allowed: &Allowed, findings: &mut Findings) {
    const CHECK: &str = "space";
    let place = existing(&allowed.images);
    match machine::free_space(place) {
        Ok(free) if free < memory && allowed.incremental => findings.warn(
            CHECK,
            format!(
                "the container has {} of memory, {} are free in {}: what changed since the last dump must fit",
                size(memory),
                size(free),
                place.display()
            ),
            "free some space there",
        ),
        Ok(free) if free < memory => findings.fail(
            CHECK,
            format!(
                "not enough space in {} for the container's memory: {} are needed, {} are free",
                place.display(),
                size(memory),
                size(free)
            ),
            "free some space there, or choose another place with --image-path or --checkpoint-dir",
        ),
        Ok(free) => findings.ok(
            CHECK,
            format!(
                "{} of memory go to {}, where {} are free",
                size(memory),
                place.display(),
                size(free)
            ),
        ),
        Err(error) => findings.warn(
            CHECK,
            format!("free space of {} can't be told: {error}", place.display()),
            "",
        ),
    }
}

fn archive(memory: u64, archive: &Path, allowed: &Allowed, findings: &mut Findings) {
    const CHECK: &str = "archive-space";
    let directory = archive.parent().unwrap_or(Path::new("/"));
    let (Ok(facts), Ok(free)) = (fs::metadata(directory), machine::free_space(directory)) else {
        findings.fail(
            CHECK,
            format!("the directory {} can't be written to", directory.display()),
            "make it first, or choose another place",
        );
        return;
    };
    let changes: u64 = allowed.packed.iter().map(|place| stored_below(place)).sum();
    let content = memory + changes;
    // The images are there first.
    let images = fs::metadata(existing(&allowed.images)).ok();
    let beside = images.is_some_and(|images| images.dev() == facts.dev());
    let left = if beside {
        free.saturating_sub(memory)
    } else {
        free
    };
    let told = format!(
        "the archive holds {} of memory and {} of files before compression; {} are free in {}",
        size(memory),
        size(changes),
        size(left),
        directory.display()
    );
    let remedy = "free some space there, choose another place, or leave files out with --ignore-rootfs and --ignore-volumes";
    if content <= left {
        findings.ok(CHECK, told);
    } else if allowed.uncompressed && !allowed.incremental {
        findings.fail(CHECK, format!("not enough space: {told}"), remedy);
    } else {
        findings.warn(CHECK, format!("space may not be enough: {told}"), remedy);
    }
}

/// The path, or the nearest directory above it that is there.
fn existing(path: &Path) -> &Path {
    let mut above = path.ancestors();
    above.find(|path| path.exists()).unwrap_or(Path::new("/"))
}

/// Bytes on disk of all files in a directory and below; no link is followed.
fn stored_below(directory: &Path) -> u64 {
    let mut left = vec![directory.to_owned()];
    let mut bytes = 0;
    while let Some(path) = left.pop() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(facts) if facts.is_dir() => left.push(entry.path()),
                Ok(facts) => bytes += facts.blocks().saturating_mul(512),
                Err(_) => {}
            }
        }
    }
    bytes
}
