//! The command line: how often, how large, with which runtimes.

use anyhow::{Context, Result, bail};

/// Rounds without `--runs`.
const RUNS: usize = 5;
const USAGE: &str = "usage: cr-benches [--runs N] [--large] [--runtime crun|runc]...";

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
            megabytes: vec![0, 100],
            runtimes: Vec::new(),
        };
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--runs" => {
                    let value = rest.next().context(USAGE)?;
                    parsed.runs = value.parse().context(USAGE)?;
                }
                "--large" => parsed.megabytes.push(1000),
                "--runtime" => parsed.runtimes.push(rest.next().context(USAGE)?.clone()),
                _ => bail!("unknown word {word:?}; {USAGE}"),
            }
        }
        if parsed.runs == 0 {
            bail!("--runs 0 measures nothing; {USAGE}");
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
    fn large_is_asked_for() {
        let usual = parse("").unwrap();
        assert_eq!((usual.runs, &usual.megabytes[..]), (5, &[0, 100][..]));
        assert_eq!(usual.runtimes, ["crun", "runc"]);
        let large = parse("--large --runs 3 --runtime crun").unwrap();
        assert_eq!((large.runs, &large.megabytes[..]), (3, &[0, 100, 1000][..]));
        assert_eq!(large.runtimes, ["crun"]);
    }

    #[test]
    fn nonsense_is_refused() {
        for line in ["--runs", "--runs x", "--runs 0", "--runtime", "fast"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
