//! `inspect`, of containers, images, volumes, networks, or whatever has the name: all found are shown, then what was
//! not found is an error.

use super::{Opener, Outcome, selected};
use crate::args::container::ContainerInspect;
use crate::args::image::ImageInspect;
use crate::args::inspect::{Inspect, InspectKind, check_names};
use crate::args::network::NetworkInspect;
use crate::args::pod::PodInspect;
use crate::args::volume::VolumeInspect;
use crate::output::json::{self, is_json};
use crate::output::template::{Headings, JSON_FACE, Schema, is_table, render_rows, render_table};
use crate::output::{CliError, error, print};
use libcr::ops::volumes::list;
use libcr::{Engine, Error, ErrorKind};
use serde_json::Value;

const SCHEMA: Schema = Schema(&[
    ("*", "interface {}"),
    ("*.State", "*define.InspectContainerState"),
    ("*.Config", "*define.InspectContainerConfig"),
    ("*.HostConfig", "*define.InspectContainerHostConfig"),
    ("*.HostConfig.LogConfig", "*define.InspectLogConfig"),
    ("*.HostConfig.RestartPolicy", "*define.InspectRestartPolicy"),
    ("*.NetworkSettings", "*define.InspectNetworkSettings"),
    (
        "*.NetworkSettings.Networks.*",
        "*define.InspectAdditionalNetwork",
    ),
    ("*.GraphDriver", "*define.DriverData"),
    ("*.Mounts.*", "define.InspectMount"),
    ("*.RootFS", "*define.RootFS"),
    ("*.InfraConfig", "*define.InspectPodInfraConfig"),
    ("*.Containers.*", "define.InspectPodContainerInfo"),
]);

/// `inspect`.
pub fn run(opener: &Opener, flags: &Inspect) -> Outcome {
    let kind = flags.validate()?;
    show(opener, kind, flags.latest, &flags.names, &flags.format)
}

/// `container inspect`.
pub fn containers(opener: &Opener, flags: &ContainerInspect) -> Outcome {
    flags.validate()?;
    show(
        opener,
        InspectKind::Container,
        flags.latest,
        &flags.names,
        &flags.format,
    )
}

/// `image inspect`.
pub fn images(opener: &Opener, flags: &ImageInspect) -> Outcome {
    check_names(false, &flags.names)?;
    show(
        opener,
        InspectKind::Image,
        false,
        &flags.names,
        &flags.format,
    )
}

/// `volume inspect`.
pub fn volumes(opener: &Opener, flags: &VolumeInspect) -> Outcome {
    flags.validate()?;
    let names = if flags.all {
        let all = list::list(&opener.open()?, &list::VolumeFilter::default())?;
        all.into_iter().map(|volume| volume.name).collect()
    } else {
        flags.names.clone()
    };
    show(opener, InspectKind::Volume, false, &names, &flags.format)
}

/// `network inspect`.
pub fn networks(opener: &Opener, flags: &NetworkInspect) -> Outcome {
    flags.validate()?;
    show(
        opener,
        InspectKind::Network,
        false,
        &flags.names,
        &flags.format,
    )
}

/// `pod inspect`.
pub fn pods(opener: &Opener, flags: &PodInspect) -> Outcome {
    check_names(flags.latest, &flags.names)?;
    let names = if flags.latest {
        vec![super::pod::latest(&opener.open()?)?.pod.id]
    } else {
        flags.names.clone()
    };
    show(opener, InspectKind::Pod, false, &names, &flags.format)
}

fn show(
    opener: &Opener,
    kind: InspectKind,
    latest: bool,
    names: &[String],
    format: &str,
) -> Outcome {
    let engine = opener.open()?;
    let names = if latest {
        vec![selected::latest(&engine)?.config.id]
    } else {
        names.to_vec()
    };
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in &names {
        match look(&engine, kind, name) {
            Ok(value) => found.push(value),
            Err(error) => missing.push(error),
        }
    }
    render(format, &found, !missing.is_empty())?;
    let last = missing.pop();
    for error in missing {
        eprintln!("Error: {error}");
    }
    last.map_or(Ok(0), Err)
}

