//! Tests of `archive`: need root and a filesystem with attributes under the temporary directory,
//! and leave nothing behind.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde_json::json;
use tar::{Builder, EntryType, Header};

use super::*;

const LAYER: &[u8] = b"pretend that this is a tar";

fn config() -> Vec<u8> {
    let config = json!({ "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": { "type": "layers", "diff_ids": [digest_of(LAYER)] } });
    config.to_string().into_bytes()
}

fn tar_of(members: &[(String, Vec<u8>)], link: Option<(&str, &str)>) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    if let Some((name, target)) = link {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, name, target).unwrap();
    }
    builder.into_inner().unwrap()
}

fn docker_members(layer: &str) -> Vec<(String, Vec<u8>)> {
    let name = format!("{}.json", &digest_of(&config())[7..]);
    let manifest = json!([{ "Config": name, "RepoTags": ["busybox:latest"], "Layers": [layer] }]);
    vec![
        (name, config()),
        ("abc/layer.tar".into(), LAYER.to_vec()),
        ("manifest.json".into(), manifest.to_string().into_bytes()),
    ]
}

fn oci_members() -> Vec<(String, Vec<u8>)> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(LAYER).unwrap();
    let layer = gzip.finish().unwrap();
    let manifest = json!({ "schemaVersion": 2,
        "config": { "mediaType": "c", "digest": digest_of(&config()), "size": 1 },
        "layers": [{ "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                     "digest": digest_of(&layer), "size": layer.len() }] });
    let manifest = manifest.to_string().into_bytes();
    let nested = json!({ "manifests": [
        { "digest": format!("sha256:{}", "0".repeat(64)), "platform": { "os": "linux", "architecture": "none" } },
        { "digest": digest_of(&manifest),
          "platform": { "os": "linux", "architecture": crate::sys::machine::architecture() } },
    ] });
    let nested = nested.to_string().into_bytes();
    let index = json!({ "manifests": [
        { "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest_of(&manifest),
          "annotations": { "org.opencontainers.image.ref.name": "localhost/web:1" } },
        { "mediaType": "application/vnd.oci.image.index.v1+json", "digest": digest_of(&nested),
          "annotations": { "org.opencontainers.image.ref.name": "localhost/web:2" } },
    ] });
    let mut members: Vec<(String, Vec<u8>)> = [config(), manifest, layer, nested]
        .into_iter()
        .map(|bytes| (format!("blobs/sha256/{}", &digest_of(&bytes)[7..]), bytes))
        .collect();
    members.push((
        "oci-layout".into(),
        br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec(),
    ));
    members.push(("index.json".into(), index.to_string().into_bytes()));
    members
}

fn saved(directory: &tempfile::TempDir, bytes: &[u8]) -> PathBuf {
    let path = directory.path().join("archive");
    fs::write(&path, bytes).unwrap();
    path
}

fn open(directory: &tempfile::TempDir, bytes: &[u8]) -> Result<ImageArchive, ImageError> {
    ImageArchive::open(&saved(directory, bytes), directory.path())
}

fn layer_of(archive: &ImageArchive) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    archive
        .layer(&archive.images[0].layers[0])
        .unwrap()
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[test]
fn docker_archives_plain_compressed_and_with_links() {
    let scratch = tempfile::tempdir().unwrap();
    let plain = tar_of(&docker_members("abc/layer.tar"), None);
    let linked = tar_of(
        &docker_members("def/layer.tar"),
        Some(("def/layer.tar", "../abc/layer.tar")),
    );
    let zstd = zstd::encode_all(&plain[..], 1).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    for bytes in [plain, linked, zstd, gzip.finish().unwrap()] {
        let archive = open(&scratch, &bytes).unwrap();
        let image = &archive.images[0];
        assert_eq!(image.tags, ["busybox:latest"]);
        assert_eq!(image.config_digest, digest_of(&config()));
        assert_eq!(image.layers[0].diff_id, digest_of(LAYER));
        assert_eq!(layer_of(&archive).unwrap(), LAYER);
    }
}

#[test]
fn oci_archives_and_directories() {
    let scratch = tempfile::tempdir().unwrap();
    let layout = scratch.path().join("layout");
    for (name, bytes) in oci_members() {
        let path = layout.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    for archive in [
        open(&scratch, &tar_of(&oci_members(), None)).unwrap(),
        ImageArchive::open(&layout, scratch.path()).unwrap(),
    ] {
        assert_eq!(archive.images.len(), 1);
        assert_eq!(
            archive.images[0].tags,
            ["localhost/web:1", "localhost/web:2"]
        );
        assert!(archive.images[0].manifest.is_some());
        assert_eq!(layer_of(&archive).unwrap(), LAYER);
    }
}

#[test]
fn blobs_that_are_not_what_they_say_are_found() {
    let scratch = tempfile::tempdir().unwrap();
    for wrong in [0, 1] {
        let mut members = oci_members();
        members[wrong].1.push(b' ');
        let result = open(&scratch, &tar_of(&members, None));
        assert!(
            matches!(result, Err(ImageError::DigestMismatch { .. })),
            "{wrong}"
        );
    }
    let mut members = oci_members();
    // A gzip header's time: the content is the same, the blob is not.
    members[2].1[4] ^= 1;
    let archive = open(&scratch, &tar_of(&members, None)).unwrap();
    assert_eq!(
        layer_of(&archive).unwrap_err().kind(),
        io::ErrorKind::InvalidData
    );
    let mut members = docker_members("abc/layer.tar");
    members[0].1.push(b' ');
    let result = open(&scratch, &tar_of(&members, None));
    assert!(matches!(result, Err(ImageError::DigestMismatch { .. })));
}

#[test]
fn what_is_no_image_is_said_in_podmans_words() {
    let scratch = tempfile::tempdir().unwrap();
    let message = |bytes: &[u8]| open(&scratch, bytes).unwrap_err().to_string();
    let start = "payload does not match any of the supported image formats:\n * ";
    let whole = tar_of(&docker_members("abc/layer.tar"), None);
    for bytes in [&b""[..], b"hello", &[0; 1024], &whole[..700]] {
        assert!(message(bytes).starts_with(start), "{}", message(bytes));
    }
    let compressed = zstd::encode_all(&whole[..], 1).unwrap();
    assert!(message(&compressed[..compressed.len() / 2]).starts_with(start));
    let absent = ImageArchive::open(Path::new("/absent/x"), scratch.path()).unwrap_err();
    assert_eq!(
        absent.to_string(),
        "stat /absent/x: no such file or directory"
    );
    assert!(message(&tar_of(&docker_members("../../etc/passwd"), None)).contains("is missing"));
    let manifest = br#"[{"Config":"c","Layers":["l"]}]"#.to_vec();
    let huge = vec![b' '; usize::try_from(DOCUMENT_LIMIT).unwrap() + 1];
    let members = [
        ("manifest.json".to_owned(), manifest),
        ("c".to_owned(), huge),
    ];
    assert!(message(&tar_of(&members, None)).contains("larger than"));
}

#[test]
fn a_directory_cannot_lead_outside() {
    let scratch = tempfile::tempdir().unwrap();
    let image = scratch.path().join("image");
    fs::create_dir(&image).unwrap();
    fs::write(scratch.path().join("secret"), config()).unwrap();
    fs::write(
        image.join("manifest.json"),
        r#"[{"Config":"../secret","Layers":["l"]}]"#,
    )
    .unwrap();
    assert!(ImageArchive::open(&image, scratch.path()).is_err());
    std::os::unix::fs::symlink("../secret", image.join("c")).unwrap();
    fs::write(
        image.join("manifest.json"),
        r#"[{"Config":"c","Layers":["l"]}]"#,
    )
    .unwrap();
    assert!(ImageArchive::open(&image, scratch.path()).is_err());
}
