//! The markdown of our man pages to roff (man(7)): `% title section`, `##` and `####` headings,
//! paragraphs, `- ` lists, fenced blocks, `**bold**`, `*italic*`, `` `code` ``. Anything else is text.

use anyhow::{Result, bail};
use std::fmt::Write as _;

/// A page as roff; an error for a page without its title line or with an open fence.
pub fn convert(markdown: &str) -> Result<String> {
    let mut lines = markdown.lines();
    let title = lines.next().and_then(|line| line.strip_prefix("% "));
    let Some((name, section)) = title.and_then(|title| title.rsplit_once(' ')) else {
        bail!("the first line is not `% name section`");
    };
    let mut page = format!(
        ".TH {} {section} \"\" \"Cryopod\" \"Cryopod manual\"\n.nh\n.ad l\n",
        quoted(&name.to_uppercase())
    );
    let mut block = Block::Between;
    for line in lines {
        block = block.line(line, &mut page);
    }
    if block == Block::Fenced {
        bail!("a fence is open at the end");
    }
    Ok(page)
}

#[derive(Clone, Copy, PartialEq)]
enum Block {
    // After a blank line or heading: text begins a paragraph.
    Between,
    // After an option's heading: its text is indented, and so are further paragraphs.
    Option { between: bool },
    Paragraph,
    Item,
    Fenced,
}

impl Block {
    fn line(self, line: &str, page: &mut String) -> Self {
        let mut put = |text: &str| {
            page.push_str(text);
            page.push('\n');
        };
        if self == Self::Fenced {
            if line.starts_with("```") {
                put(".fi\n.RE");
                return Self::Between;
            }
            put(&escaped_line(&literal(line)));
            return Self::Fenced;
        }
        if line.starts_with("```") {
            put(".PP\n.RS 4\n.nf");
            return Self::Fenced;
        }
        if let Some(heading) = line.strip_prefix("#### ") {
            put(&format!(".TP\n{}", escaped_line(&inline(heading))));
            return Self::Option { between: false };
        }
        if let Some(heading) = line.strip_prefix("## ") {
            put(&format!(".SH {}", quoted(heading)));
            return Self::Between;
        }
        if let Some(item) = line.strip_prefix("- ") {
            let indented = matches!(self, Self::Option { .. });
            put(if indented { ".RS" } else { ".IP \\(bu 2" });
            put(&if indented {
                format!(".IP \\(bu 2\n{}\n.RE", escaped_line(&inline(item)))
            } else {
                escaped_line(&inline(item))
            });
            return if indented { self } else { Self::Item };
        }
        let text = escaped_line(&inline(line));
        match (self, line.is_empty()) {
            (Self::Option { .. }, true) => Self::Option { between: true },
            (Self::Option { between }, false) => {
                // The first paragraph belongs to the tag; later ones keep its indentation.
                if between && !page.ends_with(".TP\n") && !after_tag(page) {
                    page.push_str(".IP\n");
                }
                page.push_str(&text);
                page.push('\n');
                Self::Option { between: false }
            }
            (_, true) => Self::Between,
            (Self::Between, false) => {
                page.push_str(".PP\n");
                page.push_str(&text);
                page.push('\n');
                Self::Paragraph
            }
            (other, false) => {
                put(&text);
                other
            }
        }
    }
}

// Whether the last line is the tag of a `.TP`.
fn after_tag(page: &str) -> bool {
    page.lines().rev().nth(1) == Some(".TP")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", literal(text).replace('"', "\\(dq"))
}

// A dot or quote at the start of a line would be a request.
fn escaped_line(text: &str) -> String {
    if text.starts_with(['.', '\'']) {
        format!("\\&{text}")
    } else {
        text.to_owned()
    }
}

fn literal(text: &str) -> String {
    let mut page = String::new();
    for letter in text.chars() {
        match letter {
            '\\' => page.push_str("\\e"),
            '-' => page.push_str("\\-"),
            letter if letter.is_ascii() => page.push(letter),
            // troff reads bytes: groff_char(7).
            letter => {
                let _ = write!(page, "\\[u{:04X}]", u32::from(letter));
            }
        }
    }
    page
}

fn inline(text: &str) -> String {
    let mut page = String::new();
    let mut letters = text.chars().peekable();
    let (mut bold, mut italic, mut code) = (false, false, false);
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if !code && letters.peek().is_some_and(char::is_ascii_punctuation) => {
                let next = letters.next().unwrap_or('\\');
                page.push_str(&literal(&next.to_string()));
            }
            '`' => {
                code = !code;
                page.push_str(if code { "\\fB" } else { "\\fR" });
            }
            '*' if !code && letters.next_if_eq(&'*').is_some() => {
                bold = !bold;
                page.push_str(font(bold, italic));
            }
            '*' if !code => {
                italic = !italic;
                page.push_str(font(bold, italic));
            }
            other => page.push_str(&literal(&other.to_string())),
        }
    }
    page
}

fn font(bold: bool, italic: bool) -> &'static str {
    match (bold, italic) {
        (_, true) => "\\fI",
        (true, false) => "\\fB",
        (false, false) => "\\fR",
    }
}

#[cfg(test)]
mod tests {
    use super::convert;

    #[test]
    fn a_page() {
        let page = convert(
            "% cryopod-x 1\n\n## NAME\ncryopod-x - does\n\n## OPTIONS\n\n#### **--all**, **-a**=*n*\n\nFirst…\n\nSecond \\*.\n\n- one\n\n## EXAMPLES\n\n.dot\n```\n$ a \\ b\n```\n",
        )
        .unwrap();
        assert_eq!(
            page,
            ".TH \"CRYOPOD\\-X\" 1 \"\" \"Cryopod\" \"Cryopod manual\"\n.nh\n.ad l\n\
             .SH \"NAME\"\n.PP\ncryopod\\-x \\- does\n\
             .SH \"OPTIONS\"\n.TP\n\\fB\\-\\-all\\fR, \\fB\\-a\\fR=\\fIn\\fR\nFirst\\[u2026]\n.IP\nSecond *.\n.RS\n.IP \\(bu 2\none\n.RE\n\
             .SH \"EXAMPLES\"\n.PP\n\\&.dot\n.PP\n.RS 4\n.nf\n$ a \\e b\n.fi\n.RE\n"
        );
    }

    #[test]
    fn wrong_pages() {
        assert!(convert("no title").is_err());
        assert!(convert("% x 1\n```\n").is_err());
    }
}
