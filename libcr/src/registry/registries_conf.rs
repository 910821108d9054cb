//! `registries.conf` and what is in `registries.conf.d`: which registries there are, which of them
//! go without TLS, and what short names stand for.
//!
//! Format: containers-registries.conf(5), version 2. Mirrors and `short-name-mode` are not used.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Place, RegistryError};
use crate::sys::dir;

/// In place of the main file.
const INSTEAD: &str = "CONTAINERS_REGISTRIES_CONF";
/// The main file.
const MAIN: &str = "etc/containers/registries.conf";
/// Beside it; each counts over those before.
const PARTS: &str = "etc/containers/registries.conf.d";

#[derive(Debug, Default, Deserialize)]
struct File {
    #[serde(rename = "unqualified-search-registries")]
    search: Option<Vec<String>>,
    #[serde(default, rename = "registry")]
    registries: Vec<Registry>,
    #[serde(default)]
    aliases: BTreeMap<String, String>,
}

/// What is said of some registry, or of a part of its names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct Registry {
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    location: String,
    #[serde(default)]
    insecure: bool,
    #[serde(default)]
    blocked: bool,
}

/// What the host's files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registries {
    search: Vec<String>,
    known: Vec<Registry>,
    aliases: BTreeMap<String, String>,
    shown: PathBuf,
}

/// Where a name leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Host and repository.
    pub place: Place,
    /// The registry may go without TLS.
    pub insecure: bool,
}

impl Registries {
    /// Reads the host's files.
    ///
    /// # Errors
    /// [`RegistryError::Configuration`] naming a file that is wrong.
    pub fn read() -> Result<Self, RegistryError> {
        let main = env::var_os(INSTEAD).filter(|value| !value.is_empty());
        Self::read_in(Path::new("/"), main.map(PathBuf::from))
    }

    fn read_in(root: &Path, main: Option<PathBuf>) -> Result<Self, RegistryError> {
        let main = main.unwrap_or_else(|| root.join(MAIN));
        let mut files = vec![main.clone()];
        let mut parts: Vec<PathBuf> = fs::read_dir(root.join(PARTS))
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        parts.retain(|path| path.extension().is_some_and(|end| end == "conf"));
        parts.sort();
        files.extend(parts);
        let mut all = Self {
            shown: main,
            ..Self::default()
        };
        for path in &files {
            let text = match fs::read_to_string(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                text => text.map_err(|error| wrong(path, &dir::reason(&error)))?,
            };
            let file: File = toml::from_str(&text).map_err(|error| wrong(path, error.message()))?;
            all.take(path, file)?;
        }
        Ok(all)
    }

    fn take(&mut self, path: &Path, file: File) -> Result<(), RegistryError> {
        if let Some(search) = file.search {
            self.search = search;
        }
        for mut registry in file.registries {
            if registry.prefix.is_empty() {
                registry.prefix.clone_from(&registry.location);
            }
            if registry.prefix.is_empty() {
                return Err(wrong(path, "registry: neither prefix nor location"));
            }
            self.known.retain(|other| other.prefix != registry.prefix);
            self.known.push(registry);
        }
        // An empty one takes an alias back.
        self.aliases.extend(file.aliases);
        self.aliases.retain(|_, name| !name.is_empty());
        Ok(())
    }

    /// The full names, without tag, that a name without a registry may stand for.
    ///
    /// # Errors
    /// [`RegistryError::Configuration`] in Podman's words where there are none.
    pub fn full_names(&self, short: &str) -> Result<Vec<String>, RegistryError> {
        if let Some(name) = self.aliases.get(short) {
            return Ok(vec![name.clone()]);
        }
        if self.search.is_empty() {
            return Err(RegistryError::Configuration(format!(
                "short-name \"{short}\" did not resolve to an alias and no unqualified-search registries are defined in \"{}\"",
                self.shown.display()
            )));
        }
        let full = |host: &String| match host.as_str() {
            "docker.io" if !short.contains('/') => format!("docker.io/library/{short}"),
            host => format!("{host}/{short}"),
        };
        Ok(self.search.iter().map(full).collect())
    }

