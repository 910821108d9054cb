//! What every end-to-end test stands on: the engine under test, its containers, and the proof that
//! nothing of a test stays on the host.

pub mod command;
pub mod image;
pub mod leak;
pub mod pace;
pub mod wait;

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

pub use command::Finished;
pub use image::{IMAGE, ONLY_IN_IMAGE, PROGRAMS};

/// A container engine's command: the one under test, or a peer.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Path or name of the program.
    pub program: String,
    /// Options before the verb.
    pub globals: Vec<String>,
}

/// An engine with one OCI runtime in a host, and a directory for the files of one test.
#[derive(Debug)]
pub struct Host {
    /// The engine under test.
    pub engine: Engine,
    /// `crun` or `runc`.
    pub runtime: &'static str,
    directory: tempfile::TempDir,
}

impl Engine {
    /// The engine that `ENGINE_UNDER_TEST` names, else the `cryopod` beside the test binary.
    pub fn under_test() -> Self {
        let beside = || {
            let own = std::env::current_exe().ok()?;
            Some(own.with_file_name("cryopod").to_string_lossy().into_owned())
        };
        let program = std::env::var("ENGINE_UNDER_TEST")
            .ok()
            .or_else(beside)
            .unwrap_or_else(|| "cryopod".to_owned());
        Self {
            program,
            globals: Vec::new(),
        }
    }

    /// Real Podman.
    pub fn podman() -> Self {
        Self {
            program: "podman".to_owned(),
            globals: Vec::new(),
        }
    }

    /// The engine with a runtime chosen.
    #[must_use]
    pub fn with_runtime(mut self, runtime: &str) -> Self {
        self.globals
            .extend(["--runtime".to_owned(), runtime.to_owned()]);
        self
    }

    /// True when real Podman is under test, to prove the tests themselves.
    pub fn is_podman(&self) -> bool {
        self.program.ends_with("podman")
    }

    /// The command for the given words.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.globals).args(words);
        command
    }

    /// Runs it to its end.
    pub fn run(&self, words: &[&str]) -> Finished {
        command::run(&mut self.command(words), "")
    }

    /// Runs it and returns its output without the last line break.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    pub fn ok(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.code, 0, "{done}");
        done.stdout.trim_end().to_owned()
    }

    /// Runs it, expecting the given exit status and text in what it says.
    ///
    /// # Panics
    /// When it ends or speaks otherwise.
    #[track_caller]
    pub fn fails(&self, words: &[&str], code: i32, text: &str) -> Finished {
        let done = self.run(words);
        assert_eq!(done.code, code, "{done}");
        assert!(done.stderr.contains(text), "no {text:?} in: {done}");
        done
    }

    /// Removes every container, whatever state it is in, with its anonymous volumes.
    pub fn remove_all(&self) {
        let all = self.run(&["ps", "-aq"]);
        for id in all.stdout.split_whitespace() {
            let done = self.run(&["rm", "-f", "-v", "-t", "0", id]);
            if done.stderr.contains("is the infra container of pod") {
                // With all that is in it, and in other pods.
                self.ok(&["pod", "rm", "-f", "-a", "-t", "0"]);
                return self.remove_all();
            }
            assert_eq!(done.code, 0, "{done}");
        }
    }
}

impl Host {
    /// The engine under test with the given runtime.
    ///
    /// # Panics
    /// When there is no room for a directory.
    pub fn new(runtime: &'static str) -> Self {
        // On a disk: a tmpfs has another behaviour where it matters (holes, free space, fsync).
        let directory = tempfile::Builder::new()
            .prefix("cr-test-")
            .tempdir_in("/var/tmp")
            .expect("a directory for the test");
        Self {
            engine: Engine::under_test().with_runtime(runtime),
            runtime,
            directory,
        }
    }

