//! The time stamp of a log line: local time, nine digits, numeric offset.
//! Reads the time zone once; searching the zone database by name would cost more than all the rest of a start.
#![forbid(unsafe_code)]

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A clock in the machine's time zone.
pub(crate) struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// /etc/localtime, or what TZ says; UTC if there is neither.
    pub(crate) fn local() -> Self {
        let zone = if std::env::var_os("TZ").is_some_and(|value| !value.is_empty()) {
            TimeZone::system()
        } else {
            std::fs::read("/etc/localtime")
                .ok()
                .and_then(|data| TimeZone::tzif("Local", &data).ok())
                .unwrap_or(TimeZone::UTC)
        };
        Self { zone }
    }

    /// Now, as `2026-01-02T15:04:05.123456789+01:00`.
    pub(crate) fn stamp(&self) -> String {
        stamp_of(Timestamp::now(), &self.zone)
    }
}

fn stamp_of(time: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset(time);
    let local = offset.to_datetime(time);
    let sign = if offset.seconds() < 0 { '-' } else { '+' };
    let minutes = offset.seconds().unsigned_abs() / 60;
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}{sign}{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        local.subsec_nanosecond(),
        minutes / 60,
        minutes % 60,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_on_both_sides() {
        let time: Timestamp = "2026-01-02T14:04:05.000000789Z".parse().unwrap();
        let stamp = |hours| stamp_of(time, &TimeZone::fixed(jiff::tz::offset(hours)));
        assert_eq!(stamp(1), "2026-01-02T15:04:05.000000789+01:00");
        assert_eq!(stamp(-8), "2026-01-02T06:04:05.000000789-08:00");
        assert_eq!(stamp(0), "2026-01-02T14:04:05.000000789+00:00");
    }
}
