//! Tests of `tar_reader`: need root and a filesystem with attributes under the temporary directory,
//! and leave nothing behind.

use std::fs;
use std::os::unix::fs::FileExt;
use std::process::Command;

use super::*;

type Read1 = (String, Kind, Vec<Segment>, Vec<u8>);

fn all(tar: &[u8]) -> Result<Vec<Read1>, StorageError> {
    let mut reader = TarReader::new(tar);
    let mut members = Vec::new();
    while let Some(member) = reader.next_member()? {
        let mut data = Vec::new();
        reader.read_to_end(&mut data).map_err(stream_error)?;
        let path = String::from_utf8(member.path).unwrap();
        members.push((path, member.kind, member.segments, data));
    }
    Ok(members)
}

/// GNU tar's own output, in each of its formats.
fn gnu(arguments: &[&str]) -> Vec<u8> {
    let tree = tempfile::tempdir().unwrap();
    let long = "d/".repeat(70);
    fs::create_dir_all(tree.path().join(&long)).unwrap();
    fs::write(tree.path().join(&long).join("file"), "deep").unwrap();
    let sparse = fs::File::create(tree.path().join("sparse")).unwrap();
    for part in 0..40_u64 {
        sparse.write_all_at(b"part", part * 65536).unwrap();
    }
    sparse.set_len(1 << 24).unwrap();
    let output = Command::new("tar")
        .args([
            "-C",
            tree.path().to_str().unwrap(),
            "--sparse",
            "-cf",
            "-",
            "--sort=name",
        ])
        .args(arguments)
        .arg(".")
        .output()
        .unwrap();
    assert!(output.status.success());
    output.stdout
}

#[test]
fn gnu_and_pax_formats_with_long_names_and_sparse_files() {
    for arguments in [
        &["--format=gnu"][..],
        &["--format=posix", "--sparse-version=0.0"],
        &["--format=posix", "--sparse-version=0.1"],
        &["--format=posix", "--sparse-version=1.0"],
    ] {
        let members = all(&gnu(arguments)).unwrap();
        let deep = members.iter().find(|member| member.3 == b"deep").unwrap();
        assert_eq!(deep.0, format!("./{}file", "d/".repeat(70)));
        let sparse = members
            .iter()
            .find(|member| member.0 == "./sparse")
            .unwrap();
        assert_eq!(sparse.1, Kind::File { size: 1 << 24 }, "{arguments:?}");
        assert!(sparse.2.len() >= 40, "{arguments:?}");
        assert!(sparse.3.len() < 1 << 22);
    }
}

#[test]
fn damaged_archives_are_errors() {
    let whole = gnu(&["--format=posix"]);
    for length in [1, 511, 513, 1000, whole.len() / 2 + 7] {
        assert!(all(&whole[..length]).is_err(), "{length}");
    }
    let mut wrong = whole;
    wrong[0] ^= 1;
    assert!(all(&wrong).unwrap_err().to_string().contains("checksum"));
    assert!(all(&[b'x'; 2048]).is_err());
    assert!(all(b"").unwrap().is_empty());
    assert!(all(&[0; 1024]).unwrap().is_empty());
}

#[test]
fn long_headers_are_not_read_into_memory() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(1 << 40);
    header.set_cksum();
    let endless = header.as_bytes().chain(io::repeat(b'a'));
    let error = TarReader::new(endless).next_member().unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
}

#[test]
fn sparse_maps_must_fit() {
    assert!(check_segments(&[(0, 10), (20, 10)], 30, 20).is_ok());
    for (segments, size, stored) in [
        (&[(0, 10), (5, 10)][..], 30, 20),
        (&[(25, 10)], 30, 10),
        (&[(u64::MAX, 10)], u64::MAX, 10),
        (&[(0, 10)], 30, 11),
    ] {
        assert!(check_segments(segments, size, stored).is_err());
    }
}
