//! Mounts: each is one of the specification, with its protection, or hides what the specification
//! hides; else the container must be allowed to mount.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::{CAPABILITIES, Limits, NEVER, Origin, is_plain, shown};
use crate::criu::contents::demands::{Demands, Mount};

/// `MS_RDONLY`, `MS_NOSUID`, `MS_NODEV`, `MS_NOEXEC` and the words for them.
const PROTECTION: [(&str, u32); 4] = [
    ("ro", READ_ONLY),
    ("nosuid", 2),
    ("nodev", 4),
    ("noexec", 8),
];
pub(super) const READ_ONLY: u32 = 1;
/// Flags that say what a mount is like: the four above, nosymfollow, noatime, nodiratime, relatime,
/// strictatime, and the kinds of propagation. Others of `MS_*` say that something else is done: a
/// bind mount of any path, a move.
const MOUNT_FLAGS: u32 = 0xf | 1 << 8 | 1 << 10 | 1 << 11 | 0xf << 17 | 1 << 21 | 1 << 24;
/// The same of a file system: sync, mandlock, dirsync, silent, posixacl, iversion, lazytime.
const SYSTEM_FLAGS: u32 = 1 << 4 | 1 << 6 | 1 << 7 | 0x3 << 15 | 1 << 23 | 1 << 25;
/// Beginning of the keys for mounts whose source CRIU takes from the image itself.
const FROM_IMAGE: &[u8] = b"CRIU:";

/// `fstype` of CRIU's `mnt.proto`.
pub(super) const PROC: u32 = 1;
pub(super) const SYSFS: u32 = 2;
const DEVTMPFS: u32 = 3;
pub(super) const TMPFS: u32 = 5;
const DEVPTS: u32 = 6;
const CGROUP: u32 = 12;
const MQUEUE: u32 = 14;
const CGROUP2: u32 = 23;
/// Names of those, and of others that whoever may mount may have: pstore, securityfs, fusectl,
/// debugfs, tracefs.
const MOUNTABLE: [(u32, &str); 12] = [
    (PROC, "proc"),
    (SYSFS, "sysfs"),
    (TMPFS, "tmpfs"),
    (DEVPTS, "devpts"),
    (8, "pstore"),
    (9, "securityfs"),
    (10, "fusectl"),
    (11, "debugfs"),
    (CGROUP, "cgroup"),
    (MQUEUE, "mqueue"),
    (19, "tracefs"),
    (CGROUP2, "cgroup2"),
];
/// Kinds that CRIU makes of what it finds on this host, by paths and names of the image.
const OF_THIS_HOST: [(u32, &str); 6] = [
    (4, "binfmt_misc"),
    (13, "aufs"),
    (15, "fuse"),
    (16, "a file system named by the image"),
    (17, "overlay"),
    (18, "autofs"),
];
/// What helps whose container mounted one.
const UNMOUNT: &str =
    "this checkpoint cannot be restored: unmount it in the container before freezing it";
/// What every engine hides or protects. Another host's kernel may have had none of them.
const ALWAYS_HIDDEN: [&str; 11] = [
    "/proc/acpi",
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/kcore",
    "/proc/keys",
    "/proc/scsi",
    "/proc/sys",
    "/proc/sysrq-trigger",
    "/proc/timer_list",
    "/sys/firmware",
];

/// The flags of a mount and of what is mounted.
pub(super) fn flags(mount: &Mount) -> u32 {
    mount.flags | mount.system_flags
}

/// The key of an external mount.
pub(super) fn key(mount: &Mount) -> Option<&[u8]> {
    let old = mount.external.then_some(mount.root.as_slice());
    mount.key.as_deref().or(old)
}

pub(super) fn check(demands: &Demands, limits: &mut Limits<'_>) {
    for (space, list) in &demands.mounts {
        let image = format!("mountpoints-{space}.img");
        let table = Table::new(list, limits);
        let mut found = Vec::new();
        for mount in list {
            found.extend(table.judge(mount, limits));
        }
        found.extend(table.order(limits));
        found.extend(table.unhidden(limits));
        for (what, remedy) in found {
            limits.excess(&image, what, remedy);
        }
    }
    let root = demands.tasks.first().and_then(|task| task.spaces);
    let root = root.map_or(0, |spaces| spaces.mount);
    if limits.origin != Origin::Host && !demands.mounts.contains_key(&root) {
        limits.excess(
            format!("mountpoints-{root}.img"),
            "the mounts of the container are missing",
            NEVER,
        );
    }
}

