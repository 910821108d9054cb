//! The handle that every door holds: the opened store and what the host offers. No behaviour
//! beyond opening and finding.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::image::blobs::BlobStore;
use crate::model::container::Container;
use crate::model::container::pod::Pod;
use crate::runtime::{Runtime, RuntimeError};
use crate::storage::layer::LayerStore;
use crate::store::lock::ContainerLock;
use crate::store::{Store, StoreError};

/// An opened engine.
#[derive(Debug)]
pub struct Engine {
    /// Places and programs.
    pub config: Config,
    /// The state.
    pub store: Store,
    /// Path of conmon-rs.
    pub monitor: PathBuf,
}

impl Engine {
    /// Opens the engine and leaves operations of killed engines alone: for the exit command of a
    /// monitor, which may run while such an operation is being looked at. Everybody else calls
    /// [`crate::open`].
    pub fn open(config: Config) -> Result<Self> {
        crate::sys::proc::know_self()?;
        let store = Store::open(&config.root)?;
        for folder in ["containers", "layers", "images"] {
            let path = config.root.join(folder);
            std::fs::create_dir_all(&path).map_err(crate::sys::dir::at("make", &path))?;
        }
        let program = std::env::current_exe()?;
        let monitor = config.monitor_program(&program);
        Ok(Self {
            config,
            store,
            monitor,
        })
    }

    /// The runtime a new container gets.
    pub fn default_runtime(&self) -> Result<Runtime> {
        match &self.config.runtime {
            Some(name) => Ok(Runtime::find(name)?),
            None => Ok(["crun", "runc"]
                .iter()
                .find_map(|name| Runtime::find(name).ok())
                .ok_or_else(|| RuntimeError::Missing("crun".into()))?),
        }
    }

    /// The runtime a container was made with.
    pub fn runtime_of(&self, container: &Container) -> Result<Runtime> {
        let name = &container.config.runtime;
        // `--runtime /opt/crun` stands for containers made with that name too.
        let told = self
            .config
            .runtime
            .as_deref()
            .filter(|told| Path::new(told).file_name() == Path::new(name).file_name());
        Ok(Runtime::find(told.unwrap_or(name))?)
    }

    /// Waits for a container's lock.
    pub fn lock(&self, id: &str) -> Result<ContainerLock> {
        Ok(ContainerLock::acquire(
            &self.config.run_root.join("locks"),
            id,
        )?)
    }

    /// Removes the lock file of a container that is gone; for whoever holds the lock. Those who
    /// wait for it take a new file and find no container.
    pub fn forget_lock(&self, id: &str) -> Result<()> {
        let path = self.config.run_root.join("locks").join(id);
        Ok(crate::sys::dir::remove_file_if_present(&path)?)
    }

    /// The container that a user's word names: name, id or beginning of an id.
    pub fn find(&self, word: &str) -> Result<Container> {
        let word = word.strip_prefix('/').unwrap_or(word);
        let mut found = self.store.rows().containers_named(word)?;
        match found.len() {
            0 => Err(Error::NoSuchContainer(word.to_owned())),
            1 => Ok(found.remove(0)),
            // An exact name wins over the beginning of another's id.
            _ => found
                .into_iter()
                .find(|container| container.config.name == word)
                .ok_or_else(|| Error::Ambiguous {
                    what: "container",
                    word: word.to_owned(),
                }),
        }
    }

    /// The pod that a word names: its name, its id or the beginning of that.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPod`]; [`Error::Ambiguous`].
    pub fn find_pod(&self, word: &str) -> Result<Pod> {
        let mut found = self.store.rows().pods_named(word)?;
        match found.len() {
            0 => Err(StoreError::NoSuchPod(word.to_owned()).into()),
            1 => Ok(found.remove(0)),
            _ => found
                .into_iter()
                .find(|pod| pod.name == word)
                .ok_or_else(|| Error::Ambiguous {
                    what: "pod",
                    word: word.to_owned(),
                }),
        }
    }

    /// Reads a container again, under its lock.
    pub fn reload(&self, id: &str) -> Result<Container> {
        let found = self.store.rows().container(id)?;
        found.ok_or_else(|| Error::NoSuchContainer(id.to_owned()))
    }

    /// The layers.
    pub fn layers(&self) -> Result<LayerStore> {
        Ok(LayerStore::open(self.config.root.join("layers"))?)
    }

    /// Configurations and manifests of images, and the layers of checkpoint images.
    pub fn blobs(&self) -> Result<BlobStore> {
        Ok(BlobStore::open(self.config.root.join("images"))?)
    }

    /// Directory of a container's files: `<root>/containers/<id>`.
    pub fn container_dir(&self, id: &str) -> PathBuf {
        self.config.root.join("containers").join(id)
    }

    /// Bundle of a container: config.json, checkpoint/, CRIU's logs.
    pub fn bundle(&self, id: &str) -> PathBuf {
        self.container_dir(id).join("bundle")
    }

    /// Monitor files of a container.
    pub fn monitor_paths(&self, id: &str) -> crate::monitor::paths::MonitorPaths {
        crate::monitor::paths::MonitorPaths::new(&self.config.run_root, id)
    }

    /// Network namespace of a container, where it has one of ours.
    pub fn netns(&self, id: &str) -> PathBuf {
        self.config.netns(id)
    }

    /// Directory of a volume: `<root>/volumes/<name>`.
    pub fn volume_dir(&self, name: &str) -> PathBuf {
        self.config.root.join("volumes").join(name)
    }

    /// Content of a volume: what containers see of it.
    pub fn volume_data(&self, name: &str) -> PathBuf {
        self.volume_dir(name).join("_data")
    }

    /// Log of a container, with the k8s-file driver.
    pub fn log_file(&self, id: &str) -> PathBuf {
        self.container_dir(id).join("ctr.log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::example;

    #[test]
    fn a_runtime_told_by_path_stands_for_its_own_name_only() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config {
            runtime: Some("/nowhere/other-runtime".into()),
            ..Config::below(root.path())
        })?;
        let mut container = example("a");
        for (made_with, looked_for) in [
            ("runtime", "runtime"),
            ("other-runtime", "/nowhere/other-runtime"),
            ("/elsewhere/other-runtime", "/nowhere/other-runtime"),
        ] {
            container.config.runtime = made_with.into();
            let missing = engine.runtime_of(&container);
            assert!(
                matches!(&missing, Err(Error::Runtime(RuntimeError::Missing(name))) if name == looked_for),
                "{missing:?}"
            );
        }
        Ok(())
    }
}
