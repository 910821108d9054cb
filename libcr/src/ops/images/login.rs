//! `login` and `logout`: who we are to a registry.

use std::path::Path;

use crate::error::{Error, Result};
use crate::image::reference::Reference;
use crate::ops::steps::transfer::Access;
use crate::registry::auth_file::AuthFiles;
use crate::registry::{Credentials, RegistryError};

/// Who we are to a registry by now; `None`: nobody.
///
/// # Errors
/// [`RegistryError::Configuration`] for an auth file that can't be read.
pub fn user(registry: &str, auth_file: Option<&Path>) -> Result<Option<String>> {
    let (host, rest) = key(registry)?;
    let found = AuthFiles::find(auth_file).credentials(&host, &rest)?;
    Ok(found.map(|found| found.user))
}

/// Asks the registry whether it knows us, and keeps who we are.
///
/// # Errors
/// [`Error::Invalid`] in Podman's words when it doesn't.
pub fn login(registry: &str, credentials: &Credentials, access: &Access) -> Result<()> {
    let (host, rest) = key(registry)?;
    let name = Reference {
        domain: Some(host.clone()),
        path: String::new(),
        tag: None,
        digest: None,
    };
    let asked = Access {
        credentials: Some(credentials.clone()),
        ..access.clone()
    };
    let known = asked
        .connect(&name, "pull", Vec::new())
        .and_then(|client| Ok(client.check_credentials()?));
    match known {
        Ok(()) => {}
        Err(Error::Registry(RegistryError::Unauthorized { .. })) => {
            return Err(Error::Invalid(format!(
                "logging into \"{host}\": invalid username/password"
            )));
        }
        Err(error) => {
            return Err(Error::Invalid(format!(
                "authenticating creds for \"{host}\": {error}"
            )));
        }
    }
    let key = [host.as_str(), &rest].join("/");
    let files = AuthFiles::find(access.auth_file.as_deref());
    Ok(files.keep(key.trim_end_matches('/'), credentials)?)
}

/// Forgets who we are to a registry, or with `None` to all of them.
///
/// # Errors
/// [`Error::Invalid`] in Podman's words when it was nobody.
pub fn logout(registry: Option<&str>, auth_file: Option<&Path>) -> Result<()> {
    let files = AuthFiles::find(auth_file);
    let Some(registry) = registry else {
        files.forget(None)?;
        return Ok(());
    };
    let (host, rest) = key(registry)?;
    let key = [host.as_str(), &rest].join("/");
    if files.forget(Some(key.trim_end_matches('/')))? {
        return Ok(());
    }
    if files.credentials(&host, &rest)?.is_some() {
        return Err(Error::Invalid(format!(
            "existing credentials were established via another file than {}: not removed",
            files.written().display()
        )));
    }
    Err(Error::Invalid(format!("not logged into {registry}")))
}

/// Host, and the part of its names.
fn key(registry: &str) -> Result<(String, String)> {
    let bare = registry
        .strip_prefix("https://")
        .or_else(|| registry.strip_prefix("http://"))
        .unwrap_or(registry);
    let bare = bare.trim_end_matches('/');
    let (host, rest) = bare.split_once('/').unwrap_or((bare, ""));
    let odd = |text: &str| text.contains(|letter: char| letter.is_control() || letter == ' ');
    if host.is_empty() || odd(bare) {
        return Err(Error::Invalid(format!(
            "invalid registry name {registry:?}"
        )));
    }
    Ok((host.to_owned(), rest.to_owned()))
}
