//! One network configuration: a chain of plugins (`*.conflist`), or the one plugin of the older
//! `*.conf` (CNI specification, section 1). Plugins stay JSON: what is not known here is theirs and
//! goes to them unchanged.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::config::valid_name;
use crate::error::Error;

/// A larger file is no network configuration.
pub const MOST_BYTES: u64 = 1 << 20;

/// Versions of the protocol that are spoken here, oldest first.
pub const VERSIONS: [&str; 5] = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];

/// Where Podman keeps the labels of a network, below `args`.
const LABELS: &str = "podman_labels";
/// Where Podman keeps the options that a network was made with, below `args`.
const OPTIONS: &str = "podman_options";

/// A network configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflist {
    /// Name of the network.
    pub name: String,
    /// The newest version of `cniVersion` and `cniVersions` that is spoken here; if none is, what
    /// `cniVersion` says.
    pub cni_version: String,
    /// The chain, first plugin first: objects that have a `type`, never none.
    pub plugins: Vec<Value>,
    /// CHECK is not to be called.
    pub disable_check: bool,
    /// The user's labels.
    pub labels: BTreeMap<String, String>,
    /// Options of the driver that the network was made with.
    pub options: BTreeMap<String, String>,
    /// The file; absent for a network that needs none.
    pub path: Option<PathBuf>,
    /// RFC 3339 time of the file's last change.
    pub created: String,
}

impl Conflist {
    /// Reads a file; `None` if it is not there (any more).
    ///
    /// # Errors
    /// [`Error::NetworkFile`] with the file and what is wrong with it, [`Error::Io`].
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        let Some((text, modified)) = read_file(path, MOST_BYTES)? else {
            return Ok(None);
        };
        let mut conflist = parse(&text).map_err(|reason| broken(path, reason))?;
        conflist.path = Some(path.to_owned());
        conflist.created = timestamp(modified);
        Ok(Some(conflist))
    }

    /// The content of its `*.conflist`, keys in the order that Podman writes them.
    pub fn to_json(&self) -> Value {
        let mut args = Map::new();
        if !self.labels.is_empty() {
            args.insert(LABELS.to_owned(), json!(self.labels));
        }
        if !self.options.is_empty() {
            args.insert(OPTIONS.to_owned(), json!(self.options));
        }
        let mut list = Map::new();
        if !args.is_empty() {
            list.insert("args".to_owned(), Value::Object(args));
        }
        list.insert("cniVersion".to_owned(), json!(self.cni_version));
        if self.disable_check {
            list.insert("disableCheck".to_owned(), json!(true));
        }
        list.insert("name".to_owned(), json!(self.name));
        list.insert("plugins".to_owned(), json!(self.plugins));
        Value::Object(list)
    }

    /// Whether it is spoken in this version or a newer one.
    pub(super) fn at_least(&self, version: &str) -> bool {
        rank(&self.cni_version) >= rank(version)
    }
}

/// The name of a plugin's program.
pub(super) fn plugin_type(plugin: &Value) -> &str {
    plugin["type"].as_str().unwrap_or_default()
}

/// The name of the program that a plugin leaves addresses to; empty: it gives none.
pub(super) fn ipam_type(plugin: &Value) -> &str {
    plugin["ipam"]["type"].as_str().unwrap_or_default()
}

/// Place of a version in [`VERSIONS`].
fn rank(version: &str) -> Option<usize> {
    VERSIONS.iter().position(|known| *known == version)
}

/// The network that a file claims to be, whatever else is wrong with it.
pub(super) fn claimed_name(path: &Path) -> Option<String> {
    let (text, _) = read_file(path, MOST_BYTES).ok()??;
    let value: Value = serde_json::from_slice(&text).ok()?;
    value["name"].as_str().map(str::to_owned)
}

fn parse(text: &[u8]) -> Result<Conflist, String> {
    let value: Value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let name = match &value["name"] {
        Value::String(name) if valid_name(name) => name.clone(),
        Value::Null => return Err("it has no name".to_owned()),
        other => return Err(format!("invalid network name {other}")),
    };
    let plugins = match &value["plugins"] {
        Value::Array(plugins) => plugins.clone(),
        Value::Null => vec![value.clone()],
        _ => return Err("its plugins are no list".to_owned()),
    };
    if plugins.is_empty() {
        return Err("it has no plugins".to_owned());
    }
    for plugin in &plugins {
        for (what, kind) in [("type", &plugin["type"]), ("ipam", &plugin["ipam"]["type"])] {
            match kind {
                // It names a program and must not lead out of the plugins' directories.
                Value::String(kind) if valid_name(kind) => (),
                Value::Null if what == "type" => return Err("a plugin has no type".to_owned()),
                Value::Null => (),
                Value::String(kind) if kind.is_empty() && what == "ipam" => (),
                other => return Err(format!("invalid plugin {what} {other}")),
            }
        }
    }
    let args = &value["args"];
    Ok(Conflist {
        name,
        cni_version: version(&value)?,
        plugins,
        disable_check: match &value["disableCheck"] {
            Value::Bool(disabled) => *disabled,
            // libcni takes the words as well.
            Value::String(word) => word.eq_ignore_ascii_case("true"),
            _ => false,
        },
        labels: texts(&args[LABELS]),
        options: texts(&args[OPTIONS]),
        path: None,
        created: String::new(),
    })
}

