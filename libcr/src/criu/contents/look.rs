//! A look into images as people want it: all that is understood of them, and where that ends.

use std::collections::{BTreeMap, BTreeSet};

use super::super::messages::{Inventory, Process as Tree};
use super::super::wire;
use super::areas::{self, Shared, Space};
use super::files::{FileTable, Opened};
use super::known;
use super::messages::{Core, Credentials, Place, TaskIds};
use super::source::{ImageSource, Images, join};
use super::words::{Places, Wanted};
use super::{pagemap, state};
use crate::model::shown::{Memory, OpenFile, Process, SharedMemory, Socket};

/// The key of the page size in an auxiliary vector (Linux `AT_PAGESZ`).
const PAGE_SIZE: u64 = 6;
/// What an x86 has, and most others.
const USUAL_PAGE: u64 = 4096;

/// What images tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// By process id.
    pub processes: Vec<Process>,
    /// Once each, by number.
    pub shared_memory: Vec<SharedMemory>,
    /// Architecture in OCI's words; empty when it can't be told.
    pub architecture: &'static str,
    /// Established TCP connections are in it.
    pub tcp_established: bool,
    /// File locks are in it.
    pub file_locks: bool,
    /// Where understanding ends, a sentence each.
    pub unclear: Vec<String>,
}

impl Look {
    /// Looks into images.
    pub fn into(source: &mut dyn ImageSource, environment: bool) -> Self {
        let mut images = Images::new(source);
        let root = images.source().root();
        let mut look = Self::default();
        look.whole(&mut images, &root);
        let mut tasks = Tasks::read(&mut images, &root);
        look.architecture = tasks.architecture;
        look.shared_memory = tasks.shared_memory(&mut images, &root);
        let mut wanted = Wanted::default();
        let page = tasks.page;
        let mut places = Vec::new();
        for task in &mut tasks.list {
            let name = task.process.pid.to_string();
            let runs = pagemap::runs(&mut images, &name, page);
            let space = std::mem::take(&mut task.space);
            places.push(wanted.add(&space.facts, &runs, page, environment));
            task.process.memory = areas::by_kind(space.areas, &runs, page);
        }
        let read = wanted.read(&mut images);
        let finish = |(task, places): (Task, Places)| Process {
            arguments: read.arguments(&places),
            environment: environment.then(|| read.environment(&places)),
            ..task.process
        };
        look.processes = tasks.list.into_iter().zip(places).map(finish).collect();
        look.unclear = images.wrong.iter().map(ToString::to_string).collect();
        look.unclear.append(&mut images.notes);
        look
    }

    /// What is told by the inventory and by which images there are.
    fn whole(&mut self, images: &mut Images<'_>, root: &str) {
        let inventory: Option<Inventory> =
            images.required(&join(root, "inventory.img"), wire::INVENTORY);
        if let Some(version) = inventory.map(|inventory| inventory.img_version)
            && !known::VERSIONS.contains(&version)
        {
            images.note(format!(
                "CRIU's images are of version {version}, which is not known here"
            ));
        }
        for (name, len) in images.source().list(root) {
            self.tcp_established |= name.starts_with("tcp-stream-");
            self.file_locks |= name == "filelocks.img" && len > wire::HEADER as u64;
            if !known::is_known(&name) {
                images.remark(
                    &join(root, &name),
                    "an image of a kind that is not known here",
                );
            }
        }
    }
}

/// A process that is being read.
#[derive(Debug, Default)]
struct Task {
    process: Process,
    space: Space,
}

/// All processes, without what is in their memory.
#[derive(Debug)]
struct Tasks {
    list: Vec<Task>,
    table: FileTable,
    architecture: &'static str,
    /// Bytes of a page.
    page: u64,
}

impl Tasks {
    fn read(images: &mut Images<'_>, root: &str) -> Self {
        let mut tree: BTreeMap<u32, Tree> = BTreeMap::new();
        let image = join(root, "pstree.img");
        let there = images.each(&image, wire::PSTREE, |images, at, process: Tree| {
            let pid = process.pid;
            if tree.insert(pid, process).is_some() {
                images.remark(
                    &image,
                    &format!("at byte {at}: process {pid} is there twice"),
                );
            }
            images.may_grow()
        });
        if !there {
            images.missing(&image);
        }
        let mut tasks = Self {
            list: Vec::new(),
            table: FileTable::read(images),
            architecture: "",
            page: USUAL_PAGE,
        };
        for (_, process) in tree {
            let task = tasks.task(images, root, &process);
            tasks.list.push(task);
        }
        tasks
    }

