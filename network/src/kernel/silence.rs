//! Keeps a network namespace silent while a container with open connections is being thawed in it.
//!
//! Its interfaces have their addresses before its sockets are back. A packet of a peer that comes
//! meanwhile would find no socket, and the kernel would answer that there is no such connection.
//! CRIU keeps packets out too, but begins later.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::kernel::netns;

/// Drops all packets but those over loopback (nft(8)); ARP is none of them.
const RULES: &str = r#"table inet cryopod-silence {
    chain in { type filter hook input priority -300; policy drop; iifname "lo" accept; }
    chain out { type filter hook output priority -300; policy drop; oifname "lo" accept; }
}
"#;

/// Lets nothing in or out of the namespace at `netns`. Once is as good as twice.
///
/// # Errors
/// [`Error::Io`], of the program `nft` where it isn't there.
pub fn begin(netns: &Path) -> Result<(), Error> {
    run(netns, RULES).map_err(Error::io("silence network namespace", netns))
}

/// Ends it, where it has begun.
///
/// # Errors
/// As [`begin`].
pub fn end(netns: &Path) -> Result<(), Error> {
    // Added first, so that it is there to be deleted.
    let rules = "table inet cryopod-silence {}\ndelete table inet cryopod-silence\n";
    run(netns, rules).map_err(Error::io("end the silence of network namespace", netns))
}

/// Takes away the rules by which CRIU keeps packets from the connections of a container on the host's
/// own network that it dumped in the run of this id, which nobody is going to thaw any more. CRIU cuts
/// their table's name off when it is too long (criu/netfilter.c, `nftables_get_table`).
///
/// # Errors
/// [`Error::Io`], of the program `nft` where it isn't there.
pub fn end_of_run(run_id: &str) -> Result<(), Error> {
    let wrong = |source| Error::io::<io::Error>("remove rules of", "CRIU")(source);
    let listed = Command::new("nft")
        .args(["list", "tables"])
        .output()
        .map_err(wrong)?;
    let text = String::from_utf8_lossy(&listed.stdout);
    let whole = format!("CRIU-{run_id}");
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("table inet "));
    // Shorter ones could be of any run.
    let own = names.filter(|name| name.len() > "CRIU-".len() + 8 && whole.starts_with(*name));
    for name in own {
        let words = ["delete", "table", "inet", name];
        let status = Command::new("nft").args(words).status().map_err(wrong)?;
        if !status.success() {
            return Err(wrong(io::Error::other(format!("nft: {status}"))));
        }
    }
    Ok(())
}

/// Tables that keep packets out of the namespace at `netns` for the time of a dump or a thaw: ours and
/// CRIU's. None where there is no `nft` to look with.
pub fn leftovers(netns: &Path) -> Vec<String> {
    let listed = netns::inside(netns, || {
        Command::new("nft").args(["list", "tables"]).output()
    });
    let text = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("table inet "));
    names
        .filter(|name| *name == "cryopod-silence" || name.starts_with("CRIU-"))
        .map(str::to_owned)
        .collect()
}

/// Removes one of these.
///
/// # Errors
/// [`Error::Io`], of the program `nft` where it isn't there.
pub fn remove(netns: &Path, table: &str) -> Result<(), Error> {
    let words = ["delete", "table", "inet", table].map(str::to_owned);
    let status = netns::inside(netns, move || Command::new("nft").args(words).status());
    let failed = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => io::Error::other(format!("nft: {status}")),
        Err(error) => error,
    };
    Err(Error::io("remove rules in network namespace", netns)(
        failed,
    ))
}

fn run(netns: &Path, rules: &'static str) -> io::Result<()> {
    netns::inside(netns, move || {
        let mut child = Command::new("nft")
            .args(["-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(rules.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(());
        }
        let why = String::from_utf8_lossy(&output.stderr);
        let why = why.lines().next().unwrap_or("it says nothing");
        Err(io::Error::other(format!("nft: {why}")))
    })
}
