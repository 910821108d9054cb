//! One thing that goes wrong, as CRIU words it, and the sentence that it becomes.
//!
//! A rule's words stand in an error line in this order; what lies between one of them and the next
//! (or the line's end) is a part of the sentence: the path, the socket, the process. The sentences
//! have these places: `{0}` … for what follows the first word, the second …, counted on over
//! `before`; `{name 0}` the last part of that path; `{pid 0}` the process of that number with its
//! name; `{process}` the process that CRIU had at hand.

use std::collections::HashMap;

/// Longest part of a log line in a sentence, in characters.
const PART: usize = 72;

/// What is recognised and what it means.
#[derive(Debug)]
pub struct Rule {
    /// In the error line, in this order.
    pub words: &'static [&'static str],
    /// In a line before it, in this order; the nearest such line counts.
    pub before: &'static [&'static str],
    /// A sentence without a full stop.
    pub cause: &'static str,
    /// What the user can do.
    pub remedy: &'static str,
}

/// A rule of one line.
pub const fn rule(
    words: &'static [&'static str],
    cause: &'static str,
    remedy: &'static str,
) -> Rule {
    after(&[], words, cause, remedy)
}

/// A rule whose error line follows a telling one.
pub const fn after(
    before: &'static [&'static str],
    words: &'static [&'static str],
    cause: &'static str,
    remedy: &'static str,
) -> Rule {
    Rule {
        words,
        before,
        cause,
        remedy,
    }
}

impl Rule {
    /// Cause and remedy when the error line at `index` is this rule's.
    pub fn explain(&self, lines: &[&str], index: usize, error: &str) -> Option<(String, String)> {
        let mut parts = captures(error, self.words)?;
        let earlier = lines.get(..index)?;
        if !self.before.is_empty() {
            let telling = |line: &&str| captures(&clean(line), self.before);
            parts.extend(earlier.iter().rev().find_map(telling)?);
        }
        let fill = |template: &str| fill(template, &parts, earlier);
        Some((fill(self.cause), fill(self.remedy)))
    }
}

/// What follows each of the words, up to the next one; nothing unless all are there in this order.
fn captures(line: &str, words: &[&str]) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = line;
    for (number, word) in words.iter().enumerate() {
        let (before, behind) = rest.split_once(word)?;
        if number > 0 {
            parts.push(short(before.trim()));
        }
        rest = behind;
    }
    parts.push(short(rest.trim()));
    Some(parts)
}

/// The sentence of a template. A place that nothing fills stays as it is, and tests find it.
fn fill(template: &str, parts: &[String], earlier: &[&str]) -> String {
    let mut sentence = String::new();
    let mut rest = template;
    while let Some((text, place)) = rest.split_once('{') {
        sentence.push_str(text);
        let Some((place, behind)) = place.split_once('}') else {
            rest = place;
            break;
        };
        rest = behind;
        let part = |number: &str| parts.get(number.parse::<usize>().ok()?);
        let found = match place.split_once(' ') {
            Some(("name", number)) => {
                part(number).map(|path| path.rsplit('/').next().unwrap_or(path).to_owned())
            }
            Some(("pid", number)) => part(number).map(|pid| process(pid, earlier)),
            Some(_) => None,
            None if place == "process" => Some(at_hand(earlier)),
            None => part(place).cloned(),
        };
        sentence.push_str(&found.unwrap_or_else(|| format!("{{{place}}}")));
    }
    sentence.push_str(rest);
    sentence
}

/// The process that CRIU dumps, by the log before the error.
fn at_hand(earlier: &[&str]) -> String {
    let telling = |line: &&str| captures(&clean(line), &["Dumping task (pid: ", " comm: "]);
    match earlier.iter().rev().find_map(telling) {
        Some(parts) => process(&parts[0], earlier),
        None => "a process".into(),
    }
}

/// `process 17 (nginx)`, as far as the log names it.
fn process(pid: &str, earlier: &[&str]) -> String {
    let names: HashMap<String, String> = earlier
        .iter()
        .filter_map(|line| {
            let line = clean(line);
            let parts = captures(&line, &["SEIZE ", " (comm ", "): "])
                .or_else(|| captures(&line, &["Dumping task (pid: ", " comm: ", ")"]))?;
            Some((parts[0].clone(), parts[1].clone()))
        })
        .collect();
    match names.get(pid) {
        Some(name) => format!("process {pid} ({name})"),
        None => format!("process {pid}"),
    }
}

/// Names in a log can be anything that the container chose: nothing of it may steer a terminal.
pub fn clean(text: &str) -> String {
    let harmless = |char: &char| !char.is_control() && !is_invisible(*char);
    text.trim().chars().filter(harmless).take(1000).collect()
}

/// Characters that turn the direction of the text round them, or have no width.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The middle of what is too long left out.
fn short(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= PART {
        return text.to_owned();
    }
    let half = PART / 2;
    let head = chars.iter().take(half - 1);
    let tail = chars.iter().skip(chars.len() - half);
    head.chain(['…'].iter()).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_line_and_of_earlier_ones() {
        let lines = [
            "(00.0) SEIZE 7 (comm evil\u{1b}\u{202e}): success",
            "(00.0) Dumping task (pid: 7 comm: evil\u{1b}\u{202e})",
            "(00.0) inet: Restore: port 80 state",
            "(00.0) the error",
        ];
        let rule = after(
            &["port ", " state"],
            &["file ", " of"],
            "{process} has {0} ({name 0}) at port {2}, {pid 0}",
            "{9} stays",
        );
        let (cause, remedy) = rule.explain(&lines, 3, "a file /x/y of it").unwrap();
        assert_eq!(
            cause,
            "process 7 (evil) has /x/y (y) at port 80, process /x/y"
        );
        assert_eq!(remedy, "{9} stays");
        assert!(rule.explain(&lines, 2, "a file /x/y of it").is_none());
        assert!(rule.explain(&lines, 3, "of a file").is_none());
    }

    #[test]
    fn long_parts() {
        let path = "/".repeat(2000);
        let (cause, _) = rule(&["at "], "{0}", "")
            .explain(&[""], 0, &format!("at {path}"))
            .unwrap();
        assert_eq!(cause.chars().count(), PART);
    }
}
