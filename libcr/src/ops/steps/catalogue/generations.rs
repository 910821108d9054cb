//! Memory that the checkpoints of a container share: `<root>/checkpoints/<container>/memory-N-ID/`
//! ([`crate::criu::generations`]), each with the index of its pages beside them.
//!
//! Who uses a generation is read from the links of the checkpoints that have a row, never counted:
//! what none of them leads to is of nobody, and goes. Callers hold the container's lock.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags};
use serde::{Deserialize, Serialize};

use super::{Destination, listed, own_directory};
use crate::archive::layout;
use crate::criu::generations::{self, INDEX, Index, IndexWriter, Memory, Name, Split, Usage};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::catalogue::NamedCheckpoint;
use crate::sys::dir::{at, remove_dir_if_present, remove_file_if_present};
use crate::sys::{fault, machine};

/// Where the images of a checkpoint are put together that has its pages elsewhere.
const EMPTIED: &str = "checkpoint.shared";

/// What is kept with an index.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
struct Label {
    /// Pages in all files of the chain.
    chain: u64,
}

/// A generation that others can build upon.
struct Earlier {
    name: Name,
    index: Index,
    label: Label,
}

/// Moves the pages of a finished dump into a generation, and keeps those only that the newest
/// generation of the container has not. Until the last step, and after it, the images are whole.
///
/// # Errors
/// When pages can't be read or written. What was made of a generation is of nobody then, and goes
/// with [`reclaim`].
pub fn share(engine: &Engine, container: &str, place: &Destination, images: &Path) -> Result<()> {
    let own = own_directory(engine, container);
    let earlier = newest(engine, container)?;
    let mut index = IndexWriter::begin(&place.partial.join(INDEX))?;
    let memory = Memory::read(images)?;
    let index_of = earlier.as_ref().map(|earlier| &earlier.index);
    let mut split = Split::compare(memory, index_of, &mut index)?;
    let earlier = earlier
        .filter(|earlier| generations::is_worth_it(&split, &earlier.name, earlier.label.chain));
    let name = match &earlier {
        Some(earlier) if split.is_same(&earlier.index) => earlier.name.clone(),
        _ => {
            if earlier.is_none() {
                split.forget_earlier();
            }
            let number = earlier.as_ref().map_or(0, |one| one.name.number()) + 1;
            let name = Name::new(number, &crate::model::id::from_random(machine::random()?));
            let made = place.partial.join(name.as_str());
            let parent = earlier
                .as_ref()
                .map(|one| format!("../{}", one.name.as_str()));
            split.write_generation(&made, parent.as_deref())?;
            let label = Label {
                chain: earlier.as_ref().map_or(0, |one| one.label.chain) + split.changed(),
            };
            index.finish(Some(&made.join(INDEX)), &label)?;
            let named = own.join(name.as_str());
            fs::rename(&made, &named).map_err(at("rename", &made))?;
            fault::point("generation-named");
            if let Some(earlier) = earlier {
                // The next one is compared with this one.
                remove_file_if_present(&own.join(earlier.name.as_str()).join(INDEX))?;
            }
            name
        }
    };
    let emptied = place.partial.join(EMPTIED);
    split.write_emptied(&emptied, &format!("../../{}", name.as_str()))?;
    rustix::fs::renameat_with(CWD, &emptied, CWD, images, RenameFlags::EXCHANGE)
        .map_err(std::io::Error::from)
        .map_err(at("exchange", images))?;
    fault::point("memory-shared");
    forget_unfinished(&place.partial)?;
    Ok(())
}

/// Removes what a broken [`share`] left in the directory of a checkpoint, and what it had no more
/// use for when it was done.
pub fn forget_unfinished(home: &Path) -> Result<()> {
    remove_dir_if_present(&home.join(EMPTIED))?;
    remove_file_if_present(&home.join(format!("{INDEX}.partial")))?;
    for name in names(home)? {
        if Name::parse(&name).is_some() {
            remove_dir_if_present(&home.join(name))?;
        }
    }
    Ok(())
}

/// The newest generation that a checkpoint has as its own: all its pages are there.
fn newest(engine: &Engine, container: &str) -> Result<Option<Earlier>> {
    let own = own_directory(engine, container);
    for checkpoint in engine.store.rows().checkpoints_of(container)?.iter().rev() {
        let images = listed(engine, checkpoint).join(layout::CHECKPOINT);
        let Some(name) = generations::above(&images) else {
            continue;
        };
        let directory = own.join(name.as_str());
        if generations::chain(&images).is_err() {
            continue;
        }
        let path = directory.join(INDEX);
        let known = Index::open(&path);
        let index = match known {
            Some(index) => Some(index),
            None => index_anew(&directory, &path)?,
        };
        if let Some(index) = index {
            let label = index.label().unwrap_or_default();
            return Ok(Some(Earlier { name, index, label }));
        }
    }
    Ok(None)
}

/// Reads a generation whose index is lost.
fn index_anew(directory: &Path, path: &Path) -> Result<Option<Index>> {
    let memory = match Memory::read(directory) {
        Ok(memory) => memory,
        Err(error) => {
            tracing::warn!(%error, "a generation of memory is of no use");
            return Ok(None);
        }
    };
    let mut chain = 0;
    let above = generations::chain(directory).unwrap_or_default();
    let above = above.into_iter().map(|(_, path)| path);
    for directory in above.chain([directory.to_owned()]) {
        chain += crate::criu::images::memory_bytes(&directory)?;
    }
    let mut index = IndexWriter::begin(path)?;
    Split::compare(memory, None, &mut index)?;
    let label = Label {
        chain: chain / rustix::param::page_size() as u64,
    };
    index.finish(None, &label)?;
    Ok(Index::open(path))
}

