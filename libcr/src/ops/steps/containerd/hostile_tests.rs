//! Checkpoints of containerd that are no honest ones: refused by name, and nothing of them stays.

use std::fs;
use std::path::PathBuf;

use prost::Message as _;
use serde_json::json;

use super::*;
use crate::config::Config;
use crate::image::containerd::{Any, CHANGES, CRIU, INDEX, REF_NAME, SPEC, SPEC_TYPE};
use crate::image::digest_of;
use crate::image::manifest::{CONFIG, MANIFEST};
use crate::ops::steps::checkpoint_image;

struct Layout {
    root: tempfile::TempDir,
    entries: Vec<Value>,
}

fn member(name: &str, kind: tar::EntryType, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    // `set_path` refuses names that go up.
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    let mut all = header.as_bytes().to_vec();
    all.extend(bytes);
    all.resize(all.len().next_multiple_of(512), 0);
    all
}

fn criu(members: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut all = member("inventory.img", tar::EntryType::Regular, b"x");
    for (name, kind, bytes) in members {
        all.extend(member(name, *kind, bytes));
    }
    all.extend([0; 1024]);
    all
}

fn spec(type_url: &str) -> Vec<u8> {
    let value = json!({"process": {"args": ["sh"]}, "mounts": [], "linux": {
        "cgroupsPath": "/default/k1", "namespaces": [{"type": "network"}]}});
    Any {
        type_url: type_url.to_owned(),
        value: value.to_string().into_bytes(),
    }
    .encode_to_vec()
}

