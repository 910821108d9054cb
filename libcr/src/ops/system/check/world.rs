//! What a host holds that carries the id of a container: read before the rows are, so that whatever
//! is made meanwhile has its row by then.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use network::cni::Attached;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::id::is_full_id;
use crate::monitor::client;
use crate::runtime::Runtime;
use crate::sys::{cgroup, mount, proc};

/// OCI runtimes whose state is looked at, beside those of containers that there are.
pub(super) const RUNTIMES: [&str; 2] = ["crun", "runc"];

/// Something that carries the id of a container.
#[derive(Debug, Clone)]
pub(super) enum Thing {
    /// Processes or the cgroup for them.
    Cgroup,
    /// The runtime knows it.
    Runtime(Runtime),
    /// A monitor.
    Monitor(i32),
    /// Something is mounted here.
    Mount(PathBuf),
    /// A network namespace is bound, or only the file for it is there.
    Namespace,
    /// CNI's plugins were told of it.
    Attachment(Attached),
    /// Files: `<root>/containers/<id>` or `<root>/checkpoints/<id>`.
    Directory(PathBuf),
    /// What its monitor wrote.
    RunFiles(PathBuf),
    /// A lock's file in `<run>/locks`.
    Lock {
        /// Its name.
        name: String,
        /// Its number, which tells it from a later one of this name.
        inode: u64,
    },
}

/// What is there, and who it may belong to.
#[derive(Debug, Default)]
pub(super) struct World {
    /// Ids of the containers that the database knows.
    pub known: BTreeSet<String>,
    /// What belongs to none of them, by id.
    pub strangers: BTreeMap<String, Vec<Thing>>,
    /// Monitors by the id that they were started for.
    pub monitors: BTreeMap<String, Vec<i32>>,
}

impl World {
    /// Looks around.
    pub fn look(engine: &Engine) -> Result<Self> {
        let config = &engine.config;
        let mut things: Vec<(String, Thing)> = Vec::new();
        let mut add = |id: String, thing: Thing| things.push((id, thing));
        let mut monitors: BTreeMap<String, Vec<i32>> = BTreeMap::new();
        for (id, pid) in client::all()? {
            if is_of_root(engine, pid) {
                monitors.entry(id.clone()).or_default().push(pid);
                add(id, Thing::Monitor(pid));
            }
        }
        let of_pods = cgroup::pods().into_iter();
        let of_pods =
            of_pods.flat_map(|pod| cgroup::names_below(&format!("{}/{pod}", cgroup::PARENT)));
        let alone = cgroup::names_below(cgroup::PARENT).into_iter();
        for id in alone.chain(of_pods).filter(is_id) {
            add(id, Thing::Cgroup);
        }
        let mut runtimes: BTreeSet<String> = RUNTIMES.map(str::to_owned).into();
        for container in engine.store.rows().containers()? {
            runtimes.insert(container.config.runtime);
        }
        for runtime in runtimes.iter().filter_map(|name| Runtime::find(name).ok()) {
            for id in names(&runtime.state).into_iter().filter(is_id) {
                if is_ours(engine, &runtime, &id) {
                    add(id, Thing::Runtime(runtime.clone()));
                }
            }
        }
        for point in BTreeSet::from_iter(mount::points()) {
            let below = point.strip_prefix(engine.config.root.join("containers"));
            let id = below.ok().and_then(|path| path.components().next());
            if let Some(id) = id.and_then(|id| id.as_os_str().to_str()) {
                add(id.to_owned(), Thing::Mount(point.clone()));
            }
        }
        let netns = config.netns("x");
        for id in names(netns.parent().unwrap_or(Path::new("/")))
            .into_iter()
            .filter(is_id)
        {
            add(id, Thing::Namespace);
        }
        for attached in network::Cni::new(config.root.join("cni")).attached() {
            add(attached.container.clone(), Thing::Attachment(attached));
        }
        for folder in ["containers", "checkpoints"] {
            let folder = config.root.join(folder);
            for name in names(&folder).into_iter().filter(|name| !hidden(name)) {
                add(name.clone(), Thing::Directory(folder.join(name)));
            }
        }
        for folder in ["containers", "exits"] {
            let folder = config.run_root.join(folder);
            for name in names(&folder) {
                add(name.clone(), Thing::RunFiles(folder.join(name)));
            }
        }
        let locks = config.run_root.join("locks");
        for name in names(&locks) {
            let id = name.strip_suffix(".health").unwrap_or(&name).to_owned();
            if let Ok(facts) = fs::metadata(locks.join(&name)) {
                let inode = facts.ino();
                add(id, Thing::Lock { name, inode });
            }
        }
        // The rows last: see above.
        let rows = engine.store.rows();
        let known: BTreeSet<String> = rows
            .containers()?
            .into_iter()
            .map(|container| container.config.id)
            .collect();
        let mut strangers: BTreeMap<String, Vec<Thing>> = BTreeMap::new();
        for (id, thing) in things {
            if !known.contains(&id) {
                strangers.entry(id).or_default().push(thing);
            }
        }
        Ok(Self {
            known,
            strangers,
            monitors,
        })
    }
}

/// Whether a monitor was started by an engine with this root: its command line names the bundle.
pub(super) fn is_of_root(engine: &Engine, monitor: i32) -> bool {
    let containers = engine.config.root.join("containers");
    let words = proc::arguments(monitor);
    words
        .iter()
        .any(|word| Path::new(word).starts_with(&containers))
}

/// Whether what a runtime knows by this id is a container of this root: other engines use the same
/// runtimes.
pub(super) fn is_ours(engine: &Engine, runtime: &Runtime, id: &str) -> bool {
    let bundle = runtime.bundle_of(id);
    bundle.is_some_and(|bundle| bundle.starts_with(engine.config.root.join("containers")))
}

/// Names in a directory; none where it isn't there.
pub(super) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn hidden(name: &str) -> bool {
    name.starts_with('.')
}

#[allow(clippy::ptr_arg)] // for `filter` over owned names
fn is_id(name: &String) -> bool {
    is_full_id(name)
}
