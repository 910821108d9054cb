//! What the machine is: kernel, architecture, CPU features, memory, random bytes, the time.

use std::fs;
use std::io;

/// Kernel release, as `uname -r`.
pub fn kernel() -> String {
    rustix::system::uname()
        .release()
        .to_string_lossy()
        .into_owned()
}

/// The first two numbers of a kernel release: `(6, 18)` for `6.18.44-fc`.
pub fn kernel_number(release: &str) -> Option<(u32, u32)> {
    let mut parts = release.split(['.', '-']).map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// Host name, as `uname -n`.
pub fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// Architecture in OCI's (Go's) words: `amd64`, `arm64`.
pub fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "powerpc64" => "ppc64le",
        other => other,
    }
}

/// Feature words of the first processor in `/proc/cpuinfo`, sorted.
pub fn cpu_features() -> Vec<String> {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.starts_with("flags") || line.starts_with("Features"));
    let words = line
        .and_then(|line| line.split_once(':'))
        .map_or("", |(_, words)| words);
    let mut features: Vec<String> = words.split_ascii_whitespace().map(str::to_owned).collect();
    features.sort_unstable();
    features
}

/// Bytes of memory: total and available.
pub fn memory() -> (u64, u64) {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let value = |key: &str| {
        let line = text.lines().find(|line| line.starts_with(key))?;
        line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()
    };
    (
        value("MemTotal:").unwrap_or(0) * 1024,
        value("MemAvailable:").unwrap_or(0) * 1024,
    )
}

/// ID and VERSION_ID of os-release(5); empty where it says nothing.
pub fn distribution() -> (String, String) {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let value = |key: &str| {
        let mut values = text.lines().filter_map(|line| line.strip_prefix(key));
        let value = values.next().unwrap_or_default();
        value.trim_matches(['"', '\'']).to_owned()
    };
    (value("ID="), value("VERSION_ID="))
}

/// Random bytes of the kernel.
pub fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Bytes free for root on the file system that holds `path`.
pub fn free_space(path: &std::path::Path) -> io::Result<u64> {
    let facts = rustix::fs::statvfs(path)?;
    Ok(facts.f_bavail.saturating_mul(facts.f_frsize))
}

/// Now, in RFC 3339 with nanoseconds, in the local zone's offset as Podman writes times.
pub fn now() -> String {
    rfc3339(&jiff::Zoned::now())
}

/// A file's time in the same form; empty for one that no calendar has.
pub fn time(of: std::time::SystemTime) -> String {
    let stamp = jiff::Timestamp::try_from(of);
    stamp.map_or_else(
        |_| String::new(),
        |stamp| rfc3339(&stamp.to_zoned(jiff::tz::TimeZone::system())),
    )
}

fn rfc3339(time: &jiff::Zoned) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%9f%:z").to_string()
}
