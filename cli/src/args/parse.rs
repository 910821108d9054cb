//! From words to `Cli`, and from clap's complaints to Podman's (which are those of Go's cobra and
//! pflag): `Error: unknown flag: --foo`, exit status 125. No command is run here.

use super::Cli;
use clap::builder::TypedValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches};
use std::ffi::{OsStr, OsString};

/// What came of a command line.
#[derive(Debug)]
pub enum Parsed {
    /// A command to run.
    Run(Box<Cli>),
    /// Text asked for (`--help`, `--version`), for stdout.
    Text(String),
    /// A command line that means nothing: text for stdout (a list of commands, mostly empty) and
    /// the complaint for stderr, without its `Error: `.
    Wrong {
        /// For stdout.
        help: String,
        /// For stderr.
        message: String,
    },
}

/// The command tree, with usage lines and `--help` as Podman has them. `cargo xtask` makes the
/// completions from it and checks the man pages against it.
pub fn command() -> Command {
    with_usage(Cli::command(), "")
        .arg(
            Arg::new("version")
                .short('v')
                .long("version")
                .action(ArgAction::Version)
                .help("Print version information"),
        )
        .disable_help_subcommand(true)
}

/// Reads a command line, program name first.
pub fn parse(words: &[OsString]) -> Parsed {
    if words.get(1).is_some_and(|word| word == "help") {
        return help_topic(&as_text(&words[2..]));
    }
    let error = match accepting_booleans(command()).try_get_matches_from(words) {
        Ok(matches) => match Cli::from_arg_matches(&matches) {
            Ok(cli) => return Parsed::Run(Box::new(cli)),
            Err(error) => error,
        },
        Err(error) => error,
    };
    let path = path_of(words);
    match error.kind() {
        ErrorKind::DisplayHelp => Parsed::Text(help_of(&path)),
        ErrorKind::DisplayVersion => Parsed::Text(error.to_string()),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Parsed::Wrong {
                help: help_of(&path),
                message: format!("missing command '{} COMMAND'", path.join(" ")),
            }
        }
        _ => Parsed::Wrong {
            help: String::new(),
            message: complaint(&error, &path),
        },
    }
}

// `help VERB`, `help NOUN VERB`.
fn help_topic(topic: &[String]) -> Parsed {
    let root = command();
    let mut path = vec![root.get_name().to_owned()];
    path.extend_from_slice(topic);
    let known = topic
        .iter()
        .try_fold(&root, |at, name| at.find_subcommand(name));
    match known {
        Some(_) => Parsed::Text(help_of(&path)),
        None => Parsed::Text(format!(
            "Unknown help topic [`{}`]\n{}",
            topic.join(" "),
            help_of(&path[..1])
        )),
    }
}

const HELP: &str = "{about}\n\nUsage:\n  {usage}\n\nOptions:\n{options}\n";
const HELP_OF_NOUN: &str =
    "{about}\n\nUsage:\n  {usage}\n\nAvailable Commands:\n{subcommands}\n\nOptions:\n{options}\n";

// Podman's usage line is the path, `[options]`, and the notation that each struct's positional has
// as its value name; `-h` is help unless the command has another use for it.
fn with_usage(command: Command, parents: &str) -> Command {
    let path = format!("{parents}{}", command.get_name());
    let noun = command.has_subcommands();
    let mut usage = format!("{path} [options]");
    for positional in command.get_positionals() {
        usage.push(' ');
        usage.extend(
            positional
                .get_value_names()
                .into_iter()
                .flatten()
                .map(clap::builder::Str::as_str),
        );
    }
    if noun {
        usage.push_str(" [command]");
    }
    let taken = command
        .get_arguments()
        .any(|arg| arg.get_short() == Some('h'));
    let help = Arg::new("help")
        .long("help")
        .action(ArgAction::Help)
        .help("Print help");
    let children = format!("{path} ");
    command
        .mut_subcommands(|child| with_usage(child, &children))
        .override_usage(usage)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(if taken { help } else { help.short('h') })
        .help_template(if noun { HELP_OF_NOUN } else { HELP })
}

// `--rm=false` is Podman's too: every flag takes an optional value after `=`.
fn accepting_booleans(command: Command) -> Command {
    command
        .mut_args(|arg| {
            if !matches!(arg.get_action(), ArgAction::SetTrue) {
                return arg;
            }
            arg.action(ArgAction::Set)
                .num_args(0..=1)
                .require_equals(true)
                .default_value("false")
                .default_missing_value("true")
                .value_parser(
                    clap::builder::StringValueParser::new().try_map(|word| boolean(&word)),
                )
        })
        .mut_subcommands(accepting_booleans)
}

