//! Where a checkpoint goes while it is made, and how it gets its name there.
//!
//! | target | CRIU's images | the files of their instant |
//! |---|---|---|
//! | the bundle | `checkpoint.partial`, then `checkpoint` | `capture.partial`, then beside it |
//! | a pre-checkpoint | `pre-checkpoint.partial`, then `pre-checkpoint` | none |
//! | a named one | as in a bundle, in a directory made for it | as in a bundle |
//! | `--image-path D` | in D from the start | as in a bundle |
//!
//! Earlier pre-checkpoints are `pre-checkpoint-1`, `-2` …, each linked to the one before by its
//! `parent`, as CRIU wants it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::archive::layout;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::model::operation::CheckpointTarget;
use crate::ops::steps::catalogue::{Destination, generations, record};
use crate::ops::steps::freezing::capture::{self, COMPANIONS};
use crate::sys::dir::{at, remove_dir_if_present, remove_file_if_present, sync_parent};
use crate::sys::fault;

/// The link in a directory of images to those that they build upon (criu(8), `--prev-images-dir`).
const PARENT: &str = "parent";

/// Where one checkpoint goes.
#[derive(Debug, Clone)]
pub struct Place {
    bundle: PathBuf,
    target: CheckpointTarget,
    named: Option<Destination>,
}

impl Place {
    /// Of a container, as the journal has it.
    pub fn new(engine: &Engine, container: &Container, target: CheckpointTarget) -> Self {
        let named = match &target {
            CheckpointTarget::Named { id, place } => {
                Some(Destination::of(engine, container, place, id))
            }
            _ => None,
        };
        Self {
            bundle: engine.bundle(&container.config.id),
            target,
            named,
        }
    }

    /// As the journal has it.
    pub fn target(&self) -> &CheckpointTarget {
        &self.target
    }

    /// The directory that holds `checkpoint/` and its companions.
    pub fn home(&self) -> &Path {
        self.named
            .as_ref()
            .map_or(&self.bundle, |destination| &destination.partial)
    }

    /// Where a named checkpoint is made and will be.
    pub fn named(&self) -> Option<&Destination> {
        self.named.as_ref()
    }

    /// True for memory without the files of its instant: nothing that could be thawed by itself.
    pub fn is_memory_only(&self) -> bool {
        matches!(
            self.target,
            CheckpointTarget::PreCheckpoint | CheckpointTarget::Images { pre_dump: true, .. }
        )
    }

    /// Where CRIU writes.
    pub fn images(&self) -> PathBuf {
        match &self.target {
            CheckpointTarget::Bundle | CheckpointTarget::Named { .. } => {
                self.home().join("checkpoint.partial")
            }
            CheckpointTarget::PreCheckpoint => self.bundle.join("pre-checkpoint.partial"),
            CheckpointTarget::Images { directory, .. } => directory.clone(),
        }
    }

    /// Makes the directory of the images, empty, for root alone.
    pub fn prepare(&self, with_previous: bool) -> Result<()> {
        let images = self.images();
        if !matches!(self.target, CheckpointTarget::Images { .. }) {
            remove_dir_if_present(&images)?;
        }
        if let Some(destination) = &self.named {
            destination.prepare()?;
            if with_previous {
                // A named checkpoint is whole by itself: what it builds upon goes with it.
                for (name, _) in chain(&self.bundle)? {
                    link_images(&self.bundle.join(&name), &destination.partial.join(&name))?;
                }
            }
        }
        fs::create_dir_all(&images).map_err(at("make", &images))?;
        fs::set_permissions(&images, fs::Permissions::from_mode(0o700))
            .map_err(at("protect", &images))?;
        Ok(())
    }

