//! What a container changed and what was mounted into it, as one OCI layer: containerd's `ctr` has
//! no other place for it, so what was bind mounted goes into the root file system, and the
//! specification mounts it from there.

use std::fs::{self, File};
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::source::Parts;
use crate::archive::layout;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::layer::{LayerCompression, LayerWriter, StoredLayer};
use crate::seal::Recipients;
use crate::storage::apply::{ApplyOptions, Whiteouts, apply_changes, apply_tree};
use crate::storage::tree::TarPlan;
use crate::sys::dir::at;

/// What is to be mounted at a path in the container.
pub(super) enum Content {
    /// The files of a tar.
    Tar(PathBuf),
    /// A directory or file of this host.
    Host(PathBuf),
    /// A file with this text.
    Text(String),
}

/// Makes the layer in a file without a name.
///
/// # Errors
/// [`Error::Invalid`] for a checkpoint whose changes are a layer of containerd already and can't be
/// unpacked; when the disk takes no more.
pub(super) fn layer(
    engine: &Engine,
    parts: &Parts,
    mounted: &[(String, Content)],
) -> Result<(StoredLayer, File)> {
    let place = tempfile::tempdir_in(engine.config.root.join("images"))
        .map_err(at("make", &engine.config.root))?;
    let root = Dir::open_ambient_dir(place.path(), ambient_authority())
        .map_err(at("open", place.path()))?;
    let handle = File::open(place.path()).map_err(at("open", place.path()))?;
    if let Some(mut changes) = parts.file(layout::ROOTFS_DIFF)? {
        let mut magic = [0; 2];
        let is_layer = changes.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
        changes.rewind()?;
        let options = ApplyOptions {
            devices: true,
            ..ApplyOptions::default()
        };
        if is_layer {
            // Of containerd itself: its whiteouts stay such.
            let whiteouts = Whiteouts::Overlay;
            let options = ApplyOptions {
                whiteouts,
                ..options
            };
            apply_tree(&handle, changes, &options)?;
        } else {
            apply_changes(&handle, changes, &options)?;
        }
    }
    let mut made = Vec::new();
    for (destination, content) in mounted {
        put(
            &root,
            destination.trim_start_matches('/'),
            content,
            &mut made,
        )?;
    }
    let deleted = match parts.file(layout::DELETED_FILES)? {
        Some(list) => serde_json::from_reader(list)
            .map_err(|error| Error::Invalid(format!("deleted.files can't be read: {error}")))?,
        None => Vec::new(),
    };
    let plan = TarPlan::of_layer(place.path())?
        .without(&made)
        .with_deleted(&deleted)?;
    let mut writer = LayerWriter::begin(
        &engine.blobs()?,
        LayerCompression::Gzip,
        &Recipients::default(),
    )?;
    plan.write_to(&mut writer)?;
    Ok(writer.finish_nameless()?)
}

/// Puts content where it will be mounted from. `made`: directories that are there for it alone, and
/// whose owner and permissions are those of the image.
fn put(root: &Dir, name: &str, content: &Content, made: &mut Vec<String>) -> Result<()> {
    let cannot = |error: std::io::Error| {
        Error::Invalid(format!("/{name} can't be put into the changes: {error}"))
    };
    let parent = Path::new(name).parent().unwrap_or(Path::new(""));
    directories(root, parent, made).map_err(cannot)?;
    let text = match content {
        Content::Text(text) => text.clone(),
        Content::Host(path) if path.is_file() => {
            let bytes = fs::read(path).map_err(at("read", path))?;
            return root.write(name, bytes).map_err(cannot);
        }
        Content::Tar(path) | Content::Host(path) => {
            root.create_dir_all(name).map_err(cannot)?;
            let directory = root.open_dir(name).map_err(cannot)?.into_std_file();
            let options = ApplyOptions {
                whiteouts: Whiteouts::Literal,
                devices: true,
                ..ApplyOptions::default()
            };
            if path.is_dir() {
                let mut bytes = tempfile::tempfile().map_err(cannot)?;
                TarPlan::of_tree(path, "./")?.write_to(&mut bytes)?;
                bytes.rewind().map_err(cannot)?;
                apply_tree(&directory, bytes, &options)?;
            } else {
                let file = File::open(path).map_err(at("open", path))?;
                apply_tree(&directory, file, &options)?;
            }
            return Ok(());
        }
    };
    let mut file = root.create(name).map_err(cannot)?;
    std::io::copy(&mut Cursor::new(text), &mut file).map_err(cannot)?;
    Ok(())
}

fn directories(root: &Dir, path: &Path, made: &mut Vec<String>) -> std::io::Result<()> {
    let mut all: Vec<&Path> = path.ancestors().collect();
    all.reverse();
    for one in all.into_iter().filter(|one| !one.as_os_str().is_empty()) {
        if !root.exists(one) {
            root.create_dir(one)?;
            made.push(one.to_string_lossy().into_owned());
        }
    }
    Ok(())
}
