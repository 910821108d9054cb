//! Volumes as containers see them: kept, filled from the image, anonymous, in `inspect`, and still there
//! after a thaw.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::volumes::{facts, forget, names, place};
use super::{Tests, tests};
use crate::harness::{Host, IMAGE, command, wait};

pub const TESTS: Tests = tests![
    once content_outlives_the_container,
    once filled_from_the_image,
    once filled_once_for_all_who_start_at_once,
    once nothing_copied_where_there_is_content_or_nocopy,
    once owner_without_a_place_in_the_image,
    once anonymous_ones_go_with_their_container,
    once volumes_of_the_image,
    once inspect_of_a_container,
    mount_flag,
    once wrong_mounts,
    still_there_after_a_thaw,
    content_travels_in_an_archive,
    once an_archive_takes_no_volume_that_is_there,
];

/// An image with `VOLUME /img`, a directory of user 1000 and mode 2750 that holds a file.
const FILLED: &str = "localhost/filled:latest";

fn make_filled(host: &Host) {
    let root = host.path("filled");
    for directory in ["bin", "img/sub", "proc", "sys", "dev"] {
        fs::create_dir_all(root.join(directory)).unwrap();
    }
    fs::copy("/bin/busybox", root.join("bin/busybox")).unwrap();
    for applet in ["sh", "cat", "chmod", "ls", "rm", "stat", "true"] {
        symlink("busybox", root.join("bin").join(applet)).unwrap();
    }
    fs::write(root.join("img/sub/file"), "from the image\n").unwrap();
    chown(root.join("img/sub/file"), Some(7), Some(8)).unwrap();
    chown(root.join("img"), Some(1000), Some(1001)).unwrap();
    fs::set_permissions(root.join("img"), fs::Permissions::from_mode(0o2750)).unwrap();
    let archive = host.file("filled.tar");
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(&root).args(["-cf", &archive, "."]);
    let done = command::run(&mut tar, "");
    assert_eq!(done.code, 0, "{done}");
    host.ok(&["import", "-q", "-c", "VOLUME=/img", &archive, FILLED]);
}

fn content_outlives_the_container(host: &Host) {
    host.start_shell(
        "writer",
        &["-v", "kept:/data"],
        "echo kept > /data/file; sleep 1000",
    );
    wait::until("the file is there", || {
        (host.run(&["exec", "writer", "cat", "/data/file"]).stdout == "kept\n").then_some(())
    });
    host.ok(&["rm", "-f", "-t", "0", "-v", "writer"]);
    let text = host.ok(&[
        "run",
        "--rm",
        "-v",
        "kept:/elsewhere:ro",
        IMAGE,
        "cat",
        "/elsewhere/file",
    ]);
    assert_eq!(text, "kept");
    let done = host.run(&[
        "run",
        "--rm",
        "-v",
        "kept:/data:ro",
        IMAGE,
        "touch",
        "/data/x",
    ]);
    assert_ne!(done.code, 0, "{done}");
    forget(host, &["kept"]);
}

fn filled_from_the_image(host: &Host) {
    make_filled(host);
    let run =
        |script: &str| host.ok(&["run", "--rm", "-v", "vol:/img", FILLED, "sh", "-c", script]);
    let text = run("stat -c '%u %g %a' /img /img/sub/file; cat /img/sub/file");
    assert_eq!(text, "1000 1001 2750\n7 8 644\nfrom the image");
    let kept = facts(host, "vol");
    assert!(
        kept["NeedsCopyUp"].is_null() && kept["NeedsChown"].is_null(),
        "{kept}"
    );
    // Only once: what was removed stays removed.
    run("rm -r /img/sub; chmod 700 /img");
    assert_eq!(run("ls /img; stat -c %a /img"), "700");
    forget(host, &["vol"]);
    host.ok(&["rmi", FILLED]);
}

fn filled_once_for_all_who_start_at_once(host: &Host) {
    make_filled(host);
    let words = [
        "run",
        "--rm",
        "-v",
        "shared:/img",
        FILLED,
        "cat",
        "/img/sub/file",
    ];
    let mut runs: Vec<_> = (0..4).map(|_| host.spawn(&words)).collect();
    for run in &mut runs {
        assert_eq!(run.wait().unwrap().code(), Some(0));
    }
    forget(host, &["shared"]);
    host.ok(&["rmi", FILLED]);
}

