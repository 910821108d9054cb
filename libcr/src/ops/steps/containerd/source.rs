//! The parts of a checkpoint of ours, wherever it is: an archive, a checkpoint image, the catalogue,
//! the bundle of a frozen container.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::archive::{Header, Manifest, Selection, layout, podman};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::image::Image;
use crate::ops::steps::freezing::capture::pin_files;
use crate::ops::steps::life::volumes;
use crate::ops::steps::thawing::base_image;
use crate::ops::steps::thawing::unpack::{self, Staging};
use crate::ops::steps::{checkpoint_image, podman_config};
use crate::seal::Keys;
use crate::sys::dir::at;

/// A checkpoint in parts.
pub struct Parts {
    /// Where `checkpoint`, `rootfs-diff.tar`, `deleted.files` and `devshm-checkpoint.tar` are.
    pub directory: PathBuf,
    /// Podman's description of the container.
    pub dump: podman::ContainerConfig,
    /// The OCI specification.
    pub spec: Value,
    /// What the archive says of itself.
    pub manifest: Option<Manifest>,
    /// The image below.
    pub base: Image,
    /// What named volumes hold: where they are mounted, and a tar of it or a directory of this host.
    pub volumes: Vec<(String, PathBuf)>,
    _staging: Option<Staging>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

impl Parts {
    /// Of an archive.
    pub fn of_archive(engine: &Engine, path: &Path) -> Result<Self> {
        let staging = Staging::make(engine)?;
        let (reader, header) =
            unpack::open(path, &Keys::default(), &staging, Selection::default())?;
        let contents = reader.unpack(staging.handle(), Selection::default())?;
        Self::unpacked(engine, staging, &header, &contents.volumes())
    }

    /// Of a checkpoint image of this host, `name` for messages.
    pub fn of_image(engine: &Engine, image: &Image, name: &str) -> Result<Self> {
        let staging = Staging::make(engine)?;
        let layers = checkpoint_image::open(engine, image)?;
        let (reader, header) = unpack::open_parts(
            layers,
            name,
            &Keys::default(),
            &staging,
            Selection::default(),
        )?;
        let contents = reader.unpack(staging.handle(), Selection::default())?;
        Self::unpacked(engine, staging, &header, &contents.volumes())
    }

    fn unpacked(
        engine: &Engine,
        staging: Staging,
        header: &Header,
        volumes: &[String],
    ) -> Result<Self> {
        let dump = podman::ContainerConfig::from_json(&header.config_dump).map_err(unreadable)?;
        let (base, _, _) = base_image::find(engine, &dump, header.manifest.as_ref())?;
        let directory = staging.path().to_owned();
        let at = |name: &String| {
            let mut all = dump.named_volumes.iter();
            let volume = all.find(|volume| volume.volume_name == *name)?;
            Some((volume.dest.clone(), directory.join(layout::volume(name))))
        };
        Ok(Self {
            volumes: volumes.iter().filter_map(at).collect(),
            directory,
            spec: serde_json::from_slice(&header.spec_dump).map_err(unreadable)?,
            manifest: header.manifest.clone(),
            dump,
            base,
            _staging: Some(staging),
        })
    }

    /// Of a container that is frozen in its bundle, or of a checkpoint of the catalogue in
    /// `directory`.
    pub fn of_container(
        engine: &Engine,
        container: &Container,
        directory: Option<PathBuf>,
    ) -> Result<Self> {
        let config = &container.config;
        let frozen = directory.is_none();
        let directory = directory.unwrap_or_else(|| engine.bundle(&config.id));
        if !directory.join("checkpoint/inventory.img").exists() {
            return Err(Error::Invalid(format!(
                "container {} has no checkpoint that could be pushed: freeze it first",
                config.name
            )));
        }
        if frozen {
            pin_files(engine, container)?;
        }
        let image = config.rootfs.image_id().unwrap_or_default();
        let base = engine.store.rows().images_with_prefix(image)?.pop();
        let base = base.filter(|_| !image.is_empty());
        let spec = if frozen {
            podman_config::spec_to_podman(engine, container)?
        } else {
            let path = directory.join(layout::SPEC_DUMP);
            fs::read(&path).map_err(at("read", &path))?
        };
        let names = volumes::directories(engine, config)?;
        let mounted = config.named_volumes.iter().filter_map(|volume| {
            let (_, files) = names.iter().find(|(name, _)| *name == volume.name)?;
            Some((volume.destination.clone(), files.clone()))
        });
        Ok(Self {
            volumes: mounted.collect(),
            directory,
            dump: podman_config::to_podman(container),
            spec: serde_json::from_slice(&spec).map_err(unreadable)?,
            manifest: None,
            base: base.ok_or_else(|| {
                Error::Invalid(format!(
                    "container {} runs on a directory of this host, which containerd can't",
                    config.name
                ))
            })?,
            _staging: None,
        })
    }

    /// A file of it, where it has one.
    pub fn file(&self, name: &str) -> Result<Option<File>> {
        let path = self.directory.join(name);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at("open", &path)(error).into()),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err as it is")]
fn unreadable(error: serde_json::Error) -> Error {
    Error::Invalid(format!("the checkpoint can't be read: {error}"))
}
