//! Checkpoints whose every text attacks the page.

use std::collections::BTreeMap;

use libcr::model::checkpoint::DumpStatistics;
use libcr::model::shown::{
    Container, Memory, Moment, Mount, Network, OpenFile, Origin, Process, Seal, SharedMemory,
    Shown, Sizes, Socket, Volume,
};
use roxmltree::{Document, Node};

use super::parsed::{as_xml, check, elements, parse, text};
use crate::output::page::{STYLE, page};

const ATTACKS: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"onload=\"alert(1)",
    "' onclick='alert(1)' x='",
    "]]><svg onload=alert(1)>",
    "</style><img src=x onerror=alert(1)>",
    "</title></svg></td></table><base href=//evil>",
    "<!-- --!> <![CDATA[ <?xml ?>",
    "javascript:alert(1)",
    "&lt;script&gt; &#x3c;b&#x3e; &amp",
    "nul\0 bell\u{7} esc\u{1b}[2J\u{1b}]0;x\u{7} csi\u{9b}31m del\u{7f} cr\rlf\ntab\t",
    "rtl\u{202e}gpj.exe\u{2066}\u{200f}\u{61c} zero\u{200b}\u{200d}\u{feff}\u{2060} \u{2028}\u{2029}",
    "mark\u{301}\u{301}\u{301}\u{301}\u{301} tag\u{e0041} fill\u{3164} end\u{fffe}\u{ffff}\u{fdd0}",
];

/// A checkpoint with text from `next` in every field; no `..`, so that a new field can't be
/// forgotten. `later` makes all of it differ.
fn filled(next: &mut dyn FnMut() -> String, later: bool) -> Shown {
    let number = u64::from(later) + 7;
    let memory = Memory {
        mapped: u64::MAX,
        stored: u64::MAX / number,
    };
    let process = |pid: u32, parent, next: &mut dyn FnMut() -> String| Process {
        pid,
        parent,
        group: 1,
        session: 1,
        command: next(),
        arguments: vec![next(), next()],
        state: next(),
        threads: usize::MAX,
        user: u32::MAX,
        group_id: u32::MAX,
        executable: next(),
        working_directory: next(),
        environment: Some(vec![format!("{}={}", next(), next()), next()]),
        memory: BTreeMap::from([(next(), memory), ("heap".to_owned(), memory)]),
        files: vec![OpenFile {
            fd: 1,
            kind: next(),
            path: next(),
            position: Some(number),
            deleted: true,
        }],
        sockets: vec![Socket {
            fd: 2,
            kind: next(),
            state: next(),
            local: next(),
            remote: next(),
        }],
    };
    Shown {
        source: next(),
        origin: Origin {
            engine: next(),
            engine_version: next(),
            format_version: Some(u32::MAX),
            runtime: next(),
            runtime_version: next(),
            criu: next(),
            kernel: next(),
            architecture: next(),
            cgroup_version: u32::MAX,
            needs: vec![next()],
        },
        seal: Seal {
            encrypted: true,
            key: next(),
            comment: next(),
        },
        container: Container {
            id: next(),
            name: next(),
            image: next(),
            image_id: next(),
            image_inside: next(),
            created: next(),
            command: vec![next()],
            hostname: next(),
        },
        timeline: vec![
            Moment {
                what: next(),
                at: format!("2026-11-22T2{}:00:00Z", u8::from(later)),
            },
            Moment {
                what: next(),
                at: format!("2026-11-22T2{}:00:01Z", u8::from(later)),
            },
            Moment {
                what: next(),
                at: next(),
            },
        ],
        statistics: Some(DumpStatistics {
            frozen_time: u64::MAX,
            pages_written: u64::MAX,
            ..DumpStatistics::default()
        }),
        sizes: Sizes {
            archive: u64::MAX,
            memory: u64::MAX / number,
            images: u64::MAX,
            rootfs_diff: u64::MAX,
            dev_shm: u64::MAX,
            volumes: u64::MAX,
            log: u64::MAX,
        },
        processes: vec![
            process(1, u32::MAX, next),
            process(u32::MAX, 1, next),
            process(if later { 3 } else { 2 }, 1, next),
        ],
        shared_memory: vec![SharedMemory {
            processes: vec![1, 77],
            memory,
        }],
        mounts: vec![Mount {
            destination: next(),
            kind: next(),
            source: next(),
            options: vec![next(), next()],
        }],
        volumes: vec![Volume {
            name: next(),
            destination: next(),
            size: Some(u64::MAX),
        }],
        networks: vec![Network {
            name: next(),
            interface: next(),
            addresses: vec![next()],
            mac: next(),
        }],
        changed_files: Some(u64::MAX),
        deleted_files: vec![next()],
        unclear: vec![next()],
    }
}

