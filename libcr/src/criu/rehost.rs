//! What CRIU's images say of the host they were made on, taken out for an engine that brings it
//! along in its own way.

use prost::Message as _;

use super::messages::OpenFile;
use super::wire;

/// Field numbers of `file_entry`: `reg`, and in it `mode`.
const MODE: [u64; 2] = [3, 10];

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct Named {
    #[prost(message, optional, tag = "3")]
    regular: Option<Name>,
}

/// `reg_file_entry`, its name alone.
#[derive(Clone, PartialEq, Eq, prost::Message)]
struct Name {
    #[prost(string, optional, tag = "6")]
    name: Option<String>,
}

/// `files.img` without the permissions of the root directory: engines give it different ones, and
/// CRIU insists on those that it saw. Nothing when it is no such image.
pub fn any_root_mode(files: &[u8]) -> Option<Vec<u8>> {
    let mut entries = Vec::new();
    for entry in wire::entries(files, wire::FILES).ok()? {
        let named = Named::decode(entry).ok()?;
        OpenFile::decode(entry).ok()?;
        let name = named.regular.and_then(|file| file.name);
        entries.push(if name.as_deref() == Some("/") {
            wire::without(entry, &MODE)?
        } else {
            entry.to_vec()
        });
    }
    wire::image(wire::FILES, entries.iter().map(Vec::as_slice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criu::messages::RegularFile;

    #[test]
    fn only_the_root_may_differ() {
        let file = |name: &str| {
            let mut bytes = OpenFile {
                id: 1,
                regular: Some(RegularFile {
                    mode: Some(0o40555),
                }),
            }
            .encode_to_vec();
            let named = Named {
                regular: Some(Name {
                    name: Some(name.into()),
                }),
            };
            // Fields of an embedded message that stands there twice are those of both.
            bytes.extend(named.encode_to_vec());
            bytes
        };
        let (root, other) = (file("/"), file("/data"));
        let image = wire::image(wire::FILES, [root.as_slice(), other.as_slice()]).unwrap();
        let new = any_root_mode(&image).unwrap();
        let entries = wire::entries(&new, wire::FILES).unwrap();
        let modes = entries.iter().map(|entry| {
            let file = OpenFile::decode(*entry).unwrap();
            file.regular.unwrap().mode
        });
        assert_eq!(modes.collect::<Vec<_>>(), [None, Some(0o40555)]);
        assert!(any_root_mode(b"nothing").is_none());
    }
}
