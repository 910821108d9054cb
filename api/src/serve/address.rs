//! Where to listen, and what is spoken there: `unix://PATH` (the default), `varlink:unix:PATH`,
//! `cri:unix://PATH`, or the
//! sockets that systemd has opened already (sd_listen_fds(3)).

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use listenfd::ListenFd;

use super::ServeError;
use crate::dbus::address::Bus;

/// Who may talk to the engine beside root, where there is such a group.
const GROUP: &str = "cryopod";

/// The socket of PouchContainer.
const POUCH: &str = "pouchd.sock";

/// What is spoken on a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// HTTP: libpod's and Docker's interfaces.
    Rest,
    /// gRPC: Kubernetes' interface of container runtimes.
    Cri,
    /// Varlink.
    Varlink,
}

/// A place that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// What is spoken there.
    pub door: Door,
    /// The socket's path.
    pub path: PathBuf,
}

/// A socket that is listened on, and its file where it is ours.
#[derive(Debug)]
pub struct Listening {
    /// What is spoken there.
    pub door: Door,
    /// The socket.
    pub listener: UnixListener,
    /// Its path, for `info`.
    pub path: PathBuf,
    /// Removed at the end: we made it.
    own: bool,
}

impl Listening {
    /// PouchContainer's clients look for their service by this name, and speak Docker's interface in
    /// their own way.
    pub fn is_pouch(&self) -> bool {
        self.path.file_name() == Some(POUCH.as_ref())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if self.own
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::debug!(%error, path = %self.path.display(), "socket");
        }
    }
}

/// Door and path of a URI.
///
/// # Errors
/// [`ServeError::Address`] for what isn't spoken here.
pub fn parse(uri: &str) -> Result<Address, ServeError> {
    let wrong = |why| ServeError::Address {
        uri: uri.to_owned(),
        why,
    };
    let (door, place) = match uri.split_once(':') {
        Some(("varlink", place)) => (Door::Varlink, place),
        Some(("cri", place)) => (Door::Cri, place),
        _ => (Door::Rest, uri),
    };
    let path = match place.split_once(':') {
        Some(("unix", rest)) => rest.strip_prefix("//").unwrap_or(rest),
        None => place,
        Some(("tcp", _)) => {
            return Err(wrong(
                "whoever reaches it is root here: forward a unix:// socket with ssh",
            ));
        }
        Some(_) => {
            return Err(wrong(
                "it must be unix://PATH, varlink:unix:PATH, cri:unix://PATH or dbus:BUS",
            ));
        }
    };
    if !path.starts_with('/') {
        return Err(wrong("the path must be absolute"));
    }
    Ok(Address {
        door,
        path: PathBuf::from(path),
    })
}

/// The buses among addresses, and the others.
///
/// # Errors
/// [`ServeError::Address`] for a bus that is none.
pub fn buses(addresses: &[String]) -> Result<(Vec<Bus>, Vec<&str>), ServeError> {
    let (mut buses, mut others) = (Vec::new(), Vec::new());
    for uri in addresses {
        match uri.strip_prefix("dbus:") {
            None => others.push(uri.as_str()),
            Some(bus) => buses.push(Bus::parse(bus).map_err(|why| ServeError::Address {
                uri: uri.clone(),
                why,
            })?),
        }
    }
    Ok((buses, others))
}

