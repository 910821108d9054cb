//! The names of an archive's members, as Podman, CRI-O and containerd write them.
//!
//! Source: Podman `libpod/container_internal_common.go` (`exportCheckpoint`) and checkpointctl's
//! `lib/metadata.go`. Pure text: what a name means, nothing about content.

use super::Refusal;

/// Our manifest, first member.
pub const MANIFEST: &str = "cryopod.json";
/// Our digests, last member.
pub const SUMS: &str = "cryopod.sums";
/// The signature of [`SUMS`], behind it, in minisign's format.
pub const SIGNATURE: &str = "cryopod.sig";
/// Podman's container configuration, JSON.
pub const CONFIG_DUMP: &str = "config.dump";
/// The OCI configuration that the container ran with, JSON.
pub const SPEC_DUMP: &str = "spec.dump";
/// Addresses and MACs by network name, JSON.
pub const NETWORK_STATUS: &str = "network.status";
/// CRIU's statistics of the dump.
pub const STATS_DUMP: &str = "stats-dump";
/// The container's log.
pub const LOG: &str = "ctr.log";
/// The log's name in archives of containerd and of CRI-O, which names it by an annotation's key.
const FOREIGN_LOGS: [&str; 2] = ["container.log", "io.kubernetes.cri-o.LogPath"];
/// Directory of the CRIU images.
pub const CHECKPOINT: &str = "checkpoint";
/// Directory of the CRIU images of an earlier pre-dump.
pub const PRE_CHECKPOINT: &str = "pre-checkpoint";
/// Link in a directory of images to the directory of those that they build upon.
pub const PARENT_LINK: &str = "parent";
/// Tar of /dev/shm.
pub const DEV_SHM: &str = "devshm-checkpoint.tar";
/// Tar of what was changed or added in the root file system.
pub const ROOTFS_DIFF: &str = "rootfs-diff.tar";
/// JSON array of the absolute paths that were removed from the root file system.
pub const DELETED_FILES: &str = "deleted.files";
/// Directory that Podman always writes and nothing uses.
pub const ARTIFACTS: &str = "artifacts";

/// Directory of the image that the container ran on, an OCI image layout.
pub const IMAGE: &str = "image";
/// The version of that layout, JSON.
pub const IMAGE_LAYOUT: &str = "image/oci-layout";
/// The index of that layout, JSON.
pub const IMAGE_INDEX: &str = "image/index.json";
/// Directories of that layout, beside [`IMAGE`].
const IMAGE_DIRECTORIES: [&str; 2] = ["image/blobs", "image/blobs/sha256"];

/// The member that holds a blob of the image inside, by its digest's 64 digits.
pub fn image_blob(hex: &str) -> String {
    format!("image/blobs/sha256/{hex}")
}

