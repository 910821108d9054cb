//! What can be known before a freeze or a thaw: `--dry-run`, `container diagnose`, `doctor`. That
//! the predictions come true is proved where workloads are frozen and thawed (`workloads/`).

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::golden::archive::Unpacked;
use super::{Tests, tests};
use crate::harness::Host;
use crate::harness::command::{self, Finished};

pub const TESTS: Tests = tests![
    what_a_checkpoint_would_do,
    what_a_restore_would_do,
    once what_is_in_the_way_of_an_archive,
    once a_check_is_overridden_by_name,
    once processors_that_lack_something,
    once diagnosis_of_any_container,
    once doctor,
];

fn json(done: &Finished) -> Value {
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done}"))
}

/// The rows of a check.
fn rows<'a>(findings: &'a Value, check: &str) -> Vec<&'a Value> {
    let all = findings.as_array().expect("rows").iter();
    all.filter(|row| row["Check"] == check).collect()
}

/// The names of the checks that fail.
fn failures(findings: &Value) -> Vec<&str> {
    let all = findings.as_array().expect("rows").iter();
    let failed = all.filter(|row| row["Verdict"] == "fail");
    failed.filter_map(|row| row["Check"].as_str()).collect()
}

fn what_a_checkpoint_would_do(host: &Host) {
    let archive = host.file("a.tar");
    let id = host.start("web", &["-p", "18080:80"], &["workload", "hold", "pipes"]);
    host.wait_for_log("web", "READY");
    let events = host.ok(&["events", "--stream=false"]);
    let ask = ["container", "checkpoint", "--dry-run", "-e", &archive];
    let done = host.run(&[&ask[..], &["web"]].concat());
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stdout.contains("1. freeze 1 process of web"), "{done}");
    assert!(done.stdout.contains(&archive), "{done}");
    assert!(done.stdout.contains("Nothing stands in the way"), "{done}");
    let told = json(&host.run(&[&ask[..], &["--json", "-a"]].concat()));
    assert_eq!(told[0]["Id"], id.as_str());
    assert_eq!(told[0]["Operation"], "checkpoint");
    assert_eq!(rows(&told[0]["Checks"], "connections")[0]["Verdict"], "ok");
    // Nothing has happened.
    assert!(!host.path("a.tar").exists() && !host.path("a.tar.partial").exists());
    assert_eq!(host.ok(&["events", "--stream=false"]), events);
    assert_ne!(host.inspect("web")["State"]["Checkpointed"], true);
    // What the container's record and the options refuse is a row like any other.
    host.ok(&["stop", "-t", "0", "web"]);
    let done = host.run(&[&ask[..], &["--json", "web"]].concat());
    assert_eq!(done.code, 125, "{done}");
    assert_eq!(failures(&json(&done)[0]["Checks"]), ["container"]);
    let tracked = ["container", "checkpoint", "--pre-checkpoint", "--dry-run"];
    let done = host.run(&[&tracked[..], &["--json", "web"]].concat());
    assert_eq!(
        failures(&json(&done)[0]["Checks"]),
        ["memory-tracking", "container"]
    );
    host.fails(
        &["container", "checkpoint", "--json", "web"],
        125,
        "--dry-run",
    );
    host.fails(&[&ask[..], &["nobody"]].concat(), 125, "no such container");
}

fn what_a_restore_would_do(host: &Host) {
    host.start("held", &[], &["workload", "hold", "locks"]);
    host.wait_for_log("held", "READY");
    host.ok(&["container", "checkpoint", "--file-locks", "held"]);
    let ask = ["container", "restore", "--dry-run"];
    let done = host.run(&[&ask[..], &["held"]].concat());
    assert_eq!(done.code, 125, "{done}");
    assert!(
        done.stdout.contains("=> restore with --file-locks"),
        "{done}"
    );
    host.fails(
        &["container", "restore", "held"],
        125,
        "cannot restore container held: the checkpoint holds file locks (restore with --file-locks)",
    );
    assert_eq!(host.status("held"), "exited");
    // Of an archive it is known too, before it is unpacked.
    let archive = host.file("locks.tar");
    host.start("other", &[], &["workload", "hold", "locks"]);
    host.wait_for_log("other", "READY");
    let freeze = ["container", "checkpoint", "--file-locks", "-e", &archive];
    host.ok(&[&freeze[..], &["other"]].concat());
    host.ok(&["rm", "other"]);
    let import = [&ask[..], &["--json", "-i", &archive]].concat();
    let told = json(&host.run(&import));
    assert!(
        failures(&told[0]["Checks"]).contains(&"file-locks"),
        "{told}"
    );
    let told = json(&host.run(&[&import[..], &["--file-locks"]].concat()));
    assert_eq!(told[0]["Possible"], true, "{told}");
    let done = host.run(&[&ask[..], &["--file-locks", "--json", "held"]].concat());
    assert_eq!(done.code, 0, "{done}");
    let told = json(&done);
    assert_eq!(told[0]["Operation"], "restore");
    let address = rows(&told[0]["Checks"], "addresses")[0]["What"].as_str();
    let address = address.expect("an address").to_owned();
    host.ok(&["container", "restore", "--file-locks", "held"]);
    assert!(address.contains(&host.address("held").0), "{address}");
    super::workloads::verdict(host, "held");
}

