//! `commit`, `tag`, `untag`.

use std::fs;

use serde_json::json;

use crate::harness::{Host, IMAGE};

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
    if host.runtime == "runc" {
        return;
    }
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
