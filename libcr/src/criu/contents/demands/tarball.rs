//! `tmpfs-*.tar.gz.img`: the content of a memory file system, which CRIU unpacks by `tar` as root.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType};

/// Links that are remembered.
const LINKS: usize = 1 << 16;

/// A device by kind, major and minor number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Device {
    /// A block device; else one of characters.
    pub block: bool,
    /// Which driver.
    pub major: u32,
    /// Which of its devices.
    pub minor: u32,
}

/// What of it matters before it is unpacked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tarball {
    /// Device nodes: path in it, and which.
    pub devices: Vec<(PathBuf, Device)>,
    /// Symbolic links by their path in it.
    pub links: BTreeSet<PathBuf>,
}

impl Tarball {
    /// Reads its headers; content is passed over.
    ///
    /// # Errors
    /// When it is no such archive.
    pub fn read(packed: impl Read) -> io::Result<Self> {
        let mut found = Self::default();
        let mut archive = Archive::new(MultiGzDecoder::new(packed));
        for entry in archive.entries()? {
            let entry = entry?;
            let header = entry.header();
            let path = || -> io::Result<PathBuf> {
                let path = entry.path()?;
                Ok(path.strip_prefix("./").unwrap_or(&path).to_owned())
            };
            match header.entry_type() {
                kind @ (EntryType::Block | EntryType::Char) => {
                    let device = Device {
                        block: kind == EntryType::Block,
                        major: header.device_major()?.unwrap_or(0),
                        minor: header.device_minor()?.unwrap_or(0),
                    };
                    found.devices.push((path()?, device));
                }
                EntryType::Symlink => {
                    found.links.insert(path()?);
                }
                _ => {}
            }
            if found.links.len() + found.devices.len() > LINKS {
                return Err(io::Error::other("it has too many links and device nodes"));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    #[test]
    fn nodes_and_links_are_found() {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut add = |path: &str, kind: EntryType| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(0);
            if kind == EntryType::Block {
                header.set_device_major(8).unwrap();
                header.set_device_minor(1).unwrap();
            }
            if kind == EntryType::Symlink {
                header.set_link_name("/etc").unwrap();
            }
            header.set_path(path).unwrap();
            header.set_cksum();
            tar.append(&header, io::empty()).unwrap();
        };
        add("./plain", EntryType::Regular);
        add("./disk", EntryType::Block);
        add("./out", EntryType::Symlink);
        let packed = tar.into_inner().unwrap().finish().unwrap();
        let found = Tarball::read(packed.as_slice()).unwrap();
        let disk = Device {
            block: true,
            major: 8,
            minor: 1,
        };
        assert_eq!(found.devices, [("disk".into(), disk)]);
        assert_eq!(
            found.links.into_iter().collect::<Vec<_>>(),
            [PathBuf::from("out")]
        );
        assert!(Tarball::read(&packed[..20]).is_err());
    }
}
