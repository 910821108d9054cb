//! The `cryopod` command. Everything it does is in the library, so that tests and `cargo xtask` can
//! reach the same command tree; nothing else belongs here.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    cryopod_cli::run(std::env::args_os())
}
