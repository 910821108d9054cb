//! Signed as minisign does.

use std::fs;
use std::process::Command;

use super::{freeze, sh, signing_key, start_web, thawed};
use crate::harness::{Host, command};
use crate::suites::interop::Podman;
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![once signed_there_and_back, once locked_keys];
pub const INTEROP: Tests = tests![runc podman_thaws_a_signed_one];

fn signed_there_and_back(host: &Host) {
    let (secret, public) = signing_key(host, "mine");
    let (_, stranger) = signing_key(host, "stranger");
    start_web(host);
    let id = host.inspect("web")["Id"].as_str().unwrap().to_owned();
    let signed = freeze(host, "web.tar", &["--sign-by", &secret]);
    let image = ["container", "checkpoint", "--sign-by", &secret];
    host.ok(&[&image[..], &["--create-image", "frozen", "web"]].concat());
    host.ok(&["rm", "web"]);

    sh(
        host,
        &format!("tar --zstd -xf {signed} cryopod.sums cryopod.sig"),
    );
    let comment = sh(
        host,
        &format!("minisign -V -Q -m cryopod.sums -x cryopod.sig -p {public}"),
    );
    assert!(
        comment.starts_with(&format!("container={id} name=web time=20")),
        "{comment}"
    );

    let key = fs::read_to_string(&public).unwrap();
    let key = key.lines().nth(1).unwrap();
    for source in [&signed, "frozen"] {
        let done = host.ok(&["checkpoint", "verify", "--verify-with", key, source]);
        assert!(
            done.contains("signed by key") && done.contains(&id),
            "{done}"
        );
        let done = host.ok(&["checkpoint", "verify", source]);
        assert!(done.contains("which is not known here"), "{done}");
        host.fails(
            &["checkpoint", "verify", "--verify-with", &stranger, source],
            125,
            "which is none of those of --verify-with",
        );
    }
    let text = host.ok(&[
        "checkpoint",
        "verify",
        "--json",
        "--verify-with",
        key,
        &signed,
    ]);
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found[0]["SignatureChecked"], true, "{text}");
    host.fails(
        &["checkpoint", "verify", "--require-signature", &signed],
        125,
        "--require-signature: no key is known here",
    );
    let text = host.ok(&["checkpoint", "show", &signed]);
    assert!(
        text.contains("not checked") && text.contains("name=web"),
        "{text}"
    );
    thawed(host, &["--verify-with", key, "frozen"]);
    thawed(host, &["-i", &signed, "--verify-with", &public]);
    thawed(host, &["-i", &signed]);
    super::refused(
        host,
        &["-i", &signed, "--verify-with", &stranger],
        "which is none of those of --verify-with",
    );
    super::refused(
        host,
        &["-i", &signed, "--require-signature"],
        "--require-signature: no key is known here",
    );
    host.ok(&["rmi", "frozen"]);
}

fn podman_thaws_a_signed_one(host: &Host) {
    let podman = Podman::set_up(host.runtime);
    let (secret, _) = signing_key(host, "mine");
    start_web(host);
    let signed = freeze(host, "web.tar", &["--sign-by", &secret]);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    podman.0.ok(&["container", "restore", "-i", &signed]);
    assert_eq!(podman.0.ok(&["exec", "web", "cat", "/data/file"]), "kept");
}

fn locked_keys(host: &Host) {
    let (open, public) = signing_key(host, "open");
    let secret = host.file("locked.sec");
    let mut python = Command::new("python3");
    python.args(["-c", include_str!("lock.py"), &open, &secret, "secret"]);
    let done = command::run(&mut python, "");
    assert_eq!(done.code, 0, "{done}");
    // It is one for minisign too.
    sh(
        host,
        &format!(
            "echo x > x; echo secret | minisign -S -s {secret} -m x >/dev/null; minisign -V -q -p {public} -m x"
        ),
    );
    let (right, wrong) = (host.file("right"), host.file("wrong"));
    fs::write(&right, "secret\n").unwrap();
    fs::write(&wrong, "terces\n").unwrap();
    start_web(host);
    let archive = host.file("web.tar");
    let sign = [
        "container",
        "checkpoint",
        "-e",
        &archive,
        "--sign-by",
        &secret,
    ];
    host.fails(
        &[&sign[..], &["web"]].concat(),
        125,
        "--sign-passphrase-file",
    );
    let with = |file: &str| {
        [&sign[..], &["--sign-passphrase-file", file, "web"]]
            .concat()
            .join(" ")
    };
    let words = with(&wrong);
    let words: Vec<&str> = words.split(' ').collect();
    host.fails(&words, 125, "wrong password");
    assert!(!fs::exists(&archive).unwrap());
    let words = with(&right);
    let words: Vec<&str> = words.split(' ').collect();
    host.ok(&words);
    host.ok(&["rm", "web"]);
    thawed(host, &["-i", &archive, "--verify-with", &public]);
}
