//! Anybody may look into a file, without root and without CRIU; what is damaged or hostile in it is
//! named and harms nobody, and what is large is not read.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::peers::{self, Live, list};
use super::shown;
use crate::harness::{Engine, Finished, Host, command, wait};
use crate::suites::golden::archive::{DIALECTS, Unpacked, fixture};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    once anybody_may_look,
    once damaged_archives,
    once hostile_names,
    once memory_is_not_read,
];

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
