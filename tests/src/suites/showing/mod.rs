//! `checkpoint show` tells the truth: what it shows is what the kernel showed while the container
//! ran, and what crit and checkpointctl read from the same archive. Anybody may look, without root
//! and without CRIU; what is damaged or hostile is named and harms nobody.

mod peers;

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::golden::archive::{DIALECTS, Unpacked, fixture};
use super::interop::Podman;
use super::{Tests, tests};
use crate::harness::{Engine, Finished, Host, IMAGE, command, wait};
use peers::{Live, list, text};

pub const TESTS: Tests = tests![
    an_archive_of_ours,
    interop_with_an_archive_of_podmans,
    golden_archives,
    containers_and_their_checkpoints,
    anybody_may_look,
    damaged_archives,
    hostile_names,
    memory_is_not_read,
];

/// What is shown of one checkpoint, as JSON.
#[track_caller]
fn shown(host: &Host, words: &[&str]) -> Value {
    let line = [&["checkpoint", "show", "--json", "--environment"], words].concat();
    let text = host.ok(&line);
    let value: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(list(&value).len(), 1, "{text}");
    value[0].clone()
}

/// Everything agrees that can be asked about an archive.
#[track_caller]
fn agrees(host: &Host, archive: &str) -> Value {
    let shown = shown(host, &[archive]);
    assert_eq!(shown["Unclear"], Value::Array(Vec::new()), "{archive}");
    peers::agrees_with_crit(&shown, &Unpacked::of(host, archive));
    peers::agrees_with_checkpointctl(&shown, archive);
    shown
}

fn an_archive_of_ours(host: &Host) {
    let script = "for mode in unix tcp deleted memfd shared eventfd epoll timerfd signalfd pipes; do \
        workload hold $mode & done; workload hold threads 3 & \
        workload udp 9000 & \
        exec 7</etc/motd; read -r line <&7; exec workload web 8080 '/data/a count'";
    let options = [
        "-v",
        "kept:/kept",
        "-e",
        "SECRET=a frozen value",
        "-w",
        "/data",
    ];
    host.start_shell("rich", &options, script);
    wait::until("all of them are ready", || {
        let log = host.log("rich");
        assert!(!log.contains("workload:"), "{log}");
        (log.matches("READY").count() == 11 && log.contains("listening")).then_some(())
    });
    host.shell("rich", "echo volume > /kept/file");
    let live = Live::of(host, "rich");
    let archive = host.file("rich.tar");
    let line = [
        "container",
        "checkpoint",
        "--tcp-established",
        "-e",
        &archive,
        "rich",
    ];
    host.ok(&line);
    let shown = agrees(host, &archive);
    peers::agrees_with_the_kernel(&shown, &live);
    let first = &shown["Processes"][0];
    assert_eq!(text(&first["Arguments"][3]), "/data/a count");
    let secret = Value::from("SECRET=a frozen value");
    assert!(list(&first["Environment"]).contains(&secret), "{first}");
    let origin = &shown["Origin"];
    assert_eq!(
        (&origin["Engine"], &origin["FormatVersion"]),
        (&"cryopod".into(), &1.into())
    );
    assert_eq!(origin["Needs"], serde_json::json!(["--tcp-established"]));
    assert_eq!(shown["Container"]["Name"], "rich");
    let volume = &shown["Volumes"][0];
    assert_eq!(
        (&volume["Name"], &volume["Destination"]),
        (&"kept".into(), &"/kept".into())
    );
    assert!(volume["Size"].as_u64() > Some(512), "{volume}");
    assert_eq!(shown["Networks"][0]["Name"], "podman");
    // System V, two files in memory of which one is in /dev/shm, and what is anonymous.
    let shared = list(&shown["SharedMemory"]);
    let several = shared
        .iter()
        .filter(|one| list(&one["Processes"]).len() == 2);
    assert!(several.count() > 0, "{shared:?}");
    let stored = shared.iter().all(|one| one["Stored"].as_u64() > Some(0));
    assert!(stored, "{shared:?}");
    // For people.
    let text = host.ok(&["checkpoint", "show", &archive]);
    for expected in [
        "\nPROCESSES\n",
        "workload web 8080 '/data/a count'",
        "├─ workload hold unix",
        "0.0.0.0:8080",
        "/data/deleted (deleted)",
        "@held",
        "--tcp-established",
    ] {
        assert!(text.contains(expected), "{expected:?}: {text}");
    }
    assert!(!text.contains("a frozen value"), "{text}");
    host.ok(&["rm", "-v", "rich"]);
    host.ok(&["volume", "rm", "kept"]);
}