/// Who uses what among the checkpoints of a container.
struct Uses {
    usage: Usage,
    /// Generations by name, each with the numbers of the checkpoints that lead to it.
    generations: BTreeMap<String, Vec<usize>>,
}

fn uses(engine: &Engine, checkpoints: &[NamedCheckpoint]) -> Result<Uses> {
    let mut found = Uses {
        usage: Usage::default(),
        generations: BTreeMap::new(),
    };
    for (number, checkpoint) in checkpoints.iter().enumerate() {
        let images = listed(engine, checkpoint).join(layout::CHECKPOINT);
        if generations::above(&images).is_none() {
            continue;
        }
        let chain = generations::chain(&images).map_err(|missing| {
            let name = &checkpoint.name;
            Error::Invalid(format!("memory of checkpoint {name} is gone: {missing}"))
        })?;
        for (name, _) in chain {
            let users = found.generations.entry(name.as_str().to_owned());
            users.or_default().push(number);
        }
        found.usage.add(number, &Memory::read(&images)?);
    }
    Ok(found)
}

/// Gives back what no checkpoint of a container reads: generations that none leads to, and pages
/// in those that stay. Broken off and called again, it goes on.
///
/// While the memory of a checkpoint is not whole nothing is touched: `system check` names it.
///
/// # Errors
/// When the disk fails.
pub fn reclaim(engine: &Engine, container: &str) -> Result<()> {
    let own = own_directory(engine, container);
    let there: Vec<String> = names(&own)?
        .into_iter()
        .filter(|name| is_ours(name))
        .collect();
    if there.is_empty() {
        return Ok(());
    }
    let checkpoints = engine.store.rows().checkpoints_of(container)?;
    let uses = match uses(engine, &checkpoints) {
        Ok(uses) => uses,
        Err(error) => {
            tracing::warn!(%error, "nothing is given back of the memory that checkpoints share");
            return Ok(());
        }
    };
    // What builds upon another goes before it: no chain is ever cut.
    let (kept, mut doomed): (Vec<&String>, Vec<&String>) = there
        .iter()
        .partition(|name| uses.generations.contains_key(*name));
    doomed.sort_by_key(|name| std::cmp::Reverse(Name::parse(name).map(|name| name.number())));
    for name in doomed {
        let path = own.join(name);
        let removed = own.join(format!(".{}.removed", name.trim_matches('.')));
        if Name::parse(name).is_some() {
            remove_dir_if_present(&removed)?;
            fs::rename(&path, &removed).map_err(at("remove", &path))?;
            fault::point("generation-unnamed");
            remove_dir_if_present(&removed)?;
        } else {
            remove_dir_if_present(&path)?;
        }
    }
    for name in kept {
        let directory = own.join(name);
        for file in names(&directory)? {
            if layout::is_pages(&file) {
                // As the places of pages are named: by where they are in the end.
                let path = directory.join(file);
                let path = fs::canonicalize(&path).map_err(at("find", &path))?;
                uses.usage.punch(&path)?;
                fault::point("pages-freed");
            }
        }
    }
    Ok(())
}

/// The names of generations of a container that no checkpoint leads to; nothing while the memory of
/// a checkpoint is not whole.
///
/// # Errors
/// When the store can't be read.
pub fn unused(engine: &Engine, container: &str) -> Result<Vec<String>> {
    let checkpoints = engine.store.rows().checkpoints_of(container)?;
    let Ok(uses) = uses(engine, &checkpoints) else {
        return Ok(Vec::new());
    };
    let there = names(&own_directory(engine, container))?.into_iter();
    let lost = |name: &String| is_ours(name) && !uses.generations.contains_key(name);
    Ok(there.filter(lost).collect())
}

/// Of the checkpoints of one container, in their order: bytes that would be free without it, and bytes
/// that it shares with others.
///
/// # Errors
/// When a directory can't be read.
pub fn shares(
    engine: &Engine,
    container: &str,
    checkpoints: &[NamedCheckpoint],
) -> Result<Vec<(u64, u64)>> {
    let own = own_directory(engine, container);
    let plain = |checkpoint: &NamedCheckpoint| (checkpoint.size, 0);
    let Ok(uses) = uses(engine, checkpoints) else {
        return Ok(checkpoints.iter().map(plain).collect());
    };
    let own_path = fs::canonicalize(&own).unwrap_or_else(|_| own.clone());
    let is_below = |path: &Path| path.parent().and_then(Path::parent) == Some(&own_path);
    let mut shares = uses.usage.shares(checkpoints.len(), is_below);
    for (name, users) in &uses.generations {
        let directory = own.join(name);
        let lists = names(&directory)?
            .into_iter()
            .filter(|file| !layout::is_pages(file));
        let bytes: u64 = lists
            .filter_map(|file| directory.join(file).symlink_metadata().ok())
            .map(|facts| facts.len())
            .sum();
        for user in users {
            if let Some(share) = shares.get_mut(*user) {
                let part = if users.len() == 1 {
                    &mut share.0
                } else {
                    &mut share.1
                };
                *part += bytes;
            }
        }
    }
    for (number, (checkpoint, share)) in checkpoints.iter().zip(&mut shares).enumerate() {
        let builds = uses
            .generations
            .values()
            .any(|users| users.contains(&number));
        share.0 += if builds {
            super::record::bytes_below(&listed(engine, checkpoint)).unwrap_or(0)
        } else {
            checkpoint.size
        };
    }
    Ok(shares)
}

/// A generation, or one on its way out.
pub fn is_ours(name: &str) -> bool {
    let doomed = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".removed"));
    Name::parse(doomed.unwrap_or(name)).is_some()
}

fn names(directory: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(at("list", directory))?,
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    Ok(names.filter_map(|name| name.into_string().ok()).collect())
}
