//! Tokens to a tree: text, actions, `if`, `range`, `with`, and pipelines of commands. Names of
//! functions and variables are checked here, as Go checks them.

use super::functions;
use super::lexer::{Kind, Token};
use serde_json::Value;

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Text to copy.
    Text(String),
    /// A value to print (unless it is a declaration).
    Print(Pipeline),
    /// `if` and `with`: what to test, both branches, and whether dot moves.
    If {
        /// What is tested.
        pipeline: Pipeline,
        /// When it is true.
        then: Vec<Node>,
        /// When it is not.
        otherwise: Vec<Node>,
        /// `with`: dot is the tested value.
        moves_dot: bool,
    },
    /// `range`.
    Range {
        /// What is walked over.
        pipeline: Pipeline,
        /// For each element.
        body: Vec<Node>,
        /// When there is none.
        otherwise: Vec<Node>,
    },
}

/// Commands joined by `|`, perhaps kept in variables.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// Variables that take the value: `$x :=`, or two of `range`.
    pub variables: Vec<String>,
    /// The variables exist already (`=` in place of `:=`).
    pub assigns: bool,
    /// The commands.
    pub commands: Vec<Command>,
}

/// A function or value with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// First the function or value, then arguments; never empty.
    pub operands: Vec<Operand>,
    /// Where it starts.
    pub place: Place,
}

/// Where something stands in the template, and its text for error messages.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Bytes since the line's start.
    pub column: usize,
    /// As Go would print it.
    pub text: String,
}

/// What can stand in a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// `.`, `.A.B`, `$x.A`, `(…).A`: a start and fields.
    Path {
        /// Where it begins.
        start: Start,
        /// Fields from there.
        fields: Vec<String>,
        /// For errors.
        place: Place,
    },
    /// A constant.
    Constant(Value),
    /// A function's name.
    Function(String),
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// The current value.
    Dot,
    /// A variable; the empty name is the root.
    Variable(String),
    /// A pipeline in parentheses.
    Inner(Box<Pipeline>),
}

type Wrong = (usize, String);

