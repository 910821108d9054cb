//! `--sysctl`, `--ulimit`, `--umask`, `--oom-score-adj`, `--device`: read and checked in Podman's
//! words.

use std::path::{Path, PathBuf};

use rustix::process::{Resource, getrlimit};

use crate::error::{Error, Result};
use crate::model::container::NetworkMode;
use crate::model::container::kernel::{DeviceMapping, KernelSettings, Ulimit};
use crate::model::container::pod::{Membership, Shared};
use crate::runtime::kernel::{RESOURCES, is_of_ipc, is_of_network, nodes};

/// What a user asks for, in the words of the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KernelOptions {
    /// `--sysctl NAME=VALUE`.
    pub sysctls: Vec<String>,
    /// `--ulimit NAME=SOFT[:HARD]`, or `host` for this engine's own.
    pub ulimits: Vec<String>,
    /// `--umask`, octal.
    pub umask: Option<String>,
    /// `--oom-score-adj`.
    pub oom_score_adj: Option<i32>,
    /// `--device SOURCE[:DESTINATION][:PERMISSIONS]`.
    pub devices: Vec<String>,
}

/// Reads them all.
///
/// # Errors
/// [`Error::Invalid`] for what is none, for a setting of a namespace that isn't the container's own,
/// and for a device that isn't there.
pub(super) fn read(
    options: &KernelOptions,
    network: &NetworkMode,
    pod: Option<&Membership>,
) -> Result<KernelSettings> {
    let mut settings = KernelSettings {
        umask: options.umask.as_deref().map(umask).transpose()?,
        oom_score_adj: options.oom_score_adj,
        ..KernelSettings::default()
    };
    if let Some(number) = options.oom_score_adj.filter(|number| number.abs() > 1000) {
        return invalid(format!(
            "invalid --oom-score-adj {number}: it must be between -1000 and 1000"
        ));
    }
    for text in &options.sysctls {
        let (name, value) = sysctl(text)?;
        let elsewhere = if is_of_network(&name) {
            (!network.is_own()).then(|| ("Network", network.word().into_owned()))
        } else {
            let joins =
                pod.filter(|pod| !pod.joins.is_empty() && pod.shares.contains(&Shared::Ipc));
            joins.map(|pod| ("IPC", format!("container:{}", pod.joins)))
        };
        if let Some((namespace, whose)) = elsewhere {
            return invalid(format!(
                "sysctl {name} can't be set since {namespace} Namespace set to {whose}: invalid argument"
            ));
        }
        settings.sysctls.insert(name, value);
    }
    for text in &options.ulimits {
        let limits = if text == "host" {
            own()
        } else {
            vec![ulimit(text)?]
        };
        for limit in limits {
            // The last one of a name counts.
            settings.ulimits.retain(|other| other.name != limit.name);
            settings.ulimits.push(limit);
        }
    }
    for text in &options.devices {
        let device = device(text)?;
        if nodes(&device)
            .map_err(|error| Error::Invalid(format!("stat {}: {error}", device.source.display())))?
            .is_empty()
        {
            return invalid(format!("{} is not a device node", device.source.display()));
        }
        settings.devices.push(device);
    }
    Ok(settings)
}

fn invalid<T>(text: impl Into<String>) -> Result<T> {
    Err(Error::Invalid(text.into()))
}

fn umask(text: &str) -> Result<u32> {
    let octal = |byte: u8| (b'0'..=b'7').contains(&byte);
    if (1..=4).contains(&text.len()) && text.bytes().all(octal) {
        return u32::from_str_radix(text, 8).map_err(|error| Error::Invalid(error.to_string()));
    }
    invalid(format!("invalid umask string {text}: invalid argument"))
}

fn sysctl(text: &str) -> Result<(String, String)> {
    let Some((name, value)) = text.split_once('=') else {
        return invalid(format!(
            "{text} is invalid, sysctl values must be in the form of KEY=VALUE"
        ));
    };
    if name.trim() != name || value.trim() != value {
        return invalid(format!("'{text}' is invalid, extra spaces found"));
    }
    // Runtimes make a path of it, dots becoming slashes.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    let named = name.bytes().all(plain) && !name.contains("..");
    if named && (is_of_network(name) || is_of_ipc(name)) && !value.contains('\n') {
        return Ok((name.to_owned(), value.to_owned()));
    }
    invalid(format!("sysctl '{name}' is not allowed"))
}

fn ulimit(text: &str) -> Result<Ulimit> {
    let framed = |why: String| {
        Error::Invalid(format!(
            "ulimit option \"{text}\" requires name=SOFT:HARD, failed to be parsed: {why}"
        ))
    };
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| framed(format!("invalid ulimit argument: {text}")))?;
    let plain = name.to_lowercase();
    let plain = plain.strip_prefix("rlimit_").unwrap_or(&plain);
    let known = RESOURCES.iter().find(|(word, _)| *word == plain);
    let (word, _) = known.ok_or_else(|| framed(format!("invalid ulimit type: {name}")))?;
    let number = |text: &str| match text.parse::<i64>() {
        Ok(-1) => Ok(u64::MAX),
        Ok(number) if number >= 0 => Ok(number.unsigned_abs()),
        _ => Err(framed(format!(
            "strconv.ParseInt: parsing \"{text}\": invalid syntax"
        ))),
    };
    let mut parts = value.split(':');
    let soft = number(parts.next().unwrap_or_default())?;
    let hard = parts.next().map(number).transpose()?.unwrap_or(soft);
    if parts.next().is_some() {
        return Err(framed(format!(
            "too many limit value arguments - {value}, can only have up to two, `soft[:hard]`"
        )));
    }
    if soft > hard {
        return Err(framed(format!(
            "ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}"
        )));
    }
    Ok(Ulimit {
        name: format!("RLIMIT_{}", word.to_uppercase()),
        soft,
        hard,
    })
}

