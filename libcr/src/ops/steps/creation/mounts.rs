//! `--volume`, `--tmpfs` and the image's volumes: read and checked in Podman's words. `--mount` is
//! `mount_flag`'s.

use std::collections::BTreeMap;
use std::path::Path;

use super::{CreateOptions, mount_flag};
use crate::error::{Error, Result};
use crate::model::container::{BindMount, ContainerConfig, VolumeMount};
use crate::model::id;
use crate::model::image::Image;
use crate::runtime::spec::is_propagation;
use crate::sys::machine;

/// Words that a bind mount may have behind its destination; at most one of each row.
const OPTIONS: [&[&str]; 8] = [
    &["rw", "ro"],
    &["exec", "noexec"],
    &["dev", "nodev"],
    &["suid", "nosuid"],
    &["bind", "rbind"],
    &["z", "Z"],
    &["copy", "nocopy"],
    &[
        "private",
        "rprivate",
        "shared",
        "rshared",
        "slave",
        "rslave",
        "unbindable",
        "runbindable",
    ],
];
/// What is mounted into a container beside what every container has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mounts {
    pub(super) binds: Vec<BindMount>,
    pub(super) volumes: Vec<VolumeMount>,
    pub(super) tmpfs: BTreeMap<String, Vec<String>>,
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mount {
    Bind(BindMount),
    Volume(VolumeMount),
    Tmpfs(String, Vec<String>),
}

impl Mount {
    pub(super) fn destination(&self) -> &str {
        match self {
            Self::Bind(bind) => &bind.destination,
            Self::Volume(volume) => &volume.destination,
            Self::Tmpfs(destination, _) => destination,
        }
    }
}

impl Mounts {
    /// Adds one; the same one twice is one, as in Podman.
    fn push(&mut self, mount: Mount) {
        match mount {
            Mount::Bind(bind) if !self.binds.contains(&bind) => self.binds.push(bind),
            Mount::Volume(volume) if !self.volumes.contains(&volume) => self.volumes.push(volume),
            Mount::Bind(_) | Mount::Volume(_) => {}
            Mount::Tmpfs(destination, options) => drop(self.tmpfs.insert(destination, options)),
        }
    }

    fn has(&self, destination: &str) -> bool {
        let binds = self.binds.iter().map(|bind| &bind.destination);
        let volumes = self.volumes.iter().map(|volume| &volume.destination);
        let mut all = binds.chain(volumes).chain(self.tmpfs.keys());
        all.any(|place| plain(place) == plain(destination))
    }
}

/// Reads every flag, and the image's volumes where no flag takes their place. `lent`: what it has of
/// other containers; its own flags come before those.
pub(super) fn read(
    options: &CreateOptions,
    lent: Vec<Mount>,
    image: Option<&Image>,
) -> Result<Mounts> {
    let mut mounts = Mounts {
        tmpfs: tmpfs(&options.tmpfs)?,
        ..Mounts::default()
    };
    for text in &options.volumes {
        mounts.push(volume(text)?);
    }
    for text in &options.mounts {
        let mount = mount_flag::read(text)?;
        if let Mount::Tmpfs(destination, _) = &mount
            && mounts.has(destination)
        {
            return Err(duplicate(destination));
        }
        mounts.push(mount);
    }
    for mount in lent {
        if !mounts.has(mount.destination()) {
            mounts.push(mount);
        }
    }
    let kept = match options.image_volume.as_str() {
        // `bind` is the name that it had before.
        "" | "anonymous" | "bind" => |destination: String| {
            let options = ["rprivate", "rw", "nodev", "exec", "nosuid", "rbind"];
            named("", destination, options.map(String::from).to_vec())
        },
        "tmpfs" => |destination: String| {
            let options = ["rprivate", "rw", "nodev", "exec"];
            Ok(Mount::Tmpfs(
                destination,
                options.map(String::from).to_vec(),
            ))
        },
        "ignore" => return Ok(mounts),
        other => {
            return Err(Error::Invalid(format!(
                "invalid image volume mode \"{other}\" required value: anonymous, tmpfs, ignore"
            )));
        }
    };
    for destination in image.map(image_volumes).into_iter().flatten() {
        if !mounts.has(&destination) {
            mounts.push(kept(destination)?);
        }
    }
    Ok(mounts)
}

/// `VOLUME` of an image: the keys of an object (image-spec config.md).
fn image_volumes(image: &Image) -> Vec<String> {
    let volumes = image
        .setting("Volumes")
        .and_then(serde_json::Value::as_object);
    let places = volumes.into_iter().flat_map(|volumes| volumes.keys());
    places
        .filter(|place| place.starts_with('/') && !place.split('/').any(|part| part == ".."))
        .map(|place| plain(place).to_owned())
        .filter(|place| !place.is_empty())
        .collect()
}

fn plain(destination: &str) -> &str {
    destination.trim_end_matches('/')
}

