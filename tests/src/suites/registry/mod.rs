//! Images and checkpoints through registries: pushed, pulled, thawed on a second host by name.

pub mod interop;
pub mod liar;
pub mod server;

use std::fs;

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Host, IMAGE, command};
use server::{Registry, SecondHost};

pub const TESTS: Tests = tests![
    push_and_pull,
    once when_the_registry_is_asked,
    once behind_tls_and_a_password,
    once thawed_on_a_second_host,
    once the_base_image_by_its_layers,
];

fn digest(host: &Host, image: &str) -> String {
    host.ok(&["image", "inspect", "--format", "{{.Digest}}", image])
}

fn files(directory: &str) -> usize {
    fs::read_dir(directory).map_or(0, |entries| {
        let plain = entries.flatten().filter(|entry| {
            let name = entry.file_name();
            !name.to_string_lossy().starts_with('.')
        });
        plain.count()
    })
}

fn sends(requests: &[String]) -> usize {
    let verbs = ["PUT", "POST", "PATCH"];
    let sent = requests
        .iter()
        .filter(|request| verbs.iter().any(|verb| request.starts_with(verb)));
    sent.count()
}

fn push_and_pull(host: &Host) {
    let registry = Registry::start(host);
    let (first, second) = (registry.name("base:1"), registry.name("other/base:2"));
    let file = host.file("digest");
    host.ok(&["push", "-q", "--digestfile", &file, IMAGE, &first]);
    let made = digest(host, IMAGE);
    assert_eq!(fs::read_to_string(&file).unwrap(), made);
    let again = registry.asked(|| drop(host.ok(&["push", IMAGE, &first])));
    assert_eq!(sends(&again), 0, "{again:?}");
    let second_host = SecondHost::new(host);
    let other = &second_host.host;
    let pulled = other.run(&["pull", &first]);
    assert_eq!(pulled.code, 0, "{pulled}");
    assert!(
        pulled
            .stderr
            .contains(&format!("Trying to pull {first}..."))
    );
    let id = other.ok(&["image", "inspect", "--format", "{{.Id}}", &first]);
    assert_eq!(pulled.stdout.trim(), id);
    assert_eq!(digest(other, &first), made);
    let quiet = other.run(&["image", "pull", "--quiet", &first]);
    assert_eq!((quiet.stderr.as_str(), quiet.stdout.trim()), ("", &*id));
    // To another repository of the registry that has the blobs nothing of them is sent.
    let mounted = registry.asked(|| drop(other.ok(&["push", &first, &second])));
    let sent = |request: &&String| request.starts_with("PUT") && request.contains("/blobs/");
    let configuration = mounted.iter().filter(sent).count();
    assert!(configuration <= 1, "{mounted:?}");
    assert!(
        mounted.iter().any(|one| one.contains("mount=")),
        "{mounted:?}"
    );
    other.ok(&["pull", "-q", &second]);
    assert_eq!(digest(other, &second), made);
    let exact = format!("{}@{made}", registry.name("base"));
    assert_eq!(other.ok(&["pull", "-q", &exact]), id);
    let said = other.ok(&["run", "--rm", &second, "cat", "/etc/motd"]);
    assert_eq!(said, "as in the image");
    other.ok(&["rmi", "-f", &id]);
    let root = second_host.root.display();
    assert_eq!(files(&format!("{root}/images/blobs/sha256")), 0);
    assert_eq!(files(&format!("{root}/layers")), 0);
    other.fails(
        &["pull", &registry.name("none:1")],
        125,
        "reading manifest 1 in localhost:5000/none: manifest unknown",
    );
    other.fails(
        &["pull", "--tls-verify", &first],
        125,
        "http: server gave HTTP response to HTTPS client",
    );
    other.fails(&["pull", "localhost:1/x"], 125, "connection refused");
    other.fails(
        &["pull", "web"],
        125,
        "no unqualified-search registries are defined",
    );
    other.fails(&["push", "none", &first], 125, "image not known");
}

