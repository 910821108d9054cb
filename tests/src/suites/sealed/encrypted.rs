//! Encrypted for age's keys.

use std::fs;

use super::{age_key, freeze, nothing_is_left, refused, sh, start_web, thawed};
use crate::harness::Host;
use crate::suites::checkpoint_images::interop::layout;
use crate::suites::interop::Podman;
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    archives_there_and_back,
    images_there_and_back,
    once what_was_tampered_with,
];

fn archives_there_and_back(host: &Host) {
    let ((key, recipient), (other, second)) = (age_key(host, "mine"), age_key(host, "other"));
    let (stranger, _) = age_key(host, "stranger");
    fs::write(host.path("team"), format!("# who may\n{second}\n")).unwrap();
    start_web(host);
    let team = format!("@{}", host.file("team"));
    let options = ["--encrypt-to", &recipient, "--encrypt-to", &team];
    let sealed = freeze(host, "web.tar", &options);
    let plain = freeze(host, "plain.tar", &["-c", "none"]);
    let secret = fs::read_to_string(&key).unwrap();
    let secret = secret.lines().last().unwrap();
    let checkpoint = ["container", "checkpoint"];
    for (wrong, text) in [
        (
            &["--encrypt-to", secret, "-e", "x"][..],
            "on the command line",
        ),
        (&["--encrypt-to", &recipient], "--export or --create-image"),
        (&["--encrypt-to", "age1x", "-e", "x"], "not a recipient"),
        (&["--encrypt-to", "ssh-rsa A", "-e", "x"], "age-keygen"),
        (&["--encrypt-to", &stranger, "-e", "x"], "not a recipient"),
    ] {
        let done = host.fails(&[&checkpoint, wrong, &["web"]].concat(), 125, text);
        assert!(!done.stderr.contains(secret), "{done}");
    }
    host.ok(&["rm", "-f", "-t", "0", "web"]);

    assert!(
        fs::read(&sealed)
            .unwrap()
            .starts_with(b"age-encryption.org/v1\n")
    );
    refused(
        host,
        &["-i", &sealed],
        &format!("{sealed} is encrypted for 2 recipients (X25519): give --decrypt-with KEYFILE"),
    );
    let wrong = ["-i", &sealed, "--decrypt-with", &stranger];
    refused(host, &wrong, "no key that was given opens it");
    let done = host.fails(
        &[
            "container",
            "restore",
            "-i",
            &sealed,
            "--decrypt-with",
            secret,
        ],
        125,
        "a secret key on the command line",
    );
    assert!(!done.stderr.contains(secret), "{done}");
    for key in [&key, &other] {
        thawed(host, &["-i", &sealed, "--decrypt-with", key]);
    }
    let with = [
        "-i",
        &sealed,
        "--decrypt-with",
        &stranger,
        "--decrypt-with",
        &key,
    ];
    thawed(host, &with);
    let text = host.ok(&[&["container", "restore", "--dry-run"], &with[..]].concat());
    assert!(text.contains("it is encrypted, and a key"), "{text}");
    host.fails(&["checkpoint", "show", &sealed], 125, "give --decrypt-with");
    let text = host.ok(&["checkpoint", "show", "--decrypt-with", &key, &sealed]);
    assert!(text.contains("yes, and opened"), "{text}");
    let verify = ["checkpoint", "verify", "--decrypt-with", &key, &sealed];
    assert!(host.ok(&verify).ends_with("as it was written; not signed"));

    // The key, and then the archive, from standard input.
    let program = host.engine.command(&[]);
    let program = program.get_program().to_string_lossy().into_owned();
    for line in [
        format!("{program} container restore -i {sealed} --decrypt-with - < {key}"),
        format!("{program} container restore -i - --decrypt-with {key} < {sealed}"),
    ] {
        sh(host, &line);
        assert_eq!(host.shell("web", "cat /data/file"), "kept");
        host.ok(&["rm", "-f", "-t", "0", "web"]);
    }

    // What age opens is the archive; what age seals thaws.
    let (opened, theirs) = (host.file("opened.tar"), host.file("theirs.tar"));
    sh(host, &format!("age -d -i {key} -o {opened} {sealed}"));
    sh(
        host,
        &format!("tar --zstd -tf {opened} | grep -qx cryopod.sums"),
    );
    thawed(host, &["-i", &opened]);
    sh(host, &format!("age -r {recipient} -o {theirs} {plain}"));
    thawed(host, &["-i", &theirs, "--decrypt-with", &key]);

    // Killed while it reads: nothing is there, and the next command takes away what was.
    let length = fs::metadata(&sealed).unwrap().len() * 2 / 3;
    sh(
        host,
        &format!(
            "(head -c {length} {sealed}; sleep 3) | timeout -s KILL 1 {program} container restore -i - --decrypt-with {key} || true"
        ),
    );
    nothing_is_left(host, "kill");
}

