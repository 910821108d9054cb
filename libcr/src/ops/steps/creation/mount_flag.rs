//! `--mount type=bind|tmpfs|volume,KEY[=VALUE],…`: read and checked in Podman's words.

use super::mounts::{Mount, absolute, bind, mount_options, named, volume_options};
use crate::error::{Error, Result};

const FORMAT: &str = "incorrect mount format: should be --mount type=<bind|glob|tmpfs|volume>,[src=<host-dir|volume-name>,]target=<ctr-dir>[,options]";

/// Keys that all types have.
#[derive(Debug, Default)]
struct Common<'a> {
    source: Option<&'a str>,
    destination: Option<&'a str>,
    options: Vec<String>,
}

/// Reads one `--mount`.
pub(super) fn read(text: &str) -> Result<Mount> {
    if text.is_empty() {
        return Err(Error::Invalid(FORMAT.into()));
    }
    let words: Vec<(&str, Option<&str>)> = text
        .split(',')
        .map(|word| {
            word.split_once('=')
                .map_or((word, None), |(key, value)| (key, Some(value)))
        })
        .collect();
    let kind = words.iter().find(|(key, _)| *key == "type");
    let kind = kind.map_or(Ok("volume"), |(key, value)| needed(key, *value))?;
    let rest = words.iter().filter(|(key, _)| *key != "type");
    let mut common = Common::default();
    for (key, value) in rest {
        let known = match kind {
            "volume" => common.take(key, *value)?,
            "bind" => common.take(key, *value)? || common.take_bind(key, *value)?,
            "tmpfs" => {
                if matches!(*key, "src" | "source") {
                    return Err(Error::Invalid(format!(
                        "\"{key}\" option not supported for \"tmpfs\" mount types"
                    )));
                }
                common.take(key, *value)? || common.take_tmpfs(key, *value)?
            }
            "devpts" | "glob" | "image" | "ramfs" | "artifact" => {
                return Err(Error::Invalid(format!(
                    "--mount type={kind} is not supported yet: use bind, tmpfs or volume"
                )));
            }
            _ => {
                return Err(Error::Invalid(format!(
                    "invalid filesystem type \"{kind}\""
                )));
            }
        };
        if !known {
            return Err(Error::Invalid(format!("{key}: invalid mount option")));
        }
    }
    let Some(destination) = common.destination else {
        return Err(Error::Invalid("must set volume destination".into()));
    };
    absolute(destination)?;
    match kind {
        "tmpfs" => Ok(Mount::Tmpfs(destination.to_owned(), common.options)),
        "bind" => {
            let options = mount_options(common.options.iter().map(String::as_str))?;
            // Without a source it is the same place on the host.
            bind(common.source.unwrap_or(destination), destination, options)
        }
        _ => {
            let options = mount_options(common.options.iter().map(String::as_str))?;
            let name = common.source.unwrap_or_default();
            named(name, destination.to_owned(), volume_options(options))
        }
    }
}

fn needed<'a>(key: &str, value: Option<&'a str>) -> Result<&'a str> {
    value.ok_or_else(|| Error::Invalid(format!("{key}: must provide an argument for option")))
}

fn yes(key: &str, value: Option<&str>) -> Result<bool> {
    match value {
        None | Some("true" | "1") => Ok(true),
        Some("false" | "0") => Ok(false),
        Some(other) => Err(Error::Invalid(format!(
            "{key} must be set to true or false, instead received \"{other}\": invalid mount option"
        ))),
    }
}

impl<'a> Common<'a> {
    /// Takes a key that is good for every type; false: it isn't one.
    fn take(&mut self, key: &str, value: Option<&'a str>) -> Result<bool> {
        match key {
            "src" | "source" => self.source = Some(needed(key, value)?),
            "dst" | "destination" | "target" => self.destination = Some(needed(key, value)?),
            "ro" | "readonly" => {
                let word = if yes(key, value)? { "ro" } else { "rw" };
                self.options.push(word.into());
            }
            "rw" => {
                let word = if yes(key, value)? { "rw" } else { "ro" };
                self.options.push(word.into());
            }
            "dev" | "nodev" | "exec" | "noexec" | "suid" | "nosuid" | "private" | "rprivate"
            | "shared" | "rshared" | "slave" | "rslave" | "unbindable" | "runbindable"
            | "nocopy" | "copy"
                if value.is_none() =>
            {
                self.options.push(key.into());
            }
            "bind-propagation" => self.options.push(needed(key, value)?.into()),
            // Labels of SELinux mean nothing here.
            "relabel" | "z" | "Z" | "consistency" => {}
            "subpath" | "volume-subpath" | "volume-opt" | "volume-label" | "volume-driver"
            | "U" | "chown" | "idmap" => {
                return Err(Error::Invalid(format!(
                    "--mount option \"{key}\" is not supported yet"
                )));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_bind(&mut self, key: &str, value: Option<&str>) -> Result<bool> {
        if key != "bind-nonrecursive" {
            return Ok(false);
        }
        let word = if yes(key, value)? { "bind" } else { "rbind" };
        self.options.push(word.into());
        Ok(true)
    }

    fn take_tmpfs(&mut self, key: &str, value: Option<&str>) -> Result<bool> {
        match key {
            "tmpfs-size" => self.options.push(format!("size={}", needed(key, value)?)),
            "tmpfs-mode" => self.options.push(format!("mode={}", needed(key, value)?)),
            "tmpcopyup" | "notmpcopyup" | "noatime" | "relatime" if value.is_none() => {
                self.options.push(key.into());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn podmans_words() {
        for (bad, expected) in [
            ("", FORMAT),
            ("dst", "dst: must provide an argument for option"),
            ("type=volume,src=m1", "must set volume destination"),
            ("type=bind,src=/tmp", "must set volume destination"),
            (
                "type=volume,src=m1,dst=/m,foo=bar",
                "foo: invalid mount option",
            ),
            (
                "type=bind,src=/nope,dst=/m",
                "statfs /nope: no such file or directory",
            ),
            (
                "type=tmpfs,src=/a,dst=/m",
                "\"src\" option not supported for \"tmpfs\" mount types",
            ),
            ("type=foo,dst=/m", "invalid filesystem type \"foo\""),
            (
                "src=v,dst=m",
                "invalid container path \"m\", must be an absolute path",
            ),
        ] {
            let refused = read(bad).map_err(|error| error.to_string());
            assert_eq!(refused, Err(expected.to_owned()), "{bad}");
        }
    }

    #[test]
    fn each_type() -> Result<()> {
        let Mount::Volume(volume) = read("src=v,dst=/m,ro")? else {
            panic!("a volume is the default")
        };
        assert_eq!((volume.name.as_str(), volume.anonymous), ("v", false));
        assert!(volume.options.contains(&"ro".to_owned()));
        let Mount::Volume(own) = read("type=volume,dst=/m")? else {
            panic!("not a volume")
        };
        assert!(own.anonymous);
        let Mount::Bind(bind) =
            read("type=bind,src=/,target=/m,readonly,bind-propagation=rshared")?
        else {
            panic!("not a bind mount")
        };
        assert_eq!(bind.options, ["ro", "rshared"]);
        assert_eq!(
            read("type=tmpfs,dst=/m,tmpfs-size=1m,tmpfs-mode=700")?,
            Mount::Tmpfs("/m".into(), vec!["size=1m".into(), "mode=700".into()])
        );
        Ok(())
    }
}