fn when_the_registry_is_asked(host: &Host) {
    let registry = Registry::start(host);
    let name = registry.name("asked:1");
    host.ok(&["push", "-q", IMAGE, &name]);
    let second_host = SecondHost::new(host);
    let other = &second_host.host;
    let never = ["run", "--rm", "--pull", "never", &name, "true"];
    assert!(
        registry
            .asked(|| drop(other.fails(&never, 125, "image not known")))
            .is_empty()
    );
    let missing = |more: &[&str]| {
        let line = [&["run", "--rm"], more, &[name.as_str(), "true"]].concat();
        registry.asked(|| drop(other.ok(&line)))
    };
    assert!(!missing(&[]).is_empty());
    assert!(missing(&[]).is_empty(), "it is here");
    assert!(
        missing(&["--pull", "newer"])
            .iter()
            .all(|one| !one.contains("/blobs/"))
    );
    assert!(!missing(&["--pull=always"]).is_empty());
    let id = other.ok(&[
        "create", "-q", "--pull", "always", "--name", "made", &name, "true",
    ]);
    assert_eq!(other.inspect("made")["Id"], id.as_str());
    drop(registry);
    assert_eq!(
        other
            .run(&[
                "run",
                "--rm",
                "--pull",
                "newer",
                "--tls-verify=false",
                &name,
                "true"
            ])
            .code,
        0
    );
    other.fails(
        &["run", "--rm", "--pull", "always", &name, "true"],
        125,
        "connection refused",
    );
}

fn behind_tls_and_a_password(host: &Host) {
    let registry = Registry::start_closed(host);
    let (name, certs, auth) = (
        registry.name("web:1"),
        host.file("certs/trusted"),
        host.file("auth.json"),
    );
    let with = |words: &[&str]| {
        let common = ["--cert-dir", &certs, "--authfile", &auth];
        let line = [&words[..1], &common, &words[1..]].concat();
        host.run(&line)
    };
    host.fails(&["push", IMAGE, &name], 125, "UnknownIssuer");
    let nobody = with(&["push", IMAGE, &name]);
    assert!(
        nobody
            .stderr
            .contains("unauthorized: authentication required"),
        "{nobody}"
    );
    let login = |password: &str| {
        let mut command = host.engine.command(&[
            "login",
            "--cert-dir",
            &certs,
            "--authfile",
            &auth,
            "-u",
            "me",
            "--password-stdin",
            &registry.host,
        ]);
        command::run(&mut command, password)
    };
    let wrong = login("guess");
    assert_eq!(wrong.code, 125);
    assert!(
        wrong.stderr.contains("invalid username/password"),
        "{wrong}"
    );
    assert!(!host.path("auth.json").exists());
    assert_eq!(login("secret word\n").stdout, "Login Succeeded!\n");
    let known = ["login", "--authfile", &auth, "--get-login", &registry.host];
    assert_eq!(host.ok(&known), "me");
    assert_eq!(with(&["push", IMAGE, &name]).code, 0);
    assert_eq!(with(&["pull", "-q", &name]).code, 0);
    // Podman reads what we wrote.
    let line = ["--authfile", &auth, "--get-login", &registry.host];
    assert_eq!(
        server::tool(&[&["podman", "login"], &line[..]].concat()).trim(),
        "me"
    );
    host.ok(&["logout", "--authfile", &auth, &registry.host]);
    host.fails(
        &["logout", "--authfile", &auth, &registry.host],
        125,
        "not logged into",
    );
    assert_eq!(with(&["pull", "-q", &name]).code, 125);
    let creds = ["pull", "-q", "--creds", "me:secret word", &name];
    assert_eq!(with(&creds).code, 0);
    host.ok(&[
        "pull",
        "-q",
        "--tls-verify=false",
        "--creds",
        "me:secret word",
        &name,
    ]);
    host.ok(&["rmi", &name]);
}

/// Makes a container of an image of the registry, freezes it into an image there, and takes away
/// what the first host has of both.
fn freeze(host: &Host, registry: &Registry, base: &str, frozen: &str) -> (u64, (String, String)) {
    host.ok(&["push", "-q", IMAGE, base]);
    host.ok(&["pull", "-q", base]);
    host.ok(&[
        "run",
        "-d",
        "--name",
        "web",
        "--ip",
        "10.88.7.7",
        base,
        "sh",
        "-c",
        COUNT_ALOUD,
    ]);
    host.wait_for_log("web", "5\n");
    let address = host.address("web");
    host.ok(&["container", "checkpoint", "--create-image", frozen, "web"]);
    host.ok(&["checkpoint", "push", "-q", frozen]);
    let again = registry.asked(|| drop(host.ok(&["push", "-q", frozen])));
    assert_eq!(sends(&again), 0, "{again:?}");
    let last = count(host);
    host.ok(&["rm", "web"]);
    host.ok(&["rmi", frozen]);
    host.ok(&["rmi", base]);
    (last, address)
}

fn count(host: &Host) -> u64 {
    let log = host.log("web");
    log.trim()
        .lines()
        .last()
        .map_or(0, |line| line.parse().unwrap_or(0))
}

