//! `network ls`: the networks, by name.

use jiff::Timestamp;
use network::types::Network;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::life::netplug::networks::{find, is_default, is_on, networks};

/// Which networks: Podman's filters (libnetwork/util/filters.go). Of several values of one key one
/// must hold, of each key; labels must all be there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkFilter {
    conditions: Vec<(String, String)>,
}

impl NetworkFilter {
    /// Reads `(key, value)` pairs: `name`, `id`, `driver`, `label`, `until`, `dangling`.
    ///
    /// # Errors
    /// [`Error::Invalid`] in Podman's words.
    pub fn new(conditions: Vec<(String, String)>) -> Result<Self> {
        for (key, value) in &conditions {
            let good = match key.as_str() {
                "name" | "id" | "driver" | "label" => true,
                "until" => value.parse::<Timestamp>().is_ok(),
                "dangling" => matches!(value.as_str(), "true" | "false" | "1" | "0"),
                _ => {
                    return Err(Error::Invalid(format!("invalid filter \"{key}\"")));
                }
            };
            if !good {
                return Err(Error::Invalid(format!(
                    "invalid value \"{value}\" for filter \"{key}\""
                )));
            }
        }
        Ok(Self { conditions })
    }

    fn fits(&self, network: &Network, used: bool) -> bool {
        let holds = |(key, value): &(String, String)| match key.as_str() {
            "name" => network.name.contains(value.as_str()),
            "id" => network.id.starts_with(value.as_str()),
            "driver" => network.driver == *value,
            "label" => match value.split_once('=') {
                Some((name, wanted)) => network.labels.get(name).is_some_and(|is| is == wanted),
                None => network.labels.contains_key(value),
            },
            "until" => {
                let made = network.created.parse::<Timestamp>();
                made.is_ok_and(|made| value.parse().is_ok_and(|until: Timestamp| made < until))
            }
            // The default network is never one too many.
            _ => matches!(value.as_str(), "true" | "1") != (used || is_default(network)),
        };
        self.conditions.iter().all(|condition| {
            if condition.0 == "label" {
                return holds(condition);
            }
            let mut same = self.conditions.iter();
            same.any(|other| other.0 == condition.0 && holds(other))
        })
    }
}

/// The networks that fit, by name.
///
/// # Errors
/// [`network::Error::NetworkFile`] for a description that is damaged.
pub fn list(engine: &Engine, filter: &NetworkFilter) -> Result<Vec<Network>> {
    let containers = engine.store.rows().containers()?;
    let mut networks = networks(&engine.config).list()?;
    networks.retain(|network| {
        let used = containers.iter().any(|one| is_on(one, &network.name));
        filter.fits(network, used)
    });
    Ok(networks)
}

/// Whether there is a network of this name or id.
///
/// # Errors
/// [`network::Error::NetworkAmbiguous`], or a description that is damaged.
pub fn exists(engine: &Engine, word: &str) -> Result<bool> {
    match find(engine, word) {
        Ok(_) => Ok(true),
        Err(Error::Network(network::Error::NetworkNotFound { .. })) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(conditions: &[(&str, &str)]) -> Result<NetworkFilter> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        NetworkFilter::new(conditions.iter().map(owned).collect())
    }

    #[test]
    fn of_one_key_one_is_enough() -> Result<()> {
        let network = Network {
            name: "web".into(),
            ..network::config::default_network()
        };
        let fits = |conditions: &[(&str, &str)], used| -> Result<bool> {
            Ok(filter(conditions)?.fits(&network, used))
        };
        assert!(fits(&[("name", "x"), ("name", "we")], false)?);
        assert!(!fits(&[("name", "we"), ("driver", "macvlan")], false)?);
        assert!(!fits(&[("label", "a")], false)?);
        assert!(fits(&[("dangling", "true")], false)?);
        assert!(!fits(&[("dangling", "true")], true)?);
        assert!(fits(&[("until", "2999-01-01T00:00:00Z")], true)?);
        assert!(filter(&[("foo", "x")]).is_err() && filter(&[("until", "soon")]).is_err());
        Ok(())
    }
}
