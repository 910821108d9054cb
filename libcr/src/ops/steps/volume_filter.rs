//! Which volumes a list or a prune is about: Podman's filters (pkg/domain/filters/volumes.go).

use crate::error::{Error, Result};
use crate::model::volume::{LOCAL_DRIVER, Volume};

/// Conditions, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VolumeFilter {
    conditions: Vec<(String, String)>,
}

impl VolumeFilter {
    /// Reads `(key, value)` pairs: `name`, `driver`, `scope`, `label`, `label!`, `opt`, `dangling`.
    ///
    /// # Errors
    /// [`Error::Invalid`] in Podman's words for another key, or a value that the key can't have.
    pub fn new(conditions: Vec<(String, String)>) -> Result<Self> {
        for (key, value) in &conditions {
            match key.as_str() {
                "name" | "driver" | "scope" | "label" | "label!" | "opt" => {}
                "dangling" if boolean(value).is_some() => {}
                "dangling" => {
                    return Err(Error::Invalid(format!(
                        "\"{value}\" is not a valid value for the \"dangling\" filter - must be true or false"
                    )));
                }
                _ => {
                    return Err(Error::Invalid(format!(
                        "\"{key}\" is an invalid volume filter"
                    )));
                }
            }
        }
        Ok(Self { conditions })
    }

    /// Whether a volume with so many containers is meant. Of several values of one key one is
    /// enough, but labels and options must all fit.
    pub fn fits(&self, volume: &Volume, users: usize) -> bool {
        let holds = |(key, value): &(String, String)| match key.as_str() {
            "name" => volume.name.contains(value.as_str()),
            "driver" => value == LOCAL_DRIVER,
            "scope" => value == "local",
            "label" => has(&volume.labels, value),
            "label!" => !has(&volume.labels, value),
            "opt" => has(&volume.options, value),
            _ => boolean(value) == Some(users == 0),
        };
        self.conditions.iter().all(|condition| {
            if matches!(condition.0.as_str(), "label" | "label!" | "opt") {
                return holds(condition);
            }
            let mut same = self.conditions.iter();
            same.any(|other| other.0 == condition.0 && holds(other))
        })
    }
}

fn boolean(value: &str) -> Option<bool> {
    match value {
        "true" | "True" | "1" => Some(true),
        "false" | "False" | "0" => Some(false),
        _ => None,
    }
}

/// `NAME` or `NAME=VALUE` in a map.
fn has(map: &std::collections::BTreeMap<String, String>, wanted: &str) -> bool {
    match wanted.split_once('=') {
        Some((name, value)) => map.get(name).is_some_and(|found| found == value),
        None => map.contains_key(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(conditions: &[(&str, &str)]) -> Result<VolumeFilter> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        VolumeFilter::new(conditions.iter().map(owned).collect())
    }

    #[test]
    fn podmans_words() {
        let text = |key, value| filter(&[(key, value)]).unwrap_err().to_string();
        assert_eq!(text("foo", "bar"), "\"foo\" is an invalid volume filter");
        assert_eq!(
            text("dangling", "xx"),
            "\"xx\" is not a valid value for the \"dangling\" filter - must be true or false"
        );
    }

    #[test]
    fn what_fits() -> Result<()> {
        let mut volume = Volume::new("data", "");
        volume.labels.insert("a".into(), "b".into());
        for (conditions, users, fits) in [
            (vec![], 0, true),
            (vec![("name", "at")], 0, true),
            (vec![("name", "x"), ("name", "at")], 0, true),
            (vec![("name", "at"), ("driver", "nfs")], 0, false),
            (vec![("label", "a")], 0, true),
            (vec![("label", "a=b"), ("label", "c")], 0, false),
            (vec![("label!", "a")], 0, false),
            (vec![("dangling", "true")], 1, false),
            (vec![("dangling", "false")], 1, true),
        ] {
            assert_eq!(
                filter(&conditions)?.fits(&volume, users),
                fits,
                "{conditions:?}"
            );
        }
        Ok(())
    }
}
