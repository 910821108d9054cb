//! A host that thaws nothing without a signature.

use std::fs;
use std::path::Path;

use super::{age_key, freeze, nothing_is_left, refused, sh, signing_key, start_web, thawed};
use crate::harness::Host;
use crate::suites::hostile::tape::{self, Member};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![once nothing_else_is_thawed, once what_is_not_as_signed];

const POLICY: &str = "/etc/cryopod/policy.toml";

/// The policy of the host, while a test needs it.
struct Policy;

impl Policy {
    fn set(text: &str) -> Self {
        fs::create_dir_all("/etc/cryopod").unwrap();
        fs::write(POLICY, text).unwrap();
        Self
    }

    fn requiring(public: &str, more: &str) -> Self {
        Self::set(&format!(
            "[thaw]\nrequire = \"signature\"\nkeys = [\"{public}\"]\n{more}\n"
        ))
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        let _ = fs::remove_file(POLICY);
    }
}

fn nothing_else_is_thawed(host: &Host) {
    let ((secret, public), (strange, _)) = (signing_key(host, "mine"), signing_key(host, "other"));
    let (key, recipient) = age_key(host, "mine");
    start_web(host);
    let both = ["--sign-by", &secret, "--encrypt-to", &recipient];
    let signed = freeze(host, "signed.tar", &both);
    let by_other = freeze(host, "other.tar", &["--sign-by", &strange]);
    let unsigned = freeze(host, "unsigned.tar", &[]);
    let images = host.file("images");
    let (named, policy) = (host.file("named"), Policy::requiring(&public, ""));
    fs::create_dir(&images).unwrap();
    let checkpoint = ["container", "checkpoint", "-R"];
    host.ok(&[&checkpoint[..], &["--create-image", "frozen", "web"]].concat());
    host.ok(&[&checkpoint[..], &["--image-path", &images, "web"]].concat());
    host.ok(&["checkpoint", "create", "-R", "web", "one"]);
    let create = ["checkpoint", "create", "--checkpoint-dir", &named];
    host.ok(&[&create[..], &["web", "two"]].concat());

    // Its own checkpoints never left the host's directories; others are no archives, and not signed.
    host.fails(
        &[
            "start",
            "--checkpoint",
            "two",
            "--checkpoint-dir",
            &named,
            "web",
        ],
        125,
        "a directory has no signature, and /etc/cryopod/policy.toml requires one",
    );
    host.fails(
        &["container", "restore", "--image-path", &images, "web"],
        125,
        "a directory has no signature",
    );
    host.ok(&["start", "--checkpoint", "one", "web"]);
    host.ok(&["container", "checkpoint", "web"]);
    host.ok(&["container", "restore", "web"]);
    host.ok(&["rm", "-f", "-t", "0", "web"]);

    let words = "it is not signed, and /etc/cryopod/policy.toml requires a signature";
    refused(
        host,
        &["-i", &unsigned],
        &format!("{unsigned} refused: {words}"),
    );
    refused(host, &["frozen"], words);
    let other = "which is none of those of /etc/cryopod/policy.toml";
    refused(host, &["-i", &by_other], other);
    // The command line can ask for more, not for less.
    let other_key = host.file("other.pub");
    refused(host, &["-i", &by_other, "--verify-with", &other_key], other);
    let sealed = ["-i", &signed, "--decrypt-with", &key];
    thawed(host, &sealed);
    let text = host.ok(&[&["container", "restore", "--dry-run"], &sealed[..]].concat());
    assert!(text.contains("it is signed by key"), "{text}");
    let done = host.fails(
        &["container", "restore", "--dry-run", "-i", &unsigned],
        125,
        "",
    );
    assert!(done.stdout.contains(words), "{done}");
    host.fails(&["checkpoint", "verify", &unsigned], 125, words);

    // What only root can change, in a place that the policy names.
    let trusted = Path::new("/srv/cryopod-trusted");
    fs::create_dir_all(trusted).unwrap();
    let copy = trusted.join("web.tar").display().to_string();
    fs::copy(&unsigned, &copy).unwrap();
    refused(host, &["-i", &copy], words);
    let trusting = Policy::requiring(&public, "trusted = [\"/srv/cryopod-trusted\"]");
    thawed(host, &["-i", &copy]);
    sh(host, &format!("chmod o+w {copy}"));
    refused(host, &["-i", &copy], words);
    fs::remove_dir_all(trusted).unwrap();
    drop(trusting);
    for broken in [
        "[thaw",
        "[thaw]\nrequire = \"signature\"\n",
        "[thaw]\nrequired = 1\n",
    ] {
        let _policy = Policy::set(broken);
        let words = "nothing is thawed: the policy /etc/cryopod/policy.toml can't be used";
        refused(host, &sealed, words);
    }
    drop(policy);
    thawed(host, &["-i", &unsigned]);
    host.ok(&["rmi", "frozen"]);
}

