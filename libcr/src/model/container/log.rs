//! How much of a container's output its log file keeps.

/// `--log-opt max-size`.
pub const LOG_SIZE: &str = "max-size";

const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];

/// Bytes in a size as Podman reads it (go-units, `FromHumanSize`: `10mb` are 10000000), 0 for no
/// limit; `None` for what is no size.
pub fn log_bytes(text: &str) -> Option<u64> {
    // conmon's word for no limit.
    if text == "-1" {
        return Some(0);
    }
    let digits = text.find(|letter: char| !letter.is_ascii_digit());
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let unit = unit.trim_start().to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let power = match unit {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1000_u64.pow(power))
}

/// The same the other way: `10MB`.
pub fn log_size(bytes: u64) -> String {
    let (mut number, mut unit) = (bytes, 0);
    while number > 0 && number.is_multiple_of(1000) && unit + 1 < UNITS.len() {
        number /= 1000;
        unit += 1;
    }
    format!("{number}{}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_there_and_back() {
        for (text, bytes, back) in [
            ("0", 0, "0B"),
            ("-1", 0, "0B"),
            ("1536", 1536, "1536B"),
            ("10m", 10_000_000, "10MB"),
            ("10 MB", 10_000_000, "10MB"),
            ("3kb", 3000, "3kB"),
            ("2g", 2_000_000_000, "2GB"),
        ] {
            assert_eq!(log_bytes(text), Some(bytes), "{text}");
            assert_eq!(log_size(bytes), back);
        }
        for bad in ["", "m", "-2", "1x", "1.5m", "99999999999999p"] {
            assert_eq!(log_bytes(bad), None, "{bad}");
        }
    }
}
