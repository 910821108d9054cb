//! The host name in CRIU's images. CRIU sets it at a thaw also where the processes join the UTS
//! namespace of others (`criu/uts_ns.c`, `prepare_utsns`): all of them would be renamed.

use std::fs;
use std::path::Path;

use prost::Message;

use super::images::{read_image, replace, wrong};
use super::{CriuError, wire};
use crate::sys::dir::at;

/// `utsns_entry` (`images/utsns.proto`).
#[derive(Clone, PartialEq, Eq, Message)]
struct Names {
    #[prost(bytes = "vec", required, tag = "1")]
    node: Vec<u8>,
    #[prost(bytes = "vec", required, tag = "2")]
    domain: Vec<u8>,
}

/// The kernel's own where none is set.
const NO_DOMAIN: &[u8] = b"(none)";

/// Writes `name` into all images of a UTS namespace, whatever they have. Each is changed at once or
/// not at all.
///
/// # Errors
/// [`CriuError::Image`] for a name that is too long.
pub fn set(images: &Path, name: &str) -> Result<(), CriuError> {
    let names = Names {
        node: name.as_bytes().to_vec(),
        domain: NO_DOMAIN.to_vec(),
    };
    let entry = names.encode_to_vec();
    for file in fs::read_dir(images).map_err(at("read", images))? {
        let path = file?.path();
        let stem = path.file_stem().and_then(|name| name.to_str());
        let is_image = path.extension().is_some_and(|kind| kind == "img");
        if !is_image || !stem.is_some_and(|name| name.starts_with("utsns-")) {
            continue;
        }
        let whole = wire::image(wire::UTSNS, std::iter::once(entry.as_slice()));
        let whole = whole.ok_or_else(|| wrong(&path, "the host name is too long"))?;
        replace(&path, &read_image(&path)?, &whole)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criu::images::decode;

    #[test]
    fn every_image_of_a_name_says_the_new_one() -> Result<(), Box<dyn std::error::Error>> {
        let images = tempfile::tempdir()?;
        let old = wire::image(wire::UTSNS, std::iter::once(&b"\x0a\x03old\x12\x01x"[..]));
        for name in ["utsns-12.img", "utsns-13.img", "ipcns-var-11.img"] {
            fs::write(images.path().join(name), old.clone().unwrap_or_default())?;
        }
        set(images.path(), "pod")?;
        for name in ["utsns-12.img", "utsns-13.img"] {
            let found: Vec<Names> = decode(&images.path().join(name), wire::UTSNS)?;
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].node, b"pod");
        }
        let other = fs::read(images.path().join("ipcns-var-11.img"))?;
        assert_eq!(Some(other), old);
        Ok(())
    }
}
