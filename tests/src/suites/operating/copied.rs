//! `cp`.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use crate::harness::{Host, IMAGE, command};

pub fn copies(host: &Host) {
    let file = host.file("hello");
    fs::write(&file, "hello\n").unwrap();
    let out = host.file("out");
    host.start(
        "box",
        &["-v", "/data/volume", "-u", "guest"],
        &["sleep", "1000"],
    );
    let cp = |from: &str, to: &str| assert_eq!(host.ok(&["cp", from, to]), "");
    let root = |script: &str| host.ok(&["exec", "-u", "0", "box", "sh", "-c", script]);
    // A name of its own, into a directory, over a file, into a volume.
    cp(&file, "box:/data/named");
    cp(&file, "box:/data");
    cp(&file, "box:data/named");
    cp(&file, "box:/data/volume/");
    let told = root("cd /data; cat named hello volume/hello; stat -c %u:%g named volume/hello");
    assert_eq!(told, "hello\nhello\nhello\n1000:1000\n1000:1000");
    assert_eq!(host.ok(&["cp", "-a=false", &file, "box:/tmp/owned"]), "");
    assert_eq!(root("stat -c %u /tmp/owned"), "0");
    // And back.
    root(
        "mkdir -p /data/tree/sub; echo deep > /data/tree/sub/leaf; ln -s /data/tree /to-tree; \
          cp /bin/busybox /data/tree/suid; chmod 4755 /data/tree/suid",
    );
    cp("box:/data/named", &out);
    assert_eq!(fs::read_to_string(&out).unwrap(), "hello\n");
    for (source, leaf) in [
        ("box:/data/tree", "d1/sub/leaf"),
        ("box:/to-tree", "d1/to-tree/sub/leaf"),
        ("box:/data/tree/.", "d1/sub/leaf"),
        ("box:/data/tree", "d1/tree/sub/leaf"),
    ] {
        cp(source, &host.file("d1"));
        assert_eq!(
            fs::read_to_string(host.path(leaf)).unwrap(),
            "deep\n",
            "{source}"
        );
    }
    let planted = fs::metadata(host.path("d1/suid")).unwrap();
    assert_eq!(
        (planted.mode() & 0o7000, planted.uid()),
        (0, 0),
        "no set-id program comes out"
    );
    // As archives, and from one to another.
    let line = |words: &[&str]| command::line(&host.engine.command(words));
    let script = format!(
        "{} | tar -xO tree/sub/leaf",
        line(&["cp", "box:/data/tree", "-"])
    );
    let shell = |script: &str| command::run(Command::new("bash").args(["-c", script]), "");
    assert_eq!(shell(&script).stdout, "deep\n");
    let script = format!(
        "tar -cz -C {} hello | {}",
        host.path("").display(),
        line(&["container", "cp", "-", "box:/tmp"])
    );
    assert_eq!(shell(&script).code, 0);
    assert_eq!(root("cat /tmp/hello"), "hello");
    host.ok(&[
        "create",
        "--name",
        "still",
        IMAGE,
        "cat",
        "/data/tree/sub/leaf",
    ]);
    cp("box:/data/tree", "still:/data");
    cp("still:/data/tree/sub", "still:/data/again");
    cp("still:/data/again/leaf", "box:/tmp/round");
    assert_eq!(root("cat /tmp/round"), "deep");
    assert_eq!(host.ok(&["start", "-a", "still"]), "deep");
}

