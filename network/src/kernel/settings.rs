//! Settings of the kernel that a network namespace has for itself (sysctl(8), network_namespaces(7)).

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::kernel::netns;

/// Where the kernel shows them; below `net` those of the thread that looks.
const PLACE: &str = "/proc/sys";

/// Sets them in the namespace that is bound to `path`, and returns those that this kernel doesn't take,
/// with the reason. Names are `net.…`, dots standing for slashes; others are passed over.
///
/// # Errors
/// [`Error::Io`] when there is no such namespace.
pub fn write(
    path: &Path,
    settings: BTreeMap<String, String>,
) -> Result<Vec<(String, io::Error)>, Error> {
    let refused = move || {
        let mut refused = Vec::new();
        for (name, value) in settings {
            if let Some(file) = file(&name)
                && let Err(error) = fs::write(file, value)
            {
                refused.push((name, error));
            }
        }
        Ok(refused)
    };
    netns::inside(path, refused).map_err(Error::io("set what the kernel does in", path))
}

fn file(name: &str) -> Option<PathBuf> {
    let inner = name.strip_prefix("net.")?;
    let leaves = name.contains("..") || name.contains('\0');
    (!leaves).then(|| {
        Path::new(PLACE)
            .join("net")
            .join(inner.replace('.', "/").trim_start_matches('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_namespace_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("one");
        netns::create(&path).unwrap();
        let read = || fs::read_to_string("/proc/sys/net/core/somaxconn");
        let own = read().unwrap();
        let settings = [
            ("net.core.somaxconn", "77"),
            ("net.no.such", "1"),
            ("kernel.panic", "1"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let refused = write(&path, settings.into()).unwrap();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].0, "net.no.such");
        assert_eq!(netns::inside(&path, read).unwrap(), "77\n");
        assert_eq!(read().unwrap(), own);
        netns::delete(&path).unwrap();
    }

    #[test]
    fn names_stay_where_they_belong() {
        let shown = |name: &str| file(name).map(|path| path.display().to_string());
        assert_eq!(
            shown("net.ipv4.ip_forward").unwrap(),
            "/proc/sys/net/ipv4/ip_forward"
        );
        assert_eq!(shown("net./etc/x").unwrap(), "/proc/sys/net/etc/x");
        assert_eq!(shown("net...kernel"), None);
        assert_eq!(shown("kernel.panic"), None);
    }
}
