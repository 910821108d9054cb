//! Pod archives: written, read, and made wrong.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn index(names: &[&str]) -> Index {
    Index {
        version: VERSION,
        engine: "cryopod".into(),
        frozen_at: String::new(),
        pod: PodDescription {
            name: "p".into(),
            shared: Shared::ALL.into(),
            ..PodDescription::default()
        },
        containers: (1..)
            .zip(names)
            .map(|(number, name)| Entry {
                name: (*name).into(),
                archive: Index::archive_of(number, name),
            })
            .collect(),
    }
}

fn fill(mut writer: PodWriter, contents: &[&[u8]]) -> Outcome {
    for content in contents {
        writer.container()?.write_all(content)?;
        writer.end_container()?;
    }
    Ok(writer.finish()?)
}

fn content(reader: &PodReader, name: &str) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut bytes = Vec::new();
    let member = reader.member(name).ok_or("no such member")?;
    member.stream().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn refusal(path: &Path) -> String {
    PodReader::open(path)
        .map(drop)
        .map_err(|error| error.to_string())
        .err()
        .unwrap_or_default()
}

#[test]
fn what_is_written_is_read() -> Outcome {
    let home = tempfile::tempdir()?;
    let (file, directory) = (home.path().join("p.tar"), home.path().join("d"));
    fs::create_dir(&directory)?;
    let large = vec![7_u8; 1000];
    let contents: [&[u8]; 3] = [b"one", &large, b""];
    let names = ["a", "b", "c"];
    fill(PodWriter::create(&file, index(&names))?, &contents)?;
    fill(PodWriter::create_in(&directory, index(&names))?, &contents)?;
    for path in [&file, &directory] {
        let reader = PodReader::open(path)?;
        assert_eq!(reader.index, index(&names));
        assert_eq!(reader.members().len(), 3);
        for (name, expected) in names.iter().zip(contents) {
            assert_eq!(content(&reader, name)?, expected);
        }
    }
    // Any tar program reads it.
    let mut tar = tar::Archive::new(fs::File::open(&file)?);
    let members: Result<Vec<_>, _> = tar
        .entries()?
        .map(|entry| entry.map(|one| one.size()))
        .collect();
    assert_eq!(members?[1..], [3, 1000, 0]);
    Ok(())
}

#[test]
fn what_is_not_finished_is_not_there() -> Outcome {
    let home = tempfile::tempdir()?;
    let directory = home.path().join("d");
    fs::create_dir(&directory)?;
    let mut writer = PodWriter::create(&home.path().join("p.tar"), index(&["a"]))?;
    writer.container()?.write_all(b"x")?;
    assert!(matches!(
        PodWriter::create(&home.path().join("p.tar"), index(&["a"])),
        Err(ArchiveError::Busy { .. })
    ));
    drop(writer);
    let mut writer = PodWriter::create_in(&directory, index(&["a"]))?;
    writer.container()?.write_all(b"x")?;
    // The archive of its container is missing.
    let other = PodWriter::create(&home.path().join("q.tar"), index(&["a"]))?;
    assert!(other.finish().is_err());
    drop(writer);
    assert_eq!(fs::read_dir(&directory)?.count(), 0);
    assert_eq!(fs::read_dir(home.path())?.count(), 1);
    assert!(PodWriter::create_in(home.path(), index(&["a"])).is_err());
    Ok(())
}

#[test]
fn indexes_that_are_refused() {
    let parsed = |index: &Index| {
        let bytes = serde_json::to_vec(index).unwrap_or_default();
        Index::parse("p.tar", &bytes).map(drop)
    };
    assert!(parsed(&index(&["a"])).is_ok());
    assert!(parsed(&index(&[])).is_err());
    assert!(parsed(&index(&["a", "a"])).is_err());
    assert!(parsed(&index(&["../a"])).is_err());
    let many: Vec<String> = (0..=MOST_CONTAINERS).map(|n| format!("c{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(matches!(
        parsed(&index(&many)),
        Err(ArchiveError::Refused { .. })
    ));
    let mut outside = index(&["a"]);
    outside.containers[0].archive = "../../etc/shadow".into();
    assert!(parsed(&outside).is_err());
    let later = Index {
        version: 2,
        ..index(&["a"])
    };
    assert!(matches!(
        parsed(&later),
        Err(ArchiveError::Version { found: 2, .. })
    ));
}

