//! Open files and what CRIU makes for them: by paths that stay inside, with no more access than a
//! process could get, and no device.

use std::path::Path;

use super::mounts::{PROC, READ_ONLY, TMPFS, covers, flags, key};
use super::{DEVICES, Limits, NEVER, Origin, is_plain, shown};
use crate::criu::contents::demands::{Demands, Device, Mount, Opened, Regular};

/// `fd_types` of CRIU's `fdinfo.proto` that need a capability: which, and what to call them.
const PRIVILEGED: [(u32, &[&str], &str); 4] = [
    (10, &["CAP_NET_RAW"], "a packet socket"),
    (12, &["CAP_SYS_ADMIN"], "a fanotify group"),
    (15, &["CAP_NET_ADMIN"], "a tunnel device"),
    (19, &["CAP_BPF", "CAP_SYS_ADMIN"], "a BPF map"),
];
/// A file that a plugin of CRIU opens.
const EXTERNAL: u32 = 16;
/// The last kind that is known.
const LAST: u32 = 20;

/// `O_ACCMODE`; `O_CREAT`, `O_EXCL` and `O_TRUNC`, which no open file has. `O_TMPFILE` one may have, and
/// CRIU takes it away (`do_open_reg_noseek_flags`).
const WRITES: u32 = 3;
const MAKES: u32 = 0x40 | 0x80 | 0x200;
/// `S_IFMT` and kinds in it.
const KIND: u32 = 0o170_000;
const CHARACTERS: u32 = 0o020_000;
const BLOCK: u32 = 0o060_000;
const PIPE: u32 = 0o010_000;
const SOCKET: u32 = 0o140_000;

/// Files of /proc that tell of the whole host to whoever could open them.
const OF_THE_HOST: [&str; 4] = ["kallsyms", "kcore", "kmsg", "vmcore"];
/// Images in which CRIU had open files before 3.0, one for each kind of file.
const OLD: [&str; 12] = [
    "reg-files.img",
    "ext-files.img",
    "ns-files.img",
    "inotify.img",
    "inotify-wd.img",
    "fanotify.img",
    "fanotify-mark.img",
    "unixsk.img",
    "inetsk.img",
    "packetsk.img",
    "tunfile.img",
    "tty.img",
];

pub(super) fn check(demands: &Demands, limits: &mut Limits<'_>) {
    if limits.origin != Origin::Host
        && let Some(name) = demands
            .names
            .iter()
            .find(|name| OLD.contains(&name.as_str()))
    {
        limits.excess(
            name,
            "images of CRIU before 3.0 are not understood here",
            NEVER,
        );
    }
    let tree = Tree::new(demands);
    for file in &demands.files {
        if let Some(what) = judge(file, &tree, limits) {
            limits.excess("files.img", format!("file {}: {what}", file.id), NEVER);
        }
    }
    for task in &demands.tasks {
        for (id, open_flags) in &task.mapped {
            let file = demands.files.iter().find(|file| file.id == *id);
            let Some(regular) = file.and_then(|file| file.regular.as_ref()) else {
                continue;
            };
            let opened = Regular {
                flags: *open_flags,
                ..regular.clone()
            };
            if let Some(what) = access(&opened, &tree, limits) {
                let what = format!("process {} has file {id} in its memory: {what}", task.pid);
                limits.excess(format!("mm-{}.img", task.pid), what, NEVER);
            }
        }
    }
    for (number, ghost) in &demands.ghosts {
        let block = ghost.mode & KIND == BLOCK;
        let device = Device {
            block,
            major: ghost.device >> 8 & 0xfff,
            minor: ghost.device & 0xff | ghost.device >> 12 & 0xf_ff00,
        };
        if (block || ghost.mode & KIND == CHARACTERS) && !limits.may_have_node(device) {
            let what = format!("it is a node of the {}", named(device));
            limits.excess(format!("ghost-file-{number:x}.img"), what, DEVICES);
        }
    }
    for (image, tarball) in &demands.tarballs {
        let mut devices = tarball.devices.iter();
        if let Some((path, device)) = devices.find(|(_, device)| !limits.may_have_node(*device)) {
            let what = format!(
                "{} in it is a node of the {}",
                path.display(),
                named(*device)
            );
            limits.excess(image, what, DEVICES);
        }
    }
    remaps(demands, &tree, limits);
}

fn named(device: Device) -> String {
    let kind = if device.block { "block" } else { "character" };
    format!("{kind} device {}:{}", device.major, device.minor)
}

/// The mounts of the first process.
struct Tree<'a> {
    mounts: Vec<&'a Mount>,
    own: &'a [Mount],
}

impl<'a> Tree<'a> {
    fn new(demands: &'a Demands) -> Self {
        let first = demands.tasks.first().and_then(|task| task.spaces);
        let own = first.and_then(|spaces| demands.mounts.get(&spaces.mount));
        Self {
            mounts: demands.mounts.values().flatten().collect(),
            own: own.map_or(&[], Vec::as_slice),
        }
    }

    /// The mount that a path leads to, where no link is on the way.
    fn at(&self, path: &[u8]) -> Option<&'a Mount> {
        let above = self.own.iter().filter(|mount| covers(&mount.place, path));
        above.max_by_key(|mount| mount.place.len())
    }

    /// Those that CRIU may take a file from.
    fn of(&self, file: &Regular) -> impl Iterator<Item = &'a Mount> {
        let told = file.mount.and_then(|id| u32::try_from(id).ok());
        let told = self
            .mounts
            .iter()
            .copied()
            .filter(move |mount| Some(mount.id) == told);
        told.chain(self.at(&file.name))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

