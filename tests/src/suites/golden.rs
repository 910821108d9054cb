//! Archives that other engines made (tests/fixtures/README.md) thaw here, every one of every
//! dialect; their damaged and hostile variants are refused by name and leave nothing.

pub mod archive;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{Tests, tests};
use crate::harness::{Engine, Host, IMAGE};
use archive::{DIALECTS, Unpacked, fixture};

pub const TESTS: Tests = tests![
    podmans_of_all_versions,
    containerds_of_a_pod,
    crios_of_a_pod,
    from_a_pod_to_one_of_ours,
    the_other_runtime_is_refused,
    once images_are_known_by_id_not_by_name,
    once damaged_archives,
    once hostile_specifications,
    once hostile_members,
    once hostile_roots,
];

/// The image below all fixtures, by the name that it has in them.
const COUNTER: &str = "localhost/golden/counter:1";
/// containerd's and CRI-O's defaults go beyond Podman's.
const POD: [&str; 1] = ["--allow-capabilities"];

/// The fixtures' image, loaded until dropped.
struct Loaded<'h>(&'h Host);

impl<'h> Loaded<'h> {
    fn new(host: &'h Host) -> Self {
        host.ok(&["load", "-i", &archive::path("image.tar.gz")]);
        Self(host)
    }
}

impl Drop for Loaded<'_> {
    fn drop(&mut self) {
        self.0.engine.remove_all();
        self.0.run(&["rmi", COUNTER]);
    }
}

/// Thaws an archive; its name, or none where this processor can't take the dump, which must then
/// be the reason given.
#[track_caller]
fn thaw(host: &Host, archive: &str, options: &[&str]) -> Option<(String, String)> {
    let line = [&["container", "restore", "-i", archive], options].concat();
    let done = host.run(&line);
    if done.code != 0 {
        let processor = "this processor lacks features that the frozen processes use";
        assert!(done.stderr.contains(processor), "{done}");
        eprintln!("{archive}: {processor}: refused with that reason");
        return None;
    }
    let id = done.stdout.trim().to_owned();
    let name = host.inspect(&id)["Name"].as_str().unwrap_or("").to_owned();
    Some((name, done.stderr))
}

/// A file as the container sees it, read from outside: its image has no program but its own.
fn seen(host: &Host, name: &str, path: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/{}/root{path}", host.pid(name))).ok()
}

/// It counts on from where it was frozen, and its files are those of that instant.
#[track_caller]
fn goes_on(host: &Host, name: &str, frozen: &Unpacked) {
    let last = number(&frozen.changed("count"));
    let logged = frozen.log().lines().count();
    let expect = format!("count {:08}", last + 3);
    let log = host.wait_for_log(name, &expect);
    let new: Vec<u64> = log.lines().skip(logged).map(number).collect();
    // Frozen between the file and the log it says that number once more.
    assert!(new[0] == last || new[0] == last + 1, "{last}: {new:?}");
    assert!(new.windows(2).all(|two| two[1] == two[0] + 1), "{new:?}");
    assert!(number(&seen(host, name, "/count").unwrap()) >= last + 3);
    assert_eq!(seen(host, name, "/added").unwrap(), "added\n");
    assert_eq!(seen(host, name, "/etc/issue").unwrap(), "changed\n");
    assert_eq!(seen(host, name, "/doomed/second").unwrap(), "second\n");
    let root = format!("/proc/{}/root", host.pid(name));
    for gone in ["/gone", "/doomed/first", "/doomed/.wh.first", "/.wh.gone"] {
        assert!(!Path::new(&format!("{root}{gone}")).exists(), "{gone}");
    }
}

fn number(line: &str) -> u64 {
    let digits = line.trim().rsplit(' ').next().unwrap_or("");
    digits.parse().expect("a number that was counted")
}

fn podmans_of_all_versions(host: &Host) {
    let _image = Loaded::new(host);
    for version in ["podman3", "podman4", "podman5", "podman6"] {
        let archive = fixture(version, host.runtime);
        let frozen = Unpacked::of(host, &archive);
        let Some((name, warnings)) = thaw(host, &archive, &[]) else {
            continue;
        };
        assert_eq!(warnings, "", "{version}");
        assert_eq!(name, "golden");
        goes_on(host, &name, &frozen);
        let facts = host.inspect(&name);
        let config = frozen.json("config.dump");
        assert_eq!(facts["Id"], config["id"]);
        assert_eq!(facts["Config"]["Labels"]["golden"], "yes");
        assert_eq!(facts["ImageName"], COUNTER);
        assert_eq!(facts["Image"], config["rootfsImageID"]);
        let saved = &frozen.json("network.status")["podman"]["interfaces"]["eth0"];
        let (address, mac) = host.address(&name);
        let network = saved["subnets"][0]["ipnet"].as_str().unwrap_or("");
        assert!(network.starts_with(&format!("{address}/")), "{network}");
        assert_eq!(saved["mac_address"], mac);
        host.ok(&["rm", "-f", "-t", "0", &name]);
    }
}

