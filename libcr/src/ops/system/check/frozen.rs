//! Checkpoints: a container's own, and those of the catalogue.

use std::path::Path;

use crate::criu;
use crate::criu::ImageFacts;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::ops::steps::catalogue::{self, generations};
use crate::ops::steps::freezing::place;

use super::collected::Collected;
use super::files::{forget_images, gone, partial};
use super::world::names;
use super::{CheckOptions, keep_aside};

const CHECK: &str = "checkpoints";

/// Looks at the checkpoints of a container that no operation is at work on.
pub(super) fn check<'a>(
    engine: &'a Engine,
    container: &'a Container,
    options: &CheckOptions,
    found: &mut Collected<'a>,
) -> Result<()> {
    own(engine, container, options, found);
    named(engine, container, options, found)
}

fn own<'a>(
    engine: &'a Engine,
    container: &'a Container,
    options: &CheckOptions,
    found: &mut Collected<'a>,
) {
    let (id, name) = (container.config.id.as_str(), &container.config.name);
    let bundle = engine.bundle(id);
    if container.state.pre_checkpoints > 0
        && bundle.is_dir()
        && place::chain(&bundle).is_ok_and(|chain| chain.is_empty())
    {
        let what = format!("the pre-checkpoints of {name} are gone");
        let remedy = "writes that down: the next one starts anew";
        found.repairable(CHECK, what, remedy, move || {
            let mut state = engine.reload(id)?.state;
            state.pre_checkpoints = 0;
            Ok(engine
                .store
                .transaction(|rows| rows.update_state(id, &state))?)
        });
    }
    if container.state.checkpointed_at.is_none() || !bundle.is_dir() {
        return;
    }
    let elsewhere = container.state.checkpoint_images.clone();
    let is_own = elsewhere.is_none();
    let images = elsewhere.unwrap_or_else(|| bundle.join("checkpoint"));
    if let Some(damage) = damage_of(&images, options) {
        let what = format!("{name} is frozen, but its checkpoint is not whole: {damage}");
        // The user's directory may be mounted again, and what is damaged may be mended.
        let nothing_left = is_own && !images.exists();
        let remedy = "takes it for one that has ended without a checkpoint";
        found.repairable_if(nothing_left, CHECK, what, remedy, move || {
            if is_own && images.exists() {
                keep_aside(engine, &images)?;
            }
            forget_images(engine, id)
        });
    }
}

fn named<'a>(
    engine: &'a Engine,
    container: &'a Container,
    options: &CheckOptions,
    found: &mut Collected<'a>,
) -> Result<()> {
    let (id, owner) = (container.config.id.as_str(), &container.config.name);
    let rows = engine.store.rows().checkpoints_of(id)?;
    for row in &rows {
        let directory = catalogue::listed(engine, row);
        let Some(damage) = damage_of(&directory.join("checkpoint"), options) else {
            continue;
        };
        let what = format!("checkpoint {} of {owner} is not whole: {damage}", row.name);
        let checkpoint = row.id.clone();
        let nothing_left = !directory.exists();
        let remedy = if nothing_left {
            "forgets it"
        } else {
            "moves what is left of it to lost+found and forgets it"
        };
        found.repairable_if(nothing_left, CHECK, what, remedy, move || {
            if directory.exists() {
                keep_aside(engine, &directory)?;
            }
            Ok(engine
                .store
                .transaction(|rows| rows.delete_checkpoint(&checkpoint))?)
        });
    }
    for name in generations::unused(engine, id)? {
        let path = catalogue::own_directory(engine, id).join(name);
        let what = format!(
            "{} is memory that no checkpoint of {owner} has",
            path.display()
        );
        found.repairable(CHECK, what, "gives it back", move || {
            generations::reclaim(engine, id)
        });
    }
    let own = catalogue::own_directory(engine, id);
    let lives = container.state.status.is_alive();
    for name in names(&own) {
        let path = own.join(&name);
        if rows.iter().any(|row| row.id == name) || generations::is_ours(&name) {
            continue;
        }
        if name.starts_with('.') && name.ends_with(".removed") {
            gone(
                CHECK,
                path,
                "a checkpoint whose removal was cut short",
                found,
            );
        } else if name.starts_with('.') && name.ends_with(".partial") {
            partial(engine, path, lives, CHECK, found);
        } else {
            let what = format!(
                "{} is a checkpoint of {owner} without a row",
                path.display()
            );
            found.repairable(CHECK, what, "moves it to lost+found", move || {
                keep_aside(engine, &path)
            });
        }
    }
    Ok(())
}

/// What is wrong with a directory of images.
fn damage_of(images: &Path, options: &CheckOptions) -> Option<String> {
    if let Err(error) = ImageFacts::read(images) {
        return Some(error.to_string());
    }
    if let Err(name) = criu::generations::chain(images) {
        return Some(format!("the memory that it shares is gone: {name}"));
    }
    if options.quick {
        return None;
    }
    criu::contents::check_pages(images)
        .err()
        .map(|error| error.to_string())
}
