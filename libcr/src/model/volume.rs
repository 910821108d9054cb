//! A volume as the store knows it: a directory of the engine that outlives containers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::container::VolumeMount;

/// The one driver there is: a directory of this host.
pub const LOCAL_DRIVER: &str = "local";

/// A row of the volumes table. Its content is in `<root>/volumes/<name>/_data`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    /// Unique name (`[a-zA-Z0-9][a-zA-Z0-9_.-]*`).
    pub name: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// `--label`.
    pub labels: BTreeMap<String, String>,
    /// `--opt` of the local driver, as given.
    pub options: BTreeMap<String, String>,
    /// Owner of the content's root where the options ask for one.
    pub uid: Option<u32>,
    /// Group of the content's root where the options ask for one.
    pub gid: Option<u32>,
    /// Made for one container (`-v /path`, the image's `VOLUME`): `rm -v` and `--rm` remove it.
    pub anonymous: bool,
    /// The first mount fills it with what the image has at the mount's destination.
    pub needs_copy_up: bool,
    /// The first mount gives it owner and mode of the mount's destination.
    pub needs_chown: bool,
    /// It is being filled; found without the lock on its directory held, what is in it is half of
    /// that and goes.
    pub copying: bool,
    /// The container whose removal removes it: set while the import that made both may still fail,
    /// and when a removal was asked to take anonymous volumes with it.
    pub goes_with: Option<String>,
}

impl Volume {
    /// An empty volume that waits for its first mount.
    pub fn new(name: impl Into<String>, created: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            created: created.into(),
            needs_copy_up: true,
            needs_chown: true,
            ..Self::default()
        }
    }

    /// The volume that a container's mount asks for.
    pub fn for_mount(mount: &VolumeMount, created: impl Into<String>) -> Self {
        Self {
            anonymous: mount.anonymous,
            ..Self::new(&mount.name, created)
        }
    }
}