    fn task(&mut self, images: &mut Images<'_>, root: &str, tree: &Tree) -> Task {
        let pid = tree.pid;
        let own = |kind: &str| join(root, &format!("{kind}-{pid}.img"));
        let mut process = Process {
            pid,
            parent: tree.ppid,
            group: tree.pgid,
            session: tree.sid,
            threads: tree.threads.len().max(1),
            ..Process::default()
        };
        let mut task = Task::default();
        let Some(core) = images.required::<Core>(&own("core"), wire::CORE) else {
            task.process = process;
            return task;
        };
        if self.architecture.is_empty() {
            self.architecture = known::architecture(core.architecture);
        }
        let facts = core.task.unwrap_or_default();
        process.command = images.keep(&String::from_utf8_lossy(&facts.command));
        process.state.push_str(state(facts.state));
        if process.state == "unknown" {
            images.remark(
                &own("core"),
                &format!("a state that is not known ({})", facts.state),
            );
        }
        let inner = core.thread.and_then(|thread| thread.credentials);
        let credentials = inner.or_else(|| images.first::<Credentials>(&own("creds"), wire::CREDS));
        let credentials = credentials.unwrap_or_default();
        process.user = credentials.effective_user;
        process.group_id = credentials.effective_group;
        let ids = images.first::<TaskIds>(&own("ids"), wire::IDS).or(core.ids);
        if process.state != "zombie" {
            if let Some(place) = images.required::<Place>(&own("fs"), wire::FS) {
                process.working_directory = images.keep(self.table.path(place.working_directory));
            }
            if let Some(ids) = ids {
                for (fd, opened) in self.table.of(images, ids.files) {
                    open(images, &mut process, fd, opened);
                }
            }
            let before = images.wrong.len();
            match Space::read(images, pid) {
                Some(space) => task.space = space,
                None if images.wrong.len() == before => images.missing(&own("mm")),
                None => {}
            }
            let facts = &task.space.facts;
            process.executable = images.keep(self.table.path(facts.executable));
            self.page = page_size(&facts.auxiliary).unwrap_or(self.page);
            for area in &task.space.areas {
                if area.kind() == Some("other") {
                    let what = format!(
                        "an area of a kind that is not known (status {:#x})",
                        area.status
                    );
                    images.remark(&own("mm"), &what);
                }
            }
        }
        task.process = process;
        task
    }

    /// Memory that several may share: what is mapped, then what is stored without being mapped.
    fn shared_memory(&self, images: &mut Images<'_>, root: &str) -> Vec<SharedMemory> {
        let mut found: BTreeMap<u64, (BTreeSet<u32>, u64)> = BTreeMap::new();
        for task in &self.list {
            for area in &task.space.areas {
                let (number, len) = match area.shared_memory() {
                    Some(Shared::Number(number)) => {
                        (number, area.offset.saturating_add(area.len()))
                    }
                    Some(Shared::File(id)) => match self.table.content(id) {
                        Some(content) => content,
                        None => continue,
                    },
                    None => continue,
                };
                let (processes, most) = found.entry(number).or_default();
                processes.insert(task.process.pid);
                *most = (*most).max(len);
            }
        }
        for (name, _) in images.source().list(root) {
            let number = name.strip_prefix("pagemap-shmem-");
            let number = number.and_then(|rest| rest.strip_suffix(".img")?.parse().ok());
            if let Some(number) = number {
                found.entry(number).or_default();
            }
        }
        let mut memory = Vec::with_capacity(found.len());
        for (number, (processes, mapped)) in found {
            let runs = pagemap::runs(images, &format!("shmem-{number}"), self.page);
            let stored = runs.iter().filter(|run| run.image.is_some());
            let stored = stored.map(|run| run.pages * self.page).sum();
            memory.push(SharedMemory {
                processes: processes.into_iter().collect(),
                memory: Memory { mapped, stored },
            });
        }
        memory
    }
}

/// One more thing that a process has open.
fn open(images: &mut Images<'_>, process: &mut Process, fd: u32, opened: &Opened) {
    if let Some(ends) = &opened.socket {
        let socket = Socket {
            fd,
            kind: opened.kind.to_owned(),
            state: ends.state.to_owned(),
            local: images.keep(&ends.local),
            remote: images.keep(&ends.remote),
        };
        process.sockets.push(socket);
        return;
    }
    let file = OpenFile {
        fd,
        kind: opened.kind.to_owned(),
        path: images.keep(&opened.name()),
        position: opened.position,
        deleted: opened.deleted,
    };
    process.files.push(file);
}

/// The page size that a process was told.
fn page_size(auxiliary: &[u64]) -> Option<u64> {
    let mut pairs = auxiliary.chunks_exact(2);
    let size = pairs.find(|pair| pair[0] == PAGE_SIZE)?[1];
    (size.is_power_of_two() && (4096..=1 << 20).contains(&size)).then_some(size)
}