/// What containerd's and CRI-O's archives have in common, each with its own name and log.
#[track_caller]
fn of_a_pod(host: &Host, dialect: &str, prefix: &str) {
    let _image = Loaded::new(host);
    let archive = fixture(dialect, host.runtime);
    let frozen = Unpacked::of(host, &archive);
    host.fails(
        &["container", "restore", "-i", &archive],
        125,
        "--allow-capabilities",
    );
    let Some((name, warnings)) = thaw(host, &archive, &POD) else {
        return;
    };
    let pod = "counter_golden_default_9d1f4f0e-8f0d-4f6b-9a51-0c7b3f3f7c11_0";
    assert_eq!(name, format!("{prefix}{pod}"));
    assert!(
        warnings.contains("it gets an address on podman"),
        "{warnings}"
    );
    assert!(warnings.contains("/dev/termination-log"), "{warnings}");
    goes_on(host, &name, &frozen);
    let facts = host.inspect(&name);
    assert_eq!(facts["Id"], frozen.json("config.dump")["id"]);
    assert_eq!(facts["Config"]["Hostname"], "golden");
    assert_eq!(facts["OCIRuntime"], host.runtime);
    assert!(host.address(&name).0.starts_with("10.88."), "{facts}");
    // What was the pod's is the engine's own now, and of that the container's alone.
    assert_eq!(seen(host, &name, "/dev/termination-log").unwrap(), "");
    let token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    assert_eq!(seen(host, &name, token), None);
    assert!(seen(host, &name, "/etc/hosts").unwrap().contains("golden"));
    let mounts = fs::read_to_string(format!("/proc/{}/mountinfo", host.pid(&name))).unwrap();
    for path in [
        "/dev/termination-log",
        "/var/run/secrets/kubernetes.io/serviceaccount",
    ] {
        assert!(mounts.contains(&format!(" {path} ")), "{path}: {mounts}");
    }
    assert!(!mounts.contains("kubelet"), "{mounts}");
}

fn containerds_of_a_pod(host: &Host) {
    of_a_pod(host, "containerd", "");
}

fn crios_of_a_pod(host: &Host) {
    of_a_pod(host, "crio", "k8s_");
}

fn from_a_pod_to_one_of_ours(host: &Host) {
    let _image = Loaded::new(host);
    let archive = fixture("containerd", host.runtime);
    let Some((name, _)) = thaw(host, &archive, &POD) else {
        return;
    };
    let ours = host.file("ours.tar");
    host.ok(&["container", "checkpoint", "-e", &ours, &name]);
    host.ok(&["rm", &name]);
    let frozen = Unpacked::of(host, &ours);
    let (name, _) = thaw(host, &ours, &POD).expect("this processor made it");
    goes_on(host, &name, &frozen);
    // And in place.
    host.ok(&["container", "checkpoint", &name]);
    let before = host.log(&name);
    host.ok(&["container", "restore", &name]);
    let log = host.wait_for_more_log(&name, &before);
    let new = number(log[before.len()..].lines().next().unwrap_or(""));
    assert!(new <= number(&before) + 1, "{new} after {before}");
}

/// crun and runc give masked paths and external mounts other keys: no dump of one thaws by the
/// other, and the archive says whose it is, but for containerd's.
fn the_other_runtime_is_refused(host: &Host) {
    let _image = Loaded::new(host);
    let other = if host.runtime == "crun" {
        "runc"
    } else {
        "crun"
    };
    for dialect in ["podman5", "crio"] {
        let archive = fixture(dialect, other);
        let text = format!(
            "was created with runtime '{other}' and cannot be restored with runtime '{}'",
            host.runtime
        );
        host.fails(&["container", "restore", "-i", &archive], 125, &text);
    }
    let archive = fixture("containerd", other);
    let line = ["container", "restore", "-i", &archive, POD[0]];
    host.fails(&line, 125, "name that one with --runtime");
    // Without a word of the user's each is thawed by its own.
    let engine = Engine::under_test();
    let done = engine.run(&["container", "restore", "-i", &fixture("podman5", other)]);
    assert!(
        done.code == 0 || done.stderr.contains("this processor"),
        "{done}"
    );
}