#[test]
fn hostile_tars_are_refused() -> Outcome {
    let home = tempfile::tempdir()?;
    let whole = home.path().join("p.tar");
    fill(
        PodWriter::create(&whole, index(&["a", "b"]))?,
        &[b"aa", b"bb"],
    )?;
    let bytes = fs::read(&whole)?;
    let made = home.path().join("made.tar");
    let with = |bytes: &[u8]| -> Result<String, std::io::Error> {
        fs::write(&made, bytes)?;
        Ok(refusal(&made))
    };
    assert_eq!(with(&bytes)?, "");
    // Cut anywhere, it is refused.
    for length in (0..bytes.len() - 1024).step_by(256) {
        assert_ne!(with(&bytes[..length])?, "", "{length}");
    }
    // A changed header.
    let mut changed = bytes.clone();
    changed[0] ^= 1;
    assert!(with(&changed)?.contains("not that of a pod"));
    // A member behind the last, a member of another type, a length beyond the end.
    let tail = |kind: tar::EntryType, name: &str, size: u64| -> Result<Vec<u8>, std::io::Error> {
        let mut header = tar::Header::new_gnu();
        header.set_path(name)?;
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        let mut out = bytes[..bytes.len() - 1024].to_vec();
        out.extend(header.as_bytes());
        out.extend([0; 1024]);
        Ok(out)
    };
    let file = tar::EntryType::Regular;
    assert!(with(&tail(file, "containers/3-c.tar", 0)?)?.contains("in the wrong place"));
    let first = |kind: tar::EntryType, size: u64| -> Result<Vec<u8>, std::io::Error> {
        let mut header = tar::Header::new_gnu();
        header.set_path(INDEX)?;
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        let mut out = header.as_bytes().to_vec();
        out.extend([0; 1024]);
        Ok(out)
    };
    assert!(with(&first(file, u64::MAX)?)?.contains("truncated"));
    assert!(with(&first(tar::EntryType::Symlink, 0)?)?.contains("neither a file"));
    fs::File::create(&made)?.set_len(4 << 20)?;
    assert!(refusal(&made).contains("not that of a pod"));
    let mut huge = first(file, 2 << 20)?;
    huge.resize(3 << 20, b' ');
    assert!(with(&huge)?.contains("more than the"));
    assert!(with(b"not a tar at all")?.contains("truncated"));
    Ok(())
}

#[test]
fn hostile_directories_are_refused() -> Outcome {
    let home = tempfile::tempdir()?;
    let secret = home.path().join("secret");
    fs::write(&secret, "secret")?;
    let directory = home.path().join("d");
    let anew = || -> Outcome {
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir(&directory)?;
        fill(PodWriter::create_in(&directory, index(&["a"]))?, &[b"aa"])
    };
    let member = directory.join(Index::archive_of(1, "a"));
    anew()?;
    fs::remove_file(&member)?;
    symlink(&secret, &member)?;
    assert!(refusal(&directory).contains("cannot open"));
    anew()?;
    fs::remove_dir_all(directory.join(CONTAINERS))?;
    symlink(home.path(), directory.join(CONTAINERS))?;
    assert!(refusal(&directory).contains("cannot open"));
    anew()?;
    fs::remove_file(&member)?;
    fs::create_dir(&member)?;
    assert!(refusal(&directory).contains("a directory where a file belongs"));
    anew()?;
    fs::remove_file(directory.join(INDEX))?;
    assert!(refusal(&directory).contains("pod.json"));
    Ok(())
}
