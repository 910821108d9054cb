//! `commit`: a container's changed files become a layer above its image.

use std::io::{self, BufReader, BufWriter};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::commit::{CommitConfig, commit_config};
use crate::image::manifest::Descriptor;
use crate::image::reference::Reference;
use crate::image::{ImageError, digest_of};
use crate::model::container::{Container, ContainerConfig};
use crate::model::image::Image;
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::rootfs;
use crate::ops::steps::{checkpoint_image, image_lock, keep_layer};
use crate::storage::StorageError;
use crate::storage::diff::RootfsDiff;
use crate::storage::layer::Layer;
use crate::storage::tree::TarPlan;
use crate::sys::cgroup::Cgroup;
use crate::sys::{fault, machine};

/// How an image is made of a container.
#[derive(Debug, Clone, Default)]
pub struct CommitOptions {
    /// Name of the image; `None`: it has only its id.
    pub name: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// The history's comment.
    pub message: Option<String>,
    /// `CMD …`, `ENV …`, …, applied in order.
    pub changes: Vec<String>,
    /// Its processes stand still while its files are read. Otherwise they do only where a file changed
    /// while it was read.
    pub pause: bool,
}

/// Makes an image of a container, whatever its state, and returns the image's id. Volumes are not in
/// it.
///
/// # Errors
/// [`Error::Invalid`] for a container without an image; [`ImageError`] for a name or a change that is
/// none.
pub fn commit(engine: &Engine, word: &str, options: &CommitOptions) -> Result<String> {
    let name = options.name.as_deref().map(Reference::parse).transpose();
    let name = name.map_err(ImageError::from)?;
    let id = engine.find(word)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    let base = base(engine, &container.config)?;
    let created = machine::now();
    let document = |diff_id: &str| {
        commit_config(&CommitConfig {
            base: &base.config,
            diff_id,
            process: &container.config.process,
            labels: &container.config.labels,
            author: options.author.as_deref(),
            message: options.message.as_deref(),
            changes: &options.changes,
            created: &created,
        })
    };
    // What can't be is said before anything is read.
    document("")?;
    let _adding = image_lock::adding(engine)?;
    let mut layers = base_layers(engine, &base)?;
    let (layer, blob) = read(engine, &mut container.clone(), options.pause)?;
    fault::point("layer-kept");
    layers.push(blob);
    let config = document(&layer.diff_id)?;
    let manifest = keep_layer::manifest(&config, layers)?;
    let blobs = engine.blobs()?;
    blobs.write(&config)?;
    blobs.write(&manifest)?;
    fault::point("blobs-kept");
    let names = name.map(|name| name.local().to_string());
    let image = Image {
        id: digest_of(&config).trim_start_matches("sha256:").to_owned(),
        digest: digest_of(&manifest),
        diff_ids: [&base.diff_ids[..], &[layer.diff_id]].concat(),
        names: names.into_iter().collect(),
        size: base.size + layer.tar_size,
        created: created.clone(),
        config: serde_json::from_slice(&config)
            .map_err(|error| Error::Invalid(error.to_string()))?,
    };
    engine.store.transaction(|rows| {
        rows.insert_image_anew(&image)?;
        for name in &image.names {
            rows.insert_image_event("tag", &image.id, name)?;
        }
        rows.insert_event("commit", &container, "")
    })?;
    Ok(image.id)
}

fn base(engine: &Engine, config: &ContainerConfig) -> Result<Image> {
    let Some(id) = config.rootfs.image_id() else {
        return Err(Error::Invalid(
            "cannot commit a container that uses an exploded rootfs: invalid argument".into(),
        ));
    };
    let found = engine.store.rows().images_with_prefix(id)?;
    let found = found.into_iter().next();
    found.ok_or_else(|| Error::NoSuchImage(id.to_owned()))
}

/// The layers of the image below as they are kept; those that aren't kept yet are now.
fn base_layers(engine: &Engine, base: &Image) -> Result<Vec<Descriptor>> {
    if keep_layer::is_whole(engine, base) {
        return Ok(checkpoint_image::manifest(engine, base)?.layers);
    }
    let store = engine.layers()?;
    let mut layers = Vec::new();
    for diff_id in &base.diff_ids {
        let kept = if let Some(known) = keep_layer::known(engine, diff_id)? {
            known
        } else {
            let plan = TarPlan::of_layer(&store.path(diff_id)?)?;
            // Bytes that came out otherwise would be another layer, and are refused.
            piped(&plan, |tar| keep_layer::keep(engine, tar, diff_id))?
        };
        layers.push(kept);
    }
    Ok(layers)
}

/// Reads what a container changed; while a file changes under the reader, once more of one that stands
/// still.
fn read(engine: &Engine, container: &mut Container, pause: bool) -> Result<(Layer, Descriptor)> {
    let running = container.state.status == Status::Running;
    if running && !pause {
        match layer(engine, &container.config) {
            Err(Error::Storage(StorageError::Changed { .. })) => {}
            read => return read,
        }
    }
    if !running {
        return layer(engine, &container.config);
    }
    stand(engine, container, Status::Paused)?;
    let read = layer(engine, &container.config);
    stand(engine, container, Status::Running)?;
    read
}

/// Written down before it stands still and after it goes on: who finds one that stands still after a
/// crash can let it go on.
fn stand(engine: &Engine, container: &mut Container, status: Status) -> Result<()> {
    let id = container.config.id.clone();
    let group = Cgroup::at(&cgroup_path(&container.config));
    if status == Status::Running {
        group.thaw()?;
    }
    let before = std::mem::replace(&mut container.state.status, status);
    engine
        .store
        .transaction(|rows| rows.update_state(&id, &container.state))?;
    if status == Status::Paused
        && let Err(error) = group.freeze()
    {
        container.state.status = before;
        engine
            .store
            .transaction(|rows| rows.update_state(&id, &container.state))?;
        return Err(error.into());
    }
    Ok(())
}

fn layer(engine: &Engine, config: &ContainerConfig) -> Result<(Layer, Descriptor)> {
    let paths = rootfs::paths(engine, config);
    let lowers = rootfs::lowers(engine, config)?;
    rootfs::prepare(&paths, &lowers)?;
    let diff = RootfsDiff::scan(&paths.upper, &lowers)?;
    let plan = TarPlan::of_diff(&diff)?.with_deleted(&diff.deleted_files())?;
    piped(&plan, |tar| keep_layer::import(engine, tar, None))
}

/// Gives what is written of a plan to a reader.
fn piped<T>(
    plan: &TarPlan,
    read: impl FnOnce(BufReader<io::PipeReader>) -> Result<T>,
) -> Result<T> {
    let (reader, writer) = io::pipe()?;
    std::thread::scope(|scope| {
        let writing = std::thread::Builder::new().name("layer".into());
        let writing = writing.spawn_scoped(scope, move || {
            plan.write_to(&mut BufWriter::with_capacity(1 << 17, writer))
        })?;
        let read = read(BufReader::with_capacity(1 << 17, reader));
        match writing.join() {
            // Nobody read any more: the reader knows why.
            Ok(Err(StorageError::Io { .. })) if read.is_err() => read,
            Ok(Err(error)) => Err(error.into()),
            _ => read,
        }
    })
}