fn images_are_known_by_id_not_by_name(host: &Host) {
    let _image = Loaded::new(host);
    let archive = fixture("containerd", host.runtime);
    let images = || {
        host.ok(&[
            "images",
            "--no-trunc",
            "--format",
            "{{.Repository}}:{{.Tag}} {{.ID}}",
        ])
    };
    let before = images();
    // The name of an image of this host, for another image.
    let poisoned = Unpacked::of(host, &archive);
    poisoned.edit("config.dump", |config| {
        config["rootfsImageName"] = IMAGE.into();
        config["rootfsImage"] = IMAGE.into();
    });
    if let Some((name, warnings)) = thaw(host, &poisoned.pack(), &POD) {
        let text = format!("image {IMAGE} here is another than the checkpoint's");
        assert!(warnings.contains(&text), "{warnings}");
        assert_eq!(host.inspect(&name)["ImageName"], COUNTER);
        host.ok(&["rm", "-f", "-t", "0", &name]);
    }
    // Only the name agrees.
    let renamed = Unpacked::of(host, &archive);
    renamed.edit("config.dump", |config| {
        config["rootfsImageRef"] = format!("{COUNTER}@sha256:{}", "5".repeat(64)).into();
    });
    if let Some((name, warnings)) = thaw(host, &renamed.pack(), &POD) {
        assert!(
            warnings.contains("taken for the same by its name"),
            "{warnings}"
        );
        host.ok(&["rm", "-f", "-t", "0", &name]);
    }
    assert_eq!(images(), before, "no archive names an image");
    // Neither.
    renamed.edit("config.dump", |config| {
        config["rootfsImageName"] = "localhost/nowhere:1".into();
    });
    let line = ["container", "restore", "-i", &renamed.pack(), POD[0]];
    host.fails(
        &line,
        125,
        "localhost/nowhere:1 (555555555555) is not on this host",
    );
}

/// Refused with the text, and nothing of it left; what processes, mounts and rows would show the
/// harness finds.
#[track_caller]
fn refused(host: &Host, archive: &str, text: &str) {
    let line = ["container", "restore", "-i", archive, POD[0]];
    host.fails(&line, 125, text);
    assert_eq!(host.ok(&["ps", "-aq"]), "");
    let left = fs::read_dir("/var/lib/cryopod/containers").unwrap().count();
    assert_eq!(left, 0, "directories of containers");
}

fn damaged_archives(host: &Host) {
    let _image = Loaded::new(host);
    for dialect in DIALECTS {
        let whole = fs::read(fixture(dialect, host.runtime)).unwrap();
        let file = host.file("damaged");
        fs::write(&file, &whole[..whole.len() * 2 / 3]).unwrap();
        refused(host, &file, "damaged is truncated");
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 0x10;
        fs::write(&file, flipped).unwrap();
        refused(host, &file, "/damaged");
        for member in ["config.dump", "spec.dump", "checkpoint/inventory.img"] {
            let frozen = Unpacked::of(host, &fixture(dialect, host.runtime));
            frozen.remove(member);
            refused(host, &frozen.pack(), &format!("has no {member}"));
        }
    }
}

