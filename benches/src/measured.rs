//! Runs a command to its end and says how long it took and how much memory it held.
//!
//! A process learns of its children's memory only the largest figure of all of them so far
//! (getrusage(2), RUSAGE_CHILDREN). So this program starts itself once more for each command, with
//! [`WORD`] first: that one has a single child, takes the time around it and leaves both figures in
//! a file. They are those of wait4(2) for the command: itself or the largest descendant that was
//! waited for.

use std::fs::File;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};

/// The first word of the command line that makes this program the measuring parent of a command.
pub const WORD: &str = "measure";
/// No command takes as long as this: it hangs.
const LIMIT: Duration = Duration::from_mins(3);

/// What a command that went well left.
#[derive(Debug)]
pub struct Measured {
    /// Wall time.
    pub took: Duration,
    /// Peak resident size in KiB.
    pub peak_kib: u64,
    /// Standard output.
    pub stdout: String,
}

/// Runs the command.
///
/// # Errors
/// With both outputs when it doesn't exit with 0; when it hangs (it dies with the host then).
pub fn run(line: &[&str]) -> Result<Measured> {
    // Files rather than pipes: nobody needs to read them meanwhile, and a daemon that holds one
    // open keeps nobody waiting.
    let directory = std::env::temp_dir().join(format!("measured-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let [figures, stdout, stderr] = ["figures", "out", "err"].map(|name| directory.join(name));
    let own = std::env::current_exe().context("cannot find this program's file")?;
    let mut child = Command::new(own)
        .arg(WORD)
        .arg(&figures)
        .args(line)
        .stdin(Stdio::null())
        .stdout(File::create(&stdout)?)
        .stderr(File::create(&stderr)?)
        .spawn()?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > LIMIT {
            child.kill()?;
            bail!("`{}` hangs", line.join(" "));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let said = std::fs::read_to_string(&stdout)?;
    if !status.success() {
        let complaint = std::fs::read_to_string(&stderr)?;
        bail!("`{}` failed: {said}{complaint}", line.join(" "));
    }
    let text = std::fs::read_to_string(&figures)?;
    let (microseconds, kib) = text.split_once(' ').context("no figures")?;
    Ok(Measured {
        took: Duration::from_micros(microseconds.parse()?),
        peak_kib: kib.parse()?,
        stdout: said,
    })
}

/// The measuring parent: `FILE PROGRAM ARGUMENT…`. Writes microseconds and KiB into the file.
pub fn measure(words: &[String]) -> ExitCode {
    match try_measure(words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn try_measure(words: &[String]) -> Result<bool> {
    let [file, program, rest @ ..] = words else {
        bail!("usage: {WORD} FILE PROGRAM [ARGUMENT]...");
    };
    let started = Instant::now();
    let status = Command::new(program)
        .args(rest)
        .status()
        .with_context(|| format!("cannot run {program}"))?;
    let took = started.elapsed();
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    std::fs::write(file, format!("{} {peak}", took.as_micros()))?;
    Ok(status.success())
}
