//! `volume create`: an empty volume that waits for its first mount.

use std::collections::BTreeMap;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::id;
use crate::model::volume::{LOCAL_DRIVER, Volume};
use crate::ops::steps::life::volumes::ensure;
use crate::store::StoreError;
use crate::sys::machine;

/// What `volume create` is asked for.
#[derive(Debug, Clone, Default)]
pub struct CreateVolumeOptions {
    /// The name; `None` or empty: made up. `rm -v` never takes a volume that was made so.
    pub name: Option<String>,
    /// `--driver`; empty: `local`, the only one.
    pub driver: String,
    /// `--label`.
    pub labels: BTreeMap<String, String>,
    /// `--opt KEY=VALUE`: `o=uid=…,gid=…`, `copy`, `nocopy`, `noquota`.
    pub options: BTreeMap<String, String>,
    /// `--uid`.
    pub uid: Option<u32>,
    /// `--gid`.
    pub gid: Option<u32>,
    /// `--ignore`: one that is there is fine.
    pub ignore: bool,
}

/// Makes a volume and returns its name.
///
/// # Errors
/// [`Error::Invalid`] for a name, a driver or an option that can't be;
/// [`StoreError::VolumeExists`].
pub fn create(engine: &Engine, options: &CreateVolumeOptions) -> Result<String> {
    let volume = plan(options)?;
    let inserted = engine.store.transaction(|rows| {
        rows.insert_volume(&volume)?;
        rows.insert_volume_event("create", &volume.name)
    });
    match inserted {
        Err(StoreError::VolumeExists(name)) if options.ignore => Ok(name),
        Err(error) => Err(error.into()),
        Ok(()) => {
            ensure(engine, &volume)?;
            Ok(volume.name)
        }
    }
}

fn plan(options: &CreateVolumeOptions) -> Result<Volume> {
    let name = match options.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => id::from_random(machine::random()?),
    };
    id::check_name(&name)
        .map_err(|error| Error::Invalid(format!("running volume create option: {error}")))?;
    if !matches!(options.driver.as_str(), "" | LOCAL_DRIVER) {
        let driver = &options.driver;
        return Err(Error::Invalid(format!(
            "volume {name} uses volume plugin {driver} but it could not be retrieved: no volume plugin with name {driver} available: required plugin missing"
        )));
    }
    let mut volume = Volume {
        labels: options.labels.clone(),
        options: options.options.clone(),
        uid: options.uid,
        gid: options.gid,
        ..Volume::new(name, machine::now())
    };
    for (key, value) in &options.options {
        match key.as_str() {
            "o" => value
                .split(',')
                .filter(|word| !word.is_empty())
                .try_for_each(|word| mount_option(&mut volume, word))?,
            // Nothing limits a volume here.
            "copy" | "nocopy" | "noquota" => {}
            "type" | "device" | "size" | "inodes" => return Err(unsupported(key)),
            _ => {
                return Err(Error::Invalid(format!(
                    "invalid mount option {key} for driver 'local': invalid argument"
                )));
            }
        }
    }
    for (key, id) in [("UID", volume.uid), ("GID", volume.gid)] {
        if let Some(id) = id {
            volume.options.insert(key.into(), id.to_string());
            volume.needs_chown = false;
        }
    }
    Ok(volume)
}

/// One word of `--opt o=`.
fn mount_option(volume: &mut Volume, word: &str) -> Result<()> {
    let number = |what: &str, text: &str| {
        text.parse()
            .map(Some)
            .map_err(|_| Error::Invalid(format!("cannot convert {what} {text} to integer")))
    };
    match word.split_once('=') {
        Some(("uid", text)) => volume.uid = number("UID", text)?,
        Some(("gid", text)) => volume.gid = number("GID", text)?,
        None if word == "noquota" => {}
        _ => return Err(unsupported(&format!("o={word}"))),
    }
    Ok(())
}

fn unsupported(option: &str) -> Error {
    Error::Invalid(format!(
        "volume option \"{option}\" is not supported yet: mount the file system and give its directory with --volume"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, driver: &str, option: (&str, &str)) -> Result<Volume> {
        let mut options = CreateVolumeOptions {
            name: Some(name.into()),
            driver: driver.into(),
            ..CreateVolumeOptions::default()
        };
        options.options.insert(option.0.into(), option.1.into());
        plan(&options)
    }

    #[test]
    fn owners_come_from_options() -> Result<()> {
        let volume = with("v", "local", ("o", "uid=5,gid=6"))?;
        assert_eq!((volume.uid, volume.gid), (Some(5), Some(6)));
        assert!(!volume.needs_chown && volume.needs_copy_up && !volume.anonymous);
        assert_eq!(volume.options["UID"], "5");
        Ok(())
    }

    #[test]
    fn podmans_words() {
        let text = |name, driver, option| with(name, driver, option).unwrap_err().to_string();
        assert_eq!(
            text("a b", "", ("copy", "")),
            "running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument"
        );
        assert_eq!(
            text("x", "foo", ("copy", "")),
            "volume x uses volume plugin foo but it could not be retrieved: no volume plugin with name foo available: required plugin missing"
        );
        assert_eq!(
            text("x", "", ("foo", "bar")),
            "invalid mount option foo for driver 'local': invalid argument"
        );
        assert_eq!(
            text("x", "", ("o", "uid=x")),
            "cannot convert UID x to integer"
        );
        assert!(text("x", "", ("type", "tmpfs")).contains("not supported yet"));
    }
}