fn hostile_specifications(host: &Host) {
    let _image = Loaded::new(host);
    let bind = |source: &str, destination: &str| json!({"type": "bind", "source": source, "destination": destination, "options": ["rbind", "rw"]});
    let traps: [(&str, Value, &str); 5] = [
        ("/mounts/-", bind("/", "/host"), "--allow-mounts"),
        (
            "/mounts/-",
            bind("/etc", "/run/secrets/db"),
            "--allow-mounts",
        ),
        (
            "/linux/devices",
            json!([{"path": "/dev/vda", "type": "b", "major": 254, "minor": 0}]),
            "--allow-devices",
        ),
        (
            "/linux/namespaces",
            json!([{"type": "pid", "path": "/proc/1/ns/pid"}, {"type": "network"}]),
            "a pid namespace by path",
        ),
        (
            "/linux/namespaces",
            json!([{"type": "pid"}]),
            "--allow-host-network",
        ),
    ];
    for dialect in DIALECTS {
        for (place, value, text) in &traps {
            let frozen = Unpacked::of(host, &fixture(dialect, host.runtime));
            frozen.edit("spec.dump", |spec| {
                if let Some(list) = place.strip_suffix("/-") {
                    let list = spec.pointer_mut(list).and_then(Value::as_array_mut);
                    list.expect("a list").push(value.clone());
                } else {
                    let (parent, key) = place.rsplit_once('/').expect("a path");
                    spec.pointer_mut(parent).expect("an object")[key] = value.clone();
                }
            });
            refused(host, &frozen.pack(), text);
        }
        // A program of this host as the runtime; asked without --runtime, else that is refused.
        let frozen = Unpacked::of(host, &fixture(dialect, host.runtime));
        frozen.edit("config.dump", |config| config["runtime"] = "/bin/sh".into());
        let done = Engine::under_test().run(&["container", "restore", "-i", &frozen.pack()]);
        let text = if dialect.starts_with("podman") {
            "runtime '/bin/sh', which is not known here"
        } else {
            "--allow-capabilities"
        };
        assert!(done.code == 125 && done.stderr.contains(text), "{done}");
    }
    // A granted mount of the pod that this host hasn't.
    let frozen = Unpacked::of(host, &fixture("crio", host.runtime));
    frozen.edit("spec.dump", |spec| {
        let mounts = spec["mounts"].as_array_mut().expect("mounts");
        mounts.push(bind("/var/lib/kubelet/empty-dir", "/cache"));
    });
    host.fails(
        &[
            "container",
            "restore",
            "--allow-mounts",
            POD[0],
            "-i",
            &frozen.pack(),
        ],
        125,
        "\"/var/lib/kubelet/empty-dir\" of its host mounted at \"/cache\"",
    );
    // What nobody needs is left behind: the hook of CRI-O's is gone already; devices by annotation.
    let frozen = Unpacked::of(host, &fixture("containerd", host.runtime));
    frozen.edit("spec.dump", |spec| {
        spec["annotations"]["cdi.k8s.io/golden"] = "vendor.com/gpu=all".into();
        spec["annotations"]["run.oci.hooks.stderr"] = "/golden-was-here".into();
        spec["hooks"] =
            json!({"prestart": [{"path": "/bin/touch", "args": ["touch", "/golden-was-here"]}]});
        let mounts = spec["mounts"].as_array_mut().expect("mounts");
        let last = mounts
            .iter_mut()
            .find(|mount| mount["destination"] == "/dev/termination-log");
        last.expect("the pod's")["source"] = "/etc/shadow".into();
    });
    if let Some((name, _)) = thaw(host, &frozen.pack(), &POD) {
        goes_on(host, &name, &frozen);
        assert_eq!(seen(host, &name, "/dev/termination-log").unwrap(), "");
        let id = host.inspect(&name)["Id"].as_str().unwrap_or("").to_owned();
        let bundle = format!("/var/lib/cryopod/containers/{id}/bundle/config.json");
        let spec = fs::read_to_string(bundle).unwrap();
        for word in ["cdi.k8s.io", "run.oci", "golden-was-here", "shadow"] {
            assert!(!spec.contains(word), "{word}");
        }
        assert!(!Path::new("/golden-was-here").exists());
    }
}

fn hostile_members(host: &Host) {
    let _image = Loaded::new(host);
    for (dialect, log) in [
        ("podman5", "ctr.log"),
        ("containerd", "container.log"),
        ("crio", "io.kubernetes.cri-o.LogPath"),
    ] {
        let archive = fixture(dialect, host.runtime);
        let frozen = Unpacked::of(host, &archive);
        frozen.link(log, "/etc/shadow");
        refused(
            host,
            &frozen.pack(),
            &format!("{log}\" is a link to \"/etc/shadow\""),
        );
        let frozen = Unpacked::of(host, &archive);
        frozen.link("status.dump", "/etc/shadow");
        refused(host, &frozen.pack(), "is a link to");
        let frozen = Unpacked::of(host, &archive);
        let second = if log == "container.log" {
            "ctr.log"
        } else {
            "container.log"
        };
        frozen.write(second, "another log\n");
        refused(host, &frozen.pack(), "is there twice");
    }
}

fn hostile_roots(host: &Host) {
    let _image = Loaded::new(host);
    let victim = host.path("victim");
    fs::write(&victim, "untouched").unwrap();
    let climb = format!("../../../../../../..{}", victim.display());
    for dialect in DIALECTS {
        // Names that climb, in the tar of changes, plain or compressed …
        let frozen = Unpacked::of(host, &fixture(dialect, host.runtime));
        frozen.changes_with(&climb, dialect == "containerd");
        refused(host, &frozen.pack(), "refusing path");
        // … and in the list of deletions.
        let frozen = Unpacked::of(host, &fixture(dialect, host.runtime));
        frozen.write("deleted.files", &json!([format!("/{climb}")]).to_string());
        refused(host, &frozen.pack(), "refusing path");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched");
    }
    // A whiteout that climbs deletes nothing either.
    let frozen = Unpacked::of(host, &fixture("containerd", host.runtime));
    let (directory, name) = climb.rsplit_once('/').expect("a path");
    frozen.changes_with(&format!("{directory}/.wh.{name}"), true);
    refused(host, &frozen.pack(), "refusing path");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched");
}
