//! Instants and durations as `--since`, `--until` and `--interval` take them: a duration of Go
//! (`1h30m`), seconds since 1970, RFC 3339, or a date with less precision in local time.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use std::time::Duration;

/// Go's notation: numbers with units, `300ms`, `1.5h`, `1h10m`. `0` needs no unit.
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, after) = rest.split_at(digits);
        let letters = after
            .find(|letter: char| letter.is_ascii_digit() || letter == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(letters);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let count: f64 = number.parse().ok()?;
        total = total.checked_add(Duration::try_from_secs_f64(count * seconds).ok()?)?;
        rest = next;
    }
    Some(total)
}

/// What Go says of a text that is no duration (package time, `ParseDuration`).
pub fn duration_complaint(text: &str) -> String {
    let digits = text.trim_start_matches(['-', '+']);
    let number = |letter: char| letter.is_ascii_digit() || letter == '.';
    let unit = digits.trim_start_matches(number);
    if digits.is_empty() || unit.len() == digits.len() {
        return format!("time: invalid duration \"{text}\"");
    }
    if unit.is_empty() {
        return format!("time: missing unit in duration \"{text}\"");
    }
    let end = unit.find(number).unwrap_or(unit.len());
    format!(
        "time: unknown unit \"{}\" in duration \"{text}\"",
        &unit[..end]
    )
}

// `1767225600.000000005`, to the nanosecond.
fn seconds(text: &str) -> Option<SignedDuration> {
    let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole.strip_prefix('-').unwrap_or(whole)) || !digits(places) {
        return None;
    }
    let nanoseconds: i32 = format!("{places:0<9}").get(..9)?.parse().ok()?;
    let whole_seconds: i64 = whole.parse().ok()?;
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    Some(SignedDuration::new(whole_seconds, sign * nanoseconds))
}

/// The instant that `text` means when it is `now`; a duration counts backwards.
pub fn parse_instant(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(since) = seconds(text) {
        return Timestamp::from_duration(since).ok();
    }
    if let Some(ago) = parse_duration(text) {
        return now.checked_sub(SignedDuration::try_from(ago).ok()?).ok();
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let local = |when: civil::DateTime| Some(when.to_zoned(TimeZone::system()).ok()?.timestamp());
    if let Ok(when) = text.parse::<civil::DateTime>() {
        return local(when);
    }
    // `2006-01-02T15:04` and `2006-01-02T15`, which jiff does not read.
    ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| civil::DateTime::strptime(format, text).ok())
        .and_then(local)
}

#[cfg(test)]
mod tests {
    use super::{duration_complaint, parse_duration, parse_instant};
    use jiff::Timestamp;
    use std::time::Duration;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse_duration("1h10m"), Some(Duration::from_mins(70)));
        assert_eq!(parse_duration("1.5s"), Some(Duration::from_millis(1500)));
        for text in ["", "foo", "1", "1x", "-1s", "s"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_duration() {
        for (text, complaint) in [
            ("foo", "time: invalid duration \"foo\""),
            ("", "time: invalid duration \"\""),
            ("5", "time: missing unit in duration \"5\""),
            ("-1.5x", "time: unknown unit \"x\" in duration \"-1.5x\""),
        ] {
            assert_eq!(duration_complaint(text), complaint);
        }
    }

    #[test]
    fn instants() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let at = |second| Timestamp::from_second(second).ok();
        assert_eq!(parse_instant("10s", now), at(999_990));
        assert_eq!(parse_instant("12345", now), at(12_345));
        let exact = parse_instant("1767225600.000000005", now).unwrap();
        assert_eq!(exact.as_nanosecond(), 1_767_225_600_000_000_005);
        let before = parse_instant("-1.5", now).unwrap();
        assert_eq!(before.as_millisecond(), -1500);
        assert_eq!(parse_instant("1970-01-01T00:01:00Z", now), at(60));
        assert!(parse_instant("1970-01-02", now).is_some());
        assert!(parse_instant("1970-01-02T03:04", now).is_some());
        assert_eq!(parse_instant("foo", now), None);
    }
}
