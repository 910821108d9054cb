//! CRIU's images in a flat tar that nobody vouches for.

use std::collections::BTreeSet;
use std::io::Read;

use crate::archive::{Writer, layout};
use crate::criu::netns;
use crate::error::{Error, Result};

/// Most images.
const MOST_IMAGES: usize = 1_000_000;
/// Larger than any `ids-PID.img`.
const IDS_LIMIT: u64 = 4096;
/// Larger than any extended header of a name that CRIU gives.
const EXTENDED_LIMIT: u64 = 64 << 10;

/// Copies the images into the directory `checkpoint` of an archive. With `own_network`, the network
/// namespace is said to come from outside, dumped or not: the container gets one of this host's.
///
/// # Errors
/// [`Error::Invalid`] for a member that is no image of CRIU, naming it.
pub(super) fn copy(tar: impl Read, writer: &mut Writer, own_network: bool) -> Result<()> {
    writer.append_directory(layout::CHECKPOINT)?;
    let mut seen = BTreeSet::new();
    let mut ids: Option<(u64, Vec<u8>)> = None;
    let mut archive = tar::Archive::new(tar);
    // Raw: nothing is read into memory for an extension before its length was looked at.
    for entry in archive.entries().map_err(unreadable)?.raw(true) {
        let mut entry = entry.map_err(unreadable)?;
        let kind = entry.header().entry_type();
        let size = entry.header().entry_size().map_err(unreadable)?;
        let shown = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if kind.is_pax_local_extensions() || kind.is_pax_global_extensions() {
            harmless_extension(&mut entry, size, &shown)?;
            continue;
        }
        if kind.is_dir() && matches!(shown.trim_end_matches('/'), "." | "") {
            continue;
        }
        let name = layout::clean(&entry.path_bytes());
        let name = name.map_err(|refusal| wrong(&shown, &refusal.to_string()))?;
        if !kind.is_file() || name.contains('/') || name.is_empty() {
            return Err(wrong(&shown, "is no image of CRIU"));
        }
        if !seen.insert(name.clone()) {
            return Err(wrong(&shown, "is there twice"));
        }
        if seen.len() > MOST_IMAGES {
            return Err(wrong(&shown, "is one image too many"));
        }
        if own_network && name.starts_with("netns-") {
            // crun dumps what it has no network for here; the one said below replaces it.
            continue;
        }
        let member = format!("{}/{name}", layout::CHECKPOINT);
        if let Some(pid) = pid_of(&name).filter(|_| size <= IDS_LIMIT) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(unreadable)?;
            writer.append_bytes(&member, &bytes)?;
            // The first process has the lowest number.
            if ids.as_ref().is_none_or(|(lowest, _)| pid < *lowest) {
                ids = Some((pid, bytes));
            }
            continue;
        }
        writer.append_reader_exact(&member, size, |sink| {
            std::io::copy(&mut entry, sink).map(drop)
        })?;
    }
    // To the end, where the digest is looked at.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(unreadable)?;
    if !seen.contains("inventory.img") {
        return Err(Error::Invalid(
            "the checkpoint of containerd has no inventory.img: it is not whole".into(),
        ));
    }
    if own_network && let Some((name, image)) = ids.and_then(|(_, ids)| netns::from_outside(&ids)) {
        writer.append_bytes(&format!("{}/{name}", layout::CHECKPOINT), &image)?;
    }
    Ok(())
}

fn pid_of(name: &str) -> Option<u64> {
    let pid = name.strip_prefix("ids-")?.strip_suffix(".img")?;
    pid.parse().ok()
}

/// An extended header that changes neither name nor length of what follows may stand there.
fn harmless_extension(entry: &mut impl Read, size: u64, shown: &str) -> Result<()> {
    let mut bytes = Vec::new();
    if size <= EXTENDED_LIMIT {
        entry.read_to_end(&mut bytes).map_err(unreadable)?;
    }
    let changes = |key: &[u8]| [&b"path"[..], b"size", b"linkpath"].contains(&key);
    let mut records = tar::PaxExtensions::new(&bytes);
    let harmless = records.all(|record| record.is_ok_and(|one| !changes(one.key_bytes())));
    if size > EXTENDED_LIMIT || !harmless {
        return Err(wrong(
            shown,
            "has an extended header that no image of CRIU has",
        ));
    }
    Ok(())
}

fn wrong(member: &str, why: &str) -> Error {
    Error::Invalid(format!(
        "the memory in the checkpoint of containerd is refused: {member:?} {why}"
    ))
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err as it is")]
fn unreadable(error: std::io::Error) -> Error {
    Error::Invalid(format!(
        "the memory in the checkpoint of containerd can't be read: {error}"
    ))
}
