//! Signals by name and number; signal(7).

use nix::sys::signal::Signal;

/// Reads `KILL`, `SIGKILL`, `sigkill` or `9`; `None` for a word that is no signal.
pub fn number(word: &str) -> Option<i32> {
    if let Ok(number) = word.parse::<i32>() {
        return (1..=64).contains(&number).then_some(number);
    }
    let name = word.to_ascii_uppercase();
    let name = if name.starts_with("SIG") {
        name
    } else {
        format!("SIG{name}")
    };
    name.parse::<Signal>().ok().map(|signal| signal as i32)
}

/// The name of a signal, `SIGTERM`; its number where it has none.
pub fn name(number: i32) -> String {
    Signal::try_from(number)
        .map_or_else(|_| number.to_string(), |signal| signal.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        for word in ["9", "KILL", "SIGKILL", "sigkill"] {
            assert_eq!(number(word), Some(9));
        }
        assert_eq!((name(15), name(40)), ("SIGTERM".into(), "40".into()));
        for word in ["0", "65", "SIGNOPE", ""] {
            assert_eq!(number(word), None, "{word}");
        }
    }
}
