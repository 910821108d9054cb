//! Who runs in a container: `--user NAME|UID[:GROUP|GID]` read against the container's own
//! `/etc/passwd` and `/etc/group` (passwd(5), group(5)).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::path::PathBuf;

use cap_std::fs::Dir;
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

/// Far beyond any list of users; no container makes the engine read more.
const LONGEST: u64 = 4 << 20;
/// Home directory where none is known.
const NO_HOME: &str = "/";

/// A word for a user or group that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// Neither a number nor in /etc/passwd.
    #[error("unable to find user {0}: no matching entries in passwd file")]
    NoUser(String),
    /// Neither a number nor in /etc/group.
    #[error("unable to find group {0}: no matching entries in group file")]
    NoGroup(String),
}

/// Who a process is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Further groups.
    pub additional_gids: Vec<u32>,
    /// Home directory; `/` where none is known.
    pub home: String,
}

impl Identity {
    /// Adds further groups, names of the container's own files or numbers.
    pub fn join(&mut self, root: &Dir, groups: &[String]) -> Result<(), UserError> {
        if groups.is_empty() {
            return Ok(());
        }
        let text = read(root, "etc/group").unwrap_or_default();
        for wanted in groups {
            let gid = group_id(&text, wanted)?;
            if !self.additional_gids.contains(&gid) {
                self.additional_gids.push(gid);
            }
        }
        Ok(())
    }
}

/// The number of a group that is named, or a number.
fn group_id(text: &str, wanted: &str) -> Result<u32, UserError> {
    let mut all = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let named = all.find(|fields| fields.len() >= 3 && fields[0] == wanted);
    let gid = named.map_or(wanted, |fields| fields[2]).parse();
    gid.map_err(|_| UserError::NoGroup(wanted.into()))
}

/// Reads `user` as the container's own files understand it.
pub fn resolve(root: &Dir, user: &str) -> Result<Identity, UserError> {
    let text = |path: &str| read(root, path).unwrap_or_default();
    lookup(&text("etc/passwd"), &text("etc/group"), user)
}

/// The home directory of `user` in a file system that isn't mounted: `trees` are its parts,
/// topmost first, and the first that has an `/etc/passwd` counts. `/` where none is known.
pub fn home(trees: &[PathBuf], user: &str) -> String {
    let texts = trees.iter().filter_map(|tree| {
        let root = File::open(tree).ok()?;
        match read(&root, "etc/passwd") {
            Err(Errno::NOENT | Errno::NOTDIR) => None,
            // One that can't be read, as the mark of a removed file, hides those below.
            text => Some(text.unwrap_or_default()),
        }
    });
    let passwd = texts.into_iter().next().unwrap_or_default();
    // Groups have no say in it.
    let name = user.split(':').next().unwrap_or_default();
    lookup(&passwd, "", name).map_or_else(|_| NO_HOME.into(), |identity| identity.home)
}

/// The names that numbers of users and groups have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    users: BTreeMap<u32, String>,
    groups: BTreeMap<u32, String>,
}

impl Names {
    /// Those of the files below `root`; none where they can't be read.
    pub fn below(root: impl AsFd) -> Self {
        let names = |path: &str| {
            let text = read(root.as_fd(), path).unwrap_or_default();
            let entries = text.lines().filter_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next()?.to_owned();
                Some((fields.nth(1)?.parse().ok()?, name))
            });
            // The first of a number counts.
            let mut found = BTreeMap::new();
            for (number, name) in entries {
                found.entry(number).or_insert(name);
            }
            found
        };
        Self {
            users: names("etc/passwd"),
            groups: names("etc/group"),
        }
    }

    /// A user's name, else the number.
    pub fn user(&self, number: u32) -> String {
        let name = self.users.get(&number);
        name.cloned().unwrap_or_else(|| number.to_string())
    }

    /// A group's name, else the number.
    pub fn group(&self, number: u32) -> String {
        let name = self.groups.get(&number);
        name.cloned().unwrap_or_else(|| number.to_string())
    }
}

