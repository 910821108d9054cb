//! The `conmon-rs` command: parses, monitors, returns the exit status.
//! Only what happens before the monitor has detached is printed here; later there is nobody to read it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use conmon_rs::{Invocation, monitor, parse};

fn main() -> ExitCode {
    let arguments = match parse(std::env::args_os().skip(1)) {
        Ok(Invocation::Version) => {
            println!("conmon-rs version {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Ok(Invocation::Monitor(arguments)) => arguments,
        Err(error) => {
            eprintln!("conmon-rs: {error}");
            return ExitCode::from(2);
        }
    };
    match monitor(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("conmon-rs: {error}");
            ExitCode::FAILURE
        }
    }
}
