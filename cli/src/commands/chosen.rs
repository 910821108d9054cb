//! Which containers the filters of a command leave, as `ps` and those that act on many have them.

use crate::args::container::ps::FILTERS;
use crate::args::value::filter::Filter;
use crate::output::CliError;
use libcr::Engine;
use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::ps::health;
use libcr::ops::pods::{self, PodFacts};

/// Leaves those that fit all kinds of filters given.
pub fn choose(
    engine: &Engine,
    filters: &[Filter],
    containers: &mut Vec<Container>,
) -> Result<(), CliError> {
    for &key in FILTERS {
        let values: Vec<&str> = filters
            .iter()
            .filter(|filter| filter.key == key)
            .map(|filter| filter.value.as_str())
            .collect();
        if values.is_empty() {
            continue;
        }
        for value in &values {
            check(key, value)?;
        }
        // Looked up once for all containers.
        let pods = match key {
            "pod" => pods::list::list(engine)?,
            _ => Vec::new(),
        };
        // By the pod's name or the beginning of its id.
        let in_pod = |one: &Container, value: &str| {
            let id = one.config.pod_id();
            let named = |found: &PodFacts| found.pod.id == id && found.pod.name == value;
            !id.is_empty() && (id.starts_with(value) || pods.iter().any(named))
        };
        // Labels must all fit; of everything else one is enough.
        containers.retain(|one| match key {
            "pod" => values.iter().any(|value| in_pod(one, value)),
            "label" => values.iter().all(|value| fits(engine, key, value, one)),
            _ => values.iter().any(|value| fits(engine, key, value, one)),
        });
    }
    Ok(())
}

fn check(key: &str, value: &str) -> Result<(), CliError> {
    match key {
        "status"
            if !["stopped", "configured"].contains(&value) && Status::parse(value).is_none() =>
        {
            Err(CliError::usage(format!(
                "unknown container state: {value}: invalid argument"
            )))
        }
        "exited" if value.parse::<i32>().is_err() => Err(CliError::usage(format!(
            "exited code out of range \"{value}\": invalid argument"
        ))),
        _ => Ok(()),
    }
}

fn fits(engine: &Engine, key: &str, value: &str, one: &Container) -> bool {
    let status = one.state.status.as_str();
    match key {
        "id" => one.config.id.starts_with(value),
        "name" => one.config.name.contains(value.trim_start_matches('/')),
        "status" => status == value || (value == "stopped" && status == "exited"),
        "health" => health(engine, one).is_some_and(|health| health.status.as_str() == value),
        "exited" => status == "exited" && one.state.exit_code.to_string() == value,
        "volume" => has_volume(one, value),
        "label" => {
            let (name, wanted) = value
                .split_once('=')
                .map_or((value, None), |(name, wanted)| (name, Some(wanted)));
            one.config
                .labels
                .get(name)
                .is_some_and(|found| wanted.is_none_or(|wanted| wanted == found))
        }
        _ => {
            let of_image = one.config.rootfs.image_id();
            one.config.rootfs.image_name() == value
                || libcr::ops::images::list::find(engine, value)
                    .is_ok_and(|image| Some(image.id.as_str()) == of_image)
        }
    }
}

// By the volume's name or the host's directory, and the destination where one is given.
fn has_volume(one: &Container, value: &str) -> bool {
    let (source, destination) = value.split_once(':').unwrap_or((value, ""));
    let fits =
        |from: &str, to: &str| from == source && (destination.is_empty() || to == destination);
    let volumes = &one.config.named_volumes;
    volumes
        .iter()
        .any(|volume| fits(&volume.name, &volume.destination))
        || one
            .config
            .volumes
            .iter()
            .any(|bind| fits(&bind.source, &bind.destination))
}
