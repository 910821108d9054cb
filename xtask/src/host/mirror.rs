//! Which Debian archive and proxy this machine's own apt uses, so that hosts are made from the same.

use std::fs;
use std::process::Command;

/// Used when the machine's sources name no Debian archive.
const DEFAULT_MIRROR: &str = "http://deb.debian.org/debian";

/// The archive of the machine's apt sources (`sources.list`, `*.list` and deb822 `*.sources` files,
/// see sources.list(5)), or Debian's own.
pub fn of_this_machine() -> String {
    let mut files = vec!["/etc/apt/sources.list".into()];
    if let Ok(entries) = fs::read_dir("/etc/apt/sources.list.d") {
        let mut more: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        more.sort();
        files.extend(more);
    }
    files
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .find_map(|text| in_sources(&text))
        .unwrap_or_else(|| DEFAULT_MIRROR.to_owned())
}

/// The first URL of a Debian main archive in the text of an apt sources file.
fn in_sources(text: &str) -> Option<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| line.starts_with("deb ") || line.starts_with("URIs:"))
        .flat_map(str::split_whitespace)
        .map(|word| word.trim_end_matches('/'))
        .find(|word| {
            word.starts_with("http") && word.ends_with("/debian") && !word.contains("security")
        })
        .map(str::to_owned)
}

/// The HTTP proxy that apt is configured with, if any.
pub fn apt_proxy() -> Option<String> {
    let output = Command::new("apt-config")
        .args(["dump", "Acquire::http::Proxy"])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let proxy = text.lines().find_map(|line| {
        let value = line.strip_prefix("Acquire::http::Proxy ")?;
        Some(value.trim_end_matches(';').trim_matches('"').to_owned())
    })?;
    (!proxy.is_empty() && proxy != "DIRECT" && proxy != "false").then_some(proxy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_formats() {
        let deb822 = "Types: deb\n# http://snapshot.debian.org/archive/debian/2025\n\
                      URIs: http://deb.debian.org/debian\nSuites: bookworm\n";
        assert_eq!(
            in_sources(deb822).as_deref(),
            Some("http://deb.debian.org/debian")
        );
        let list = "# x\ndeb [signed-by=/k] https://mirror.example.org/debian/ bookworm main\n";
        assert_eq!(
            in_sources(list).as_deref(),
            Some("https://mirror.example.org/debian")
        );
    }

    #[test]
    fn ignores_security_and_strangers() {
        let text = "URIs: http://deb.debian.org/debian-security\n\
                    deb https://packages.example.com/apt cloud main\n\
                    # deb http://deb.debian.org/debian bookworm main\n";
        assert_eq!(in_sources(text), None);
    }
}