fn is_of_image(name: &str) -> bool {
    let is_blob = |hex: &str| {
        hex.len() == 64
            && hex
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    is_image_directory(name)
        || [IMAGE_LAYOUT, IMAGE_INDEX].contains(&name)
        || name
            .strip_prefix("image/blobs/sha256/")
            .is_some_and(is_blob)
}

fn is_image_directory(name: &str) -> bool {
    name == IMAGE || IMAGE_DIRECTORIES.contains(&name)
}

/// Whether a CRIU image of this file name holds memory pages: the bulk of a checkpoint, which the
/// other images describe.
pub fn is_pages(file_name: &str) -> bool {
    file_name
        .strip_prefix("pages-")
        .and_then(|rest| rest.strip_suffix(".img"))
        .is_some()
}

/// The place of a directory of images in a chain of pre-dumps: 0 for [`PRE_CHECKPOINT`], the newest,
/// N for `pre-checkpoint-N`, an earlier one; nothing for other names.
pub fn pre_checkpoint_number(name: &str) -> Option<u32> {
    match name.strip_prefix(PRE_CHECKPOINT)? {
        "" => Some(0),
        rest => {
            let digits = rest.strip_prefix('-')?;
            let plain = digits.len() <= 4 && !digits.starts_with(['0', '+']);
            digits.parse().ok().filter(|_| plain)
        }
    }
}

/// The place of a generation of memory in its chain, by the name of its directory in [`CHECKPOINT`]:
/// `memory-N-ID`, N from 1 to 16, ID 16 hexadecimal digits. Nothing for other names.
pub fn generation_number(name: &str) -> Option<u32> {
    const DEEPEST: u32 = 16;
    let (digits, id) = name.strip_prefix("memory-")?.split_once('-')?;
    let plain = digits.len() <= 2 && !digits.starts_with(['0', '+']);
    let number: u32 = digits.parse().ok().filter(|_| plain)?;
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (number <= DEEPEST && id.len() == 16 && id.bytes().all(hex)).then_some(number)
}

/// The directory of the generation and the file in it that a name is of: nothing for all else.
fn in_generation(name: &str) -> Option<(&str, Option<&str>)> {
    let inner = name.strip_prefix(CHECKPOINT)?.strip_prefix('/')?;
    let (directory, file) = match inner.split_once('/') {
        Some((directory, file)) => (directory, Some(file)),
        None => (inner, None),
    };
    generation_number(directory).map(|_| (directory, file))
}

/// Whether a file may lie in the directory of a generation.
fn is_of_generation(file: &str) -> bool {
    let lists = file
        .strip_prefix("pagemap-")
        .and_then(|rest| rest.strip_suffix(".img"));
    !file.contains('/') && (is_pages(file) || lists.is_some() || file == PARENT_LINK)
}

/// Where the link `name` of an archive leads, if it is one that images may have: `checkpoint/parent`
/// or the same of a pre-dump, to `../pre-checkpoint` or an earlier one; `checkpoint/parent` to a
/// generation of memory beside it, or from such a one to the one before.
pub fn parent_target<'a>(name: &str, target: &'a [u8]) -> Option<&'a str> {
    let (directory, file) = name.split_once('/')?;
    let target = std::str::from_utf8(target).ok()?;
    if let Some(number) = generation_number(target) {
        return (name == "checkpoint/parent" && number > 0).then_some(target);
    }
    if let Some((directory, Some(PARENT_LINK))) = in_generation(name) {
        let above = generation_number(target.strip_prefix("../")?)?;
        // Each has a lower number: there is an end, and no circle.
        return (generation_number(directory)? == above + 1).then_some(target);
    }
    let (from, to) = (age(directory)?, age(target.strip_prefix("../")?)?);
    // A link to what is not older would make a circle, and CRIU goes around in it.
    (file == PARENT_LINK && from < to).then_some(target)
}

/// How many dumps there were after that of these images, at least; nothing for other directories.
/// Of those that have a number, the highest is the latest.
fn age(directory: &str) -> Option<u32> {
    if directory == CHECKPOINT {
        return Some(0);
    }
    pre_checkpoint_number(directory).map(|number| match number {
        0 => 1,
        number => u32::MAX - number,
    })
}

/// What a member is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// [`MANIFEST`].
    Manifest,
    /// [`SUMS`].
    Sums,
    /// [`SIGNATURE`].
    Signature,
    /// [`CONFIG_DUMP`].
    Config,
    /// [`SPEC_DUMP`].
    Spec,
    /// [`NETWORK_STATUS`].
    NetworkStatus,
    /// [`STATS_DUMP`].
    Stats,
    /// [`LOG`].
    Log,
    /// The directory [`CHECKPOINT`] or a file right in it.
    Checkpoint,
    /// The directory of a generation of memory in [`CHECKPOINT`], or a file right in it.
    Memory,
    /// The directory [`PRE_CHECKPOINT`], an earlier one of its chain, or a file right in it.
    PreCheckpoint,
    /// [`DEV_SHM`].
    DevShm,
    /// [`ROOTFS_DIFF`].
    RootfsDiff,
    /// [`DELETED_FILES`].
    DeletedFiles,
    /// `volumes/NAME.tar`: the content of the named volume NAME.
    Volume(String),
    /// Something of the image inside: [`IMAGE_LAYOUT`], [`IMAGE_INDEX`], a blob, or a directory of
    /// these.
    Image,
    /// Something of another engine, or unknown: read past, never unpacked.
    Other,
}

