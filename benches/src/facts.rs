//! What a reader of the figures must know of the machine and the programs they are from.

use std::process::Command;

use anyhow::Result;

use crate::engine::ours;

/// Prints versions, processors and the load, in front of the figures.
///
/// # Errors
/// When /proc can't be read.
pub fn print_before() -> Result<()> {
    println!("date     {}", first_line("date", &["-u", "+%F %H:%M UTC"]));
    println!("ours     {}", first_line(&ours(), &["--version"]));
    println!("Podman   {}", first_line("podman", &["--version"]));
    for program in ["crun", "runc", "criu"] {
        println!("{program:<8} {}", first_line(program, &["--version"]));
    }
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let processors = std::thread::available_parallelism()?;
    println!("kernel   {}, {processors} processors", kernel.trim());
    println!("load     {} before", load());
    Ok(())
}

/// Prints the load behind the figures.
pub fn print_after() {
    println!("\nload     {} after", load());
}

/// Means over 1, 5 and 15 minutes (proc_loadavg(5)).
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    words.join(" ")
}

fn first_line(program: &str, words: &[&str]) -> String {
    let Ok(output) = Command::new(program).args(words).output() else {
        return "missing".to_owned();
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().unwrap_or("").to_owned()
}