/// What is wrong, and what helps.
type Fault = (String, &'static str);

/// A mount of the specification.
struct Wanted<'a> {
    place: &'a str,
    kind: &'a str,
    options: Vec<&'a str>,
}

impl Wanted<'_> {
    fn has(&self, word: &str) -> bool {
        self.options.contains(&word)
    }

    fn is_bind(&self) -> bool {
        self.kind == "bind" || self.has("bind") || self.has("rbind")
    }

    /// Whether the kinds of the image are those of the specification.
    fn is(&self, kind: u32) -> bool {
        match self.kind {
            "proc" => kind == PROC,
            "sysfs" => kind == SYSFS,
            "tmpfs" => kind == TMPFS,
            "devpts" => kind == DEVPTS,
            "mqueue" => kind == MQUEUE,
            // The hierarchies of version 1 are gathered in a memory file system.
            "cgroup" | "cgroup2" => matches!(kind, CGROUP | CGROUP2 | TMPFS),
            _ => false,
        }
    }
}

/// All mounts of a namespace.
struct Table<'a> {
    list: &'a [Mount],
    wanted: Vec<Wanted<'a>>,
    masked: Vec<&'a str>,
    protected: Vec<&'a str>,
    by_id: BTreeMap<u32, &'a Mount>,
    /// Devices of what is mounted from outside.
    outside: BTreeSet<u32>,
}

fn last(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

fn plain(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" => "/",
        path => path,
    }
}