fn what_is_in_the_way_of_an_archive(host: &Host) {
    let archive = host.file("a.tar");
    let options = ["-p", "18081:80", "-v", "content:/data"];
    host.start("web", &options, &["workload", "hold", "pipes"]);
    host.wait_for_log("web", "READY");
    let address = host.address("web").0;
    host.ok(&["container", "checkpoint", "-e", &archive, "web"]);
    let ask = |options: &[&str]| {
        let line = [
            "container",
            "restore",
            "--dry-run",
            "--json",
            "-i",
            &archive,
        ];
        let done = host.run(&[&line[..], options].concat());
        let told = json(&done);
        assert_eq!(done.code == 0, told[0]["Possible"] == true, "{done}");
        told
    };
    let told = ask(&[]);
    assert_eq!(failures(&told[0]["Checks"]), ["volumes", "name", "id"]);
    let steps = told[0]["Steps"].to_string();
    assert!(steps.contains("thaw 1 process with "), "{steps}");
    host.ok(&["rm", "web"]);
    host.ok(&["volume", "rm", "content"]);
    assert_eq!(failures(&ask(&[])[0]["Checks"]), [""; 0]);
    // Another container has its address, which is a pity, or its port, which is too much.
    let other = ["--ip", &address];
    host.start("other", &other, &["sleep", "100"]);
    let told = ask(&[]);
    let told = rows(&told[0]["Checks"], "addresses");
    assert_eq!(told[1]["Verdict"], "warn");
    let what = told[1]["What"].as_str().unwrap_or_default();
    assert!(what.contains("is held by container other"), "{what}");
    assert_eq!(
        failures(&ask(&["--tcp-established"])[0]["Checks"]),
        ["addresses"]
    );
    host.ok(&["rm", "-f", "-t", "0", "other"]);
    host.start("other", &["-p", "18081:90"], &["sleep", "100"]);
    let told = ask(&[]);
    assert_eq!(failures(&told[0]["Checks"]), ["addresses"]);
    let what = rows(&told[0]["Checks"], "addresses")[0]["What"].clone();
    assert!(
        what.as_str().unwrap_or_default().contains("18081"),
        "{what}"
    );
    host.ok(&["rm", "-f", "-t", "0", "other"]);
    let standard_input = ["container", "restore", "--dry-run", "-i", "-"];
    host.fails(&standard_input, 125, "standard input");
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(host.address("web").0, address);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    host.ok(&["volume", "rm", "content"]);
}

fn a_check_is_overridden_by_name(host: &Host) {
    host.start("held", &[], &["workload", "hold", "locks"]);
    host.wait_for_log("held", "READY");
    let freeze = ["container", "checkpoint"];
    let with = |options: &[&str]| host.run(&[&freeze[..], options, &["held"]].concat());
    let ours = "workload (process 1) on /data/whole";
    assert!(with(&[]).stderr.contains(ours));
    assert!(with(&["--skip-check", "watches"]).stderr.contains(ours));
    // Then it is CRIU that refuses.
    for word in ["file-locks", "all"] {
        let done = with(&["--skip-check", word]);
        assert_eq!(done.code, 125, "{done}");
        let cause = "the container holds file locks (use --file-locks to take them along)";
        assert!(done.stderr.contains(cause), "{done}");
    }
    let done = with(&["--skip-check", "file-locks", "--dry-run", "--json"]);
    assert_eq!(done.code, 0, "{done}");
    let told = json(&done);
    assert_eq!(rows(&told[0]["Checks"], "file-locks")[0]["Verdict"], "warn");
    let done = with(&["--skip-check", "luck"]);
    assert!(done.stderr.contains("choose from: file-locks, "), "{done}");
    assert_eq!(host.status("held"), "running");
    // What exec started stays behind.
    host.ok(&["exec", "-d", "held", "sleep", "1000"]);
    let done = with(&["--file-locks", "--dry-run"]);
    assert!(done.stdout.contains("will end: sleep (process "), "{done}");
    assert_eq!(done.code, 0, "{done}");
}