    /// Gives a finished dump and what was captured with it their names. Done in part and broken
    /// off, it goes on from there when called again.
    pub fn promote(&self) -> Result<()> {
        match &self.target {
            CheckpointTarget::PreCheckpoint => self.promote_pre_checkpoint(),
            CheckpointTarget::Images { pre_dump: true, .. } => Ok(()),
            CheckpointTarget::Images { .. } => {
                if capture::partial(&self.bundle).exists() {
                    // The container's own images, if there were any, are of another instant.
                    self.remove_companions()?;
                    remove_dir_if_present(&self.bundle.join(layout::CHECKPOINT))?;
                }
                self.promote_companions()
            }
            CheckpointTarget::Bundle | CheckpointTarget::Named { .. } => {
                let images = self.home().join(layout::CHECKPOINT);
                let partial = self.images();
                if partial.exists() && images.exists() {
                    // An older checkpoint: its companions first, so that a break leaves no images
                    // that look whole without them.
                    self.remove_companions()?;
                    remove_dir_if_present(&images)?;
                    fault::point("older-removed");
                }
                self.promote_companions()?;
                fault::point("companions-named");
                if partial.exists() {
                    fs::rename(&partial, &images).map_err(at("rename", &partial))?;
                }
                match &self.named {
                    Some(destination) if destination.partial.exists() => {
                        generations::forget_unfinished(&destination.partial)?;
                        destination.publish(&record::read(&destination.partial)?)
                    }
                    Some(_) => Ok(()),
                    None => Ok(sync_parent(&images)?),
                }
            }
        }
    }

    fn remove_companions(&self) -> Result<()> {
        for name in COMPANIONS {
            remove_file_if_present(&self.home().join(name))?;
        }
        Ok(())
    }

    fn promote_companions(&self) -> Result<()> {
        let captured = capture::partial(self.home());
        for name in COMPANIONS {
            let from = captured.join(name);
            if from.exists() {
                let to = self.home().join(name);
                fs::rename(&from, &to).map_err(at("rename", &from))?;
            }
        }
        Ok(remove_dir_if_present(&captured)?)
    }

    fn promote_pre_checkpoint(&self) -> Result<()> {
        let (partial, newest) = (self.images(), self.bundle.join(layout::PRE_CHECKPOINT));
        if !partial.exists() {
            return Ok(());
        }
        if newest.exists() {
            let older = self.bundle.join(older(next_number(&self.bundle)?));
            fs::rename(&newest, &older).map_err(at("rename", &newest))?;
            fault::point("older-renamed");
        }
        let link = partial.join(PARENT);
        if link.is_symlink() {
            // It was made while the one before still had the newest one's name.
            let number = next_number(&self.bundle)? - 1;
            remove_file_if_present(&link)?;
            symlink(format!("../{}", older(number)), &link).map_err(at("link", &link))?;
        }
        fs::rename(&partial, &newest).map_err(at("rename", &partial))?;
        Ok(sync_parent(&newest)?)
    }

    /// Removes a dump and a capture that don't count.
    pub fn discard(&self) -> Result<()> {
        match &self.target {
            CheckpointTarget::Named { .. } => Ok(remove_dir_if_present(self.home())?),
            CheckpointTarget::Images { directory, .. } => {
                // The user's own, which was empty: it stays.
                empty(directory)?;
                Ok(remove_dir_if_present(&capture::partial(&self.bundle))?)
            }
            CheckpointTarget::Bundle | CheckpointTarget::PreCheckpoint => {
                remove_dir_if_present(&self.images())?;
                Ok(remove_dir_if_present(&capture::partial(&self.bundle))?)
            }
        }
    }
}

/// Removes what is in a directory.
fn empty(directory: &Path) -> Result<()> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(at("list", directory))?,
    };
    for entry in entries {
        let entry = entry.map_err(at("list", directory))?;
        let path = entry.path();
        if entry.file_type().map_err(at("look at", &path))?.is_dir() {
            remove_dir_if_present(&path)?;
        } else {
            remove_file_if_present(&path)?;
        }
    }
    Ok(())
}

/// Name of the earlier pre-checkpoint of this number, from 1.
fn older(number: u32) -> String {
    format!("{}-{number}", layout::PRE_CHECKPOINT)
}

/// The number that the next earlier pre-checkpoint gets.
fn next_number(bundle: &Path) -> Result<u32> {
    let numbers = chain(bundle)?.into_iter().map(|(_, number)| number);
    Ok(numbers.max().unwrap_or(0) + 1)
}