/// A file of a container: links in it, absolute ones too, stay inside `root`.
fn read(root: impl AsFd, path: &str) -> Result<String, Errno> {
    // Whatever the container put there, opening it must not wait.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = openat2(root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT)?;
    let mut bytes = Vec::new();
    let read = File::from(file).take(LONGEST).read_to_end(&mut bytes);
    read.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn lookup(passwd: &str, group: &str, user: &str) -> Result<Identity, UserError> {
    let (user, wanted_group) = match user.split_once(':') {
        Some((user, group)) => (user, Some(group).filter(|group| !group.is_empty())),
        None => (user, None),
    };
    let user = if user.is_empty() { "0" } else { user };
    let number = user.parse::<u32>().ok();
    let entry = passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| {
            fields.len() >= 6
                && (fields[0] == user || number.is_some() && fields[2].parse().ok() == number)
        });
    let mut identity = Identity {
        home: NO_HOME.into(),
        ..Identity::default()
    };
    match (&entry, number) {
        (Some(fields), _) => {
            identity.uid = fields[2]
                .parse()
                .map_err(|_| UserError::NoUser(user.into()))?;
            identity.gid = fields[3]
                .parse()
                .map_err(|_| UserError::NoUser(user.into()))?;
            fields[5].clone_into(&mut identity.home);
        }
        (None, Some(uid)) => identity.uid = uid,
        (None, None) => return Err(UserError::NoUser(user.into())),
    }
    let groups = || {
        group
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
    };
    if let Some(wanted) = wanted_group {
        identity.gid = group_id(group, wanted)?;
    } else if let Some(fields) = &entry {
        let member = |group: &Vec<&str>| {
            group.len() >= 4 && group[3].split(',').any(|name| name == fields[0])
        };
        identity.additional_gids = groups()
            .filter(member)
            .filter_map(|group| group[2].parse().ok())
            .collect();
    }
    Ok(identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv:/bin/sh\n";
    const GROUP: &str = "root:x:0:\nweb:x:34:\nmail:x:8:web,x\n";

    #[test]
    fn links_stay_in_the_container_and_the_topmost_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        let trees = ["upper", "lower"].map(|name| folder.path().join(name));
        for tree in &trees {
            std::fs::create_dir_all(tree.join("etc")).unwrap();
        }
        assert_eq!(home(&trees, "web"), "/");
        std::fs::write(trees[1].join("users"), PASSWD).unwrap();
        // Absolute: outside of the tree it would be another file.
        std::os::unix::fs::symlink("/users", trees[1].join("etc/passwd")).unwrap();
        assert_eq!(home(&trees, "web:mail"), "/srv");
        assert_eq!(home(&trees, ""), "/root");
        let root = Dir::open_ambient_dir(&trees[1], cap_std::ambient_authority()).unwrap();
        assert_eq!(resolve(&root, "web").map(|web| web.uid), Ok(33));
        std::fs::write(trees[1].join("etc/group"), GROUP).unwrap();
        let mut web = resolve(&root, "web").unwrap();
        let joined = web.join(&root, &["mail".into(), "1000".into()]);
        assert_eq!((joined, web.additional_gids), (Ok(()), vec![8, 1000]));
        let joined = Identity::default().join(&root, &["none".into()]);
        assert_eq!(joined, Err(UserError::NoGroup("none".into())));
        std::fs::remove_file(trees[1].join("etc/group")).unwrap();
        let names = Names::below(&root);
        assert_eq!(
            (names.user(33).as_str(), names.user(7).as_str()),
            ("web", "7")
        );
        assert_eq!(names.group(34), "34");
        std::fs::write(trees[0].join("etc/passwd"), "").unwrap();
        assert_eq!(home(&trees, "web"), "/");
    }

    #[test]
    fn names_and_numbers() {
        let web = Identity {
            uid: 33,
            gid: 34,
            additional_gids: vec![8],
            home: "/srv".into(),
        };
        assert_eq!(lookup(PASSWD, GROUP, "web"), Ok(web.clone()));
        assert_eq!(lookup(PASSWD, GROUP, "33"), Ok(web));
        let other = lookup(PASSWD, GROUP, "1000:mail");
        assert_eq!(
            other,
            Ok(Identity {
                uid: 1000,
                gid: 8,
                home: "/".into(),
                ..Identity::default()
            })
        );
        assert_eq!(
            lookup(PASSWD, GROUP, "").map(|root| root.home),
            Ok("/root".into())
        );
        assert_eq!(
            lookup(PASSWD, GROUP, "nobody"),
            Err(UserError::NoUser("nobody".into()))
        );
        assert_eq!(
            lookup(PASSWD, GROUP, "0:staff"),
            Err(UserError::NoGroup("staff".into()))
        );
    }
}