/// A volume by name; without one it is the container's own, under a name made up.
pub(super) fn named(name: &str, destination: String, options: Vec<String>) -> Result<Mount> {
    if !name.is_empty() {
        id::check_name(name).map_err(|error| {
            Error::Invalid(format!(
                "creating named volume \"{name}\": running volume create option: {error}"
            ))
        })?;
    }
    Ok(Mount::Volume(VolumeMount {
        name: if name.is_empty() {
            id::from_random(machine::random()?)
        } else {
            name.to_owned()
        },
        destination,
        options,
        anonymous: name.is_empty(),
        sub_path: String::new(),
    }))
}

/// What Podman adds to the options of a volume's mount.
pub(super) fn volume_options(mut options: Vec<String>) -> Vec<String> {
    let has = |options: &[String], words: &[&str]| {
        options
            .iter()
            .any(|option| words.contains(&option.as_str()))
    };
    if !options.iter().any(|option| is_propagation(option)) {
        options.push("rprivate".into());
    }
    for (word, instead) in [
        ("nosuid", ["suid", "nosuid"]),
        ("nodev", ["dev", "nodev"]),
        ("rbind", ["bind", "rbind"]),
    ] {
        if !has(&options, &instead) {
            options.push(word.into());
        }
    }
    options
}

fn volume(text: &str) -> Result<Mount> {
    let parts: Vec<&str> = text.split(':').collect();
    let (source, destination, options) = match parts[..] {
        [destination] => (None, destination, ""),
        [source, destination] => (Some(source), destination, ""),
        [source, destination, options] => (Some(source), destination, options),
        _ => {
            return Err(Error::Invalid(format!(
                "{text}: incorrect volume format, should be [host-dir:]ctr-dir[:option]"
            )));
        }
    };
    if source == Some("") {
        return Err(Error::Invalid("host directory cannot be empty".into()));
    }
    if destination.is_empty() {
        return Err(Error::Invalid("container directory cannot be empty".into()));
    }
    absolute(destination)?;
    let options = mount_options(options.split(','))?;
    match source {
        Some(source) if source.starts_with(['/', '.']) => bind(source, destination, options),
        name => named(
            name.unwrap_or_default(),
            destination.to_owned(),
            volume_options(options),
        ),
    }
}

/// A directory or file of the host.
pub(super) fn bind(source: &str, destination: &str, mut options: Vec<String>) -> Result<Mount> {
    let found = Path::new(source)
        .canonicalize()
        .map_err(|_| Error::Invalid(format!("statfs {source}: no such file or directory")))?;
    options.retain(|word| !matches!(word.as_str(), "copy" | "nocopy"));
    Ok(Mount::Bind(BindMount {
        source: found.to_string_lossy().into_owned(),
        destination: destination.to_owned(),
        options,
    }))
}

/// Words behind a mount's destination, checked; SELinux labels mean nothing here and go.
pub(super) fn mount_options<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<String>> {
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    for word in &words {
        if matches!(*word, "O" | "U" | "idmap") || word.starts_with("idmap=") {
            return Err(Error::Invalid(format!(
                "volume option \"{word}\" is not supported yet"
            )));
        }
        if !OPTIONS.iter().any(|row| row.contains(word)) {
            return Err(Error::Invalid(format!("invalid option type \"{word}\"")));
        }
    }
    for row in OPTIONS {
        let given: Vec<&str> = words.iter().copied().filter(|w| row.contains(w)).collect();
        if given.len() > 1 {
            let allowed: Vec<String> = row.iter().map(|word| format!("'{word}'")).collect();
            return Err(Error::Invalid(format!(
                "invalid options \"{}\", can only specify 1 {} option",
                given.join(", "),
                either(&allowed)
            )));
        }
    }
    let kept = words.iter().filter(|word| !matches!(**word, "z" | "Z"));
    Ok(kept.map(ToString::to_string).collect())
}

/// `'a' or 'b'`; `'a', 'b' or 'c'`.
fn either(words: &[String]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// Reads every `DESTINATION[:OPTIONS]`.
fn tmpfs(texts: &[String]) -> Result<BTreeMap<String, Vec<String>>> {
    let one = |text: &String| {
        let (destination, options) = text.split_once(':').unwrap_or((text, ""));
        absolute(destination)?;
        let options = options.split(',').filter(|word| !word.is_empty());
        Ok((destination.to_owned(), options.map(str::to_owned).collect()))
    };
    texts.iter().map(one).collect()
}

/// A place in a container.
pub(super) fn absolute(destination: &str) -> Result<()> {
    if destination.starts_with('/') {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "invalid container path \"{destination}\", must be an absolute path"
    )))
}