fn nothing_copied_where_there_is_content_or_nocopy(host: &Host) {
    make_filled(host);
    host.ok(&["volume", "create", "own"]);
    fs::write(Path::new(&place(host, "own")).join("mine"), "").unwrap();
    let list = |volume: &str| {
        let volume = format!("{volume}:/img");
        host.ok(&["run", "--rm", "-v", &volume, FILLED, "ls", "/img"])
    };
    assert_eq!(list("own"), "mine");
    host.ok(&["run", "--rm", "-v", "bare:/img:nocopy", FILLED, "true"]);
    let bare = place(host, "bare");
    assert_eq!(fs::read_dir(&bare).unwrap().count(), 0);
    assert_eq!(
        fs::metadata(&bare).unwrap().uid(),
        1000,
        "nocopy is about content"
    );
    assert_eq!(list("bare"), "sub", "who doesn't say nocopy fills it");
    forget(host, &["own", "bare"]);
    host.ok(&["rmi", FILLED]);
}

fn owner_without_a_place_in_the_image(host: &Host) {
    let words = ["-v", "theirs:/new", "-u", "guest", IMAGE];
    let script = "stat -c '%u %g %a' /new; touch /new/file";
    let text = host.ok(&[&["run", "--rm"], &words[..], &["sh", "-c", script]].concat());
    assert_eq!(text, "1000 1000 755");
    forget(host, &["theirs"]);
}

fn anonymous_ones_go_with_their_container(host: &Host) {
    let create = |name: &str| {
        host.ok(&[
            "create",
            "--name",
            name,
            "-v",
            "/own",
            "-v",
            "named:/named",
            IMAGE,
            "true",
        ]);
    };
    create("first");
    assert_eq!(names(host).len(), 2);
    host.ok(&["rm", "-v", "first"]);
    assert_eq!(names(host), ["named"], "rm -v takes anonymous ones alone");
    create("second");
    host.ok(&["rm", "second"]);
    let left = names(host);
    assert_eq!(left.len(), 2, "rm leaves them");
    let own = left.iter().find(|name| *name != "named").unwrap().clone();
    assert_eq!(facts(host, &own)["Anonymous"], true);
    // It is used by another one by its name: it stays as long as that does.
    let mount = format!("{own}:/other");
    host.ok(&["create", "--name", "third", "-v", &mount, IMAGE, "true"]);
    host.ok(&["volume", "rm", "named"]);
    host.ok(&["run", "--rm", "-v", "/own", IMAGE, "touch", "/own/file"]);
    assert_eq!(names(host), std::slice::from_ref(&own), "--rm takes them");
    host.start_shell("fourth", &["--rm", "-d", "-v", "/own"], "sleep 1000");
    assert_eq!(names(host).len(), 2);
    host.ok(&["stop", "-t", "0", "fourth"]);
    wait::until("the anonymous volume of the fourth is gone", || {
        (names(host) == [own.clone()]).then_some(())
    });
    host.ok(&["rm", "-v", "third"]);
    assert!(names(host).is_empty());
}

fn volumes_of_the_image(host: &Host) {
    make_filled(host);
    host.ok(&["create", "--name", "image", FILLED, "true"]);
    let mounts = host.inspect("image")["Mounts"].clone();
    assert_eq!(mounts[0]["Destination"], "/img");
    let name = mounts[0]["Name"].as_str().unwrap().to_owned();
    assert_eq!(facts(host, &name)["Anonymous"], true);
    host.ok(&["start", "image"]);
    host.ok(&["wait", "image"]);
    let file = Path::new(&place(host, &name)).join("sub/file");
    assert_eq!(fs::read_to_string(file).unwrap(), "from the image\n");
    host.ok(&["rm", "-v", "image"]);
    for options in [&["--image-volume", "ignore"][..], &["--tmpfs", "/img"]] {
        let line = [&["create", "--name", "without"], options, &[FILLED, "true"]].concat();
        host.ok(&line);
        assert!(names(host).is_empty(), "{options:?}");
        host.ok(&["rm", "without"]);
    }
    let text = host.ok(&[
        "run",
        "--rm",
        "--image-volume",
        "tmpfs",
        FILLED,
        "cat",
        "/proc/mounts",
    ]);
    assert!(text.contains("tmpfs /img tmpfs"), "{text}");
    host.fails(
        &["create", "--image-volume", "foo", FILLED, "sh"],
        125,
        "invalid image volume mode \"foo\" required value: anonymous, tmpfs, ignore",
    );
    forget(host, &[]);
    host.ok(&["rmi", FILLED]);
}