/// The tree of all tokens.
pub fn parse(tokens: Vec<Token>) -> Result<Vec<Node>, Wrong> {
    let mut parser = Parser {
        last_line: tokens.last().map_or(1, |token| token.line),
        tokens: tokens.into_iter().peekable(),
        variables: vec![String::new()],
    };
    match parser.list()? {
        (nodes, Ended::AtEof) => Ok(nodes),
        (_, Ended::ByEnd) => parser.wrong("unexpected {{end}}"),
        (_, Ended::ByElse) => parser.wrong("unexpected {{else}}"),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    variables: Vec<String>,
    last_line: usize,
}

// What ended a list of nodes.
enum Ended {
    AtEof,
    ByEnd,
    ByElse,
}

impl Parser {
    fn wrong<T>(&mut self, what: impl Into<String>) -> Result<T, Wrong> {
        let line = self
            .tokens
            .peek()
            .map_or(self.last_line, |token| token.line);
        Err((line, what.into()))
    }

    fn peek(&mut self) -> Option<&Kind> {
        self.tokens.peek().map(|token| &token.kind)
    }

    fn skip_space(&mut self) {
        while self.peek() == Some(&Kind::Space) {
            self.tokens.next();
        }
    }

    // `{{` is read; the keyword, if one stands here, is taken.
    fn keyword(&mut self) -> Option<String> {
        self.skip_space();
        match self.peek() {
            Some(Kind::Word(word))
                if ["if", "else", "end", "range", "with"].contains(&word.as_str()) =>
            {
                let word = word.clone();
                self.tokens.next();
                Some(word)
            }
            _ => None,
        }
    }

    fn list(&mut self) -> Result<(Vec<Node>, Ended), Wrong> {
        let mut nodes = Vec::new();
        let outer = self.variables.len();
        while let Some(token) = self.tokens.next() {
            if let Kind::Text(text) = token.kind {
                nodes.push(Node::Text(text));
                continue;
            }
            match self.keyword().as_deref() {
                None => {
                    let pipeline = self.pipeline("command")?;
                    self.close("command")?;
                    nodes.push(Node::Print(pipeline));
                }
                Some("end") => {
                    self.close("end")?;
                    self.variables.truncate(outer);
                    return Ok((nodes, Ended::ByEnd));
                }
                Some("else") => {
                    self.variables.truncate(outer);
                    return Ok((nodes, Ended::ByElse));
                }
                Some(word) => {
                    let word = word.to_owned();
                    nodes.push(self.block(&word)?);
                }
            }
        }
        Ok((nodes, Ended::AtEof))
    }

    fn block(&mut self, word: &str) -> Result<Node, Wrong> {
        let outer = self.variables.len();
        let pipeline = self.pipeline(word)?;
        self.close(word)?;
        let (body, end) = self.list()?;
        let otherwise = match end {
            Ended::ByEnd => Vec::new(),
            Ended::AtEof => return self.wrong("unexpected EOF"),
            Ended::ByElse => self.otherwise(word)?,
        };
        self.variables.truncate(outer);
        Ok(if word == "range" {
            Node::Range {
                pipeline,
                body,
                otherwise,
            }
        } else {
            Node::If {
                pipeline,
                then: body,
                otherwise,
                moves_dot: word == "with",
            }
        })
    }

    // After `{{else`: `if …` chains, `}}` ends.
    fn otherwise(&mut self, word: &str) -> Result<Vec<Node>, Wrong> {
        if let Some(next) = self.keyword() {
            if next == word && word != "range" {
                return Ok(vec![self.block(&next)?]);
            }
            return self.wrong(format!("unexpected <{next}> in else"));
        }
        self.close("else")?;
        match self.list()? {
            (nodes, Ended::ByEnd) => Ok(nodes),
            (_, Ended::ByElse) => self.wrong("expected end; found {{else}}"),
            (_, Ended::AtEof) => self.wrong("unexpected EOF"),
        }
    }

    fn close(&mut self, inside: &str) -> Result<(), Wrong> {
        self.skip_space();
        match self.tokens.next().map(|token| token.kind) {
            Some(Kind::Close) => Ok(()),
            Some(other) => self.wrong(format!("unexpected {} in {inside}", shown(&other))),
            None => self.wrong("unclosed action"),
        }
    }

    fn pipeline(&mut self, inside: &str) -> Result<Pipeline, Wrong> {
        let (variables, assigns) = self.declaration(inside)?;
        let mut commands = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                None | Some(Kind::Close | Kind::Sign(')')) if commands.is_empty() => {
                    return self.wrong(format!("missing value for {inside}"));
                }
                Some(Kind::Sign('|')) => {
                    return self.wrong(format!("missing value for {inside}"));
                }
                _ => {}
            }
            commands.push(self.command()?);
            self.skip_space();
            if self.peek() != Some(&Kind::Sign('|')) {
                break;
            }
            self.tokens.next();
        }
        if !assigns {
            self.variables.extend(variables.iter().cloned());
        }
        Ok(Pipeline {
            variables,
            assigns,
            commands,
        })
    }

    // `$x :=`, `$x =`, `$i, $e :=`; looks ahead on a copy, for `$x` may be a value too.
    fn declaration(&mut self, inside: &str) -> Result<(Vec<String>, bool), Wrong> {
        let mut ahead = self.tokens.clone();
        let mut names = Vec::new();
        loop {
            let mut next = ahead.next();
            while next.as_ref().is_some_and(|token| token.kind == Kind::Space) {
                next = ahead.next();
            }
            match next.map(|token| token.kind) {
                Some(Kind::Variable(name)) => names.push(name),
                Some(Kind::Sign(',')) if names.len() == 1 && inside == "range" => {}
                Some(sign @ (Kind::Declare | Kind::Sign('='))) if !names.is_empty() => {
                    self.tokens = ahead;
                    return Ok((names, sign == Kind::Sign('=')));
                }
                _ => return Ok((Vec::new(), false)),
            }
        }
    }

    fn command(&mut self) -> Result<Command, Wrong> {
        let mut operands = Vec::new();
        let mut place = Place::default();
        loop {
            self.skip_space();
            match self.tokens.peek() {
                None => break,
                Some(token) if matches!(token.kind, Kind::Close | Kind::Sign('|' | ')')) => break,
                Some(token) if operands.is_empty() => {
                    place.line = token.line;
                    place.column = token.column;
                }
                Some(_) => {}
            }
            let operand = self.operand()?;
            if !place.text.is_empty() {
                place.text.push(' ');
            }
            place.text.push_str(&operand_text(&operand));
            operands.push(operand);
        }
        if operands.is_empty() {
            return self.wrong("empty command");
        }
        Ok(Command { operands, place })
    }

    fn operand(&mut self) -> Result<Operand, Wrong> {
        let Some(token) = self.tokens.next() else {
            return self.wrong("unclosed action");
        };
        let mut place = Place {
            line: token.line,
            column: token.column,
            text: String::new(),
        };
        let (start, mut fields) = match token.kind {
            Kind::Word(word) => match word.as_str() {
                "true" => return Ok(Operand::Constant(Value::Bool(true))),
                "false" => return Ok(Operand::Constant(Value::Bool(false))),
                "nil" => return Ok(Operand::Constant(Value::Null)),
                _ if functions::exists(&word) => return Ok(Operand::Function(word)),
                _ => return self.wrong(format!("function \"{word}\" not defined")),
            },
            Kind::Quoted(text) => return Ok(Operand::Constant(Value::String(text))),
            Kind::Number(text) => {
                let value = text.parse::<i64>().map(Value::from);
                let value =
                    value.unwrap_or_else(|_| Value::from(text.parse::<f64>().unwrap_or(0.0)));
                return Ok(Operand::Constant(value));
            }
            Kind::Dot => (Start::Dot, Vec::new()),
            Kind::Field(name) => (Start::Dot, vec![name]),
            Kind::Variable(name) => {
                if !self.variables.contains(&name) {
                    return self.wrong(format!("undefined variable \"${name}\""));
                }
                (Start::Variable(name), Vec::new())
            }
            Kind::Sign('(') => {
                let inner = self.pipeline("parenthesized pipeline")?;
                self.skip_space();
                if self.tokens.next().map(|token| token.kind) != Some(Kind::Sign(')')) {
                    return self.wrong("unclosed left paren");
                }
                (Start::Inner(Box::new(inner)), Vec::new())
            }
            other => return self.wrong(format!("unexpected {} in operand", shown(&other))),
        };
        let mut chained = false;
        while let Some(Token {
            kind: Kind::Field(name),
            column,
            ..
        }) = self.tokens.peek()
        {
            // Go places a chain where its second link stands.
            if !chained {
                place.column = *column;
                chained = true;
            }
            fields.push(name.clone());
            self.tokens.next();
        }
        place.text = path_text(&start, &fields);
        Ok(Operand::Path {
            start,
            fields,
            place,
        })
    }
}

