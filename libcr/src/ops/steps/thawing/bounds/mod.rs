//! What images would give to processes, held against what their container grants, before CRIU runs.
//!
//! CRIU restores as root of the host and believes its images. An edited one gets what a process of
//! the container never had: a namespace of the host, a capability, a file opened past its mount's
//! protection, a mount of anything. So every kind of image that grants something is read
//! ([`Demands`]) and compared with the specification. What is not in it is refused by the names of
//! process and image; only what the user grants to the archive (`--allow-…`) changes that.
//!
//! One file a subject: [`tasks`], [`mounts`], [`files`], [`seccomp`]; [`places`] looks at the mounted
//! root, where the paths of the images must not lead out of it.

mod files;
mod mounts;
pub mod places;
mod seccomp;
mod tasks;

use std::time::Instant;

use serde_json::Value;

use crate::criu::CriuError;
use crate::criu::contents::ImageSource;
use crate::criu::contents::demands::{Demands, Device};
use crate::error::{Error, Result};
use crate::ops::steps::thawing::imported_spec::{self, Grants};
use crate::runtime::capability;

/// The flag for what goes with capabilities.
const CAPABILITIES: &str = "add --allow-capabilities if you trust it";
/// The flag for devices.
const DEVICES: &str = "add --allow-devices if you trust it";
/// What no flag allows.
const NEVER: &str = "no option allows it, since no honest checkpoint has it: get the archive again from where it was made";

/// Something beyond what the container grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// The image that asks for it.
    pub image: String,
    /// What it is: the rest of a sentence about the image.
    pub what: String,
    /// What the user can do.
    pub remedy: &'static str,
}

/// Where images come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An archive, with what the user grants to it.
    Archive(Grants),
    /// A directory of this host that only root can write to.
    Host,
}

/// A container's grants as they are compared.
#[derive(Debug)]
struct Limits<'a> {
    spec: &'a Value,
    origin: Origin,
    /// Bits of all capabilities that it has.
    capabilities: u64,
    found: Vec<Excess>,
}

impl<'a> Limits<'a> {
    fn new(spec: &'a Value, origin: Origin) -> Self {
        let words = imported_spec::bounding(spec);
        Self {
            spec,
            origin,
            capabilities: capability::bits(words.iter().map(String::as_str)),
            found: Vec::new(),
        }
    }

    /// Whether its processes may have a capability.
    fn has(&self, word: &str) -> bool {
        self.capabilities & capability::bits([word]) != 0
    }

    /// Whether its processes may mount what they like.
    fn may_mount(&self) -> bool {
        self.has("CAP_SYS_ADMIN")
    }

    /// Whether the user lets the archive have what its own specification asks for.
    fn trusts_privileges(&self) -> bool {
        matches!(self.origin, Origin::Archive(grants) if grants.capabilities)
    }

    fn texts(&self, pointer: &str) -> Vec<&'a str> {
        let list = self.spec.pointer(pointer).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Whether there may be a node of this device.
    fn may_have_node(&self, device: Device) -> bool {
        /// Those of every container: null, zero, full, random, urandom; tty, console, ptmx.
        const USUAL: [(u32, u32); 8] = [
            (1, 3),
            (1, 5),
            (1, 7),
            (1, 8),
            (1, 9),
            (5, 0),
            (5, 1),
            (5, 2),
        ];
        /// Numbers of pseudo terminals (`UNIX98_PTY_SLAVE_MAJOR`, eight of them).
        const TERMINALS: std::ops::Range<u32> = 136..144;
        let usual =
            USUAL.contains(&(device.major, device.minor)) || TERMINALS.contains(&device.major);
        // A whiteout of an overlay is no device.
        let none = (device.major, device.minor) == (0, 0);
        let granted = match self.origin {
            Origin::Archive(grants) => grants.devices,
            Origin::Host => self.has("CAP_MKNOD"),
        };
        let list = self.spec["linux"]["devices"]
            .as_array()
            .into_iter()
            .flatten();
        let mut listed = list.map(|entry| {
            let number = |key: &str| entry[key].as_u64().and_then(|at| u32::try_from(at).ok());
            (entry["type"] == "b", number("major"), number("minor"))
        });
        !device.block && (usual || none)
            || granted
            || listed.any(|one| one == (device.block, Some(device.major), Some(device.minor)))
    }

    fn excess(&mut self, image: impl Into<String>, what: impl Into<String>, remedy: &'static str) {
        self.found.push(Excess {
            image: image.into(),
            what: what.into(),
            remedy,
        });
    }
}

/// Compares images with the specification of the container that they are to become; an empty list:
/// they ask for nothing that it has not.
///
/// # Errors
/// [`CriuError`] for images that can't be read.
pub fn compare(
    images: &mut dyn ImageSource,
    spec: &Value,
    origin: Origin,
) -> std::result::Result<Vec<Excess>, CriuError> {
    let began = Instant::now();
    // What this host packed itself need not be unpacked to be looked at.
    let demands = Demands::read(images, origin != Origin::Host)?;
    let found = judge(&demands, spec, origin);
    let (processes, took) = (demands.tasks.len(), began.elapsed());
    tracing::debug!(processes, ?took, "images compared with the specification");
    Ok(found)
}

fn judge(demands: &Demands, spec: &Value, origin: Origin) -> Vec<Excess> {
    let mut limits = Limits::new(spec, origin);
    tasks::check(demands, &mut limits);
    seccomp::check(demands, &mut limits);
    mounts::check(demands, &mut limits);
    files::check(demands, &mut limits);
    limits.found
}

/// The same as one error, the first of them; what can't be read of this host's own images CRIU is to
/// explain.
///
/// # Errors
/// [`Error::Restore`] naming image, process and what there is too much of.
pub fn check(name: &str, images: &mut dyn ImageSource, spec: &Value, origin: Origin) -> Result<()> {
    let refused = |cause: String, remedy: &str| Error::Restore {
        name: name.to_owned(),
        cause,
        remedy: Some(remedy.to_owned()),
        log: None,
    };
    match compare(images, spec, origin) {
        Err(_) if origin == Origin::Host => Ok(()),
        Err(error) => Err(refused(
            error.to_string(),
            "get the archive again from where it was made",
        )),
        Ok(found) => match found.into_iter().next() {
            None => Ok(()),
            Some(Excess {
                image,
                what,
                remedy,
            }) => Err(refused(format!("{image}: {what}"), remedy)),
        },
    }
}

/// Bytes of an image as a text for people: what is no text is replaced.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let short: String = text.chars().take(200).collect();
    format!("{short:?}")
}

/// A path as the kernel names one: from the root, without any step up, doubled or empty.
fn is_plain(path: &[u8]) -> bool {
    let Some(rest) = path.strip_prefix(b"/") else {
        return false;
    };
    let parts = rest.split(|byte| *byte == b'/');
    let plain =
        |part: &[u8]| !part.is_empty() && part != b"." && part != b".." && !part.contains(&0);
    path.len() < 4096 && (rest.is_empty() || parts.into_iter().all(plain))
}

#[cfg(test)]
mod tests;
