//! Which containers a list holds: the filters of both interfaces.

use libcr::Engine;
use libcr::model::container::{Container, NetworkMode};
use libcr::model::status::Status;
use libcr::ops::images::list::find as find_image;
use libcr::ops::lifecycle::ps::health;

use crate::http::Failure;

/// What is asked of a container; of the same key one value must fit, of `label` all.
#[derive(Debug, Clone, Default)]
pub struct ContainerFilter(Vec<(String, String)>);

impl ContainerFilter {
    /// Checks keys and values.
    ///
    /// # Errors
    /// 400 in Podman's words.
    pub fn new(conditions: Vec<(String, String)>) -> Result<Self, Failure> {
        for (key, value) in &conditions {
            match key.as_str() {
                "id" | "name" | "label" | "ancestor" | "health" | "volume" | "network"
                | "is-task" => {}
                "status"
                    if ["stopped", "configured", "dead", "restarting"]
                        .contains(&value.as_str())
                        || Status::parse(value).is_some() => {}
                "status" => {
                    return Err(Failure::bad(format!(
                        "unknown container state: {value}: invalid argument"
                    )));
                }
                "exited" if value.parse::<i32>().is_ok() => {}
                "exited" => {
                    return Err(Failure::bad(format!(
                        "exited code out of range {value:?}: invalid argument"
                    )));
                }
                _ => return Err(Failure::bad(format!("{key} is an invalid filter"))),
            }
        }
        Ok(Self(conditions))
    }

    /// It says itself which states are wanted.
    pub fn is_about_state(&self) -> bool {
        let mut keys = self.0.iter().map(|(key, _)| key.as_str());
        keys.any(|key| matches!(key, "status" | "exited"))
    }

    /// Whether a container fits.
    pub fn fits(&self, engine: &Engine, container: &Container) -> bool {
        self.0.iter().all(|(key, value)| {
            if key == "label" {
                return fits(engine, container, key, value);
            }
            let mut same = self.0.iter().filter(|(other, _)| other == key);
            same.any(|(_, value)| fits(engine, container, key, value))
        })
    }
}

fn fits(engine: &Engine, one: &Container, key: &str, value: &str) -> bool {
    let (config, status) = (&one.config, one.state.status);
    match key {
        "id" => config.id.starts_with(value),
        "name" => config.name.contains(value.trim_start_matches('/')),
        "status" => match value {
            "stopped" => status == Status::Exited,
            "configured" => status == Status::Created,
            _ => status.as_str() == value,
        },
        "exited" => status == Status::Exited && one.state.exit_code.to_string() == value,
        "health" => {
            let health = health(engine, one);
            health.map_or(value == "none", |health| health.status.as_str() == value)
        }
        "volume" => {
            let named = config.named_volumes.iter();
            let mut named = named.map(|volume| (&volume.name, &volume.destination));
            let mut binds = config
                .volumes
                .iter()
                .map(|bind| (&bind.source, &bind.destination));
            let is =
                |(source, destination): (&String, &String)| source == value || destination == value;
            named.any(is) || binds.any(is)
        }
        "network" => match &config.network {
            NetworkMode::Bridge { networks } => networks.iter().any(|(name, _)| name == value),
            mode => mode.word() == value,
        },
        "label" => {
            let (name, wanted) = value
                .split_once('=')
                .map_or((value, None), |(n, w)| (n, Some(w)));
            let found = config.labels.get(name);
            found.is_some_and(|found| wanted.is_none_or(|wanted| wanted == found))
        }
        "ancestor" => {
            config.rootfs.image_name() == value
                || find_image(engine, value)
                    .is_ok_and(|image| Some(image.id.as_str()) == config.rootfs.image_id())
        }
        // There are no tasks of a swarm.
        _ => !matches!(value, "true" | "1"),
    }
}
