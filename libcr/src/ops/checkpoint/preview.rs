//! `container checkpoint --dry-run`: what would be done and what stands in the way.

use std::path::Path;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::preview::Preview;
use crate::model::status::Status;
use crate::ops::checkpoint::{CheckpointOptions, checks};
use crate::ops::steps::inspection::process::Processes;
use crate::ops::steps::inspection::{self, host, words};
use crate::ops::steps::life::observe::look;
use crate::ops::steps::preflight;
use crate::runtime::criu_options::Verb;

/// Says what [`super::checkpoint`] would do with these options, and changes nothing.
///
/// # Errors
/// As of [`CheckpointOptions::validate`], and when there is no such container. What else stands
/// in the way is in the preview.
pub fn preview(engine: &Engine, word: &str, options: &CheckpointOptions) -> Result<Preview> {
    options.validate()?;
    let mut container = engine.find(word)?;
    look(engine, &mut container);
    let mut preview = Preview {
        operation: "checkpoint",
        id: container.config.id.clone(),
        name: container.config.name.clone(),
        ..Preview::default()
    };
    let checks = &mut preview.checks;
    let criu_version = host::essentials(&engine.config, checks);
    host::runtime_of(engine, &container, checks);
    if options.tracks_memory() {
        match preflight::memory_tracking() {
            Ok(()) => checks.ok("memory-tracking", "the kernel tracks changed memory"),
            Err(error) => checks.fail("memory-tracking", error.to_string(), ""),
        }
    }
    match asked(engine, &container, options, criu_version) {
        Ok(()) => checks.ok("container", format!("{} is running", container.config.name)),
        Err(error) => checks.fail("container", error.to_string(), ""),
    }
    if container.state.status == Status::Running {
        let allowed = checks::allowed(engine, &container, options)?;
        let (processes, mut found) = inspection::running(&container, &allowed);
        found.override_by(&options.skip_checks);
        checks.0.append(&mut found.0);
        preview.steps = steps(engine, &container, options, &processes);
    }
    Ok(preview.conclude())
}

/// What record and options refuse.
fn asked(
    engine: &Engine,
    container: &Container,
    options: &CheckpointOptions,
    criu_version: u32,
) -> Result<()> {
    match checks::check(engine, container, options) {
        // It has a row of its own.
        Err(Error::MissingOnHost(_) | Error::Criu(_) | Error::Runtime(_)) if criu_version == 0 => {}
        checked => drop(checked?),
    }
    checks::target(engine, container, options)?;
    let runtime = engine.runtime_of(container)?.name;
    options.criu.route(&runtime, Verb::Dump, criu_version)?;
    Ok(())
}

fn steps(
    engine: &Engine,
    container: &Container,
    options: &CheckpointOptions,
    processes: &Processes,
) -> Vec<String> {
    let name = &container.config.name;
    let count = words::processes(processes.all.len());
    let memory = words::size(processes.memory());
    let images = match (&options.named, &options.image_path) {
        (Some(named), _) => format!("the checkpoint {}", named.name),
        (None, Some(directory)) => directory.display().to_string(),
        (None, None) => engine
            .bundle(&container.config.id)
            .join("checkpoint")
            .display()
            .to_string(),
    };
    let mut steps = Vec::new();
    if options.pre_checkpoint {
        steps.push(format!(
            "dump the memory of {count} of {name} ({memory}) while they go on"
        ));
    } else {
        steps.push(format!("freeze {count} of {name}"));
        steps.push(format!("dump them with {memory} of memory to {images}"));
    }
    if let Some(export) = &options.export {
        let place = if export == Path::new("-") {
            "standard output".to_owned()
        } else {
            export.display().to_string()
        };
        let compression = options.compress.as_deref().unwrap_or("zstd");
        steps.push(format!(
            "write the archive to {place} (compression: {compression})"
        ));
    }
    if options.include_image {
        steps.push(format!("put the image of {name} in it"));
    }
    if let Some(image) = &options.create_image {
        steps.push(format!("make the image {image} of it"));
    }
    steps.push(
        match (
            options.leave_running || options.pre_checkpoint,
            container.config.auto_remove,
        ) {
            (true, _) => format!("let {name} go on"),
            (false, true) => {
                format!("stop {name}, take its network and mounts down and remove it (--rm)")
            }
            (false, false) => format!("stop {name} and take its network and mounts down"),
        },
    );
    steps
}
