//! CRIU's own statistics of a dump or restore, under the names of Podman's `--print-stats`.
//!
//! CRIU writes `stats-dump` and `stats-restore` into its work directory. Zero values are not
//! written as JSON, as in Podman (`libpod/define/checkpoint_restore.go`).

use std::fs;
use std::path::Path;

use prost::Message;

use super::images::{undecodable, wrong};
use super::messages::Stats;
use super::{CriuError, wire};
use crate::model::checkpoint::{DumpStatistics, RestoreStatistics};
use crate::sys::dir::at;

/// Reads `stats-dump`.
pub fn read_dump(path: &Path) -> Result<DumpStatistics, CriuError> {
    parse_dump(&fs::read(path).map_err(at("read", path))?, path)
}

/// The content of a `stats-dump`; messages call it `path`.
///
/// # Errors
/// [`CriuError::Image`] when it is something else.
pub fn parse_dump(bytes: &[u8], path: &Path) -> Result<DumpStatistics, CriuError> {
    let dump = parse(bytes, path)?
        .dump
        .ok_or_else(|| wrong(path, "it is not of a dump"))?;
    Ok(DumpStatistics {
        freezing_time: dump.freezing_time.into(),
        frozen_time: dump.frozen_time.into(),
        memdump_time: dump.memdump_time.into(),
        memwrite_time: dump.memwrite_time.into(),
        pages_scanned: dump.pages_scanned,
        pages_written: dump.pages_written,
    })
}

/// Reads `stats-restore`.
pub fn read_restore(path: &Path) -> Result<RestoreStatistics, CriuError> {
    let restore = parse(&fs::read(path).map_err(at("read", path))?, path)?
        .restore
        .ok_or_else(|| wrong(path, "it is not of a restore"))?;
    Ok(RestoreStatistics {
        forking_time: restore.forking_time.into(),
        restore_time: restore.restore_time.into(),
        pages_restored: restore.pages_restored.unwrap_or(0),
        pages_compared: restore.pages_compared,
        pages_skipped_cow: restore.pages_skipped_cow,
    })
}

fn parse(bytes: &[u8], path: &Path) -> Result<Stats, CriuError> {
    let mut entries =
        wire::Entries::of(bytes, wire::STATS).map_err(|damage| wrong(path, damage))?;
    let entry = entries
        .next()
        .ok_or_else(|| wrong(path, "it has no entry"))?;
    let (at, entry) = entry.map_err(|damage| wrong(path, damage))?;
    Stats::decode(entry).map_err(|_| wrong(path, undecodable(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file is of a dump by CRIU 4.2.1; the numbers are what pycriu reads from it.
    #[test]
    fn a_real_file_is_read() {
        let path = tempfile::NamedTempFile::new().unwrap();
        let bytes = include_bytes!("testdata/stats-dump");
        fs::write(&path, bytes).unwrap();
        let stats = read_dump(path.path()).unwrap();
        let expected = DumpStatistics {
            freezing_time: 100_727,
            frozen_time: 40_791,
            memdump_time: 432,
            memwrite_time: 102,
            pages_scanned: 48,
            pages_written: 34,
        };
        assert_eq!(stats, expected);
        assert!(read_restore(path.path()).is_err());
        assert_eq!(
            serde_json::to_string(&DumpStatistics::default()).unwrap(),
            "{}"
        );
        for len in 0..bytes.len() {
            fs::write(&path, &bytes[..len]).unwrap();
            assert!(read_dump(path.path()).is_err());
        }
    }
}
