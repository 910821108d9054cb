//! `auth.json`: who we are to which registry.
//!
//! Format and order of places: containers-auth.json(5); Docker's `config.json` is read too. Other
//! keys in a file that is written stay as they are. Credential helpers are not run.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Credentials, RegistryError};
use crate::sys::dir;

/// In place of all others.
const INSTEAD: &str = "REGISTRY_AUTH_FILE";
/// What Docker calls its own registry.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// The files there may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthFiles {
    /// `--authfile` or `$REGISTRY_AUTH_FILE`: no other is read then.
    only: Option<PathBuf>,
    /// Where logins are kept.
    own: PathBuf,
    /// Where else they may be.
    others: Vec<PathBuf>,
}

impl AuthFiles {
    /// The files of this process's user; `given` is `--authfile`.
    pub fn find(given: Option<&Path>) -> Self {
        let from = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let path = |name: &str| from(name).map(PathBuf::from);
        let only = given.map(Path::to_owned).or_else(|| path(INSTEAD));
        let own = path("XDG_RUNTIME_DIR").unwrap_or_else(|| {
            let user = rustix::process::getuid().as_raw();
            PathBuf::from(format!("/run/containers/{user}"))
        });
        let own = match from("XDG_RUNTIME_DIR") {
            Some(_) => own.join("containers/auth.json"),
            None => own.join("auth.json"),
        };
        let home = path("HOME");
        let below = |base: Option<PathBuf>, rest: &str| base.map(|base| base.join(rest));
        let settings = path("XDG_CONFIG_HOME").or_else(|| below(home.clone(), ".config"));
        let docker = path("DOCKER_CONFIG").or_else(|| below(home, ".docker"));
        let others = [
            below(settings, "containers/auth.json"),
            below(docker, "config.json"),
        ];
        Self {
            only,
            own,
            others: others.into_iter().flatten().collect(),
        }
    }

    /// Who we are to a repository, by the longest name that a file has an entry for. `host` is as
    /// users write it (`docker.io`), `repository` may be empty.
    ///
    /// # Errors
    /// [`RegistryError::Configuration`] for a file that can't be read.
    pub fn credentials(
        &self,
        host: &str,
        repository: &str,
    ) -> Result<Option<Credentials>, RegistryError> {
        let all = [std::slice::from_ref(&self.own), &self.others].concat();
        let files = self.only.as_ref().map_or(all, |only| vec![only.clone()]);
        for path in files {
            let file = read(&path)?;
            let Some(entries) = file.get("auths").and_then(Value::as_object) else {
                continue;
            };
            for key in keys(host, repository) {
                if let Some(found) = entries.get(&key).and_then(entry) {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// Where logins are kept.
    pub fn written(&self) -> &Path {
        self.only.as_deref().unwrap_or(&self.own)
    }

    /// Keeps who we are to `key`: a host, or a host and a part of its names.
    ///
    /// # Errors
    /// [`RegistryError::Configuration`], [`RegistryError::Local`].
    pub fn keep(&self, key: &str, credentials: &Credentials) -> Result<(), RegistryError> {
        let path = self.written();
        let mut file = read(path)?;
        let word = format!("{}:{}", credentials.user, credentials.secret);
        auths(path, &mut file)?.insert(key.to_owned(), json!({ "auth": STANDARD.encode(word) }));
        write(path, &file)
    }

    /// Forgets who we are to `key`, or with `None` to everybody; whether there was anything.
    ///
    /// # Errors
    /// [`RegistryError::Configuration`], [`RegistryError::Local`].
    pub fn forget(&self, key: Option<&str>) -> Result<bool, RegistryError> {
        let path = self.written();
        let mut file = read(path)?;
        let entries = auths(path, &mut file)?;
        let found = if let Some(key) = key {
            entries.remove(key).is_some()
        } else {
            let any = !entries.is_empty();
            entries.clear();
            any
        };
        if found {
            write(path, &file)?;
        }
        Ok(found)
    }
}

/// From the longest to the host alone; Docker's own name for its registry last.
fn keys(host: &str, repository: &str) -> Vec<String> {
    let mut name = format!("{host}/{repository}");
    let mut keys = Vec::new();
    while let Some((shorter, _)) = name.rsplit_once('/') {
        let shorter = shorter.to_owned();
        keys.push(std::mem::replace(&mut name, shorter));
    }
    keys.push(name);
    if host == "docker.io" {
        keys.push(DOCKER_HUB.to_owned());
    }
    keys
}

fn entry(value: &Value) -> Option<Credentials> {
    let text = |key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    };
    if let Some(token) = text("identitytoken") {
        return Some(Credentials {
            user: String::new(),
            secret: token.to_owned(),
            is_token: true,
        });
    }
    let word = STANDARD.decode(text("auth")?).ok()?;
    let word = String::from_utf8(word).ok()?;
    // Docker ends some with zero bytes.
    let (user, secret) = word.split_once(':')?;
    Some(Credentials {
        user: user.to_owned(),
        secret: secret.trim_end_matches('\0').to_owned(),
        is_token: false,
    })
}

fn read(path: &Path) -> Result<Map<String, Value>, RegistryError> {
    let wrong = |reason: &dyn std::fmt::Display| {
        RegistryError::Configuration(format!(
            "reading JSON file \"{}\": {reason}",
            path.display()
        ))
    };
    let bytes = match fs::read(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Map::new());
        }
        Err(error) => return Err(wrong(&dir::reason(&error))),
        Ok(bytes) if bytes.trim_ascii().is_empty() => return Ok(Map::new()),
        Ok(bytes) => bytes,
    };
    serde_json::from_slice(&bytes).map_err(|error| wrong(&error))
}

fn auths<'f>(
    path: &Path,
    file: &'f mut Map<String, Value>,
) -> Result<&'f mut Map<String, Value>, RegistryError> {
    let entries = file.entry("auths").or_insert_with(|| json!({}));
    if entries.is_null() {
        *entries = json!({});
    }
    entries.as_object_mut().ok_or_else(|| {
        let path = path.display();
        RegistryError::Configuration(format!("{path}: \"auths\" is no object"))
    })
}