/// Two mounts can't be at one place.
pub(super) fn check_destinations(config: &ContainerConfig) -> Result<()> {
    let mut seen: Vec<&str> = config.tmpfs.keys().map(|place| plain(place)).collect();
    let binds = config.volumes.iter().map(|volume| &volume.destination);
    let volumes = config
        .named_volumes
        .iter()
        .map(|volume| &volume.destination);
    for destination in binds.chain(volumes) {
        if seen.contains(&plain(destination)) {
            return Err(duplicate(destination));
        }
        seen.push(plain(destination));
    }
    Ok(())
}

fn duplicate(destination: &str) -> Error {
    Error::Invalid(format!("{destination}: duplicate mount destination"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_in_podmans_words() {
        let text = |volume: &str| super::volume(volume).unwrap_err().to_string();
        for (bad, expected) in [
            (
                "foo",
                "invalid container path \"foo\", must be an absolute path",
            ),
            (
                "foo:bar",
                "invalid container path \"bar\", must be an absolute path",
            ),
            (
                "/a:b:c:d",
                "/a:b:c:d: incorrect volume format, should be [host-dir:]ctr-dir[:option]",
            ),
            ("", "container directory cannot be empty"),
            (":/a", "host directory cannot be empty"),
            ("/no/such:/a", "statfs /no/such: no such file or directory"),
            ("/tmp:/a:zzz", "invalid option type \"zzz\""),
            (
                "/tmp:/a:ro,rw",
                "invalid options \"ro, rw\", can only specify 1 'rw' or 'ro' option",
            ),
        ] {
            assert_eq!(text(bad), expected, "{bad}");
        }
        assert!(text("/tmp:/a:U").contains("not supported yet"));
        assert_eq!(
            text("a/b:/x"),
            "creating named volume \"a/b\": running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument"
        );
    }

    fn options(volumes: &[&str]) -> CreateOptions {
        CreateOptions {
            volumes: volumes.iter().map(ToString::to_string).collect(),
            ..CreateOptions::default()
        }
    }

    #[test]
    fn a_bind_mount_keeps_what_concerns_the_mount() {
        let given = options(&["/:/a:ro,z,rshared,nocopy", "/:/a:ro,rshared", "/:/b"]);
        let binds = read(&given, Vec::new(), None).unwrap().binds;
        assert_eq!(binds.len(), 2);
        assert_eq!(binds[0].options, ["ro", "rshared"]);
        assert_eq!(binds[1].source, "/");
    }

    #[test]
    fn volumes_by_name_and_without() {
        let given = options(&["v:/a:ro,nocopy", "v:/a:ro,nocopy", "/own"]);
        let volumes = read(&given, Vec::new(), None).unwrap().volumes;
        assert_eq!(volumes.len(), 2);
        let (named, own) = (&volumes[0], &volumes[1]);
        assert_eq!((named.name.as_str(), named.anonymous), ("v", false));
        let options = ["ro", "nocopy", "rprivate", "nosuid", "nodev", "rbind"];
        assert_eq!(named.options, options);
        assert!(id::is_full_id(&own.name) && own.anonymous);
        assert_eq!(own.destination, "/own");
    }

    #[test]
    fn volumes_of_the_image_give_way() {
        let image = Image {
            id: String::new(),
            digest: String::new(),
            diff_ids: Vec::new(),
            names: Vec::new(),
            size: 0,
            created: String::new(),
            config: serde_json::json!({"config": {"Volumes": {"/a": {}, "/b/": {}, "/../x": {}}}}),
        };
        let mut given = options(&["v:/b"]);
        let places = |given: &CreateOptions| {
            let mounts = read(given, Vec::new(), Some(&image)).unwrap();
            let volumes = mounts.volumes.into_iter();
            (
                volumes
                    .map(|one| (one.destination, one.anonymous))
                    .collect(),
                mounts.tmpfs.into_keys().collect(),
            )
        };
        let (volumes, tmpfs): (Vec<_>, Vec<String>) = places(&given);
        assert_eq!(volumes, [("/b".into(), false), ("/a".into(), true)]);
        assert!(tmpfs.is_empty());
        given.image_volume = "tmpfs".into();
        let (volumes, tmpfs): (Vec<_>, Vec<String>) = places(&given);
        assert_eq!((volumes.len(), tmpfs), (1, vec!["/a".to_owned()]));
        given.image_volume = "ignore".into();
        assert_eq!(
            places(&given),
            (vec![("/b".to_owned(), false)], Vec::<String>::new())
        );
        given.image_volume = "foo".into();
        let refused = read(&given, Vec::new(), Some(&image))
            .unwrap_err()
            .to_string();
        assert!(refused.starts_with("invalid image volume mode \"foo\""));
    }

    #[test]
    fn a_tmpfs_has_an_absolute_place() {
        let read = tmpfs(&["/a:size=1m,mode=700".to_owned()]).unwrap();
        assert_eq!(read["/a"], ["size=1m", "mode=700"]);
        assert_eq!(
            tmpfs(&["a".to_owned()]).unwrap_err().to_string(),
            "invalid container path \"a\", must be an absolute path"
        );
    }
}