fn version(value: &Value) -> Result<String, String> {
    let stated = match &value["cniVersion"] {
        // The specification's first version had no such key.
        Value::Null => "0.1.0",
        Value::String(version) => version,
        other => return Err(format!("invalid cniVersion {other}")),
    };
    let more = value["cniVersions"].as_array();
    let more = more.into_iter().flatten().filter_map(Value::as_str);
    let best = more.chain([stated]).filter_map(rank).max();
    Ok(best.map_or(stated, |best| VERSIONS[best]).to_owned())
}

/// The strings of an object of strings, as Podman reads it: anything else is passed over.
fn texts(value: &Value) -> BTreeMap<String, String> {
    let entries = value.as_object().into_iter().flatten();
    entries
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

pub(super) fn broken(path: &Path, reason: impl Into<String>) -> Error {
    Error::NetworkFile {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

/// A time in RFC 3339; empty for one that no calendar has.
fn timestamp(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map_or_else(|_| String::new(), |time| time.to_string())
}

/// Content and time of last change of a regular file of at most so many bytes.
pub(super) fn read_file(path: &Path, most: u64) -> Result<Option<(Vec<u8>, SystemTime)>, Error> {
    let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    // Asked before it is opened: opening a pipe would wait for its writer.
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if gone(&error) => return Ok(None),
        Err(error) => return Err(Error::io("read", path)(error)),
    };
    if !metadata.is_file() {
        return Err(broken(path, "it is no regular file"));
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if gone(&error) => return Ok(None),
        Err(error) => return Err(Error::io("read", path)(error)),
    };
    let mut text = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut text)
        .map_err(Error::io("read", path))?;
    if text.len() as u64 > most {
        return Err(broken(path, format!("it is larger than {most} bytes")));
    }
    let modified = metadata.modified().map_err(Error::io("read", path))?;
    Ok(Some((text, modified)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> String {
        parse(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_list_and_a_single_plugin() {
        let list = parse(
            br#"{"cniVersion":"0.4.0","name":"a","disableCheck":"True",
                "args":{"podman_labels":{"x":"y","n":1}},
                "plugins":[{"type":"bridge","keyA":[1]},{"type":"portmap"}]}"#,
        )
        .unwrap();
        assert_eq!(list.plugins.len(), 2);
        assert_eq!(list.labels, BTreeMap::from([("x".into(), "y".into())]));
        assert!(list.disable_check);
        let again = parse(list.to_json().to_string().as_bytes()).unwrap();
        assert_eq!(again, list);
        let single = parse(br#"{"cniVersion":"0.3.1","name":"b","type":"macvlan"}"#).unwrap();
        assert_eq!(plugin_type(&single.plugins[0]), "macvlan");
    }

    #[test]
    fn the_newest_version_known() {
        let version = |keys: &str| {
            let text = format!(r#"{{{keys}"name":"a","type":"x"}}"#);
            parse(text.as_bytes()).unwrap().cni_version
        };
        assert_eq!(version(""), "0.1.0");
        assert_eq!(version(r#""cniVersion":"9.0.0","#), "9.0.0");
        assert_eq!(
            version(r#""cniVersion":"0.4.0","cniVersions":["0.3.1","1.0.0","9.0.0"],"#),
            "1.0.0"
        );
    }

    #[test]
    fn hostile_content() {
        assert_eq!(reason(r#"{"plugins":[{"type":"x"}]}"#), "it has no name");
        for name in ["../a", "", "-a", "a/b", "a b"] {
            let text = json!({"name": name, "type": "x"}).to_string();
            assert!(reason(&text).starts_with("invalid network name"), "{name}");
        }
        for kind in ["../sh", "/bin/sh", ""] {
            let text = json!({"name": "a", "plugins": [{"type": kind}]}).to_string();
            assert!(reason(&text).starts_with("invalid plugin type"), "{kind}");
        }
        let text = r#"{"name":"a","type":"x","ipam":{"type":"../../bin/sh"}}"#;
        assert!(reason(text).starts_with("invalid plugin ipam"));
        assert_eq!(reason(r#"{"name":"a","plugins":[]}"#), "it has no plugins");
        assert_eq!(
            reason(r#"{"name":"a","plugins":[3]}"#),
            "a plugin has no type"
        );
        assert_eq!(reason(r#"{"name":"a"}"#), "a plugin has no type");
        assert!(reason("[").starts_with("EOF"));
        assert_eq!(reason("[]"), "it has no name");
        assert!(reason(&"[".repeat(100_000)).contains("recursion limit"));
    }

    #[test]
    fn hostile_files() {
        let dir = tempfile::tempdir().unwrap();
        let large = dir.path().join("large.conflist");
        fs::write(&large, vec![b' '; 2 << 20]).unwrap();
        let error = Conflist::read(&large).unwrap_err().to_string();
        assert!(
            error.contains("large.conflist: it is larger than"),
            "{error}"
        );
        let error = Conflist::read(dir.path()).unwrap_err().to_string();
        assert!(error.contains("no regular file"), "{error}");
        assert!(
            Conflist::read(Path::new("/nonexistent/x"))
                .unwrap()
                .is_none()
        );
    }
}
