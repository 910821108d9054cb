//! Named and anonymous volumes: made, mounted, filled from the image, listed, removed; Podman's words
//! and exit codes.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde_json::Value;

use super::{Tests, tests};
use crate::harness::{Host, IMAGE, command};

pub const TESTS: Tests = tests![
    once create_list_inspect_remove,
    once filters_and_formats,
    once create_refuses,
    once in_use,
    once prune,
    once killed_engine_leaves_no_volume,
    once leftovers_of_a_removal,
];

/// Removes what tests of it leave on purpose.
pub(super) fn forget(host: &Host, volumes: &[&str]) {
    host.engine.remove_all();
    if !volumes.is_empty() {
        host.ok(&[&["volume", "rm"], volumes].concat());
    }
}

#[track_caller]
pub(super) fn facts(host: &Host, name: &str) -> Value {
    let text = host.ok(&["volume", "inspect", name]);
    let list: Value = serde_json::from_str(&text).expect("volume inspect prints JSON");
    list[0].clone()
}

#[track_caller]
pub(super) fn place(host: &Host, name: &str) -> String {
    facts(host, name)["Mountpoint"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

pub(super) fn names(host: &Host) -> Vec<String> {
    let text = host.ok(&["volume", "ls", "-q"]);
    text.lines().map(str::to_owned).collect()
}

fn create_list_inspect_remove(host: &Host) {
    let made_up = host.ok(&["volume", "create"]);
    assert!(made_up.len() == 64, "{made_up}");
    let options = ["--label", "a=b", "-l", "c", "--opt", "o=uid=5"];
    let created = host.ok(&[&["volume", "create"], &options[..], &["v1"]].concat());
    assert_eq!(created, "v1");
    host.fails(
        &["volume", "create", "v1"],
        125,
        "Error: volume with name v1 already exists: volume already exists",
    );
    assert_eq!(host.ok(&["volume", "create", "--ignore", "v1"]), "v1");
    assert_eq!(names(host), [made_up.clone(), "v1".into()]);
    let facts = facts(host, "v1");
    assert_eq!(
        (facts["Name"].as_str(), facts["Driver"].as_str()),
        (Some("v1"), Some("local"))
    );
    assert_eq!(facts["Labels"], serde_json::json!({"a": "b", "c": ""}));
    assert_eq!(
        facts["Options"],
        serde_json::json!({"UID": "5", "o": "uid=5"})
    );
    assert_eq!(
        (facts["UID"].as_i64(), facts["MountCount"].as_i64()),
        (Some(5), Some(0))
    );
    assert!(
        facts["NeedsChown"].is_null() && facts["NeedsCopyUp"] == true,
        "{facts}"
    );
    let place = place(host, "v1");
    assert!(place.ends_with("/volumes/v1/_data"), "{place}");
    let attributes = fs::metadata(&place).unwrap();
    assert_eq!((attributes.uid(), attributes.mode() & 0o7777), (5, 0o755));
    let all = host.ok(&["volume", "inspect", "--all", "-f", "{{.Name}}"]);
    assert_eq!(all, format!("{made_up}\nv1"));
    assert_eq!(
        host.ok(&["volume", "inspect", "v", "-f", "{{.Name}}"]),
        "v1"
    );
    assert_eq!(host.ok(&["inspect", "v1", "-f", "{{.Scope}}"]), "local");
    assert_eq!(host.run(&["volume", "exists", "v1"]).code, 0);
    assert_eq!(host.run(&["volume", "exists", "nope"]).code, 1);
    host.fails(
        &["volume", "inspect", "nope"],
        125,
        "Error: no such volume nope",
    );
    let text = "Error: no volume with name \"nope\" found: no such volume";
    host.fails(&["volume", "rm", "nope"], 1, text);
    assert_eq!(host.ok(&["volume", "rm", "-f", "nope"]), "");
    assert_eq!(
        host.ok(&["volume", "rm", "v1", &made_up]),
        format!("v1\n{made_up}")
    );
    assert!(!Path::new(&place).exists());
}

fn filters_and_formats(host: &Host) {
    host.ok(&["volume", "create", "--label", "a=b", "one"]);
    host.ok(&["volume", "create", "two"]);
    host.ok(&["create", "--name", "user", "-v", "two:/data", IMAGE, "true"]);
    let list = |options: &[&str]| host.ok(&[&["volume", "ls"], options].concat());
    assert_eq!(
        list(&[]),
        "DRIVER      VOLUME NAME\nlocal       one\nlocal       two"
    );
    assert_eq!(list(&["-n"]), "local       one\nlocal       two");
    let quiet = |filter: &str| list(&["-q", "--filter", filter]);
    assert_eq!(quiet("name=on"), "one");
    assert_eq!(quiet("label=a"), "one");
    assert_eq!(quiet("label=a=x"), "");
    assert_eq!(quiet("dangling=true"), "one");
    assert_eq!(quiet("dangling=false"), "two");
    let json: Value = serde_json::from_str(&list(&["--format", "json"])).unwrap();
    assert_eq!(json[0]["Labels"]["a"], "b");
    assert_eq!(
        list(&["--format", "{{.Name}}={{.Driver}}"]),
        "one=local\ntwo=local"
    );
    let users = ["ps", "-a", "--format", "{{.Names}} {{.Mounts}}", "--filter"];
    assert_eq!(
        host.ok(&[&users[..], &["volume=two"]].concat()),
        "user [/data]"
    );
    assert_eq!(host.ok(&[&users[..], &["volume=one"]].concat()), "");
    for (words, text) in [
        (&["ls", "x"][..], "volume ls` takes no arguments"),
        (
            &["ls", "-q", "--format", "json"],
            "quiet and format flags cannot be used together",
        ),
        (
            &["ls", "--filter", "foo=bar"],
            "\"foo\" is an invalid volume filter",
        ),
        (
            &["ls", "--filter", "dangling=x"],
            "\"x\" is not a valid value for the \"dangling\" filter",
        ),
        (
            &["ls", "--format", "{{.Foo}}"],
            "can't evaluate field Foo in type *types.VolumeListReport",
        ),
        (
            &["inspect"],
            "provide one or more volume names or use --all",
        ),
        (&["rm"], "choose either one or more volumes or all"),
        (&["exists"], "accepts 1 arg(s), received 0"),
    ] {
        host.fails(&[&["volume"], words].concat(), 125, text);
    }
    forget(host, &["one", "two"]);
}

fn create_refuses(host: &Host) {
    let bad_name = "running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument";
    for (words, text) in [
        (&["a b"][..], bad_name),
        (&["../x"], bad_name),
        (&["--", "-x"], bad_name),
        (&["a", "b"], "accepts at most 1 arg(s), received 2"),
        (
            &["--driver", "foo", "x"],
            "volume x uses volume plugin foo but it could not be retrieved: no volume plugin with name foo available: required plugin missing",
        ),
        (
            &["--opt", "foo=bar", "x"],
            "invalid mount option foo for driver 'local': invalid argument",
        ),
        (
            &["--label", "", "x"],
            "unable to process labels: invalid label format: \"\"",
        ),
    ] {
        host.fails(&[&["volume", "create"], words].concat(), 125, text);
    }
    assert!(names(host).is_empty());
}

fn in_use(host: &Host) {
    let id = host.start("user", &["-v", "used:/data"], &["sleep", "1000"]);
    let text = format!(
        "Error: volume used is being used by the following container(s): {id}: volume is being used"
    );
    host.fails(&["volume", "rm", "used"], 2, &text);
    let done = host.fails(&["volume", "rm", "used", "nope"], 1, &text);
    assert!(done.stderr.contains("no such volume"), "{done}");
    assert_eq!(host.ok(&["exec", "user", "ls", "/data"]), "");
    assert_eq!(host.ok(&["volume", "prune", "-f"]), "");
    assert_eq!(host.ok(&["volume", "rm", "-f", "-t", "0", "used"]), "used");
    assert!(!host.exists("user"), "force removes who uses it");
}

fn prune(host: &Host) {
    host.ok(&["volume", "create", "--label", "a", "labelled"]);
    host.ok(&["volume", "create", "plain"]);
    let done = host.fails(&["volume", "prune"], 125, "Error: EOF");
    assert!(
        done.stdout.starts_with("WARNING! This will remove all volumes not used by at least one container. The following volumes will be removed:\nlabelled\nplain\nAre you sure you want to continue? [y/N] "),
        "{done}"
    );
    let answer = |text: &str| command::run(&mut host.engine.command(&["volume", "prune"]), text);
    assert_eq!(answer("n\n").code, 0);
    assert_eq!(names(host).len(), 2);
    let filter = ["volume", "prune", "-f", "--filter", "label=a"];
    assert_eq!(host.ok(&filter), "labelled");
    assert!(answer("y\n").stdout.ends_with("[y/N] plain\n"));
    assert!(names(host).is_empty());
}

fn killed_engine_leaves_no_volume(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    let die = |phase: &str, words: &[&str]| {
        let mut cut = host.engine.command(words);
        let done = command::run(cut.env("CRYOPOD_FAIL_AT", phase), "");
        assert_eq!(done.code, 137, "{phase}: {done}");
    };
    let create = [
        "create",
        "--name",
        "victim",
        "-v",
        "/own",
        "-v",
        "named:/data",
        IMAGE,
        "true",
    ];
    for phase in ["begun", "finish"] {
        die(phase, &create);
        assert!(names(host).is_empty(), "{phase}");
        assert!(!host.exists("victim"), "{phase}");
    }
    for phase in ["begun", "finish"] {
        host.ok(&create);
        die(phase, &["rm", "-v", "victim"]);
        assert_eq!(names(host), ["named"], "{phase}");
        host.ok(&["volume", "rm", "named"]);
    }
}

fn leftovers_of_a_removal(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    host.ok(&["volume", "create", "v"]);
    let data = place(host, "v");
    fs::write(Path::new(&data).join("file"), "").unwrap();
    let volumes = Path::new(&data).ancestors().nth(2).unwrap();
    // As a removal leaves it that is killed before, and after, it has said so.
    let created = facts(host, "v")["CreatedAt"].as_str().unwrap().to_owned();
    for (said, back) in [(created, true), ("before".to_owned(), false)] {
        let doomed = volumes.join(".removed").join(said);
        fs::create_dir_all(&doomed).unwrap();
        fs::rename(volumes.join("v"), doomed.join("v")).unwrap();
        host.ok(&["volume", "ls"]);
        assert_eq!(Path::new(&data).join("file").exists(), back);
        assert!(!doomed.join("v").exists());
    }
    host.ok(&["volume", "rm", "v"]);
}
