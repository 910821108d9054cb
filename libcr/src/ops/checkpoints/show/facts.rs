//! Who made a checkpoint and of what container: the manifest, the dumps of the configuration,
//! CRIU's log, and what the engine itself knows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::members::{JSON_LIMIT, Members};
use crate::archive::manifest::FORMAT_VERSION;
use crate::archive::podman::{ContainerConfig, Dialect};
use crate::archive::{Manifest, layout};
use crate::criu::features::version_text;
use crate::model::catalogue::NamedCheckpoint;
use crate::model::checkpoint::Times;
use crate::model::shown::{Moment, Mount, Network, Shown, Volume};
use crate::ops::steps::thawing::foreign;

/// Most mounts that are told of: more than any kernel has for one container.
const MOST_MOUNTS: usize = 100_000;

/// What containerd alone writes.
const STATUS: &str = "status";
/// CRIU's log, which CRI-O and containerd put into archives. Its first lines tell versions.
const CRIU_LOG: &str = "dump.log";
const LOG_START: usize = 8 << 10;

/// What is known beside the parts of a checkpoint.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// In place of `config.dump`.
    pub(super) config: Option<Vec<u8>>,
    /// In place of `spec.dump`.
    pub(super) spec: Option<Vec<u8>>,
    /// Of one that this engine keeps.
    pub(super) record: Option<NamedCheckpoint>,
}

impl Facts {
    /// Tells all that is known.
    pub(super) fn tell(self, members: &mut Members, shown: &mut Shown) {
        if members.is_cut() {
            let what = "the archive ends before its end: what should follow is not shown";
            shown.unclear.push(what.to_owned());
        }
        let config = self
            .config
            .or_else(|| members.read(layout::CONFIG_DUMP, JSON_LIMIT, &mut shown.unclear));
        let config = parsed(layout::CONFIG_DUMP, config, shown, |bytes| {
            ContainerConfig::from_json(bytes)
        });
        let spec = self
            .spec
            .or_else(|| members.read(layout::SPEC_DUMP, JSON_LIMIT, &mut shown.unclear));
        let spec: Value = parsed(layout::SPEC_DUMP, spec, shown, |bytes| {
            serde_json::from_slice(bytes)
        })
        .unwrap_or_default();
        let kubernetes = config.as_ref().is_some_and(ContainerConfig::in_kubernetes);
        of_spec(&spec, kubernetes, shown);
        if let Some(config) = &config {
            of_config(config, shown);
        }
        shown.origin.engine = engine(&spec, config.as_ref(), members).to_owned();
        volumes(members, shown);
        if let Some(record) = &self.record {
            of_record(record, shown);
        }
        if let Some(bytes) = members.read(layout::MANIFEST, JSON_LIMIT, &mut shown.unclear) {
            match Manifest::as_far_as_known(&bytes) {
                Ok(manifest) => of_manifest(manifest, shown),
                Err(error) => shown.unclear.push(format!("{}: {error}", layout::MANIFEST)),
            }
        }
        of_log(&members.start(CRIU_LOG, LOG_START), shown);
    }
}

/// A member as what it should be; what it is instead is said.
fn parsed<T>(
    name: &str,
    bytes: Option<Vec<u8>>,
    shown: &mut Shown,
    parse: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
) -> Option<T> {
    let bytes = bytes?;
    match parse(&bytes) {
        Ok(value) => Some(value),
        Err(error) => {
            shown.unclear.push(format!("{name}: {error}"));
            None
        }
    }
}

