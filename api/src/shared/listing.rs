//! The containers that a list holds, in the order of both interfaces: the newest first.

use jiff::Timestamp;
use libcr::Engine;
use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::ps;

use super::filter::ContainerFilter;
use crate::http::Failure;

/// Those that fit: all, or those that run; the last so many of them.
///
/// # Errors
/// The database can't be read.
pub fn containers(
    engine: &Engine,
    filter: &ContainerFilter,
    all: bool,
    last: Option<usize>,
) -> Result<Vec<Container>, Failure> {
    let mut found = ps::list(engine)?;
    let all = all || last.is_some() || filter.is_about_state();
    found.retain(|one| {
        (all || matches!(one.state.status, Status::Running | Status::Paused))
            && filter.fits(engine, one)
    });
    found.reverse();
    if let Some(last) = last {
        found.truncate(last);
    }
    Ok(found)
}

/// Seconds since 1970 of a time in a record; `never` where there is none.
pub fn seconds(time: Option<&str>, never: i64) -> i64 {
    let time: Option<Timestamp> = time.and_then(|time| time.parse().ok());
    time.map_or(never, Timestamp::as_second)
}
