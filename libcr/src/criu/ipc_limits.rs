//! The limits of System V objects and message queues in CRIU's images. CRIU writes all of them into
//! /proc/sys at a thaw (`criu/ipc_ns.c`, `prepare_ipc_var`), also where the processes join the IPC
//! namespace of others: `join_namespaces` comes first in `criu/cr-restore.c`, and `prepare_namespace`
//! asks what namespaces the processes had (`CLONE_NEWIPC` among their flags), not what they join. They
//! would be set for all who share it, by whoever wrote the images.

use std::fs;
use std::path::Path;

use prost::Message;

use super::images::{read_image, replace, wrong};
use super::{CriuError, wire};
use crate::sys::dir::at;
use crate::sys::ipc::Limits;

/// `ipc_var_entry` (`images/ipc-var.proto`), without the ids that the next objects are to get.
#[derive(Clone, PartialEq, Eq, Message)]
struct Variables {
    #[prost(uint32, repeated, packed = "false", tag = "1")]
    sem_ctls: Vec<u32>,
    #[prost(uint32, required, tag = "2")]
    msg_ctlmax: u32,
    #[prost(uint32, required, tag = "3")]
    msg_ctlmnb: u32,
    #[prost(uint32, required, tag = "4")]
    msg_ctlmni: u32,
    #[prost(uint32, required, tag = "5")]
    auto_msgmni: u32,
    #[prost(uint64, required, tag = "6")]
    shm_ctlmax: u64,
    #[prost(uint64, required, tag = "7")]
    shm_ctlall: u64,
    #[prost(uint32, required, tag = "8")]
    shm_ctlmni: u32,
    #[prost(uint32, required, tag = "9")]
    shm_rmid_forced: u32,
    #[prost(uint32, required, tag = "10")]
    mq_queues_max: u32,
    #[prost(uint32, required, tag = "11")]
    mq_msg_max: u32,
    #[prost(uint32, required, tag = "12")]
    mq_msgsize_max: u32,
    #[prost(uint32, optional, tag = "13")]
    mq_msg_default: Option<u32>,
    #[prost(uint32, optional, tag = "14")]
    mq_msgsize_default: Option<u32>,
}

impl Variables {
    fn of(limits: &Limits) -> Self {
        let numbers = |name: &str| limits.get(name).map_or(&[][..], Vec::as_slice);
        let large = |name: &str| numbers(name).first().copied();
        // The kernel has ints where CRIU has 32 bits.
        let small = |number: &u64| u32::try_from(*number).unwrap_or(u32::MAX);
        let one = |name: &str| numbers(name).first().map(small);
        let of = |name: &str| one(name).unwrap_or(0);
        Self {
            sem_ctls: numbers("kernel/sem").iter().map(small).collect(),
            msg_ctlmax: of("kernel/msgmax"),
            msg_ctlmnb: of("kernel/msgmnb"),
            msg_ctlmni: of("kernel/msgmni"),
            auto_msgmni: of("kernel/auto_msgmni"),
            shm_ctlmax: large("kernel/shmmax").unwrap_or(0),
            shm_ctlall: large("kernel/shmall").unwrap_or(0),
            shm_ctlmni: of("kernel/shmmni"),
            shm_rmid_forced: of("kernel/shm_rmid_forced"),
            mq_queues_max: of("fs/mqueue/queues_max"),
            mq_msg_max: of("fs/mqueue/msg_max"),
            mq_msgsize_max: of("fs/mqueue/msgsize_max"),
            mq_msg_default: one("fs/mqueue/msg_default"),
            mq_msgsize_default: one("fs/mqueue/msgsize_default"),
        }
    }
}

/// Writes these limits into all images of an IPC namespace, whatever they have: setting them changes
/// nothing then. Each image is changed at once or not at all.
///
/// # Errors
/// [`CriuError`] when one can't be read or written.
pub fn set(images: &Path, limits: &Limits) -> Result<(), CriuError> {
    let entry = Variables::of(limits).encode_to_vec();
    for file in fs::read_dir(images).map_err(at("read", images))? {
        let path = file?.path();
        let stem = path.file_stem().and_then(|name| name.to_str());
        let is_image = path.extension().is_some_and(|kind| kind == "img");
        if !is_image || !stem.is_some_and(|name| name.starts_with("ipcns-var-")) {
            continue;
        }
        let whole = wire::image(wire::IPC_VAR, std::iter::once(entry.as_slice()));
        let whole = whole.ok_or_else(|| wrong(&path, "the limits are too long"))?;
        replace(&path, &read_image(&path)?, &whole)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criu::images::decode;

    #[test]
    fn every_image_says_what_is_so() -> Result<(), Box<dyn std::error::Error>> {
        let images = tempfile::tempdir()?;
        for name in ["ipcns-var-11.img", "ipcns-var-12.img", "utsns-13.img"] {
            fs::write(images.path().join(name), "whatever stands in it")?;
        }
        let limits = Limits::from([
            ("kernel/sem", vec![1, 2, 3, 4]),
            ("kernel/msgmax", vec![8192]),
            ("kernel/shmmax", vec![u64::MAX]),
        ]);
        set(images.path(), &limits)?;
        for name in ["ipcns-var-11.img", "ipcns-var-12.img"] {
            let found: Vec<Variables> = decode(&images.path().join(name), wire::IPC_VAR)?;
            assert_eq!(found, [Variables::of(&limits)]);
            assert_eq!(found[0].sem_ctls, [1, 2, 3, 4]);
            assert_eq!(found[0].shm_ctlmax, u64::MAX);
            assert_eq!(found[0].mq_msg_default, None);
        }
        let other = fs::read_to_string(images.path().join("utsns-13.img"))?;
        assert_eq!(other, "whatever stands in it");
        Ok(())
    }
}
