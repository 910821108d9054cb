//! What people see of a checkpoint, also of one that is made to harm them.

use super::*;
use libcr::model::catalogue::CheckpointPlace;
use libcr::model::shown::{
    Container, Memory, Moment, Mount, Network, OpenFile, Origin, Process, Seal, SharedMemory,
    Shown, Sizes, Socket, Volume,
};

/// Text with everything in it that a terminal acts upon.
const HOSTILE: &str = "a\x1b]0;owned\x07\n\r\u{9b}31m\u{202e}b\u{2066}\u{feff}";

fn process(pid: u32, parent: u32, words: &[&str]) -> Process {
    Process {
        pid,
        parent,
        state: "running".into(),
        threads: 1,
        command: "name".into(),
        arguments: words.iter().map(ToString::to_string).collect(),
        ..Process::default()
    }
}

/// A checkpoint with `text` in every place that has one.
fn full(text: &str) -> Shown {
    let text = || text.to_owned();
    let memory = Memory {
        mapped: 8192,
        stored: 4096,
    };
    Shown {
        source: text(),
        origin: Origin {
            engine: text(),
            engine_version: text(),
            format_version: Some(1),
            runtime: text(),
            runtime_version: text(),
            criu: text(),
            kernel: text(),
            architecture: text(),
            cgroup_version: 2,
            needs: vec![text()],
        },
        seal: Seal {
            encrypted: true,
            key: text(),
            comment: text(),
        },
        container: Container {
            id: text(),
            name: text(),
            image: text(),
            image_id: text(),
            image_inside: text(),
            created: text(),
            command: vec![text()],
            hostname: text(),
        },
        timeline: vec![Moment {
            what: text(),
            at: text(),
        }],
        sizes: Sizes {
            archive: 1000,
            ..Sizes::default()
        },
        processes: vec![Process {
            command: text(),
            arguments: vec![text()],
            state: text(),
            executable: text(),
            working_directory: text(),
            environment: Some(vec![text()]),
            memory: [(text(), memory)].into(),
            files: vec![OpenFile {
                fd: 3,
                kind: text(),
                path: text(),
                position: Some(7),
                deleted: true,
            }],
            sockets: vec![Socket {
                fd: 4,
                kind: text(),
                state: text(),
                local: text(),
                remote: text(),
            }],
            ..process(1, 0, &[])
        }],
        shared_memory: vec![SharedMemory {
            processes: vec![1],
            memory,
        }],
        mounts: vec![Mount {
            destination: text(),
            kind: text(),
            source: text(),
            options: vec![text()],
        }],
        volumes: vec![Volume {
            name: text(),
            destination: text(),
            size: None,
        }],
        networks: vec![Network {
            name: text(),
            interface: text(),
            addresses: vec![text()],
            mac: text(),
        }],
        deleted_files: vec![text()],
        unclear: vec![text()],
        ..Shown::default()
    }
}

#[test]
fn nothing_in_it_acts_upon_the_terminal() {
    let text = sections::text(&full(HOSTILE));
    let shown = "a\\x1b]0;owned\\x07\\n\\r\\u{9b}31m\\u{202e}b\\u{2066}\\u{feff}";
    // Every text of it but the name of a process whose command line is known; of the version of
    // the runtime the first line.
    assert_eq!(text.matches(shown).count(), 44, "{text}");
    let acts = |letter: char| {
        (letter.is_control() && letter != '\n')
            || ['\u{202e}', '\u{2066}', '\u{feff}'].contains(&letter)
    };
    assert!(!text.contains(acts), "{text:?}");
    // No line of its own.
    let lines = sections::text(&full("a")).lines().count();
    assert_eq!(text.lines().count(), lines);
}

#[test]
fn sections_and_their_order() {
    let text = sections::text(&full("x"));
    let titles: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .collect();
    assert_eq!(
        titles,
        [
            "CONTAINER",
            "MADE BY",
            "SEAL",
            "TIME LINE",
            "SIZES",
            "PROCESSES",
            "ENVIRONMENT OF 1",
            "MEMORY",
            "FILES",
            "SOCKETS",
            "MOUNTS",
            "VOLUMES",
            "NETWORKS",
            "DELETED FILES",
            "UNCLEAR"
        ]
    );
    assert!(text.contains("  1         3           x           7           x (deleted)\n"));
    assert!(text.contains("  1         shared by all of these  8.19 kB     4.1 kB\n"));
    assert!(
        text.contains("  x         x            not in it\n"),
        "{text}"
    );
    // What is empty is left out.
    assert_eq!(sections::text(&Shown::default()), "\n");
}

#[test]
fn processes_as_a_tree() {
    let processes = [
        process(1, 0, &["sh", "-c", "a b", ""]),
        process(2, 1, &["one"]),
        process(3, 2, &["two"]),
        process(4, 1, &[]),
        process(5, 4, &["four"]),
        // Its parent isn't there; two that are each other's; its own.
        process(6, 99, &["lost"]),
        process(7, 8, &["circle"]),
        process(8, 7, &["circle"]),
        process(9, 9, &["own"]),
    ];
    let rows = tree::rows(&processes);
    let drawn: Vec<String> = rows[1..]
        .iter()
        .map(|row| format!("{} {}", row[0].trim(), row[5]))
        .collect();
    assert_eq!(
        drawn,
        [
            "1 sh -c 'a b' ''",
            "2 ├─ one",
            "3 │  └─ two",
            "4 └─ [name]",
            "5    └─ four",
            "6 lost",
            "9 own",
            "7 circle",
            "8 └─ circle",
        ]
    );
    // As deep as anybody may claim.
    let chain: Vec<Process> = (1..20_000)
        .map(|pid| process(pid, pid - 1, &["x"]))
        .collect();
    let rows = tree::rows(&chain);
    assert_eq!(rows.len(), 20_000);
    assert!(rows.iter().all(|row| row[5].chars().count() < 100));
}

#[test]
fn files_or_a_container_and_its_checkpoints() {
    let words = |words: &[&str], directory: Option<&str>| {
        let flags = CheckpointShow {
            html: None,
            checkpoint_dir: directory.map(Into::into),
            decrypt_with: Vec::new(),
            environment: false,
            format: None,
            json: false,
            names: words.iter().map(ToString::to_string).collect(),
        };
        subjects(&flags.names, &flags)
    };
    let file = |name: &str| Subject::File(name.into());
    let named = |name: &str, directory: Option<&str>| {
        let place = CheckpointPlace {
            name: name.into(),
            directory: directory.map(Into::into),
        };
        Subject::Named("web".into(), place)
    };
    assert_eq!(words(&["web"], None), [Subject::Bundle("web".into())]);
    assert_eq!(
        words(&["./web", "/x/y"], None),
        [file("./web"), file("/x/y")]
    );
    // This file's own directory is where tests run: Cargo.toml is a file there.
    assert_eq!(words(&["Cargo.toml", "web"], None)[0], file("Cargo.toml"));
    assert_eq!(
        words(&["web", "a", "b"], None),
        [named("a", None), named("b", None)]
    );
    assert_eq!(words(&["web", "a"], Some("/d")), [named("a", Some("/d"))]);
}
