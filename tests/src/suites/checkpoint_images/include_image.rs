//! `--include-image`: a container thaws where nobody has its image and no registry can be asked.

use std::fs;

use serde_json::Value;

use crate::harness::{Engine, Host, IMAGE, ONLY_IN_IMAGE};
use crate::suites::interop::Podman;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    an_archive_brings_its_image,
    once an_image_brings_its_image,
    interop_with_podman,
    once what_is_spoilt_or_makes_no_sense,
];

/// Another engine on this host, which has no image; its containers are not seen by the other.
pub struct Elsewhere(pub Engine);

impl Elsewhere {
    pub fn new(host: &Host) -> Self {
        let mut engine = Engine::under_test().with_runtime(host.runtime);
        // A tmpfs: no directory of the host's own overlay can be one of another.
        for (option, place) in [("--root", "root"), ("--runroot", "run")] {
            let place = format!("/run/elsewhere/{place}");
            engine.globals.extend([option.to_owned(), place]);
        }
        Self(engine)
    }

    pub fn images(&self) -> String {
        self.0.ok(&["images", "-q", "-a"])
    }

    /// It counts on, and has a file of its image and one of its own.
    #[track_caller]
    pub fn goes_on(&self, name: &str) {
        let log = self.0.ok(&["logs", name]);
        crate::harness::wait::until("more log", || {
            (self.0.ok(&["logs", name]).len() > log.len()).then_some(())
        });
        let files = format!("cat {ONLY_IN_IMAGE} /data/file");
        let text = self.0.ok(&["exec", name, "sh", "-c", &files]);
        assert_eq!(text, "as in the image\nkept");
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.0.remove_all();
        for image in self.images().lines() {
            self.0.run(&["rmi", "-f", image]);
        }
        let _ = fs::remove_dir_all("/run/elsewhere");
    }
}

/// Starts one and freezes it with its image.
pub fn freeze(host: &Host, name: &str, into: &[&str]) {
    host.start_shell(name, &["--network", "none"], COUNT_ALOUD);
    host.shell(name, "echo kept > /data/file; rm /etc/motd");
    host.wait_for_log(name, "3\n");
    host.ok(&[
        &["container", "checkpoint", "--include-image"],
        into,
        &[name],
    ]
    .concat());
    host.ok(&["rm", name]);
}

fn shown(engine: &Engine, archive: &str) -> Value {
    let text = engine.ok(&["checkpoint", "show", "--json", archive]);
    let all: Value = serde_json::from_str(&text).unwrap();
    all[0].clone()
}

fn an_archive_brings_its_image(host: &Host) {
    let (archive, again) = (host.file("a.tar"), host.file("b.tar"));
    freeze(host, "web", &["-e", &archive]);
    let inside = shown(&host.engine, &archive)["Container"]["ImageInside"].clone();
    assert_eq!(inside.as_str().map(str::len), Some(64), "{inside}");
    let elsewhere = Elsewhere::new(host);
    let text = elsewhere
        .0
        .ok(&["container", "restore", "--dry-run", "-i", &archive]);
    assert!(
        text.contains("is not here and comes from the archive"),
        "{text}"
    );
    assert!(elsewhere.images().is_empty(), "a dry run brings none");
    elsewhere.0.ok(&["container", "restore", "-i", &archive]);
    elsewhere.goes_on("web");
    assert_eq!(
        elsewhere
            .0
            .ok(&["images", "-q", "--no-trunc"])
            .lines()
            .count(),
        1
    );
    // From there it travels on as the same, and is found, not brought a second time.
    let line = [
        "container",
        "checkpoint",
        "--include-image",
        "-e",
        &again,
        "web",
    ];
    elsewhere.0.ok(&line);
    elsewhere.0.ok(&["rm", "web"]);
    assert_eq!(
        shown(&host.engine, &again)["Container"]["ImageInside"],
        inside
    );
    let text = elsewhere
        .0
        .ok(&["container", "restore", "--dry-run", "-i", &archive]);
    assert!(!text.contains("comes from the archive"), "{text}");
    elsewhere.0.ok(&["container", "restore", "-i", &again]);
    elsewhere.goes_on("web");
    assert_eq!(elsewhere.images().lines().count(), 1);
    // Where the image is, it is not brought either.
    host.ok(&["container", "restore", "-n", "here", "-i", &archive]);
    let image = host.inspect("here")["ImageName"].clone();
    assert_eq!(image.as_str(), Some(IMAGE));
}