/// Its name has Podman set up.
fn interop_with_an_archive_of_podmans(host: &Host) {
    let podman = Podman::set_up(host.runtime);
    let podman = &podman.0;
    let archive = host.file("podman.tar.zst");
    let script = "sleep 4000 & workload web 8080 /data/count";
    podman.ok(&[
        "run",
        "-d",
        "--name",
        "theirs",
        "-v",
        "other:/kept",
        IMAGE,
        "sh",
        "-c",
        script,
    ]);
    wait::until("the server listens", || {
        podman
            .ok(&["logs", "theirs"])
            .contains("listening")
            .then_some(())
    });
    podman.ok(&["container", "checkpoint", "-e", &archive, "theirs"]);
    let shown = agrees(host, &archive);
    assert_eq!(shown["Origin"]["Engine"], "Podman");
    assert_eq!(shown["Container"]["Name"], "theirs");
    assert_eq!(shown["Volumes"][0]["Name"], "other");
    assert_eq!(list(&shown["Processes"]).len(), 2);
    assert!(text(&shown["Networks"][0]["Addresses"][0]).starts_with("10.88."));
}

fn golden_archives(host: &Host) {
    for dialect in DIALECTS {
        let unpacked = Unpacked::of(host, &fixture(dialect, host.runtime));
        if dialect == "crio" {
            // The fixture, derived from one of containerd's, lacks what checkpointctl wants.
            unpacked.edit("spec.dump", |spec| {
                spec["annotations"]["io.kubernetes.cri-o.Metadata"] =
                    "{\"name\":\"counter\"}".into();
            });
        }
        let shown = agrees(host, &unpacked.pack());
        let engine = match dialect {
            "crio" => "CRI-O",
            "containerd" => "containerd",
            _ => "Podman",
        };
        assert_eq!(shown["Origin"]["Engine"], engine);
        assert_eq!(
            peers::texts(&shown["Processes"][0]["Arguments"]),
            ["/counter"]
        );
    }
    // Several at once, and one of them is none.
    let (one, two) = (
        fixture("podman5", host.runtime),
        fixture("crio", host.runtime),
    );
    let done = host.run(&["checkpoint", "show", &one, "/etc/passwd", &two]);
    assert_eq!(done.code, 125, "{done}");
    assert_eq!(done.stdout.matches("\nCONTAINER\n").count(), 2, "{done}");
    assert_eq!(done.stderr.lines().count(), 1, "{done}");
    assert!(
        done.stderr
            .contains("/etc/passwd is not a checkpoint archive"),
        "{done}"
    );
}

fn containers_and_their_checkpoints(host: &Host) {
    let id = host.start_shell(
        "kept",
        &[],
        "workload hold eventfd & exec workload web 8080 /data/count",
    );
    host.wait_for_log("kept", "listening");
    host.wait_for_log("kept", "READY");
    let none = "container kept has no checkpoint beside those with names";
    host.fails(&["checkpoint", "show", "kept"], 125, none);
    let both = ["there is neither a file \"nobody\"", "nor a container"];
    for text in both {
        host.fails(&["checkpoint", "show", "nobody"], 125, text);
    }
    host.fails(
        &["checkpoint", "show", "./nobody"],
        125,
        "open ./nobody: No such file",
    );
    host.fails(&["checkpoint", "show"], 125, "requires at least 1 argument");
    let own = host.file("own");
    for place in [&["--checkpoint-dir", &own][..], &[]] {
        let line = [
            &["checkpoint", "create", "--leave-running"],
            place,
            &["kept", "one"],
        ]
        .concat();
        host.ok(&line);
        let shown = shown(host, &[place, &["kept", "one"]].concat());
        assert_eq!(shown["Source"], "kept/one");
        assert_eq!(shown["Container"]["Id"], *id);
        assert_eq!(shown["Origin"]["Engine"], "cryopod");
        assert_eq!(shown["Origin"]["Runtime"], host.runtime);
        assert_eq!(list(&shown["Processes"]).len(), 2);
        assert_eq!(
            peers::texts(&shown["Processes"][1]["Arguments"]),
            ["workload", "hold", "eventfd"]
        );
        assert!(shown["Sizes"]["Memory"].as_u64() > Some(0), "{shown}");
        assert_eq!(shown["Unclear"], Value::Array(Vec::new()));
    }
    let missing = "checkpoint two does not exist for container kept";
    host.fails(&["checkpoint", "show", "kept", "one", "two"], 125, missing);
    // The directory is a file to whoever may read it.
    let directory = format!("{own}/one");
    assert_eq!(shown(host, &[&directory])["Container"]["Name"], "kept");
    assert_eq!(
        list(&shown(host, &[&format!("{directory}/checkpoint")])["Processes"]).len(),
        2
    );
    host.ok(&["container", "checkpoint", "kept"]);
    let shown = shown(host, &["kept"]);
    assert_eq!(shown["Container"]["Name"], "kept");
    assert_eq!(list(&shown["Processes"]).len(), 2);
    assert_eq!(shown["Networks"][0]["Name"], "podman");
    let format = "{{.Container.Name}} {{range .Processes}}{{.Pid}} {{end}}";
    let text = host.ok(&["checkpoint", "show", "-f", format, "kept"]);
    assert!(text.starts_with("kept 1 "), "{text}");
}