fn what_is_not_as_signed(host: &Host) {
    let ((secret, public), (strange, _)) = (signing_key(host, "mine"), signing_key(host, "other"));
    start_web(host);
    let options = ["-c", "none", "--sign-by", &secret];
    let honest = freeze(host, "signed.tar", &options);
    let another = freeze(host, "another.tar", &options);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    let honest = tape::members(&fs::read(honest).unwrap());
    let another = tape::members(&fs::read(another).unwrap());
    let with = |change: &dyn Fn(&mut Vec<Member>)| {
        let mut members = honest.clone();
        change(&mut members);
        tape::tar(&members)
    };
    let at = |members: &[Member], name: &str| {
        let mut names = members.iter();
        names
            .position(|member| member.name == name.as_bytes())
            .unwrap()
    };
    let (sums, end) = (honest.len() - 2, honest.len());
    assert_eq!(honest[sums].name, b"cryopod.sums");
    fs::write(host.path("sums"), &honest[sums].data).unwrap();
    sh(
        host,
        &format!("minisign -S -s {strange} -m sums -x sig >/dev/null"),
    );
    let stranger = fs::read(host.path("sig")).unwrap();
    let text = String::from_utf8(honest[sums].data.clone()).unwrap();
    let rest: String = text
        .split_inclusive('\n')
        .filter(|line| !line.ends_with("  ctr.log\n"))
        .collect();
    let without = |members: &mut Vec<Member>, name: &str| {
        let place = at(members, name);
        members.remove(place);
    };
    let insert = |place: usize, member: Member| {
        with(&move |members: &mut Vec<Member>| members.insert(place, member.clone()))
    };
    let directory = || tape::of_type("pre-checkpoint/", b'5');
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "signature of another",
            with(&|members| members[end - 1] = another.last().unwrap().clone()),
            "is wrong, and /etc/cryopod/policy.toml requires a right one",
        ),
        (
            "signature of a stranger",
            with(&|members| members[end - 1].data.clone_from(&stranger)),
            "which is none of those of /etc/cryopod/policy.toml",
        ),
        (
            "content and sums changed",
            with(&|members| {
                members[sums].data = rest.clone().into_bytes();
                without(members, "ctr.log");
            }),
            "is wrong, and /etc/cryopod/policy.toml requires",
        ),
        (
            "content changed",
            with(&|members| {
                let place = at(members, "ctr.log");
                members[place].data[0] ^= 1;
            }),
            "it is not what was signed: ctr.log is not what was written",
        ),
        (
            "description changed",
            with(&|members| {
                let place = at(members, "config.dump");
                members[place].data.push(b' ');
            }),
            "it is not what was signed: config.dump is not",
        ),
        (
            "member added",
            insert(sums, tape::file("volumes/x.tar", "x")),
            "it is not what was signed: volumes/x.tar was added later",
        ),
        (
            "directory added",
            insert(sums, directory()),
            "it is not what was signed: pre-checkpoint/ was added later",
        ),
        (
            "link added",
            insert(
                sums,
                tape::link(b'2', "checkpoint/parent", "../pre-checkpoint"),
            ),
            "was added later",
        ),
        (
            "member removed",
            with(&|members| without(members, "ctr.log")),
            "it is not what was signed: ctr.log is missing",
        ),
        (
            "directory removed",
            with(&|members| without(members, "artifacts/")),
            "it is not what was signed: artifacts/ is missing",
        ),
        (
            "manifest removed",
            with(&|members| drop(members.remove(0))),
            "is of an archive with a manifest",
        ),
        (
            "signature removed",
            with(&|members| drop(members.pop())),
            "it is not signed, and /etc/cryopod/policy.toml requires a signature",
        ),
        (
            "sums and signature removed",
            with(&|members| members.truncate(end - 2)),
            "cryopod.sums, is missing",
        ),
        (
            "all of ours removed",
            with(&|members| {
                members.truncate(end - 2);
                members.remove(0);
            }),
            "it is not signed, and",
        ),
        (
            "member between",
            insert(end - 1, tape::file("x", "x")),
            "is in the wrong place",
        ),
        (
            "member behind",
            insert(end, tape::file("x", "x")),
            "is in the wrong place",
        ),
        (
            "signature first",
            with(&|members| {
                let signature = members.pop().unwrap();
                members.insert(1, signature);
            }),
            "is in the wrong place",
        ),
        (
            "signature twice",
            with(&|members| members.push(members[end - 1].clone())),
            "is there twice",
        ),
        (
            "no signature",
            with(&|members| members[end - 1].data = b"untrusted comment: x\nRW\n".to_vec()),
            "cryopod.sig can't be read",
        ),
        (
            "giant signature",
            with(&|members| members[end - 1].data = vec![b'x'; 1 << 20]),
            "more than the 8192 allowed",
        ),
        (
            "something behind the end",
            [tape::tar(&honest), vec![7; 4096]].concat(),
            "was added later",
        ),
    ];
    let _policy = Policy::requiring(&public, "");
    let file = host.file("bad.tar");
    for (name, bytes, text) in cases {
        fs::write(&file, bytes).unwrap();
        let done = host.run(&["container", "restore", "-i", &file]);
        assert_eq!(done.code, 125, "{name}: {done}");
        assert_eq!(done.stderr.lines().count(), 1, "{name}: {done}");
        assert!(done.stderr.contains("bad.tar"), "{name}: {done}");
        assert!(done.stderr.contains(text), "{name}: {done}");
        nothing_is_left(host, name);
    }
    fs::write(&file, tape::tar(&honest)).unwrap();
    thawed(host, &["-i", &file]);
}
