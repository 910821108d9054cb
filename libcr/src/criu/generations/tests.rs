//! Whatever changes between dumps, the chain gives the same memory as a dump of its own.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::pagemap::{Entry, IN_PARENT, LAZY, PRESENT, image};
use super::*;

/// Memory by map and page number: one byte stands for a page of it.
type Content = BTreeMap<String, BTreeMap<u64, u8>>;

fn page(byte: u8) -> Vec<u8> {
    vec![byte; usize::try_from(page_size()).unwrap()]
}

/// Writes a dump as CRIU would.
fn dump(directory: &Path, content: &Content) {
    fs::create_dir_all(directory).unwrap();
    fs::write(directory.join("inventory.img"), "other").unwrap();
    for (id, (map, pages)) in (1_u32..).zip(content) {
        let entries = pages
            .keys()
            .map(|number| Entry::new(number * page_size(), 1, PRESENT | LAZY));
        fs::write(
            directory.join(format!("pagemap-{map}.img")),
            image(id, entries),
        )
        .unwrap();
        let bytes: Vec<u8> = pages.values().flat_map(|byte| page(*byte)).collect();
        fs::write(directory.join(format!("pages-{id}.img")), bytes).unwrap();
    }
}

/// What a directory of images gives, read through its chain.
fn content(directory: &Path) -> Content {
    let memory = Memory::read(directory).unwrap();
    let mut found = Content::new();
    for map in &memory.maps {
        let pages = found.entry(map.name.clone()).or_default();
        for run in &map.runs {
            for number in 0..run.pages {
                let mut buffer = page(0);
                memory.read_pages(run, number, &mut buffer).unwrap();
                assert!(buffer.iter().all(|byte| *byte == buffer[0]));
                pages.insert(run.address / page_size() + number, buffer[0]);
            }
        }
    }
    found
}

/// Splits a dump against the generation before, as the steps do; returns the new one's name.
fn keep(root: &Path, images: &Path, earlier: Option<&Name>) -> (Name, u64) {
    let index = |name: &Name| root.join(name.as_str()).join(INDEX);
    let number = earlier.map_or(0, Name::number) + 1;
    let name = Name::new(number, &format!("{number:016x}"));
    let known = earlier.and_then(|name| Index::open(&index(name)));
    assert_eq!(known.is_some(), earlier.is_some());
    let mut writer = IndexWriter::begin(&root.join("index")).unwrap();
    let memory = Memory::read(images).unwrap();
    let split = Split::compare(memory, known.as_ref(), &mut writer).unwrap();
    let parent = earlier.map(|name| format!("../{}", name.as_str()));
    split
        .write_generation(&root.join(name.as_str()), parent.as_deref())
        .unwrap();
    writer.finish(Some(&index(&name)), &number).unwrap();
    let emptied = root.join("emptied");
    split
        .write_emptied(&emptied, &format!("../{}", name.as_str()))
        .unwrap();
    fs::remove_dir_all(images).unwrap();
    fs::rename(&emptied, images).unwrap();
    (name, split.changed())
}

