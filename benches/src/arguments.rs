//! The command line: how often, how large, with which runtimes.

use anyhow::{Context, Result, bail};

/// Rounds without `--runs`.
const RUNS: usize = 7;
/// Sizes without `--megabytes`.
const SIZES: [u32; 3] = [0, 100, 1000];
const USAGE: &str = "usage: cr-benches [--runs N] [--megabytes N]... [--runtime crun|runc]...";

/// What is to be measured.
#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    /// Rounds for each runtime and size, at least 1.
    pub runs: usize,
    /// Sizes of the containers' random memory, in units of 2^20 bytes.
    pub megabytes: Vec<u32>,
    /// OCI runtimes, by name.
    pub runtimes: Vec<String>,
}

impl Arguments {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    /// The usage, for a word that isn't known or a value that is missing or no number.
    pub fn parse(words: &[String]) -> Result<Self> {
        let mut parsed = Self {
            runs: RUNS,
            megabytes: Vec::new(),
            runtimes: Vec::new(),
        };
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--runs" => {
                    let value = rest.next().context(USAGE)?;
                    parsed.runs = value.parse().context(USAGE)?;
                }
                "--megabytes" => {
                    let value = rest.next().context(USAGE)?;
                    parsed.megabytes.push(value.parse().context(USAGE)?);
                }
                "--runtime" => parsed.runtimes.push(rest.next().context(USAGE)?.clone()),
                _ => bail!("unknown word {word:?}; {USAGE}"),
            }
        }
        if parsed.runs == 0 {
            bail!("--runs 0 measures nothing; {USAGE}");
        }
        if parsed.megabytes.is_empty() {
            parsed.megabytes = SIZES.to_vec();
        }
        if parsed.runtimes.is_empty() {
            parsed.runtimes = ["crun", "runc"].map(String::from).to_vec();
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        Arguments::parse(&words)
    }

    #[test]
    fn everything_unless_told() {
        let usual = parse("").unwrap();
        assert_eq!((usual.runs, &usual.megabytes[..]), (7, &SIZES[..]));
        assert_eq!(usual.runtimes, ["crun", "runc"]);
        let told = parse("--megabytes 0 --megabytes 50 --runs 3 --runtime crun").unwrap();
        assert_eq!((told.runs, &told.megabytes[..]), (3, &[0, 50][..]));
        assert_eq!(told.runtimes, ["crun"]);
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "--runs",
            "--runs x",
            "--runs 0",
            "--megabytes",
            "--runtime",
            "fast",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
