//! `container diagnose`: what stands in the way of freezing a container, or of thawing one that is
//! frozen, with no option given.

use crate::criu::{self, ImageFacts};
use crate::engine::Engine;
use crate::error::Result;
use crate::model::finding::Findings;
use crate::model::preview::Preview;
use crate::model::status::Status;
use crate::ops::steps::inspection::{self, Allowed, host, words};
use crate::ops::steps::life::observe::look;

/// Looks at a container and changes nothing.
///
/// # Errors
/// [`crate::Error::NoSuchContainer`].
pub fn diagnose(engine: &Engine, word: &str) -> Result<Preview> {
    let mut container = engine.find(word)?;
    look(engine, &mut container);
    let config = &container.config;
    let mut checks = Findings::default();
    host::essentials(&engine.config, &mut checks);
    host::runtime_of(engine, &container, &mut checks);
    let bundle = engine.bundle(&config.id);
    let images = container.state.checkpoint_images.clone();
    let images = images.unwrap_or_else(|| bundle.join("checkpoint"));
    let mut operation = "checkpoint";
    let mut steps = Vec::new();
    match container.state.status {
        Status::Running => {
            checks.ok("container", format!("{} is running", config.name));
            let allowed = Allowed {
                images: bundle,
                ..Allowed::default()
            };
            let (processes, mut found) = inspection::running(&container, &allowed);
            checks.0.append(&mut found.0);
            steps.push(format!(
                "{} with {} of memory would be frozen",
                words::processes(processes.all.len()),
                words::size(processes.memory())
            ));
        }
        Status::Paused => checks.fail(
            "container",
            format!("{} is paused", config.name),
            format!("let it go on first: cryopod unpause {}", config.name),
        ),
        _ if images.join("inventory.img").exists() => {
            operation = "restore";
            frozen(&images, &config.name, &mut checks, &mut steps);
        }
        status => checks.fail(
            "container",
            format!(
                "{} is {} and has no checkpoint",
                config.name,
                status.as_str()
            ),
            format!("start it: cryopod start {}", config.name),
        ),
    }
    Ok(Preview {
        operation,
        id: config.id.clone(),
        name: config.name.clone(),
        steps,
        checks,
        ..Preview::default()
    }
    .conclude())
}

fn frozen(images: &std::path::Path, name: &str, checks: &mut Findings, steps: &mut Vec<String>) {
    let facts = match ImageFacts::read(images) {
        Ok(facts) => facts,
        Err(error) => {
            checks.fail(
                "checkpoint",
                error.to_string(),
                "copy the checkpoint again from where it came, or make a new one",
            );
            return;
        }
    };
    checks.ok(
        "checkpoint",
        format!("{name} is frozen in {}", images.display()),
    );
    steps.push(format!(
        "{} with {} of memory would be thawed",
        words::processes(facts.processes.len()),
        words::size(facts.memory)
    ));
    match criu::contents::check_pages(images) {
        Ok(()) => checks.ok("memory", "all memory that the images list is there"),
        Err(error) => checks.fail(
            "memory",
            error.to_string(),
            "copy the checkpoint again from where it came, or make a new one",
        ),
    }
    if facts.tcp_established {
        checks.fail(
            "connections",
            "the checkpoint has established TCP connections",
            "restore with --tcp-established, or with --tcp-close to have them closed",
        );
    }
    if facts.file_locks {
        checks.fail(
            "file-locks",
            "the checkpoint holds file locks",
            "restore with --file-locks",
        );
    }
}
