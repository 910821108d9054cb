//! The network namespace in CRIU's images: whether it is brought along from outside.
//!
//! Formats: CRIU's `images/core.proto` (`task_kobj_ids_entry`) and `netdev.proto` (`netns_entry`).

use prost::Message as _;

use super::wire;

/// The key under which runc and crun hand CRIU the network namespace at a restore.
const KEY: &str = "extRootNetNS";

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct Ids {
    #[prost(uint32, optional, tag = "6")]
    net: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct Netns {
    #[prost(string, optional, tag = "8")]
    ext_key: Option<String>,
}

/// The image that says that the network namespace of the process with this `ids-PID.img` comes from
/// outside, and its name; nothing where it has none of its own.
pub fn from_outside(ids: &[u8]) -> Option<(String, Vec<u8>)> {
    let entries = wire::entries(ids, wire::IDS).ok()?;
    let net = Ids::decode(*entries.first()?).ok()?.net?;
    let entry = Netns {
        ext_key: Some(KEY.to_owned()),
    };
    let bytes = entry.encode_to_vec();
    let image = wire::image(wire::NETNS, std::iter::once(bytes.as_slice()))?;
    Some((format!("netns-{net}.img"), image))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_criu_writes_it() {
        // Of a container that containerd 2.1 froze in the namespace of its pod.
        let ids = [
            0x19, 0x43, 0x56, 0x54, 0x30, 0x20, 0x43, 0x54, 0x18, 0, 0, 0, 8, 2, 0x10, 2, 0x18, 2,
            0x20, 2, 0x28, 9, 0x30, 0x0a, 0x38, 0x0b, 0x40, 0x0c, 0x48, 0x0d, 0x50, 7, 0x58, 0x0e,
            0x60, 5,
        ];
        let (name, image) = from_outside(&ids).unwrap();
        assert_eq!(name, "netns-10.img");
        let mut expected = b"\x19CVTR7\x93U\x0e\0\0\0B\x0cextRootNetNS".to_vec();
        assert_eq!(image, std::mem::take(&mut expected));
        assert!(from_outside(b"").is_none());
    }
}
