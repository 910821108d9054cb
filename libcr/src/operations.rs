//! The engine as an embedder sees it: one trait of a container's life and one of its checkpoints.
//!
//! Both are object-safe and implemented by [`Engine`] alone, in terms of [`crate::ops`]; they decide
//! nothing. A program that takes `&dyn CheckpointOperations` can be tested with one of its own.

use std::path::Path;

use serde_json::Value;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::checkpoint::{CheckpointReport, RestoreReport};
use crate::model::container::Container;
use crate::ops::checkpoint::CheckpointOptions;
use crate::ops::lifecycle::create::CreateOptions;
use crate::ops::lifecycle::rm::RmOptions;
use crate::ops::lifecycle::{create, inspect, kill, pause, ps, rm, start, stop, wait};
use crate::ops::restore::RestoreOptions;
use crate::ops::{checkpoint, checkpoints, restore};
use crate::progress::Progress;

/// A container's life. `word` is a name, a full id or the beginning of one; errors are those of the
/// operation of the same name in [`crate::ops::lifecycle`].
pub trait ContainerOperations {
    /// Makes a container and returns its full id; nothing runs yet.
    ///
    /// # Errors
    /// As [`create::create`].
    fn create(&self, options: &CreateOptions) -> Result<String>;
    /// Starts it and returns its full id.
    ///
    /// # Errors
    /// As [`start::start`].
    fn start(&self, word: &str) -> Result<String>;
    /// Stops it, after `timeout` seconds with SIGKILL (`None`: its own time); returns its full id.
    ///
    /// # Errors
    /// As [`stop::stop`].
    fn stop(&self, word: &str, timeout: Option<u32>) -> Result<String>;
    /// Sends a signal by name or number; returns its full id.
    ///
    /// # Errors
    /// As [`kill::kill`].
    fn kill(&self, word: &str, signal: &str) -> Result<String>;
    /// Stops its processes in memory; returns its full id.
    ///
    /// # Errors
    /// As [`pause::pause`].
    fn pause(&self, word: &str) -> Result<String>;
    /// Lets them go on; returns its full id.
    ///
    /// # Errors
    /// As [`pause::unpause`].
    fn unpause(&self, word: &str) -> Result<String>;
    /// Waits until it has ended and returns its exit code.
    ///
    /// # Errors
    /// As [`wait::wait`].
    fn wait(&self, word: &str) -> Result<i32>;
    /// Removes it and returns its full id.
    ///
    /// # Errors
    /// As [`rm::rm`].
    fn remove(&self, word: &str, options: RmOptions) -> Result<String>;
    /// All containers, oldest first, each as it truly is.
    ///
    /// # Errors
    /// As [`ps::list`].
    fn list(&self) -> Result<Vec<Container>>;
    /// All that is known of it, as Podman's `inspect` has it.
    ///
    /// # Errors
    /// As [`inspect::inspect`].
    fn inspect(&self, word: &str) -> Result<Value>;
}

/// Freezing and thawing.
pub trait CheckpointOperations {
    /// Freezes a container: to its bundle, a file, the catalogue or a directory, as `options` say.
    ///
    /// # Errors
    /// As [`checkpoint::checkpoint`]; the container runs on after each.
    fn checkpoint(
        &self,
        word: &str,
        options: &CheckpointOptions,
        progress: &dyn Progress,
    ) -> Result<CheckpointReport>;
    /// Thaws a container from its own checkpoint or a named one.
    ///
    /// # Errors
    /// As [`restore::restore`]; the checkpoint is as it was after each.
    fn restore(
        &self,
        word: &str,
        options: &RestoreOptions,
        progress: &dyn Progress,
    ) -> Result<RestoreReport>;
    /// Makes a container from an archive (`-`: standard input) and thaws it.
    ///
    /// # Errors
    /// As [`restore::import`]; nothing half-made is left after each.
    fn import(
        &self,
        archive: &Path,
        options: &RestoreOptions,
        progress: &dyn Progress,
    ) -> Result<RestoreReport>;
    /// The named checkpoints of a container, or of all; in the catalogue, or in a user's directory.
    ///
    /// # Errors
    /// As [`checkpoints::list::list`].
    fn checkpoints(
        &self,
        container: Option<&str>,
        directory: Option<&Path>,
    ) -> Result<Vec<checkpoints::list::Listed>>;
}

impl ContainerOperations for Engine {
    fn create(&self, options: &CreateOptions) -> Result<String> {
        create::create(self, options)
    }

    fn start(&self, word: &str) -> Result<String> {
        start::start(self, word, false).map(|started| started.id)
    }

    fn stop(&self, word: &str, timeout: Option<u32>) -> Result<String> {
        stop::stop(self, word, timeout).map(|stopped| stopped.id)
    }

    fn kill(&self, word: &str, signal: &str) -> Result<String> {
        kill::kill(self, word, signal)
    }

    fn pause(&self, word: &str) -> Result<String> {
        pause::pause(self, word)
    }

    fn unpause(&self, word: &str) -> Result<String> {
        pause::unpause(self, word)
    }

    fn wait(&self, word: &str) -> Result<i32> {
        wait::wait(self, word)
    }

    fn remove(&self, word: &str, options: RmOptions) -> Result<String> {
        rm::rm(self, word, options)
    }

    fn list(&self) -> Result<Vec<Container>> {
        ps::list(self)
    }

    fn inspect(&self, word: &str) -> Result<Value> {
        inspect::inspect(self, word)
    }
}

impl CheckpointOperations for Engine {
    fn checkpoint(
        &self,
        word: &str,
        options: &CheckpointOptions,
        progress: &dyn Progress,
    ) -> Result<CheckpointReport> {
        checkpoint::checkpoint(self, word, options, progress)
    }

    fn restore(
        &self,
        word: &str,
        options: &RestoreOptions,
        progress: &dyn Progress,
    ) -> Result<RestoreReport> {
        restore::restore(self, word, options, progress)
    }

    fn import(
        &self,
        archive: &Path,
        options: &RestoreOptions,
        progress: &dyn Progress,
    ) -> Result<RestoreReport> {
        restore::import(self, archive, options, progress)
    }

    fn checkpoints(
        &self,
        container: Option<&str>,
        directory: Option<&Path>,
    ) -> Result<Vec<checkpoints::list::Listed>> {
        checkpoints::list::list(self, container, directory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Error};

    #[test]
    fn an_engine_is_both_behind_one_reference() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config::below(root.path()))?;
        let life: &dyn ContainerOperations = &engine;
        assert!(life.list()?.is_empty());
        assert!(matches!(life.start("a"), Err(Error::NoSuchContainer(_))));
        let freezing: &dyn CheckpointOperations = &engine;
        let refused =
            freezing.checkpoint("a", &CheckpointOptions::default(), &crate::progress::Silent);
        assert!(matches!(refused, Err(Error::NoSuchContainer(_))));
        assert!(freezing.checkpoints(None, None)?.is_empty());
        Ok(())
    }
}
