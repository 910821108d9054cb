//! Who runs in a container: `--user NAME|UID[:GROUP|GID]` read against the container's own
//! `/etc/passwd` and `/etc/group` (passwd(5), group(5)).

use cap_std::fs::Dir;

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

/// Reads `user` as the container's own files understand it.
pub fn resolve(root: &Dir, user: &str) -> Result<Identity, UserError> {
    let read = |path: &str| root.read_to_string(path).unwrap_or_default();
    lookup(&read("etc/passwd"), &read("etc/group"), user)
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
        home: "/".into(),
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
        let named = groups().find(|fields| fields.len() >= 3 && fields[0] == wanted);
        let gid = named.map_or(wanted, |fields| fields[2]).parse();
        identity.gid = gid.map_err(|_| UserError::NoGroup(wanted.into()))?;
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