/// Whether `path` is `place` or in it.
pub(super) fn covers(place: &[u8], path: &[u8]) -> bool {
    let place = if place == b"/" { b"" } else { place };
    let rest = path.strip_prefix(place);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

impl<'a> Table<'a> {
    fn new(list: &'a [Mount], limits: &Limits<'a>) -> Self {
        let mounts = limits.spec["mounts"].as_array().into_iter().flatten();
        let wanted = mounts.map(|mount| Wanted {
            place: plain(mount["destination"].as_str().unwrap_or_default()),
            kind: mount["type"].as_str().unwrap_or_default(),
            options: mount["options"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
        });
        let mut table = Self {
            list,
            wanted: wanted.collect(),
            masked: limits.texts("/linux/maskedPaths"),
            protected: limits.texts("/linux/readonlyPaths"),
            by_id: list.iter().map(|mount| (mount.id, mount)).collect(),
            outside: BTreeSet::new(),
        };
        let external = list.iter().filter(|mount| key(mount).is_some());
        let outside = external.filter(|mount| !table.is_masked(mount));
        table.outside = outside.map(|mount| mount.device).collect();
        table
    }

    fn is_masked(&self, mount: &Mount) -> bool {
        self.masked
            .iter()
            .any(|path| path.as_bytes() == mount.place)
    }

    fn judge(&self, mount: &'a Mount, limits: &Limits<'_>) -> Vec<Fault> {
        let place = shown(&mount.place);
        let mut found = Vec::new();
        let mut never = |what: &str| found.push((format!("the mount at {place} {what}"), NEVER));
        let root = mount.root.strip_suffix(b"//deleted").unwrap_or(&mount.root);
        let external = key(mount);
        // A cgroup's root is seen from its namespace: it may be above.
        let climbs = external.is_none() && !matches!(mount.kind, CGROUP | CGROUP2);
        if !is_plain(&mount.place) || climbs && !is_plain(root) {
            never("has a path that leads elsewhere");
        }
        if mount.with_plugin {
            never("is made by a plugin of CRIU");
        }
        if mount.flags & !(MOUNT_FLAGS | SYSTEM_FLAGS) != 0
            || mount.system_flags & !(MOUNT_FLAGS | SYSTEM_FLAGS) != 0
        {
            never("has flags by which something else would be mounted");
        }
        if mount.kind == DEVTMPFS && external.is_none() {
            never("is a devtmpfs: what is in it would be written over /dev of this host");
        }
        let option = b"release_agent";
        if mount
            .options
            .windows(option.len())
            .any(|part| part == option)
        {
            never("names a program that this host's kernel would run (release_agent)");
        }
        if mount.deleted && external.is_none() && !limits.may_mount() {
            never("is of what was deleted");
        }
        if external.is_some_and(|key| key.starts_with(FROM_IMAGE)) {
            never("takes its source from the image");
        }
        if found.is_empty() {
            found.extend(match external {
                _ if mount.place == b"/" => Self::root(mount, limits),
                Some(key) => self.external(mount, key, limits),
                None => self.internal(mount, limits),
            });
        }
        found
    }

    fn root(mount: &Mount, limits: &Limits<'_>) -> Option<Fault> {
        let read_only = limits.spec["root"]["readonly"] == true && !limits.may_mount();
        if key(mount).is_some() {
            return Some(("the root is mounted from outside".into(), NEVER));
        }
        (read_only && flags(mount) & READ_ONLY == 0)
            .then(|| ("the root is writable, the container's is not".into(), NEVER))
    }

    /// Mounts of the specification that this may be: those at its place, else, since a link of the
    /// container may have led there, those of its name.
    fn candidates(&self, place: &[u8]) -> Vec<&Wanted<'a>> {
        let at = |exact: bool| {
            let fits = move |wanted: &&Wanted<'a>| {
                let own = wanted.place.as_bytes();
                if exact {
                    own == place
                } else {
                    last(own) == last(place)
                }
            };
            self.wanted.iter().filter(fits).collect::<Vec<_>>()
        };
        let exact = at(true);
        if exact.is_empty() { at(false) } else { exact }
    }

    /// What of the host the runtime has a key for.
    fn external(&self, mount: &Mount, key: &[u8], limits: &Limits<'_>) -> Option<Fault> {
        if self.is_masked(mount) {
            let hides =
                key == mount.place || key == b"/dev/null" || key.ends_with(b"/.empty-directory");
            return (!hides).then(|| {
                (
                    format!(
                        "{} is mounted over {}, which is to be hidden",
                        shown(key),
                        shown(&mount.place)
                    ),
                    NEVER,
                )
            });
        }
        if mount.place == b"/dev/console" {
            return None;
        }
        let candidates = self.candidates(&mount.place);
        let mut binds = candidates
            .into_iter()
            .filter(|wanted| wanted.is_bind())
            .peekable();
        if binds.peek().is_none() || last(key) != last(&mount.place) {
            let what = format!(
                "{} of the host is mounted at {}, which is no mount of the container",
                shown(key),
                shown(&mount.place)
            );
            return Some((what, NEVER));
        }
        let faults: Vec<Option<Fault>> = binds
            .map(|wanted| {
                let told = |words: [&str; 2]| words.iter().any(|word| wanted.has(word));
                let shares = told(["shared", "rshared"]);
                let follows = shares || told(["slave", "rslave"]);
                if mount.shared != 0 && !shares || mount.master != 0 && !follows {
                    let what = format!(
                        "mounts at {} would be seen by this host",
                        shown(&mount.place)
                    );
                    return Some((what, NEVER));
                }
                unprotected(mount, wanted, limits)
            })
            .collect();
        // Of several it is the one that fits best.
        if faults.contains(&None) {
            None
        } else {
            faults.into_iter().flatten().next()
        }
    }

    fn internal(&self, mount: &'a Mount, limits: &Limits<'_>) -> Option<Fault> {
        let place = shown(&mount.place);
        let borrowed = self.outside.contains(&mount.device) && !limits.may_mount();
        if self.is_masked(mount) && mount.kind == TMPFS && !borrowed {
            return None;
        }
        let parent = self.by_id.get(&mount.parent);
        let protected = self
            .protected
            .iter()
            .any(|path| path.as_bytes() == mount.place);
        if protected && parent.is_some_and(|parent| is_part(mount, parent)) {
            let writable = flags(mount) & READ_ONLY == 0 && !limits.may_mount();
            return writable.then(|| {
                (
                    format!("{place} is writable, the container's is not"),
                    NEVER,
                )
            });
        }
        let candidates = self.candidates(&mount.place);
        let exact = |wanted: &&&Wanted<'_>| {
            // Elsewhere nothing of the kernel's would be hidden.
            wanted.is(mount.kind) && (mount.kind == TMPFS || wanted.place.as_bytes() == mount.place)
        };
        if let Some(wanted) = candidates.iter().find(exact).filter(|_| !borrowed) {
            return unprotected(mount, wanted, limits);
        }
        let hierarchies = self.wanted.iter().find(|wanted| wanted.is(CGROUP));
        if let Some(wanted) =
            hierarchies.filter(|wanted| covers(wanted.place.as_bytes(), &mount.place))
            && matches!(mount.kind, CGROUP | CGROUP2)
        {
            return unprotected(mount, wanted, limits);
        }
        let terminal = mount
            .root
            .get(1..)
            .is_some_and(|name| name.iter().all(u8::is_ascii_digit));
        if mount.place == b"/dev/console" && mount.kind == DEVPTS && terminal {
            return None;
        }
        let name = MOUNTABLE.iter().find(|(kind, _)| *kind == mount.kind);
        let Some((_, name)) = name else {
            let known = OF_THIS_HOST.iter().find(|(kind, _)| *kind == mount.kind);
            let name = known.map_or("a file system that is not known", |(_, name)| name);
            let what = format!(
                "{name} is mounted at {place}, which CRIU would make of what this host has"
            );
            return Some((what, UNMOUNT));
        };
        let trusted = match limits.origin {
            Origin::Archive(grants) => grants.mounts,
            Origin::Host => true,
        };
        let mut trees = self.wanted.iter().filter(|wanted| wanted.is_bind());
        let in_tree = trees.any(|wanted| {
            wanted.place.as_bytes() != mount.place && covers(wanted.place.as_bytes(), &mount.place)
        });
        if limits.may_mount() || trusted && in_tree {
            return None;
        }
        let what = format!(
            "{name} is mounted at {place}, which is no mount of the container, and it has no CAP_SYS_ADMIN"
        );
        Some((what, NEVER))
    }

    /// Nothing is mounted over another mount, by which what is hidden could be seen.
    fn order(&self, limits: &Limits<'_>) -> Option<Fault> {
        if limits.may_mount() || limits.origin == Origin::Host {
            return None;
        }
        let mut places = BTreeSet::new();
        let mut twice = self
            .list
            .iter()
            .filter(|mount| !places.insert(&mount.place));
        if let Some(mount) = twice.next() {
            let place = shown(&mount.place);
            let what = format!("two mounts are at {place}: one would hide the other");
            return Some((what, NEVER));
        }
        for mount in self.list {
            let place = shown(&mount.place);
            let above = self.list.iter().filter(|other| other.place != mount.place);
            let above = above.filter(|other| covers(&other.place, &mount.place));
            let nearest = above.max_by_key(|other| other.place.len());
            if nearest.is_some_and(|nearest| nearest.id != mount.parent) {
                let what = format!(
                    "the mount at {place} is not on the one above it: another would hide it"
                );
                return Some((what, NEVER));
            }
        }
        None
    }

    /// What the specification hides is hidden.
    fn unhidden(&self, limits: &Limits<'_>) -> Option<Fault> {
        if limits.may_mount() || limits.origin == Origin::Host || limits.trusts_privileges() {
            return None;
        }
        let wanted = self.masked.iter().chain(&self.protected);
        let mut wanted =
            wanted.filter(|path| ALWAYS_HIDDEN.contains(path) && Path::new(path).exists());
        let open = wanted.find(|path| {
            let mut mounts = self.list.iter();
            !mounts.any(|mount| mount.place == path.as_bytes())
        });
        open.map(|path| {
            (
                format!("nothing protects {path}, which the container must not see or change"),
                CAPABILITIES,
            )
        })
    }
}

/// Whether a mount shows the part of its parent that is at its place.
fn is_part(mount: &Mount, parent: &Mount) -> bool {
    let base = if parent.place == b"/" {
        b""
    } else {
        parent.place.as_slice()
    };
    let above = if parent.root == b"/" {
        b""
    } else {
        parent.root.as_slice()
    };
    let rest = mount.place.strip_prefix(base).unwrap_or_default();
    mount.device == parent.device && mount.root == [above, rest].concat()
}

fn unprotected(mount: &Mount, wanted: &Wanted<'_>, limits: &Limits<'_>) -> Option<Fault> {
    let mut missing = PROTECTION
        .iter()
        // What other engines mount there is less strict, and the engine's own directory is there.
        .filter(|(word, _)| wanted.place != "/dev/shm" || *word == "ro")
        .filter(|(word, bit)| wanted.has(word) && flags(mount) & bit == 0);
    let (word, _) = missing.next().filter(|_| !limits.may_mount())?;
    let what = format!(
        "the mount at {} is not {word}, the container's is",
        shown(&mount.place)
    );
    Some((what, NEVER))
}