/// Opens a socket at a path; what a service that is gone left there is replaced.
///
/// # Errors
/// [`ServeError::InUse`] when another service answers there; [`ServeError::Io`].
pub fn bind(address: &Address) -> Result<Listening, ServeError> {
    let path = address.path.as_path();
    let failed = |doing: &'static str| {
        let path = path.to_owned();
        move |source| ServeError::Io {
            doing,
            path,
            source,
        }
    };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed("make the directory of"))?;
    }
    if let Ok(found) = path.symlink_metadata() {
        if !found.file_type().is_socket() {
            return Err(ServeError::NoSocket(path.to_owned()));
        }
        if UnixStream::connect(path).is_ok() {
            return Err(ServeError::InUse(path.to_owned()));
        }
        fs::remove_file(path).map_err(failed("replace"))?;
    }
    // Made under a name that nobody looks for, so that nobody finds it before its mode is right.
    let hidden = path.with_extension(format!("{}.new", std::process::id()));
    let _ = fs::remove_file(&hidden);
    let listener = UnixListener::bind(&hidden).map_err(failed("listen on"))?;
    fs::set_permissions(&hidden, fs::Permissions::from_mode(0o660))
        .map_err(failed("set the mode of"))?;
    if let Some(group) = group() {
        chown(&hidden, None, Some(group)).map_err(failed("give the group to"))?;
    }
    fs::rename(&hidden, path).map_err(failed("name"))?;
    Ok(Listening {
        door: address.door,
        listener,
        path: path.to_owned(),
        own: true,
    })
}

/// The number of the group.
fn group() -> Option<u32> {
    let text = fs::read_to_string("/etc/group").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(GROUP)?.strip_prefix(':'))?;
    line.split(':').nth(1)?.parse().ok()
}

/// The sockets that systemd has passed to this process; empty where it has passed none.
///
/// # Errors
/// [`ServeError::Activation`] for a descriptor that is no listening unix socket.
pub fn passed() -> Result<Vec<Listening>, ServeError> {
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let names: Vec<&str> = names.split(':').collect();
    let mut passed = ListenFd::from_env();
    let mut sockets = Vec::new();
    for number in 0..passed.len() {
        let taken = passed.take_unix_listener(number);
        let listener = taken.ok().flatten().ok_or(ServeError::Activation(number))?;
        // What containers are made of must not inherit it.
        rustix::io::fcntl_setfd(&listener, rustix::io::FdFlags::CLOEXEC)
            .map_err(|_| ServeError::Activation(number))?;
        let address = listener.local_addr().ok();
        let path = address.and_then(|address| address.as_pathname().map(Path::to_owned));
        // `FileDescriptorName=` of the unit.
        let door = match names.get(number) {
            Some(&"cri") => Door::Cri,
            Some(&"varlink") => Door::Varlink,
            _ => Door::Rest,
        };
        sockets.push(Listening {
            door,
            listener,
            path: path.unwrap_or_default(),
            own: false,
        });
    }
    Ok(sockets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_unix_sockets() {
        for good in ["unix:///run/a.sock", "unix:/run/a.sock", "/run/a.sock"] {
            let address = parse(good).unwrap();
            assert_eq!(address.path, Path::new("/run/a.sock"), "{good}");
            assert_eq!(address.door, Door::Rest, "{good}");
            let address = parse(&format!("cri:{good}")).unwrap();
            assert_eq!(address.path, Path::new("/run/a.sock"), "{good}");
            assert_eq!(address.door, Door::Cri, "{good}");
            let address = parse(&format!("varlink:{good}")).unwrap();
            assert_eq!(address.path, Path::new("/run/a.sock"), "{good}");
            assert_eq!(address.door, Door::Varlink, "{good}");
        }
        for bad in [
            "tcp://0.0.0.0:1",
            "unix://a",
            "",
            "cri:",
            "cri:tcp:1",
            "cri:cri:unix:/a",
            "unix:cri:/a",
            "fd://3",
            "varlink:",
            "varlink:tcp:1",
            "varlink:varlink:unix:/a",
            "unix:varlink:/a",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_dead_services_socket_is_replaced_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("api.sock");
        let address = Address {
            door: Door::Rest,
            path: path.clone(),
        };
        let first = bind(&address).unwrap();
        assert!(matches!(bind(&address), Err(ServeError::InUse(_))));
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o660
        );
        drop(first);
        assert!(!path.exists());
        drop(UnixListener::bind(&path).unwrap());
        assert!(bind(&address).is_ok());
        fs::write(&path, "x").unwrap();
        assert!(matches!(bind(&address), Err(ServeError::NoSocket(_))));
    }
}