fn write(path: &Path, file: &Map<String, Value>) -> Result<(), RegistryError> {
    let local = |source| RegistryError::Local {
        doing: format!("write {}", path.display()),
        source,
    };
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(parent).map_err(local)?;
    }
    let text = serde_json::to_string_pretty(file)
        .map_err(|error| RegistryError::Configuration(error.to_string()))?;
    dir::write_atomic(path, text.as_bytes(), 0o600).map_err(local)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(root: &Path) -> AuthFiles {
        AuthFiles {
            only: None,
            own: root.join("own/auth.json"),
            others: vec![root.join("config.json")],
        }
    }

    #[test]
    fn the_longest_name_of_the_first_file() {
        let root = tempfile::tempdir().unwrap();
        let files = files(root.path());
        assert_eq!(files.credentials("a:1", "b/c").unwrap(), None);
        // user:other
        let text = r#"{"auths":{"a:1":{"auth":"dXNlcjpvdGhlcg=="},"https://index.docker.io/v1/":
            {"identitytoken":"tok"},"bad":{"auth":"%"},"empty":{}},"credsStore":"x"}"#;
        fs::write(root.path().join("config.json"), text).unwrap();
        let secret = |host: &str, name: &str| {
            let found = files.credentials(host, name).unwrap();
            found.map(|found| found.secret)
        };
        assert_eq!(secret("a:1", "b/c").as_deref(), Some("other"));
        assert_eq!(secret("docker.io", "library/x").as_deref(), Some("tok"));
        assert_eq!(secret("bad", "x"), None);
        files
            .keep("a:1/b", &Credentials::parse("me:own").unwrap())
            .unwrap();
        assert_eq!(secret("a:1", "b/c").as_deref(), Some("own"));
        assert_eq!(secret("a:1", "bb").as_deref(), Some("other"));
        assert!(files.forget(Some("a:1/b")).unwrap());
        assert!(!files.forget(Some("a:1/b")).unwrap());
        assert_eq!(secret("a:1", "b/c").as_deref(), Some("other"));
    }

    #[test]
    fn what_else_is_in_a_file_stays() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let mut files = files(root.path());
        let path = root.path().join("only.json");
        files.only = Some(path.clone());
        fs::write(&path, r#"{"credHelpers":{"x":"y"}}"#).unwrap();
        files
            .keep("a", &Credentials::parse("me:own").unwrap())
            .unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("credHelpers") && text.contains("bWU6b3du"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(files.forget(None).unwrap());
        fs::write(&path, "{").unwrap();
        let error = files.credentials("a", "b").unwrap_err().to_string();
        assert!(error.contains("only.json"), "{error}");
        fs::write(&path, r#"{"auths":[]}"#).unwrap();
        assert!(files.forget(None).is_err());
        assert!(Credentials::parse(":x").is_err());
    }
}
