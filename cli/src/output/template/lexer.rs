//! Template text to tokens: literal text, and inside `{{ }}` words, numbers, strings, signs. Trims
//! white space beside `{{-` and `-}}`, drops comments. Errors carry the line.

/// A token with where it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Line, from 1.
    pub line: usize,
    /// Bytes since the line's start.
    pub column: usize,
}

/// Kinds of token.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Literal text.
    Text(String),
    /// `{{`.
    Open,
    /// `}}`.
    Close,
    /// A word: keyword or function.
    Word(String),
    /// `.Name`, without the dot.
    Field(String),
    /// `.` alone.
    Dot,
    /// `$name`; the name alone.
    Variable(String),
    /// A number's text.
    Number(String),
    /// A string or raw string, unquoted.
    Quoted(String),
    /// `|`, `(`, `)`, `,`, `=`.
    Sign(char),
    /// `:=`.
    Declare,
    /// White space, which ends an operand.
    Space,
}

type Wrong = (usize, String);

/// All tokens of `text`.
pub fn tokens(text: &str) -> Result<Vec<Token>, Wrong> {
    let mut lexer = Lexer {
        text,
        at: 0,
        found: Vec::new(),
    };
    lexer.run()?;
    Ok(lexer.found)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn line(&self) -> usize {
        self.text[..self.at].matches('\n').count() + 1
    }

    fn wrong<T>(&self, what: impl Into<String>) -> Result<T, Wrong> {
        // Go reports the line where the action opened.
        let opened = self
            .found
            .iter()
            .rev()
            .find(|token| token.kind == Kind::Open);
        Err((
            opened.map_or_else(|| self.line(), |token| token.line),
            what.into(),
        ))
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let start = self.text[..self.at]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        self.found.push(Token {
            kind,
            line: self.line(),
            column: self.at - start,
        });
        self.at += length;
    }

    fn run(&mut self) -> Result<(), Wrong> {
        let mut trim_start = false;
        loop {
            let rest = self.rest();
            let end = rest.find("{{").unwrap_or(rest.len());
            let mut literal = &rest[..end];
            if trim_start {
                literal = literal.trim_start();
            }
            let opens = &rest[end..];
            let trims = opens
                .strip_prefix("{{-")
                .is_some_and(|after| after.starts_with([' ', '\t', '\r', '\n']));
            if trims {
                literal = literal.trim_end();
            }
            if !literal.is_empty() {
                self.push(Kind::Text(literal.to_owned()), 0);
            }
            self.at += end;
            if opens.is_empty() {
                return Ok(());
            }
            self.push(Kind::Open, if trims { 4 } else { 2 });
            if self.rest().starts_with("/*") {
                self.found.pop();
                trim_start = self.comment()?;
            } else {
                trim_start = self.action()?;
            }
        }
    }

    fn comment(&mut self) -> Result<bool, Wrong> {
        let Some(end) = self.rest().find("*/") else {
            return self.wrong("unclosed comment");
        };
        self.at += end + 2;
        for (close, trims) in [("}}", false), (" -}}", true)] {
            if self.rest().starts_with(close) {
                self.at += close.len();
                return Ok(trims);
            }
        }
        self.wrong("comment ends before closing delimiter")
    }

    // Up to and with `}}`; whether white space after it goes.
    fn action(&mut self) -> Result<bool, Wrong> {
        loop {
            let rest = self.rest();
            let Some(first) = rest.chars().next() else {
                return self.wrong("unclosed action");
            };
            if rest.starts_with("}}") {
                self.push(Kind::Close, 2);
                return Ok(false);
            }
            match first {
                ' ' | '\t' | '\r' | '\n' => {
                    let after = rest.trim_start_matches([' ', '\t', '\r', '\n']);
                    if after.starts_with("-}}") {
                        self.at += rest.len() - after.len() + 1;
                        self.push(Kind::Close, 2);
                        return Ok(true);
                    }
                    self.push(Kind::Space, rest.len() - after.len());
                }
                ':' if rest.starts_with(":=") => self.push(Kind::Declare, 2),
                ':' => return self.wrong("expected :="),
                '|' | '(' | ')' | ',' | '=' => self.push(Kind::Sign(first), 1),
                '"' => self.quoted()?,
                '`' => {
                    let Some(end) = rest[1..].find('`') else {
                        return self.wrong("unterminated raw quoted string");
                    };
                    self.push(Kind::Quoted(rest[1..=end].to_owned()), end + 2);
                }
                '.' if !rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                    let name = word(&rest[1..]);
                    if name.is_empty() {
                        self.push(Kind::Dot, 1);
                    } else {
                        self.push(Kind::Field(name.to_owned()), name.len() + 1);
                    }
                }
                '$' => {
                    let name = word(&rest[1..]);
                    self.push(Kind::Variable(name.to_owned()), name.len() + 1);
                }
                '+' | '-' | '.' | '0'..='9' => self.number()?,
                _ if first == '_' || first.is_alphabetic() => {
                    let name = word(rest);
                    self.push(Kind::Word(name.to_owned()), name.len());
                }
                other => {
                    return self.wrong(format!(
                        "bad character U+{:04X} '{other}'",
                        u32::from(other)
                    ));
                }
            }
        }
    }

    fn number(&mut self) -> Result<(), Wrong> {
        let rest = self.rest();
        let length = rest
            .char_indices()
            .find(|(at, letter)| {
                !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_') || *at == 0)
            })
            .map_or(rest.len(), |(at, _)| at);
        let number = &rest[..length];
        if number.parse::<f64>().is_err() {
            return self.wrong(format!("bad number syntax: \"{number}\""));
        }
        self.push(Kind::Number(number.to_owned()), length);
        Ok(())
    }

    fn quoted(&mut self) -> Result<(), Wrong> {
        let rest = self.rest();
        let mut text = String::new();
        let mut letters = rest.char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.push(Kind::Quoted(text), at + 1);
                    return Ok(());
                }
                '\n' => break,
                '\\' => text.push(match letters.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, 't')) => '\t',
                    Some((_, 'r')) => '\r',
                    Some((_, same @ ('"' | '\\' | '\''))) => same,
                    _ => return self.wrong("invalid syntax"),
                }),
                other => text.push(other),
            }
        }
        self.wrong("unterminated quoted string")
    }
}

fn word(text: &str) -> &str {
    let end = text.find(|letter: char| letter != '_' && !letter.is_alphanumeric());
    &text[..end.unwrap_or(text.len())]
}
