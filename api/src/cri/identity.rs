//! What Kubernetes knows of a sandbox or a container and the engine doesn't: one label of each, which
//! clients don't see.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Refusal;

/// What is kept in a label.
pub trait Known: Serialize + DeserializeOwned {
    /// The label.
    const LABEL: &'static str;
}

impl Known for Sandbox {
    const LABEL: &'static str = "org.cryopod.cri.sandbox";
}

impl Known for Container {
    const LABEL: &'static str = "org.cryopod.cri.container";
}

/// Clients neither set nor see them.
const LABELS: [&str; 2] = [Sandbox::LABEL, Container::LABEL];

/// Of a sandbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sandbox {
    /// Name of the pod in Kubernetes.
    pub name: String,
    /// Its unique id there.
    pub uid: String,
    /// Its namespace there.
    pub namespace: String,
    /// Which try it is.
    pub attempt: u32,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Where logs of its containers are expected.
    pub log_directory: String,
    /// The runtime handler that was asked for.
    pub handler: String,
    /// `NamespaceMode` of network, processes and IPC.
    pub namespaces: [i32; 3],
}

/// Of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    /// Id of its sandbox.
    pub sandbox: String,
    /// Its name in its pod.
    pub name: String,
    /// Which try it is.
    pub attempt: u32,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Where its log is expected; empty: nowhere.
    pub log_path: String,
    /// The image as the user named it.
    pub image: String,
}

/// Labels as the engine gets them, what Kubernetes knows among them.
///
/// # Errors
/// For a client that sets that label itself, or one that can't be said as `KEY=VALUE`.
pub fn labels<T: Known>(
    labels: &BTreeMap<String, String>,
    identity: &T,
) -> Result<Vec<String>, Refusal> {
    if let Some(own) = LABELS.iter().find(|own| labels.contains_key(**own)) {
        return Err(Refusal::invalid(&format!(
            "the label {own} is the engine's own"
        )));
    }
    if let Some(key) = labels.keys().find(|key| key.contains('=')) {
        return Err(Refusal::invalid(&format!("invalid label {key:?}")));
    }
    let own = serde_json::to_string(identity).map_err(|error| Refusal::internal(&error))?;
    let pairs = labels.iter().map(|(key, value)| format!("{key}={value}"));
    Ok(pairs.chain([format!("{}={own}", T::LABEL)]).collect())
}

/// What Kubernetes knows; `None`: it doesn't know it at all.
pub fn read<T: Known>(labels: &BTreeMap<String, String>) -> Option<T> {
    serde_json::from_str(labels.get(T::LABEL)?).ok()
}

/// Labels as clients see them.
pub fn shown(labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut labels = labels.clone();
    labels.retain(|key, _| !LABELS.contains(&key.as_str()));
    labels
}

/// Whether labels are such as a selector asks for.
pub fn fits(labels: &BTreeMap<String, String>, selector: &BTreeMap<String, String>) -> bool {
    selector
        .iter()
        .all(|(key, value)| !LABELS.contains(&key.as_str()) && labels.get(key) == Some(value))
}

/// Nanoseconds since 1970; 0: never.
pub fn nanoseconds(time: Option<&str>) -> i64 {
    let time = time.and_then(|time| time.parse::<Timestamp>().ok());
    time.map_or(0, |time| i64::try_from(time.as_nanosecond()).unwrap_or(0))
}

/// Now.
pub fn now() -> i64 {
    i64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(0)
}

/// The id of a request: an empty one would be the beginning of any.
///
/// # Errors
/// When it is empty.
pub fn given(id: &str) -> Result<&str, Refusal> {
    if id.is_empty() {
        return Err(Refusal::invalid("the request names no id"));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_and_is_not_shown() {
        let one = Container {
            name: "a=b".into(),
            attempt: 3,
            ..Container::default()
        };
        let user = BTreeMap::from([("app".to_owned(), "web".to_owned())]);
        let texts = labels(&user, &one).unwrap();
        let stored: BTreeMap<_, _> = texts
            .iter()
            .filter_map(|text| text.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        assert_eq!(read::<Container>(&stored), Some(one.clone()));
        assert_eq!(shown(&stored), user);
        assert!(fits(&stored, &user));
        assert!(labels(&stored, &one).is_err(), "it is not the client's");
        assert_eq!(read::<Container>(&user), None);
    }
}