fn processors_that_lack_something(host: &Host) {
    let archive = host.file("a.tar");
    host.start("web", &[], &["workload", "hold", "pipes"]);
    host.wait_for_log("web", "READY");
    let freeze = ["container", "checkpoint", "-c", "none", "-e", &archive];
    host.ok(&[&freeze[..], &["web"]].concat());
    host.ok(&["rm", "web"]);
    let unpacked = Unpacked::of(host, &archive);
    let whole = unpacked.json("cryopod.json");
    let with = |feature: &str, architecture: Option<&str>| {
        let mut manifest = whole.clone();
        let features = manifest["host"]["cpuFeatures"].as_array_mut().unwrap();
        features.push(feature.into());
        if let Some(architecture) = architecture {
            manifest["host"]["arch"] = architecture.into();
        }
        let text = serde_json::to_vec_pretty(&manifest).unwrap();
        fs::write(host.path("unpacked/cryopod.json"), text).unwrap();
        let spoilt = host.file("spoilt.tar");
        let members = [
            "cryopod.json",
            "config.dump",
            "spec.dump",
            "network.status",
            "checkpoint",
            "cryopod.sums",
        ];
        let mut tar = Command::new("tar");
        tar.args(["-C", &host.file("unpacked"), "-cf", &spoilt]);
        let done = command::run(tar.args(members), "");
        assert_eq!(done.code, 0, "{done}");
        spoilt
    };
    let spoilt = with("none", Some("riscv64"));
    let foreign = ["container", "restore", "--skip-check", "all", "-i", &spoilt];
    host.fails(&foreign, 125, "restore it on a host of that architecture");
    let spoilt = with("avx1024", None);
    let thaw = ["container", "restore", "-i", &spoilt];
    let cause = "this processor lacks features that the frozen processes may use: avx1024";
    let done = host.fails(&thaw, 125, cause);
    assert!(done.stderr.contains("--skip-check cpu"), "{done}");
    let skipped = [&thaw[..], &["--skip-check", "cpu"]].concat();
    let done = host.run(&[&skipped[..], &["--dry-run", "--json"]].concat());
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(rows(&json(&done)[0]["Checks"], "cpu")[0]["Verdict"], "warn");
    // Changed afterwards, it is refused all the same, and nothing of it is left.
    host.fails(&skipped, 125, "is damaged");
    assert_eq!(host.ok(&["ps", "-aq"]), "");
    // The kernel's own affair.
    let spoilt = with("smep2", None);
    let done = host.run(&["container", "restore", "--dry-run", "--json", "-i", &spoilt]);
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(rows(&json(&done)[0]["Checks"], "cpu")[0]["Verdict"], "warn");
    // The first of its kind is whole.
    host.ok(&["container", "restore", "-i", &archive]);
}

fn diagnosis_of_any_container(host: &Host) {
    let ask = || {
        let done = host.run(&["container", "diagnose", "--json", "held"]);
        (done.code, json(&done)[0].clone())
    };
    host.start("held", &[], &["workload", "hold", "locks"]);
    host.wait_for_log("held", "READY");
    let (code, told) = ask();
    assert_eq!((code, failures(&told["Checks"])), (125, vec!["file-locks"]));
    let shown = host.run(&["container", "diagnose", "-a"]);
    assert!(shown.stdout.contains("=> use --file-locks"), "{shown}");
    host.ok(&["pause", "held"]);
    let (code, told) = ask();
    assert_eq!((code, failures(&told["Checks"])), (125, vec!["container"]));
    host.ok(&["unpause", "held"]);
    host.ok(&["container", "checkpoint", "--file-locks", "held"]);
    let (code, told) = ask();
    assert_eq!((code, &told["Operation"]), (125, &"restore".into()));
    assert_eq!(failures(&told["Checks"]), ["file-locks"]);
    assert_eq!(rows(&told["Checks"], "memory")[0]["Verdict"], "ok");
    host.ok(&["container", "restore", "--file-locks", "held"]);
    host.ok(&["stop", "-t", "0", "held"]);
    assert_eq!(ask().0, 125);
    host.fails(
        &["container", "diagnose", "nobody"],
        125,
        "no such container",
    );
    host.fails(&["container", "diagnose"], 125, "at least one name or id");
}

fn doctor(host: &Host) {
    let all = json(&host.run(&["doctor", "--json"]));
    assert_eq!(failures(&all), [""; 0]);
    assert!(rows(&all, "criu")[0]["What"].as_str().is_some());
    assert_eq!(rows(&all, "criu-check")[0]["Verdict"], "ok");
    let tracking = &rows(&all, "memory-tracking")[0];
    assert_eq!(tracking["Verdict"], "warn");
    // As on a host where nothing is installed.
    let bare = |user: &str| {
        let engine = host.engine.command(&[]).get_program().to_owned();
        let script = "for program in criu crun runc netavark; do \
            mount --bind /dev/null $(command -v $program || echo /usr/lib/podman/$program) || exit 1; done; \
            exec setpriv --clear-groups --reuid $1 --regid $1 $2 doctor";
        let mut doctor = Command::new("unshare");
        doctor.args(["-m", "sh", "-c", script, "sh", user]);
        command::run(doctor.arg(engine), "")
    };
    let root = bare("0");
    assert_eq!(root.code, 125, "{root}");
    for package in ["criu", "crun"] {
        let remedy = format!("install it: apt install {package}");
        assert!(root.stdout.contains(&remedy), "{root}");
    }
    let nobody = bare("65534");
    assert_eq!(nobody.code, 125, "{nobody}");
    assert!(nobody.stdout.contains("run it as root"), "{nobody}");
}