fn any_content() -> impl Strategy<Value = Content> {
    let pages = prop::collection::btree_map(0_u64..40, 0_u8..3, 0..30);
    let map = prop::sample::select(vec!["1", "7", "shmem-3"]).prop_map(str::to_owned);
    prop::collection::btree_map(map, pages, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_chain_is_the_memory_of_each_instant(dumps in prop::collection::vec(any_content(), 1..6)) {
        let root = tempfile::tempdir().unwrap();
        let mut earlier: Option<(Name, Content)> = None;
        let mut kept: Vec<(PathBuf, Content)> = Vec::new();
        for (number, wanted) in dumps.into_iter().enumerate() {
            let images = root.path().join(format!("dump-{number}"));
            dump(&images, &wanted);
            let before = earlier.as_ref().map(|(name, _)| name);
            let (name, changed) = keep(root.path(), &images, before);
            let old = earlier.map(|(_, old)| old).unwrap_or_default();
            let same = wanted.iter().flat_map(|(map, pages)| {
                pages.iter().filter(|(number, byte)| {
                    old.get(map).and_then(|old| old.get(number)) == Some(*byte)
                })
            });
            let all: usize = wanted.values().map(BTreeMap::len).sum();
            prop_assert_eq!(changed, (all - same.count()) as u64);
            prop_assert_eq!(chain(&images).unwrap().len(), number + 1);
            kept.push((images, wanted.clone()));
            earlier = Some((name, wanted));
        }
        // What nobody reads goes, and nothing else.
        for doomed in 0..kept.len() {
            let mut usage = Usage::default();
            for (reader, (images, _)) in kept.iter().enumerate().skip(doomed) {
                usage.add(reader, &Memory::read(images).unwrap());
            }
            for (_, directory) in chain(&kept[kept.len() - 1].0).unwrap() {
                for entry in fs::read_dir(&directory).unwrap().flatten() {
                    if entry.file_name().to_string_lossy().starts_with("pages-") {
                        usage.punch(&entry.path()).unwrap();
                    }
                }
            }
            for (images, wanted) in &kept[doomed..] {
                prop_assert_eq!(&content(images), wanted);
            }
        }
    }
}

fn one(pages: &[(u64, u8)]) -> Content {
    Content::from([("1".to_owned(), pages.iter().copied().collect())])
}

#[test]
fn first_pages_are_not_copied_and_what_is_lazy_stays_so() {
    use std::os::unix::fs::MetadataExt;
    let root = tempfile::tempdir().unwrap();
    let images = root.path().join("dump");
    dump(&images, &one(&[(0, 1), (1, 2), (9, 3)]));
    let inode = fs::metadata(images.join("pages-1.img")).unwrap().ino();
    let (name, _) = keep(root.path(), &images, None);
    let pages = root.path().join(name.as_str()).join("pages-1.img");
    assert_eq!(fs::metadata(pages).unwrap().ino(), inode);
    assert_eq!(fs::metadata(images.join("pages-1.img")).unwrap().len(), 0);
    assert_eq!(fs::read(images.join("inventory.img")).unwrap(), b"other");
    let memory = Memory::read(&images).unwrap();
    let flags: Vec<u32> = memory.maps[0].entries.iter().map(Entry::kind).collect();
    assert_eq!(flags, [IN_PARENT | LAZY; 3]);
    // The first entry begins at 0, which is written all the same: CRIU insists.
    let bytes = fs::read(images.join("pagemap-1.img")).unwrap();
    assert_eq!(bytes[8..14], [2, 0, 0, 0, 8, 1]);
    assert_eq!(bytes[18..22], [8, 0, 16, 1]);
}

#[test]
fn chains_with_a_fault_are_named() {
    let root = tempfile::tempdir().unwrap();
    let images = root.path().join("dump");
    dump(&images, &one(&[(0, 1)]));
    let (first, _) = keep(root.path(), &images, None);
    let images = root.path().join("later");
    dump(&images, &one(&[(0, 1), (1, 1)]));
    let (second, changed) = keep(root.path(), &images, Some(&first));
    assert_eq!(changed, 1);
    let path = root.path().join(first.as_str());
    let link = root.path().join(second.as_str()).join(PARENT);
    // A circle.
    fs::remove_file(&link).unwrap();
    symlink(format!("../{}", second.as_str()), &link).unwrap();
    assert_eq!(chain(&images), Err(second.as_str().to_owned()));
    fs::remove_file(&link).unwrap();
    assert_eq!(chain(&images), Err(second.as_str().to_owned()), "cut");
    assert!(Memory::read(&images).is_err());
    symlink(format!("../{}", first.as_str()), &link).unwrap();
    assert!(Memory::read(&images).is_ok());
    // A page that is said to be there and isn't.
    fs::write(path.join("pagemap-1.img"), image(1, [])).unwrap();
    let error = Memory::read(&images).unwrap_err().to_string();
    assert!(error.contains("its parent has not"), "{error}");
    assert!(crate::criu::contents::check_pages(&images).is_err());
    fs::remove_dir_all(&path).unwrap();
    assert_eq!(chain(&images), Err(first.as_str().to_owned()));
}

#[test]
fn a_damaged_index_is_none() {
    let root = tempfile::tempdir().unwrap();
    let images = root.path().join("dump");
    dump(&images, &one(&[(0, 1), (4, 2)]));
    let (name, _) = keep(root.path(), &images, None);
    let path = root.path().join(name.as_str()).join(INDEX);
    assert_eq!(Index::open(&path).unwrap().label::<u32>().unwrap(), 1);
    let whole = fs::read(&path).unwrap();
    for len in 0..whole.len() {
        fs::write(&path, &whole[..len]).unwrap();
        assert!(Index::open(&path).is_none(), "cut to {len}");
        let mut bad = whole.clone();
        bad[len] ^= 1;
        fs::write(&path, bad).unwrap();
        assert!(Index::open(&path).is_none(), "changed at {len}");
    }
    fs::remove_file(&path).unwrap();
    assert!(Index::open(&path).is_none());
}

#[test]
fn names() {
    let name = Name::new(3, &"0123456789abcdef".repeat(4));
    assert_eq!(name.as_str(), "memory-3-0123456789abcdef");
    assert_eq!(Name::parse(name.as_str()), Some(name));
    for wrong in [
        "memory-3-0123456789abcde",
        "memory-3-0123456789abcdeF",
        "memory-03-0123456789abcdef",
        "memory-0-0123456789abcdef",
        "memory-17-0123456789abcdef",
        "memory-+3-0123456789abcdef",
        "memory-3-../../../../../../x",
        "memory-3",
    ] {
        assert_eq!(Name::parse(wrong), None, "{wrong}");
    }
}