    /// The path of a file of this test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// As [`Host::path`], as text for a command line.
    pub fn file(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// As [`Engine::run`].
    pub fn run(&self, words: &[&str]) -> Finished {
        self.engine.run(words)
    }

    /// As [`Engine::ok`].
    #[track_caller]
    pub fn ok(&self, words: &[&str]) -> String {
        self.engine.ok(words)
    }

    /// As [`Engine::fails`].
    #[track_caller]
    pub fn fails(&self, words: &[&str], code: i32, text: &str) -> Finished {
        self.engine.fails(words, code, text)
    }

    /// Starts a detached container of the test image and returns its id.
    #[track_caller]
    pub fn start(&self, name: &str, options: &[&str], words: &[&str]) -> String {
        let line = [&["run", "-d", "--name", name], options, &[IMAGE], words].concat();
        self.ok(&line)
    }

    /// Starts a shell script in a container.
    #[track_caller]
    pub fn start_shell(&self, name: &str, options: &[&str], script: &str) -> String {
        self.start(name, options, &["sh", "-c", script])
    }

    /// Runs a shell script in a running container and returns its output.
    #[track_caller]
    pub fn shell(&self, name: &str, script: &str) -> String {
        self.ok(&["exec", name, "sh", "-c", script])
    }

    /// The container's log, standard output and error.
    #[track_caller]
    pub fn log(&self, name: &str) -> String {
        let done = self.run(&["logs", name]);
        assert_eq!(done.code, 0, "{done}");
        done.stdout + &done.stderr
    }

    /// The one object that `inspect` prints.
    #[track_caller]
    pub fn inspect(&self, name: &str) -> Value {
        let text = self.ok(&["inspect", name]);
        let value: Value = serde_json::from_str(&text).expect("inspect prints JSON");
        value.get(0).cloned().expect("inspect prints a list")
    }

    /// The state's word: `running`, `exited` …
    #[track_caller]
    pub fn status(&self, name: &str) -> String {
        self.inspect(name)["State"]["Status"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    }

    /// The container's first process, as the host numbers it.
    #[track_caller]
    pub fn pid(&self, name: &str) -> i64 {
        self.inspect(name)["State"]["Pid"].as_i64().unwrap_or(0)
    }

    /// Address and MAC on the default network.
    #[track_caller]
    pub fn address(&self, name: &str) -> (String, String) {
        let network = &self.inspect(name)["NetworkSettings"]["Networks"]["podman"];
        let text = |key: &str| network[key].as_str().unwrap_or("").to_owned();
        (text("IPAddress"), text("MacAddress"))
    }

    /// Waits until the log holds the text and returns the log.
    #[track_caller]
    pub fn wait_for_log(&self, name: &str, text: &str) -> String {
        let soon = wait::limit(wait::SOON);
        let there = wait::try_until(soon, || {
            Some(self.log(name)).filter(|log| log.contains(text))
        });
        there.unwrap_or_else(|| {
            let log = self.log(name);
            panic!(
                "{text:?} did not come into the log of {name}, which ends with {:?}",
                tail(&log)
            )
        })
    }

    /// Waits until the log is longer than it was and returns it.
    #[track_caller]
    pub fn wait_for_more_log(&self, name: &str, before: &str) -> String {
        wait::until(
            &format!("more in the log of {name} than {:?}", tail(before)),
            || Some(self.log(name)).filter(|log| log.len() > before.len()),
        )
    }

    /// Waits until the container is in the state.
    #[track_caller]
    pub fn wait_for_status(&self, name: &str, status: &str) {
        wait::until(&format!("{name} is {status}"), || {
            (self.status(name) == status).then_some(())
        });
    }

    /// True when the name is known to the engine.
    pub fn exists(&self, name: &str) -> bool {
        self.run(&["container", "inspect", name]).code == 0
    }

    /// Starts the command without waiting for it.
    ///
    /// # Panics
    /// When it can't be started.
    pub fn spawn(&self, words: &[&str]) -> Child {
        self.engine
            .command(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the engine starts")
    }
}

/// Asks the web workload once; the answer's body, or none.
pub fn ask_web(address: &str, port: u16) -> Option<String> {
    let address: IpAddr = address.parse().ok()?;
    let limit = Duration::from_secs(2);
    let mut stream = TcpStream::connect_timeout(&SocketAddr::new(address, port), limit).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer.split_once("\r\n\r\n")?.1.trim().to_owned())
}

/// The number after `key=` in a line.
pub fn value(line: &str, key: &str) -> Option<u64> {
    line.split_whitespace()
        .find_map(|word| word.strip_prefix(key)?.strip_prefix('=')?.parse().ok())
}

/// The last 300 characters, for messages.
pub fn tail(text: &str) -> &str {
    let start = text.len().saturating_sub(300);
    text.get(start..).unwrap_or(text)
}

/// True when the file is there.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Imports the test image and runs one container of it, so that what an engine makes once for all
/// (databases, chains, parent cgroups) is there before the first test looks around.
///
/// # Panics
/// When the image can't be imported.
pub fn prepare(engine: &Engine, archive: &Path) {
    engine.ok(&["import", &archive.display().to_string(), IMAGE]);
    engine.ok(&["network", "create", "first"]);
    engine.ok(&["network", "rm", "first"]);
    for runtime in ["crun", "runc"] {
        let done = engine
            .clone()
            .with_runtime(runtime)
            .run(&["run", "--rm", IMAGE, "true"]);
        if done.code != 0 {
            eprintln!("warning: the first container failed: {done}");
        }
    }
}

/// Gives the test image of one engine to another, so that both know it by the same id, as they
/// would had both pulled it.
pub fn share_image(from: &Engine, to: &Engine, directory: &Path) {
    let file = directory.join("shared-image.tar").display().to_string();
    from.ok(&["save", "--format", "docker-archive", "-o", &file, IMAGE]);
    to.ok(&["load", "-i", &file]);
}

/// Runs a test's body, removes what it made and fails when something stays.
pub fn run_clean(runtime: &'static str, body: fn(&Host)) {
    let before = leak::Snapshot::take();
    let host = Host::new(runtime);
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&host)));
    let cleaning = catch_unwind(AssertUnwindSafe(|| host.engine.remove_all()));
    drop(host);
    let left = leak::Snapshot::left_since(&before);
    if let Err(panic) = outcome {
        if !left.is_empty() {
            eprintln!("and it left behind:\n  {}", left.join("\n  "));
        }
        // So that the next test is judged by what it does itself.
        let engine = Engine::under_test();
        engine.run(&["volume", "rm", "--all", "--force"]);
        engine.run(&["network", "prune", "--force"]);
        engine.run(&["system", "check", "--quick", "--max", "0", "-r", "-f"]);
        resume_unwind(panic);
    }
    if let Err(panic) = cleaning {
        resume_unwind(panic);
    }
    assert!(left.is_empty(), "left behind:\n  {}", left.join("\n  "));
    assert_in_step(&Engine::under_test());
}

/// Fails when the engine finds anything out of step: rows, files, mounts, cgroups, rules.
///
/// # Panics
/// With what it finds.
pub fn assert_in_step(engine: &Engine) {
    if engine.is_podman() {
        return;
    }
    let done = engine.run(&["system", "check", "--quick", "--quiet", "--max", "0"]);
    assert_eq!(done.code, 0, "out of step: {done}");
}
