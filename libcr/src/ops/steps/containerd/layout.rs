//! An OCI image layout as a directory (`oci:DIR`) or a tar (`oci-archive:FILE`).

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::writing::{ContainerdImage, layout_index};
use crate::error::{Error, Result};
use crate::sys::dir::{at, partial_path, remove_file_if_present, sync_parent, write_atomic};

const VERSION: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

/// Where a layout goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// `oci:DIR`.
    Directory(PathBuf),
    /// `oci-archive:FILE`.
    Archive(PathBuf),
}

impl Destination {
    /// Reads skopeo's words.
    ///
    /// # Errors
    /// [`Error::Invalid`] for any other.
    pub fn parse(word: &str) -> Result<Self> {
        match word.split_once(':') {
            Some(("oci", path)) if !path.is_empty() => Ok(Self::Directory(path.into())),
            Some(("oci-archive", path)) if !path.is_empty() => Ok(Self::Archive(path.into())),
            _ => Err(Error::Invalid(format!(
                "{word} is no place for a checkpoint of containerd: oci:DIRECTORY or oci-archive:FILE"
            ))),
        }
    }
}

/// Writes the layout with the checkpoint in it as `name`. Its index comes last: without it there is
/// none.
///
/// # Errors
/// [`Error::Conflict`] for a directory that has a layout already; when the disk takes no more.
pub fn write(image: &ContainerdImage, name: &str, destination: &Destination) -> Result<()> {
    match destination {
        Destination::Directory(path) => directory(image, name, path),
        Destination::Archive(path) => archive(image, name, path),
    }
}

fn directory(image: &ContainerdImage, name: &str, path: &Path) -> Result<()> {
    let (blobs, index) = (path.join("blobs/sha256"), path.join("index.json"));
    if index.exists() {
        return Err(Error::Conflict(format!(
            "{} holds an image layout already",
            path.display()
        )));
    }
    fs::create_dir_all(&blobs).map_err(at("make", &blobs))?;
    for (descriptor, stream) in image.blobs() {
        let place = blobs.join(hex(&descriptor.digest));
        let partial = partial_path(&place);
        let mut file = File::create(&partial).map_err(at("make", &partial))?;
        std::io::copy(&mut stream?, &mut file).map_err(at("write", &partial))?;
        file.sync_all().map_err(at("write", &partial))?;
        fs::rename(&partial, &place).map_err(at("rename", &partial))?;
    }
    let place = blobs.join(hex(&image.index.digest));
    write_atomic(&place, &image.index_bytes, 0o644)?;
    write_atomic(&path.join("oci-layout"), VERSION, 0o644)?;
    write_atomic(&index, &layout_index(image, name)?, 0o644)?;
    Ok(())
}

fn archive(image: &ContainerdImage, name: &str, path: &Path) -> Result<()> {
    let partial = partial_path(path);
    remove_file_if_present(&partial)?;
    let written = write_tar(image, name, &partial);
    if let Err(error) = written {
        remove_file_if_present(&partial)?;
        return Err(error);
    }
    fs::rename(&partial, path).map_err(at("rename", &partial))?;
    Ok(sync_parent(path)?)
}

fn write_tar(image: &ContainerdImage, name: &str, partial: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600);
    let file = options.open(partial).map_err(at("make", partial))?;
    let mut builder = tar::Builder::new(std::io::BufWriter::new(file));
    let mut append = |name: &str, size: u64, content: &mut dyn Read| {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_size(size);
        builder
            .append_data(&mut header, name, content.take(size))
            .map_err(at("write", partial))
    };
    let blob = |digest: &str| format!("blobs/sha256/{}", hex(digest));
    append("oci-layout", VERSION.len() as u64, &mut &VERSION[..])?;
    for (descriptor, stream) in image.blobs() {
        append(&blob(&descriptor.digest), descriptor.size, &mut stream?)?;
    }
    let index = &image.index;
    append(
        &blob(&index.digest),
        index.size,
        &mut image.index_bytes.as_slice(),
    )?;
    let all = layout_index(image, name)?;
    append("index.json", all.len() as u64, &mut all.as_slice())?;
    let buffered = builder.into_inner().map_err(at("write", partial))?;
    let file = buffered
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    Ok(file.sync_all().map_err(at("write", partial))?)
}

fn hex(digest: &str) -> &str {
    digest.trim_start_matches("sha256:")
}
