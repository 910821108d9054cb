//! The `cryopod` command as a library: `command()` is its tree, `run()` runs a command line. It
//! parses (`args/`), asks libcr (`commands/`) and prints (`output/`), in this order and nothing else;
//! `terminal/` joins the caller's streams with a container's.
//!
//! Exit status as Podman's: 125 for what went wrong in or before the engine, 126 and 127 for a
//! command in a container that can't be run or isn't there, else the container's own.
#![forbid(unsafe_code)]

pub mod args;
mod commands;
pub mod output;
mod terminal;

pub use args::parse::command;

use args::LogLevel;
use args::parse::Parsed;
use output::{error, log, print};
use std::ffi::OsString;
use std::process::ExitCode;

/// What a shell sees of a process that SIGPIPE ended; ours ends so by itself.
const CLOSED_PIPE: u8 = 141;

/// Runs a command line, program name first, and says with which status to end.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let cli = match args::parse::parse(&words) {
        Parsed::Run(cli) => cli,
        Parsed::Text(text) => {
            return ExitCode::from(u8::from(print::text(&text).is_err()));
        }
        Parsed::Wrong { help, message } => {
            // The complaint is what counts; help that can't be shown changes nothing.
            let _ = print::text(&help);
            eprintln!("Error: {message}");
            return ExitCode::from(error::FAILED);
        }
    };
    let level = match cli.globals.log_level.parse::<LogLevel>() {
        Ok(level) => level,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    log::start(tracing_level(level));
    match commands::run(*cli, args::parse::as_text(&words)) {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.is_closed_pipe() => ExitCode::from(CLOSED_PIPE),
        Err(error) => {
            let chain = matches!(level, LogLevel::Debug | LogLevel::Trace);
            if let Some(text) = error.render(chain) {
                eprintln!("{text}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn tracing_level(level: LogLevel) -> tracing::Level {
    match level {
        LogLevel::Trace => tracing::Level::TRACE,
        LogLevel::Debug => tracing::Level::DEBUG,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Warn => tracing::Level::WARN,
        LogLevel::Error => tracing::Level::ERROR,
    }
}
