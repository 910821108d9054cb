//! Numbers for people, in the words of Docker's go-units, which Podman uses: «2.07 MB»,
//! «2 minutes ago», «Up 3 seconds», «Exited (0) 5 minutes ago».

use jiff::Timestamp;
use libcr::ops::lifecycle::figures::go::human_duration;

/// A size in powers of 1000 with three digits: `2.07 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut unit = 0;
    // Thousandths, so that no float rounds a size that is exact.
    let mut thousandths = u128::from(bytes) * 1000;
    while thousandths >= 1_000_000 && unit + 1 < UNITS.len() {
        thousandths /= 1000;
        unit += 1;
    }
    let places = match thousandths {
        0..10_000 => 2,
        10_000..100_000 => 1,
        _ => 0,
    };
    let step = 10_u128.pow(3 - places);
    let rounded = (thousandths + step / 2) / step;
    let scale = 10_u128.pow(places);
    let (whole, fraction) = (rounded / scale, rounded % scale);
    let width = usize::try_from(places).unwrap_or(0);
    let number = if fraction == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{fraction:0width$}")
            .trim_end_matches('0')
            .to_owned()
    };
    format!("{number} {}", UNITS[unit])
}

/// How long before `now` something was: `2 minutes ago`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    format!("{} ago", human_duration(seconds_between(then, now)))
}

/// Whole seconds from `then` to `now`, 0 if that is before.
pub fn seconds_between(then: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(then).as_secs().max(0)
}

/// The STATUS column of `ps`.
pub fn status(
    word: &str,
    exit_code: i32,
    started: Option<Timestamp>,
    finished: Option<Timestamp>,
    now: Timestamp,
) -> String {
    let since =
        |then: Option<Timestamp>| human_duration(then.map_or(0, |then| seconds_between(then, now)));
    match word {
        "running" => format!("Up {}", since(started)),
        "exited" | "stopped" => format!("Exited ({exit_code}) {} ago", since(finished)),
        "configured" => "Created".to_owned(),
        other => {
            let mut letters = other.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        }
    }
}

/// The words of a command, cut to 17 letters with `...` behind unless `whole`.
pub fn command(words: &[String], whole: bool) -> String {
    const WIDTH: usize = 17;
    let text = words.join(" ");
    if whole || text.chars().count() <= WIDTH {
        return text;
    }
    let start: String = text.chars().take(WIDTH).collect();
    format!("{start}...")
}

/// The first 12 digits of an id, or all.
pub fn id(id: &str, whole: bool) -> &str {
    if whole {
        id
    } else {
        id.get(..12).unwrap_or(id)
    }
}

/// A size as go-units' `HumanSize` has it: four digits, decimal, no blank: `1.482kB`, `25.33GB`.
pub fn go_size(bytes: u64) -> String {
    four_digits(bytes, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB", "EB"])
}

/// The same in powers of 1024, as go-units' `BytesSize`: `23.59GiB`.
pub fn binary_size(bytes: u64) -> String {
    four_digits(
        bytes,
        1024.0,
        &["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"],
    )
}

fn four_digits(bytes: u64, step: f64, units: &[&str]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "four digits of it are shown")]
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= step && unit + 1 < units.len() {
        size /= step;
        unit += 1;
    }
    let places = match size {
        _ if size < 10.0 => 3,
        _ if size < 100.0 => 2,
        _ if size < 1000.0 => 1,
        _ => 0,
    };
    let text = format!("{size:.places$}");
    let text = if places > 0 {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}{}", units[unit])
}

/// An instant as Go prints it: `2026-11-22 21:00:07.285491463 +0000 UTC`.
pub fn go_time(at: Timestamp) -> String {
    let zoned = at.to_zoned(jiff::tz::TimeZone::UTC);
    zoned.strftime("%Y-%m-%d %H:%M:%S%.f +0000 UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_four_digits() {
        for (bytes, decimal, binary) in [
            (0, "0B", "0B"),
            (558, "558B", "558B"),
            (1000, "1kB", "1000B"),
            (1_482, "1.482kB", "1.447KiB"),
            (20_480, "20.48kB", "20KiB"),
            (25_325_268_992, "25.33GB", "23.59GiB"),
            (u64::MAX, "18.45EB", "16EiB"),
        ] {
            assert_eq!(
                (go_size(bytes).as_str(), binary_size(bytes).as_str()),
                (decimal, binary)
            );
        }
    }

    #[test]
    fn sizes() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (2_069_689, "2.07 MB"),
            (12_345_678, "12.3 MB"),
            (123_456_789, "123 MB"),
            (1_500_000_000, "1.5 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn durations() {
        for (seconds, text) in [
            (-5, "Less than a second"),
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (125, "2 minutes"),
            (3600, "About an hour"),
            (7300, "2 hours"),
            (3 * 86_400, "3 days"),
            (20 * 86_400, "2 weeks"),
            (90 * 86_400, "3 months"),
            (800 * 86_400, "2 years"),
        ] {
            assert_eq!(human_duration(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn statuses() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let now = at(1000);
        assert_eq!(
            status("running", 0, Some(at(997)), None, now),
            "Up 3 seconds"
        );
        assert_eq!(
            status("exited", 7, None, Some(at(700)), now),
            "Exited (7) 5 minutes ago"
        );
        assert_eq!(status("created", 0, None, None, now), "Created");
        assert_eq!(status("paused", 0, Some(at(1)), None, now), "Paused");
    }

    #[test]
    fn words() {
        let words = ["echo", "hello world this is a long command"].map(str::to_owned);
        assert_eq!(command(&words, false), "echo hello world ...");
        assert_eq!(command(&words[..1], false), "echo");
        assert_eq!(id("0123456789abcdef", false), "0123456789ab");
        assert_eq!(
            go_time("2026-11-22T21:00:07.285491463Z".parse().unwrap()),
            "2026-11-22 21:00:07.285491463 +0000 UTC"
        );
    }
}