impl Kind {
    /// What the member of this (cleaned) name is for.
    pub fn of(name: &str) -> Self {
        match name {
            MANIFEST => return Self::Manifest,
            SUMS => return Self::Sums,
            SIGNATURE => return Self::Signature,
            CONFIG_DUMP => return Self::Config,
            SPEC_DUMP => return Self::Spec,
            NETWORK_STATUS => return Self::NetworkStatus,
            STATS_DUMP => return Self::Stats,
            LOG => return Self::Log,
            CHECKPOINT => return Self::Checkpoint,
            name if pre_checkpoint_number(name).is_some() => return Self::PreCheckpoint,
            DEV_SHM => return Self::DevShm,
            ROOTFS_DIFF => return Self::RootfsDiff,
            DELETED_FILES => return Self::DeletedFiles,
            name if is_of_image(name) => return Self::Image,
            _ => {}
        }
        if let Some((_, file)) = in_generation(name) {
            return match file {
                Some(file) if !is_of_generation(file) => Self::Other,
                _ => Self::Memory,
            };
        }
        match name.split_once('/') {
            Some((CHECKPOINT, file)) if !file.contains('/') => Self::Checkpoint,
            Some((directory, file))
                if pre_checkpoint_number(directory).is_some() && !file.contains('/') =>
            {
                Self::PreCheckpoint
            }
            Some(("volumes", file)) if !file.contains('/') => match file.strip_suffix(".tar") {
                Some(volume) if !volume.is_empty() => Self::Volume(volume.to_owned()),
                _ => Self::Other,
            },
            _ => Self::Other,
        }
    }

    /// Whether a member of this kind and name is a directory; nothing for kinds that may be either.
    pub(super) fn is_directory(&self, name: &str) -> Option<bool> {
        match self {
            Self::Other => None,
            Self::Checkpoint => Some(name == CHECKPOINT),
            Self::PreCheckpoint => Some(!name.contains('/')),
            Self::Memory => Some(name.matches('/').count() == 1),
            Self::Image => Some(is_image_directory(name)),
            _ => Some(false),
        }
    }
}

/// The member that holds the content of a named volume.
pub fn volume(name: &str) -> String {
    format!("volumes/{name}.tar")
}