/// The program where everybody can run it, and a file where everybody can read it.
struct Public {
    directory: tempfile::TempDir,
}

impl Public {
    fn new() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("cr-public-")
            .tempdir_in("/var/tmp")
            .unwrap();
        let open =
            |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        open(directory.path());
        let program = directory.path().join("cryopod");
        fs::copy(Engine::under_test().program, &program).unwrap();
        open(&program);
        Self { directory }
    }

    fn add(&self, file: &str) -> PathBuf {
        let path = self.directory.path().join("archive");
        fs::copy(file, &path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        path
    }

    /// As nobody, without a capability, with no program within reach.
    fn run(&self, words: &[&str]) -> Finished {
        let mut setpriv = Command::new("/usr/bin/setpriv");
        setpriv.args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--bounding-set=-all",
        ]);
        setpriv
            .arg(self.directory.path().join("cryopod"))
            .args(words);
        setpriv
            .env_clear()
            .env("PATH", "/nowhere")
            .current_dir(self.directory.path());
        command::run(&mut setpriv, "")
    }
}

fn anybody_may_look(host: &Host) {
    let public = Public::new();
    for dialect in ["podman5", "containerd"] {
        let path = public.add(&fixture(dialect, host.runtime));
        let path = path.display().to_string();
        let done = public.run(&["checkpoint", "show", "--environment", &path]);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{done}");
        // As root sees it.
        let roots = host.run(&["checkpoint", "show", "--environment", &path]);
        assert_eq!(done.stdout, roots.stdout);
        let root = host.path("no-state");
        let root = root.display().to_string();
        host.ok(&[
            "--root",
            &root,
            "--runroot",
            &root,
            "checkpoint",
            "show",
            &path,
        ]);
        assert!(!Path::new(&root).exists(), "no state is made");
    }
    // Neither a file nor anything that an engine could be asked for.
    let line = ["--root", "/nowhere/root", "checkpoint", "show", "nothing"];
    let done = public.run(&line);
    assert_eq!(done.code, 125, "{done}");
    assert!(
        done.stderr.contains("there is no file \"nothing\""),
        "{done}"
    );
    assert_eq!(done.stderr.lines().count(), 1, "{done}");
}

/// Where the last entry of an image begins, whose first one begins at `next`.
fn last_entry(image: &[u8], mut next: usize) -> usize {
    loop {
        let len = image[next..]
            .first_chunk()
            .map(|len| u32::from_le_bytes(*len));
        let end = next + 4 + len.expect("a length") as usize;
        if end >= image.len() {
            return next;
        }
        next = end;
    }
}