fn path_text(start: &Start, fields: &[String]) -> String {
    let mut text = match start {
        Start::Dot if fields.is_empty() => ".".to_owned(),
        Start::Dot => String::new(),
        Start::Variable(name) => format!("${name}"),
        Start::Inner(inner) => {
            let commands: Vec<&str> = inner
                .commands
                .iter()
                .map(|command| command.place.text.as_str())
                .collect();
            format!("({})", commands.join(" | "))
        }
    };
    for field in fields {
        text.push('.');
        text.push_str(field);
    }
    text
}

fn operand_text(operand: &Operand) -> String {
    match operand {
        Operand::Path { place, .. } => place.text.clone(),
        Operand::Constant(Value::Null) => "nil".to_owned(),
        Operand::Constant(value) => value.to_string(),
        Operand::Function(name) => name.clone(),
    }
}

fn shown(kind: &Kind) -> String {
    match kind {
        Kind::Text(text) | Kind::Quoted(text) => format!("{text:?}"),
        Kind::Open => "\"{{\"".to_owned(),
        Kind::Close => "\"}}\"".to_owned(),
        Kind::Word(word) => format!("<{word}>"),
        Kind::Field(name) => format!("<.{name}>"),
        Kind::Dot => "<.>".to_owned(),
        Kind::Variable(name) => format!("\"${name}\""),
        Kind::Number(text) => format!("\"{text}\""),
        Kind::Sign(sign) => format!("\"{sign}\""),
        Kind::Declare => "\":=\"".to_owned(),
        Kind::Space => "\" \"".to_owned(),
    }
}