/// The engine that wrote an archive without a manifest, as checkpointctl tells it.
fn engine(spec: &Value, config: Option<&ContainerConfig>, members: &Members) -> &'static str {
    match spec["annotations"]["io.container.manager"].as_str() {
        Some("libpod") => return "Podman",
        Some("cri-o") => return "CRI-O",
        _ => {}
    }
    let Some(config) = config else { return "" };
    match config.dialect() {
        _ if members.len(STATUS).is_some() => "containerd",
        Dialect::Containerd => "containerd",
        Dialect::CriO => "CRI-O",
        Dialect::Podman if config.id.is_empty() => "",
        Dialect::Podman => "Podman",
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn of_spec(spec: &Value, kubernetes: bool, shown: &mut Shown) {
    shown.container.command = texts(&spec["process"]["args"]);
    shown.container.hostname = text(&spec["hostname"]);
    if shown.container.hostname.is_empty() && kubernetes {
        shown.container.hostname = foreign::hostname(spec).unwrap_or_default();
    }
    let mounts = spec["mounts"].as_array().into_iter().flatten();
    shown.mounts = mounts
        .filter(|mount| mount.is_object())
        .take(MOST_MOUNTS)
        .map(|mount| Mount {
            destination: text(&mount["destination"]),
            kind: text(&mount["type"]),
            source: text(&mount["source"]),
            options: texts(&mount["options"]),
        })
        .collect();
}

fn of_config(config: &ContainerConfig, shown: &mut Shown) {
    let container = &mut shown.container;
    container.id.clone_from(&config.id);
    container.name.clone_from(&config.name);
    config.image_name().clone_into(&mut container.image);
    let image_id = config.image_id().unwrap_or_default();
    image_id.clone_into(&mut container.image_id);
    container.created.clone_from(&config.created_time);
    shown.origin.runtime.clone_from(&config.runtime);
    let volume = |named: &crate::archive::podman::NamedVolume| Volume {
        name: named.volume_name.clone(),
        destination: named.dest.clone(),
        size: None,
    };
    shown.volumes = config.named_volumes.iter().map(volume).collect();
    let network = |named: crate::archive::podman::NamedNetwork| Network {
        name: named.name,
        interface: named.options.interface_name,
        addresses: named.options.static_ips,
        mac: named.options.static_mac,
    };
    shown.networks = config.all_networks().into_iter().map(network).collect();
    frozen(&config.checkpointed_time, shown);
}

/// Adds the contents that are there to the volumes that are mounted.
fn volumes(members: &Members, shown: &mut Shown) {
    let mut contents: BTreeMap<String, u64> = members.volumes().into_iter().collect();
    let mut mounted = BTreeSet::new();
    for volume in &mut shown.volumes {
        if let Some(len) = contents.get(&volume.name) {
            volume.size = Some(*len);
            mounted.insert(volume.name.clone());
        }
    }
    contents.retain(|name, _| !mounted.contains(name));
    let others = contents.into_iter().map(|(name, len)| Volume {
        name,
        destination: String::new(),
        size: Some(len),
    });
    shown.volumes.extend(others);
}

fn of_record(record: &NamedCheckpoint, shown: &mut Shown) {
    let origin = &mut shown.origin;
    // Nobody else keeps checkpoints so.
    "cryopod".clone_into(&mut origin.engine);
    origin.runtime.clone_from(&record.runtime);
    if record.criu_version != 0 {
        origin.criu = version_text(record.criu_version);
    }
    let architecture = match record.arch.as_str() {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    architecture.clone_into(&mut origin.architecture);
    needs(record.tcp_established, record.file_locks, shown);
    shown.timeline.clear();
    times(&record.times, &record.created, shown);
    if !record.times.frozen.is_empty() {
        moment("written", &record.created, shown);
    }
}

fn of_manifest(manifest: Manifest, shown: &mut Shown) {
    let version = manifest.format_version;
    if !(1..=FORMAT_VERSION).contains(&version) {
        shown.unclear.push(format!(
            "{}: the archive is of format {version}, this version knows up to {FORMAT_VERSION}: what a later one added is not shown",
            layout::MANIFEST
        ));
    }
    let origin = &mut shown.origin;
    origin.format_version = Some(version);
    origin.engine = manifest.engine.name;
    origin.engine_version = manifest.engine.version;
    if !manifest.runtime.name.is_empty() {
        origin.runtime = manifest.runtime.name;
    }
    origin.runtime_version = manifest.runtime.version;
    if manifest.criu_version != 0 {
        origin.criu = version_text(manifest.criu_version);
    }
    origin.kernel = manifest.host.kernel;
    origin.architecture = manifest.host.arch;
    origin.cgroup_version = manifest.host.cgroup_version;
    needs(
        manifest.options.tcp_established,
        manifest.options.file_locks,
        shown,
    );
    // A damaged `config.dump` may have said nothing.
    let container = &mut shown.container;
    if container.id.is_empty() {
        container.id = manifest.container.id;
        container.name = manifest.container.name;
    }
    let included = manifest.image.as_ref();
    if let Some(included) = included.and_then(|image| image.included.as_ref()) {
        container.image_inside.clone_from(&included.id);
    }
    if let Some(image) = manifest.image.filter(|_| container.image.is_empty()) {
        container.image = image.name;
        container.image_id = image.id;
    }
    shown.timeline.clear();
    times(&manifest.times, &manifest.created, shown);
}

/// CRIU's own words, where nobody else told:
/// `(00.000000) Version: 4.2.1 (gitid 0)`, `(00.000012) Running on HOST Linux 6.18.5 #1 SMP … x86_64`.
fn of_log(start: &[u8], shown: &mut Shown) {
    let start = String::from_utf8_lossy(start);
    for line in start.lines() {
        let Some((_, said)) = line.split_once(") ") else {
            continue;
        };
        let mut words = said.split(' ');
        match (words.next(), words.next()) {
            (Some("Version:"), Some(version)) if shown.origin.criu.is_empty() => {
                version.clone_into(&mut shown.origin.criu);
            }
            (Some("Running"), Some("on")) if shown.origin.kernel.is_empty() => {
                let kernel = words.skip_while(|word| *word != "Linux").nth(1);
                let kernel = kernel.unwrap_or_default();
                kernel.clone_into(&mut shown.origin.kernel);
            }
            _ => {}
        }
    }
}

fn needs(tcp_established: bool, file_locks: bool, shown: &mut Shown) {
    let flags = [
        (tcp_established, "--tcp-established"),
        (file_locks, "--file-locks"),
    ];
    let needed = flags.into_iter().filter(|(needed, _)| *needed);
    shown.origin.needs = needed.map(|(_, flag)| flag.to_owned()).collect();
}

fn frozen(at: &str, shown: &mut Shown) {
    moment("frozen", at, shown);
}

/// The moments of a checkpoint; of an older one it is only known when it was made.
fn times(times: &Times, created: &str, shown: &mut Shown) {
    if times.frozen.is_empty() {
        frozen(created, shown);
        return;
    }
    for (what, at) in [
        ("asked", &times.asked),
        ("frozen", &times.frozen),
        ("dumped", &times.dumped),
        ("captured", &times.captured),
    ] {
        moment(what, at, shown);
    }
}

/// Adds a moment that is known.
pub(super) fn moment(what: &str, at: &str, shown: &mut Shown) {
    if !at.is_empty() {
        shown.timeline.push(Moment {
            what: what.to_owned(),
            at: at.to_owned(),
        });
    }
}