fn inspect_of_a_container(host: &Host) {
    let options = ["-v", "v1:/data", "-v", "v2:/other:ro"];
    host.ok(&[
        &["create", "--name", "seen"],
        &options[..],
        &[IMAGE, "true"],
    ]
    .concat());
    let mounts = host.inspect("seen")["Mounts"].clone();
    let at = |place: &str| {
        let mut all = mounts.as_array().into_iter().flatten();
        all.find(|mount| mount["Destination"] == place)
            .unwrap()
            .clone()
    };
    let expected = serde_json::json!({
        "Type": "volume", "Name": "v1", "Source": place(host, "v1"), "Destination": "/data",
        "Driver": "local", "Mode": "", "Options": ["nosuid", "nodev", "rbind"], "RW": true,
        "Propagation": "rprivate",
    });
    assert_eq!(at("/data"), expected);
    assert_eq!(at("/other")["RW"], false);
    let binds = host.inspect("seen")["HostConfig"]["Binds"].clone();
    let binds: Vec<&str> = binds
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for bind in [
        "v1:/data:rprivate,nosuid,nodev,rbind",
        "v2:/other:ro,rprivate,nosuid,nodev,rbind",
    ] {
        assert!(binds.contains(&bind), "{binds:?}");
    }
    forget(host, &["v1", "v2"]);
}

fn mount_flag(host: &Host) {
    let directory = host.path("bound");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("file"), "bound\n").unwrap();
    let bind = format!("type=bind,src={},dst=/bound,ro", directory.display());
    let options = [
        "--mount",
        &bind,
        "--mount",
        "src=v,dst=/data",
        "--mount",
        "type=tmpfs,dst=/data/inside,tmpfs-size=1m,tmpfs-mode=700",
    ];
    let script = "cat /bound/file; touch /data/kept /data/inside/gone; stat -c %a /data/inside; touch /bound/x || echo refused";
    let text = host.ok(&[&["run", "--rm"], &options[..], &[IMAGE, "sh", "-c", script]].concat());
    assert_eq!(text, "bound\n700\nrefused");
    let left = host.ok(&["run", "--rm", "-v", "v:/data", IMAGE, "find", "/data"]);
    assert_eq!(
        left, "/data\n/data/inside\n/data/kept",
        "the tmpfs was above the volume"
    );
    forget(host, &["v"]);
}

fn wrong_mounts(host: &Host) {
    let bad = "creating named volume \"a/b\": running volume create option: names must match";
    for (options, text) in [
        (&["-v", "a/b:/x"][..], bad),
        (
            &["-v", "v9:x"],
            "invalid container path \"x\", must be an absolute path",
        ),
        (&["-v", "v9:/x:zzz"], "invalid option type \"zzz\""),
        (
            &["-v", "v9:/x", "-v", "v8:/x"],
            "/x: duplicate mount destination",
        ),
        (
            &["-v", "v9:/x", "--tmpfs", "/x"],
            "/x: duplicate mount destination",
        ),
        (&["-v", ""], "container directory cannot be empty"),
        (
            &["--mount", "type=volume,src=m1"],
            "must set volume destination",
        ),
        (
            &["--mount", "type=foo,dst=/m"],
            "invalid filesystem type \"foo\"",
        ),
    ] {
        let line = [&["create"], options, &[IMAGE, "true"]].concat();
        host.fails(&line, 125, text);
    }
    assert!(names(host).is_empty(), "what was refused made no volume");
    let twice = ["create", "-v", "v9:/x", "-v", "v9:/x", IMAGE, "true"];
    host.ok(&twice);
    forget(host, &["v9"]);
}