    /// Where the repository with this full name is.
    ///
    /// # Errors
    /// [`RegistryError::Configuration`] for one that is blocked, or that leads nowhere.
    pub fn endpoint(&self, name: &str) -> Result<Endpoint, RegistryError> {
        let fitting = self.known.iter().filter(|one| fits(&one.prefix, name));
        let best = fitting.max_by_key(|one| one.prefix.len());
        let mut target = name.to_owned();
        let mut insecure = false;
        if let Some(best) = best {
            if best.blocked {
                return Err(RegistryError::Configuration(format!(
                    "registry {} is blocked in {} or {}",
                    best.prefix,
                    self.shown.display(),
                    Path::new("/").join(PARTS).display()
                )));
            }
            insecure = best.insecure;
            if !best.location.is_empty() && !best.prefix.starts_with("*.") {
                target = format!("{}{}", best.location, &name[best.prefix.len()..]);
            }
        }
        let (host, repository) = target.split_once('/').unwrap_or((&target, ""));
        let host = match host {
            "docker.io" => "registry-1.docker.io",
            host => host,
        };
        Ok(Endpoint {
            place: Place {
                host: host.to_owned(),
                repository: repository.to_owned(),
            },
            insecure,
        })
    }
}

/// Whether a prefix is one of a name: it ends where a part of the name ends.
fn fits(prefix: &str, name: &str) -> bool {
    if let Some(domain) = prefix.strip_prefix('*') {
        let host = name.split('/').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        return domain.starts_with('.') && host.ends_with(domain);
    }
    name.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':', '@']))
}

fn wrong(path: &Path, reason: &str) -> RegistryError {
    let path = path.display();
    RegistryError::Configuration(format!("loading registries configuration {path}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(main: &str, part: &str) -> Result<Registries, RegistryError> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(PARTS)).unwrap();
        fs::write(root.path().join(MAIN), main).unwrap();
        fs::write(root.path().join(PARTS).join("a.conf"), part).unwrap();
        Registries::read_in(root.path(), None)
    }

    #[test]
    fn parts_count_over_the_main_file() {
        let all = read(
            "unqualified-search-registries = [\"a.b\"]\n[[registry]]\nlocation = \"x:1\"\ninsecure = true\n[aliases]\nweb = \"q.io/web\"\n",
            "unqualified-search-registries = [\"docker.io\", \"c.d\"]\n[[registry]]\nprefix = \"x:1\"\nlocation = \"y:2/z\"\n[[registry]]\nlocation = \"x:1/no\"\nblocked = true\n[[registry]]\nprefix = \"*.in.side\"\ninsecure = true\n",
        )
        .unwrap();
        assert_eq!(all.full_names("web").unwrap(), ["q.io/web"]);
        assert_eq!(
            all.full_names("db").unwrap(),
            ["docker.io/library/db", "c.d/db"]
        );
        let endpoint = all.endpoint("x:1/a/b").unwrap();
        assert_eq!(endpoint.place.shown(), "y:2/z/a/b");
        assert!(!endpoint.insecure);
        let refused = all.endpoint("x:1/no/b").unwrap_err().to_string();
        assert!(refused.contains("registry x:1/no is blocked"), "{refused}");
        assert!(all.endpoint("x:1/none").is_ok());
        assert!(all.endpoint("r.in.side:5000/a").unwrap().insecure);
        assert_eq!(all.endpoint("x:10/a").unwrap().place.host, "x:10");
        let hub = all.endpoint("docker.io/library/x").unwrap();
        assert_eq!(hub.place.shown(), "registry-1.docker.io/library/x");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let none = read("", "").unwrap().full_names("web").unwrap_err();
        assert!(
            none.to_string()
                .contains("no unqualified-search registries")
        );
        for bad in ["[[registry", "[[registry]]\ninsecure = true\n"] {
            let error = read("", bad).unwrap_err().to_string();
            assert!(error.contains("a.conf"), "{error}");
        }
    }
}