fn goes_on(host: &Host, last: u64, address: &(String, String)) {
    let log = host.log("web");
    host.wait_for_more_log("web", &log);
    assert!(count(host) > last, "it begins anew");
    assert_eq!(&host.address("web"), address);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
}

fn thawed_on_a_second_host(host: &Host) {
    let registry = Registry::start(host);
    let (base, frozen) = (registry.name("base:1"), registry.name("web:frozen"));
    let (last, address) = freeze(host, &registry, &base, &frozen);
    host.fails(
        &["checkpoint", "push", IMAGE, &frozen],
        125,
        "image is not a checkpoint",
    );
    host.fails(
        &["checkpoint", "pull", &base],
        125,
        "image is not a checkpoint",
    );
    // The tag means another image by now.
    fs::write(host.path("empty"), "other").unwrap();
    let tar = host.file("other.tar");
    server::tool(&["tar", "-C", &host.file(""), "-cf", &tar, "empty"]);
    host.ok(&["import", "-q", &tar, "moved"]);
    host.ok(&["push", "-q", "moved", &base]);
    host.ok(&["rmi", "moved"]);
    let second_host = SecondHost::new(host);
    let second = &second_host.host;
    let preview = second.ok(&["container", "restore", "--dry-run", &frozen]);
    assert!(
        preview.contains("pull localhost:5000/web@sha256:"),
        "{preview}"
    );
    assert_eq!(second.ok(&["images", "-q"]), "");
    let asked = registry
        .asked(|| drop(second.ok(&["container", "restore", "--tls-verify=false", &frozen])));
    assert!(
        asked
            .iter()
            .any(|one| one.contains("/base/manifests/sha256:")),
        "{asked:?}"
    );
    assert!(
        !asked.iter().any(|one| one.ends_with("/base/manifests/1")),
        "{asked:?}"
    );
    let tags = asked
        .iter()
        .filter(|one| one.ends_with("/web/manifests/frozen"));
    assert_eq!(tags.count(), 1, "{asked:?}");
    goes_on(second, last, &address);
    // All of it is here: nobody is asked.
    let asked = registry.asked(|| drop(second.ok(&["container", "restore", &frozen])));
    assert!(asked.is_empty(), "{asked:?}");
    goes_on(second, last, &address);
    second.fails(
        &["container", "restore", &registry.name("base:1")],
        125,
        "image is not a checkpoint",
    );
    second.fails(
        &["container", "restore", &registry.name("none:1")],
        125,
        "manifest unknown",
    );
    second.ok(&["run", "-d", &frozen]);
    goes_on(second, last, &address);
}

fn the_base_image_by_its_layers(host: &Host) {
    let registry = Registry::start(host);
    let (base, frozen) = (registry.name("base:1"), registry.name("web:frozen"));
    let (last, address) = freeze(host, &registry, &base, &frozen);
    // The same layers in an image with another id, another manifest and another name.
    let layout = host.file("layout");
    server::tool(&[
        "skopeo",
        "copy",
        "-q",
        "--src-tls-verify=false",
        &format!("docker://{base}"),
        &format!("oci:{layout}:other"),
    ]);
    let script = r#"cd "$0"
        blob() { local digest; digest=$(sha256sum new | cut -d' ' -f1); mv new blobs/sha256/$digest; echo $digest; }
        manifest=$(jq -r '.manifests[0].digest[7:]' index.json)
        config=$(jq -r '.config.digest[7:]' blobs/sha256/$manifest)
        jq -c '.author = "another"' blobs/sha256/$config > new
        size=$(stat -c %s new); config=$(blob)
        jq -c ".config.digest = \"sha256:$config\" | .config.size = $size" blobs/sha256/$manifest > new
        size=$(stat -c %s new); manifest=$(blob)
        jq -c ".manifests[0].digest = \"sha256:$manifest\" | .manifests[0].size = $size" index.json > new
        mv new index.json; echo $config"#;
    let id = server::tool(&["bash", "-ec", script, &layout]);
    let second_host = SecondHost::new(host);
    let second = &second_host.host;
    second.ok(&["load", "-q", "-i", &layout]);
    assert_eq!(
        second.ok(&["images", "-q", "--no-trunc"]),
        format!("sha256:{}", id.trim())
    );
    let asked = registry.asked(|| drop(second.ok(&["container", "restore", &frozen])));
    assert!(!asked.iter().any(|one| one.contains("/base/")), "{asked:?}");
    goes_on(second, last, &address);
}
