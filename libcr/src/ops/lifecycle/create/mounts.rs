//! `--volume` and `--tmpfs`: read and checked in Podman's words.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::model::container::{BindMount, ContainerConfig};

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
/// Of these, what means nothing to a mount: labels of SELinux, copying into new named volumes.
const WITHOUT_EFFECT: [&str; 4] = ["z", "Z", "copy", "nocopy"];

/// Reads every `SOURCE:DESTINATION[:OPTIONS]`; the same one twice is one.
pub(super) fn volumes(texts: &[String]) -> Result<Vec<BindMount>> {
    let mut volumes = Vec::new();
    for text in texts {
        let volume = volume(text)?;
        if !volumes.contains(&volume) {
            volumes.push(volume);
        }
    }
    Ok(volumes)
}

fn volume(text: &str) -> Result<BindMount> {
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
    let options = mount_options(options)?;
    let Some(source) = source.filter(|source| source.starts_with(['/', '.'])) else {
        return Err(Error::Invalid(format!(
            "{text}: named volumes are not supported yet: give a directory of the host, /… or ./…"
        )));
    };
    let found = Path::new(source)
        .canonicalize()
        .map_err(|_| Error::Invalid(format!("statfs {source}: no such file or directory")))?;
    Ok(BindMount {
        source: found.to_string_lossy().into_owned(),
        destination: destination.to_owned(),
        options,
    })
}

fn mount_options(text: &str) -> Result<Vec<String>> {
    let words: Vec<&str> = text.split(',').filter(|word| !word.is_empty()).collect();
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
    let kept = words.iter().filter(|word| !WITHOUT_EFFECT.contains(word));
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
pub(super) fn tmpfs(texts: &[String]) -> Result<BTreeMap<String, Vec<String>>> {
    let one = |text: &String| {
        let (destination, options) = text.split_once(':').unwrap_or((text, ""));
        absolute(destination)?;
        let options = options.split(',').filter(|word| !word.is_empty());
        Ok((destination.to_owned(), options.map(str::to_owned).collect()))
    };
    texts.iter().map(one).collect()
}

fn absolute(destination: &str) -> Result<()> {
    if destination.starts_with('/') {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "invalid container path \"{destination}\", must be an absolute path"
    )))
}

/// Two mounts can't be at one place.
pub(super) fn check_destinations(config: &ContainerConfig) -> Result<()> {
    let mut seen: Vec<&str> = config.tmpfs.keys().map(String::as_str).collect();
    for volume in &config.volumes {
        if seen.contains(&volume.destination.as_str()) {
            return Err(Error::Invalid(format!(
                "{}: duplicate mount destination",
                volume.destination
            )));
        }
        seen.push(&volume.destination);
    }
    Ok(())
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
        for unsupported in ["name:/a", "/a", "/tmp:/a:U"] {
            assert!(text(unsupported).contains("not supported yet"));
        }
    }

    #[test]
    fn a_volume_keeps_what_concerns_the_mount() {
        let given = ["/:/a:ro,z,rshared", "/:/a:ro,z,rshared", "/:/b"].map(String::from);
        let volumes = volumes(&given).unwrap();
        assert_eq!(volumes.len(), 2);
        assert_eq!(volumes[0].options, ["ro", "rshared"]);
        assert_eq!(volumes[1].source, "/");
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