fn render(format: &str, found: &[Value], incomplete: bool) -> Result<(), CliError> {
    if is_json(format) {
        // Podman's own five blanks.
        let text = json::pretty(&found, 5).unwrap_or_default();
        return print::line(&text);
    }
    if found.is_empty() && incomplete {
        return Ok(());
    }
    if is_table(format) {
        // Podman shows no headings here.
        let found: Vec<Value> = found.iter().map(whole).collect();
        return print::text(&render_table(
            "inspect",
            format,
            &found,
            SCHEMA,
            Headings(&[]),
            true,
        )?);
    }
    let rows: Vec<Value> = found.iter().map(whole).collect();
    let (text, result) = render_rows("inspect", format, &rows, SCHEMA);
    print::text(&text)?;
    Ok(result?)
}

// Members that JSON leaves out while they are zero, but that a template can name all the same.
fn whole(found: &Value) -> Value {
    let mut shown = found.clone();
    if let Some(state) = shown.get_mut("State").and_then(Value::as_object_mut) {
        let face = Value::Object(state.clone());
        for flag in ["Checkpointed", "Restored"] {
            state.entry(flag).or_insert(Value::Bool(false));
        }
        for path in ["CheckpointPath", "CheckpointLog", "RestoreLog"] {
            state.entry(path).or_insert_with(|| Value::from(""));
        }
        state.insert(JSON_FACE.to_owned(), face);
    }
    if let Some(object) = shown.as_object_mut() {
        object.insert(JSON_FACE.to_owned(), found.clone());
    }
    shown
}

fn look(engine: &Engine, kind: InspectKind, name: &str) -> Result<Value, CliError> {
    let container = || libcr::ops::lifecycle::inspect::inspect(engine, name);
    let image = || libcr::ops::images::inspect::inspect(engine, name);
    let volume = || libcr::ops::volumes::inspect::inspect(engine, name);
    let network = || libcr::ops::networks::inspect::inspect(engine, name);
    let pod = || libcr::ops::pods::inspect::inspect(engine, name);
    // Podman has a sentence of its own for each.
    let reworded = |error: Error, text: String| {
        if error.kind() == ErrorKind::NotFound {
            not_found(text)
        } else {
            error.into()
        }
    };
    match kind {
        InspectKind::Image => Ok(image()?),
        InspectKind::Container => {
            container().map_err(|error| reworded(error, format!("no such container \"{name}\"")))
        }
        InspectKind::Volume => {
            volume().map_err(|error| reworded(error, format!("no such volume {name}")))
        }
        InspectKind::Network => {
            network().map_err(|error| reworded(error, format!("network {name}: unable to find network with name or ID {name}: network not found")))
        }
        InspectKind::Pod => pod().map_err(|error| reworded(error, format!("no such pod {name}"))),
        InspectKind::Any => {
            let absent = |error: &Error| error.kind() == ErrorKind::NotFound;
            let mut found = container();
            if found.as_ref().is_err_and(absent) {
                found = image();
            }
            if found.as_ref().is_err_and(absent) {
                found = volume();
            }
            if found.as_ref().is_err_and(absent) {
                found = network();
            }
            if found.as_ref().is_err_and(absent) {
                found = pod();
            }
            found.map_err(|error| reworded(error, format!("no such object: \"{name}\"")))
        }
    }
}

fn not_found(text: String) -> CliError {
    CliError::Operation {
        code: error::FAILED,
        source: text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{SCHEMA, whole};
    use crate::output::template::render_rows;

    #[test]
    fn what_json_leaves_out_can_be_asked_for() {
        let found = serde_json::json!({"Id": "a", "State": {"Running": true}});
        let (text, result) = render_rows(
            "inspect",
            "{{.State.Checkpointed}}:{{.State.CheckpointLog}} {{json .State}} {{json .}}",
            &[whole(&found)],
            SCHEMA,
        );
        result.unwrap();
        assert_eq!(
            text,
            "false: {\"Running\":true} {\"Id\":\"a\",\"State\":{\"Running\":true}}\n"
        );
    }
}