fn judge(file: &Opened, tree: &Tree<'_>, limits: &Limits<'_>) -> Option<String> {
    let lacks = |words: &[&str]| !words.iter().any(|word| limits.has(word));
    let privileged = PRIVILEGED.iter().find(|(kind, ..)| *kind == file.kind);
    if let Some((_, words, name)) = privileged.filter(|(_, words, _)| lacks(words)) {
        return Some(format!(
            "{name}, for which the container has no {}",
            words.join(" or ")
        ));
    }
    if file.raw && lacks(&["CAP_NET_RAW"]) {
        return Some("a raw socket, for which the container has no CAP_NET_RAW".into());
    }
    let tells_no_path = file.by_handle && limits.origin != Origin::Host;
    if tells_no_path && lacks(&["CAP_DAC_READ_SEARCH"]) {
        return Some("it watches a file by a handle alone, which may be any of the host's".into());
    }
    if file.kind == EXTERNAL || file.kind > LAST {
        return Some(format!(
            "a file of kind {}, which no container has",
            file.kind
        ));
    }
    let regular = file.regular.as_ref()?;
    let name = shown(&regular.name);
    if regular.external {
        return Some(format!("{name} is opened outside of the container"));
    }
    if !is_plain(&regular.name) {
        return Some(format!("{name} leads elsewhere"));
    }
    access(regular, tree, limits)
}

/// What a process may not have opened.
fn access(file: &Regular, tree: &Tree<'_>, limits: &Limits<'_>) -> Option<String> {
    let name = shown(&file.name);
    if file.flags & MAKES != 0 {
        return Some(format!("{name} would be made or emptied"));
    }
    let on_proc = tree.at(&file.name).filter(|mount| mount.kind == PROC);
    let inner = on_proc.and_then(|mount| file.name.strip_prefix(mount.place.as_slice()));
    let inner = inner.and_then(|inner| inner.strip_prefix(b"/"));
    let secret = inner.is_some_and(|inner| OF_THE_HOST.iter().any(|one| one.as_bytes() == inner));
    let may_look = ["CAP_SYSLOG", "CAP_SYS_RAWIO", "CAP_SYS_ADMIN"];
    if secret && !may_look.iter().any(|word| limits.has(word)) {
        return Some(format!("{name} tells of the whole host"));
    }
    // A mount that forbids writing forbids it for devices and sockets not.
    let node = matches!(file.mode & KIND, CHARACTERS | BLOCK | PIPE | SOCKET);
    if file.flags & WRITES == 0 || node || limits.may_mount() {
        return None;
    }
    // CRIU makes such mounts writable for a moment.
    let protected = tree.of(file).find(|mount| flags(mount) & READ_ONLY != 0);
    protected.map(|mount| {
        format!(
            "{name} is open for writing on the read-only mount {}",
            shown(&mount.place)
        )
    })
}

/// Paths at which CRIU makes or removes files, below memory file systems; below others see
/// [`super::places`].
fn remaps(demands: &Demands, tree: &Tree<'_>, limits: &mut Limits<'_>) {
    if let Some(odd) = demands
        .remaps
        .iter()
        .find(|remap| remap.kind.unwrap_or(0) > 2)
    {
        let what = format!("file {} comes from a place that is not known", odd.file);
        limits.excess("remap-fpath.img", what, NEVER);
    }
    for path in paths(demands) {
        let Some(mount) = tree
            .at(path)
            .filter(|mount| mount.kind == TMPFS && key(mount).is_none())
        else {
            continue;
        };
        let images = [
            format!("tmpfs-dev-{}.tar.gz.img", mount.device),
            format!("tmpfs-{}.tar.gz.img", mount.id),
        ];
        let inner = path
            .strip_prefix(mount.place.as_slice())
            .unwrap_or_default();
        let inner = String::from_utf8_lossy(inner)
            .trim_start_matches('/')
            .to_owned();
        let above = || Path::new(&inner).ancestors().skip(1);
        let mut tarballs = images
            .iter()
            .filter_map(|image| demands.tarballs.get(image));
        if tarballs.any(|tarball| above().any(|step| tarball.links.contains(step))) {
            let what = format!("{} leads through a link", shown(path));
            limits.excess("remap-fpath.img", what, NEVER);
        }
    }
}

/// The paths at which CRIU makes files anew or removes links that it made.
pub(super) fn paths(demands: &Demands) -> impl Iterator<Item = &[u8]> {
    /// Kinds of `remap-fpath.img`.
    const LINKED: u32 = 0;
    const GHOST: u32 = 1;
    let name = |id: u32| {
        let file = demands.files.iter().find(|file| file.id == id);
        file.and_then(|file| Some(file.regular.as_ref()?.name.as_slice()))
    };
    demands.remaps.iter().flat_map(move |remap| {
        let (file, by) = match remap.kind.unwrap_or(LINKED) {
            LINKED => (name(remap.file), name(remap.by)),
            GHOST => (name(remap.file), None),
            _ => (None, None),
        };
        file.into_iter().chain(by)
    })
}