fn images_there_and_back(host: &Host) {
    let (key, recipient) = age_key(host, "mine");
    start_web(host);
    let create = ["container", "checkpoint", "--encrypt-to", &recipient];
    host.ok(&[&create[..], &["-R", "--create-image", "one", "web"]].concat());
    host.ok(&[&create[..], &["--create-image", "two", "web"]].concat());
    host.ok(&["rm", "web"]);
    let layers =
        |image: &str| host.ok(&["image", "inspect", "--format", "{{.RootFS.Layers}}", image]);
    let (one, two) = (layers("one"), layers("two"));
    let shared = one
        .trim_matches(['[', ']'])
        .split(' ')
        .filter(|layer| two.contains(layer));
    assert_eq!(shared.count(), 0, "no layer tells that it is another's");
    let text = host.ok(&["image", "inspect", "one"]);
    assert!(
        text.contains("io.podman.annotations.checkpoint.name"),
        "{text}"
    );
    refused(
        host,
        &["one"],
        "one:latest is encrypted for 1 recipient (X25519): give",
    );
    let text = host.ok(&[
        "container",
        "restore",
        "--dry-run",
        "--decrypt-with",
        &key,
        "one",
    ]);
    assert!(text.contains("it is encrypted, and a key"), "{text}");
    thawed(host, &["--decrypt-with", &key, "one"]);
    host.ok(&["checkpoint", "verify", "--decrypt-with", &key, "one"]);
    if host.runtime == "crun" {
        let podman = Podman::set_up(host.runtime);
        let source = format!("oci:{}:localhost/one:latest", layout(host, "one"));
        let pulled = podman.0.run(&["pull", "-q", &source]);
        let thawed = podman
            .0
            .run(&["container", "restore", "localhost/one:latest"]);
        assert!(pulled.code != 0 && thawed.code != 0, "{pulled} {thawed}");
    }
    host.ok(&["rmi", "one"]);
    host.ok(&["rmi", "two"]);
}

fn what_was_tampered_with(host: &Host) {
    let (key, recipient) = age_key(host, "mine");
    start_web(host);
    // Encryption goes by pieces of 64 KiB: several.
    host.shell(
        "web",
        "dd if=/dev/urandom of=/data/big bs=1000 count=300 2>/dev/null",
    );
    let sealed = freeze(host, "web.tar", &["--encrypt-to", &recipient]);
    let plain = freeze(host, "plain.tar", &["-c", "none"]);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    let whole = fs::read(&sealed).unwrap();
    let header = whole.windows(5).position(|five| five == b"\n--- ").unwrap() + 49;
    let chunk = header + 16 + 65_552;
    assert!(whole.len() > chunk + 20, "several pieces: {}", whole.len());
    let cut = |len: usize| whole[..len].to_vec();
    let flip = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let start = b"age-encryption.org/v1\n".to_vec();
    let scrypt = [
        &start[..],
        b"-> scrypt 6b1ooTjFKKLqcE0ooIMMAA 63\nC3ZAeY64NXS4QFrksLm3EGz+uPRyI0eQsWw7LWbbYig\n",
        b"--- fgMiVLJHMlg9fW7CVG/hPS5EAU4Zeg19LyCP7SoH5nA\n0123456789abcdef",
    ];
    let mut inside = fs::read(&plain).unwrap();
    let middle = inside.len() / 2;
    inside[middle] ^= 1;
    fs::write(host.path("inside"), inside).unwrap();
    sh(host, &format!("age -r {recipient} -o again inside"));
    sh(host, &format!("age -r {recipient} -o twice {sealed}"));
    let again = fs::read(host.path("again")).unwrap();
    let twice = fs::read(host.path("twice")).unwrap();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "cut in its first line",
            cut(10),
            "is not a checkpoint archive",
        ),
        (
            "cut in the header",
            cut(60),
            "truncated: it ends within the header",
        ),
        ("cut in the nonce", cut(header + 3), "truncated"),
        ("cut before the content", cut(header + 16), "truncated"),
        ("cut at a piece", cut(chunk), "truncated"),
        ("cut in the middle", cut(whole.len() / 2), "is "),
        ("cut in the last piece", cut(whole.len() - 1), "is "),
        ("flipped in the header", flip(60), "is "),
        (
            "flipped in its MAC",
            flip(header - 5),
            "the header of its encryption",
        ),
        ("flipped in the nonce", flip(header + 3), "damaged"),
        ("flipped in the content", flip(header + 200), "damaged"),
        ("flipped at the end", flip(whole.len() - 1), "damaged"),
        ("more behind it", [&whole[..], b"more"].concat(), "damaged"),
        (
            "header without end",
            [start.clone(), vec![b'x'; 100 << 20]].concat(),
            "the header of its encryption has more than 64 KiB",
        ),
        (
            "recipients without end",
            [start.clone(), b"-> X25519 a\nb\n".repeat(1 << 20)].concat(),
            "the header of its encryption has more than 256 recipients",
        ),
        (
            "a passphrase's work",
            scrypt.concat(),
            "encrypted with a passphrase",
        ),
        ("tampered inside", again, "damaged"),
        ("encrypted twice", twice, "it is encrypted twice"),
    ];
    let file = host.file("bad.tar");
    for (name, bytes, text) in cases {
        fs::write(&file, bytes).unwrap();
        let done = host.run(&["container", "restore", "-i", &file, "--decrypt-with", &key]);
        assert_eq!(done.code, 125, "{name}: {done}");
        assert_eq!(done.stderr.lines().count(), 1, "{name}: {done}");
        assert!(done.stderr.contains("bad.tar"), "{name}: {done}");
        assert!(done.stderr.contains(text), "{name}: {done}");
        nothing_is_left(host, name);
    }
    thawed(host, &["-i", &sealed, "--decrypt-with", &key]);
}