/// The limits of this process.
fn own() -> Vec<Ulimit> {
    let all = RESOURCES.iter().map(|(word, resource): &(&str, Resource)| {
        let limit = getrlimit(*resource);
        Ulimit {
            name: format!("RLIMIT_{}", word.to_uppercase()),
            soft: limit.current.unwrap_or(u64::MAX),
            hard: limit.maximum.unwrap_or(u64::MAX),
        }
    });
    all.collect()
}

fn device(text: &str) -> Result<DeviceMapping> {
    let is_mode = |word: &str| !word.is_empty() && word.bytes().all(|byte| b"rwm".contains(&byte));
    let parts: Vec<&str> = text.split(':').collect();
    let (source, destination, permissions) = match parts[..] {
        [source] => (source, source, "rwm"),
        [source, word] if word.starts_with('/') => (source, word, "rwm"),
        [source, word] if is_mode(word) => (source, source, word),
        [source, destination, word] if is_mode(word) => (source, destination, word),
        [_, word] | [_, _, word] => return invalid(format!("invalid device mode: {word}")),
        _ => return invalid(format!("invalid device specification: {text}")),
    };
    let up = |path: &str| path.split('/').any(|part| part == "..");
    if !source.starts_with('/') || !destination.starts_with('/') || up(destination) {
        return invalid(format!("invalid device specification: {text}"));
    }
    Ok(DeviceMapping {
        source: PathBuf::from(source),
        destination: Path::new(destination).to_path_buf(),
        permissions: permissions.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_own(options: &KernelOptions) -> Result<KernelSettings> {
        read(options, &NetworkMode::None, None)
    }

    #[test]
    fn what_is_asked_for() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let read = read_own(&KernelOptions {
            sysctls: words(&["net.core.somaxconn=7", "kernel.shmmax=1 2"]),
            ulimits: words(&["nofile=5", "RLIMIT_CORE=-1", "nofile=10:20"]),
            umask: Some("027".into()),
            oom_score_adj: Some(-5),
            devices: words(&["/dev/null:/dev/nil:r", "/dev/zero:rw"]),
        })
        .unwrap();
        assert_eq!(read.sysctls["kernel.shmmax"], "1 2");
        let limits: Vec<_> = read
            .ulimits
            .iter()
            .map(|one| (one.name.as_str(), one.soft, one.hard))
            .collect();
        assert_eq!(
            limits,
            [
                ("RLIMIT_CORE", u64::MAX, u64::MAX),
                ("RLIMIT_NOFILE", 10, 20)
            ]
        );
        assert_eq!((read.umask, read.oom_score_adj), (Some(0o27), Some(-5)));
        assert_eq!(read.devices[0].destination, Path::new("/dev/nil"));
        assert_eq!(read.devices[1].permissions, "rw");
    }

    #[test]
    fn podmans_words() {
        let wrong = |change: &dyn Fn(&mut KernelOptions)| {
            let mut options = KernelOptions::default();
            change(&mut options);
            read_own(&options).unwrap_err().to_string()
        };
        let sysctl = |text: &str| wrong(&|options| options.sysctls = vec![text.into()]);
        assert_eq!(
            sysctl("foo"),
            "foo is invalid, sysctl values must be in the form of KEY=VALUE"
        );
        assert_eq!(
            sysctl("net.a= 1"),
            "'net.a= 1' is invalid, extra spaces found"
        );
        assert_eq!(
            sysctl("kernel.panic=1"),
            "sysctl 'kernel.panic' is not allowed"
        );
        assert_eq!(sysctl("net..x=1"), "sysctl 'net..x' is not allowed");
        let ulimit = |text: &str| wrong(&|options| options.ulimits = vec![text.into()]);
        for (text, why) in [
            ("foo", "invalid ulimit argument: foo"),
            ("foo=1", "invalid ulimit type: foo"),
            (
                "nofile=a",
                "strconv.ParseInt: parsing \"a\": invalid syntax",
            ),
            (
                "nofile=2:1",
                "ulimit soft limit must be less than or equal to hard limit: 2 > 1",
            ),
            (
                "nofile=1:2:3",
                "too many limit value arguments - 1:2:3, can only have up to two, `soft[:hard]`",
            ),
        ] {
            assert_eq!(
                ulimit(text),
                format!(
                    "ulimit option \"{text}\" requires name=SOFT:HARD, failed to be parsed: {why}"
                )
            );
        }
        assert!(
            wrong(&|options| options.umask = Some("9".into()))
                .starts_with("invalid umask string 9")
        );
        assert!(wrong(&|options| options.oom_score_adj = Some(1001)).contains("1001"));
        let device = |text: &str| wrong(&|options| options.devices = vec![text.into()]);
        assert_eq!(device("/dev/null:x"), "invalid device mode: x");
        assert_eq!(
            device("/dev/null:../x:r"),
            "invalid device specification: /dev/null:../x:r"
        );
        assert!(device("/dev/no-such").starts_with("stat /dev/no-such: "));
        assert_eq!(device("/etc/passwd"), "/etc/passwd is not a device node");
    }

    #[test]
    fn settings_of_namespaces_that_are_others() {
        let options = KernelOptions {
            sysctls: vec!["net.core.somaxconn=7".into()],
            ..KernelOptions::default()
        };
        let refused = read(&options, &NetworkMode::Host, None)
            .unwrap_err()
            .to_string();
        assert_eq!(
            refused,
            "sysctl net.core.somaxconn can't be set since Network Namespace set to host: invalid argument"
        );
    }
}
