//! Hostile archives: a table of them, each made from one honest archive, given to `restore`, to
//! `restore --dry-run` and to `checkpoint show`. All are refused in one line, or what is dangerous
//! in them is dropped; nothing stays, nothing outside changes, time and memory are bounded.
//!
//! docs/hostile-archives.md is this table for people; [`the_document_lists_every_case`] compares.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Host, command};
use crate::suites::{Tests, tests};

mod dropped;
mod honest;
mod inner;
mod members;
mod record;
mod sizes;
mod spec;
pub mod tape;
mod texts;
mod whole;

use honest::Honest;

pub const TESTS: Tests = tests![
    crun members_that_no_checkpoint_has,
    crun sizes_counts_and_compression,
    crun texts_that_are_no_json,
    crun digests_and_the_manifest,
    crun what_the_record_asks_for,
    crun what_the_specification_asks_for,
    crun trees_inside,
    crun what_is_dropped,
    crun the_document_lists_every_case,
];

/// One hostile archive.
struct Case {
    name: &'static str,
    tries: &'static str,
    /// Words of the refusal.
    refused: &'static str,
    make: fn(&Honest) -> Vec<u8>,
}

/// A row of a table: name, what it tries, words of the refusal, how it is made.
const fn case(
    name: &'static str,
    tries: &'static str,
    refused: &'static str,
    make: fn(&Honest) -> Vec<u8>,
) -> Case {
    Case {
        name,
        tries,
        refused,
        make,
    }
}

/// The tables, with the test that goes through each.
const TABLES: [(&str, &[Case]); 7] = [
    ("members_that_no_checkpoint_has", members::CASES),
    ("sizes_counts_and_compression", sizes::CASES),
    ("texts_that_are_no_json", texts::CASES),
    ("digests_and_the_manifest", whole::CASES),
    ("what_the_record_asks_for", record::CASES),
    ("what_the_specification_asks_for", spec::CASES),
    ("trees_inside", inner::CASES),
];

fn members_that_no_checkpoint_has(host: &Host) {
    judge(host, members::CASES);
}

fn sizes_counts_and_compression(host: &Host) {
    judge(host, sizes::CASES);
}

fn texts_that_are_no_json(host: &Host) {
    judge(host, texts::CASES);
}

fn digests_and_the_manifest(host: &Host) {
    judge(host, whole::CASES);
}

fn what_the_record_asks_for(host: &Host) {
    judge(host, record::CASES);
}

fn what_the_specification_asks_for(host: &Host) {
    judge(host, spec::CASES);
}

fn trees_inside(host: &Host) {
    judge(host, inner::CASES);
}

fn what_is_dropped(host: &Host) {
    if !host.engine.is_podman() {
        dropped::all_at_once(host);
    }
}

/// Directories and files outside where an archive would like to write.
const CANARY: &str = "/var/tmp/hostile-canary";
/// Most memory of any command, KiB.
const MOST_MEMORY: u64 = 600 << 10;
/// Most seconds of a processor for any command.
const MOST_SECONDS: f64 = 20.0;
/// Seconds after which a command hangs.
const PATIENCE: u32 = 50;

/// Runs the three commands for each archive. wait4(2) tells how much memory each took.
const RUNNER: &str = r#"
import glob, hashlib, json, os, signal, sqlite3, subprocess, sys, time
plan = json.load(open(sys.argv[1]))
WATCHED = ["/var/lib/cryopod/containers", "/var/lib/cryopod/volumes", "/var/lib/cryopod/checkpoints",
    "/run/cryopod/containers", "/run/cryopod/locks", "/run/netns", "/etc/containers/networks", "/etc/cron.d",
    plan["canary"], os.path.dirname(plan["canary"])]
FILES = ["/etc/passwd", "/etc/shadow", "/etc/hosts", "/proc/sys/kernel/core_pattern"]
def state():
    found = {}
    for place in WATCHED:
        found[place] = sorted(os.listdir(place)) if os.path.isdir(place) else None
    for path in FILES + glob.glob(plan["canary"] + "/*"):
        if os.path.isfile(path):
            found[path] = hashlib.sha256(open(path, "rb").read()).hexdigest()
    db = sqlite3.connect("file:/var/lib/cryopod/state.db?mode=ro", uri=True, timeout=5)
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if not table.startswith("sqlite_") and table not in ("events", "event", "last_leases"):
            found[table] = sorted(str(row) for row in db.execute('SELECT * FROM "%s"' % table))
    db.close()
    return found