/// All pre-checkpoints of a directory: name and number, 0 for the newest.
pub fn chain(directory: &Path) -> Result<Vec<(String, u32)>> {
    let entries = fs::read_dir(directory).map_err(at("list", directory))?;
    let names = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok());
    let mut found: Vec<(String, u32)> = names
        .filter_map(|name| {
            let number = layout::pre_checkpoint_number(&name)?;
            Some((name, number))
        })
        .collect();
    found.sort_unstable_by_key(|(_, number)| *number);
    Ok(found)
}

/// Removes all pre-checkpoints of a directory.
pub fn forget_chain(directory: &Path) -> Result<()> {
    for (name, _) in chain(directory)? {
        remove_dir_if_present(&directory.join(name))?;
    }
    Ok(())
}

/// True when the images in this directory build upon those of a pre-checkpoint.
pub fn builds_on_earlier(images: &Path) -> bool {
    let link = images.join(PARENT);
    link.is_symlink() && crate::criu::generations::above(images).is_none()
}

/// The same images in another directory: hard links, which cost nothing, since nobody changes
/// them; copies on another file system.
fn link_images(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to).map_err(at("make", to))?;
    for entry in fs::read_dir(from).map_err(at("list", from))? {
        let entry = entry.map_err(at("list", from))?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if entry
            .file_type()
            .map_err(at("look at", &source))?
            .is_symlink()
        {
            let target = fs::read_link(&source).map_err(at("read", &source))?;
            symlink(target, &copy).map_err(at("link", &copy))?;
        } else if fs::hard_link(&source, &copy).is_err() {
            fs::copy(&source, &copy).map_err(at("copy", &source))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bundle: &Path, target: CheckpointTarget) -> Place {
        Place {
            bundle: bundle.to_owned(),
            target,
            named: None,
        }
    }

    fn dump(place: &Place, parent: bool) -> Result<()> {
        place.prepare(false)?;
        fs::write(place.images().join("inventory.img"), "x")?;
        if parent {
            symlink("../pre-checkpoint", place.images().join(PARENT))?;
        }
        place.promote()
    }

    #[test]
    fn a_chain_grows_and_each_link_leads_to_the_one_before() -> Result<()> {
        let bundle = tempfile::tempdir()?;
        let pre = of(bundle.path(), CheckpointTarget::PreCheckpoint);
        for round in 0..3 {
            dump(&pre, round > 0)?;
        }
        let names: Vec<String> = chain(bundle.path())?
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(
            names,
            ["pre-checkpoint", "pre-checkpoint-1", "pre-checkpoint-2"]
        );
        let target = |name: &str| fs::read_link(bundle.path().join(name).join(PARENT));
        assert_eq!(target("pre-checkpoint")?, Path::new("../pre-checkpoint-2"));
        assert_eq!(
            target("pre-checkpoint-2")?,
            Path::new("../pre-checkpoint-1")
        );
        assert!(target("pre-checkpoint-1").is_err());
        forget_chain(bundle.path())?;
        assert!(chain(bundle.path())?.is_empty());
        Ok(())
    }

    #[test]
    fn a_promotion_that_was_broken_off_goes_on() -> Result<()> {
        let bundle = tempfile::tempdir()?;
        let pre = of(bundle.path(), CheckpointTarget::PreCheckpoint);
        dump(&pre, false)?;
        pre.prepare(false)?;
        symlink("../pre-checkpoint", pre.images().join(PARENT))?;
        fs::rename(
            bundle.path().join("pre-checkpoint"),
            bundle.path().join("pre-checkpoint-1"),
        )?;
        pre.promote()?;
        let link = fs::read_link(bundle.path().join("pre-checkpoint").join(PARENT))?;
        assert_eq!(link, Path::new("../pre-checkpoint-1"));
        Ok(())
    }

    #[test]
    fn the_users_directory_stays_and_is_empty_again() -> Result<()> {
        let bundle = tempfile::tempdir()?;
        let own = tempfile::tempdir()?;
        let target = CheckpointTarget::Images {
            directory: own.path().into(),
            pre_dump: false,
        };
        let place = of(bundle.path(), target);
        place.prepare(false)?;
        fs::write(own.path().join("core-1.img"), "x")?;
        place.discard()?;
        assert_eq!(fs::read_dir(own.path())?.count(), 0);
        Ok(())
    }
}
