//! Images in hostile archives: refused by name, and nothing of them stays.

use std::fs;

use serde_json::{Value, json};

use super::*;
use crate::config::Config;

const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// An unpacked archive with an image in it, to be spoilt.
struct Unpacked {
    root: tempfile::TempDir,
    included: IncludedImage,
}

fn tar_of(names: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in names {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // `set_path` refuses names that go up.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

impl Unpacked {
    fn new(layer: &[u8]) -> Self {
        let mut unpacked = Self {
            root: tempfile::tempdir().unwrap(),
            included: IncludedImage::default(),
        };
        fs::create_dir_all(unpacked.path("blobs/sha256")).unwrap();
        fs::write(
            unpacked.path("oci-layout"),
            r#"{"imageLayoutVersion":"1.0.0"}"#,
        )
        .unwrap();
        let layer = unpacked.blob(layer);
        unpacked.describe(&json!([layer["digest"]]), &json!([layer]));
        unpacked
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.root.path().join("image").join(name)
    }

    fn blob_path(&self, digest: &str) -> std::path::PathBuf {
        self.path("blobs/sha256")
            .join(digest.trim_start_matches("sha256:"))
    }

    fn blob(&self, bytes: &[u8]) -> Value {
        let digest = digest_of(bytes);
        fs::write(self.blob_path(&digest), bytes).unwrap();
        json!({ "mediaType": LAYER, "digest": digest, "size": bytes.len() })
    }

    /// Configuration, manifest, index and description, for these layers.
    fn describe(&mut self, diff_ids: &Value, layers: &Value) {
        for old in [self.included.digest.clone(), self.included.id.clone()] {
            let _ = fs::remove_file(self.blob_path(&old));
        }
        let config = json!({"os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}});
        let config = self.blob(config.to_string().as_bytes());
        let manifest = json!({"schemaVersion": 2, "config": config, "layers": layers});
        let manifest = self.blob(manifest.to_string().as_bytes());
        self.index(&json!([manifest]));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        self.included = IncludedImage {
            digest: text(&manifest["digest"]),
            id: text(&config["digest"])[7..].to_owned(),
            diff_ids: diff_ids.as_array().unwrap().iter().map(text).collect(),
            size: 0,
        };
    }

    fn index(&self, manifests: &Value) {
        let index = json!({"schemaVersion": 2, "manifests": manifests});
        fs::write(self.path("index.json"), index.to_string()).unwrap();
    }
}

fn engine(root: &Path) -> Engine {
    Engine::open(Config::below(root)).unwrap()
}

#[track_caller]
fn refused(unpacked: &Unpacked, words: &str) {
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    let error = check(&unpacked.included)
        .and_then(|()| bring(&engine, unpacked.root.path(), &unpacked.included).map(drop))
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains(words), "{text}");
    assert!(
        text.starts_with("the image in the checkpoint is refused: "),
        "{text}"
    );
    forget(&engine, &unpacked.included.id).unwrap();
    assert!(engine.store.rows().images().unwrap().is_empty());
    assert!(engine.layers().unwrap().list().unwrap().is_empty());
    assert!(engine.blobs().unwrap().list().unwrap().is_empty());
}

#[test]
fn an_honest_one_is_brought_and_goes_with_its_container() {
    let unpacked = Unpacked::new(&tar_of(&[("file", b"hello")]));
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    let brought = bring(&engine, unpacked.root.path(), &unpacked.included).unwrap();
    engine
        .store
        .transaction(|rows| brought.insert(rows))
        .unwrap();
    drop(brought);
    let images = engine.store.rows().images().unwrap();
    assert_eq!(images[0].id, unpacked.included.id);
    assert!(images[0].names.is_empty());
    assert!(!unpacked.path("").exists());
    let base = super::super::base_layers(&engine, &images[0]).unwrap();
    assert_eq!(
        base.included.digest, unpacked.included.digest,
        "kept as it came"
    );
    forget(&engine, &images[0].id).unwrap();
    assert!(engine.layers().unwrap().list().unwrap().is_empty());
    assert!(engine.blobs().unwrap().list().unwrap().is_empty());
}

#[test]
fn what_is_made_again_has_the_same_files() {
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    let lower = tar_of(&[("a", b"1"), ("d/b", b"2"), ("d/c", b"3")]);
    let upper = tar_of(&[(".wh.a", b""), ("d/.wh..wh..opq", b""), ("d/n", b"4")]);
    let mut image = Image {
        id: "1".repeat(64),
        digest: format!("sha256:{}", "1".repeat(64)),
        diff_ids: Vec::new(),
        names: Vec::new(),
        size: 0,
        created: String::new(),
        config: json!({"config": {"Cmd": ["sh"]}}),
    };
    for tar in [lower, upper] {
        let layer = engine.layers().unwrap().import(&tar[..]).unwrap();
        image.diff_ids.push(layer.diff_id);
    }
    let first = super::super::base_layers(&engine, &image).unwrap();
    let second = super::super::base_layers(&engine, &image).unwrap();
    assert_eq!(first.included, second.included, "always the same");
    assert_ne!(
        first.included.diff_ids, image.diff_ids,
        "and says that it is another"
    );
    let parts = |path: &Path, name: &str| path.join(name);
    for (number, (_, content)) in first.layers().enumerate() {
        let layer = engine.layers().unwrap().import(content.unwrap()).unwrap();
        assert_eq!(layer.diff_id, first.included.diff_ids[number]);
        let again = engine.layers().unwrap().path(&layer.diff_id).unwrap();
        let before = engine
            .layers()
            .unwrap()
            .path(&image.diff_ids[number])
            .unwrap();
        for name in ["a", "d/b", "d/c", "d/n"] {
            let read = |path: &Path| fs::read(parts(path, name)).ok();
            assert_eq!(read(&again), read(&before), "{number} {name}");
            let exists = |path: &Path| parts(path, name).symlink_metadata().is_ok();
            assert_eq!(exists(&again), exists(&before), "{number} {name}");
        }
        let opaque = |path: &Path| {
            let mut value = [0; 1];
            rustix::fs::lgetxattr(parts(path, "d"), "trusted.overlay.opaque", &mut value[..]).ok()
        };
        assert_eq!(opaque(&again), opaque(&before), "{number}");
    }
}

#[test]
fn blobs_that_are_not_what_they_are_called() {
    let tar = tar_of(&[("file", b"hello")]);
    let spoilt = Unpacked::new(&tar);
    let layer = spoilt.blob_path(&spoilt.included.diff_ids[0]);
    fs::write(&layer, tar_of(&[("file", b"hallo")])).unwrap();
    refused(&spoilt, "mismatch");
    let spoilt = Unpacked::new(&tar);
    fs::remove_file(spoilt.blob_path(&spoilt.included.diff_ids[0])).unwrap();
    refused(&spoilt, "is missing");
    let spoilt = Unpacked::new(&tar);
    fs::write(spoilt.blob_path(&spoilt.included.digest), "{}").unwrap();
    refused(&spoilt, "digest mismatch");
    let spoilt = Unpacked::new(&tar);
    fs::write(spoilt.blob_path(&spoilt.included.id), "{}").unwrap();
    refused(&spoilt, "digest mismatch");
}

#[test]
fn another_image_than_the_archive_describes() {
    let tar = tar_of(&[("file", b"hello")]);
    let mut other = Unpacked::new(&tar);
    other.included.diff_ids[0] = format!("sha256:{}", "0".repeat(64));
    refused(&other, "lists other layers than cryopod.json");
    let mut other = Unpacked::new(&tar);
    other.included.digest = format!("sha256:{}", "0".repeat(64));
    refused(&other, "its manifest is sha256:");
    let mut other = Unpacked::new(&tar);
    other.included.id = "0".repeat(64);
    refused(&other, "its configuration is sha256:");
    let mut other = Unpacked::new(&tar);
    other.included.id = "../x".into();
    refused(&other, "its id and digest are none");
    let mut other = Unpacked::new(&tar);
    other.included.diff_ids = vec!["sha256:../x".into()];
    refused(&other, "what is said of its layers");
    // The configuration lies about the layer.
    let mut other = Unpacked::new(&tar);
    let layer = other.blob(&tar);
    let wrong = json!([format!("sha256:{}", "1".repeat(64))]);
    other.describe(&wrong, &json!([layer]));
    refused(&other, "layer digest mismatch");
    // The manifest lies about its length.
    let mut other = Unpacked::new(&tar);
    let mut layer = other.blob(&tar);
    layer["size"] = json!(3);
    other.describe(&json!([layer["digest"]]), &json!([layer]));
    refused(&other, "its manifest says 3");
}

#[test]
fn indexes_and_blobs_that_no_image_has() {
    let tar = tar_of(&[("file", b"hello")]);
    let extra = Unpacked::new(&tar);
    extra.blob(b"extra");
    refused(&extra, "belongs to nothing in it");
    let empty = Unpacked::new(&tar);
    empty.index(&json!([]));
    refused(&empty, "it holds no image");
    let none = Unpacked::new(&tar);
    fs::remove_dir_all(none.path("")).unwrap();
    refused(&none, "it is not there");
    // An index in an index in an index …: none can name itself by its digest.
    let deep = Unpacked::new(&tar);
    let index = "application/vnd.oci.image.index.v1+json";
    let mut inner = json!({"mediaType": "", "digest": deep.included.digest, "size": 1});
    for _ in 0..8 {
        let text = json!({"schemaVersion": 2, "manifests": [inner]}).to_string();
        inner = deep.blob(text.as_bytes());
        inner["mediaType"] = json!(index);
    }
    deep.index(&json!([inner]));
    refused(&deep, "no image for");
    let own = Unpacked::new(&tar);
    let text = fs::read(own.path("index.json")).unwrap();
    let mut itself = own.blob(&text);
    itself["mediaType"] = json!(index);
    fs::write(
        own.blob_path(itself["digest"].as_str().unwrap()),
        json!({"manifests": [itself]}).to_string(),
    )
    .unwrap();
    own.index(&json!([itself]));
    refused(&own, "digest mismatch");
    let large = Unpacked::new(&tar);
    let file = fs::File::create(large.blob_path(&large.included.digest)).unwrap();
    file.set_len(100 << 20).unwrap();
    refused(&large, "is larger than");
}

#[test]
fn layers_that_lead_out() {
    for (name, words) in [
        ("../evil", "refusing path"),
        ("a/../../evil", "refusing path"),
    ] {
        let out = Unpacked::new(&tar_of(&[(name, b"x")]));
        refused(&out, words);
        assert!(!out.root.path().join("evil").exists());
    }
}
