//! Registries that lie: what they serve is not what they promise, has no end, or never comes. All of
//! it is refused by name, and nothing of it stays.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::files;
use crate::harness::{Host, command};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![once lies];

/// What comes back.
#[derive(Debug, Clone)]
enum Answer {
    /// A document or a blob.
    Bytes(Vec<u8>),
    /// With a status and a header.
    With(u16, String, Vec<u8>),
    /// So many bytes are promised, fewer come.
    Cut(usize, Vec<u8>),
    /// Nothing is promised, and it never ends.
    Endless,
    /// Nothing comes.
    Silence,
}

#[derive(Debug)]
struct Liar {
    port: u16,
    stop: Arc<AtomicBool>,
    /// Bytes of answers without an end.
    wasted: Arc<AtomicU64>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Liar {
    fn start(answers: BTreeMap<String, Vec<Answer>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let liar = Self {
            port: listener.local_addr().unwrap().port(),
            stop: Arc::default(),
            wasted: Arc::default(),
            asked: Arc::default(),
        };
        let (stop, wasted, asked) = (liar.stop.clone(), liar.wasted.clone(), liar.asked.clone());
        let answers = Arc::new(Mutex::new(answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (stop, wasted, asked) = (stop.clone(), wasted.clone(), asked.clone());
                let answers = answers.clone();
                std::thread::spawn(move || {
                    let answer = |path: &str| {
                        asked.lock().unwrap().push(path.to_owned());
                        let mut answers = answers.lock().unwrap();
                        let of_path = answers.get_mut(path)?;
                        // The last is given again and again.
                        Some(if of_path.len() > 1 {
                            of_path.remove(0)
                        } else {
                            of_path[0].clone()
                        })
                    };
                    let _ = serve(stream, &answer, &stop, &wasted);
                });
            }
        });
        liar
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&str) -> Option<Answer>,
    stop: &AtomicBool,
    wasted: &AtomicU64,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let send = |stream: &mut TcpStream, status: u16, header: &str, length: usize, body: &[u8]| {
        write!(
            stream,
            "HTTP/1.1 {status} x\r\n{header}Content-Length: {length}\r\nConnection: close\r\n\r\n"
        )?;
        stream.write_all(body)
    };
    match answer(path) {
        None if path == "/v2/" => send(&mut stream, 200, "", 2, b"{}"),
        None => send(&mut stream, 404, "", 0, b""),
        Some(Answer::Bytes(bytes)) => send(&mut stream, 200, "", bytes.len(), &bytes),
        Some(Answer::With(status, header, bytes)) => {
            send(&mut stream, status, &header, bytes.len(), &bytes)
        }
        Some(Answer::Cut(promised, bytes)) => send(&mut stream, 200, "", promised, &bytes),
        Some(Answer::Endless) => {
            write!(stream, "HTTP/1.1 200 x\r\nConnection: close\r\n\r\n")?;
            let piece = vec![b' '; 64 << 10];
            while !stop.load(Ordering::Relaxed) {
                stream.write_all(&piece)?;
                wasted.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
            Ok(())
        }
        Some(Answer::Silence) => {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }
    }
}

fn digest(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).expect("test blobs are text");
    let done = command::run(&mut Command::new("sha256sum"), text);
    format!("sha256:{}", &done.stdout[..64])
}

/// What one image is made of, ready to be falsified.
struct Made {
    layer: Vec<u8>,
    config: Value,
    manifest: Value,
}