/// Both checkpoints on a page, their texts from `text` by number; numbers go on in the later one, so
/// that all of it differs.
fn compared(text: impl Fn(usize) -> String) -> String {
    let mut number = 0;
    let mut next = || {
        number += 1;
        text(number)
    };
    let one = filled(&mut next, false);
    let two = filled(&mut next, true);
    page(&one, Some(&two))
}

/// Elements with those attributes that could do harm, drawings apart; what marks an escape is no
/// part of the frame.
fn frame(document: &Document) -> Vec<String> {
    let drawn = |node: &Node| {
        node.ancestors()
            .any(|node| node.tag_name().name() == "figure")
    };
    let marks = |node: &Node| matches!(node.attribute("class"), Some("escape" | "cut"));
    let all = document.descendants().filter(Node::is_element);
    all.filter(|node| !drawn(node) && !marks(node))
        .map(|node| {
            let attributes = node
                .attributes()
                .map(|attribute| format!(" {}={}", attribute.name(), attribute.value()));
            attributes.fold(node.tag_name().name().to_owned(), |all, one| all + &one)
        })
        .collect()
}

#[test]
fn each_attack_in_each_place_is_only_text() {
    for attack in ATTACKS {
        // Sorted and split as the attack is.
        let tame = |letter: char| letter.is_ascii_alphanumeric() || letter == '=';
        let word = attack.replace(|letter| !tame(letter), "a");
        let harmless = as_xml(&compared(|number| format!("{word}{number}")));
        let wanted = frame(&parse(&harmless));
        let page = compared(|number| format!("{attack}{number}"));
        check(&page);
        let xml = as_xml(&page);
        let document = parse(&xml);
        let found = frame(&document);
        for (found, wanted) in found.iter().zip(&wanted) {
            assert_eq!(found, wanted, "{attack}");
        }
        assert_eq!(found.len(), wanted.len(), "{attack}");
        let style = elements(&document, "style").next().unwrap();
        assert_eq!(style.text(), Some(STYLE));
    }
}

#[test]
fn nothing_raw_is_left() {
    for attack in ATTACKS {
        let page = compared(|number| format!("{attack}{number}"));
        let page = page.replace(STYLE, "");
        for raw in [
            "<script",
            "<img",
            "<base",
            "<!--",
            "<![",
            "<?",
            "onload=\"",
            "]]>",
        ] {
            assert!(!page.contains(raw), "{attack}: {raw}");
        }
        let hidden = |letter: &char| {
            letter.is_control()
                || matches!(letter,
                '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{61c}' | '\u{feff}' | '\u{3164}' | '\u{fdd0}' | '\u{fffe}'..='\u{ffff}'
                | '\u{e0000}'..='\u{e01ef}')
        };
        assert_eq!(page.chars().find(hidden), None, "{attack}");
        assert!(!page.contains("\u{301}\u{301}\u{301}"));
    }
}

#[test]
fn every_text_that_is_told_is_told_visibly() {
    let page = compared(|number| format!("\u{202e}{number}<b>"));
    let xml = as_xml(&page);
    let all = text(parse(&xml).root());
    let mut number = 0;
    let mut next = || {
        number += 1;
        String::new()
    };
    filled(&mut next, false);
    filled(&mut next, true);
    // All fields of the later one, which is shown in full.
    for text in number / 2 + 1..=number {
        let wanted = format!("\\u{{202e}}{text}<b>");
        assert!(all.contains(&wanted), "{wanted} is missing");
    }
}

#[test]
fn the_longest_texts_are_cut() {
    let page = compared(|number| format!("{number}{}", "W".repeat(100_000)));
    check(&page);
    assert!(page.len() < 400_000, "{}", page.len());
    assert!(!page.contains(&"W".repeat(1001)));
    assert!(page.contains("more characters"));
}