/// Takes `./` from the front and `/` from the end of a member's name, and refuses names that could
/// leave the directory they are unpacked into or that no file of a checkpoint has.
///
/// The name of the archive's own root (`./`) becomes the empty string.
///
/// # Errors
/// [`Refusal::Absolute`], [`Refusal::Parent`], [`Refusal::Name`].
pub fn clean(raw: &[u8]) -> Result<String, Refusal> {
    let name = std::str::from_utf8(raw).map_err(|_| Refusal::Name)?;
    if name.is_empty() || name.len() > 4096 || name.chars().any(char::is_control) {
        return Err(Refusal::Name);
    }
    if name.starts_with('/') {
        return Err(Refusal::Absolute);
    }
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(Refusal::Parent),
            part if part.len() > 255 => return Err(Refusal::Name),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// The name under which a member of another engine's archive is known here: all logs are one.
pub(super) fn canonical(name: String) -> String {
    if FOREIGN_LOGS.contains(&name.as_str()) {
        LOG.to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_of_other_engines_are_the_log() {
        for name in ["container.log", "io.kubernetes.cri-o.LogPath", "ctr.log"] {
            assert_eq!(canonical(name.to_owned()), LOG);
        }
        for name in ["dump.log", "a/container.log", "status"] {
            assert_eq!(canonical(name.to_owned()), name);
        }
    }

    #[test]
    fn names_are_cleaned_or_refused() {
        assert_eq!(clean(b"./checkpoint/").unwrap(), "checkpoint");
        assert_eq!(clean(b"a//b/./c").unwrap(), "a/b/c");
        assert_eq!(clean(b"./").unwrap(), "");
        assert_eq!(clean(b"/etc/passwd"), Err(Refusal::Absolute));
        assert_eq!(clean(b"a/../b"), Err(Refusal::Parent));
        assert_eq!(clean(b".."), Err(Refusal::Parent));
        assert_eq!(clean(b""), Err(Refusal::Name));
        assert_eq!(clean(b"a\nb"), Err(Refusal::Name));
        assert_eq!(clean(b"a\xff"), Err(Refusal::Name));
        assert_eq!(clean(&[b'a'; 300]), Err(Refusal::Name));
    }

    #[test]
    fn kinds() {
        assert_eq!(Kind::of("checkpoint/core-1.img"), Kind::Checkpoint);
        assert_eq!(Kind::of("checkpoint/a/b"), Kind::Other);
        let memory = "checkpoint/memory-2-0123456789abcdef";
        for (file, kind) in [
            ("", Kind::Memory),
            ("/pages-1.img", Kind::Memory),
            ("/pagemap-shmem-2.img", Kind::Memory),
            ("/parent", Kind::Memory),
            ("/core-1.img", Kind::Other),
            ("/a/pages-1.img", Kind::Other),
        ] {
            assert_eq!(Kind::of(&format!("{memory}{file}")), kind, "{file}");
        }
        assert_eq!(
            Kind::of("checkpoint/memory-0-0123456789abcdef/pages-1.img"),
            Kind::Other
        );
        assert_eq!(Kind::of("checkpoints"), Kind::Other);
        assert_eq!(Kind::of(&volume("data")), Kind::Volume("data".into()));
        assert_eq!(Kind::of("volumes/.tar"), Kind::Other);
        for name in [IMAGE, IMAGE_INDEX, &image_blob(&"0a".repeat(32))] {
            assert_eq!(Kind::of(name), Kind::Image);
        }
        for name in [
            "image/x",
            "image/blobs/sha256/0A",
            "image/blobs/md5",
            "images",
        ] {
            assert_eq!(Kind::of(name), Kind::Other);
        }
        assert_eq!(Kind::of("bind.mounts"), Kind::Other);
        assert_eq!(Kind::of("devshm-checkpoint.tar"), Kind::DevShm);
        assert_eq!(Kind::of("pre-checkpoint-2/a.img"), Kind::PreCheckpoint);
        assert_eq!(Kind::of("pre-checkpoint-02"), Kind::Other);
    }

    #[test]
    fn links_of_a_chain_lead_along_it_only() {
        let leads = |name: &str, target: &str| parent_target(name, target.as_bytes()).is_some();
        assert!(leads("checkpoint/parent", "../pre-checkpoint"));
        assert!(leads("pre-checkpoint/parent", "../pre-checkpoint-2"));
        assert!(leads("pre-checkpoint-2/parent", "../pre-checkpoint-1"));
        assert!(!leads("pre-checkpoint-2/parent", "../pre-checkpoint-2"));
        assert!(!leads("pre-checkpoint-1/parent", "../pre-checkpoint-2"));
        assert!(!leads("pre-checkpoint-1/parent", "../pre-checkpoint"));
        assert!(leads("checkpoint/parent", "../pre-checkpoint-7"));
        assert!(!leads("checkpoint/parent", "../../pre-checkpoint"));
        assert!(!leads("checkpoint/parent", "../checkpoint"));
        assert!(!leads("checkpoint/other", "../pre-checkpoint"));
        let memory = |number| format!("memory-{number}-0123456789abcdef");
        let (first, third) = (memory(1), memory(3));
        let inner = |number| format!("checkpoint/{}/parent", memory(number));
        assert!(leads("checkpoint/parent", &third));
        assert!(leads(&inner(2), &format!("../{first}")));
        for (name, target) in [
            ("checkpoint/parent", format!("../{third}")),
            ("checkpoint/parent", format!("{third}/../../..")),
            ("checkpoint/parent", memory(17)),
            ("checkpoint/other", third.clone()),
            ("pre-checkpoint/parent", third.clone()),
            (&inner(3), format!("../{first}")),
            (&inner(3), format!("../{third}")),
            (&inner(2), format!("../{third}")),
            (&inner(2), first.clone()),
            (&inner(2), format!("../../{first}")),
            (&inner(2), "../pre-checkpoint".to_owned()),
            (&inner(1), "..".to_owned()),
        ] {
            assert!(!leads(name, &target), "{name} {target}");
        }
        assert!(!leads("artifacts/parent", "../pre-checkpoint"));
    }
}