def run(words):
    begun = time.monotonic()
    with open(plan["output"], "w+b") as out, open(plan["output"] + "2", "w+b") as err:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - begun > plan["seconds"]:
                os.kill(process.pid, signal.SIGKILL)
            time.sleep(0.002)
        process.returncode = 0
        out.seek(0); err.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return {"code": code if code >= 0 else 128 - code, "memory": usage.ru_maxrss,
            "seconds": usage.ru_utime + usage.ru_stime,
            "out": out.read(1 << 20).decode("utf-8", "replace"),
            "err": err.read(1 << 20).decode("utf-8", "replace")}
answers = []
before = state()
for name, path in plan["archives"]:
    answer = {"name": name}
    for verb, words in plan["verbs"].items():
        answer[verb] = run(plan["engine"] + words + [path])
    after = state()
    answer["changed"] = ["%s: %s, was %s" % (key, after.get(key), before.get(key))
        for key in sorted(set(before) | set(after)) if before.get(key) != after.get(key)]
    before = after
    answers.append(answer)
    os.unlink(path)
json.dump(answers, open(plan["answers"], "w"))
"#;

/// Gives every archive of a table to the engine.
fn judge(host: &Host, cases: &[Case]) {
    if host.engine.is_podman() {
        return;
    }
    let honest = Honest::of(host);
    let _canary = Canary::plant();
    let make = |case: &Case| {
        let path = host.file(&format!("{}.tar", case.name));
        fs::write(&path, (case.make)(&honest)).expect("the archive is written");
        json!([case.name, path])
    };
    // A few at a time: no command of a test may take long.
    let answers: Vec<Value> = cases
        .chunks(4)
        .flat_map(|some| run(host, &some.iter().map(make).collect::<Vec<_>>()))
        .collect();
    assert_eq!(answers.len(), cases.len());
    let mut wrong = Vec::new();
    let mut slowest = (0.0, String::new());
    let mut largest = (0, String::new());
    for (case, answer) in cases.iter().zip(&answers) {
        for verb in VERBS {
            let done = &answer[verb];
            let label = || format!("{} ({verb})", case.name);
            let seconds = done["seconds"].as_f64().unwrap_or(0.0);
            let memory = done["memory"].as_u64().unwrap_or(0);
            if seconds > slowest.0 {
                slowest = (seconds, label());
            }
            if memory > largest.0 {
                largest = (memory, label());
            }
            let complaint = complain(done, (verb == "restore").then_some(case.refused));
            let brief = |text: String| text.chars().take(600).collect::<String>();
            wrong.extend(complaint.map(|text| brief(format!("{}: {text}: {done}", label()))));
        }
        let changed = answer["changed"].as_array().expect("a list");
        wrong.extend(changed.iter().map(|text| format!("{}: {text}", case.name)));
    }
    eprintln!(
        "{} archives; slowest {:.1} s: {}; largest {} KiB: {}",
        cases.len(),
        slowest.0,
        slowest.1,
        largest.0,
        largest.1
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(host.ok(&["ps", "-aq"]), "");
}

/// What each archive is given to.
const VERBS: [&str; 3] = ["restore", "dry-run", "show"];

fn run(host: &Host, archives: &[Value]) -> Vec<Value> {
    let plan = host.path("plan.json");
    let answers = host.path("answers.json");
    let engine = [
        vec![host.engine.program.clone()],
        host.engine.globals.clone(),
    ]
    .concat();
    let text = json!({
        "canary": CANARY,
        "seconds": PATIENCE,
        "engine": engine,
        "verbs": {
            "restore": ["container", "restore", "-i"],
            "dry-run": ["container", "restore", "--dry-run", "-i"],
            "show": ["checkpoint", "show"],
        },
        "archives": archives,
        "output": host.file("output"),
        "answers": answers,
    });
    fs::write(&plan, text.to_string()).expect("the plan is written");
    let mut python = Command::new("python3");
    python.args(["-c", RUNNER]).arg(&plan);
    let done = command::run(&mut python, "");
    assert_eq!(done.code, 0, "{done}");
    let text = fs::read(&answers).expect("answers");
    serde_json::from_slice(&text).expect("answers")
}

/// What is wrong with how a command ended. `refused`: it must refuse, with these words.
fn complain(done: &Value, refused: Option<&str>) -> Option<String> {
    let text = |key: &str| done[key].as_str().unwrap_or("").to_owned();
    let (out, err) = (text("out"), text("err"));
    let code = done["code"].as_i64().unwrap_or(-1);
    if ![0, 125].contains(&code) || err.contains("panicked") {
        return Some("it did not end by itself".into());
    }
    if done["seconds"].as_f64() > Some(MOST_SECONDS) || done["memory"].as_u64() > Some(MOST_MEMORY)
    {
        return Some("it took too much".into());
    }
    let acts = |letter: char| letter.is_control() && letter != '\n';
    if out.contains(acts) || err.contains(acts) {
        return Some("control characters in what it says".into());
    }
    if err.len() > 20_000 {
        return Some("it says too much".into());
    }
    let refused = refused?;
    let errors = err.lines().filter(|line| line.starts_with("Error: "));
    // Who asks a registry says so.
    let starts = ["Error: ", "Warning: ", "Trying to pull "];
    let known = |line: &str| starts.iter().any(|start| line.starts_with(start));
    if code != 125 || errors.count() != 1 || !err.lines().all(known) {
        return Some("no refusal in one line".into());
    }
    (!err.contains(refused)).then(|| format!("it doesn't say {refused:?}"))
}

/// A directory outside of everything, with a file.
struct Canary;

impl Canary {
    fn plant() -> Self {
        fs::create_dir_all(CANARY).expect("a directory");
        fs::write(format!("{CANARY}/alive"), "alive\n").expect("a file");
        Self
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(CANARY);
    }
}

/// The table of the document, as it must be.
fn document() -> String {
    let mut text =
        String::from("| case | what it tries | what happens | test |\n|---|---|---|---|\n");
    let mut row = |name: &str, tries: &str, happens: &str, test: &str| {
        let cell = |text: &str| text.replace('|', "\\|");
        let (tries, happens) = (cell(tries), cell(happens));
        text.extend([
            "| ",
            name,
            " | ",
            &tries,
            " | ",
            &happens,
            " | `hostile::",
            test,
            "` |\n",
        ]);
    };
    for (test, cases) in TABLES {
        for case in cases {
            row(
                case.name,
                case.tries,
                &format!("refused: «{}»", case.refused),
                test,
            );
        }
    }
    for dropped in dropped::CASES {
        row(
            dropped.name,
            dropped.tries,
            dropped.instead,
            "what_is_dropped",
        );
    }
    text
}

fn the_document_lists_every_case(_host: &Host) {
    let wanted = document();
    let mut names: Vec<&str> = TABLES
        .iter()
        .flat_map(|(_, cases)| cases.iter().map(|case| case.name))
        .collect();
    names.extend(dropped::CASES.iter().map(|case| case.name));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name is there twice");
    assert!(count >= 60, "{count} cases");
    let text = include_str!("../../../../docs/hostile-archives.md");
    // What comes behind is made by other suites.
    let text = text.split("\n## Sealed ones").next().unwrap();
    let found: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    let wanted: Vec<&str> = wanted.lines().collect();
    let missing: Vec<&&str> = wanted.iter().filter(|line| !found.contains(line)).collect();
    let stale: Vec<&&str> = found.iter().filter(|line| !wanted.contains(line)).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "docs/hostile-archives.md: missing:\n{}\nstale:\n{}",
        missing
            .iter()
            .map(|line| **line)
            .collect::<Vec<_>>()
            .join("\n"),
        stale
            .iter()
            .map(|line| **line)
            .collect::<Vec<_>>()
            .join("\n"),
    );
}