/// Of a container that doesn't run: volumes, directories of the host, what is frozen.
pub fn copies_without_processes(host: &Host) {
    let file = host.file("hello");
    fs::write(&file, "hello\n").unwrap();
    for name in ["given", "protected"] {
        fs::create_dir(host.path(name)).unwrap();
    }
    let (given, protected) = (host.file("given"), host.file("protected"));
    host.ok(&[
        "create",
        "--name",
        "cold",
        "-v",
        "cold:/own/volume",
        "-v",
        &format!("{given}:/new/place"),
        "-v",
        &format!("{protected}:/new/place/protected:ro"),
        IMAGE,
        "sh",
        "-c",
        "while :; do sleep 1; done",
    ]);
    let cp = |from: &str, to: &str| assert_eq!(host.ok(&["cp", from, to]), "");
    let read = |from: &str, text: &str| {
        let out = host.file("out");
        cp(from, &out);
        assert_eq!(fs::read_to_string(&out).unwrap(), text, "{from}");
    };
    // It was never started.
    cp(&file, "cold:/own/volume/early");
    read("cold:/own/volume/early", "hello\n");
    cp(&file, "cold:/new/place");
    assert_eq!(
        fs::read_to_string(host.path("given/hello")).unwrap(),
        "hello\n"
    );
    read("cold:/new/place/hello", "hello\n");
    host.fails(&["cp", &file, "cold:/new/place/protected"], 125, "ead-only");
    host.ok(&["start", "cold"]);
    let told = host.shell(
        "cold",
        "cat /own/volume/early; echo late > /own/volume/late",
    );
    assert_eq!(told, "hello");
    // A frozen one gives and takes nothing.
    host.ok(&["container", "checkpoint", "cold"]);
    read("cold:/own/volume/late", "late\n");
    host.fails(
        &["cp", &file, "cold:/data/x"],
        125,
        "is frozen: its files belong to its checkpoint",
    );
    host.ok(&["container", "restore", "cold"]);
    assert_eq!(host.shell("cold", "cat /own/volume/late"), "late");
    // What the place of a volume became leads nowhere.
    host.shell(
        "cold",
        &format!("mv /own /moved && ln -s {given} /own && rm -f /new/place/hello"),
    );
    host.ok(&["stop", "-t", "0", "cold"]);
    let lost = "could not be found on container cold";
    host.fails(&["cp", &file, "cold:/own/volume/sly"], 125, lost);
    assert!(!host.path("given/volume").exists() && !host.path("given/sly").exists());
    host.fails(&["cp", "cold:/own/volume/late", &file], 125, lost);
    host.ok(&["rm", "cold"]);
    host.ok(&["volume", "rm", "cold"]);
}

pub fn copies_that_lead_out(host: &Host) {
    let file = host.file("hello");
    fs::write(&file, "hello\n").unwrap();
    let outside = host.file("outside");
    fs::write(&outside, "of the host\n").unwrap();
    host.start("sly", &[], &["sleep", "1000"]);
    // What the names say on this host is out of reach.
    host.shell(
        "sly",
        &format!(
            "ln -s {outside} /absolute; ln -s ../../../../../../../..{outside} /up; \
         ln -s {} /directory; ln -s /proc/self/root /magic; mknod /null c 1 3 || mkfifo /null",
            host.path("").display()
        ),
    );
    for source in [
        "sly:/absolute",
        "sly:/up",
        "sly:/directory/outside",
        &format!("sly:/../../..{outside}"),
    ] {
        host.fails(
            &["cp", source, &host.file("x")],
            125,
            "could not be found on container sly",
        );
    }
    // Written through a link, it is in the container, or nowhere.
    for target in ["sly:/absolute", "sly:/up", "sly:/directory/outside"] {
        host.run(&["cp", &file, target]);
        assert_eq!(
            fs::read_to_string(&outside).unwrap(),
            "of the host\n",
            "{target}"
        );
    }
    let tar = host.file("evil.tar");
    let evil = format!(
        "cd {}; tar -cf {tar} -P --transform 's,^hello,../../outside,' hello",
        host.path("").display()
    );
    let made = command::run(Command::new("bash").args(["-c", &evil]), "");
    assert_eq!(made.code, 0, "{made}");
    let line = command::line(&host.engine.command(&["cp", "-", "sly:/tmp"]));
    let done = command::run(
        Command::new("bash").args(["-c", &format!("{line} < {tar}")]),
        "",
    );
    assert!(done.code == 125 && done.stderr.contains(".."), "{done}");
    assert_eq!(fs::read_to_string(&outside).unwrap(), "of the host\n");
    if host.runtime == "runc" {
        return;
    }
    for (words, text) in [
        (&["cp"][..], "accepts 2 arg(s), received 0"),
        (
            &["cp", &file, "nobody:/x"],
            "Error: container \"nobody\" does not exist\n",
        ),
        (&["cp", &file, "x"], "name or ID cannot be empty"),
        (&["cp", &file, "sly:"], "you must specify paths"),
        (
            &["cp", &file, "sly:/no/x"],
            "Error: \"/no/x\" could not be found on container sly: no such file or directory\n",
        ),
        (
            &["cp", "/nothing", "sly:/tmp"],
            "Error: \"/nothing\" could not be found on the host: no such file or directory\n",
        ),
        (
            &["cp", "sly:/etc", &file],
            "destination must be a directory when copying a directory",
        ),
        (
            &["cp", "-", "sly:/etc/passwd"],
            "destination must be a directory when copying from stdin",
        ),
    ] {
        host.fails(words, 125, text);
    }
}