impl Layout {
    fn new(criu: &[u8], spec: &[u8]) -> Self {
        let mut layout = Self {
            root: tempfile::tempdir().unwrap(),
            entries: Vec::new(),
        };
        fs::create_dir_all(layout.root.path().join("blobs/sha256")).unwrap();
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        builder.append_data(&mut header, "file", &b"x"[..]).unwrap();
        let tar = builder.into_inner().unwrap();
        let layer = layout.blob("application/vnd.oci.image.layer.v1.tar", &tar);
        let config = json!({"rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}});
        let config = layout.blob(CONFIG, config.to_string().as_bytes());
        let manifest = json!({"schemaVersion": 2, "config": config, "layers": [layer]});
        let mut manifest = layout.blob(MANIFEST, manifest.to_string().as_bytes());
        manifest["annotations"] = json!({ REF_NAME: "localhost/base:1" });
        let changes = layout.blob(CHANGES, &[0x1f, 0x8b, 8]);
        let criu = layout.blob(CRIU, criu);
        let spec = layout.blob(SPEC, spec);
        layout.entries = vec![manifest, changes, criu, spec];
        layout
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.root.path().join("blobs/sha256").join(&digest[7..])
    }

    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = digest_of(bytes);
        fs::write(self.path(&digest), bytes).unwrap();
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    }

    fn digest(&self, number: usize) -> String {
        self.entries[number]["digest"].as_str().unwrap().to_owned()
    }

    /// Writes the indexes and loads it.
    fn load(&self) -> (tempfile::TempDir, Engine, Result<Vec<String>>) {
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": self.entries});
        let index = self.blob(INDEX, index.to_string().as_bytes());
        self.load_index(&index)
    }

    fn load_index(&self, index: &Value) -> (tempfile::TempDir, Engine, Result<Vec<String>>) {
        let mut index = index.clone();
        index["annotations"] = json!({"io.containerd.image.name": "localhost/cp:1"});
        let all = json!({"schemaVersion": 2, "manifests": [index]});
        fs::write(self.root.path().join("index.json"), all.to_string()).unwrap();
        let root = tempfile::tempdir().unwrap();
        let engine = Engine::open(Config::below(root.path())).unwrap();
        let scratch = root.path().join("lib/images");
        let loaded = ImageArchive::open(self.root.path(), &scratch)
            .map_err(Error::from)
            .and_then(|archive| {
                let checkpoint = archive.checkpoints.first();
                let checkpoint = checkpoint.ok_or_else(|| refused("there is none"))?;
                keep(&engine, &archive, checkpoint)
            });
        (root, engine, loaded)
    }

    #[track_caller]
    fn refused(&self, words: &str) {
        self.judge(self.load(), words);
    }

    #[track_caller]
    fn judge(&self, loaded: (tempfile::TempDir, Engine, Result<Vec<String>>), words: &str) {
        let (_root, engine, loaded) = loaded;
        let text = loaded.unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
        assert!(engine.store.rows().images().unwrap().is_empty());
        assert!(engine.blobs().unwrap().list().unwrap().is_empty());
        assert!(!self.root.path().join("evil").exists());
    }
}

#[test]
fn an_honest_one_becomes_a_checkpoint_image() {
    let ids = [
        0x19, 0x43, 0x56, 0x54, 0x30, 0x20, 0x43, 0x54, 2, 0, 0, 0, 0x30, 0x0a,
    ];
    let layout = Layout::new(
        &criu(&[
            ("ids-1.img", tar::EntryType::Regular, &ids),
            ("core-1.img", tar::EntryType::Regular, b"core"),
        ]),
        &spec(SPEC_TYPE),
    );
    let (_root, engine, loaded) = layout.load();
    assert_eq!(loaded.unwrap(), ["localhost/cp:1"]);
    let images = engine.store.rows().images().unwrap();
    assert_eq!(images.len(), 2);
    let made = images.iter().find(|image| !image.names.is_empty()).unwrap();
    let layers = checkpoint_image::open(&engine, made).unwrap();
    let mut reader =
        crate::archive::Reader::from_parts(layers, "it".into(), crate::archive::Limits::default())
            .unwrap();
    let header = reader.read_header(None).unwrap();
    let dump = podman::ContainerConfig::from_json(&header.config_dump).unwrap();
    assert_eq!((dump.name.as_str(), dump.runtime.as_str()), ("k1", "runc"));
    let below = images.iter().find(|image| image.names.is_empty()).unwrap();
    assert_eq!(dump.image_id(), Some(below.id.as_str()));
}

#[test]
fn members_that_are_no_images_of_criu() {
    use tar::EntryType::{Directory, Regular, Symlink, XHeader};
    for (name, kind, bytes, words) in [
        ("../evil", Regular, &b"x"[..], "has `..` in its name"),
        ("/evil", Regular, b"x", "has an absolute name"),
        ("a/b", Regular, b"x", "is no image of CRIU"),
        ("sub", Directory, b"", "is no image of CRIU"),
        ("link", Symlink, b"", "is no image of CRIU"),
        ("inventory.img", Regular, b"y", "is there twice"),
        (
            "x",
            XHeader,
            b"17 path=../evil1\n",
            "has an extended header",
        ),
    ] {
        let layout = Layout::new(&criu(&[(name, kind, bytes)]), &spec(SPEC_TYPE));
        layout.refused(words);
    }
    let empty = Layout::new(&[0; 1024], &spec(SPEC_TYPE));
    empty.refused("has no inventory.img");
    let cut = criu(&[("pages-1.img", Regular, &[7; 3000])]);
    Layout::new(&cut[..2600], &spec(SPEC_TYPE)).refused("");
}

#[test]
fn specifications_that_are_none() {
    let whole = criu(&[]);
    Layout::new(
        &whole,
        &spec("types.containerd.io/opencontainers/runtime-spec/1/Linux"),
    )
    .refused("it says that it is");
    Layout::new(&whole, b"\xff\xff\xff").refused("is no types.containerd.io");
    let any = |value: Vec<u8>| {
        Any {
            type_url: SPEC_TYPE.into(),
            value,
        }
        .encode_to_vec()
    };
    Layout::new(&whole, &any(b"[".to_vec())).refused("can't be read");
    Layout::new(&whole, &any(vec![b' '; 5 << 20])).refused("is larger than");
    Layout::new(&whole, &any(vec![b' '; 100 << 20])).refused("is larger than");
}

#[test]
fn blobs_and_indexes() {
    let new = || Layout::new(&criu(&[]), &spec(SPEC_TYPE));
    for number in [1, 2] {
        let layout = new();
        let mut bytes = fs::read(layout.path(&layout.digest(number))).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(layout.path(&layout.digest(number)), bytes).unwrap();
        layout.refused("digest mismatch");
    }
    for number in [0, 1, 2, 3] {
        let layout = new();
        fs::remove_file(layout.path(&layout.digest(number))).unwrap();
        layout.refused("is missing");
        let mut layout = new();
        layout.entries[number]["digest"] = json!("sha256:../../evil");
        layout.refused("invalid digest");
    }
    let mut layout = new();
    layout.entries[2]["size"] = json!(1_u64 << 40);
    layout.refused("its index says 1099511627776");
    let mut layout = new();
    layout.entries.remove(2);
    layout.refused("has no memory");
    let mut layout = new();
    layout.entries.pop();
    layout.refused("has no specification");
    let mut layout = new();
    layout.entries.remove(0);
    layout.refused("");
    // Its image below is an index: its own, as far as that can be.
    let mut layout = new();
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": layout.entries});
    let mut own = layout.blob(INDEX, index.to_string().as_bytes());
    layout.entries[0] = own.clone();
    let changed = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": layout.entries});
    fs::write(
        layout.path(own["digest"].as_str().unwrap()),
        changed.to_string(),
    )
    .unwrap();
    own["size"] = json!(changed.to_string().len());
    let loaded = layout.load_index(&own);
    layout.judge(loaded, "digest mismatch");
    let large = new();
    let file = fs::File::create(large.path(&large.digest(0))).unwrap();
    file.set_len(100 << 20).unwrap();
    large.refused("is larger than");
}
