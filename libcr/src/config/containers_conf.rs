//! What the engine takes from containers.conf(5), where Podman reads it: the file of the
//! distribution, the host's, and the parts in its directory, each over those before.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::sys::dir::at;

/// In place of all others.
const INSTEAD: &str = "CONTAINERS_CONF";
/// Over all others.
const OVER: &str = "CONTAINERS_CONF_OVERRIDE";

#[derive(Debug, Default, Deserialize)]
struct File {
    #[serde(default)]
    network: Network,
}

#[derive(Debug, Default, Deserialize)]
struct Network {
    network_backend: Option<String>,
}

/// `network_backend` of `[network]`: `netavark` or `cni`; `None` where no file says it.
///
/// # Errors
/// [`Error::Invalid`] naming a file that is no TOML, or a back end that there isn't.
pub fn network_backend() -> Result<Option<String>> {
    let from = |name| env::var_os(name).map(PathBuf::from);
    let mut files = match from(INSTEAD) {
        Some(file) => vec![file],
        None => usual(Path::new("/"))?,
    };
    files.extend(from(OVER));
    backend_in(&files)
}

fn usual(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = vec![
        root.join("usr/share/containers/containers.conf"),
        root.join("etc/containers/containers.conf"),
    ];
    let directory = root.join("etc/containers/containers.conf.d");
    let mut parts = Vec::new();
    match fs::read_dir(&directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        entries => {
            for entry in entries.map_err(at("read", &directory))? {
                parts.push(entry.map_err(at("read", &directory))?.path());
            }
        }
    }
    parts.retain(|path| path.extension().is_some_and(|end| end == "conf"));
    parts.sort();
    files.extend(parts);
    Ok(files)
}

fn backend_in(files: &[PathBuf]) -> Result<Option<String>> {
    let mut found = None;
    for path in files {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            text => text.map_err(at("read", path))?,
        };
        let file: File = toml::from_str(&text).map_err(|error| {
            Error::Invalid(format!(
                "decode configuration {}: {}",
                path.display(),
                error.message()
            ))
        })?;
        match file.network.network_backend {
            None => {}
            Some(word) if word.is_empty() => found = None,
            Some(word) if matches!(word.as_str(), "netavark" | "cni") => found = Some(word),
            Some(word) => {
                return Err(Error::Invalid(format!(
                    "unsupported network backend \"{word}\" in {}: must be netavark or cni",
                    path.display()
                )));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_files_win_and_wrong_ones_are_named() -> Result<()> {
        let root = tempfile::tempdir()?;
        let write = |path: &str, text: &str| -> Result<()> {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
            Ok(fs::write(path, text)?)
        };
        let found = || usual(root.path()).and_then(|files| backend_in(&files));
        assert_eq!(found()?, None);
        let cni = "[containers]\nx = 1\n[network]\nnetwork_backend = \"cni\"\n";
        write("usr/share/containers/containers.conf", cni)?;
        assert_eq!(found()?.as_deref(), Some("cni"));
        write("etc/containers/containers.conf", "# nothing\n")?;
        assert_eq!(found()?.as_deref(), Some("cni"));
        let netavark = "[network]\nnetwork_backend = \"netavark\"\n";
        write("etc/containers/containers.conf.d/10.conf", netavark)?;
        write("etc/containers/containers.conf.d/20.txt", "no TOML")?;
        assert_eq!(found()?.as_deref(), Some("netavark"));
        write("etc/containers/containers.conf.d/30.conf", "[network")?;
        let text = found().map_err(|error| error.to_string());
        assert!(text.is_err_and(|text| text.contains("30.conf")));
        let other = "[network]\nnetwork_backend = \"x\"\n";
        write("etc/containers/containers.conf.d/30.conf", other)?;
        let text = found().map_err(|error| error.to_string());
        assert!(text.is_err_and(|text| text.contains("must be netavark or cni")));
        Ok(())
    }
}