impl Made {
    fn new() -> Self {
        let layer = vec![0; 10240];
        let config = json!({"architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest(&layer)]}});
        let descriptor = |bytes: &[u8], kind: &str| json!({"mediaType": kind, "digest": digest(bytes), "size": bytes.len()});
        let manifest = json!({"schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor(config.to_string().as_bytes(), "application/vnd.oci.image.config.v1+json"),
            "layers": [descriptor(&layer, "application/vnd.oci.image.layer.v1.tar")]});
        Self {
            layer,
            config,
            manifest,
        }
    }

    fn layer_digest(&self) -> String {
        digest(&self.layer)
    }
}

/// Cases by name of the repository: what it serves, and the words of the refusal.
struct Cases {
    answers: BTreeMap<String, Vec<Answer>>,
    expected: Vec<(String, &'static str)>,
}

impl Cases {
    fn path(name: &str, rest: &str) -> String {
        format!("/v2/{name}/{rest}")
    }

    /// An image that is right but for what `change` does to it, with its blobs.
    fn image(&mut self, name: &str, words: &'static str, change: impl FnOnce(&mut Made)) {
        let mut made = Made::new();
        change(&mut made);
        let config = made.config.to_string().into_bytes();
        if made.manifest["config"]["digest"] != "kept" {
            made.manifest["config"]["digest"] = digest(&config).into();
            if made.manifest["config"]["size"].as_u64() < Some(1 << 20) {
                made.manifest["config"]["size"] = config.len().into();
            }
        }
        let manifest = made.manifest.to_string().into_bytes();
        self.put(name, "manifests/1", Answer::Bytes(manifest));
        self.put(
            name,
            &format!("blobs/{}", digest(&config)),
            Answer::Bytes(config),
        );
        let layer = Made::new().layer;
        self.put(
            name,
            &format!("blobs/{}", digest(&layer)),
            Answer::Bytes(layer),
        );
        self.expected.push((name.to_owned(), words));
    }

    fn put(&mut self, name: &str, rest: &str, answer: Answer) {
        self.answers.insert(Self::path(name, rest), vec![answer]);
    }

    /// The layer of such an image is served otherwise.
    fn layer(&mut self, name: &str, words: &'static str, answer: Answer) {
        self.image(name, words, |_| ());
        let rest = format!("blobs/{}", Made::new().layer_digest());
        self.put(name, &rest, answer);
    }

    /// The manifest is served otherwise.
    fn manifest(&mut self, name: &str, words: &'static str, answer: Answer) {
        self.image(name, words, |_| ());
        self.put(name, "manifests/1", answer);
    }
}

fn cases() -> Cases {
    let mut cases = Cases {
        answers: BTreeMap::new(),
        expected: Vec::new(),
    };
    let size = Made::new().layer.len();
    cases.layer("wrong", "digest mismatch", Answer::Bytes(vec![1; size]));
    cases.layer(
        "short",
        "but its descriptor says",
        Answer::Bytes(vec![0; size - 1]),
    );
    cases.layer(
        "long",
        "but its descriptor says",
        Answer::Bytes(vec![0; size + 1]),
    );
    cases.layer("endless-blob", "it goes on after", Answer::Endless);
    cases.layer("cut", "reading blob", Answer::Cut(size, vec![0; 100]));
    cases.layer(
        "circle",
        "redirect",
        Answer::With(
            307,
            format!(
                "Location: /v2/circle/blobs/{}\r\n",
                Made::new().layer_digest()
            ),
            Vec::new(),
        ),
    );
    cases.layer(
        "gone",
        "manifest unknown",
        Answer::With(404, String::new(), Vec::new()),
    );
    cases.manifest("huge", "is larger than 4194304 bytes", Answer::Endless);
    cases.manifest(
        "promised",
        "is larger than 4194304 bytes",
        Answer::Cut(100 << 20, vec![b' '; 10]),
    );
    cases.manifest(
        "header",
        "digest mismatch",
        Answer::With(
            200,
            format!("Docker-Content-Digest: {}\r\n", digest(b"x")),
            Made::new().manifest.to_string().into_bytes(),
        ),
    );
    cases.manifest("no-manifest", "1: ", Answer::Bytes(b"<html>".to_vec()));
    cases.manifest(
        "old",
        "unsupported schema version 1",
        Answer::Bytes(br#"{"schemaVersion":1}"#.to_vec()),
    );
    let escape = r#"{"errors":[{"code":"DENIED","message":"\u001b[2Jno\nno"}]}"#;
    cases.manifest(
        "denied",
        r"denied: \u{1b}[2Jno\nno",
        Answer::With(403, String::new(), escape.as_bytes().to_vec()),
    );
    cases.manifest(
        "asks-again",
        "unauthorized",
        Answer::With(
            401,
            "WWW-Authenticate: Basic realm=\"x\"\r\n".into(),
            Vec::new(),
        ),
    );
    cases.image("large-config", "is larger than 4194304 bytes", |made| {
        made.manifest["config"]["size"] = json!(5 << 20);
    });
    cases.image("elsewhere", "from elsewhere", |made| {
        made.manifest["layers"][0]["urls"] = json!(["http://127.0.0.1:1/"]);
    });
    cases.image("foreign", "not to be distributed", |made| {
        made.manifest["layers"][0]["mediaType"] =
            json!("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
    });
    cases.image("strange", "a type that is not understood", |made| {
        made.manifest["layers"][0]["mediaType"] = json!("application/x");
    });
    cases.image(
        "diff-id",
        "another content than its configuration says",
        |made| made.config["rootfs"]["diff_ids"] = json!([digest(b"x")]),
    );
    cases.image("numbers", "but its configuration lists 2", |made| {
        made.config["rootfs"]["diff_ids"] = json!([digest(b"x"), digest(b"y")]);
    });
    cases.image("twice", "with two sizes", |made| {
        let mut layer = made.manifest["layers"][0].clone();
        layer["size"] = json!(1);
        made.manifest["layers"].as_array_mut().unwrap().push(layer);
    });
    cases.image("too-much", "there is room for", |made| {
        made.manifest["layers"][0]["size"] = json!(1_u64 << 60);
    });
    cases.image("traversal", "invalid digest", |made| {
        made.manifest["layers"][0]["digest"] = json!("sha256:../../../etc/passwd");
    });
    indexes(&mut cases);
    cases
}

fn indexes(cases: &mut Cases) {
    let index = |digest: &str| {
        json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{"mediaType": "application/vnd.oci.image.index.v1+json", "digest": digest}]})
        .to_string()
        .into_bytes()
    };
    // Served again under the digest that it lists.
    let own = index(&digest(b"itself"));
    cases.manifest("itself", "digest mismatch", Answer::Bytes(own.clone()));
    cases.put(
        "itself",
        &format!("manifests/{}", digest(b"itself")),
        Answer::Bytes(own),
    );
    let mut inner = index(&digest(b"none"));
    for _ in 0..5 {
        let named = digest(&inner);
        cases.put(
            "deep",
            &format!("manifests/{named}"),
            Answer::Bytes(inner.clone()),
        );
        inner = index(&named);
    }
    cases.manifest("deep", "indexes lie in one another", Answer::Bytes(inner));
    let other = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{"digest": digest(b"x"), "platform": {"os": "linux", "architecture": "other"}}]});
    cases.manifest(
        "platform",
        "no image found in image index",
        Answer::Bytes(other.to_string().into_bytes()),
    );
}

