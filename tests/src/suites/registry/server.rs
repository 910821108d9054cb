//! A real registry (Debian's docker-registry) for as long as a test lasts, and a second host beside
//! the first: another root and run root of the engine.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::harness::{Engine, Host, command, wait};

/// What engines and Podman read of which registries go without TLS.
const SETTINGS: &str = "/etc/containers/registries.conf.d/cryopod-test.conf";
/// `me` and `secret word`.
const HTPASSWD: &str = "me:$2b$04$tSdNm4AV3.wHGK4wUoAxHOCwT8EV4WslSV0fHBvZWK5M..n5GoXcW\n";

/// A registry that is running.
#[derive(Debug)]
pub struct Registry {
    child: Child,
    /// Host and port.
    pub host: String,
    log: PathBuf,
}

impl Registry {
    /// Starts one without TLS, and says so in `registries.conf.d`.
    pub fn start(host: &Host) -> Self {
        Self::start_with(host, 5000, "", true)
    }

    /// Starts one with TLS and a password; the authority's certificate is `ca.crt` of the test.
    pub fn start_closed(host: &Host) -> Self {
        let directory = host.file("certs");
        fs::create_dir_all(&directory).unwrap();
        let script = format!(
            "cd {directory}
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.crt
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout own.key -out own.csr
            printf 'subjectAltName=DNS:localhost\\nbasicConstraints=CA:FALSE\\n' > own.ext
            openssl x509 -req -in own.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile own.ext -out own.crt
            mkdir trusted; cp ca.crt trusted/"
        );
        let made = command::run(Command::new("bash").args(["-ec", &script]), "");
        assert_eq!(made.code, 0, "{made}");
        fs::write(format!("{directory}/htpasswd"), HTPASSWD).unwrap();
        let more = format!(
            "  tls: {{certificate: {directory}/own.crt, key: {directory}/own.key}}\nauth:\n  htpasswd: {{realm: test, path: {directory}/htpasswd}}\n"
        );
        Self::start_with(host, 5443, &more, false)
    }

    fn start_with(host: &Host, port: u16, more: &str, open: bool) -> Self {
        let storage = host.file("registry");
        let configuration = host.file("registry.yml");
        let log = host.path("registry.log");
        let text = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {storage}}}\nhttp:\n  addr: 127.0.0.1:{port}\n{more}"
        );
        fs::write(&configuration, text).unwrap();
        if open {
            let text = format!("[[registry]]\nlocation = \"localhost:{port}\"\ninsecure = true\n");
            fs::create_dir_all("/etc/containers/registries.conf.d").unwrap();
            fs::write(SETTINGS, text).unwrap();
        }
        let out = fs::File::create(&log).unwrap();
        let child = Command::new("docker-registry")
            .args(["serve", &configuration])
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .expect("docker-registry starts");
        wait::until("the registry listens", || {
            TcpStream::connect(("127.0.0.1", port)).ok().map(drop)
        });
        Self {
            child,
            host: format!("localhost:{port}"),
            log,
        }
    }

    /// A name of an image in it.
    pub fn name(&self, rest: &str) -> String {
        format!("{}/{rest}", self.host)
    }

    /// The requests that it had, `VERB /path`.
    pub fn requests(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.log).unwrap();
        let lines = text.lines().filter(|line| line.contains("HTTP/1."));
        let request = |line: &str| Some(line.split('"').nth(1)?.split(" HTTP").next()?.to_owned());
        lines.filter_map(request).collect()
    }

    /// What it was asked while something was done.
    pub fn asked(&self, doing: impl FnOnce()) -> Vec<String> {
        let before = self.requests().len();
        doing();
        self.requests().split_off(before)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(SETTINGS);
    }
}

/// Another host: an engine that shares nothing with the first but the kernel.
#[derive(Debug)]
pub struct SecondHost {
    /// Its engine.
    pub host: Host,
    /// Where its images are.
    pub root: PathBuf,
    _directory: tempfile::TempDir,
}

impl SecondHost {
    /// Its engine, with nothing in it.
    pub fn new(first: &Host) -> Self {
        // Overlays can be mounted there, as in the first one's root.
        fs::create_dir_all("/var/lib/containers").unwrap();
        let directory = tempfile::Builder::new()
            .prefix("second-host-")
            .tempdir_in("/var/lib/containers")
            .unwrap();
        let mut host = Host::new(first.runtime);
        let root = directory.path().join("root");
        let run = host.file("run");
        host.engine = Engine::under_test().with_runtime(first.runtime);
        let globals = ["--root", &root.display().to_string(), "--runroot", &run];
        host.engine.globals.extend(globals.map(str::to_owned));
        Self {
            host,
            root,
            _directory: directory,
        }
    }
}

impl Drop for SecondHost {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.host.engine.remove_all();
        }
    }
}

/// Runs a program of the host.
#[track_caller]
pub fn tool(words: &[&str]) -> String {
    let done = command::run(Command::new(words[0]).args(&words[1..]), "");
    assert_eq!(done.code, 0, "{done}");
    done.stdout
}
