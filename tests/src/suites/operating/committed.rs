//! `commit`, `history`, `tag`, `untag`, `save`, `image prune`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::harness::{Host, IMAGE, command};

const NAME: &str = "localhost/committed:1";

pub fn containers_become_images(host: &Host) {
    host.start_shell(
        "source",
        &["-e", "OWN=1", "-v", "/data/volume", "-l", "tier=web"],
        "while :; do echo x >> /growing; done",
    );
    host.shell(
        "source",
        "echo changed > /opt/file; rm /etc/motd; mkdir -p /a/b; ln -s b /a/link; \
         echo kept > /data/volume/out; chown 1000:1000 /opt/file",
    );
    // Whether it is told to or not, it stands still where it must.
    for pause in [&[][..], &["--pause"]] {
        let file = host.file("id");
        let line = [
            &[
                "commit",
                "-q",
                "-a",
                "me",
                "-m",
                "first",
                "--iidfile",
                &file,
            ],
            pause,
            &[
                "-c",
                "ENV MORE=two words",
                "-c",
                "USER guest",
                "source",
                NAME,
            ],
        ]
        .concat();
        let id = host.ok(&line);
        assert_eq!(fs::read_to_string(&file).unwrap(), id);
        assert_eq!(host.status("source"), "running");
        let text = host.ok(&["image", "inspect", NAME]);
        let image: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(image[0]["Id"], id);
        assert_eq!(image[0]["Author"], "me");
        assert_eq!(image[0]["Config"]["Labels"]["tier"], "web");
        let script = "cat /opt/file; ls /a /etc/motd /data/volume/out 2>&1; stat -c %u /opt/file; \
                      echo $OWN $MORE; id -u";
        let told = host.run(&["run", "--rm", NAME, "sh", "-c", script]).stdout;
        for text in ["changed\n", "b\nlink\n", "\n1000\n1 two words\n1000\n"] {
            assert!(told.contains(text), "{told}");
        }
        assert!(told.matches("No such file").count() == 2, "{told}");
        host.ok(&["rmi", NAME]);
    }
    host.ok(&["rm", "-f", "-t", "0", "-v", "source"]);
    // Of one that is frozen, and again of one from the new image.
    host.start_shell("second", &["-u", "0"], "while :; do sleep 1; done");
    host.shell("second", "echo frozen > /opt/second");
    host.ok(&["container", "checkpoint", "second"]);
    let id = host.ok(&["container", "commit", "second"]);
    assert_eq!(
        host.ok(&["run", "--rm", &id, "cat", "/opt/second"]),
        "frozen"
    );
    host.ok(&["container", "restore", "second"]);
    assert_eq!(host.status("second"), "running");
    host.ok(&["run", "--name", "third", &id, "rm", "/opt/second"]);
    let above = host.ok(&["commit", "third", "above"]);
    let text = host.ok(&["image", "inspect", &above]);
    let image: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(image[0]["RootFS"]["Layers"].as_array().unwrap().len(), 3);
    assert_eq!(image[0]["RepoTags"], json!(["localhost/above:latest"]));
    assert_eq!(
        host.run(&["run", "--rm", "above", "ls", "/opt/second"])
            .code,
        1
    );
    // It can be frozen and thawed.
    host.ok(&[
        "run",
        "-d",
        "--name",
        "fourth",
        "above",
        "sh",
        "-c",
        "while :; do sleep 1; done",
    ]);
    let archive = host.file("fourth.tar.zst");
    host.ok(&["container", "checkpoint", "-e", &archive, "fourth"]);
    host.ok(&["rm", "fourth"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(host.status("fourth"), "running");
    for (words, text) in [
        (
            &["commit"][..],
            "accepts between 1 and 2 arg(s), received 0",
        ),
        (&["commit", "nobody"], "no such container"),
        (
            &["commit", "-c", "FROM x", "second"],
            "invalid instruction FROM",
        ),
        (
            &["commit", "-f", "docker", "second"],
            "unrecognized image format",
        ),
        (&["commit", "second", "B@D"], "invalid reference format"),
    ] {
        host.fails(words, 125, text);
    }
    host.ok(&["rm", "-f", "-t", "0", "second", "third", "fourth"]);
    host.ok(&["rmi", &above, &id]);
}

pub fn images_have_names(host: &Host) {
    host.ok(&["tag", IMAGE, "other", "quay.io/x/y:2"]);
    assert_eq!(host.ok(&["run", "--rm", "other", "echo", "same"]), "same");
    host.ok(&["image", "exists", "quay.io/x/y:2"]);
    host.fails(
        &["untag", IMAGE, "nothing"],
        125,
        "localhost/nothing:latest: tag not known",
    );
    host.ok(&["image", "untag", IMAGE, "other"]);
    assert_eq!(host.run(&["image", "exists", "other"]).code, 1);
    host.ok(&["untag", IMAGE, "quay.io/x/y:2"]);
    host.ok(&["image", "exists", IMAGE]);
    for (words, text) in [
        (
            &["tag", IMAGE][..],
            "requires at least 2 arg(s), only received 1",
        ),
        (&["tag", "nothing", "x"], "nothing: image not known"),
        (&["tag", IMAGE, "B@D"], "invalid reference format"),
        (&["untag"], "requires at least 1 arg(s), only received 0"),
    ] {
        host.fails(words, 125, text);
    }
}

/// `save` and `load`, of one and of several; what the image says of its making comes along.
pub fn images_go_out(host: &Host) {
    host.start("source", &[], &["sleep", "1000"]);
    let commit = ["commit", "-q", "-m", "said of it", "source", NAME];
    let id = host.ok(&commit);
    host.ok(&["rm", "-f", "-t", "0", "source"]);
    let shown = host.ok(&["history", NAME]);
    let mut lines = shown.lines();
    let words: Vec<&str> = lines
        .next()
        .unwrap()
        .split("  ")
        .filter(|word| !word.is_empty())
        .collect();
    let words: Vec<&str> = words.into_iter().map(str::trim).collect();
    assert_eq!(words, ["ID", "CREATED", "CREATED BY", "SIZE", "COMMENT"]);
    let first = lines.next().unwrap();
    assert!(
        first.starts_with(&id[..12]) && first.ends_with("said of it"),
        "{shown}"
    );
    assert!(first.contains("sleep 1000"), "{shown}");
    assert!(lines.all(|line| line.starts_with("<missing>")), "{shown}");
    let text = host.ok(&["image", "history", "--format", "json", NAME]);
    let steps: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&steps[0]["id"], &steps[0]["tags"]),
        (&json!(id), &json!([NAME]))
    );
    assert!(steps[1]["size"].as_u64().unwrap() > 100_000, "{steps}");
    let bytes = host.ok(&["history", "--human=false", "--format", "{{.Size}}", NAME]);
    assert_eq!(bytes.lines().nth(1), Some(&*steps[1]["size"].to_string()));

    let archives = ["one.tar", "oci.tar", "several.tar"].map(|name| host.file(name));
    host.ok(&["save", "-q", "-o", &archives[0], NAME]);
    let ours = host.run(&[
        "image",
        "save",
        "--format",
        "oci-archive",
        "-o",
        &archives[1],
        NAME,
    ]);
    assert_eq!((ours.code, ours.stdout.as_str()), (0, ""), "{ours}");
    host.ok(&["save", "-qm", "-o", &archives[2], NAME, IMAGE]);
    for archive in &archives {
        host.ok(&["rmi", NAME]);
        let loaded = host.ok(&["load", "-q", "-i", archive]);
        assert!(loaded.contains(NAME), "{loaded}");
        assert_eq!(
            host.ok(&["history", "-q", "--no-trunc", NAME])
                .lines()
                .next(),
            Some(&*id)
        );
    }
    // A link stays one, and a file that is there keeps its mode.
    let link = host.path("link");
    std::os::unix::fs::symlink(&archives[0], &link).unwrap();
    fs::set_permissions(&archives[0], fs::Permissions::from_mode(0o600)).unwrap();
    host.ok(&["save", "-q", "-o", &link.to_string_lossy(), NAME]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let mode = fs::metadata(&archives[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Nothing is left of one that failed, and what was there stays.
    let before = fs::read(&archives[0]).unwrap();
    for (words, text) in [
        (&["save"][..], "requires at least 1 arg(s), only received 0"),
        (
            &["save", "-o", &archives[0], "nothing"],
            "nothing: image not known",
        ),
        (
            &["save", "-o", &archives[0], NAME, IMAGE],
            "use --multi-image-archive",
        ),
        (&["save", "--format", "zip", NAME], "unknown format \"zip\""),
        (
            &["save", "-o", "/a:b", NAME],
            "invalid filename (should not contain ':')",
        ),
        (
            &["save", "-o", "/nowhere/x.tar", NAME],
            "no such file or directory",
        ),
        (
            &["save", "-o", "/dev/full", NAME],
            "No space left on device",
        ),
        (&["history", "nothing"], "nothing: image not known"),
        (&["history"], "accepts 1 arg(s), received 0"),
    ] {
        host.fails(words, 125, text);
    }
    assert!(
        fs::read(&archives[0]).unwrap() == before,
        "a failed save wrote"
    );
    let directory = host.path(".");
    let names = fs::read_dir(directory)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name());
    assert_eq!(
        names
            .filter(|name| name.to_string_lossy().starts_with('.'))
            .count(),
        0
    );
    host.ok(&["rmi", NAME]);
}

/// `image prune`: what has no name goes, with `--all` what has one; never what a container is from.
pub fn images_that_nobody_uses_go(host: &Host) {
    // What else is on this host stays: a container is from each.
    let known = host.ok(&["images", "-q", "--no-trunc"]);
    let ids = known.lines().map(|id| id.trim_start_matches("sha256:"));
    let created = ids.map(|id| host.run(&["create", id, "true"]));
    let others: Vec<String> = created
        .filter(|done| done.code == 0)
        .map(|done| done.stdout.trim().to_owned())
        .collect();
    host.start("source", &[], &["sleep", "1000"]);
    let nameless = host.ok(&["commit", "-q", "source"]);
    let used = host.ok(&["commit", "-q", "-m", "used", "source"]);
    let named = host.ok(&["commit", "-q", "-m", "named", "source", NAME]);
    host.ok(&["create", "--name", "user", &used]);
    let asked = command::run(&mut host.engine.command(&["image", "prune"]), "n\n");
    assert!(
        asked.stdout.contains("removes all dangling images."),
        "{asked}"
    );
    let prune = |flags: &str| -> Vec<String> {
        let gone = host.ok(&["image", "prune", flags]);
        gone.lines().map(str::to_owned).collect()
    };
    let gone = prune("-f");
    assert!(gone.contains(&nameless), "{gone:?}");
    assert!(!gone.contains(&used) && !gone.contains(&named), "{gone:?}");
    assert_eq!(prune("-af"), [named]);
    host.ok(&["rm", "user"]);
    assert_eq!(prune("-f"), [used]);
    assert!(prune("-f").is_empty());
    host.ok(&["rm", "-f", "-t", "0", "source"]);
    for container in others {
        host.ok(&["rm", &container]);
    }
}