fn an_image_brings_its_image(host: &Host) {
    freeze(host, "one", &["--create-image", "first"]);
    freeze(host, "two", &["--create-image", "second"]);
    let layers = |image: &str| -> Vec<String> {
        let format = "{{json .RootFS.Layers}}";
        let text = host.ok(&["image", "inspect", "--format", format, image]);
        serde_json::from_str(&text).unwrap()
    };
    let (first, second) = (layers("first"), layers("second"));
    let shared = first.iter().filter(|layer| second.contains(layer)).count();
    assert!(
        shared >= 2,
        "documents and layer of the base: {first:?} {second:?}"
    );
    let layout = super::interop::layout(host, "first");
    let elsewhere = Elsewhere::new(host);
    elsewhere.0.ok(&["load", "-i", &layout]);
    elsewhere.0.ok(&["container", "restore", "first"]);
    elsewhere.goes_on("one");
    elsewhere
        .0
        .ok(&["container", "restore", "-n", "more", "first"]);
    elsewhere.goes_on("more");
    assert_eq!(
        elsewhere.images().lines().count(),
        2,
        "the checkpoint and its base"
    );
    for image in ["first", "second"] {
        host.ok(&["rmi", image]);
    }
}

fn interop_with_podman(host: &Host) {
    let archive = host.file("a.tar");
    freeze(host, "web", &["-e", &archive, "--create-image", "frozen"]);
    let layout = super::interop::layout(host, "frozen");
    let podman = Podman::set_up(host.runtime);
    let check = || {
        let text = podman.0.ok(&["exec", "web", "cat", "/data/file"]);
        assert_eq!(text, "kept");
        podman.0.ok(&["rm", "-f", "-t", "0", "web"]);
    };
    podman.0.ok(&["container", "restore", "-i", &archive]);
    check();
    let name = "localhost/frozen:latest";
    podman
        .0
        .ok(&["pull", "-q", &format!("oci:{layout}:{name}")]);
    podman.0.ok(&["container", "restore", name]);
    check();
    podman.0.ok(&["rmi", name]);
    host.ok(&["rmi", "frozen"]);
}

fn what_is_spoilt_or_makes_no_sense(host: &Host) {
    host.start_shell("web", &["--network", "none"], COUNT_ALOUD);
    let words = "--include-image can only be used with --export or --create-image";
    host.fails(
        &["container", "checkpoint", "--include-image", "web"],
        125,
        words,
    );
    let line = [
        "container",
        "checkpoint",
        "--include-image",
        "-P",
        "-e",
        "/tmp/x",
        "web",
    ];
    host.fails(&line, 125, words);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    let archive = host.file("a.tar");
    freeze(host, "web", &["-e", &archive, "--compress", "none"]);
    let whole = fs::read(&archive).unwrap();
    let marker = b"image/blobs/sha256/";
    let places = whole.windows(marker.len()).enumerate();
    let places: Vec<usize> = places
        .filter_map(|(at, window)| (window == marker && at % 512 == 0).then_some(at))
        .collect();
    assert_eq!(places.len(), 3, "manifest, configuration, layer");
    let elsewhere = Elsewhere::new(host);
    for place in places {
        let mut spoilt = whole.clone();
        spoilt[place + 512 + 40] ^= 1;
        fs::write(&archive, spoilt).unwrap();
        let line = ["container", "restore", "-i", &archive];
        elsewhere.0.fails(&line, 125, "is not what was written");
        assert!(elsewhere.images().is_empty());
        assert!(elsewhere.0.ok(&["ps", "-aq"]).is_empty());
        crate::harness::assert_in_step(&elsewhere.0);
    }
    fs::write(&archive, &whole).unwrap();
    elsewhere.0.ok(&["container", "restore", "-i", &archive]);
    elsewhere.goes_on("web");
}