// What Go's strconv.ParseBool takes, and its error for the rest.
fn boolean(word: &str) -> Result<bool, String> {
    match word {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!(
            "strconv.ParseBool: parsing \"{word}\": invalid syntax"
        )),
    }
}

// The names of the commands on the way to the one meant, program first.
fn path_of(words: &[OsString]) -> Vec<String> {
    let root = command();
    let mut path = vec![root.get_name().to_owned()];
    let mut at = &root;
    let mut rest = words.iter().skip(1).filter_map(|word| word.to_str());
    while let Some(word) = rest.next() {
        if word.starts_with('-') {
            let flag = flag_of(at, word)
                .or_else(|| flag_of(&root, word).filter(|arg| arg.is_global_set()));
            // Nothing can be said of what follows a flag that isn't there.
            let Some(flag) = flag else { break };
            let takes_value = matches!(flag.get_action(), ArgAction::Set | ArgAction::Append);
            if takes_value && !word.contains('=') {
                rest.next();
            }
        } else if let Some(child) = at.find_subcommand(word) {
            // The word typed, not the name: Podman says `container ls` too.
            path.push(word.to_owned());
            at = child;
        } else {
            break;
        }
    }
    path
}

fn flag_of<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let long = word
        .strip_prefix("--")
        .map(|name| name.split('=').next().unwrap_or(name));
    command.get_arguments().find(|arg| match long {
        Some(name) => arg.get_long() == Some(name),
        None => arg
            .get_short()
            .is_some_and(|short| word[1..].starts_with(short)),
    })
}

// Help without the root's flags under every verb, and flags as they are meant to be typed.
fn help_of(path: &[String]) -> String {
    let mut root = command();
    if path.len() > 1 {
        root = root.mut_args(|arg| {
            let hide = arg.is_global_set();
            arg.hide(hide)
        });
    }
    root.build();
    let mut at = root;
    for name in &path[1..] {
        match at.find_subcommand(name) {
            Some(child) => at = child.clone(),
            None => break,
        }
    }
    at.render_help().to_string()
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        ContextValue::Strings(list) => list.first().map(String::as_str),
        _ => None,
    }
}

fn complaint(error: &clap::Error, path: &[String]) -> String {
    let command = path.join(" ");
    let see = format!("\nSee '{command} --help'");
    let argument = context(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = context(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = context(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            format!(
                "unrecognized command `{command} {word}`\nTry '{command} --help' for more information"
            )
        }
        ErrorKind::UnknownArgument => {
            if argument.starts_with("--") {
                format!("unknown flag: {argument}{see}")
            } else if let Some(letter) = argument.strip_prefix('-') {
                let letter = letter.chars().next().unwrap_or('-');
                format!("unknown shorthand flag: '{letter}' in {argument}{see}")
            } else {
                format!("`{command}` takes no arguments")
            }
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            format!("flag needs an argument: {}{see}", long_of(argument))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map_or_else(
                || "invalid value".to_owned(),
                |source| parse_error(value, &source.to_string()),
            );
            format!(
                "invalid argument \"{value}\" for \"{}\" flag: {why}{see}",
                both_names(path, argument)
            )
        }
        // Nothing of ours asks for these; clap's first line says enough if it happens.
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            format!("{}{see}", first.strip_prefix("error: ").unwrap_or(first))
        }
    }
}

// Go's words for a number that is none.
fn parse_error(value: &str, rust: &str) -> String {
    if rust.starts_with("strconv.") {
        return rust.to_owned();
    }
    let why = if rust.contains("too large") || rust.contains("too small") || rust.contains("not in")
    {
        "value out of range"
    } else {
        "invalid syntax"
    };
    format!("strconv.ParseInt: parsing \"{value}\": {why}")
}

// clap names a flag with the notation of its value.
fn long_of(argument: &str) -> &str {
    argument.split([' ', '[']).next().unwrap_or(argument)
}

// pflag's name of a flag in an error: `-t, --time`.
fn both_names(path: &[String], argument: &str) -> String {
    let long = long_of(argument);
    let root = command();
    let mut at = &root;
    for name in &path[1..] {
        at = at.find_subcommand(name).unwrap_or(at);
    }
    let short = at
        .get_arguments()
        .find(|arg| arg.get_long() == long.strip_prefix("--"))
        .and_then(Arg::get_short);
    short.map_or_else(|| long.to_owned(), |letter| format!("-{letter}, {long}"))
}

/// The words of a command line as text, for what records it; a word that is not Unicode is shown
/// with replacement characters.
pub fn as_text(words: &[OsString]) -> Vec<String> {
    words
        .iter()
        .map(|word| OsStr::to_string_lossy(word).into_owned())
        .collect()
}

#[cfg(test)]
mod tests;