fn still_there_after_a_thaw(host: &Host) {
    let script = "i=0; while :; do echo $i > /data/count; i=$((i+1)); sleep 0.05; done";
    host.start_shell("frozen", &["-v", "data:/data", "-v", "/own"], script);
    let file = Path::new(&place(host, "data")).join("count");
    let count = || fs::read_to_string(&file).ok()?.trim().parse::<u64>().ok();
    let more_than = |least: u64| {
        wait::until("the container writes into its volume", || {
            count().filter(|now| *now > least)
        })
    };
    more_than(1);
    host.ok(&["container", "checkpoint", "frozen"]);
    let there = names(host);
    assert_eq!(there.len(), 2, "{there:?}");
    host.fails(&["volume", "rm", "data"], 2, "volume is being used");
    let before = count().unwrap_or(0);
    host.ok(&["container", "restore", "frozen"]);
    more_than(before + 1);
    assert_eq!(names(host), there);
    host.engine.remove_all();
    assert_eq!(names(host), ["data"]);
    forget(host, &["data"]);
}

/// A container that counts in a named and in an anonymous volume, frozen into the file, and gone.
fn freeze_counter(host: &Host, archive: &str) {
    let script = "echo own > /own/file; i=0; while :; do echo $i > /data/count; i=$((i+1)); sleep 0.05; done";
    let options = ["-v", "travels:/data", "-v", "/own"];
    host.start_shell("counter", &options, script);
    wait::until("the container writes into its volume", || {
        let text = host.run(&["exec", "counter", "cat", "/data/count"]).stdout;
        text.trim().parse::<u64>().ok().filter(|count| *count > 1)
    });
    let kept = "echo kept > /data/kept; chown 7:8 /data/kept; chmod 600 /data/kept";
    host.shell("counter", kept);
    host.ok(&["container", "checkpoint", "-e", archive, "counter"]);
    host.ok(&["rm", "-v", "counter"]);
}

fn content_travels_in_an_archive(host: &Host) {
    let archive = host.file("counter.tar");
    freeze_counter(host, &archive);
    host.ok(&["volume", "rm", "travels"]);
    host.ok(&["container", "restore", "-i", &archive]);
    let script = "stat -c '%u %g %a' /data/kept; cat /data/kept /own/file";
    assert_eq!(host.shell("counter", script), "7 8 600\nkept\nown");
    let count = || host.shell("counter", "cat /data/count").parse::<u64>().ok();
    let before = wait::until("a count", count);
    wait::until("the container goes on counting", || {
        count().filter(|now| *now > before)
    });
    let mounts = host.inspect("counter")["Mounts"].clone();
    let mut mounts = mounts.as_array().into_iter().flatten();
    let named = mounts.find(|mount| mount["Name"] == "travels").unwrap();
    assert_eq!(named["Source"], place(host, "travels"));
    assert!(Path::new(&place(host, "travels")).join("kept").exists());
    // A cold start finds the same volumes, and nothing is copied anew.
    host.ok(&["stop", "-t", "0", "counter"]);
    host.ok(&["start", "counter"]);
    assert_eq!(host.shell("counter", "cat /data/kept"), "kept");
    host.ok(&["rm", "-f", "-v", "-t", "0", "counter"]);
    assert_eq!(names(host), ["travels"]);
    forget(host, &["travels"]);
}

fn an_archive_takes_no_volume_that_is_there(host: &Host) {
    let archive = host.file("counter.tar");
    freeze_counter(host, &archive);
    fs::write(Path::new(&place(host, "travels")).join("kept"), "mine").unwrap();
    host.fails(
        &["container", "restore", "-i", &archive],
        125,
        "volume with name travels already exists. Use --ignore-volumes to not restore content of volumes",
    );
    assert_eq!(
        names(host),
        ["travels"],
        "and none is left of those that were not there"
    );
    let ignoring = ["container", "restore", "-i", &archive, "--ignore-volumes"];
    host.ok(&ignoring);
    assert_eq!(host.shell("counter", "cat /data/kept; ls /own"), "mine");
    forget(host, &["travels"]);
}
