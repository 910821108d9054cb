//! Whole pages: ordinary, compared, empty, large.

use libcr::model::shown::{OpenFile, Process, Shown};

use super::example::{checkpoint, later};
use super::parsed::{as_xml, check, elements, parse, text};
use crate::output::page::{POLICY, STYLE, page};

/// The text of a section.
fn section(page: &str, id: &str) -> String {
    let xml = as_xml(page);
    let document = parse(&xml);
    let found = elements(&document, "section").find(|node| node.attribute("id") == Some(id));
    found.map(text).unwrap_or_default()
}

#[test]
fn one_checkpoint() {
    let page = page(&checkpoint(), None);
    check(&page);
    for (id, texts) in [
        (
            "time",
            &["asked → frozen: 27.6 ms", "387 ms", "Pages written54375"][..],
        ),
        (
            "memory",
            &["1.56 MB", "several processes", "shared 61.4 MB"],
        ),
        (
            "processes",
            &["postgres: checkpointer", "zombie", "pid 75", "'the"],
        ),
        ("files", &["/pgsql_tmp61.0 deleted", "1310720"]),
        (
            "sockets",
            &["10.88.0.5:5432 → 10.88.0.7:51614", "listening"],
        ),
        ("environment", &["PGDATA/var/lib/postgresql/data"]),
        ("mounts", &["/backup", "rbind,nosuid"]),
        ("volumes", &["orders-data", "48.2 MB", "not in it"]),
        ("networks", &["fd00:88::5/64", "8a:31:0f:77:c0:12"]),
        ("root", &["17", "/tmp/init.lock"]),
        (
            "sizes",
            &["Memory pages223 MB", "Other images of CRIU646 kB"],
        ),
        ("unclear", &["offset 20"]),
    ] {
        let found = section(&page, id);
        for text in texts {
            assert!(found.contains(text), "{id}: {text} is not in {found}");
        }
    }
    assert!(section(&page, "differences").is_empty());
}

#[test]
fn the_policy_allows_styles_and_nothing_else() {
    let page = page(&checkpoint(), None);
    let xml = as_xml(&page);
    let document = parse(&xml);
    let policy = elements(&document, "meta")
        .find(|node| node.attribute("http-equiv") == Some("Content-Security-Policy"));
    assert_eq!(policy.unwrap().attribute("content"), Some(POLICY));
    assert!(POLICY.starts_with("default-src 'none'; style-src 'unsafe-inline'; img-src data:;"));
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
}

#[test]
fn two_checkpoints_in_any_order() {
    let (one, two) = (checkpoint(), later());
    let compared = page(&one, Some(&two));
    check(&compared);
    assert_eq!(compared, page(&two, Some(&one)));
    let found = section(&compared, "differences");
    for text in [
        "/var/backups/orders-db-2026-11-22.tar.zst",
        "2026-11-22 21:59:58 UTC",
        "6.12.48+deb13-amd646.12.57-amd64",
        "− wentgzip pid 74",
        "+ camepostgres pid 90postgres: app orders 10.88.0.8(40100) idle",
        "threads 3",
        "threads 4",
        "+11.9 MB",
        "−16 MB",
        "≠ changedpostgres pid 61 fd 12",
        "+ camepostgres pid 61 fd 13file /var/lib/postgresql/data/base/5/16402 at 0",
        "10.88.0.5:5432 → 10.88.0.9:40222",
        "61.4 MB stored of 147 MB mapped62.4 MB stored of 147 MB mapped",
        "rprivate,ro",
        "+ came/etc/motdremoved since",
        "The file on disk96.2 MB98.4 MB+2.11 MB",
        "The same in both: volumes, networks, environment.",
    ] {
        assert!(found.contains(text), "{text} is not in {found}");
    }
    assert!(section(&compared, "processes").contains("pid 90"));
}

#[test]
fn twice_the_same() {
    let one = checkpoint();
    let compared = page(&one, Some(&one));
    check(&compared);
    let found = section(&compared, "differences");
    assert!(found.starts_with("Differences 0"), "{found}");
    assert!(found.contains("The same in both: processes, memory, shared memory, open files"));
}

#[test]
fn nothing_known() {
    let empty = Shown::default();
    let page = page(&empty, Some(&empty));
    check(&page);
    for (id, text) in [
        ("time", "doesn't tell when"),
        ("memory", "no memory pages"),
        ("processes", "No process could be read"),
        (
            "differences",
            "networks, removed from the root file system, sizes.",
        ),
        ("files", "Not known"),
        ("sockets", "Not known"),
    ] {
        assert!(section(&page, id).contains(text), "{id}");
    }
    assert!(section(&page, "mounts").is_empty());
}

#[test]
fn ten_thousand_files_are_folded() {
    let file = |fd| OpenFile {
        fd,
        kind: "file".to_owned(),
        path: format!("/data/{fd}"),
        ..OpenFile::default()
    };
    let process = Process {
        pid: 1,
        files: (0..10_000).map(file).collect(),
        ..Process::default()
    };
    let shown = Shown {
        processes: vec![process],
        ..Shown::default()
    };
    let page = page(&shown, None);
    check(&page);
    assert!(page.contains("/data/9999") && !page.contains("<details open>"));
    assert!(page.len() < 3_000_000, "{}", page.len());
}
