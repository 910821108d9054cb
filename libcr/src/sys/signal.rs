//! Signals by name and number; signal(7). The real-time ones go by their distance from either end,
//! in Podman's words: `SIGRTMIN+3`, `RTMAX-2`.

use nix::sys::signal::Signal;

/// First and last real-time signal. The kernel's begin at 32, but the C library keeps two.
const REAL_TIME: (i32, i32) = (34, 64);
/// The last signal that is named by its distance from the first one.
const MIDDLE: i32 = 49;

/// Reads `KILL`, `SIGKILL`, `sigkill`, `9`, `RTMIN+3` or `SIGRTMAX-2`; `None` for a word that is
/// no signal.
pub fn number(word: &str) -> Option<i32> {
    let (first, last) = REAL_TIME;
    if let Ok(number) = word.parse::<i32>() {
        let known = Signal::try_from(number).is_ok() || (first..=last).contains(&number);
        return known.then_some(number);
    }
    let name = word.to_ascii_uppercase();
    let name = if name.starts_with("SIG") {
        name
    } else {
        format!("SIG{name}")
    };
    if let Some(rest) = name.strip_prefix("SIGRTMIN") {
        return real_time(first, rest, '+');
    }
    if let Some(rest) = name.strip_prefix("SIGRTMAX") {
        return real_time(last, rest, '-');
    }
    name.parse::<Signal>().ok().map(|signal| signal as i32)
}

/// The real-time signal at some distance (nothing, or the sign and digits) from one end.
fn real_time(end: i32, rest: &str, sign: char) -> Option<i32> {
    let distance = if rest.is_empty() {
        0
    } else {
        let digits = rest.strip_prefix(sign)?;
        // `parse` alone would take a second sign.
        let all = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i32>().ok().filter(|_| all)?
    };
    let (first, last) = REAL_TIME;
    let number = if sign == '+' {
        end.checked_add(distance)?
    } else {
        end.checked_sub(distance)?
    };
    (first..=last).contains(&number).then_some(number)
}

/// The name of a signal, `SIGTERM`, `SIGRTMIN+3`; its number where it has none.
pub fn name(number: i32) -> String {
    let (first, last) = REAL_TIME;
    match Signal::try_from(number) {
        Ok(signal) => signal.as_str().to_owned(),
        Err(_) if number == first => "SIGRTMIN".to_owned(),
        Err(_) if number == last => "SIGRTMAX".to_owned(),
        Err(_) if (first..=MIDDLE).contains(&number) => format!("SIGRTMIN+{}", number - first),
        Err(_) if (MIDDLE..last).contains(&number) => format!("SIGRTMAX-{}", last - number),
        Err(_) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        for word in ["9", "KILL", "SIGKILL", "sigkill"] {
            assert_eq!(number(word), Some(9));
        }
        assert_eq!((name(15), name(65)), ("SIGTERM".into(), "65".into()));
        for word in ["0", "32", "33", "65", "-9", "SIGNOPE", "SIG", ""] {
            assert_eq!(number(word), None, "{word}");
        }
    }

    #[test]
    fn real_time_signals() {
        for (word, wanted) in [
            ("SIGRTMIN", 34),
            ("SIGRTMIN+3", 37),
            ("rtmin+3", 37),
            ("RTMAX-14", 50),
            ("RTMAX", 64),
            ("40", 40),
        ] {
            assert_eq!(number(word), Some(wanted), "{word}");
        }
        for word in [
            "RTMIN+31", "RTMIN-1", "RTMIN+", "RTMIN++1", "RTMINX", "RTMAX-31", "RTMAX+1",
        ] {
            assert_eq!(number(word), None, "{word}");
        }
        for signal in 34..=64 {
            assert_eq!(number(&name(signal)), Some(signal));
        }
        assert_eq!(name(37), "SIGRTMIN+3");
        assert_eq!(name(50), "SIGRTMAX-14");
    }
}