fn lies(host: &Host) {
    let before = (
        files(super::super::checkpoint_images::BLOBS),
        files("/var/lib/cryopod/layers"),
    );
    let mut cases = cases();
    cases.image("silent", "the registry is silent", |_| ());
    cases.put("silent", "manifests/1", Answer::Silence);
    cases.layer("silent-blob", "the registry is silent", Answer::Silence);
    // What a tag names is asked once, whatever it names afterwards.
    cases.image("moved", "", |_| ());
    let first = cases.answers[&Cases::path("moved", "manifests/1")][0].clone();
    let second = Answer::Bytes(br#"{"schemaVersion":1}"#.to_vec());
    cases
        .answers
        .insert(Cases::path("moved", "manifests/1"), vec![first, second]);
    let liar = Liar::start(cases.answers);
    let name = |repository: &str| format!("localhost:{}/{repository}:1", liar.port);
    let pull = |repository: &str| {
        let name = name(repository);
        let mut command = host.engine.command(&["pull", "--tls-verify=false", &name]);
        command::run(&mut command, "")
    };
    std::thread::scope(|scope| {
        let silent = ["silent", "silent-blob"].map(|repository| {
            scope.spawn(move || {
                let start = Instant::now();
                (pull(repository), start.elapsed())
            })
        });
        for (repository, words) in &cases.expected {
            if repository.starts_with("silent") || repository == "moved" {
                continue;
            }
            let done = pull(repository);
            assert_eq!(done.code, 125, "{repository}: {done}");
            assert!(done.stderr.contains(words), "{repository}, {words}: {done}");
            let name = format!("localhost:{}/{repository}", liar.port);
            assert!(done.stderr.contains(&name), "it is not named: {done}");
        }
        for thread in silent {
            let (done, took) = thread.join().unwrap();
            assert_eq!(done.code, 125, "{done}");
            assert!(done.stderr.contains("the registry is silent"), "{done}");
            assert!(took < Duration::from_secs(80), "{took:?}");
        }
    });
    let wasted = liar.wasted.load(Ordering::Relaxed);
    assert!(wasted < 40 << 20, "it read on and on: {wasted}");
    host.ok(&["pull", "-q", "--tls-verify=false", &name("moved")]);
    let asked = liar.asked.lock().unwrap().clone();
    let tags = asked.iter().filter(|path| *path == "/v2/moved/manifests/1");
    assert_eq!(tags.count(), 1);
    host.ok(&["rmi", &name("moved")]);
    // What was brought while another pull was waiting goes with the first removal.
    let after = (
        files(super::super::checkpoint_images::BLOBS),
        files("/var/lib/cryopod/layers"),
    );
    assert_eq!(after, before, "something stays");
}