fn damaged_archives(host: &Host) {
    for dialect in DIALECTS {
        let archive = fixture(dialect, host.runtime);
        for (name, magics) in [
            ("mm-1.img", 8),
            ("files.img", 8),
            ("core-1.img", 8),
            ("pstree.img", 8),
            ("inventory.img", 4),
        ] {
            let unpacked = Unpacked::of(host, &archive);
            let path = unpacked.path("checkpoint").join(name);
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
            let shown = shown(host, &[&unpacked.pack()]);
            let place = last_entry(&bytes, magics);
            let expected =
                format!("checkpoint/{name}: at byte {place}: an entry is longer than the file");
            let unclear = peers::texts(&shown["Unclear"]);
            assert!(
                unclear.contains(&expected),
                "{dialect}: {expected}: {unclear:?}"
            );
            // The rest is told.
            assert!(!list(&shown["Mounts"]).is_empty(), "{dialect}");
            let processes = list(&shown["Processes"]).len();
            assert_eq!(
                processes,
                usize::from(name != "pstree.img"),
                "{dialect} {name}"
            );
        }
        // Cut off in the middle.
        let whole = Unpacked::of(host, &archive).pack();
        let bytes = fs::read(&whole).unwrap();
        fs::write(&whole, &bytes[..bytes.len() / 2]).unwrap();
        let text = host.ok(&["checkpoint", "show", &whole]);
        assert!(
            text.contains("the archive ends before its end"),
            "{dialect}: {text}"
        );
    }
}

fn hostile_names(host: &Host) {
    let script = "n=$(printf 'x\\033[31mred\\nnew\\342\\200\\256line'); mkdir -p /data; \
        exec 5>\"/data/$n\"; exec sh -c 'while :; do sleep 1; done' \"$n\"";
    host.start_shell("hostile", &["-e", "EVIL=\u{1b}[2J"], script);
    wait::until("it has begun", || {
        let live = Live::of(host, "hostile");
        live[&1]
            .arguments
            .iter()
            .any(|word| word.contains("red"))
            .then_some(())
    });
    let archive = host.file("hostile.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "hostile"]);
    let done = host.run(&["checkpoint", "show", "--environment", &archive]);
    assert_eq!(done.code, 0, "{done}");
    let name = "x\\x1b[31mred\\nnew\\u{202e}line";
    assert!(done.stdout.contains(&format!("/data/{name}\n")), "{done}");
    assert!(
        done.stdout
            .contains(&format!("sh -c 'while :; do sleep 1; done' {name}\n")),
        "{done}"
    );
    assert!(done.stdout.contains("EVIL=\\x1b[2J\n"), "{done}");
    let acts = |letter: char| letter == '\u{202e}' || (letter.is_control() && letter != '\n');
    assert!(!done.stdout.contains(acts), "{:?}", done.stdout);
    // JSON has its own way.
    let file = shown(host, &[&archive]);
    let files = list(&file["Processes"][0]["Files"]);
    assert!(
        files
            .iter()
            .any(|file| file["Path"] == "/data/x\u{1b}[31mred\nnew\u{202e}line")
    );
}

/// Bytes of the memory in a large archive.
const LARGE: u64 = 2 << 30;

/// A plain archive with as much memory in front of the rest: a hole in the file.
fn large(host: &Host) -> String {
    let rest = fs::read(Unpacked::of(host, &fixture("podman5", host.runtime)).pack()).unwrap();
    let mut header = [0_u8; 512];
    let mut put =
        |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, "checkpoint/pages-9.img");
    put(100, "0000600\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{LARGE:011o}\0"));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let path = host.file("large.tar");
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&header).unwrap();
    file.seek(SeekFrom::Start(512 + LARGE)).unwrap();
    file.write_all(&rest).unwrap();
    path
}

fn memory_is_not_read(host: &Host) {
    let path = large(host);
    // The kernel counts what a process and its children that have ended have read.
    let script = "\"$@\" >/dev/null && cat /proc/$$/io";
    let line = [
        "-c",
        script,
        "sh",
        &host.engine.program,
        "checkpoint",
        "show",
        &path,
    ];
    let done = command::run(Command::new("sh").args(line), "");
    assert_eq!(done.code, 0, "{done}");
    let read = done
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("rchar: "));
    let read: u64 = read.expect("a count").parse().unwrap();
    assert!((1000..16 << 20).contains(&read), "{read} bytes were read");
    eprintln!("{read} bytes of {LARGE} were read, in {:?}", done.took);
    let shown = shown(host, &[&path]);
    assert!(shown["Sizes"]["Memory"].as_u64() > Some(LARGE));
    assert_eq!(
        peers::texts(&shown["Processes"][0]["Arguments"]),
        ["/counter"]
    );
}
