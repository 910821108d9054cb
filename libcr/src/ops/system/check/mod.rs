//! `system check`: compares what the database says with what is on disk and in the kernel, both
//! ways, and repairs what is out of step.
//!
//! A container is judged under its lock, by its record as read then; one whose lock can't be had is
//! in use and left alone. What is there and belongs to no row is looked for before the rows are
//! read, and looked at again under the lock of its id: what is just being made or removed has a row,
//! an open operation, or is gone by then. Repairs are the steps that operations use, each by itself:
//! killed in between, the next check goes on.
//!
//! What may be the only copy of somebody's memory or files is never deleted: it goes to
//! `<root>/lost+found/`. Processes are ended with `force` alone.

mod collected;
mod containers;
mod database;
mod files;
mod frozen;
mod images;
mod life;
mod network;
mod pods;
mod strangers;
mod volumes;
mod world;

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::damage::{Damage, DamageReport, Fate};
use crate::store::lock::ContainerLock;
use crate::sys::dir::{at, sync_parent};
use crate::sys::machine;

use collected::Collected;
use world::World;

/// Podman's default of `--max`.
pub const DEFAULT_MAX_AGE: Duration = Duration::from_hours(24);

/// How long a container's lock is waited for before it counts as in use.
const PATIENCE: Duration = Duration::from_millis(200);

/// What is compared, in this order, and what can be said of it where nothing is out of step.
pub const SUBJECTS: [(&str, &str); 9] = [
    (
        "database",
        "its file is sound and every row has what it names",
    ),
    (
        "operations",
        "nothing is left of operations whose engine was killed",
    ),
    (
        "containers",
        "every container has its files, every directory its container",
    ),
    (
        "checkpoints",
        "every checkpoint has its images, every directory its row",
    ),
    (
        "processes",
        "what should run does, with its monitor; nothing else does",
    ),
    (
        "cgroups",
        "every cgroup has its container, none stands still",
    ),
    ("mounts", "what should be mounted is, nothing else"),
    (
        "network",
        "namespaces, addresses, rules and interfaces are those of containers",
    ),
    (
        "storage",
        "every image has its layers, every volume its directory",
    ),
];

/// How a check is made. Names and meaning of the flags are Podman's.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// `--quick`: digests and the memory of checkpoints are not read.
    pub quick: bool,
    /// `--repair`: what is out of step is repaired.
    pub repair: bool,
    /// `--force`: also where processes end or containers go with it.
    pub force: bool,
    /// `--max`: layers and blobs of no image that are younger may be of one that is just being
    /// loaded.
    pub max_age: Duration,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self {
            quick: false,
            repair: false,
            force: false,
            max_age: DEFAULT_MAX_AGE,
        }
    }
}

/// Compares, and repairs where it is asked to. After repairs it looks once more: what is out of
/// step only then is told too.
///
/// # Errors
/// The database can't be read. A repair that fails is a row of the report.
pub fn check(engine: &Engine, options: &CheckOptions) -> Result<DamageReport> {
    let mut report = look(engine, options)?;
    let tried = |row: &Damage| matches!(row.result, Fate::Repaired | Fate::Failed);
    if options.repair && report.0.iter().any(tried) {
        let only_look = CheckOptions {
            repair: false,
            ..options.clone()
        };
        for row in look(engine, &only_look)?.0 {
            let known = |old: &Damage| old.what == row.what && old.result != Fate::Repaired;
            if row.result == Fate::Damaged && !report.0.iter().any(known) {
                report.0.push(row);
            }
        }
    }
    let place = |row: &Damage| SUBJECTS.iter().position(|(check, _)| *check == row.check);
    report.0.sort_by_key(place);
    Ok(report)
}

fn look(engine: &Engine, options: &CheckOptions) -> Result<DamageReport> {
    let mut report = DamageReport::default();
    let mut found = Collected::default();
    // First: the rest needs rows that can be read.
    database::check(engine, options, &mut found)?;
    found.settle(options, &mut report);
    let world = World::look(engine)?;
    for id in &world.known {
        containers::check(engine, id, &world, options, &mut report)?;
    }
    for (id, things) in &world.strangers {
        strangers::check(engine, id, things, options, &mut report)?;
    }
    for subject in [
        images::check,
        volumes::check,
        network::check_shared,
        pods::check,
    ] {
        let mut found = Collected::default();
        subject(engine, options, &mut found)?;
        found.settle(options, &mut report);
    }
    Ok(report)
}

/// The lock of an id, if it can be had soon.
fn try_lock(engine: &Engine, id: &str) -> Result<Option<ContainerLock>> {
    let locks = engine.config.run_root.join("locks");
    Ok(ContainerLock::acquire_within(&locks, id, PATIENCE)?)
}

/// Moves what belongs to nobody to `<root>/lost+found/`, where a user may look for what it was.
fn keep_aside(engine: &Engine, path: &Path) -> Result<()> {
    let directory = engine.config.root.join("lost+found");
    fs::create_dir_all(&directory).map_err(at("make", &directory))?;
    fs::set_permissions(
        &directory,
        std::os::unix::fs::PermissionsExt::from_mode(0o700),
    )
    .map_err(at("protect", &directory))?;
    let below = path.strip_prefix(&engine.config.root).unwrap_or(path);
    let name: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    // The time keeps two of the same name apart.
    let time = machine::now();
    let place = directory.join(format!("{}-{time}", name.join("-")));
    fs::rename(path, &place).map_err(at("move away", path))?;
    sync_parent(&place)?;
    tracing::info!(from = %path.display(), to = %place.display(), "kept in lost+found");
    Ok(())
}
