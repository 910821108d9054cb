//! Images between this host and registries: the name that is meant, what it names there, and its
//! blobs on their way. What `pull`, `push`, `create` and `restore` share.

pub mod base;
pub mod fetch;
pub mod name;
pub mod resolve;
pub mod send;

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::image::reference::Reference;
use crate::progress::Progress;
use crate::registry::auth_file::AuthFiles;
use crate::registry::registries_conf::Registries;
use crate::registry::{Client, Credentials, Settings};

/// Ends a transfer that nobody waits for any more.
///
/// # Errors
/// [`Error::TransferCancelled`].
pub fn still_wanted(what: &str, progress: &dyn Progress) -> Result<()> {
    if progress.cancelled() {
        return Err(Error::TransferCancelled(what.to_owned()));
    }
    Ok(())
}

/// How registries are reached, as the command line says it.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// `--authfile`.
    pub auth_file: Option<PathBuf>,
    /// `--creds USER[:PASSWORD]`.
    pub credentials: Option<Credentials>,
    /// `--tls-verify`; `None`: as `registries.conf` says.
    pub tls_verify: Option<bool>,
    /// `--cert-dir`.
    pub certificates: Option<PathBuf>,
}

impl Access {
    /// Asks the registry of a full name for its repository. `sources`: repositories of the same
    /// registry that blobs may be taken from.
    ///
    /// # Errors
    /// Of [`Client::connect`]; [`crate::registry::RegistryError::Configuration`].
    pub fn connect(
        &self,
        name: &Reference,
        actions: &'static str,
        sources: Vec<String>,
    ) -> Result<Client> {
        let domain = name.domain.clone().unwrap_or_default();
        let endpoint = Registries::read()?.endpoint(&format!("{domain}/{}", name.path))?;
        let files = AuthFiles::find(self.auth_file.as_deref());
        let credentials = match &self.credentials {
            Some(credentials) => Some(credentials.clone()),
            None => files.credentials(&domain, &name.path)?,
        };
        let settings = Settings {
            insecure: self
                .tls_verify
                .map_or(endpoint.insecure, |verified| !verified),
            certificates: self.certificates.clone(),
            credentials,
            actions,
            sources,
        };
        Ok(Client::connect(&endpoint.place, settings)?)
    }
}
