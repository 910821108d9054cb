//! One honest archive for all cases: of a container with a network, a volume, changed files and
//! something in /dev/shm. The hostile ones are it with one thing changed.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::tape::{self, Member};
use crate::harness::{Host, IMAGE, ONLY_IN_IMAGE};
use crate::suites::COUNT_ALOUD;

/// Its members.
pub struct Honest {
    members: Vec<Member>,
}

/// Members that Podman's archives don't have: without them nothing is compared with digests.
const OURS: [&[u8]; 2] = [b"cryopod.json", b"cryopod.sums"];

impl Honest {
    /// Made once for each runtime.
    pub fn of(host: &Host) -> Arc<Self> {
        static MADE: Mutex<BTreeMap<&str, Arc<Honest>>> = Mutex::new(BTreeMap::new());
        let mut made = MADE
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let honest = made
            .entry(host.runtime)
            .or_insert_with(|| Arc::new(Self::make(host)));
        Arc::clone(honest)
    }

    fn make(host: &Host) -> Self {
        let script = format!(
            "echo a > /changed; rm {ONLY_IN_IMAGE}; echo s > /dev/shm/s; echo v > /data/v; {COUNT_ALOUD}"
        );
        host.start_shell("honest", &["-v", "hostile-data:/data"], &script);
        host.wait_for_log("honest", "1\n");
        let file = host.file("honest.tar");
        host.ok(&[
            "container",
            "checkpoint",
            "-c",
            "none",
            "-e",
            &file,
            "honest",
        ]);
        host.ok(&["rm", "honest"]);
        host.ok(&["volume", "rm", "hostile-data"]);
        let members = tape::members(&fs::read(&file).expect("the archive"));
        assert!(members.len() > 10, "the image is {IMAGE}");
        Self { members }
    }

    /// All members, ours too.
    pub fn ours(&self) -> Vec<Member> {
        self.members.clone()
    }

    /// The members that an archive of Podman's would have.
    pub fn podmans(&self) -> Vec<Member> {
        let foreign = |member: &&Member| !OURS.contains(&&member.name[..]);
        self.members.iter().filter(foreign).cloned().collect()
    }

    /// The archive with more members at its end.
    pub fn plus(&self, more: &[Member]) -> Vec<u8> {
        tape::tar(&[self.podmans(), more.to_vec()].concat())
    }

    /// The archive with more members in front.
    pub fn after(&self, more: &[Member]) -> Vec<u8> {
        tape::tar(&[more.to_vec(), self.podmans()].concat())
    }

    /// The archive with other content of a member.
    pub fn with(&self, name: &str, data: impl AsRef<[u8]>) -> Vec<u8> {
        let mut members = self.podmans();
        replace(&mut members, name, data.as_ref());
        tape::tar(&members)
    }

    /// The archive without a member.
    pub fn without(&self, name: &str) -> Vec<u8> {
        let mut members = self.podmans();
        members.retain(|member| member.name != name.as_bytes());
        tape::tar(&members)
    }

    /// A member that is JSON.
    pub fn json(&self, name: &str) -> Value {
        let mut members = self.members.iter();
        let member = members.find(|member| member.name == name.as_bytes());
        serde_json::from_slice(&member.expect("a member").data).expect("JSON")
    }

    /// The archive with a changed member that is JSON.
    pub fn edited(&self, name: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
        let mut value = self.json(name);
        change(&mut value);
        self.with(name, value.to_string())
    }

    /// The archive with this in its specification, by JSON pointer of what is above it and key.
    pub fn spec(&self, above: &str, key: &str, value: Value) -> Vec<u8> {
        self.edited("spec.dump", |spec| {
            spec.pointer_mut(above).expect("a place")[key] = value;
        })
    }

    /// The archive with one more mount.
    pub fn mount(&self, mount: Value) -> Vec<u8> {
        self.edited("spec.dump", |spec| {
            spec["mounts"].as_array_mut().expect("mounts").push(mount);
        })
    }

    /// The archive with this in its configuration.
    pub fn config(&self, key: &str, value: Value) -> Vec<u8> {
        self.edited("config.dump", |config| config[key] = value)
    }
}

/// Gives a member other content, or adds it at the end.
pub fn replace(members: &mut Vec<Member>, name: &str, data: &[u8]) {
    match members
        .iter_mut()
        .find(|member| member.name == name.as_bytes())
    {
        Some(member) => member.data = data.to_vec(),
        None => members.push(tape::file(name, data)),
    }
}
