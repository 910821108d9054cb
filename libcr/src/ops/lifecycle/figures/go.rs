//! Values as Go prints them, where Podman's output holds them so.

use std::fmt::Write as _;
use std::time::Duration;

/// A duration as Go's `time.Duration` prints it: `1h2m3.5s`, `31.339ms`, `12.5µs`, `0s`.
pub fn duration(of: Duration) -> String {
    let nanoseconds = of.as_nanos();
    if nanoseconds == 0 {
        return "0s".into();
    }
    if nanoseconds < 1000 {
        return format!("{nanoseconds}ns");
    }
    if nanoseconds < 1_000_000 {
        return format!("{}µs", decimal(nanoseconds, 1000, 3));
    }
    if nanoseconds < 1_000_000_000 {
        return format!("{}ms", decimal(nanoseconds, 1_000_000, 6));
    }
    let seconds = of.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let mut text = String::new();
    if hours > 0 {
        let _ = write!(text, "{hours}h");
    }
    if seconds >= 60 {
        let _ = write!(text, "{minutes}m");
    }
    let rest = u128::from(seconds % 60) * 1_000_000_000 + u128::from(of.subsec_nanos());
    let _ = write!(text, "{}s", decimal(rest, 1_000_000_000, 9));
    text
}

/// Docker's words for a number of seconds, which Podman took over (go-units, HumanDuration):
/// `Less than a second`, `About a minute`, `3 days`.
pub fn human_duration(seconds: i64) -> String {
    let (minutes, hours) = (seconds / 60, (seconds + 1800) / 3600);
    match seconds {
        ..1 => "Less than a second".to_owned(),
        1 => "1 second".to_owned(),
        2..60 => format!("{seconds} seconds"),
        60..120 => "About a minute".to_owned(),
        120..3600 => format!("{minutes} minutes"),
        _ if hours == 1 => "About an hour".to_owned(),
        _ if hours < 48 => format!("{hours} hours"),
        _ if hours < 24 * 7 * 2 => format!("{} days", hours / 24),
        _ if hours < 24 * 30 * 2 => format!("{} weeks", hours / 24 / 7),
        _ if hours < 24 * 365 * 2 => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", hours / 24 / 365),
    }
}

/// A fraction with all the places it needs, at most `places`.
fn decimal(value: u128, unit: u128, places: usize) -> String {
    let fraction = format!("{:0places$}", value % unit);
    let fraction = fraction.trim_end_matches('0');
    let whole = value / unit;
    if fraction.is_empty() {
        whole.to_string()
    } else {
        format!("{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_dockers_words() {
        for (seconds, words) in [
            (0, "Less than a second"),
            (59, "59 seconds"),
            (61, "About a minute"),
            (150, "2 minutes"),
            (3700, "About an hour"),
            (86_400, "24 hours"),
            (259_200, "3 days"),
        ] {
            assert_eq!(human_duration(seconds), words);
        }
    }

    #[test]
    fn durations() {
        for (nanoseconds, text) in [
            (0, "0s"),
            (7, "7ns"),
            (1_500, "1.5µs"),
            (31_339_000, "31.339ms"),
            (3_410_820_585, "3.410820585s"),
            (10_000_000_000, "10s"),
            (60_000_000_000, "1m0s"),
            (3_723_500_000_000, "1h2m3.5s"),
            (3_600_000_000_000, "1h0m0s"),
        ] {
            assert_eq!(duration(Duration::from_nanos(nanoseconds)), text);
        }
    }
}
