//! Text that nobody vouches for, made harmless for a page: what can't be seen or would move its
//! neighbours is written as `\u{202e}`, and what is too long is cut.
//!
//! Markup characters are escaped by maud, here and everywhere.

use maud::{Markup, Render, html};

/// Characters of a name of a process, a user, a kind.
pub(super) const NAME: usize = 80;
/// Characters of a path, an address, an option.
pub(super) const PATH: usize = 400;
/// Characters of a command line, a value of the environment, a sentence.
pub(super) const LONG: usize = 1000;
/// More combining marks on one letter than this grow out of the line.
const MARKS: usize = 2;

/// Foreign text as markup: isolated from the direction of its neighbours, its escapes marked so
/// that they can be told from the same letters in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Foreign<'a> {
    text: &'a str,
    limit: usize,
}

/// `text` as markup, at most `limit` characters of it.
pub(super) fn foreign(text: &str, limit: usize) -> Foreign<'_> {
    Foreign { text, limit }
}

/// A name.
pub(super) fn name(text: &str) -> Foreign<'_> {
    foreign(text, NAME)
}

/// A path, or what is as long.
pub(super) fn path(text: &str) -> Foreign<'_> {
    foreign(text, PATH)
}

impl Render for Foreign<'_> {
    fn render(&self) -> Markup {
        let (pieces, left) = pieces(self.text, self.limit);
        html! {
            bdi {
                @for piece in &pieces {
                    @match piece {
                        Piece::Plain(text) => (text),
                        Piece::Escape(text) => span.escape { (text) },
                    }
                }
                @if left > 0 { span.cut { "… " (left) " more characters" } }
            }
        }
    }
}

/// The same where no markup can be: in titles and drawings.
pub(super) fn plain(text: &str, limit: usize) -> String {
    let (pieces, left) = pieces(text, limit);
    let mut plain: String = pieces.iter().map(Piece::text).collect();
    if left > 0 {
        plain.push('…');
    }
    plain
}

/// A command line as a shell would take it, for reading only.
pub(super) fn command_line(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        if word.is_empty() || word.contains(char::is_whitespace) {
            format!("'{word}'")
        } else {
            word.clone()
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Plain(String),
    Escape(String),
}

impl Piece {
    fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Escape(text) => text,
        }
    }
}

/// The first `limit` characters in pieces, and how many were left.
fn pieces(text: &str, limit: usize) -> (Vec<Piece>, usize) {
    let mut pieces = Vec::new();
    let mut marks = 0;
    let mut letters = text.chars();
    for letter in letters.by_ref().take(limit) {
        marks = if is_mark(letter) { marks + 1 } else { 0 };
        // A mark without a letter of its own would sit on what stands before the text.
        let harmless = !is_hidden(letter) && marks <= MARKS && (marks == 0 || !pieces.is_empty());
        match pieces.last_mut() {
            Some(Piece::Plain(last)) if harmless => last.push(letter),
            _ if harmless => pieces.push(Piece::Plain(letter.into())),
            _ => pieces.push(Piece::Escape(escape(letter))),
        }
    }
    (pieces, letters.count())
}

fn escape(letter: char) -> String {
    match letter {
        '\0' | '\t' | '\n' | '\r' => letter.escape_debug().to_string(),
        _ => letter.escape_unicode().to_string(),
    }
}

/// Nothing, or nothing but a space, is drawn for it, or it moves what stands beside it.
fn is_hidden(letter: char) -> bool {
    match letter {
        ' '..='~' => false,
        // Letters that look like nothing, and selectors of a variant: printable to the standard
        // library, which goes by the category alone.
        '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{e0100}'..='\u{e01ef}' => true,
        _ => !is_printable(letter),
    }
}

/// Whether the standard library would print it inside a debug string: neither control, format,
/// private, unassigned nor a space of any width.
fn is_printable(letter: char) -> bool {
    let follows: String = ['a', letter].iter().collect();
    follows.escape_debug().nth(1) == Some(letter)
}

/// A combining mark: drawn on the letter before it.
fn is_mark(letter: char) -> bool {
    !letter.is_ascii() && is_printable(letter) && letter.escape_debug().count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        for (text, shown) in [
            ("plain name-1.txt", "plain name-1.txt"),
            ("Grüße 世界 🦀", "Grüße 世界 🦀"),
            ("a\0b\x1b[31m", "a\\0b\\u{1b}[31m"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("exe\u{202e}gpj.\u{2066}", "exe\\u{202e}gpj.\\u{2066}"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("\u{85}\u{7f}\u{9b}", "\\u{85}\\u{7f}\\u{9b}"),
            (
                "soft\u{ad}hyphen\u{a0}space",
                "soft\\u{ad}hyphen\\u{a0}space",
            ),
            ("\u{3164}\u{e0041}\u{fe0f}", "\\u{3164}\\u{e0041}\\u{fe0f}"),
            ("\u{2028}\u{fffe}", "\\u{2028}\\u{fffe}"),
            ("quote\"'\\", "quote\"'\\"),
        ] {
            assert_eq!(plain(text, 100), shown);
        }
    }

    #[test]
    fn marks_stay_on_their_letter_and_in_their_line() {
        assert_eq!(plain("e\u{301}", 9), "e\u{301}");
        assert_eq!(plain("\u{301}", 9), "\\u{301}");
        let tower = format!("e{}", "\u{301}".repeat(4));
        assert_eq!(plain(&tower, 9), "e\u{301}\u{301}\\u{301}\\u{301}");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let long = "x".repeat(5000);
        assert_eq!(plain(&long, 10), format!("{}…", "x".repeat(10)));
        let markup = foreign(&long, 10).render().into_string();
        assert_eq!(
            markup,
            format!(
                "<bdi>{}<span class=\"cut\">… 4990 more characters</span></bdi>",
                "x".repeat(10)
            )
        );
        assert_eq!(plain("exact", 5), "exact");
    }

    #[test]
    fn an_escape_can_be_told_from_the_same_letters() {
        let real = foreign("\u{202e}", 9).render().into_string();
        let typed = foreign("\\u{202e}", 9).render().into_string();
        assert_eq!(real, "<bdi><span class=\"escape\">\\u{202e}</span></bdi>");
        assert_eq!(typed, "<bdi>\\u{202e}</bdi>");
    }

    #[test]
    fn words_of_a_command() {
        let words = ["sh", "-c", "echo a b", ""].map(str::to_owned);
        assert_eq!(command_line(&words), "sh -c 'echo a b' ''");
    }
}
