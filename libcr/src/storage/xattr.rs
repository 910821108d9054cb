//! Extended attributes of a node named by its parent's descriptor, never following it.
//!
//! There are no `*at` calls for attributes before Linux 6.13, so the parent is named through
//! `/proc/self/fd`. Attributes that belong to a host rather than to a tree (SELinux, IMA, overlayfs's
//! own) are never carried.

use std::os::fd::{AsRawFd, BorrowedFd};

use rustix::fs::XattrFlags;
use rustix::io::Errno;

use super::StorageError;

/// Marks a directory that hides what the layers below have there.
pub(super) const OPAQUE: &[u8] = b"trusted.overlay.opaque";

/// Names and values, sorted by name.
pub(super) type Attributes = Vec<(Vec<u8>, Vec<u8>)>;

/// The path under which the calls below find the node.
fn path(parent: BorrowedFd<'_>, name: &[u8]) -> Vec<u8> {
    let mut path = format!("/proc/self/fd/{}/", parent.as_raw_fd()).into_bytes();
    path.extend_from_slice(if name.is_empty() { b"." } else { name });
    path
}

/// Whether an attribute is part of the tree: `user.*`, file capabilities, POSIX ACLs, and
/// `trusted.*` without overlayfs's.
pub(super) fn is_portable(name: &[u8]) -> bool {
    name.starts_with(b"user.")
        || name == b"security.capability"
        || name == b"system.posix_acl_access"
        || name == b"system.posix_acl_default"
        || (name.starts_with(b"trusted.") && !name.starts_with(b"trusted.overlay."))
}

/// All attribute names of a node; none where the filesystem has no attributes.
pub(super) fn list(parent: BorrowedFd<'_>, name: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
    let path = path(parent, name);
    let size = match rustix::fs::llistxattr_query(path.as_slice()) {
        Ok(size) if size > 0 => size,
        Ok(_) | Err(Errno::OPNOTSUPP) => return Ok(Vec::new()),
        Err(errno) => return Err(errno),
    };
    let mut buffer = vec![0_u8; size];
    let length = rustix::fs::llistxattr(path.as_slice(), &mut buffer[..])?;
    let mut names: Vec<Vec<u8>> = buffer[..length]
        .split(|byte| *byte == 0)
        .filter(|n| !n.is_empty())
        .map(<[u8]>::to_vec)
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// One attribute's value, at most 64 KiB as the kernel allows; `None` when it is not set.
pub(super) fn get(
    parent: BorrowedFd<'_>,
    name: &[u8],
    attribute: &[u8],
) -> Result<Option<Vec<u8>>, Errno> {
    let mut buffer = vec![0_u8; 64 * 1024];
    match rustix::fs::lgetxattr(path(parent, name).as_slice(), attribute, &mut buffer[..]) {
        Ok(length) => {
            buffer.truncate(length);
            Ok(Some(buffer))
        }
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// The attributes that travel with the node.
pub(super) fn portable(parent: BorrowedFd<'_>, name: &[u8]) -> Result<Attributes, Errno> {
    let mut attributes = Vec::new();
    for attribute in list(parent, name)? {
        if is_portable(&attribute)
            && let Some(value) = get(parent, name, &attribute)?
        {
            attributes.push((attribute, value));
        }
    }
    Ok(attributes)
}

/// Sets one attribute. That the filesystem can't hold it is logged and passed over, as Podman does.
pub(super) fn set(
    parent: BorrowedFd<'_>,
    name: &[u8],
    attribute: &[u8],
    value: &[u8],
) -> Result<(), StorageError> {
    let path = path(parent, name);
    match rustix::fs::lsetxattr(path.as_slice(), attribute, value, XattrFlags::empty()) {
        Ok(()) => Ok(()),
        Err(Errno::OPNOTSUPP) => {
            tracing::warn!(
                file = %String::from_utf8_lossy(name),
                attribute = %String::from_utf8_lossy(attribute),
                "extended attribute not supported by the filesystem"
            );
            Ok(())
        }
        Err(errno) => Err(StorageError::errno("set extended attribute of", name)(
            errno,
        )),
    }
}

/// Makes the node's portable attributes exactly these: others are removed.
pub(super) fn replace(
    parent: BorrowedFd<'_>,
    name: &[u8],
    attributes: &[(Vec<u8>, Vec<u8>)],
) -> Result<(), StorageError> {
    for old in
        list(parent, name).map_err(StorageError::errno("read extended attributes of", name))?
    {
        if is_portable(&old) && !attributes.iter().any(|(kept, _)| *kept == old) {
            match rustix::fs::lremovexattr(path(parent, name).as_slice(), old.as_slice()) {
                Ok(()) | Err(Errno::NODATA) => {}
                Err(errno) => {
                    return Err(StorageError::errno("remove extended attribute of", name)(
                        errno,
                    ));
                }
            }
        }
    }
    for (attribute, value) in attributes
        .iter()
        .filter(|(attribute, _)| is_portable(attribute))
    {
        set(parent, name, attribute, value)?;
    }
    Ok(())
}

/// Whether overlayfs's mark of an opaque directory is set.
pub(super) fn is_opaque(parent: BorrowedFd<'_>, name: &[u8]) -> Result<bool, Errno> {
    Ok(get(parent, name, OPAQUE)?.is_some_and(|value| value == b"y"))
}
